"""Whether a problem that an output shows is there on this machine: small read-only looks, a few milliseconds each.

A problem names its look under `confirm`: `gpu.mismatch` is the function registered under that name in `gpu.py`,
`program.git` gives `git` to `program`, and a name without a point is a check of the doctor. With `?` after it the name speaks only
where the sign is seen: its absence would prove nothing. A look reads files and variables, or what was probed before;
where it cannot tell it says nothing.
"""

from __future__ import annotations

import importlib

from assistant.content.frozen import Frozen
from assistant.machine.context import this_machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.machine.confirm.here import Here
    from assistant.machine.context import Roots
    from assistant.machine.model import Machine

    Look = Callable[[Here, str], "Verdict | None"]

MODULES = ("conda", "gpu", "hub", "jupyter", "network", "package", "program", "project", "python", "shell", "system")


class Verdict(Frozen):
    """`holds`: the problem's sign was seen here. `because` is what was seen, as the end of a sentence."""

    holds: bool
    because: str


def yes(because: str) -> Verdict:
    """The sign of the problem is there."""
    return Verdict(holds=True, because=because)


def no(because: str) -> Verdict:
    """The sign of the problem is not there."""
    return Verdict(holds=False, because=because)


def find_look(name: str) -> tuple[Look, str] | None:
    """The look of that name and what it is to look for; None where there is none."""
    module, _, rest = name.partition(".")
    if module not in MODULES:
        return None
    looks: dict[str, Look] = importlib.import_module(f"assistant.machine.confirm.{module}").LOOKS
    if rest in looks:
        return looks[rest], ""
    return (looks["*"], rest) if "*" in looks and rest else None


def known(name: str) -> bool:
    """Whether a problem may name this look or check."""
    name = name.removesuffix("?")
    if "." in name:
        return find_look(name) is not None
    from assistant.machine.doctor import CHECKS

    return name in CHECKS


def names() -> list[str]:
    """All names but those that take a word of their own (`program.git`), for the message about a wrong one."""
    from assistant.machine.doctor import CHECKS

    looks = [
        f"{module}.{name}"
        for module in MODULES
        for name in importlib.import_module(f"assistant.machine.confirm.{module}").LOOKS
        if name != "*"
    ]
    return [*looks, *CHECKS]


def look(name: str, machine: Machine, slots: dict[str, str], roots: Roots | None = None) -> Verdict | None:
    """What the look says of this machine; None where it cannot tell, or where `machine` is another computer."""
    roots = roots or this_machine()
    if not name or (machine.system, machine.home) != (roots.system, roots.home):
        return None
    try:
        verdict = _look(name.removesuffix("?"), machine, slots, roots)
    except Exception:  # a look is an extra: whatever is odd about this machine, the answer itself must not suffer
        return None
    return None if verdict and name.endswith("?") and not verdict.holds else verdict


def _look(name: str, machine: Machine, slots: dict[str, str], roots: Roots) -> Verdict | None:
    if "." not in name:
        return _checked(name, machine, roots)
    found = find_look(name)
    if found is None:
        return None
    from assistant.machine.confirm.here import Here

    return found[0](Here(roots, machine, slots), found[1])


def _checked(name: str, machine: Machine, roots: Roots) -> Verdict | None:
    """A check of the doctor as a look: what it needs is probed unless it was."""
    from assistant.machine.doctor import CHECKS, run_checks
    from assistant.machine.probe import probe

    needs = set(CHECKS[name].needs)
    if not needs <= set(machine.looked):
        machine = probe(needs, timeout=2.0, roots=roots)
    results = run_checks(machine, [name])
    if results.findings:
        return yes(results.findings[0].evidence)
    return no(f"looked for {CHECKS[name].title}") if name in results.checked else None
