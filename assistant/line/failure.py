"""A failed step in plain lines: what its output shows, or what this step is known for."""

from __future__ import annotations

from assistant.dialogue.engine import Asked
from assistant.machine.quick import quick_machine
from assistant.render.answers import block_lines
from assistant.render.failures import answer_to, often
from assistant.render.layout import Style
from assistant.runner import api
from assistant.search.library import open_library


def diagnosis_of(event: api.StepFailed, width: int, style: Style) -> list[str]:
    """The diagnosis as lines, indented. The flows that mend it are offered by the question that follows."""
    library = open_library()
    answer = answer_to(event, library, Asked(machine=quick_machine()))
    if answer is not None:
        lines = ["", f"  This looks like: {answer.title}"]
        for block in answer.blocks:
            lines += [f"  {line}" for line in block_lines(block, width - 2, style)]
        return lines
    known = often(event, library)
    if not known:
        return []
    return [
        "",
        "  Its output shows nothing that I know. This step is known to fail for:",
        *(f"  - {title}" for _, title in known),
    ]
