"""A failed step and the flows that may mend it: which are offered, and the values that they are run with.

What an output means is knowledge, of which the runner has none; whoever starts a run gives it a `Mending`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from assistant.errors import GuideError
from assistant.machine.model import Machine
from assistant.runner import params
from assistant.runner.asking import ask_for
from assistant.runner.catalog import Catalog
from assistant.runner.compose import Bound
from assistant.runner.events import Diagnosis, Fix, Notice, StepFailed
from assistant.runner.flow import Flow
from assistant.runner.gate import Gate, Policy, Refused
from assistant.runner.plan import Plan
from assistant.runner.planner import make_plan
from assistant.runner.session import Session

# Values that mean the same in every flow; a fix takes them from the step that failed.
SHARED = ("env",)


@dataclass(frozen=True)
class Mending:
    """What makes of a failure a diagnosis (None: nothing known), and the flows that may be run for it."""

    diagnose: Callable[[StepFailed], Diagnosis | None]
    flows: Catalog


def offered(
    diagnosis: Diagnosis | None, mending: Mending | None, bound: Bound, going_on: Collection[str]
) -> tuple[Fix, ...]:
    """The fixes of a diagnosis that can be run for a failed step, with the values that the step knows.

    A flow of the run itself (`going_on`) is no fix, unless it brings a value of its own.
    """
    found: list[Fix] = []
    if diagnosis is None or mending is None:
        return ()
    for fix in diagnosis.fixes:
        if fix.flow not in mending.flows.ids:
            continue
        if fix.flow in going_on and all(text == _text(bound, name) for name, text in fix.params.items() if text):
            continue
        wanted = mending.flows.get(fix.flow).params
        shared = {name: _text(bound, name) for name in SHARED if name in wanted and _text(bound, name)}
        found.append(fix.replace(params={**shared, **{name: text for name, text in fix.params.items() if text}}))
    return tuple(found)


def _text(bound: Bound, name: str) -> str:
    """A value of the failed step, as it would be typed."""
    value = bound.scope.get(name, "")
    return value if isinstance(value, str) else " ".join(value)


def plan_of(fix: Fix, flows: Catalog, machine: Machine, session: Session, step: str) -> Plan | None:
    """The plan of a fix for a failed step; None where it cannot be planned (that is said) or a value was not given."""
    flow = flows.get(fix.flow)
    try:
        given = _given(flow, fix.params, machine, session)
        return make_plan(flow, given, machine, flows)
    except GuideError as error:
        session.emit(Notice(step=step, text=str(error)))
    except Refused:
        session.clear_stop()
    return None


def _given(flow: Flow, known: Mapping[str, str], machine: Machine, session: Session) -> dict[str, str]:
    """The params of a fixing flow: what is known and right here; the rest is asked for."""
    values = {name: text for name, text in known.items() if name in flow.params and _fits(flow, name, text, machine)}
    gate = Gate(Policy(), session.ask)
    while missing := params.fill(flow, values, machine).missing:
        one = missing[0]
        value = ask_for(one, flow.params[one.name], machine, session, gate)
        values[one.name] = value if isinstance(value, str) else " ".join(value)
    return values


def _fits(flow: Flow, name: str, text: str, machine: Machine) -> bool:
    """Whether a value that was read off an output is one for this param on this machine."""
    return not params.fill(flow, {name: text}, machine).problems
