"""What the conversation's commands (`/compare`, `/theme` ...) do in the full-screen face."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from assistant.dialogue.answer import Answer
from assistant.dialogue.slash import SHELLS, SYSTEMS, parse, translation
from assistant.errors import GuideError, UsageError
from assistant.tui.ask import refused
from assistant.tui.cards import Note
from assistant.tui.pieces import Link

if TYPE_CHECKING:
    from assistant.search.library import Library
    from assistant.tui.app import GuideApp

Command = Callable[["GuideApp", "Library", list[str], str], None]


def run_slash(text: str, app: GuideApp) -> None:
    """Do what a command says; a mistake in it is answered like a question."""
    library = app.library
    if library is None:
        return
    try:
        command, words = parse(text)
        _COMMANDS[command.name](app, library, words, text)
    except GuideError as error:
        app.ask_pane.show_answer(refused(text, error), text)


def _compare(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.dialogue.compare import compare

    _answer(app, compare(words, library, app.asked), text)


def _ref(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.dialogue.reference import find_tasks, task_answer

    if not words:
        app.action_tab("reference")
        return
    asked_for = " ".join(words)
    tasks = find_tasks(asked_for, library, app.asked.tool)
    if not tasks:
        raise UsageError(f"no task in the reference fits `{asked_for}`", "/ref alone lists all of them")
    if tasks[0].sure or len(tasks) == 1:
        _answer(app, task_answer(tasks[0].id, asked_for, library, app.asked), text)
        return
    links = tuple(Link(f"{task.title}   {task.command}", "entry", task.id, classes="choice") for task in tasks[:8])
    app.ask_pane.show(Note("In the reference", "", links, question=text))


def _translate(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.dialogue.compare import resolve_tool, tool_entries
    from assistant.dialogue.translate import translate

    command, tool = translation(text.strip().partition(" ")[2].strip(), tool_entries(library))
    _answer(app, translate(command, resolve_tool(tool, library), library, app.asked), text)


def _why(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    if not words:
        raise UsageError("paste the error output into the input", "it may have many lines; nothing else is needed")
    app.ask_pane.ask(" ".join(words))


def _doctor(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.machine.doctor import select

    select(words)
    app.show_doctor(tuple(words))


def _run(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.runner.params import parse_settings

    newest = app.ask_pane.newest
    if not words and newest and newest.flows:
        app.open_flow(newest.flows[0].id, dict(newest.flows[0].params))
        return
    if not words:
        app.action_tab("flows")
        return
    known = app.flows.ids
    if words[0] not in known:
        from assistant.content.schema import nearest

        raise UsageError(f"there is no flow `{words[0]}`{nearest(words[0], known)}", "/flows lists them")
    app.open_flow(words[0], parse_settings(words[1:]))


def _about_run(kind: str) -> Command:
    """Resume or undo the run that is named, or the newest one that can be."""
    return lambda app, library, words, text: app.open_run(kind, words[0] if words else "")


def _redo(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    if not words:
        raise UsageError("say which run", "/runs lists them")
    app.open_run("redo", words[0])


def _enter(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.machine.quick import quick_machine
    from assistant.machine.subshell import named_environment

    machine = app.machine or quick_machine()
    app.open_shell(named_environment(text.strip().partition(" ")[2].strip(), machine), machine)


def _report(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    app.copy_report()


def _source(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    if app.ask_pane.newest is None:
        raise UsageError("there is no answer yet", "ask something first")
    app.ask_pane.action_source()


def _more(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    app.ask_pane.action_more()


def _os(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    app.asked.system = _one_of(words, SYSTEMS, "system")
    _say_assumed(app, text)


def _shell(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    app.asked.shell = _one_of(words, SHELLS, "shell")
    _say_assumed(app, text)


def _tool(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    from assistant.dialogue.compare import resolve_tool

    app.asked.tool = resolve_tool(words[0], library) if words else ""
    _say_assumed(app, text)


def _say_assumed(app: GuideApp, text: str) -> None:
    app.show_machine()
    assumed = app.assumed()
    said = (
        f"Answers are now for {assumed}. The command alone goes back to this machine's own."
        if assumed
        else "Answers are for this machine."
    )
    app.ask_pane.show(Note("", said, question=text))


def _copy(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    newest = app.ask_pane.newest
    if newest is None:
        raise UsageError("there is no answer to copy yet", "ask something first")
    if words[:1] == ["all"]:
        from assistant.render.answers import answer_text

        app.copy_text(answer_text(newest, 100, more=True))
    else:
        app.ask_pane.action_copy_command()


def _theme(app: GuideApp, library: Library, words: list[str], text: str) -> None:
    if not words:
        app.action_next_theme()
        return
    if words[0] not in app.available_themes:
        raise UsageError(f"there is no theme `{words[0]}`", f"themes: {', '.join(sorted(app.available_themes))}")
    app.choose_theme(words[0])


def _one_of(words: list[str], known: tuple[str, ...], what: str) -> str:
    if not words:
        return ""
    if words[0].lower() not in known:
        raise UsageError(f"no {what} `{words[0]}`", f"known: {', '.join(known)}")
    return words[0].lower()


def _answer(app: GuideApp, answer: Answer, question: str) -> None:
    app.ask_pane.begin_with(answer)
    app.ask_pane.show_answer(answer, question)


_COMMANDS: dict[str, Command] = {
    "compare": _compare,
    "ref": _ref,
    "translate": _translate,
    "why": _why,
    "doctor": _doctor,
    "flows": lambda app, library, words, text: app.action_tab("flows"),
    "run": _run,
    "plan": _run,
    "resume": _about_run("resume"),
    "undo": _about_run("undo"),
    "redo": _redo,
    "log": lambda app, library, words, text: app.show_log(words[0] if words else ""),
    "machine": lambda app, library, words, text: app.action_tab("machine"),
    "enter": _enter,
    "report": _report,
    "more": _more,
    "source": _source,
    "runs": lambda app, library, words, text: app.action_tab("flows"),
    "os": _os,
    "shell": _shell,
    "tool": _tool,
    "copy": _copy,
    "theme": _theme,
    "clear": lambda app, library, words, text: app.ask_pane.action_clear(),
    "help": lambda app, library, words, text: app.action_help(),
    "quit": lambda app, library, words, text: app.leave(),
}
