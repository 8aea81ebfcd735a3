"""A failed step, diagnosed: as an Answer for a face to draw, and as the data that a run offers its fixes by."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked
from assistant.dialogue.why import diagnosed
from assistant.machine.quick import quick_machine
from assistant.runner import api
from assistant.search.library import Library

MAX_READ = 400_000  # bytes of a log's end that are looked at


def answer_to(failure: api.StepFailed, library: Library, asked: Asked) -> Answer | None:
    """What is known about the failure of a step; None where its output shows nothing known."""
    output = "\n".join(failure.tail)
    if failure.log:
        try:
            output = Path(failure.log).read_bytes()[-MAX_READ:].decode("utf-8", "replace")
        except OSError:
            pass
    # The proof of a step has no output of its own: what it found stands in the reason.
    output = f"{output}\n{failure.reason}".strip()
    answer = diagnosed(output, library, asked) if output else None
    return answer if answer and answer.status == "answered" else None


def often(failure: api.StepFailed, library: Library) -> list[tuple[str, str]]:
    """Problems that this step is known for, as (id, title): where to look when its output shows nothing known."""
    return [(name, library.title(name)) for name in failure.problems if name in library.index["ids"]][:4]


def mending(library: Library, flows: api.Catalog, asked: Callable[[], Asked] | None = None) -> api.Mending:
    """What makes a run offer the flows that mend a failed step. `asked` gives the machine and wishes of a face."""

    def diagnose(failure: api.StepFailed) -> api.Diagnosis | None:
        answer = answer_to(failure, library, asked() if asked else Asked(machine=quick_machine()))
        if answer is None or answer.entry is None:
            return None
        return api.Diagnosis(
            problem=answer.entry.id,
            title=answer.title,
            cause=answer.blocks[0].text if answer.blocks else "",
            fixes=tuple(api.Fix(flow=one.id, title=one.title, params=one.params) for one in answer.flows),
        )

    return api.Mending(diagnose, flows)
