"""Slash commands of line mode: those of the full screen, out of the same list, with their results as lines."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from assistant.dialogue.slash import COMMANDS, SHELLS, SYSTEMS, parse, translation
from assistant.errors import UsageError
from assistant.line import flow_runs

if TYPE_CHECKING:
    from collections.abc import Callable

    from assistant.line.session import LineSession

    Handler = Callable[[LineSession, str], None]


def run_command(session: LineSession, message: str) -> bool:
    """Carry out one slash command; whether the conversation goes on. UsageError where it is unknown or misses something."""
    command, _ = parse(message)
    if command.name == "quit":
        return False
    HANDLERS[command.name](session, message.strip().partition(" ")[2].strip())
    return True


def _help(session: LineSession, _: str) -> None:
    session.say("Type a question, paste an error, or one of these:")
    for command in COMMANDS:
        session.paragraph(f"{f'/{command.name} {command.words}'.strip()}: {command.help}", "  ", "      ")
    session.paragraph(session.keys)


def _compare(session: LineSession, rest: str) -> None:
    from assistant.dialogue.compare import compare

    session.show(compare(rest.replace(" vs ", " ").split(), session.library, session.conversation.asked))


def _ref(session: LineSession, rest: str) -> None:
    from assistant.dialogue.reference import find_tasks, task_answer

    asked = session.conversation.asked
    found = find_tasks(rest, session.library, asked.tool)
    if not found:
        raise UsageError(f"no task in the reference fits `{rest}`", "/ref alone lists all of them")
    if rest:
        session.show(task_answer(found[0].id, rest, session.library, asked))
        found = found[1:6]
        if found:
            session.say("Also in the reference:")
    for task in found:
        session.paragraph(f"{task.title}: {task.command}", "  ", "    ")


def _translate(session: LineSession, rest: str) -> None:
    from assistant.dialogue.compare import resolve_tool, tool_entries
    from assistant.dialogue.translate import translate

    command, tool = translation(rest, tool_entries(session.library))
    tool = resolve_tool(tool, session.library)
    session.show(translate(command, tool, session.library, session.conversation.asked))


def _why(session: LineSession, rest: str) -> None:
    if not rest:
        raise UsageError("paste the error output", "it may have many lines; nothing else is needed")
    session.show(session.conversation.turn(rest))


def _doctor(session: LineSession, rest: str) -> None:
    from assistant.machine.doctor import run_checks, select
    from assistant.machine.probe import probe
    from assistant.render.doctor import doctor_text

    select(rest.split())
    machine = probe()
    session.say(doctor_text(machine, run_checks(machine, rest.split()), session.width, session.style))


def _flows(session: LineSession, _: str) -> None:
    for flow_id in session.library.flow_ids():
        title = session.library.record(f"flow:{flow_id}").get("title", "")
        session.paragraph(f"{flow_id}: {title}", "  ", "    ")
    session.say("/plan FLOW shows what one would do, /run FLOW runs it.")


def _flow_and_values(session: LineSession, rest: str) -> tuple[str, list[str]]:
    """The flow that is meant, and `name=value` settings: those typed, then those of the last answer's offer."""
    try:
        words = shlex.split(rest)
    except ValueError:
        words = rest.split()
    flow, given = (words[0], words[1:]) if words else ("", [])
    offered = session.last.flows[0] if session.last and session.last.flows else None
    if not flow and offered:
        flow = offered.id
    if offered and offered.id == flow:
        named = {value.partition("=")[0] for value in given}
        given += [f"{name}={value}" for name, value in offered.params.items() if name not in named]
    if not flow:
        raise UsageError("say which flow", "/flows lists them, for example: /run create-environment name=demo")
    return flow, given


def _plan(session: LineSession, rest: str) -> None:
    from assistant.render.plans import plan_text
    from assistant.runner import api

    flow, values = _flow_and_values(session, rest)
    made = api.make_plan(flow, api.parse_settings(values), flows=flow_runs.catalog())
    session.say(plan_text(made, session.width, session.style))


def _run(session: LineSession, rest: str) -> None:
    flow, values = _flow_and_values(session, rest)
    flow_runs.run_flow(flow, values, session.wish())


def _resume(session: LineSession, rest: str) -> None:
    flow_runs.resume_run(session.run_named(rest), session.wish())


