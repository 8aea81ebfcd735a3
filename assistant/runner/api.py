"""What the faces call: flows, plans, runs. Everything else in this package is behind these functions.

catalog = api.catalog()
plan = api.make_plan("create-environment", {"name": "demo"}, catalog=catalog)      # changes nothing
session = api.start_run(plan, api.Policy(interactive=True), catalog=catalog)
for event in session.events():
    if isinstance(event, api.Question):
        session.reply("yes")
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant.content.compiled import to_plain
from assistant.errors import StateError, UsageError
from assistant.machine.model import Machine
from assistant.runner import facts, journal, params, planner, runlog, store
from assistant.runner.catalog import Catalog, from_folder, from_plain
from assistant.runner.engine import Engine
from assistant.runner.events import (
    ChildPrompt,
    Diagnosis,
    Event,
    Fix,
    FixFinished,
    FixStarted,
    FlowFinished,
    NeedsTerminal,
    Notice,
    Output,
    PlanChanged,
    Progress,
    Question,
    Reply,
    RunStarted,
    Said,
    StepFailed,
    StepSkipped,
    StepStarted,
    StepVerified,
)
from assistant.runner.flow import Flow
from assistant.runner.gate import Policy, parse_yes
from assistant.runner.lines import LineModel
from assistant.runner.mending import Mending
from assistant.runner.params import Asked, parse_settings
from assistant.runner.plan import Plan, PlannedStep
from assistant.runner.preview import Preview, preview
from assistant.runner.session import Session
from assistant.runner.store import RunInfo
from assistant.runner.terminal import DEFAULT_SIZE
from assistant.runner.undo import undo_flow

Look = Callable[[], Machine]


def catalog(records: Mapping[str, Any] | None = None) -> Catalog:
    """The flows: from compiled records (id -> plain data) where given, else from this installation's YAML."""
    return from_plain(records) if records is not None else from_folder()


def flows_json(flows: Catalog, machine: Machine) -> dict[str, Any]:
    """`flows --json`. `default` is what would be taken on this machine when nothing is given."""
    listed = []
    for flow in flows.all():
        asked = {one.name: one for one in params.questions(flow, {}, machine)}
        listed.append(
            {
                "id": flow.id,
                "title": flow.title,
                "why": flow.why,
                "params": [
                    {
                        "name": name,
                        "type": param.type,
                        "title": param.title,
                        "default": asked[name].suggestion if name in asked else "",
                        "required": param.required,
                        "choices": [choice.value for choice in asked[name].choices] if name in asked else [],
                    }
                    for name, param in flow.params.items()
                ],
            }
        )
    return {"schema": 1, "flows": listed}


def questions(flow_id: str, given: Mapping[str, str], *, flows: Catalog, machine: Machine) -> tuple[Asked, ...]:
    """The params of a flow as questions: what is given or suggested so far, and the real things to choose from."""
    return params.questions(flows.get(flow_id), given, machine)


def missing(flow_id: str, given: Mapping[str, str], *, flows: Catalog, machine: Machine) -> tuple[Asked, ...]:
    """The params that must still be asked for, given what is known.

    Raises:
        UsageError: a given value is wrong.
    """
    filled = params.fill(flows.get(flow_id), given, machine)
    if filled.problems:
        raise filled.problems[0]
    return filled.missing


def make_plan(flow_id: str, given: Mapping[str, str], *, flows: Catalog, machine: Machine | None = None) -> Plan:
    """What a flow would do here. Changes nothing.

    Raises:
        UsageError: no such flow, a param is missing or wrong.
        ContentError: the flow has mistakes.
    """
    return planner.make_plan(flows.get(flow_id), given, machine or facts.look(), flows)


def start_run(
    plan: Plan,
    policy: Policy,
    *,
    flows: Catalog,
    look: Look = facts.look,
    size: tuple[int, int] = DEFAULT_SIZE,
    mending: Mending | None = None,
) -> Session:
    """Run a plan that was shown. Nothing happens before the first event is taken, nothing is changed before the
    gate. With `mending` a failed step is diagnosed, and flows that mend it can be run before it is tried again.
    """
    return Session(Engine(plan, flows, policy, look=look, mending=mending), size)


def resume_plan(run: str = "", *, look: Look = facts.look) -> tuple[Plan, RunInfo]:
    """What is left of an interrupted or failed run, by asking every check again.

    Raises:
        UsageError: there is no such run, or it cannot be resumed.
        StateError: its records cannot be read.
    """
    info = store.find(run, wanted="resume")
    if not info.can_resume:
        why = {"running": "it is going on in another window", "done": "it is done", "undone": "it was taken back"}
        raise UsageError(
            f"the run {info.id} cannot be resumed: {why.get(info.state, info.state)}", "see `envguide runs`"
        )
    return _plan_of(journal.read(Path(info.folder)), look), info


