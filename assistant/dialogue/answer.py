"""What an answer is: frozen data that every face draws in its own way."""

from __future__ import annotations

from assistant.content.frozen import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SCHEMA = 1


class ShownCommand(Frozen):
    """A command with its placeholders filled; `to_replace` names the examples that the person still has to replace."""

    run: str
    tool: str = ""
    shell: str = ""
    os: str = ""
    risk: str = "reads"
    note: str = ""
    to_replace: tuple[tuple[str, str], ...] = ()


class Citation(Frozen):
    """A section of the document: where it stands and what it says in short."""

    section: str
    heading: str
    first: int
    last: int
    summary: str = ""


class SourceNote(Frozen):
    """A source beside the document, with how new it was when read."""

    id: str
    as_of: str
    url: str = ""
    title: str = ""


class CorrectionNote(Frozen):
    """Where the document is out of date: what it said and what holds now."""

    said: str
    now: str
    as_of: str
    sources: tuple[SourceNote, ...] = ()


class FlowOffer(Frozen):
    """A flow that does what the answer says, with the values already known."""

    id: str
    title: str
    params: dict[str, str] = {}


class Link(Frozen):
    """Another entry, by id and title."""

    id: str
    title: str


class Table(Frozen):
    """A table: column heads and rows of cells."""

    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


class Block(Frozen):
    """A part of an answer, in the order in which it is read.

    `kind`: lead (the sentence that answers), text (small Markdown), table, commands, list, note, heading, output.
    """

    kind: str
    text: str = ""
    table: Table | None = None
    commands: tuple[ShownCommand, ...] = ()
    items: tuple[str, ...] = ()


class Answer(Frozen):
    """An answer (`answered`), a question back (`ambiguous`) or the admission that there is none (`unknown`)."""

    question: str
    status: str
    entry: Link | None = None
    kind: str = ""
    title: str = ""
    blocks: tuple[Block, ...] = ()
    citations: tuple[Citation, ...] = ()
    sources: tuple[SourceNote, ...] = ()
    corrections: tuple[CorrectionNote, ...] = ()
    flows: tuple[FlowOffer, ...] = ()
    choices: tuple[Link, ...] = ()
    related: tuple[Link, ...] = ()
    confidence: float = 0.0
    more: str = ""
    why: tuple[str, ...] = ()
    here: str = ""
    """For a problem: `yes` where its sign was seen on this machine, `no` where it was looked for and not seen."""
    because: str = ""

    @property
    def commands(self) -> tuple[ShownCommand, ...]:
        """Every command of the answer, in reading order, once."""
        seen: dict[str, ShownCommand] = {}
        for block in self.blocks:
            for command in block.commands:
                seen.setdefault(command.run, command)
        return tuple(seen.values())


def to_json(answer: Answer, text: str) -> dict[str, Any]:
    """The `ask --json` object: a contract. `text` is the whole answer as a person reads it."""
    return {
        "schema": SCHEMA,
        "question": answer.question,
        "status": answer.status,
        "entry": {"id": answer.entry.id, "kind": answer.kind, "title": answer.entry.title} if answer.entry else None,
        "text": text,
        "commands": [
            {"run": c.run, "tool": c.tool, "shell": c.shell, "os": c.os, "risk": c.risk, "note": c.note}
            for c in answer.commands
        ],
        "citations": [
            {"section": c.section, "lines": [c.first, c.last], "heading": c.heading} for c in answer.citations
        ],
        "corrections": [
            {"said": c.said, "now": c.now, "as_of": c.as_of, "sources": [s.url or s.id for s in c.sources]}
            for c in answer.corrections
        ],
        "sources": [{"id": s.id, "url": s.url, "as_of": s.as_of} for s in answer.sources],
        "flows": [{"id": f.id, "params": f.params} for f in answer.flows],
        "choices": [{"id": c.id, "title": c.title} for c in answer.choices],
        "related": [{"id": r.id, "title": r.title} for r in answer.related],
        "confidence": answer.confidence,
        "why": list(answer.why),
    }
