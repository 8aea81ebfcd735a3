"""An error output as an Answer, and as the `why --json` object."""

from __future__ import annotations

import re

from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.clean import clean_output
from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.diagnose import Diagnosis, diagnose
from assistant.dialogue.engine import Asked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assistant.content.models import Entry
    from assistant.search.library import Library

HERE = "On this machine: "
NEAR = 0.75  # from here on a problem is near enough to an unknown output to be named; other tools' errors stay below
_ERROR_LINE = re.compile(r"(?i)\b\w*(?:error|exception)\b|\bfatal\b|\bfailed\b|\bcannot\b|not found")
_SUBJECT = re.compile(
    r"(?i)\b(?:conda|mamba|micromamba|pip3?|uv|venv|virtualenv|poetry|pixi|python[\d.]*|wheel|torch\w*|cuda\w*|cudnn|nvidia\S*"
    r"|gpu|driver|numpy|tensorflow|jax|jupyter|kernel|ipykernel|import\w*|module|package|environment|unsloth|transformers"
    r"|bitsandbytes|flash.attn|triton|xformers|hugging\w*)\b"
)


def diagnosed(output: str, library: Library, asked: Asked) -> Answer:
    """The likeliest problem in an output, the others as related; `unknown` where none is recognised."""
    found = diagnose(output, library)
    if not found:
        text = (
            "I don't recognise an error here. Give the whole output, from the command that was typed to the last line, "
            "or ask in words."
        )
        near = nearest(output, library)
        blocks = [Block(kind="lead", text=text)]
        if near:
            titles = tuple(link.title for link in near)
            blocks.append(Block(kind="list", text="The nearest that I know", items=titles))
        return Answer(
            question=output[:200], status="unknown", title="No known error", blocks=tuple(blocks), related=near
        )
    return recognised(found, output[:200], library, asked, min(0.99, 0.6 + found[0].score / 250), seen=True)


def nearest(output: str, library: Library) -> tuple[Link, ...]:
    """Problems that are told in nearly the words of the output's last error lines; mostly there are none."""
    from assistant.search.rank import rank
    from assistant.search.understand import understand

    lines = [line for line in clean_output(output).split("\n") if _ERROR_LINE.search(line) and _SUBJECT.search(line)]
    found: dict[str, float] = {}
    for line in lines[-3:]:
        for item in rank(understand(line[:300], library.index), library.index, limit=3):
            if item.confidence >= NEAR and library.index["kinds"][item.number] == "problem":
                name = library.index["ids"][item.number]
                found[name] = max(item.confidence, found.get(name, 0.0))
    best = sorted(found, key=lambda name: -found[name])[:2]
    return tuple(Link(id=name, title=library.title(name)) for name in best)


def recognised(
    found: list[Diagnosis], question: str, library: Library, asked: Asked, confidence: float, *, seen: bool = False
) -> Answer:
    """The answer for what was recognised. With `seen`, the line of the output that gave it away is quoted."""
    best = found[0]
    result = compose(best.entry, question, view_for(best.slots, (), asked), library, confidence)
    notes = [Block(kind="note", text=f"Seen: {best.evidence[:200]}")] if seen and best.evidence else []
    here, because = confirmed(best.entry, best.slots, asked)
    if here:
        words = f"yes, because {because}" if here == "yes" else f"no sign of it: {because}"
        notes.append(Block(kind="note", text=f"{HERE}{words}"))
    others = (Link(id=item.entry.id, title=item.entry.title) for item in found[1:4] if item.entry.id != best.entry.id)
    return result.replace(
        blocks=(result.blocks[0], *notes, *result.blocks[1:]),
        related=(*others, *result.related),
        here=here,
        because=because,
        why=(f"the output holds: {best.evidence}",) if asked.why else (),
    )


def confirmed(entry: Entry, slots: dict[str, str], asked: Asked) -> tuple[str, str]:
    """(`yes` or `no`, what was seen) on this machine; empty texts where it cannot tell or another system is assumed."""
    if not entry.confirm or asked.machine is None or asked.system not in ("", asked.machine.system):
        return "", ""
    from assistant.machine.confirm import look

    verdict = look(entry.confirm, asked.machine, slots)
    return ("yes" if verdict.holds else "no", verdict.because) if verdict else ("", "")


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
        "on_this_machine": {"confirmed": answer.here == "yes", "because": answer.because} if answer.here else None,
        "confidence": answer.confidence,
    }
