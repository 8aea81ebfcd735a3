"""A pasted command, explained flag by flag from the flag tables."""

from __future__ import annotations

import re

from assistant.content.commandline import Parsed, parse, split_line
from assistant.content.models import Flag, FlagTable, Subcommand
from assistant.dialogue.answer import Answer, Block, CorrectionNote, Link, ShownCommand, Table
from assistant.search.text import STOP_WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library

# Words of a sentence: a line that holds one among its arguments is a question about a command, not a command.
_ASKING = frozenset(
    """not working doesn't fails failing failed error how why what when with without another different from to the in is are vs
    versus than and or does do way slower faster my an of it for instead after before""".split()
)
_ASKS_BEFORE = re.compile(
    r"^(?:please\s+)?(?:explain(?:\s+(?:this|the\s+command))?|what\s+(?:does|is|do)|what's|meaning\s+of|decode)[:\s]+(?=\S+\s)",
    re.I,
)
_ASKS_AFTER = re.compile(
    r"\s*(?:[,;:-]+\s*)?\b(?:do|mean|does|means|meaning|explained|explain(?:\s+(?:this|it|please|each\s+part|every\s+part|step\s+by\s+step))?|what\s+(?:is|does|do)\b.*|what's\b.*)\s*\?*$",
    re.I,
)
SELDOM = 6.0  # idf from which on a word of ours may as well be a package
IGNORED = {"-y", "--yes", "-q"}
_PROMPTS = ("$ ", "> ", "% ", "PS> ", "(base) ")


def strip_question(text: str) -> str:
    """A command line without the words that ask what it means ("what does ... do", "... explained")."""
    line = text.strip()
    before = _ASKS_BEFORE.sub("", line)
    after = _ASKS_AFTER.sub("", before).strip()
    return after if before != line or after.count(" ") else line


def strip_prompt(text: str) -> str:
    """A pasted command without the prompt before it."""
    stripped = strip_question(text).strip().strip("`")
    changed = True
    while changed:
        changed = False
        for prompt in _PROMPTS:
            if stripped.startswith(prompt):
                stripped, changed = stripped[len(prompt) :].strip(), True
    return stripped


def is_command(text: str, library: Library) -> bool:
    """Whether a message is a command line with a flag or a pinned value, and no question about one."""
    line = strip_prompt(text)
    if "\n" in line or line.endswith("?"):
        return False
    words = line.split()
    if len(words) < 2 or words[0].lower() not in {*library.flag_tools(), "python", "python3", "py"}:
        return False
    parsed = _parsed(line, library)
    if not parsed or not (parsed[0].command or parsed[0].tool in ("venv", "virtualenv")):
        return False
    if _ASKING & set(line.lower().split()):
        return False
    flags = sum(piece.kind == "flag" for piece in parsed[0].pieces)
    if flags and len(parsed[0].unknown) == flags and "explain" in text.lower():
        return False  # no flag of that command: the words ask for something else
    arguments = [piece.text for piece in parsed[0].pieces if piece.kind == "argument"]
    if any(is_prose(word, library) for word in arguments):
        return False
    plain_words = len(arguments)
    return (any(word.startswith("-") for word in words[1:]) or "=" in line) and plain_words <= 8


def is_prose(word: str, library: Library) -> bool:
    """Whether an argument is rather a word of a sentence than a package: "conda install --no-deps breaks"."""
    index, folded = library.index, word.lower()
    lexicon, forms = index["lexicon"], index["forms"]
    if folded in STOP_WORDS:
        return True
    if not folded.isalpha() or folded not in forms or folded in lexicon["packages"] or folded in lexicon["anchors"]:
        return False
    return bool(index["idf"][forms[folded]] < SELDOM)


def _parsed(line: str, library: Library) -> list[Parsed]:
    tables = {}
    for name in library.flag_tools():
        if name in line or name in ("python", "venv"):
            tables[name] = flag_table(name, library)
    return [parsed for words in split_line(line) if (parsed := parse(words, tables)) is not None]


def flag_table(tool: str, library: Library) -> FlagTable:
    """The flag table of a tool; KeyError where there is none."""
    data = library.record(f"flags:{tool}")
    return FlagTable(
        tool=data["tool"],
        commands=tuple(
            Subcommand(
                command=item.get("command", ""),
                does=item.get("does", ""),
                aliases=tuple(item.get("aliases", ())),
                flags=tuple(
                    Flag(flag=tuple(flag["flag"]), means=flag["means"], takes=flag.get("takes", ""))
                    for flag in item.get("flags", ())
                ),
            )
            for item in data["commands"]
        ),
    )