def _undo(session: LineSession, rest: str) -> None:
    flow_runs.undo_run(rest, session.wish())


def _redo(session: LineSession, rest: str) -> None:
    if not rest:
        raise UsageError("say which run", "/runs lists them")
    flow_runs.redo_run(rest, session.wish())


def _runs(session: LineSession, _: str) -> None:
    from assistant.runner import api

    listed = api.list_runs()
    for run in listed:
        began = run.began[:16].replace("T", " ")
        session.paragraph(f"{run.id}: {run.title}, {run.state}, {run.done} of {run.steps} steps, began {began}", "  ")
    session.say("/log RUN shows what one did." if listed else "No runs yet. /flows lists what can be run.")


def _log(session: LineSession, rest: str) -> None:
    from assistant.runner import api

    session.say(api.log(rest).rstrip("\n"))


def _machine(session: LineSession, _: str) -> None:
    from assistant.line.machine import machine_lines
    from assistant.machine.probe import probe

    session.say("\n".join(machine_lines(probe(), session.width, session.style)))


def _enter(session: LineSession, rest: str) -> None:
    from assistant.line.machine import enter
    from assistant.machine.quick import quick_machine

    enter(rest, quick_machine(), session.say)


def _report(session: LineSession, _: str) -> None:
    import socket

    from assistant import __version__
    from assistant.machine.doctor import run_checks
    from assistant.machine.doctor.report import report
    from assistant.machine.probe import probe

    machine = probe()
    text = report(machine, run_checks(machine), version=__version__, host=socket.gethostname()).rstrip("\n")
    session.say(text)
    session.copy(text)


def _more(session: LineSession, _: str) -> None:
    session.show(session.conversation.turn("more"))


def _source(session: LineSession, _: str) -> None:
    from assistant.render.layout import markdown
    from assistant.render.sources import sources_text

    if session.last is None:
        raise UsageError("there is no answer yet", "ask something first")
    session.say("\n".join(markdown(sources_text(session.last), session.width, session.style)))


def _copy(session: LineSession, rest: str) -> None:
    if session.last is None or not (session.last.commands or rest == "all"):
        raise UsageError("there is no command to copy yet", "ask something first; /copy all copies a whole answer")
    if rest == "all":
        from assistant.render.answers import answer_text

        session.copy(answer_text(session.last, 100, more=True))
        session.say("Copied the whole answer.")
    else:
        session.copy(session.last.commands[0].run)
        session.say(f"Copied: {session.last.commands[0].run}")


def _theme(session: LineSession, _: str) -> None:
    session.say(
        "Themes belong to the full screen. Line mode keeps your terminal's colours; NO_COLOR=1 leaves them out."
    )


def _view(name: str, allowed: tuple[str, ...]) -> Handler:
    def handler(session: LineSession, rest: str) -> None:
        value = rest.lower()
        if name == "tool" and value:
            from assistant.dialogue.compare import resolve_tool

            value = resolve_tool(value, session.library)
        elif value and value not in allowed:
            raise UsageError(f"`{rest}` is not known", f"one of: {', '.join(allowed)}")
        attribute = "system" if name == "os" else name
        setattr(session.conversation.asked, attribute, value)
        session.say(
            f"Answers are for {value} from now on." if value else f"Answers follow this machine's {name} again."
        )

    return handler


def _clear(session: LineSession, _: str) -> None:
    from assistant.dialogue.talk import Conversation

    session.conversation = Conversation(session.library, session.conversation.asked)
    session.last = None
    session.say("A new conversation.")


HANDLERS: dict[str, Handler] = {
    "compare": _compare,
    "ref": _ref,
    "translate": _translate,
    "why": _why,
    "doctor": _doctor,
    "flows": _flows,
    "run": _run,
    "plan": _plan,
    "runs": _runs,
    "log": _log,
    "resume": _resume,
    "undo": _undo,
    "redo": _redo,
    "machine": _machine,
    "enter": _enter,
    "report": _report,
    "more": _more,
    "source": _source,
    "os": _view("os", SYSTEMS),
    "shell": _view("shell", SHELLS),
    "tool": _view("tool", ()),
    "copy": _copy,
    "theme": _theme,
    "clear": _clear,
    "help": _help,
}
