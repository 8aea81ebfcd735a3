"""A command line read with the flag tables: which tool, which command of it, which flags, what each means."""

from __future__ import annotations

import re
import shlex

from assistant.content.frozen import Frozen
from assistant.content.models import Flag, FlagTable, Subcommand

_SEPARATOR = re.compile(r"\s(?:\|\||&&|\||;|>>?|2>&1|<)\s|\s2>&1|\s>>?\s?|;\s")
_PYTHON = re.compile(r"^(?:python[\d.]*|py|[\w./\\~{}$%:-]*[/\\]python[\d.]*(?:\.exe)?)$")


class Piece(Frozen):
    """A word of a command line: `kind` is tool, command, flag, value or argument; `unknown` flags have no meaning."""

    text: str
    kind: str
    means: str = ""


class Parsed(Frozen):
    """A command line in pieces; `unknown` lists what the tables do not know."""

    tool: str
    command: str
    does: str
    pieces: tuple[Piece, ...]
    unknown: tuple[str, ...] = ()


def split_line(line: str) -> list[list[str]]:
    """The words of each part of a line (parts are what pipes, `&&`, `;` and redirections separate)."""
    parts = []
    for part in _SEPARATOR.split(line):
        try:
            words = shlex.split(part, posix=False)
        except ValueError:
            words = part.split()
        if words:
            parts.append([_unquote(word) for word in words])
    return parts


def _unquote(word: str) -> str:
    return word[1:-1] if len(word) > 1 and word[0] == word[-1] and word[0] in "\"'" else word


def parse(words: list[str], tables: dict[str, FlagTable]) -> Parsed | None:
    """Read one part of a line; None where its tool has no table."""
    words = list(words)
    pieces: list[Piece] = []
    while words and (
        ("=" in words[0].lstrip("$") and not words[0].startswith("-")) or words[0] in ("sudo", "&", "call", "$")
    ):
        pieces.append(Piece(text=words.pop(0), kind="argument"))
    if not words:
        return None
    first = words[0]
    if _PYTHON.match(first) and "-m" in words and words.index("-m") + 1 < len(words):
        at = words.index("-m")
        tool = words[at + 1]
        pieces.append(Piece(text=" ".join(words[: at + 2]), kind="tool", means=f"{tool}, run by this Python"))
        rest = words[at + 2 :]
    elif _PYTHON.match(first):
        tool, rest = "python", words[1:]
        pieces.append(Piece(text=first, kind="tool"))
    else:
        name = first.replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")
        tool, rest = {"pip3": "pip"}.get(name, name), words[1:]
        pieces.append(Piece(text=first, kind="tool"))
    table = tables.get(tool)
    if table is None:
        return None
    return _parse_rest(tool, rest, table, pieces)


def _parse_rest(tool: str, rest: list[str], table: FlagTable, pieces: list[Piece]) -> Parsed:
    everywhere = next((item for item in table.commands if item.command == ""), None)
    names = {name: item for item in table.commands if item.command for name in (item.command, *item.aliases)}
    global_flags = everywhere.flags if everywhere else ()
    lead: list[str] = []
    while rest and rest[0].startswith("-"):
        lead.append(rest.pop(0))
    chosen = everywhere
    for count in (3, 2, 1):
        name = " ".join(rest[:count])
        if len(rest) >= count and name in names:
            chosen = names[name]
            pieces.append(Piece(text=name, kind="command", means=chosen.does))
            rest = rest[count:]
            break
    unknown = []
    subcommand = chosen if chosen is not everywhere else None
    if (
        names
        and subcommand is None
        and rest
        and not rest[0].startswith(("{", "<"))
        and tool not in ("python", "venv", "virtualenv")
    ):
        unknown.append(rest[0])
    known = (*(chosen.flags if chosen else ()), *global_flags)
    runs_another = tool == "uvx" or bool(chosen and chosen.command.split()[-1:] in (["run"], ["exec"], ["runpip"]))
    _read_flags([*lead, *rest], known, pieces, unknown, runs_another=runs_another)
    return Parsed(
        tool=tool,
        command=chosen.command if chosen else "",
        does=chosen.does if chosen else "",
        pieces=tuple(pieces),
        unknown=tuple(unknown),
    )


def _read_flags(
    words: list[str], known: tuple[Flag, ...], pieces: list[Piece], unknown: list[str], *, runs_another: bool = False
) -> None:
    """Flags and arguments in order. After the program that a `run` command starts, everything belongs to that program."""
    by_name = {name: flag for flag in known for name in flag.flag}
    index = 0
    while index < len(words):
        word = words[index]
        index += 1
        if word == "--":
            pieces.append(Piece(text=word, kind="flag", means="everything after this is passed on as it is"))
            pieces.extend(Piece(text=item, kind="argument") for item in words[index:])
            return
        if not word.startswith("-") or len(word) == 1:
            pieces.append(Piece(text=word, kind="argument"))
            if runs_another:
                pieces.extend(Piece(text=item, kind="argument") for item in words[index:])
                return
            continue
        name, joined, value = word.partition("=")
        flag = by_name.get(word) or by_name.get(name)
        if flag is None and not word.startswith("--") and len(word) > 2:
            flag = by_name.get(word[:2])
            if flag and not flag.takes and all("-" + letter in by_name for letter in word[1:]):
                means = "; ".join(by_name["-" + letter].means for letter in word[1:])
                pieces.append(Piece(text=word, kind="flag", means=means))
                continue
            if flag and not flag.takes:
                flag = None
            value = word[2:] if flag else ""
        if flag is None:
            unknown.append(name)
            pieces.append(Piece(text=word, kind="flag"))
            continue
        text = word
        if flag.takes and not joined and not value and index < len(words):
            text = f"{word} {words[index]}"
            index += 1
        pieces.append(Piece(text=text, kind="flag", means=flag.means))


def tables_by_tool(tables: list[FlagTable]) -> dict[str, FlagTable]:
    """Flag tables by their tool's name."""
    return {table.tool: table for table in tables}


def find_subcommand(table: FlagTable, command: str) -> Subcommand | None:
    """The command of that name (or alias) in a tool's table."""
    return next((item for item in table.commands if command in (item.command, *item.aliases)), None)
