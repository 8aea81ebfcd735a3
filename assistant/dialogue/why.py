"""An error output as an Answer, and as the `why --json` object."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.compose import compose
from assistant.dialogue.diagnose import diagnose
from assistant.dialogue.engine import Asked, view_for

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assistant.search.library import Library


def diagnosed(output: str, library: Library, asked: Asked) -> Answer:
    """The likeliest problem in an output, the others as related; `unknown` where none is recognised."""
    found = diagnose(output, library)
    if not found:
        text = (
            "I don't recognise an error here. Give the whole output, from the command that was typed to the last line, "
            "or ask in words."
        )
        return Answer(
            question=output[:200], status="unknown", title="No known error", blocks=(Block(kind="lead", text=text),)
        )
    best = found[0]
    result = compose(
        best.entry, output[:200], view_for(best.slots, (), asked), library, confidence=min(0.99, 0.6 + best.score / 250)
    )
    evidence = Block(kind="note", text=f"Seen: {best.evidence[:200]}") if best.evidence else None
    others = [item for item in found[1:4] if item.entry.id != best.entry.id]
    blocks = result.blocks if evidence is None else (result.blocks[0], evidence, *result.blocks[1:])
    return result.replace(
        blocks=blocks,
        related=(*(Link(id=item.entry.id, title=item.entry.title) for item in others), *result.related),
    )


def why_json(answer: Answer, text: str) -> dict[str, Any]:
    """The `why --json` object: a contract."""
    fixes: list[dict[str, Any]] = []
    for block in answer.blocks:
        if block.kind == "commands" and block.text.startswith("Fix"):
            fixes.append(
                {"text": block.text.partition(": ")[2], "commands": [c.run for c in block.commands], "flow": None}
            )
    for flow in answer.flows:
        fixes.append({"text": flow.title, "commands": [], "flow": {"id": flow.id, "params": flow.params}})
    lead = answer.blocks[0].text if answer.blocks and answer.status == "answered" else ""
    return {
        "schema": 1,
        "status": "diagnosed" if answer.status == "answered" else "unknown",
        "problem": {"id": answer.entry.id, "title": answer.entry.title} if answer.entry else None,
        "text": text,
        "cause": lead,
        "fixes": fixes,
        "confidence": answer.confidence,
    }
