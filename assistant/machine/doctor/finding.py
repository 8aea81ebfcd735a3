"""What a check found, and how the checks are kept."""

from __future__ import annotations

from collections.abc import Callable

from assistant.content.frozen import Frozen
from assistant.machine.model import Failure, Machine

BLOCKS, MAY_BITE, NOTE = EFFECTS = ("blocks", "may-bite", "note")


class Finding(Frozen):
    """One thing that is wrong or worth knowing.

    `effect`: blocks (something does not work now), may-bite (it will, in a situation that comes up), note.
    `evidence` is what was seen. `fix` are commands as the person's shell takes them; `advice` is what words say;
    `flow` is the id of a guided flow that does it.
    """

    check: str
    effect: str
    title: str
    evidence: str
    fix: tuple[str, ...] = ()
    advice: str = ""
    flow: str = ""
    params: dict[str, str] = {}


class Check(Frozen):
    """A check: `needs` are the probes whose answers it reads. `function` is pure."""

    id: str
    group: str
    title: str
    needs: tuple[str, ...]
    function: Callable[[Machine], list[Finding]]


class Results(Frozen):
    """What a run of the checks gave. `failed` could not be carried out: the check raised, or a probe gave no answer."""

    findings: tuple[Finding, ...]
    checked: tuple[str, ...]
    failed: tuple[Failure, ...] = ()

    @property
    def well(self) -> bool:
        """Whether nothing blocks and nothing may bite."""
        return all(finding.effect == NOTE for finding in self.findings)


CHECKS: dict[str, Check] = {}


def check(name: str, group: str, title: str, *needs: str) -> Callable[[Look], Look]:
    """Register a check under an id that stays; `title` says what it looks for."""

    def register(function: Look) -> Look:
        CHECKS[name] = Check(id=name, group=group, title=title, needs=needs, function=function)
        return function

    return register


Look = Callable[[Machine], list[Finding]]
