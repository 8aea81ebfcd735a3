"""Reads `knowledge/` and `flows/` into frozen models, keeping where each thing stands and every mistake found."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assistant.content.marks import Mark, Problems, load_marked
from assistant.content.models import (
    COMMON_KEYS,
    KIND_KEYS,
    Aspect,
    Command,
    Entry,
    FlagTable,
    Lexicon,
    Section,
    Source,
)
from assistant.content.schema import convert, nearest, plain

FOLDER_KINDS = {"topics": "topic", "comparisons": "comparison", "commands": "command", "problems": "problem"}
TOPIC_KINDS = ("topic", "term", "self")


@dataclass
class Content:
    """Everything that was read. `where` gives `(file, line)` for an entry id, `files` what was read."""

    entries: list[Entry] = field(default_factory=list)
    where: dict[str, tuple[str, int]] = field(default_factory=dict)
    lines: dict[tuple[str, str], int] = field(default_factory=dict)
    sections: list[Section] = field(default_factory=list)
    sources: dict[str, Source] = field(default_factory=dict)
    flags: list[FlagTable] = field(default_factory=list)
    aspects: list[Aspect] = field(default_factory=list)
    lexicon: Lexicon | None = None
    compatibility: dict[str, Any] = field(default_factory=dict)
    flows: dict[str, Any] = field(default_factory=dict)
    problems: Problems = field(default_factory=Problems)
    files: list[Path] = field(default_factory=list)


def source_files(knowledge: Path, flows: Path) -> list[Path]:
    """Every YAML file of the content, in a stable order."""
    found = [*knowledge.rglob("*.yaml"), *knowledge.rglob("*.yml"), *flows.glob("*.yaml"), *flows.glob("*.yml")]
    return sorted(path for path in found if path.is_file())


def load_content(knowledge: Path, flows: Path) -> Content:
    """Read everything; mistakes are in `problems` and what could not be read is left out."""
    content = Content()
    content.files = source_files(knowledge, flows)
    if not content.files:
        content.problems.add(
            str(knowledge), 1, "no knowledge files here; point ENVGUIDE_CONTENT at a folder that has them"
        )
        return content
    for path in content.files:
        if path.is_relative_to(knowledge):
            relative = path.relative_to(knowledge)
            _load_knowledge_file(content, path, relative, f"knowledge/{relative.as_posix()}")
        else:
            _load_flow_file(content, path, f"flows/{path.name}")
    return content


def _load_knowledge_file(content: Content, path: Path, relative: Path, file: str) -> None:
    mark = load_marked(path, file, content.problems)
    if mark is None:
        return
    folder = relative.parts[0] if len(relative.parts) > 1 else ""
    if folder in FOLDER_KINDS:
        for item in _items(mark, file, content.problems):
            _load_entry(content, item, file, FOLDER_KINDS[folder])
    elif folder == "flags":
        table = convert(mark, FlagTable, file, content.problems)
        if table:
            content.flags.append(table)
    elif relative.name == "document.yaml":
        _load_document(content, mark, file)
    elif relative.name == "sources.yaml":
        listed = _part(mark, "sources", dict, file, content.problems) or {}
        for name, item in listed.items():
            source = convert(item, Source, file, content.problems, f"source `{name}`")
            if source:
                content.sources[name] = source
    elif relative.name == "tools.yaml":
        _load_tools(content, mark, file)
    elif relative.name == "lexicon.yaml":
        content.lexicon = convert(mark, Lexicon, file, content.problems)
    elif relative.name == "compatibility.yaml":
        content.compatibility = plain(mark)
    else:
        content.problems.add(
            file, 1, "no known place for this file; put it into topics/, comparisons/, commands/, problems/ or flags/"
        )


def _load_flow_file(content: Content, path: Path, file: str) -> None:
    mark = load_marked(path, file, content.problems)
    if mark is None:
        return
    data = plain(mark)
    if not isinstance(data, dict) or not isinstance(data.get("id"), str):
        content.problems.add(file, mark.line, "a flow file is one mapping that starts with `id:`; see flows/README.md")
        return
    content.flows[data["id"]] = data
    content.where[f"flow:{data['id']}"] = (file, mark.line)


def _items(mark: Mark, file: str, problems: Problems) -> tuple[Mark, ...]:
    if not isinstance(mark.value, tuple):
        problems.add(file, mark.line, "a file of entries is a list; start each entry with `- id:`")
        return ()
    return mark.value


def _part(mark: Mark, key: str, kind: type, file: str, problems: Problems) -> Any:
    part = mark.value.get(key) if isinstance(mark.value, dict) else None
    if part is None or not isinstance(part.value, kind):
        shape = "a list" if kind is tuple else "a mapping"
        problems.add(file, mark.line, f"`{key}:` with {shape} is missing; add it")
        return None
    return part.value


def _load_entry(content: Content, item: Mark, file: str, kind: str) -> None:
    problems = content.problems
    if isinstance(item.value, dict):
        given = item.value.get("kind")
        if given is not None:
            allowed = TOPIC_KINDS if kind == "topic" else (kind,)
            if given.value not in allowed:
                problems.add(
                    file, given.line, f"`kind` is `{given.value}`; in this folder it is {' or '.join(allowed)}"
                )
            else:
                kind = str(given.value)
        keys = KIND_KEYS[kind]
        for key, value in item.value.items():
            if key not in keys:
                problems.add(file, value.line, f"unknown key `{key}` for a {kind}{_key_hint(key, kind)}")
        item = Mark({key: value for key, value in item.value.items() if key in keys and key != "kind"}, item.line)
    entry = convert(item, Entry, file, problems, f"this {kind}")
    if entry is not None:
        _add(content, finish(entry, kind), item, file)


def _key_hint(key: str, kind: str) -> str:
    hint = nearest(key, KIND_KEYS[kind])
    if hint:
        return hint
    owners = [name for name, keys in KIND_KEYS.items() if key in keys]
    if owners:
        return f"; it belongs to a {' or '.join(owners)}"
    return f"; known here: {', '.join(sorted(KIND_KEYS[kind]))}"


def finish(entry: Entry, kind: str) -> Entry:
    """Fill what may be left out: the kind, a command's tool (its first word), a problem's answer (its cause)."""
    changes: dict[str, Any] = {"kind": kind}
    for name in ("commands", "forms", "check"):
        changes[name] = tuple(_with_tool(command) for command in getattr(entry, name))
    changes["fixes"] = tuple(
        fix.replace(commands=tuple(_with_tool(command) for command in fix.commands)) for fix in entry.fixes
    )
    if kind == "problem" and not entry.answer:
        changes["answer"] = entry.cause
    return entry.replace(**changes)


def _with_tool(command: Command) -> Command:
    if command.tool:
        return command
    words = command.run.split()
    first = words[0].strip("\"'&(.") if words else ""
    if first in ("python", "python3", "py") or "python" in first:
        after = words[1:]
        tool = after[after.index("-m") + 1] if "-m" in after[:-1] else "python"
    else:
        tool = first.removesuffix(".exe")
    return command.replace(tool=tool)


def _add(content: Content, entry: Entry, item: Mark, file: str) -> None:
    if entry.id in content.where:
        other_file, other_line = content.where[entry.id]
        content.problems.add(
            file, item.line, f"the id `{entry.id}` stands already at {other_file}:{other_line}; choose another"
        )
        return
    content.entries.append(entry)
    content.where[entry.id] = (file, item.line)
    if isinstance(item.value, dict):
        for key, value in item.value.items():
            content.lines[entry.id, key] = value.line


def _load_document(content: Content, mark: Mark, file: str) -> None:
    for item in _part(mark, "sections", tuple, file, content.problems) or ():
        section = convert(item, Section, file, content.problems, "this section")
        if section:
            content.sections.append(section)
            content.where[f"section:{section.id}"] = (file, item.line)


def _load_tools(content: Content, mark: Mark, file: str) -> None:
    problems = content.problems
    for item in _part(mark, "aspects", tuple, file, problems) or ():
        aspect = convert(item, Aspect, file, problems, "this aspect")
        if aspect:
            content.aspects.append(aspect)
    known = {aspect.id for aspect in content.aspects}
    for raw in _part(mark, "tools", tuple, file, problems) or ():
        item = raw
        if isinstance(raw.value, dict):
            # `choose` is a sentence here and a list in a comparison.
            values = {("choose_when" if key == "choose" else key): value for key, value in raw.value.items()}
            for key in values:
                if key not in KIND_KEYS["tool"]:
                    problems.add(file, values[key].line, f"unknown key `{key}` for a tool{_key_hint(key, 'tool')}")
            item = Mark({k: v for k, v in values.items() if k in KIND_KEYS["tool"] and k != "kind"}, raw.line)
        entry = convert(item, Entry, file, problems, "this tool")
        if entry is None:
            continue
        _add(content, finish(entry, "tool"), item, file)
        for name in entry.aspects.keys() - known:
            problems.add(file, item.line, f"tool `{entry.id}`: no aspect `{name}`{nearest(name, known)}")
        for name in sorted(known - entry.aspects.keys()):
            problems.add(
                file, item.line, f"tool `{entry.id}` lacks the aspect `{name}`; add it (`does not apply` where so)"
            )


__all__ = ["COMMON_KEYS", "Content", "finish", "load_content", "source_files"]
