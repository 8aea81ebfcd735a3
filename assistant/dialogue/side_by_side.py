"""Comparing within a conversation: "better than conda?", "which is faster", "and for beginners?"."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block
from assistant.dialogue.replies import CONNECTORS
from assistant.search.text import STOP_WORDS
from assistant.search.understand import Query, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.talk import Conversation

JUDGING = frozenset(
    """which better best recommend recommended should choose pick faster easier smaller safer newer cheaper quicker lighter
    simpler beginner beginners""".split()
)


def compared(talk: Conversation, text: str, said: list[str], query: Query, last: Answer) -> Answer | None:
    """A question within a comparison ("which is faster", "for beginners?"), or one that begins it ("better than conda?")."""
    frame = query.frame
    if frame.tools and ("than" in said or frame.kind == "compare") and len(frame.tools) == 1:
        begun = compared_with(talk, text, frame.tools)
        return (_within(talk, text, said, query, begun) or begun) if begun else None
    if last.kind != "comparison" or frame.tools or query.unknown:
        return None
    content = [word for word in said if word not in STOP_WORDS and word not in CONNECTORS]
    if not JUDGING & set(said) and (frame.actions or len(content) > 2):
        return None
    return _within(talk, text, said, query, last)


def compared_with(talk: Conversation, text: str, tools: tuple[str, ...]) -> Answer | None:
    from assistant.dialogue.compare import compare
    from assistant.errors import UsageError

    earlier = [tool for tool in talk.frame.tools if tool not in tools][:2]
    if not earlier and talk.last and talk.last.kind == "tool" and talk.last.entry:
        earlier = [talk.last.entry.id.split(".")[-1]]
    if not earlier:
        return None
    try:
        result = compare([*earlier, *tools], talk.library, talk.asked)
    except UsageError:
        return None  # one of them is no tool of the matrix
    return talk.remember(text, result.replace(question=text), talk.frame.replace(tools=(*earlier, *tools)))


def _within(talk: Conversation, text: str, said: list[str], query: Query, last: Answer) -> Answer | None:
    """The rows of a comparison that a message asks about, else what to choose when."""
    tables = [block.table for block in last.blocks if block.table]
    if not tables:
        return None
    heads, rows = tables[0].heads, tables[0].rows

    def agreement(row: tuple[str, ...]) -> float:
        aspect = understand(row[0], talk.library.index).terms
        cells = understand(" ".join(row[1:]), talk.library.index).terms
        return sum(2.0 if term in aspect else 1.0 if term in cells else 0.0 for term in asked)

    asked = set(query.terms) - {talk.library.index["forms"].get(name) for name in talk.frame.tools}
    scored = [(agreement(row), row) for row in rows]
    best = max(score for score, _ in scored)
    items = [
        f"{row[0]}: " + "; ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], row[1:], strict=False))
        for score, row in scored
        if score == best > 0
    ][:3]
    choose = tuple(block for block in last.blocks if block.kind == "list")
    if not items and not (choose and JUDGING & {*said, *text.lower().replace("?", "").split()}):
        return None
    told = (Block(kind="list", text="Side by side", items=tuple(items)),) if items else ()
    short = last.replace(question=text, blocks=(*told, *choose), corrections=(), flows=(), more="")
    return short if short.blocks else None


def choices(text: str, last: Answer) -> Answer | None:
    """What to choose when, for somebody who says what their case is."""
    lists = tuple(block for block in last.blocks if block.kind == "list")
    return last.replace(question=text, blocks=lists, corrections=(), flows=(), more="") if lists else None
