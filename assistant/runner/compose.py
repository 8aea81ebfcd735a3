"""A flow with its values becomes a list of bound steps; a flow inside a flow is put in its place, so a step is
written once.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from assistant.content.frozen import Frozen
from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.runner import params, probe_core, template
from assistant.runner.ahead import ahead
from assistant.runner.catalog import Catalog
from assistant.runner.events import Said
from assistant.runner.flow import Flow, Note, Probe, Step, kind_of
from assistant.runner.param_types import Checked


class Bound(Frozen):
    """A step with the names that its texts may use. `id` is unique in the run: `outer/inner` for a step of a used
    flow.
    """

    id: str
    step: Step
    scope: dict[str, Checked]
    flow: str


def bind(
    flow: Flow,
    values: Mapping[str, Checked],
    machine: Machine,
    catalog: Catalog,
    answers: Mapping[str, Checked] | None = None,
    known: params.Known | None = None,
    begun: Collection[str] = (),
) -> list[Bound]:
    """The steps of a flow in their order, those of used flows in place.

    `answers` are those of `ask` steps, by the bound id of the step. `known` remembers environments and is added to.
    `begun` are steps of this run so far: a used flow that was begun stays, also where its steps end what it was for.

    Raises:
        UsageError: a used flow is missing, uses itself, or gets a wrong value.
    """
    seen = {} if known is None else known
    return _bind(flow, values, machine, catalog, answers or {}, seen, begun, "", (flow.id,))


def _bind(
    flow: Flow,
    values: Mapping[str, Checked],
    machine: Machine,
    catalog: Catalog,
    answers: Mapping[str, Checked],
    known: params.Known,
    begun: Collection[str],
    prefix: str,
    above: tuple[str, ...],
) -> list[Bound]:
    scope = params.scope_of(flow, values, machine, known)
    bound: list[Bound] = []
    first = scope
    for step in flow.steps:
        step_id = prefix + step.id
        stays = any(one.startswith(f"{step_id}/") for one in begun)
        if kind_of(step) != "use" or not (stays or _holds(step, scope)):
            bound.append(Bound(id=step_id, step=step, scope=scope, flow=flow.id))
            if step_id in answers:
                scope = {**scope, step.id.replace("-", "_"): answers[step_id]}
            continue
        if step.use in above:
            raise UsageError(f"the flow `{step.use}` uses itself: {' > '.join((*above, step.use))}", "mend the flow")
        used = catalog.get(step.use)
        try:
            given = {name: template.fill(text, scope) for name, text in step.set.items()}
        except template.UnknownNameError:
            bound.append(Bound(id=step_id, step=step, scope=scope, flow=flow.id))  # an answer is still to come
            continue
        filled = params.fill(used, {name: text for name, text in given.items() if text}, machine, known)
        filled.raise_problems()
        inner = (f"{step_id}/", (*above, step.use))
        bound += _bind(used, filled.values, machine, catalog, answers, known, begun, *inner)
        if used.gives:
            machine = ahead(machine, used.gives, params.scope_of(used, filled.values, machine, known))
            scope = {**params.scope_of(flow, values, machine, known), **_answered(flow, prefix, answers)}
    return _with_required(flow, bound, first)


def _with_required(flow: Flow, bound: list[Bound], scope: Mapping[str, Checked]) -> list[Bound]:
    """What the flow requires, as needs of its first step that applies, be that one of a flow that it uses."""
    at = next((number for number, one in enumerate(bound) if _holds(one.step, one.scope)), None)
    if at is None or not flow.requires:
        return bound
    one = bound[at]
    needs = flow.requires if one.flow == flow.id else _closed(flow.requires, scope)
    return [*bound[:at], one.replace(step=one.step.replace(needs=(*needs, *one.step.needs))), *bound[at + 1 :]]


def _closed(given: tuple[Probe, ...], scope: Mapping[str, Checked]) -> tuple[Probe, ...]:
    """Probes with their texts filled, in which nothing is a placeholder for another flow's names."""
    found = []
    for probe in given:
        if template.holds(probe.when, scope):
            filled = probe_core.filled(probe, scope)
            texts = {name: _plain(getattr(filled, name)) for name in probe_core.TEXT_FIELDS}
            lists = {name: tuple(map(_plain, getattr(filled, name))) for name in probe_core.LIST_FIELDS}
            found.append(filled.replace(**texts, **lists))
    return tuple(found)


def _plain(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")


def _answered(flow: Flow, prefix: str, answers: Mapping[str, Checked]) -> dict[str, Checked]:
    """The answers so far of the flow's own questions, by the names that its texts use."""
    return {step.id.replace("-", "_"): answers[prefix + step.id] for step in flow.steps if prefix + step.id in answers}


def _holds(step: Step, scope: Mapping[str, Checked]) -> bool:
    try:
        return template.holds(step.when, scope)
    except template.UnknownNameError:
        return True


def said(given: tuple[Note, ...], scope: template.Values) -> tuple[Said, ...]:
    """Notes whose condition holds, filled."""
    return tuple(
        Said(
            text=template.fill(note.text, scope),
            commands=tuple(template.fill(command, scope) for command in note.commands),
        )
        for note in given
        if template.holds(note.when, scope)
    )


def texts(given: tuple[Note, ...], scope: template.Values) -> tuple[list[str], list[str]]:
    """Words and commands of notes whose condition holds, filled."""
    found = said(given, scope)
    return [one.text for one in found], [command for one in found for command in one.commands]


def used_flows(flow: Flow, catalog: Catalog) -> list[Flow]:
    """A flow and every flow that it uses, directly or not."""
    found = {flow.id: flow}
    todo = [flow]
    while todo:
        for step in todo.pop().steps:
            if step.use and step.use not in found:
                found[step.use] = catalog.get(step.use)
                todo.append(found[step.use])
    return list(found.values())
