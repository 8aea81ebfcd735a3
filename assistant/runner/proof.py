"""Whether a step did what it should: its own proofs, and what every step of its kind must leave behind."""

from __future__ import annotations

import os
from pathlib import Path

from assistant.content.frozen import Frozen
from assistant.runner import describe, edit, probes, snapshot
from assistant.runner.compose import Bound
from assistant.runner.plan import PlannedStep


class Proof(Frozen):
    """The answers of all proofs; `reason` is that of the first that fails."""

    ok: bool
    evidence: tuple[str, ...] = ()
    reason: str = ""
    hint: str = ""


def prove(planned: PlannedStep, bound: Bound, context: probes.Context) -> Proof:
    """Ask every proof of a step that has just ended."""
    missing = [path for path in planned.makes if not os.path.lexists(path)]
    if missing:
        return Proof(ok=False, reason=f"{missing[0]} is not there", hint="see the step's output")
    if planned.kind == "edit":
        filled = describe.fill_edit(bound.step, bound.scope)
        if edit.plan_edit(filled).changes:
            return Proof(
                ok=False, reason=f"{filled.file} is not as it should be", hint="something else changes that file"
            )
    if planned.kind == "remove" or bound.step.owned:
        gone = planned.argv if planned.kind == "remove" else tuple(one.path for one in bound.step.owned)
        left = [path for path in gone if os.path.lexists(path)]
        if left:
            return Proof(ok=False, reason=f"{left[0]} is still there")
    if planned.kind == "restore":
        file, backup, _ = planned.argv
        if backup and Path(backup).is_dir():
            different = [name for names in snapshot.differences(file, Path(backup)) for name in names]
            if different:
                return Proof(ok=False, reason=f"{file} is not as it was before: {different[0]}")
        elif edit.read(file) != (Path(backup).read_bytes() if backup else None):
            return Proof(ok=False, reason=f"{file} is not as it was before")
    answers = probes.ask_all(bound.step.verify or bound.step.check, bound.scope, context)
    failed = [(probe, result) for probe, result in answers if not result.ok]
    if failed:
        probe, result = failed[0]
        return Proof(ok=False, reason=result.reason, hint=probe.otherwise)
    return Proof(ok=True, evidence=tuple(result.reason for _, result in answers) or _plain_evidence(planned))


def _plain_evidence(planned: PlannedStep) -> tuple[str, ...]:
    if planned.makes:
        return tuple(f"{path} is there" for path in planned.makes)
    if planned.kind == "edit":
        return tuple(f"{file} is changed" for file in planned.touches)
    if planned.kind == "remove":
        return tuple(f"{path} is gone" for path in planned.argv)
    if planned.kind == "restore":
        return (f"{planned.argv[0]} is as it was before",)
    return ("it ended without an error",)