def _plan_of(record: journal.RunRecord, look: Look) -> Plan:
    flows = store.stored_catalog(Path(record.folder))
    return planner.make_plan(
        flows.get(record.flow),
        record.given,
        look(),
        flows,
        past=record.steps,
        answers=record.answers,
        known=record.known,
    )


def resume(
    run: str,
    policy: Policy,
    *,
    look: Look = facts.look,
    size: tuple[int, int] = DEFAULT_SIZE,
    plan: Plan | None = None,
    mending: Mending | None = None,
) -> Session:
    """Go on with a run. `plan` is what `resume_plan` gave and the person has seen; `mending` as for `start_run`.

    Raises:
        UsageError, StateError: see `resume_plan`.
    """
    made, info = resume_plan(run, look=look)
    record = journal.read(Path(info.folder))
    engine = Engine(
        plan or made, store.stored_catalog(Path(info.folder)), policy, look=look, record=record, undoes=record.undoes,
        mending=mending,
    )  # fmt: skip
    return Session(engine, size)


def undo_plan(run: str = "", *, look: Look = facts.look) -> tuple[Plan, RunInfo]:
    """What taking a run back would do: deletes only what it made, puts back only what is unchanged since.

    Raises:
        UsageError: there is no such run, or nothing of it can be taken back.
    """
    info = store.find(run, wanted="undo")
    if info.state in ("running", "undone"):
        why = "it is still going on" if info.state == "running" else "it was taken back already"
        raise UsageError(f"the run {info.id} cannot be undone: {why}", "see `envguide runs`")
    flow = undo_flow(journal.read(Path(info.folder)))
    return planner.make_plan(flow, {}, look(), Catalog([flow.id], lambda _: flow)), info


def undo(
    run: str, policy: Policy, *, look: Look = facts.look, size: tuple[int, int] = DEFAULT_SIZE, plan: Plan | None = None
) -> Session:
    """Take a run back. `plan` is what `undo_plan` gave and the person has seen."""
    made, info = undo_plan(run, look=look)
    chosen = plan or made
    return Session(
        Engine(chosen, Catalog([chosen.flow.id], lambda _: chosen.flow), policy, look=look, undoes=info.id), size
    )


def redo_plan(run: str, *, look: Look = facts.look) -> tuple[Plan, Catalog]:
    """The plan of a run that was taken back, once more: the same flow and values, on the machine as it is now.

    Raises:
        UsageError: there is no such run.
    """
    info = store.find(run)
    record = journal.read(Path((info.undoes and store.find(info.undoes).folder) or info.folder))
    flows = store.stored_catalog(Path(record.folder))
    given = {name: value if isinstance(value, str) else " ".join(value) for name, value in record.given.items()}
    return planner.make_plan(flows.get(record.flow), given, look(), flows), flows


def list_runs() -> list[RunInfo]:
    """All runs, the newest first."""
    return store.list_runs()


def runs_json() -> dict[str, Any]:
    """`runs --json`."""
    return {"schema": 1, "runs": [to_plain(run) for run in list_runs()]}


def log(run: str = "", form: str = "text") -> str:
    """What a run did: `text`, `markdown` (to share; private things are taken out), or `script` (to do it again by
    hand).

    Raises:
        UsageError: there is no such run.
    """
    info = store.find(run)
    record = journal.read(Path(info.folder))
    return {"markdown": runlog.markdown, "script": runlog.script}.get(form, runlog.text)(record)


__all__ = [
    "Asked", "Catalog", "ChildPrompt", "Diagnosis", "Event", "Fix", "FixFinished", "FixStarted", "Flow",
    "FlowFinished", "LineModel", "Mending", "NeedsTerminal", "Notice", "Output", "Plan", "PlanChanged", "PlannedStep",
    "Policy", "Preview", "Progress", "Question", "Reply", "RunInfo", "RunStarted", "Said", "Session", "StateError",
    "StepFailed", "StepSkipped", "StepStarted", "StepVerified", "catalog", "flows_json", "list_runs", "log",
    "make_plan", "missing", "parse_settings", "parse_yes", "preview", "questions", "redo_plan", "resume",
    "resume_plan", "runs_json", "start_run", "undo", "undo_plan",
]  # fmt: skip
