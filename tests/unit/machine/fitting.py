"""What the tests of fitting answers ask again and again, and what they look at."""

from __future__ import annotations

from assistant.dialogue.answer import Answer
from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import Asked, answer
from assistant.machine.quick import quick_machine
from assistant.search.library import Library
from assistant.search.understand import understand
from tests.unit.machine.fakes import Fake


def said(answered: Answer) -> str:
    """What the machine added: the notes right after the first sentence."""
    notes = []
    for block in answered.blocks[1:]:
        if block.kind != "note":
            break
        notes.append(block.text)
    return "\n".join(notes)


def ask(question: str, fake: Fake, library: Library) -> Answer:
    return answer(question, library, Asked(machine=quick_machine(fake.roots())))


def task(entry_id: str, question: str, fake: Fake, library: Library) -> Answer:
    """The answer that one entry gives to a question, whatever the search would have chosen."""
    frame = understand(question, library.index).frame
    view = view_for(frame.slots, frame.tools, Asked(machine=quick_machine(fake.roots())), frame.systems, frame.shells)
    return compose(library.entry(entry_id), question, view, library)


def runs(answered: Answer) -> list[str]:
    return [command.run for command in answered.commands]
