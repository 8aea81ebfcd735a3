"""Where an answer comes from, in small Markdown: what the cited sections say in short, and the other sources in full."""

from __future__ import annotations

from assistant.render.answers import source_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer


def sources_text(answer: Answer) -> str:
    """The sections with their lines and a summary; then each other source with its date and its whole address."""
    parts = [f"**{item.heading}**, lines {item.first}-{item.last}\n\n{item.summary}" for item in answer.citations]
    others = [
        f"- {item.title or source_label(item)} ({item.as_of})" + (f": {item.url}" if item.url else "")
        for item in answer.sources
    ]
    parts += ["\n".join(others)] if others else []
    return "\n\n".join(parts) or "From the program itself."
