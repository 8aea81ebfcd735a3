"""Any two or more tools side by side, from the tool matrix, where nobody wrote the comparison out."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, Link, Table
from assistant.dialogue.compose import compose, source_notes
from assistant.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.dialogue.engine import Asked
    from assistant.search.library import Library

MAX_ROWS = 14


def tool_entries(library: Library) -> dict[str, Entry]:
    """The tools of the matrix by name."""
    index = library.index
    return {
        index["ids"][number].split(".")[-1]: library.entry(number)
        for number, kind in enumerate(index["kinds"])
        if kind == "tool"
    }


def resolve_tool(word: str, library: Library) -> str:
    """A tool's id for what a person typed; UsageError with the known ones where there is none."""
    tools = tool_entries(library)
    wanted = word.strip().lower()
    if wanted in tools:
        return wanted
    for name, bags in library.index["lexicon"]["tools"].items():
        for bag in bags:
            if len(bag) == 1 and wanted in bag[0] and name in tools:
                return str(name)
    from assistant.content.schema import nearest

    raise UsageError(f"no tool `{word}`{nearest(wanted, tools)}", f"known: {', '.join(tools)}")


def compare(words: list[str], library: Library, asked: Asked) -> Answer:
    """`envguide compare A B [C...]`: a written comparison of exactly these where there is one, else the matrix."""
    if len(words) < 2:
        raise UsageError("a comparison needs at least two tools", "for example: envguide compare conda venv")
    names = list(dict.fromkeys(resolve_tool(word, library) for word in words))
    if len(names) < 2:
        raise UsageError("these are the same tool", "name two different ones, for example: envguide compare conda venv")
    question = " vs ".join(names)
    index = library.index
    for number, kind in enumerate(index["kinds"]):
        if kind == "comparison" and sorted(index["frames"][number][2]) == sorted(names):
            from assistant.dialogue.decide import view_for

            return compose(library.entry(number), question, view_for({}, tuple(names), asked), library)
    result = compare_tools(names, question, library, asked)
    if result is None:
        raise UsageError(f"nothing to compare between {' and '.join(names)}", "see `envguide ref`")
    return result


def compare_tools(names: list[str], question: str, library: Library, asked: Asked) -> Answer | None:
    """The aspects in which the tools differ, and when to choose which."""
    tools = tool_entries(library)
    chosen = [tools[name] for name in names if name in tools]
    if len(chosen) < 2:
        return None
    rows = []
    for aspect in library.record("aspects"):
        cells = tuple(entry.aspects.get(aspect["id"], "") for entry in chosen)
        if any(cells) and len({cell.lower() for cell in cells}) > 1:
            rows.append((str(aspect["title"]), *cells))
    titles = [entry.title for entry in chosen]
    lead = "; ".join(f"{entry.title}: {entry.what}" for entry in chosen if entry.what)
    ids = list(dict.fromkeys(name for entry in chosen for name in entry.sources))
    blocks = [
        Block(kind="lead", text=lead + "." if lead and not lead.endswith(".") else lead),
        Block(kind="table", table=Table(heads=("", *titles), rows=tuple(rows[:MAX_ROWS]))),
        Block(
            kind="list",
            text="Choose",
            items=tuple(f"{entry.title} {entry.choose_when}" for entry in chosen if entry.choose_when),
        ),
    ]
    return Answer(
        question=question,
        status="answered",
        entry=Link(id="compare:" + "+".join(names), title=" and ".join(titles) + " compared"),
        kind="comparison",
        title=" and ".join(titles) + " compared",
        blocks=tuple(blocks),
        sources=source_notes(tuple(ids), library),
        related=tuple(Link(id=entry.id, title=entry.title) for entry in chosen),
        confidence=0.9,
        more="\n".join(
            f"- {row[0]}: " + "; ".join(f"{t}: {c}" for t, c in zip(titles, row[1:], strict=True))
            for row in rows[MAX_ROWS:]
        ),
    )
