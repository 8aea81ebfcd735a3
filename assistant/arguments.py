"""The argument parser: every verb with its options and help. A contract that scripts rely on."""

from __future__ import annotations

import argparse

SYSTEMS = ("linux", "macos", "windows")
SHELLS = ("bash", "zsh", "fish", "powershell", "cmd")

DESCRIPTION = """Ask about Python environments and packages in your own words, or let a guided flow do it.

  envguide                               open the full-screen assistant
  envguide ask conda vs venv             one answer
  pip install x 2>&1 | envguide why      cause and fix of an error
  envguide doctor                        what is on this machine, what is wrong
  envguide run create-environment        a guided flow: plan, confirm, watch, verify
"""


def parser() -> argparse.ArgumentParser:
    """The whole command line."""
    top = argparse.ArgumentParser(
        prog="envguide",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("-V", "--version", action="store_true", help="print the version")
    top.add_argument("--open", metavar="ID", help="open the full-screen assistant at an entry or a flow")
    top.add_argument("--accessible", action="store_true", help="line mode without redraw, for screen readers")
    verbs = top.add_subparsers(dest="verb", metavar="VERB")
    _ask(verbs)
    _look_up(verbs)
    _machine(verbs)
    _flows(verbs)
    _content(verbs)
    return top


def _add(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str, module: str, function: str
) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    verb.set_defaults(module=module, function=function)
    return verb


def _view(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="one JSON object")
    verb.add_argument("--os", choices=SYSTEMS, default="", help="answer for this system")
    verb.add_argument("--shell", choices=SHELLS, default="", help="answer for this shell")
    verb.add_argument("--tool", default="", help="answer with this tool (conda, uv, ...)")
    verb.add_argument("--more", action="store_true", help="show the longer answer")


def _ask(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ask = _add(verbs, "ask", "answer one question", "ask", "ask")
    ask.add_argument("question", nargs="*", help="the question, in your own words (`-` reads it from standard input)")
    ask.add_argument(
        "--batch", action="store_true", help="one question a line on standard input, one object a line out"
    )
    ask.add_argument("--why", action="store_true", help="show how the answer was chosen")
    ask.add_argument("--commands", action="store_true", help="print the commands alone")
    _view(ask)
    chat = _add(verbs, "chat", "line mode: a conversation without full screen", "chat", "chat")
    chat.add_argument("--json", action="store_true", help="one turn a line on standard input, one object a line out")
    chat.add_argument("--accessible", action="store_true", help="no redraw, no box drawing, numbered choices")
    why = _add(verbs, "why", "cause and fix of an error output", "why", "why")
    why.add_argument("file", nargs="?", help="a file with the output; standard input without it")
    _view(why)


def _look_up(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    ref = _add(verbs, "ref", "command reference, by purpose or name", "lookup", "ref")
    ref.add_argument("words", nargs="*", help="what to do, in words, or a command's name")
    _view(ref)
    translate = _add(verbs, "translate", "turn a command into another tool's", "lookup", "translate")
    translate.add_argument("command", nargs="+", help="the command")
    translate.add_argument("--to", required=True, metavar="TOOL", help="the other tool")
    _view(translate)
    compare = _add(verbs, "compare", "two or more tools side by side", "lookup", "compare")
    compare.add_argument("things", nargs="+", metavar="TOOL")
    _view(compare)


def _machine(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    doctor = _add(verbs, "doctor", "what is on this machine, what is wrong, what to do", "doctor", "doctor")
    doctor.add_argument("checks", nargs="*", metavar="CHECK", help="groups or names of checks; all without it")
    doctor.add_argument("--json", action="store_true", help="one JSON object")
    doctor.add_argument("--report", action="store_true", help="Markdown for a bug report, private things taken out")
    doctor.add_argument("--list", action="store_true", help="list the checks")


def _flows(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    flows = _add(verbs, "flows", "list the guided flows", "flows", "flows")
    flows.add_argument("--json", action="store_true", help="one JSON object")
    for name, summary in (
        ("plan", "show what a flow would do; changes nothing, ever"),
        ("run", "run a flow: plan, confirm, watch, verify"),
    ):
        verb = _add(verbs, name, summary, "flows", name)
        verb.add_argument("flow", help="the flow's id (see `envguide flows`)")
        verb.add_argument(
            "--set", action="append", default=[], metavar="NAME=VALUE", help="a value for one of its parameters"
        )
        verb.add_argument("--json", action="store_true", help="JSON; for `run` one event a line")
        if name == "plan":
            verb.add_argument(
                "--packages", action="store_true", help="ask the tools which packages they would install; takes a while"
            )
        if name == "run":
            _consent(verb)
            verb.add_argument("--accessible", action="store_true", help="no redraw")
    resume = _add(verbs, "resume", "go on with a run that was cut off", "flows", "resume")
    undo = _add(verbs, "undo", "take a run back: only what it made, only where unchanged since", "flows", "undo")
    redo = _add(verbs, "redo", "run an undone run again", "flows", "redo")
    for verb in (resume, undo, redo):
        verb.add_argument("run", nargs="?", default="", help="the run's id; the latest without it")
        verb.add_argument("--json", action="store_true", help="one event a line")
        _consent(verb)
    runs = _add(verbs, "runs", "list the runs", "flows", "runs")
    runs.add_argument("--json", action="store_true", help="one JSON object")
    log = _add(verbs, "log", "what a run did", "flows", "log")
    log.add_argument("run", nargs="?", default="", help="the run's id; the latest without it")
    log.add_argument("--markdown", action="store_true", help="a report to share, private things taken out")
    log.add_argument("--script", action="store_true", help="the commands as a shell script")


def _consent(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--yes",
        nargs="?",
        const="yes",
        default="",
        metavar="delete",
        help="do not ask before the plan is run; `--yes=delete` also covers steps that delete",
    )


def _content(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    kb = _add(verbs, "kb", "check, build and count the knowledge", "kb", "kb")
    kb.add_argument("action", choices=("check", "build", "stats", "gaps"))
    kb.add_argument(
        "path", nargs="?", help="a folder that holds knowledge/ and flows/; the installed content without it"
    )
    kb.add_argument("--document", metavar="FILE", help="with check: the source document, to find sections that changed")
    kb.add_argument("--json", action="store_true", help="one JSON object")
    kb.add_argument("--clear", action="store_true", help="with gaps: forget the unanswered questions")
    completion = _add(verbs, "completion", "print a completion script for a shell", "completion", "completion")
    completion.add_argument("target", choices=("bash", "zsh", "fish", "powershell"), metavar="SHELL")
