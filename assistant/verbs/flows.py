"""`envguide flows|plan|run|resume|undo|redo|runs|log`: the guided flows on the command line."""

from __future__ import annotations

import argparse
import sys

from assistant.errors import ExitCode, UsageError
from assistant.render.layout import Style, table
from assistant.render.out import emit, emit_json, talk, terminal_width, wants_accessible, wants_colour
from assistant.render.plans import plan_text
from assistant.runner import api, facts
from assistant.search.library import open_library


def catalog() -> api.Catalog:
    """The flows of the compiled content."""
    library = open_library()
    return api.catalog({name: library.record(f"flow:{name}") for name in library.flow_ids()})


def style(options: argparse.Namespace) -> Style:
    """Colour and accessibility as asked for."""
    accessible = wants_accessible() or bool(getattr(options, "accessible", False))
    return Style(wants_colour(sys.stdout) and not accessible, accessible=accessible)


def flows(options: argparse.Namespace) -> int:
    """List the flows."""
    known = catalog()
    if options.json:
        emit_json(api.flows_json(known, facts.look()))
    else:
        rows = [(flow.id, flow.title) for flow in known.all()]
        emit("\n".join(table(("Flow", "What it does"), rows, terminal_width(), style(options))))
        talk("See what one would do: envguide plan FLOW. Run it: envguide run FLOW.")
    return int(ExitCode.OK)


def plan(options: argparse.Namespace) -> int:
    """Show a plan; nothing is changed. Exit code 1 where a step is blocked."""
    known = catalog()
    made = api.make_plan(options.flow, api.parse_settings(options.set), flows=known)
    if options.json:
        emit_json(made.to_plain())
    else:
        emit(plan_text(made, terminal_width(), style(options)))
        if made.will_run and not made.blocked:
            talk(f"To run it: envguide run {options.flow}" + "".join(f" --set {item}" for item in options.set))
    return int(ExitCode.NOTHING if made.blocked else ExitCode.OK)


def run(options: argparse.Namespace) -> int:
    """Plan, confirm, run, verify."""
    known = catalog()
    given = api.parse_settings(options.set)
    if not options.json and sys.stdin.isatty():
        given = ask_missing(options.flow, given, known)
    made = api.make_plan(options.flow, given, flows=known)
    session = api.start_run(made, policy(options), flows=known, size=pane_size())
    return drive(session, made, options)


def resume(options: argparse.Namespace) -> int:
    """Go on with a run that was cut off or failed."""
    made, info = api.resume_plan(options.run)
    return drive(api.resume(info.id, policy(options), plan=made, size=pane_size()), made, options)


def undo(options: argparse.Namespace) -> int:
    """Take a run back."""
    made, info = api.undo_plan(options.run)
    return drive(api.undo(info.id, policy(options), plan=made, size=pane_size()), made, options)


def redo(options: argparse.Namespace) -> int:
    """Run an undone run again."""
    made, known = api.redo_plan(options.run)
    return drive(api.start_run(made, policy(options), flows=known, size=pane_size()), made, options)


def policy(options: argparse.Namespace) -> api.Policy:
    """What was agreed to on the command line. With --json, or without input, nobody can be asked."""
    return api.Policy(yes=api.parse_yes(None if not options.yes else "" if options.yes == "yes" else options.yes), interactive=can_ask(options))


def can_ask(options: argparse.Namespace) -> bool:
    """Whether questions can be answered: not with --json; a pipe counts, its end means no."""
    return not options.json and not sys.stdin.closed


def pane_size() -> tuple[int, int]:
    """Rows and columns that the steps' programs are told."""
    import shutil

    size = shutil.get_terminal_size((80, 24))
    return size.lines, max(40, size.columns - 4)


def drive(session: api.Session, made: api.Plan, options: argparse.Namespace) -> int:
    """Show the plan, then the events, in the form asked for; the exit code."""
    if options.json:
        code = int(ExitCode.OK)
        with session:
            for event in session.events():
                emit_json(event.to_plain())
                if isinstance(event, api.FlowFinished):
                    code = event.exit
                elif isinstance(event, api.Question):
                    session.reply(event.default)
                elif isinstance(event, api.ChildPrompt):
                    session.interrupt()
                elif isinstance(event, api.NeedsTerminal):
                    session.reply(api.Reply(answer="skip", code=1))
        return code
    from assistant.line.flow_console import FlowConsole

    chosen = style(options)
    emit(plan_text(made, terminal_width(80), chosen))
    emit("")
    with session:
        return FlowConsole(session, chosen, redraw=sys.stdout.isatty()).run()


def ask_missing(flow_id: str, given: dict[str, str], known: api.Catalog) -> dict[str, str]:
    """Ask for the values that a flow needs and nobody gave; a wrong one is asked for again."""
    from assistant.line.flow_console import ask_line

    machine = facts.look()
    values = dict(given)
    for _ in range(40):
        wanted = api.missing(flow_id, values, flows=known, machine=machine)
        if not wanted:
            return values
        one = wanted[0]
        for number, choice in enumerate(one.choices, 1):
            emit(f"  {number}. {choice.value}" + (f" ({choice.label})" if choice.label else ""))
        line = ask_line(f"{one.title}" + (f" [{one.suggestion}]" if one.suggestion else "") + ": ")
        if line is None:
            raise UsageError(f"`{one.name}` is missing", f"give it with --set {one.name}=VALUE")
        text = line.strip() or one.suggestion
        if text.isdigit() and 1 <= int(text) <= len(one.choices):
            text = one.choices[int(text) - 1].value
        try:
            api.missing(flow_id, {**values, one.name: text}, flows=known, machine=machine)
        except UsageError as error:
            talk(str(error))
            continue
        values[one.name] = text
    raise UsageError("too many wrong values", f"give them with --set, see `envguide plan {flow_id}`")


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
    emit("\n".join(table(("Run", "Flow", "State", "Began"), rows, terminal_width(), style(options))))
    return int(ExitCode.OK)


def log(options: argparse.Namespace) -> int:
    """Print what a run did."""
    form = "markdown" if options.markdown else "script" if options.script else "text"
    emit(api.log(options.run, form).rstrip("\n"))
    return int(ExitCode.OK)
