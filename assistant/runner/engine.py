"""Runs a plan step by step: looks again, asks the gate, writes the journal, acts, proves. One executor for every
face.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

from assistant.errors import ExitCode, GuideError
from assistant.machine.model import Machine
from assistant.runner import compose, params, processes, records, store
from assistant.runner.actions import Outcome, Task, perform
from assistant.runner.asking import ask_value
from assistant.runner.catalog import Catalog
from assistant.runner.compose import Bound
from assistant.runner.events import (
    FlowFinished,
    Notice,
    PlanChanged,
    RunStarted,
    StepFailed,
    StepSkipped,
    StepStarted,
    StepVerified,
)
from assistant.runner.gate import EditWanted, Gate, Permit, Policy, Refused
from assistant.runner.journal import RunRecord, StepRecord
from assistant.runner.plan import Plan, PlannedStep, differences
from assistant.runner.planner import make_plan, plan_step
from assistant.runner.probes import Context
from assistant.runner.proof import prove
from assistant.runner.pump import Patience
from assistant.runner.session import Session


class _End(Exception):
    """The run ends here, as the event says."""

    def __init__(self, finished: FlowFinished) -> None:
        super().__init__(finished.message)
        self.finished = finished


class Engine:
    """One run, new or resumed. Called with the session in the session's own thread."""

    def __init__(
        self,
        plan: Plan,
        catalog: Catalog,
        policy: Policy,
        *,
        look: Callable[[], Machine],
        record: RunRecord | None = None,
        undoes: str = "",
        patience: Patience | None = None,
        root: Path | None = None,
    ) -> None:
        self.plan, self.catalog, self.policy, self.look = plan, catalog, policy, look
        self.record, self.undoes, self.root = record, undoes, root
        self.patience = patience or Patience()
        self.past: dict[str, StepRecord] = dict(record.steps) if record else {}
        self.answers = dict(plan.answers)
        self.machine = look()
        self.folder: store.RunFolder | None = None
        self.done = 0
        self.left: list[str] = []

    def __call__(self, session: Session) -> FlowFinished:
        self.session = session
        self.gate = Gate(self.policy, session.ask)
        try:
            finished = self._run()
        except _End as end:
            finished = end.finished
        except GuideError as error:
            finished = self._finish("error", error.message, error.code, error.hint)
        finally:
            if self.folder is not None:
                self.folder.close()
        return finished

    # The whole

    def _run(self) -> FlowFinished:
        self._look_again()
        self._refuse_blocked()
        if not any(step.kind != "note" for step in self.plan.will_run):
            return self._nothing_to_do()
        self._confirm()
        self._open()
        handled: set[str] = set()
        while (bound := self._next(handled)) is not None:
            handled.add(bound.id)
            self._step(bound)
        words, commands = compose.notes(self.plan.flow, self._scope())
        if self.left:
            return self._finish("failed", f"not everything could be done: {'; '.join(self.left)}", ExitCode.STEP_FAILED)
        count = f"{self.done} step{'s' if self.done != 1 else ''} done"
        return self._finish("done", count, ExitCode.OK, notes=tuple(words), commands=tuple(commands))

    def _look_again(self) -> None:
        """Plan again with the facts of now; say so where that differs from what was shown."""
        again = self._replan(self.plan.params)
        if again.fingerprint != self.plan.fingerprint:
            self.session.emit(PlanChanged(plan=again, differences=differences(self.plan, again)))
        self.plan = again

    def _replan(self, given: Mapping[str, str | tuple[str, ...]]) -> Plan:
        values = {name: value for name, value in given.items() if value}
        return make_plan(
            self.plan.flow,
            values,
            self.machine,
            self.catalog,
            past=self.past,
            answers=self.answers,
            known=self.plan.known,
        )

    def _refuse_blocked(self) -> None:
        for step in self.plan.blocked:
            if not step.optional:
                self.session.emit(StepFailed(step=step.id, reason=step.reason, hint=step.help))
                self._end("blocked", f"{step.title}: {step.reason}", ExitCode.STEP_FAILED, step.help)

    def _nothing_to_do(self) -> FlowFinished:
        for step in self.plan.steps:
            if step.kind == "note" and step.state == "will-run":
                self._tell(step)
            else:
                self.session.emit(StepSkipped(step=step.id, state=step.state, reason=step.reason))
        words, commands = compose.notes(self.plan.flow, self._scope())
        blocked = [f"{step.title}: {step.reason}" for step in self.plan.blocked]
        if blocked:
            return self._finish("blocked", "; ".join(blocked), ExitCode.STEP_FAILED, self.plan.blocked[0].help)
        return self._finish(
            "done", "nothing to do: everything is already so", ExitCode.OK, notes=tuple(words), commands=tuple(commands)
        )

    def _confirm(self) -> None:
        while True:
            try:
                self.gate.confirm(self.plan)
                return
            except EditWanted as wanted:
                self._edit(wanted.values)
                self._refuse_blocked()
            except Refused as refused:
                self._declined(refused)

    def _edit(self, values: dict[str, str]) -> None:
        """Take other params; what is wrong is said, and the old ones stay."""
        used = [step_id for step_id, step in self.past.items() if step.state == "verified"]
        given = {name: value for name, value in self.plan.params.items() if value and name not in values}
        try:
            again = self._replan({**given, **values})
        except GuideError as error:
            self.session.emit(Notice(step="", text=str(error)))
            return
        if used and any(
            again.step(step_id).digest != self.plan.step(step_id).digest
            for step_id in used
            if self._has(again, step_id)
        ):
            self.session.emit(
                Notice(step="", text="a step that is already done used those values; start the flow anew instead")
            )
            return
        self.session.emit(PlanChanged(plan=again, differences=differences(self.plan, again)))
        self.plan = again
        if self.folder is not None:
            self._journal_plan()

    @staticmethod
    def _has(plan: Plan, step_id: str) -> bool:
        return any(step.id == step_id for step in plan.steps)

    def _open(self) -> None:
        """From here on it is a run: with a folder, a lock and a journal."""
        given = {name: value for name, value in self.plan.params.items() if value}
        if self.record is None:
            self.folder = store.create(
                self.plan.flow,
                given,
                compose.used_flows(self.plan.flow, self.catalog),
                system=self.machine.system,
                undoes=self.undoes,
                root=self.root,
            )
        else:
            self.folder = store.RunFolder(Path(self.record.folder))
            self.folder.journal.write("resume")
            self._end_leftovers()
        self._journal_plan()
        self.session.emit(RunStarted(run=self.folder.id, folder=str(self.folder.path), plan=self.plan))

    def _end_leftovers(self) -> None:
        for step in self.past.values():
            if step.state != "started" or not step.marker:
                continue
            session = step.pid if processes.alive(step.pid, step.started) else -1
            if processes.kill_session(session, step.marker):
                self.session.emit(
                    Notice(step=step.id, text="what the interrupted run had started was still going on; it was ended")
                )

    def _journal_plan(self) -> None:
        if self.folder is not None:
            self.folder.journal.write(
                "plan",
                fingerprint=self.plan.fingerprint,
                steps=[step.id for step in self.plan.steps],
                given={name: value for name, value in self.plan.params.items() if value},
                known=self.plan.known,
            )

    # One step

    def _bound(self) -> list[Bound]:
        return compose.bind(self.plan.flow, self.plan.params, self.machine, self.catalog, self.answers, self.plan.known)

    def _next(self, handled: set[str]) -> Bound | None:
        return next((bound for bound in self._bound() if bound.id not in handled), None)

    def _scope(self) -> dict[str, str | tuple[str, ...]]:
        return params.scope_of(self.plan.flow, self.plan.params, self.machine, self.plan.known)

    def _step(self, bound: Bound) -> None:
        """Do one step, again and again while the person wants it."""
        while True:
            self._stop_if_wanted()
            planned = plan_step(
                bound, Context(machine=self.machine, fresh=True), self.past.get(bound.id), answers=self.answers
            )
            if planned.state in ("done", "skipped"):
                self._pass_over(planned, bound)
                return
            if planned.kind == "note" and planned.state == "will-run":
                self._tell(planned)
                return
            if planned.kind == "ask" and planned.state == "will-run":
                try:
                    self._ask(bound)
                except Refused as refused:
                    self._declined(refused)
                return
            if planned.state == "blocked":
                self.session.emit(StepFailed(step=planned.id, reason=planned.reason, hint=planned.help))
                if planned.optional:
                    self.left.append(f"{planned.title} ({planned.reason})")
                    return
                self._end("blocked", f"{planned.title}: {planned.reason}", ExitCode.STEP_FAILED, planned.help)
            try:
                permit = self.gate.permit(planned)
                outcome = self._attempt(planned, bound, permit)
                if outcome.ok:
                    self.done += 1
                    self.machine = self.look()
                    return
                verdict = "stop" if outcome.stopped else self.gate.after_failure(planned, outcome.reason)
            except EditWanted as wanted:
                self._edit(wanted.values)
                bound = next((one for one in self._bound() if one.id == bound.id), bound)
                continue
            except Refused as refused:
                if refused.verdict == "skip":
                    self._skip(planned, "skipped by you")
                    return
                self._declined(refused)
            if outcome.stopped or self.session.stopped:
                self._interrupted()
            if verdict == "skip" or (planned.optional and not self.policy.interactive):
                self.left.append(f"{planned.title} ({outcome.reason})")
                return
            if verdict == "stop":
                hint = outcome.hint or "`envguide resume` goes on from here once the cause is gone"
                self._end("failed", f"{planned.title}: {outcome.reason}", ExitCode.STEP_FAILED, hint)
            self.machine = self.look()

    def _attempt(self, planned: PlannedStep, bound: Bound, permit: Permit) -> Outcome:
        """One try: announced in the journal, done, proved, told in the journal."""
        folder = self._folder()
        tries = self.past[planned.id].tries + 1 if planned.id in self.past else 1
        number = [step.id for step in self.plan.steps].index(planned.id) + 1 if self._has(self.plan, planned.id) else 0
        log = folder.log_file(number, planned.id, tries)
        task = Task(
            planned=planned,
            bound=bound,
            machine=self.machine,
            folder=folder,
            session=self.session,
            log=log,
            interactive=self.policy.interactive,
            patience=self.patience,
        )
        began = time.monotonic()
        with store.claim(planned.makes, self.root):
            taken = [path for path in planned.makes if path not in planned.leftover and os.path.lexists(path)]
            if taken:
                return self._failed(
                    planned, Outcome(ok=False, reason=f"{taken[0]} has appeared meanwhile; it is not replaced"), log
                )
            before = records.before(task)
            folder.journal.write("before", step=planned.id, **before)
            self.past[planned.id] = records.begun(planned.id, before, self.past.get(planned.id))
            self.session.emit(
                StepStarted(
                    step=planned.id,
                    number=number,
                    of=len(self.plan.steps),
                    title=planned.title,
                    why=planned.why,
                    kind=planned.kind,
                    command=planned.command,
                    risk=planned.risk,
                    log=str(log),
                )
            )
            outcome = perform(task, self.gate, permit)
            if not outcome.ok:
                return self._failed(planned, outcome, log)
            self.machine = self.look()
            proof = prove(planned, bound, Context(machine=self.machine, fresh=True))
            if not proof.ok:
                return self._failed(
                    planned,
                    outcome.replace(ok=False, reason=f"it ended well, but {proof.reason}", hint=proof.hint),
                    log,
                )
            self._verified(planned, bound, proof.evidence, time.monotonic() - began)
        return outcome

    def _verified(
        self, planned: PlannedStep, bound: Bound, evidence: tuple[str, ...], seconds: float, found: bool = False
    ) -> None:
        folder = self._folder()
        after = records.after(planned, bound, folder, evidence, found)
        folder.journal.write("after", step=planned.id, **after, seconds=round(seconds, 1))
        self.past[planned.id] = records.proved(self.past.get(planned.id), planned.id, after)
        if not found:
            self.session.emit(StepVerified(step=planned.id, evidence=evidence, seconds=seconds))

    def _failed(self, planned: PlannedStep, outcome: Outcome, log: Path) -> Outcome:
        self._folder().journal.write("failed", step=planned.id, reason=outcome.reason, exit=outcome.exit)
        if planned.id in self.past:
            self.past[planned.id] = self.past[planned.id].replace(state="failed", reason=outcome.reason)
        self.session.emit(
            StepFailed(
                step=planned.id,
                reason=outcome.reason,
                hint=outcome.hint,
                exit=outcome.exit,
                problems=planned.on_error,
                log=str(log),
                tail=outcome.tail,
            )
        )
        return outcome

    def _pass_over(self, planned: PlannedStep, bound: Bound) -> None:
        """A step that need not run. One that a killed run had begun is told as proved, so that undo knows of it."""
        past = self.past.get(planned.id)
        if planned.state == "done" and past is not None and past.state in ("started", "failed"):
            self._verified(planned, bound, (planned.reason,), 0.0, found=True)
        elif planned.state == "skipped" and past is None:
            self._folder().journal.write("skipped", step=planned.id, reason=planned.reason, title=planned.title)
        self.session.emit(StepSkipped(step=planned.id, state=planned.state, reason=planned.reason))

    def _skip(self, planned: PlannedStep, reason: str) -> None:
        if planned.id not in self.past:
            self._folder().journal.write("skipped", step=planned.id, reason=reason, title=planned.title)
        self.session.emit(StepSkipped(step=planned.id, state="skipped", reason=reason))

    def _tell(self, planned: PlannedStep) -> None:
        self.session.emit(
            Notice(step=planned.id, text="\n".join(planned.details) or planned.title, commands=planned.commands)
        )

    def _ask(self, bound: Bound) -> None:
        """A question in the middle of the flow; what follows is planned again with the answer."""
        value = ask_value(bound, self.machine, self.session, self.gate)
        self._stop_if_wanted()
        self.answers[bound.id] = value
        self._folder().journal.write("answer", step=bound.id, value=value)
        before = self.plan
        self.plan = self._replan(self.plan.params)
        changed = differences(before, self.plan)
        if changed:
            self.session.emit(PlanChanged(plan=self.plan, differences=changed))
        self._journal_plan()

    # Ends

    def _stop_if_wanted(self) -> None:
        if self.session.stopped:
            self._interrupted()

    def _interrupted(self) -> NoReturn:
        hint = "`envguide resume` goes on, `envguide undo` takes back what was done" if self.folder else ""
        self._end("stopped", "interrupted", ExitCode.INTERRUPTED, hint)

    def _declined(self, refused: Refused) -> NoReturn:
        if self.session.stopped:
            self._interrupted()
        self._end("declined" if self.done == 0 else "stopped", refused.message, ExitCode.DECLINED, refused.hint)

    def _end(self, state: str, message: str, code: ExitCode, hint: str = "") -> NoReturn:
        raise _End(self._finish(state, message, code, hint))

    def _finish(
        self,
        state: str,
        message: str,
        code: ExitCode,
        hint: str = "",
        notes: tuple[str, ...] = (),
        commands: tuple[str, ...] = (),
    ) -> FlowFinished:
        if self.folder is not None:
            self.folder.journal.write("end", state=state, message=message)
        undoable = any(
            step.state in ("verified", "started", "failed") and step.risk != "reads" for step in self.past.values()
        )
        return FlowFinished(
            state=state,  # type: ignore[arg-type]
            message=message,
            exit=int(code),
            hint=hint,
            run=self.folder.id if self.folder else "",
            done=self.done,
            undo=undoable and self.folder is not None and not self.undoes,
            notes=notes,
            commands=commands,
        )

    def _folder(self) -> store.RunFolder:
        if self.folder is None:
            raise RuntimeError("no step is done before the run has its folder")
        return self.folder


__all__ = ["Engine"]
