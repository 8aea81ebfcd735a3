"""The frozen models of everything envguide knows. Authors meet them as YAML: see knowledge/README.md.

Kept light: this module is imported for each one-shot answer. A name that ends in `_` is a Python keyword without it in YAML.
"""

from __future__ import annotations

from assistant.content.frozen import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

RISKS = ("reads", "user-files", "network", "installs", "deletes", "admin")
SYSTEMS = ("linux", "macos", "windows")
SHELLS = ("bash", "zsh", "fish", "powershell", "cmd")


class Command(Frozen):
    """A command to show: `run` may hold {placeholders}; empty `os` or `shell` means that it holds everywhere."""

    SHORT = "run"
    ONE_OR_MANY = ("os", "shell")
    run: str
    tool: str = ""
    os: tuple[str, ...] = ()
    shell: tuple[str, ...] = ()
    risk: str = "reads"
    note: str = ""


class Correction(Frozen):
    """What the document said, what holds now, since when, and who says so."""

    said: str
    now: str
    as_of: str
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()


class Row(Frozen):
    """One aspect of a comparison: a cell for each of the things compared."""

    aspect: str
    cells: tuple[str, ...]


class Choice(Frozen):
    """Advice at the end of a comparison: choose `pick` when `when`."""

    pick: str
    when: str


class Signature(Frozen):
    """How an error output is known: literal `text` or a `regex` (one line at a time unless `lines`)."""

    ONE_OR_MANY = ("unless",)
    text: str = ""
    regex: str = ""
    lines: bool = False
    tool: str = ""
    unless: tuple[str, ...] = ()


class Fix(Frozen):
    """One way out of a problem: words, commands to run, a flow that does it."""

    text: str
    commands: tuple[Command, ...] = ()
    flow: str = ""
    params: dict[str, str] = {}
    risk: str = ""


class Entry(Frozen):
    """One thing that envguide can say. Only the fields of its `kind` are filled (see `KIND_KEYS`)."""

    ONE_OR_MANY = ("correction", "not_")
    id: str
    title: str
    kind: str = "topic"
    ask: tuple[str, ...] = ()
    answer: str = ""
    body: str = ""
    more: str = ""
    from_: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    claims: tuple[str, ...] = ()
    correction: tuple[Correction, ...] = ()
    commands: tuple[Command, ...] = ()
    see: tuple[str, ...] = ()
    flows: tuple[str, ...] = ()
    # comparison
    tools: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    choose: tuple[Choice, ...] = ()
    # command
    action: str = ""
    object: str = ""
    forms: tuple[Command, ...] = ()
    none: dict[str, str] = {}
    undo: str = ""
    output: str = ""
    # problem
    signatures: tuple[Signature, ...] = ()
    cause: str = ""
    check: tuple[Command, ...] = ()
    confirm: str = ""
    fixes: tuple[Fix, ...] = ()
    not_: tuple[str, ...] = ()
    rank: int = 50
    # tool
    what: str = ""
    aspects: dict[str, str] = {}
    choose_when: str = ""
    homepage: str = ""


COMMON_KEYS = frozenset("id title kind ask answer body more from sources claims correction commands see flows".split())
KIND_KEYS = {
    "topic": COMMON_KEYS,
    "term": COMMON_KEYS,
    "self": COMMON_KEYS,
    "comparison": COMMON_KEYS | {"tools", "rows", "choose"},
    "command": COMMON_KEYS | {"action", "object", "forms", "none", "undo", "output"},
    "problem": COMMON_KEYS | {"signatures", "cause", "check", "confirm", "fixes", "not", "rank"},
    "tool": COMMON_KEYS | {"what", "aspects", "choose_when", "homepage"},
}


class Section(Frozen):
    """A section of the source document: lines `first`..`last` (from 1), hash of its text, what it holds."""

    id: str
    heading: str
    first: int
    last: int
    sha256: str
    summary: str
    claims: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()


class Source(Frozen):
    """A source beside the document: `url` is empty for what we ran ourselves; `as_of` is YYYY-MM."""

    as_of: str
    url: str = ""
    title: str = ""


class Flag(Frozen):
    """One flag of a command: its spellings, the word for its value (empty for a switch), what it does."""

    ONE_OR_MANY = ("flag",)
    flag: tuple[str, ...]
    means: str
    takes: str = ""


class Subcommand(Frozen):
    """One command of a tool (`command` is `create`, `env list`, or empty for flags that hold everywhere)."""

    command: str
    does: str = ""
    flags: tuple[Flag, ...] = ()
    aliases: tuple[str, ...] = ()


class FlagTable(Frozen):
    """All commands of one tool with their flags."""

    ONE_OR_MANY = ("sources", "source")
    tool: str
    commands: tuple[Subcommand, ...]
    sources: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


class Placeholder(Frozen):
    """What a {placeholder} stands for: how a value is checked, its name for people, what is shown when none is given."""

    type: str
    title: str
    example: str


class Lexicon(Frozen):
    """Words that mean the same, by what they are; and the placeholders."""

    actions: dict[str, tuple[str, ...]]
    objects: dict[str, tuple[str, ...]]
    tools: dict[str, tuple[str, ...]]
    shells: dict[str, tuple[str, ...]]
    systems: dict[str, tuple[str, ...]]
    placeholders: dict[str, Placeholder]
    stop_phrases: tuple[str, ...] = ()
    synonyms: tuple[tuple[str, ...], ...] = ()
    anchors: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    everyday: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    subjects: dict[str, tuple[str, ...]] = {}


class Aspect(Frozen):
    """One aspect by which tools are compared."""

    id: str
    title: str
    ask: tuple[str, ...] = ()


_NESTED: dict[str, type] = {
    "correction": Correction,
    "commands": Command,
    "rows": Row,
    "choose": Choice,
    "forms": Command,
    "signatures": Signature,
    "check": Command,
    "fixes": Fix,
}


def entry_from_plain(data: dict[str, Any]) -> Entry:
    """An Entry from the compiled file's plain form (see `assistant.content.compiled.to_plain`)."""
    return _from_plain(Entry, data)  # type: ignore[no-any-return]


def _from_plain(cls: type, data: dict[str, Any]) -> Any:
    values: dict[str, Any] = {}
    for name, value in data.items():
        nested = _NESTED.get(name)
        if isinstance(value, list):
            values[name] = tuple(value) if nested is None else tuple(_from_plain(nested, item) for item in value)
        else:
            values[name] = value
    return cls(**values)
