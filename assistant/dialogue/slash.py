"""The commands that a conversation takes besides questions, such as `/compare conda venv`: names, help, completion.

Pure: what a command does is the business of the face that reads it.
"""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from assistant.search.library import Library

SYSTEMS = ("linux", "macos", "windows")
SHELLS = ("bash", "zsh", "fish", "powershell", "cmd")


class SlashCommand(Frozen):
    """A command. `takes` are the kinds of its words, one after another; the last one repeats."""

    name: str
    words: str
    help: str
    takes: tuple[str, ...] = ()


class Completion(Frozen):
    """What the input becomes when this is taken, the words that are to follow, and what it means."""

    text: str
    words: str = ""
    help: str = ""


def _command(name: str, words: str, help_: str, *takes: str) -> SlashCommand:
    return SlashCommand(name=name, words=words, help=help_, takes=takes)


COMMANDS = (
    _command("compare", "TOOL TOOL...", "two or more tools side by side", "tool"),
    _command("ref", "[WORDS]", "the command reference, by purpose or by name"),
    _command("translate", "COMMAND --to TOOL", "a command in another tool's words", "command"),
    _command("why", "[ERROR]", "cause and fix of an error output"),
    _command("doctor", "[CHECK...]", "what is wrong on this machine", "check"),
    _command("flows", "", "the guided flows"),
    _command(
        "run", "[FLOW] [NAME=VALUE...]", "open a flow, or the one just offered; its plan comes first", "flow", "setting"
    ),
    _command("plan", "FLOW [NAME=VALUE...]", "what a flow would do", "flow", "setting"),
    _command("runs", "", "past runs"),
    _command("log", "[RUN]", "what a run did", "run"),
    _command("resume", "[RUN]", "go on with a run that was cut off", "run"),
    _command("undo", "[RUN]", "take a run back; its plan comes first", "run"),
    _command("redo", "RUN", "run a run's flow again", "run"),
    _command("machine", "", "what is on this machine: environments, GPU, tools, disk"),
    _command("enter", "ENVIRONMENT", "a shell in an environment; leave it to come back", "environment"),
    _command("report", "", "copy a report on this machine for a bug, private things taken out"),
    _command("more", "", "the rest of the newest answer"),
    _command("source", "", "what the sections say that the newest answer cites"),
    _command("os", "[SYSTEM]", "answer for another system", "os"),
    _command("shell", "[SHELL]", "answer for another shell", "shell"),
    _command("tool", "[TOOL]", "answer with one tool", "tool"),
    _command("copy", "[all]", "copy the newest answer's command, or all of it", "copy"),
    _command("theme", "[NAME]", "change the colours", "theme"),
    _command("clear", "", "start an empty conversation"),
    _command("help", "", "keys and commands"),
    _command("quit", "", "leave envguide"),
)
_NAMED = {command.name: command for command in COMMANDS}
_ALIASES = {"exit": "quit", "q": "quit", "?": "help", "diff": "compare", "vs": "compare", "reference": "ref"}


def is_command(text: str) -> bool:
    """Whether a message is one of these commands, or meant as one: a slash and a word, not a path."""
    return "\n" not in text.strip() and re.match(r"/(?:[a-z?]+)(?:\s|$)", text.strip()) is not None


def parse(text: str) -> tuple[SlashCommand, list[str]]:
    """The command and its words.

    Raises:
        UsageError: there is no such command.
    """
    name, *words = text.strip()[1:].split()
    found = _NAMED.get(_ALIASES.get(name, name))
    if found:
        return found, words
    from assistant.content.schema import nearest

    raise UsageError(f"there is no command /{name}{nearest(name, list(_NAMED))}", "/help lists them")


def translation(rest: str, tools: Iterable[str]) -> tuple[str, str]:
    """The command and the tool of `/translate`: `COMMAND --to TOOL`, or the tool first where a second one follows.

    Raises:
        UsageError: one of the two is missing.
    """
    command, mark, tool = rest.rpartition("--to")
    words, known = rest.split(), set(tools)
    if not mark and len(words) > 2 and words[0] in known and words[1] in known:  # `uv conda create ...`
        tool, _, command = rest.partition(" ")
    if not tool.strip() or not command.strip():
        raise UsageError("to which tool", "for example: /translate conda create -n x python=3.12 --to uv")
    return command.strip(), tool.strip()


def known_words(library: Library) -> dict[str, tuple[str, ...]]:
    """What the commands' words are completed from: tools, flows with their settings, checks of the doctor."""
    from assistant.machine.doctor import CHECKS, groups

    words = {
        "tool": tuple(library.index["lexicon"]["tools"]),
        "flow": tuple(library.flow_ids()),
        "check": (*groups(), *CHECKS),
    }
    for flow in words["flow"]:
        words[f"setting of {flow}"] = tuple(f"{name}=" for name in library.record(f"flow:{flow}").get("params", {}))
    return words


def complete(text: str, values: Mapping[str, Sequence[str]], limit: int = 40) -> list[Completion]:
    """How a command that is being typed can go on. `values` holds what there is of each kind: tool, flow, theme ..."""
    if not text.startswith("/") or "\n" in text:
        return []
    name, blank, rest = text[1:].partition(" ")
    if not blank:
        fitting = [one for one in COMMANDS if one.name.startswith(name)]
        return [
            Completion(text=f"/{one.name}" + (" " if one.words else ""), words=one.words, help=one.help)
            for one in fitting[:limit]
        ]
    command = _NAMED.get(_ALIASES.get(name, name))
    if command is None or not command.takes:
        return []
    before, blank, typed = rest.rpartition(" ")
    kind = command.takes[min(len(before.split()), len(command.takes) - 1)]
    if command.name == "translate":
        kind = "tool" if before.split()[-1:] == ["--to"] else "option"
    if kind == "setting":
        kind = f"setting of {before.split()[0]}"
    known = {"os": SYSTEMS, "shell": SHELLS, "copy": ("all",), "option": ("--to",), **values}.get(kind, ())
    taken = set(before.split())
    head = text[: len(text) - len(typed)]
    goes_on = kind in ("tool", "option", "check") or (len(command.takes) > 1 and not kind.startswith("setting"))
    return [
        Completion(text=head + word + (" " if goes_on else ""))
        for word in known
        if word.startswith(typed.lower()) and word != typed and word not in taken and (kind != "option" or before)
    ][:limit]
