"""Runs a plan step by step: looks again, asks the gate, acts, goes on or ends. One executor for every face."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal, NoReturn

from assistant.errors import ExitCode, GuideError, StateError
from assistant.machine.model import Machine
from assistant.runner import compose, mending, params, processes, store
from assistant.runner.actions import Outcome
from assistant.runner.asking import ask_value
from assistant.runner.attempt import Ground, attempt, tell_contents, tell_verified
from assistant.runner.catalog import Catalog
from assistant.runner.compose import Bound
from assistant.runner.events import (
    Diagnosis,
    Fix,
    FixFinished,
    FixStarted,
    FlowFinished,
    Notice,
    PlanChanged,
    RunStarted,
    Said,
    State,
    StepFailed,
    StepSkipped,
)
from assistant.runner.gate import EditWanted, Gate, Policy, Refused, Verdict
from assistant.runner.journal import RunRecord
from assistant.runner.mending import Mending
from assistant.runner.plan import Plan, PlannedStep, differences
from assistant.runner.planner import make_plan, plan_step
from assistant.runner.pump import Patience
from assistant.runner.session import Session
from assistant.runner.undo import can_take_back

Left = Literal["done", "again"]


class _End(Exception):
    """The run ends here, as the event says."""

    def __init__(self, finished: FlowFinished) -> None:
        super().__init__(finished.message)
        self.finished = finished


class Engine:
    """One run, new or resumed (`record`), or the undoing of another (`undoes`). A session calls it in its own
    thread.
    """

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
        mending: Mending | None = None,
    ) -> None:
        self.plan, self.catalog, self.policy, self.look = plan, catalog, policy, look
        self.record, self.undoes, self.root, self.mending = record, undoes, root, mending
        self.patience = patience or Patience()
        self.answers = dict(plan.answers)
        self.done = 0
        self.left: list[str] = []

    def __call__(self, session: Session) -> FlowFinished:
        self.session = session
        self.gate = Gate(self.policy, session.ask)
        past = dict(self.record.steps) if self.record else {}
        self.ground = Ground(
            session, self.gate, self.look, self.look(), self.patience, self.root, self._diagnose, past
        )  # fmt: skip
        try:
            return self._run()
        except _End as end:
            return end.finished
        except GuideError as error:
            return self._finish("error", error.message, error.code, error.hint)
        finally:
            if self.ground.begun:
                self.ground.folder.close()

    # The whole

    def _run(self) -> FlowFinished:
        again = self._replan(self.plan.params)
        if again.fingerprint != self.plan.fingerprint:
            self.session.emit(PlanChanged(plan=again, differences=differences(self.plan, again)))
        self.plan = again
        self._refuse_blocked()
        if not any(step.kind != "note" for step in self.plan.will_run):
            return self._nothing_to_do()
        self._confirm()
        self._open()
        handled: set[str] = set()
        while bound := next((one for one in self._bound() if one.id not in handled), None):
            handled.add(bound.id)
            while self._step(bound) == "again":
                bound = next((one for one in self._bound() if one.id == bound.id), bound)
        if self.left:
            return self._finish("failed", f"not everything was done: {'; '.join(self.left)}", ExitCode.STEP_FAILED)
        return self._well(f"{self.done} step{'s' if self.done != 1 else ''} done")

    def _replan(self, given: Mapping[str, str | tuple[str, ...]]) -> Plan:
        values = {name: value for name, value in given.items() if value}
        return make_plan(
            self.plan.flow,
            values,
            self.ground.machine,
            self.catalog,
            past=self.ground.past,
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
        blocked = self.plan.blocked
        if blocked:
            what = "; ".join(f"{step.title}: {step.reason}" for step in blocked)
            return self._finish("blocked", what, ExitCode.STEP_FAILED, blocked[0].help)
        if self.record is not None:
            self._open()  # an interrupted run whose work turns out to be done comes to its end
            for bound in self._bound():
                self._step(bound)
        return self._well("nothing to do: everything is already so")

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
        """Take other params; what is wrong with them is said, and the old ones stay."""
        given = {name: value for name, value in self.plan.params.items() if value and name not in values}
        try:
            again = self._replan({**given, **values})
        except GuideError as error:
            self.session.emit(Notice(step="", text=str(error)))
            return
        old, new = ({step.id: step.digest for step in plan.steps} for plan in (self.plan, again))
        proved = [name for name, step in self.ground.past.items() if step.state == "verified"]
        if any(old.get(name) != new.get(name) for name in proved):
            text = "a step that is already done used those values; finish this run, or undo it, and start anew"
            self.session.emit(Notice(step="", text=text))
            return
        self.session.emit(PlanChanged(plan=again, differences=differences(self.plan, again)))
        self.plan = again
        self._journal_plan()

    def _open(self) -> None:
        """From here on it is a run: with a folder, a lock and a journal."""
        if self.record is None:
            self.ground.folder = store.create(
                self.plan.flow,
                {name: value for name, value in self.plan.params.items() if value},
                compose.used_flows(self.plan.flow, self.catalog),
                system=self.ground.machine.system,
                undoes=self.undoes,
                root=self.root,
            )
        else:
            self.ground.folder = store.RunFolder(Path(self.record.folder))
            self.ground.folder.journal.write("resume")
            self._end_leftovers()
        self._journal_plan()
        folder = self.ground.folder
        self.session.emit(RunStarted(run=folder.id, folder=str(folder.path), plan=self.plan))

    def _end_leftovers(self) -> None:
        """End what an interrupted run left running; known by the mark in its environment, not by its number alone."""
        for step in self.ground.past.values():
            if step.state == "started" and step.marker:
                session = step.pid if processes.alive(step.pid, step.started) else -1
                if processes.kill_session(session, step.marker):
                    text = "what the interrupted run had started was still going on; it was ended"
                    self.session.emit(Notice(step=step.id, text=text))

    def _journal_plan(self) -> None:
        if self.ground.begun:
            self.ground.folder.journal.write(
                "plan",
                fingerprint=self.plan.fingerprint,
                steps=[step.id for step in self.plan.steps],
                given={name: value for name, value in self.plan.params.items() if value},
                known=self.plan.known,
            )

    # One step

    def _bound(self) -> list[Bound]:
        plan = self.plan
        return compose.bind(
            plan.flow, plan.params, self.ground.machine, self.catalog, self.answers, plan.known, self.ground.past
        )

    def _look_at(self, bound: Bound) -> PlannedStep:
        """The step as it stands at this moment."""
        return plan_step(bound, self.ground.context(), self.ground.past.get(bound.id), answers=self.answers)

    def _step(self, bound: Bound) -> Left:
        """Do one step; `again` where the person wants to try once more, or something changed while they thought."""
        self._stop_if_wanted()
        planned = self._look_at(bound)
        if planned.state in ("done", "skipped"):
            self._pass_over(planned, bound)
            return "done"
        if planned.state == "blocked":
            return self._blocked(planned)
        if planned.kind == "note":
            self._tell(planned)
            return "done"
        asked = self.gate.asked
        try:
            if planned.kind == "ask":
                return self._ask(bound)
            permit = self.gate.permit(planned)
            if self.gate.asked != asked:
                now = self._look_at(bound)
                if (now.state, now.digest) != (planned.state, planned.digest):
                    self.session.emit(Notice(step=bound.id, text=f"something changed meanwhile: {now.reason}"))
                    return "again"
            outcome = attempt(self.ground, self.plan, planned, bound, permit)
            if outcome.ok:
                self.done += 1
                return "done"
            if outcome.stopped or self.session.stopped:
                self._interrupted()
            verdict = self._after_failure(planned, bound, outcome)
        except EditWanted as wanted:
            self._edit(wanted.values)
            return "again"
        except Refused as refused:
            if refused.verdict != "skip":
                self._declined(refused)
            self._skip(planned)
            return "done"
        self._stop_if_wanted()
        if verdict == "retry":
            self.ground.machine = self.look()
            return "again"
        if verdict == "skip" or (planned.optional and not self.policy.interactive):
            self.left.append(f"{planned.title} ({outcome.reason})")
            return "done"
        hint = outcome.hint or "`envguide resume` goes on from here once the cause is gone"
        self._end("failed", f"{planned.title}: {outcome.reason}", ExitCode.STEP_FAILED, hint)

    # A failed step

    def _diagnose(self, failure: StepFailed) -> Diagnosis | None:
        with contextlib.suppress(GuideError):  # knowledge that cannot be read ends no run
            return self.mending.diagnose(failure) if self.mending else None
        return None

    def _after_failure(self, planned: PlannedStep, bound: Bound, outcome: Outcome) -> Verdict:
        """What the person wants; asked again after a fixing flow that did not come to its end."""
        used = {flow.id for flow in compose.used_flows(self.plan.flow, self.catalog)}
        fixes = mending.offered(outcome.diagnosis, self.mending, bound, used)
        while True:
            chosen = self.gate.after_failure(planned, outcome.reason, fixes)
            if not isinstance(chosen, Fix):
                return chosen
            if self._mend(planned, chosen):
                return "retry"

    def _mend(self, planned: PlannedStep, fix: Fix) -> bool:
        """Run a flow that mends, with a plan, a gate and a journal of its own; whether it was done."""
        if self.mending is None:
            return False
        flows = self.mending.flows
        plan = mending.plan_of(fix, flows, self.look(), self.session, planned.id)
        if plan is None:
            return False
        self.session.emit(FixStarted(step=planned.id, plan=plan))
        inner = Engine(plan, flows, Policy(), look=self.look, patience=self.patience, root=self.root)
        end = inner(self.session)
        self.session.clear_stop()  # a stop was meant for the fixing flow; the failed step's question comes again
        self.ground.folder.journal.write("fixed", step=planned.id, flow=fix.flow, run=end.run, state=end.state)
        self.session.emit(
            FixFinished(
                step=planned.id, flow=fix.flow, state=end.state, message=end.message, hint=end.hint, run=end.run
            )
        )
        return end.state == "done"

    def _blocked(self, planned: PlannedStep) -> Left:
        self.session.emit(StepFailed(step=planned.id, reason=planned.reason, hint=planned.help))
        if not planned.optional:
            self._end("blocked", f"{planned.title}: {planned.reason}", ExitCode.STEP_FAILED, planned.help)
        self.left.append(f"{planned.title} ({planned.reason})")
        return "done"

    def _pass_over(self, planned: PlannedStep, bound: Bound) -> None:
        """A step that need not run. One that a killed run had begun is told as proved, so that undo knows of it."""
        past = self.ground.past.get(planned.id)
        if planned.state == "done" and past is not None and past.state in ("started", "failed"):
            tell_verified(self.ground, planned, bound, (planned.reason,), 0.0, found=True)
        elif planned.state == "skipped" and past is None:
            self.ground.folder.journal.write("skipped", step=planned.id, reason=planned.reason, title=planned.title)
        self.session.emit(StepSkipped(step=planned.id, state=planned.state, reason=planned.reason))

    def _skip(self, planned: PlannedStep) -> None:
        if planned.id not in self.ground.past:
            self.ground.folder.journal.write("skipped", step=planned.id, reason="skipped by you", title=planned.title)
        self.session.emit(StepSkipped(step=planned.id, state="skipped", reason="skipped by you"))

    def _tell(self, planned: PlannedStep) -> None:
        text = "\n".join(planned.details) or planned.title
        self.session.emit(Notice(step=planned.id, text=text, commands=planned.commands))

    def _ask(self, bound: Bound) -> Left:
        """A question in the middle of the flow; what follows is planned again with the answer."""
        value = ask_value(bound, self.ground.machine, self.session, self.gate)
        self._stop_if_wanted()
        self.answers[bound.id] = value
        self.ground.folder.journal.write("answer", step=bound.id, value=value)
        before, self.plan = self.plan, self._replan(self.plan.params)
        changed = differences(before, self.plan)
        if changed:
            self.session.emit(PlanChanged(plan=self.plan, differences=changed))
        self._journal_plan()
        return "done"

    # Ends

    def _stop_if_wanted(self) -> None:
        if self.session.stopped:
            self._interrupted()

    def _interrupted(self) -> NoReturn:
        hint = "`envguide resume` goes on, `envguide undo` takes back what was done" if self.ground.begun else ""
        self._end("stopped", "interrupted", ExitCode.INTERRUPTED, hint)

    def _declined(self, refused: Refused) -> NoReturn:
        self._stop_if_wanted()
        self._end("stopped" if self.ground.past else "declined", refused.message, ExitCode.DECLINED, refused.hint)

    def _end(self, state: State, message: str, code: ExitCode, hint: str = "") -> NoReturn:
        raise _End(self._finish(state, message, code, hint))

    def _well(self, message: str) -> FlowFinished:
        plan = self.plan
        scope = params.scope_of(plan.flow, plan.params, self.ground.machine, plan.known)
        return self._finish("done", message, ExitCode.OK, after=compose.said(plan.flow.after, scope))

    def _finish(
        self,
        state: State,
        message: str,
        code: ExitCode,
        hint: str = "",
        after: tuple[Said, ...] = (),
    ) -> FlowFinished:
        begun = self.ground.begun
        if begun:
            with contextlib.suppress(StateError):  # a disk that refuses this line leaves the run to be resumed
                tell_contents(self.ground)
                self.ground.folder.journal.write("end", state=state, message=message)
        return FlowFinished(
            state=state,
            message=message,
            exit=int(code),
            hint=hint,
            run=self.ground.folder.id if begun else "",
            done=self.done,
            undo=begun and not self.undoes and can_take_back(self.ground.past),
            notes=tuple(one.text for one in after),
            commands=tuple(command for one in after for command in one.commands),
            after=after,
        )
