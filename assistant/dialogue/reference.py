"""The command reference: tasks found by purpose, by a command's name, or all of them."""

from __future__ import annotations

from assistant.content.frozen import Frozen
from assistant.dialogue.answer import Answer
from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import Asked
from assistant.search.rank import rank
from assistant.search.understand import understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library


class Task(Frozen):
    """A task of the reference: its first command, and whether the words name it beyond doubt."""

    id: str
    title: str
    command: str
    sure: bool = False


def find_tasks(words: str, library: Library, tool: str = "") -> list[Task]:
    """Tasks that fit the words, the best first; all of them, by id, without words. `tool` keeps its tasks only."""
    index = library.index
    numbers = [number for number, kind in enumerate(index["kinds"]) if kind == "command"]
    if tool:
        numbers = [number for number in numbers if tool in index["frames"][number][2]]
    if not words.strip():
        return [_task(number, library, tool) for number in sorted(numbers, key=lambda number: index["ids"][number])]
    wanted = set(numbers)
    query = understand(words, index)
    ranked = [item for item in rank(query, index, limit=60) if item.number in wanted and item.confidence >= 0.25]
    tasks = []
    for position, item in enumerate(ranked[:12]):
        lead = position == 0 and (len(ranked) == 1 or item.score > ranked[1].score * 1.12)
        tasks.append(_task(item.number, library, tool).replace(sure=lead and item.confidence > 0.5))
    if tasks:
        return tasks
    lowered = " ".join(words.lower().split())
    return [
        _task(number, library, tool)
        for number in numbers
        if any(lowered in form.run.lower() for form in library.entry(number).forms)
    ]


def _task(number: int, library: Library, tool: str) -> Task:
    entry = library.entry(number)
    forms = [form for form in entry.forms if not tool or form.tool == tool] or list(entry.forms)
    return Task(id=entry.id, title=entry.title, command=forms[0].run if forms else "")


def task_answer(entry_id: str, question: str, library: Library, asked: Asked) -> Answer:
    """One task in full."""
    query = understand(question, library.index)
    view = view_for(query.frame.slots, query.frame.tools, asked, query.frame.systems, query.frame.shells)
    return compose(library.entry(entry_id), question, view, library)