def explain_command(text: str, library: Library) -> Answer | None:
    """What a command line does, word by word; None where it cannot be read."""
    line = strip_prompt(text)
    parts = _parsed(line, library)
    if not parts:
        return None
    blocks = []
    leads = [
        f"`{part.tool} {part.command}`".replace(" `", "`") + f" {_lower(part.does)}" for part in parts if part.does
    ]
    blocks.append(
        Block(kind="lead", text="; then ".join(leads).rstrip(".") + "." if leads else f"A `{parts[0].tool}` command.")
    )
    rows = []
    for part in parts:
        for piece in part.pieces:
            means = piece.means or {
                "argument": _argument(piece.text, part),
                "flag": "not a flag that I know for this command",
            }.get(piece.kind, "")
            if means and piece.kind != "command":
                rows.append((f"`{piece.text}`", means))
    if rows:
        blocks.append(Block(kind="table", table=Table(heads=("Part", "Meaning"), rows=tuple(rows))))
    blocks.append(
        Block(
            kind="commands",
            text="The command",
            commands=(ShownCommand(run=line, tool=parts[0].tool, risk=_risk(parts)),),
        )
    )
    task = matching_task(line, library)
    warnings = _warnings(parts)
    blocks.extend(Block(kind="note", text=warning) for warning in warnings)
    related = (Link(id=task, title=library.title(task)),) if task else ()
    return Answer(
        question=text,
        status="answered",
        entry=related[0] if related else Link(id=f"command:{parts[0].tool}", title=f"What `{line}` does"),
        kind="command",
        title=f"What `{line}` does",
        blocks=tuple(blocks),
        corrections=corrections_about(line, library),
        related=related,
        confidence=0.95,
    )


MOST_CORRECTIONS = 2


def corrections_about(line: str, library: Library) -> tuple[CorrectionNote, ...]:
    """What is out of date about a command: corrections that quote nearly all of its words."""
    from assistant.dialogue.compose import source_notes
    from assistant.search.rank import rank
    from assistant.search.understand import understand

    own = {word.strip("\"'`") for word in line.split()} - IGNORED
    found: dict[str, tuple[float, CorrectionNote]] = {}
    for item in rank(understand(line, library.index), library.index, limit=20):
        for correction in library.entry(item.number).correction:
            said = {word.strip("\"'`.,;:") for word in correction.said.split()}
            shared = len(own & said) / max(1, len(own))
            if shared >= 0.75 and len(own & said) >= 3:
                note = CorrectionNote(
                    said=correction.said,
                    now=correction.now,
                    as_of=correction.as_of,
                    sources=source_notes(correction.sources, library),
                )
                found.setdefault(correction.now, (shared, note))
    best = sorted(found.values(), key=lambda pair: -pair[0])
    return tuple(note for _, note in best[:MOST_CORRECTIONS])


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:]


def _argument(text: str, part: Parsed) -> str:
    if "==" in text or ("=" in text and part.tool in ("conda", "mamba", "micromamba")):
        name, _, version = text.replace("==", "=").partition("=")
        exact = "exactly " if "==" in text else ""
        starts = "" if "==" in text else f" (any {version}.*)" if part.tool in ("conda", "mamba", "micromamba") else ""
        return f"the package {name}, {exact}version {version}{starts}"
    if "@ git+" in text or text.startswith("git+"):
        return "a package taken from a git repository; its build code runs on this machine"
    return {"install": "a package", "remove": "a package to remove", "uninstall": "a package to remove"}.get(
        part.command, ""
    )


_RISKS = {
    "create": "installs", "install": "installs", "add": "installs", "update": "installs", "upgrade": "installs", "sync": "installs",
    "remove": "deletes", "uninstall": "deletes", "env remove": "deletes", "clean": "deletes", "cache purge": "deletes",
    "init": "user-files", "config": "user-files", "venv": "user-files", "rename": "user-files",
}  # fmt: skip


def _risk(parts: list[Parsed]) -> str:
    return _RISKS.get(parts[0].command, "user-files" if parts[0].tool in ("venv", "virtualenv") else "reads")


def _warnings(parts: list[Parsed]) -> list[str]:
    found = []
    for part in parts:
        flags = {piece.text.split("=")[0].split()[0] for piece in part.pieces if piece.kind == "flag"}
        if part.tool in ("conda", "mamba") and part.command == "create" and flags & {"-y", "--yes", "--json"}:
            found.append(
                "Careful: with `-y` an environment of that name that exists already is deleted without a question."
            )
        if "--break-system-packages" in flags:
            found.append(
                "Careful: this can break tools of the operating system; a virtual environment is the safe way."
            )
        if part.unknown:
            found.append(
                f"Not known for `{part.tool} {part.command}`: {', '.join(part.unknown)}. See `{part.tool} {part.command} --help`."
            )
    return found


def matching_task(line: str, library: Library) -> str:
    """The id of the task whose form reads like this command; empty where none does."""
    from assistant.dialogue.translate import find_task

    found = find_task(line, library)
    return found.entry_id if found else ""
