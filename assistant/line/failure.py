"""A failed step, diagnosed: its output is matched against the known problems and the fixes are named."""

from __future__ import annotations

from pathlib import Path

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked
from assistant.dialogue.why import diagnosed
from assistant.machine.quick import quick_machine
from assistant.render.answers import block_lines
from assistant.render.layout import Style
from assistant.runner import api
from assistant.search.library import open_library

MAX_READ = 400_000  # bytes of a log's end that are looked at


def diagnose_failure(event: api.StepFailed) -> Answer | None:
    """What is known about the failure of a step; None where its output shows nothing known."""
    output = "\n".join(event.tail)
    if event.log:
        try:
            data = Path(event.log).read_bytes()[-MAX_READ:]
            output = data.decode("utf-8", "replace")
        except OSError:
            pass
    if not output.strip():
        return None
    answer = diagnosed(output, open_library(), Asked(machine=quick_machine()))
    return answer if answer.status == "answered" else None


def diagnosis_of(event: api.StepFailed, width: int, style: Style) -> list[str]:
    """The diagnosis as lines, indented; empty where nothing is known."""
    answer = diagnose_failure(event)
    if answer is None:
        return []
    lines = ["", f"  This looks like: {answer.title}"]
    for block in answer.blocks:
        lines += [f"  {line}" for line in block_lines(block, width - 2, style)]
    for flow in answer.flows:
        lines.append(f"  step by step: envguide run {flow.id}")
    return lines
