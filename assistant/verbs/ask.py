"""`envguide ask`: one question, or many on standard input. The path that has to be fast."""

from __future__ import annotations

import sys

from assistant.dialogue.answer import to_json
from assistant.dialogue.engine import Asked, answer
from assistant.errors import ExitCode, UsageError
from assistant.machine.quick import quick_machine
from assistant.render.answers import answer_text, command_summary
from assistant.render.layout import Style
from assistant.render.out import emit, emit_json, terminal_width, wants_accessible, wants_colour
from assistant.search.library import open_library

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from assistant.dialogue.answer import Answer
    from assistant.machine.model import Machine
    from assistant.search.library import Library

JSON_WIDTH = 100
MAX_STDIN = 4_000_000  # bytes


class Options:
    """The options of `ask`, all at their defaults."""

    batch = json = more = why = commands = False
    os = shell = tool = ""

    def __init__(self, question: list[str]) -> None:
        self.question = question


def ask(options: argparse.Namespace | Options) -> int:
    """Answer and print; exit code 1 where there is no answer."""
    library = open_library()
    asked = asked_from(options)
    if options.batch:
        return _batch(library, asked, as_json=options.json)
    words = " ".join(options.question)
    if words == "-" or (not words and not sys.stdin.isatty()):
        words = read_stdin()
    result = answer(words, library, asked)
    show(result, options)
    return note_and_code(result)


def asked_from(options: argparse.Namespace | Options) -> Asked:
    """The view that the options ask for, on this machine."""
    tool = options.tool
    if tool:
        from assistant.dialogue.compare import resolve_tool

        tool = resolve_tool(tool, open_library())
    return Asked(
        system=options.os,
        shell=options.shell,
        tool=tool,
        machine=_machine(options),
        why=getattr(options, "why", False),
    )


def _machine(options: argparse.Namespace | Options) -> Machine:
    """This machine; without what is installed on it where the answer is to be for another system, shell or tool."""
    machine = quick_machine(environments=False)
    return machine.replace(path=(), tools=()) if options.os or options.shell or options.tool else machine


def show(result: Answer, options: argparse.Namespace | Options) -> None:
    """Print an answer in the form that the options ask for."""
    if options.json:
        emit_json(to_json(result, answer_text(result, JSON_WIDTH, more=options.more)))
    elif getattr(options, "commands", False):
        if result.commands:
            emit(command_summary(result.commands))
    else:
        style = Style(wants_colour(sys.stdout), accessible=wants_accessible())
        emit(answer_text(result, terminal_width(), style, more=options.more))


def note_and_code(result: Answer) -> int:
    """The exit code of an answer; a question without one is kept for `envguide kb gaps`."""
    if result.status != "unknown":
        return int(ExitCode.OK)
    from assistant.dialogue.gaps import keep_gap

    keep_gap(result)
    return int(ExitCode.NOTHING)


def read_stdin() -> str:
    """Standard input as text, undecodable bytes marked; UsageError where it is longer than 4 MB."""
    data = sys.stdin.buffer.read(MAX_STDIN + 1)
    if len(data) > MAX_STDIN:
        raise UsageError(
            "standard input holds more than 4 MB", "give the part with the error, such as: tail -c 100000 FILE"
        )
    from assistant.machine.files import decode

    return decode(data)


def _batch(library: Library, asked: Asked, *, as_json: bool) -> int:
    """One question a line, each on its own. A line that is no question gets an `unknown` object; the rest go on."""
    if not as_json:
        raise UsageError("--batch prints JSON", "add --json: envguide ask --batch --json < questions.txt")
    from assistant.dialogue.decide import unknown

    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        if not line.strip():
            continue
        try:
            result = answer(line, library, asked)
        except UsageError as error:
            result = unknown(line[:200], (), 0.0).replace(title=error.message)
        emit_json(to_json(result, answer_text(result, JSON_WIDTH)))
    return int(ExitCode.OK)
