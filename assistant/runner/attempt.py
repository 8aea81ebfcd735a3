"""One try of a step: announced in the journal, done, proved, told in the journal."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from assistant.errors import GuideError
from assistant.machine.model import Machine
from assistant.runner import records, store
from assistant.runner.actions import Outcome, Task, perform
from assistant.runner.compose import Bound
from assistant.runner.events import Diagnosis, StepFailed, StepStarted, StepVerified
from assistant.runner.gate import Gate, Permit
from assistant.runner.journal import StepRecord
from assistant.runner.plan import Plan, PlannedStep
from assistant.runner.probes import Context
from assistant.runner.proof import prove
from assistant.runner.pump import Patience
from assistant.runner.session import Session


@dataclass
class Ground:
    """What a run stands on: the machine as last seen, the run's folder, what has been done, who is asked."""

    session: Session
    gate: Gate
    look: Callable[[], Machine]
    machine: Machine
    patience: Patience
    root: Path | None = None
    diagnose: Callable[[StepFailed], Diagnosis | None] = lambda _: None
    past: dict[str, StepRecord] = field(default_factory=dict)
    _folder: store.RunFolder | None = None

    @property
    def folder(self) -> store.RunFolder:
        """The run's folder; there is one before any step is done."""
        if self._folder is None:
            raise RuntimeError("no step is done before the run has its folder")
        return self._folder

    @folder.setter
    def folder(self, folder: store.RunFolder) -> None:
        self._folder = folder

    @property
    def begun(self) -> bool:
        """Whether the run has a folder yet."""
        return self._folder is not None

    def context(self) -> Context:
        """What probes may use right at a step."""
        return Context(machine=self.machine, fresh=True)


def attempt(ground: Ground, plan: Plan, planned: PlannedStep, bound: Bound, permit: Permit) -> Outcome:
    """Do the step once. A failure is journalled and told before it is returned.

    Raises:
        StateError: the journal cannot be written, or another run is making the same.
    """
    tries = ground.past[planned.id].tries + 1 if planned.id in ground.past else 1
    number = next((at for at, step in enumerate(plan.steps, 1) if step.id == planned.id), 0)
    log = ground.folder.log_file(number, planned.id, tries)
    task = Task(
        planned=planned,
        bound=bound,
        machine=ground.machine,
        folder=ground.folder,
        session=ground.session,
        log=log,
        interactive=ground.gate.policy.interactive,
        patience=ground.patience,
    )
    began = time.monotonic()
    with store.claim(planned.makes, ground.root):
        taken = [path for path in planned.makes if path not in planned.leftover and os.path.lexists(path)]
        if taken:
            return failed(ground, planned, Outcome(ok=False, reason=f"{taken[0]} has appeared meanwhile"), log)
        try:
            before = records.before(task, ground.past)
        except records.SaveError as error:
            return failed(ground, planned, Outcome(ok=False, reason=error.message, hint=error.hint), log)
        except InterruptedError:
            return failed(ground, planned, Outcome(ok=False, reason="interrupted", stopped=True), log)
        ground.folder.journal.write("before", step=planned.id, **before)
        ground.past[planned.id] = records.begun(planned.id, before, ground.past.get(planned.id))
        ground.session.emit(
            StepStarted(
                step=planned.id,
                number=number,
                of=len(plan.steps),
                title=planned.title,
                why=planned.why,
                kind=planned.kind,
                command=planned.command,
                risk=planned.risk,
                log=str(log),
            )
        )
        outcome = perform(task, ground.gate, permit)
        if not outcome.ok:
            return failed(ground, planned, outcome, log)
        ground.machine = ground.look()
        try:
            proof = prove(planned, bound, ground.context())
        except GuideError as error:
            return failed(ground, planned, outcome.replace(ok=False, reason=error.message, hint=error.hint), log)
        if not proof.ok:
            reason = f"it ended well, but {proof.reason}"
            return failed(ground, planned, outcome.replace(ok=False, reason=reason, hint=proof.hint), log)
        seconds = time.monotonic() - began
        tell_verified(ground, planned, bound, proof.evidence, seconds)
        ground.session.emit(StepVerified(step=planned.id, evidence=proof.evidence, seconds=round(seconds, 1)))
    return outcome


def tell_verified(
    ground: Ground, planned: PlannedStep, bound: Bound, evidence: tuple[str, ...], seconds: float, found: bool = False
) -> None:
    """The `after` line. `found`: the step was done by an interrupted try, which could not tell."""
    after = records.after(planned, bound, ground.folder, evidence, found)
    ground.folder.journal.write("after", step=planned.id, **after, seconds=round(seconds, 1))
    ground.past[planned.id] = records.proved(ground.past.get(planned.id), planned.id, after)


def tell_contents(ground: Ground) -> None:
    """What is in the folders that the run made, now that it ends: its later steps may have added to them."""
    for record in ground.past.values():
        if record.state == "verified" and record.listings and len(ground.past) > 1:
            listings = records.list_contents(tuple(record.listings), ground.folder)
            ground.folder.journal.write("contents", step=record.id, listings=listings)


def failed(ground: Ground, planned: PlannedStep, outcome: Outcome, log: Path) -> Outcome:
    """The `failed` line, and the event for the face, with what its output shows."""
    begun = planned.id in ground.past and ground.past[planned.id].state == "started"
    fields = {"reason": outcome.reason, "exit": outcome.exit, **(records.left(planned) if begun else {})}
    ground.folder.journal.write("failed", step=planned.id, **fields)
    if planned.id in ground.past:
        ground.past[planned.id] = records.failed(ground.past[planned.id], fields)
    event = StepFailed(
        step=planned.id,
        reason=outcome.reason,
        hint=outcome.hint,
        exit=outcome.exit,
        problems=planned.on_error,
        log=str(log),
        tail=outcome.tail,
    )
    diagnosis = None if outcome.stopped else ground.diagnose(event)
    ground.session.emit(event.replace(diagnosis=diagnosis))
    return outcome.replace(diagnosis=diagnosis)
