"""How much of the source document the entries hold: sections, commands, claims."""

from __future__ import annotations

import hashlib
from pathlib import Path

from assistant.content.check import PLACEHOLDER, commands_of
from assistant.content.frozen import Frozen
from assistant.content.load import Content


class Coverage(Frozen):
    """Held and missing ids of one kind of thing."""

    held: tuple[str, ...]
    missing: tuple[str, ...]


def coverage(content: Content) -> dict[str, Coverage]:
    """Sections cited, commands shown (placeholders count as any word) and claims held by at least one entry."""
    cited = {name for entry in content.entries for name in entry.from_}
    claims = {name for entry in content.entries for name in entry.claims}
    claims |= {name for entry in content.entries for item in entry.correction for name in item.claims}
    shown = _shown_commands(content)
    sections = [section.id for section in content.sections]
    all_claims = sorted({claim for section in content.sections for claim in section.claims})
    commands = list(dict.fromkeys(command for section in content.sections for command in section.commands))
    return {
        "sections": _split(sections, cited),
        "commands": _split(commands, {command for command in commands if _is_shown(command, shown)}),
        "claims": _split(all_claims, claims),
    }


def _split(names: list[str], held: set[str]) -> Coverage:
    return Coverage(
        held=tuple(name for name in names if name in held), missing=tuple(name for name in names if name not in held)
    )


def _shown_commands(content: Content) -> list[list[str]]:
    shown = [command.run.split() for entry in content.entries for _, command in commands_of(entry)]
    for entry in content.entries:
        for text in (entry.answer, entry.body, entry.more, *(item.said for item in entry.correction)):
            shown.extend(part.split() for part in text.replace("\n", "`").split("`") if " " in part)
    return shown


def _is_shown(command: str, shown: list[list[str]]) -> bool:
    words = [word.strip("\"'") for word in command.split()]
    for candidate in shown:
        plain = [word.strip("\"'") for word in candidate]
        if len(plain) == len(words) and all(_same(a, b) for a, b in zip(plain, words, strict=True)):
            return True
        if (
            "{packages}" in plain
            and plain.index("{packages}") == len(plain) - 1
            and plain[:-1] == words[: len(plain) - 1]
        ):
            return True
    return False


def _same(pattern: str, word: str) -> bool:
    if pattern == word:
        return True
    name = PLACEHOLDER.search(pattern)
    return bool(name) and word.startswith(pattern[: pattern.index("{")])


def stale_sections(content: Content, document: Path) -> dict[str, tuple[str, ...]]:
    """Sections whose text in `document` differs from the hash kept, each with the ids of the entries to read again."""
    lines = document.read_text(encoding="utf-8").split("\n")
    stale = {}
    for section in content.sections:
        text = "\n".join(lines[section.first - 1 : section.last])
        if hashlib.sha256(text.encode()).hexdigest() != section.sha256:
            stale[section.id] = tuple(entry.id for entry in content.entries if section.id in entry.from_)
    return stale
