"""`envguide flows|plan|run|resume|undo|redo|runs|log`: the guided flows on the command line."""

from __future__ import annotations

import argparse
import sys

from assistant.content.compiled import to_plain
from assistant.errors import ExitCode
from assistant.line.flow_runs import Wish, catalog, redo_run, resume_run, run_flow, undo_run
from assistant.render.layout import Style, table
from assistant.render.out import emit, emit_json, talk, terminal_width, wants_accessible, wants_colour
from assistant.render.plans import plan_text
from assistant.render.previews import preview_lines
from assistant.runner import api, facts
from assistant.runner.plan import shown


def _style(options: argparse.Namespace) -> Style:
    accessible = wants_accessible() or bool(getattr(options, "accessible", False))
    return Style(wants_colour(sys.stdout) and not accessible, accessible=accessible)


def _wish(options: argparse.Namespace) -> Wish:
    return Wish(_style(options), as_json=options.json, yes=options.yes)


def flows(options: argparse.Namespace) -> int:
    """List the flows."""
    known = catalog()
    if options.json:
        emit_json(api.flows_json(known, facts.look()))
    else:
        rows = [(flow.id, flow.title) for flow in known.all()]
        emit("\n".join(table(("Flow", "What it does"), rows, terminal_width(), _style(options))))
        talk("See what one would do: envguide plan FLOW. Run it: envguide run FLOW.")
    return int(ExitCode.OK)


def plan(options: argparse.Namespace) -> int:
    """Show a plan; nothing is changed. Exit code 1 where a step is blocked."""
    machine = facts.look()
    made = api.make_plan(options.flow, api.parse_settings(options.set), flows=catalog(), machine=machine)
    asked = [step for step in made.will_run if step.can_preview and options.packages]
    previews = {step.id: api.preview(made, step.id, machine) for step in asked}
    if options.json:
        plain = made.to_plain()
        for step in plain["steps"]:
            if step["id"] in previews:
                step["preview"] = to_plain(previews[step["id"]])
        emit_json(plain)
    else:
        emit(plan_text(made, terminal_width(), _style(options)))
        for step in asked:
            emit(f"\n{step.title}:")
            emit("\n".join(preview_lines(previews[step.id], terminal_width())))
        if made.will_run and not made.blocked:
            given = [word for item in options.set for word in ("--set", item)]
            talk(f"To run it: {shown(('envguide', 'run', options.flow, *given))}")
    return int(ExitCode.NOTHING if made.blocked else ExitCode.OK)


def run(options: argparse.Namespace) -> int:
    """Plan, confirm, run, verify."""
    return run_flow(options.flow, options.set, _wish(options))


def resume(options: argparse.Namespace) -> int:
    """Go on with a run that was cut off or failed."""
    return resume_run(options.run, _wish(options))


def undo(options: argparse.Namespace) -> int:
    """Take a run back."""
    return undo_run(options.run, _wish(options))


def redo(options: argparse.Namespace) -> int:
    """Run an undone run again."""
    return redo_run(options.run, _wish(options))


def runs(options: argparse.Namespace) -> int:
    """List the runs, the newest first."""
    if options.json:
        emit_json(api.runs_json())
        return int(ExitCode.OK)
    listed = api.list_runs()
    if not listed:
        talk("no runs yet; `envguide flows` lists what can be run")
        return int(ExitCode.OK)
    rows = [(one.id, one.title, one.state, one.began) for one in listed]
    emit("\n".join(table(("Run", "Flow", "State", "Began"), rows, terminal_width(), _style(options))))
    return int(ExitCode.OK)


def log(options: argparse.Namespace) -> int:
    """Print what a run did."""
    form = "markdown" if options.markdown else "script" if options.script else "text"
    emit(api.log(options.run, form).rstrip("\n"))
    return int(ExitCode.OK)
