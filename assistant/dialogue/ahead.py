"""Cheap first looks at a question: whether the compatibility tables, or a name that only this machine knows, may matter.

Imported for every one-shot answer, so it imports nothing itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer
    from assistant.dialogue.engine import Asked
    from assistant.search.library import Library

LONGEST_TABLE_QUESTION = 300  # characters
LONGEST_REQUEST = 100
_TABLES = ("cuda", "torch", "driver", "capability", "sm_", "apple silicon")
_WITHOUT_NUMBER = ("this ", "my ", "mac", "apple", "glibc", "orin", "thor")
_NAMES = ("activate", "enter", "remove", "delete", "rename", "clone", "export", " in ", " into ", " from ", " env")


def may_be_hardware(text: str) -> bool:
    """Whether a row of the compatibility tables could answer: CUDA, torch or a driver, and a number or "this machine"."""
    if len(text) > LONGEST_TABLE_QUESTION:
        return False
    lowered = text.lower()
    if any(words in lowered for words in ("this machine", "my machine", "this computer", "my computer")):
        return "run" in lowered or "cuda" in lowered or "torch" in lowered
    return any(word in lowered for word in _TABLES) and (
        any(char.isdigit() for char in lowered) or any(word in lowered for word in _WITHOUT_NUMBER)
    )


def may_name_environment(text: str) -> bool:
    """Whether a short request may name an environment without saying so: `activate ml`."""
    lowered = text[:LONGEST_REQUEST].lower()
    return len(text) < LONGEST_REQUEST and any(word in lowered for word in _NAMES)


def from_tables(text: str, library: Library, asked: Asked) -> Answer | None:
    """The answer of the compatibility tables; None where the question is none of theirs."""
    if not may_be_hardware(text):
        return None
    from assistant.dialogue.hardware import hardware_answer

    return hardware_answer(text, library, asked)


def read_here(text: str, library: Library, asked: Asked) -> str:
    """The question with names marked that only this machine knows (see `nearby.spelt_out`)."""
    machine = asked.machine
    if machine is None or not machine.path or not may_name_environment(text):
        return text
    from assistant.dialogue.nearby import spelt_out

    if not machine.listed:
        from assistant.machine.quick import with_environments

        machine = asked.machine = with_environments(machine)
    return spelt_out(text, machine, library)
