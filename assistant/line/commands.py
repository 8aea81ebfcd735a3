"""Slash commands of line mode: everything the full screen can do, as words."""

from __future__ import annotations

import shlex
from typing import TYPE_CHECKING

from assistant.errors import UsageError
from assistant.line import flow_runs

if TYPE_CHECKING:
    from assistant.line.session import LineSession

COMMANDS = {
    "/help": "what can be typed",
    "/more": "the rest of the last answer",
    "/compare": "tools side by side: /compare conda uv",
    "/translate": "a command in another tool: /translate uv conda create -n x python=3.12",
    "/ref": "find a command by what it does: /ref free disk space",
    "/doctor": "what is on this machine, what is wrong",
    "/flows": "the guided flows",
    "/plan": "what a flow would do: /plan create-environment name=demo",
    "/run": "run a flow; without a name the one that the last answer offers",
    "/runs": "past runs",
    "/resume": "go on with a run that was cut off",
    "/undo": "take a run back",
    "/copy": "copy the first command of the last answer",
    "/os": "answer for another system: /os windows; /os alone goes back to this one",
    "/shell": "answer for another shell",
    "/tool": "prefer a tool",
    "/clear": "begin a new conversation",
    "/exit": "leave",
}


def run_command(session: LineSession, message: str) -> None:
    """Carry out one slash command. UsageError where it is unknown or misses something."""
    name, _, rest = message.strip().partition(" ")
    rest = rest.strip()
    handler = HANDLERS.get(name.lower())
    if handler is None:
        from assistant.content.schema import nearest

        raise UsageError(f"no command `{name}`{nearest(name, COMMANDS)}", "/help lists them")
    handler(session, rest)


def _help(session: LineSession, _: str) -> None:
    for name, what in COMMANDS.items():
        session.say(f"  {name}: {what}")


def _more(session: LineSession, _: str) -> None:
    session.show(session.conversation.turn("more"))


def _compare(session: LineSession, rest: str) -> None:
    from assistant.dialogue.compare import compare

    session.show(compare(rest.replace(" vs ", " ").split(), session.library, session.conversation.asked))


def _translate(session: LineSession, rest: str) -> None:
    from assistant.dialogue.translate import translate

    tool, _, command = rest.partition(" ")
    if not command:
        raise UsageError("say the tool, then the command", "/translate uv conda create -n x python=3.12")
    session.show(translate(command, tool, session.library, session.conversation.asked))


def _ref(session: LineSession, rest: str) -> None:
    from assistant.dialogue.reference import find_tasks, task_answer

    found = find_tasks(rest, session.library)
    if rest and found:
        session.show(task_answer(found[0].id, rest, session.library, session.conversation.asked))
        found = found[1:6]
    for task in found:
        session.say(f"  {task.title}: {task.command}")


def _doctor(session: LineSession, rest: str) -> None:
    from assistant.machine.doctor import run_checks
    from assistant.machine.probe import probe
    from assistant.render.doctor import doctor_text
    from assistant.render.out import terminal_width

    machine = probe()
    session.say(doctor_text(machine, run_checks(machine, rest.split()), terminal_width(80), session.style))


def _flows(session: LineSession, _: str) -> None:
    for flow_id in session.library.flow_ids():
        session.say(f"  {flow_id}: {session.library.record(f'flow:{flow_id}').get('title', '')}")


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
    from assistant.render.out import terminal_width
    from assistant.render.plans import plan_text
    from assistant.runner import api

    flow, values = _flow_and_values(session, rest)
    made = api.make_plan(flow, api.parse_settings(values), flows=flow_runs.catalog())
    session.say(plan_text(made, terminal_width(80), session.style))


def _run(session: LineSession, rest: str) -> None:
    flow, values = _flow_and_values(session, rest)
    flow_runs.run_flow(flow, values, flow_runs.Wish(session.style))


def _resume(session: LineSession, rest: str) -> None:
    flow_runs.resume_run(rest, flow_runs.Wish(session.style))


def _undo(session: LineSession, rest: str) -> None:
    flow_runs.undo_run(rest, flow_runs.Wish(session.style))


def _runs(session: LineSession, _: str) -> None:
    from assistant.runner import api

    listed = api.list_runs()
    for run in listed:
        session.say(f"  {run.id}: {run.title}, {run.state}, began {run.began}")
    if not listed:
        session.say("No runs yet. /flows lists what can be run.")


def _copy(session: LineSession, _: str) -> None:
    if not session.last or not session.last.commands:
        raise UsageError("there is no command to copy yet", "ask something first")
    command = session.last.commands[0].run
    import pyperclip

    try:
        pyperclip.copy(command)
        session.say(f"Copied: {command}")
    except pyperclip.PyperclipException:
        raise UsageError("no clipboard program was found", f"copy it from here: {command}") from None


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


if TYPE_CHECKING:
    from collections.abc import Callable

    Handler = Callable[[LineSession, str], None]

HANDLERS: dict[str, Handler] = {
    "/help": _help,
    "/?": _help,
    "/more": _more,
    "/compare": _compare,
    "/translate": _translate,
    "/ref": _ref,
    "/doctor": _doctor,
    "/flows": _flows,
    "/plan": _plan,
    "/run": _run,
    "/runs": _runs,
    "/resume": _resume,
    "/undo": _undo,
    "/copy": _copy,
    "/os": _view("os", ("linux", "macos", "windows")),
    "/shell": _view("shell", ("bash", "zsh", "fish", "powershell", "cmd")),
    "/tool": _view("tool", ()),
    "/clear": _clear,
}
