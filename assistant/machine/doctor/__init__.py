"""The doctor: what is wrong on this machine, how much it matters, and what to do.

`run_checks` takes a probed `Machine` and gives `Results`; `probes_for` says which probes the chosen checks need.
"""

from __future__ import annotations

from assistant.errors import UsageError
from assistant.machine.doctor import (
    checks_conda,
    checks_disk,
    checks_environment,
    checks_gpu,
    checks_jupyter,
    checks_network,
    checks_place,
    checks_python,
    checks_shell,
    checks_torch,
)
from assistant.machine.doctor.finding import CHECKS, EFFECTS, Check, Finding, Results
from assistant.machine.model import Failure, Machine

__all__ = ["CHECKS", "EFFECTS", "Check", "Finding", "Results", "groups", "probes_for", "run_checks", "select"]

# Importing them registers their checks; the order is that of the report.
MODULES = (
    checks_shell,
    checks_conda,
    checks_environment,
    checks_place,
    checks_python,
    checks_torch,
    checks_gpu,
    checks_jupyter,
    checks_disk,
    checks_network,
)


def groups() -> dict[str, tuple[Check, ...]]:
    """Each group with its checks."""
    names = dict.fromkeys(check.group for check in CHECKS.values())
    return {name: tuple(check for check in CHECKS.values() if check.group == name) for name in names}


def select(names: list[str] | tuple[str, ...] = ()) -> tuple[Check, ...]:
    """The checks of the groups and ids that were named; all of them without a name.

    Raises UsageError for a name that is neither, with the nearest that there are.
    """
    if not names:
        return tuple(CHECKS.values())
    known = groups()
    chosen: dict[str, Check] = {}
    for name in names:
        wanted = name.strip().lower()
        if wanted in known:
            chosen.update((check.id, check) for check in known[wanted])
        elif wanted in CHECKS:
            chosen[wanted] = CHECKS[wanted]
        else:
            raise UsageError(f"there is no check `{name}`", _nearest(wanted, [*known, *CHECKS]))
    return tuple(chosen.values())


def _nearest(name: str, known: list[str]) -> str:
    import difflib

    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5) or [one for one in known if name and name in one][:3]
    quoted = ", ".join(f"`{one}`" for one in near)
    return f"the nearest are {quoted}" if near else f"the groups are {', '.join(f'`{one}`' for one in groups())}"


def probes_for(names: list[str] | tuple[str, ...] = ()) -> set[str]:
    """The probes that the chosen checks read. Raises UsageError as `select` does."""
    return {need for check in select(names) for need in check.needs}


def run_checks(machine: Machine, names: list[str] | tuple[str, ...] = ()) -> Results:
    """Run checks on what was probed, the most serious findings first.

    A check that raises, and one whose probes gave no answer, is listed in `failed`; the rest go on.
    Raises UsageError for an unknown name.
    """
    findings: list[Finding] = []
    checked: list[str] = []
    failed: list[Failure] = []
    for check in select(names):
        missing = [need for need in check.needs if need not in machine.looked]
        if missing:
            failed.append(Failure(probe=check.id, reason=f"not checked: no answer from {', '.join(missing)}"))
            continue
        try:
            findings += check.function(machine)
        except Exception as error:
            failed.append(Failure(probe=check.id, reason=f"{type(error).__name__}: {error}"))
        else:
            checked.append(check.id)
    findings.sort(key=lambda finding: EFFECTS.index(finding.effect))
    return Results(findings=tuple(findings), checked=tuple(checked), failed=tuple(failed))
