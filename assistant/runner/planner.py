"""Makes plans: asks each step's checks and needs of the machine, changes nothing, and says what would happen."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path

from assistant.errors import GuideError
from assistant.machine.model import Machine
from assistant.machine.redact import redact_secrets
from assistant.runner import compose, download, facts, params, probes, template, undo_state
from assistant.runner.catalog import Catalog
from assistant.runner.compose import Bound
from assistant.runner.describe import describe
from assistant.runner.flow import Flow, Probe, Step, kind_of, risk_of
from assistant.runner.journal import Past
from assistant.runner.lines import tail
from assistant.runner.param_types import Checked
from assistant.runner.plan import Plan, PlannedStep, digest, fingerprint

SHOW_TIMEOUT = 30.0  # seconds for a command whose output belongs to the plan
SHOW_LINES = 150


def make_plan(
    flow: Flow,
    given: Mapping[str, str | tuple[str, ...]],
    machine: Machine,
    catalog: Catalog,
    *,
    past: Mapping[str, Past] | None = None,
    answers: Mapping[str, Checked] | None = None,
    known: params.Known | None = None,
) -> Plan:
    """What the flow would do here. Reads files and asks interpreters for their version; writes nothing.

    `past`: what an earlier part of the same run did. `answers`: those of `ask` steps, by step id.
    `known`: environments that it had looked up.

    Raises:
        UsageError: a param is missing or wrong.
        ContentError: a flow that it uses has mistakes.
    """
    seen = {} if known is None else dict(known)
    filled = params.fill(flow, given, machine, seen)
    filled.raise_problems()
    answered = dict(answers or {})
    asked = params.asked_params(flow)
    for step in flow.steps:
        name = step.id.replace("-", "_")
        if name in asked and name in given:
            raw = given[name]
            answered[step.id] = params.check(asked[name], raw if isinstance(raw, str) else " ".join(raw), machine)
    bound = compose.bind(flow, filled.values, machine, catalog, answered, seen, past or ())
    context = probes.Context(machine=machine)
    steps: list[PlannedStep] = []
    promised: set[str] = set()
    stopped_by = ""
    for one in bound:
        planned = plan_step(one, context, (past or {}).get(one.id), frozenset(promised), answered)
        if stopped_by and (planned.state == "will-run" or (planned.state == "blocked" and not planned.help)):
            planned = planned.replace(state="blocked", reason=f"comes after `{stopped_by}`, which cannot be done")
        if planned.state == "will-run":
            promised |= _promises(one)
            promised.update(planned.makes)
        elif planned.state == "blocked" and not one.step.optional:
            stopped_by = stopped_by or planned.title
        steps.append(planned)
    return Plan(
        flow=flow,
        params=filled.values,
        sources=dict(filled.sources),
        facts={name: value for name, value in facts.facts_of(machine).items() if value},
        steps=tuple(steps),
        bound=tuple(bound),
        answers=answered,
        known=seen,
        fingerprint=fingerprint(flow, filled.values, tuple(steps)),
    )


def plan_step(
    bound: Bound,
    context: probes.Context,
    past: Past | None = None,
    promised: frozenset[str] = frozenset(),
    answers: Mapping[str, Checked] | None = None,
) -> PlannedStep:
    """One step as it stands now. `promised` are probes and paths that earlier steps of the plan will bring about."""
    step, scope = bound.step, bound.scope
    planned = PlannedStep(
        id=bound.id,
        title=step.title,
        why=step.why,
        kind=kind_of(step),
        state="will-run",
        reason="",
        risk=risk_of(step),
        on_error=step.on_error,
        optional=step.optional,
        digest=digest(bound.id),
    )
    try:
        planned = planned.replace(title=template.fill(step.title, scope), why=template.fill(step.why, scope))
        if not template.holds(step.when, scope):
            return planned.replace(state="skipped", reason=template.reason(step.when, scope))
        planned = describe(planned, bound, context.machine)
        if planned.kind == "ask" and bound.id in (answers or {}):
            answer = (answers or {})[bound.id]
            return planned.replace(
                state="done", reason=f"answered: {answer if isinstance(answer, str) else ' '.join(answer)}"
            )
        return _shown(_with_state(planned, bound, context, past, promised), bound, context)
    except template.UnknownNameError as error:
        return planned.replace(reason=f"depends on the answer to `{error.name.replace('_', ' ')}`")
    except GuideError as error:
        return planned.replace(state="blocked", reason=error.message, help=error.hint)


def _with_state(
    planned: PlannedStep, bound: Bound, context: probes.Context, past: Past | None, promised: frozenset[str]
) -> PlannedStep:
    """Done, blocked, or to be run; and what an earlier, interrupted try left."""
    step, scope = bound.step, bound.scope
    if step.owned or step.restore:
        planned = undo_state.owned(planned, step) if step.owned else undo_state.restored(planned, step)
        if step.lenient and planned.state == "will-run" and (kept := _blocked(planned, step, scope, context, promised)):
            return planned.replace(state="done", reason=f"stays as it is: {kept[0]}")
        return planned
    begun = past is not None and past.state != "skipped"
    done = _all_hold(step.check, scope, context) or (_all_hold(step.verify, scope, context) if begun else "")
    done = done or _done_by_itself(planned, step)
    provable = any(template.holds(probe.when, scope) for probe in (*step.check, *step.verify))
    if not done and past and past.state == "verified" and not provable and planned.kind not in ("edit", "download"):
        done = "done earlier in this run"
    if done:
        return planned.replace(state="done", reason=done)
    if past and begun:
        leftover = tuple(path for path in planned.makes if path in past.absent and os.path.lexists(path))
        if leftover:
            names = ", ".join(leftover)
            return planned.replace(
                leftover=leftover,
                deletes=(*planned.deletes, *(f"{path} (half-made by the interrupted try)" for path in leftover)),
                reason=f"an interrupted try left {names} half-made; it is deleted first",
                digest=digest(planned.digest, leftover),
            )
        if past.state == "started" and not provable and step.repeat == "ask":
            return planned.replace(unsure=True, reason="it was begun; nothing can tell whether it was done")
    blocked = _blocked(planned, step, scope, context, promised)
    if blocked:
        return planned.replace(state="blocked", reason=blocked[0], help=blocked[1])
    return planned.replace(reason=planned.reason or _reason(planned, step, scope))


def _all_hold(given: tuple[Probe, ...], scope: template.Values, context: probes.Context) -> str:
    """What was found, where there are probes and all hold; else the empty text."""
    answers = probes.ask_all(given, scope, context)
    if not answers or not all(result.ok for _, result in answers):
        return ""
    return "; ".join(result.reason for _, result in answers)


def _done_by_itself(planned: PlannedStep, step: Step) -> str:
    """Steps whose end can be seen without a check: an edit that changes nothing, a file that is there, one that is
    gone.
    """
    if planned.kind == "edit" and not planned.details:
        return f"{planned.touches[0]} is already so"
    if step.download and step.download.sha256:
        target = Path(planned.argv[1])
        if target.is_file() and download.hash_of(target) == step.download.sha256.lower():
            return f"{target} is already the wanted file"
    if planned.kind == "remove" and not any(os.path.lexists(path) for path in planned.argv):
        return f"{', '.join(planned.argv)}: not there"
    return ""


def _blocked(
    planned: PlannedStep, step: Step, scope: template.Values, context: probes.Context, promised: frozenset[str]
) -> tuple[str, str] | None:
    """Why the step cannot be run now, and what to do; None where it can."""
    for need in step.needs:
        if template.holds(need.when, scope):
            filled = probes.filled(need, scope)
            if _key(filled) not in promised and not _to_come(filled, promised):
                result = probes.ask(filled, context)
                if not result.ok:
                    return result.reason, filled.otherwise
    for path in planned.makes:
        if os.path.lexists(path):
            return (
                f"{path} already exists, and what is there is not replaced",
                "choose another name or place, or delete it first",
            )
    if planned.kind == "run":
        program = planned.argv[0] if planned.argv else ""
        if not program:
            return "its command is empty: a value that it needs is missing", "give the missing values with --set"
        if program not in promised and not _within(program, promised) and not resolve(program, context.machine):
            return f"`{program}` is not on this machine", f"install {program}, or choose another tool"
    return None


def resolve(program: str, machine: Machine) -> str:
    """The program that a first argument means; empty where there is none."""
    if os.sep in program or (os.altsep and os.altsep in program):
        return program if Path(program).is_file() else ""
    return facts.program(machine, program) or shutil.which(program) or ""


def _promises(bound: Bound) -> set[str]:
    """What holds once the step is done: its checks and proofs, and the programs that it brings."""
    found = set()
    for probe in (*bound.step.check, *bound.step.verify):
        try:
            if template.holds(probe.when, bound.scope):
                filled = probes.filled(probe, bound.scope)
                found.add(_key(filled))
                if filled.probe == "command-on-path" and filled.expect:
                    found.add(filled.command)
                for spec in filled.packages if filled.probe == "packages-installed" and filled.expect else ():
                    found.add(_key(filled.replace(packages=(re.split(r"[\[=<>!~]", spec, maxsplit=1)[0],))))
        except template.UnknownNameError:
            continue
    return found


def _to_come(need: Probe, promised: frozenset[str]) -> bool:
    """Whether a need asks about something that an earlier step of the plan will make: nobody can tell yet."""
    place = need.prefix or need.path
    return need.expect and bool(place) and _within(place, promised)


def _within(path: str, promised: frozenset[str]) -> bool:
    """Whether a path is one of those that will be made, or lies in one."""
    plain = path.replace("\\", "/")
    makes = [one.replace("\\", "/").rstrip("/") for one in promised if re.match(r"(?:[/\\]|[A-Za-z]:)[^']*$", one)]
    return any(plain == one or plain.startswith(one + "/") for one in makes)


def _shown(planned: PlannedStep, bound: Bound, context: probes.Context) -> PlannedStep:
    """With what the step's reading command says now, once all that it needs is really there."""
    step, scope = bound.step, bound.scope
    form = next((one for one in step.shows if template.holds(one.when, scope)), None)
    if form is None or planned.state != "will-run":
        return planned
    if not all(result.ok for _, result in probes.ask_all(step.needs, scope, context)):
        return planned
    argv = template.fill_items(form.run, scope)
    program = resolve(argv[0], context.machine) if argv else ""
    if not program:
        return planned
    answer = context.run([program, *argv[1:]], timeout=SHOW_TIMEOUT)
    said = answer.out if answer.code == 0 else answer.out + answer.err
    lines = [redact_secrets(line) for line in tail(said.encode(), SHOW_LINES)]
    return planned.replace(details=(*planned.details, *lines), digest=digest(planned.digest, lines))


def _key(probe: Probe) -> str:
    """A probe as text, without the words for people."""
    return repr(probe.replace(says="", otherwise="", when={}).fields())


def _reason(planned: PlannedStep, step: Step, scope: template.Values) -> str:
    """Why the step is to be run: what does not hold yet, as far as that can be said briefly."""
    if planned.kind == "note":
        return "something to know"
    if planned.kind == "ask":
        return "a question for you"
    if planned.kind == "edit":
        return f"{planned.touches[0]} is not so yet"
    if planned.makes:
        return f"{', '.join(planned.makes)} {'is' if len(planned.makes) == 1 else 'are'} not there yet"
    if step.check:
        return "not done yet"
    return "to be done"
