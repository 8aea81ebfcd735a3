"""Running flows in plain lines or as JSON: what `envguide run`, `resume`, `undo`, `redo` and line mode share."""

from __future__ import annotations

import shutil
import sys

from assistant.errors import ExitCode, UsageError
from assistant.line.flow_console import Ask, FlowConsole, ask_line, interrupts_to
from assistant.render.layout import Style
from assistant.render.out import emit, emit_json, talk, terminal_width
from assistant.render.plans import plan_text
from assistant.runner import api, facts
from assistant.search.library import open_library


class Wish:
    """How the person wants a run: JSON or lines, the style, who asks, what is agreed to beforehand (`--yes`)."""

    def __init__(self, style: Style, *, as_json: bool = False, yes: str = "", ask: Ask = ask_line) -> None:
        self.style = style
        self.ask = ask
        self.as_json = as_json
        self.yes = yes

    def policy(self) -> api.Policy:
        """What was agreed to. With JSON nobody can be asked; a pipe counts as somebody, its end means no."""
        agreed = None if not self.yes else "" if self.yes == "yes" else self.yes
        return api.Policy(yes=api.parse_yes(agreed), interactive=not self.as_json)


def catalog() -> api.Catalog:
    """The flows of the compiled content."""
    library = open_library()
    return api.catalog({name: library.record(f"flow:{name}") for name in library.flow_ids()})


def mending() -> api.Mending:
    """Failed steps are diagnosed, and the flows that mend them offered."""
    from assistant.render import failures

    return failures.mending(open_library(), catalog())


def run_flow(flow_id: str, settings: list[str], wish: Wish) -> int:
    """Plan, confirm, run, verify; the exit code. Values that are missing are asked for where somebody can answer."""
    known = catalog()
    given = api.parse_settings(settings)
    if not wish.as_json and sys.stdin.isatty():
        given = ask_missing(flow_id, given, known, wish.ask)
    made = api.make_plan(flow_id, given, flows=known)
    return drive(api.start_run(made, wish.policy(), flows=known, size=pane_size(), mending=mending()), made, wish)


def resume_run(run: str, wish: Wish) -> int:
    """Go on with a run that was cut off or failed."""
    made, info = api.resume_plan(run)
    return drive(api.resume(info.id, wish.policy(), plan=made, size=pane_size(), mending=mending()), made, wish)


def undo_run(run: str, wish: Wish) -> int:
    """Take a run back."""
    made, info = api.undo_plan(run)
    return drive(api.undo(info.id, wish.policy(), plan=made, size=pane_size()), made, wish)


def redo_run(run: str, wish: Wish) -> int:
    """Run an undone run again."""
    made, known = api.redo_plan(run)
    return drive(api.start_run(made, wish.policy(), flows=known, size=pane_size(), mending=mending()), made, wish)


def pane_size() -> tuple[int, int]:
    """Rows and columns that the steps' programs are told."""
    size = shutil.get_terminal_size((80, 24))
    return size.lines, max(40, size.columns - 4)


def drive(session: api.Session, made: api.Plan, wish: Wish) -> int:
    """Show the plan, then the events, in the form asked for; the exit code."""
    with session:
        if wish.as_json:
            with interrupts_to(session):
                return _as_json(session)
        emit(plan_text(made, terminal_width(80), wish.style))
        emit("")
        return FlowConsole(session, wish.style, redraw=sys.stdout.isatty(), ask=wish.ask, plan=made).run()


def _as_json(session: api.Session) -> int:
    """One event a line. Nobody can answer: questions get their default, a child that asks is stopped."""
    code = int(ExitCode.OK)
    for event in session.events():
        emit_json(event.to_plain())
        if isinstance(event, api.FlowFinished):
            code = event.exit
        elif isinstance(event, api.Question):
            session.reply(event.default)
        elif isinstance(event, api.ChildPrompt) and event.certain:
            session.interrupt()
        elif isinstance(event, api.NeedsTerminal):
            session.reply(api.Reply(answer="skip", code=1))
    return code


def ask_missing(flow_id: str, given: dict[str, str], known: api.Catalog, ask: Ask = ask_line) -> dict[str, str]:
    """Ask for the values that a flow needs and nobody gave; a wrong one is asked for again."""
    machine = facts.look()
    values = dict(given)
    for _ in range(40):
        wanted = api.missing(flow_id, values, flows=known, machine=machine)
        if not wanted:
            return values
        one = wanted[0]
        for number, choice in enumerate(one.choices, 1):
            emit(f"  {number}. {choice.value}" + (f" ({choice.label})" if choice.label else ""))
        line = ask(f"{one.title}" + (f" [{one.suggestion}]" if one.suggestion else "") + ": ")
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
