"""Content -> the compiled file's bytes. Run by `kb build`, when the wheel is made, and whenever a source is newer."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from assistant.content.check import check_content
from assistant.content.compiled import encode, stamp, to_plain
from assistant.content.load import Content, load_content
from assistant.errors import ContentError
from assistant.search.build import build_index
from assistant.search.literals import required_literals

# Parts of the index that are lists of text without line breaks.
LINE_PARTS = ("ids", "kinds", "titles", "postings", "phrases", "asks")


def load_checked(knowledge: Path, flows: Path) -> Content:
    """Everything read and cross-checked; mistakes are in `problems`."""
    content = load_content(knowledge, flows)
    check_content(content)
    return content


def compile_content(knowledge: Path, flows: Path, *, strict: bool) -> bytes:
    """The compiled file for two source folders.

    `strict` refuses content with any mistake (ContentError); otherwise what could be read is used, so that one bad entry
    of an author does not take all answers away.
    """
    made_from = {"files": stamp(str(knowledge), str(flows)), "sha256": content_hash(knowledge, flows)}
    content = load_checked(knowledge, flows)
    if content.lexicon is None or not content.entries or (strict and len(content.problems)):
        raise ContentError(content.problems.lines())
    index = build_index(content.entries, content.lexicon, signature_literals(content))
    records: dict[str, Any] = {
        **{f"lines:index:{name}" if name in LINE_PARTS else f"index:{name}": part for name, part in index.items()},
        "sections": [to_plain(section) for section in content.sections],
        "sources": {name: to_plain(source) for name, source in content.sources.items()},
        "aspects": [to_plain(aspect) for aspect in content.aspects],
        "compatibility": content.compatibility,
        "problem-count": len(content.problems),
    }
    for table in content.flags:
        records[f"flags:{table.tool}"] = to_plain(table)
    for flow_id, data in content.flows.items():
        records[f"flow:{flow_id}"] = data
    records["flows"] = list(content.flows)
    for number, entry in enumerate(content.entries):
        records[f"entry:{number}"] = to_plain(entry)
    return encode(records, made_from)


def signature_literals(content: Content) -> list[list[Any]]:
    """[sets of literals, entry number, signature number] for every signature (see `assistant.search.literals`)."""
    found: list[list[Any]] = []
    for number, entry in enumerate(content.entries):
        for index, signature in enumerate(entry.signatures):
            if signature.text:
                found.append([[[" ".join(signature.text.lower().split())]], number, index])
            else:
                found.append([required_literals(signature.regex), number, index])
    return found


def content_hash(knowledge: Path, flows: Path) -> str:
    """One hash over the names and bytes of all source files."""
    digest = hashlib.sha256()
    for root, label in ((knowledge, "knowledge"), (flows, "flows")):
        for path in sorted(item for item in root.rglob("*") if item.suffix in (".yaml", ".yml")):
            digest.update(f"{label}/{path.relative_to(root).as_posix()}\0".encode())
            digest.update(path.read_bytes())
            digest.update(b"\0")
    return digest.hexdigest()
