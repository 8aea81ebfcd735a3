"""`envguide chat`: a conversation in line mode; with --json one turn a line in, one object a line out."""

from __future__ import annotations

import argparse
import json
import sys

from assistant.dialogue.answer import to_json
from assistant.dialogue.decide import unknown
from assistant.dialogue.engine import Asked
from assistant.dialogue.talk import Conversation
from assistant.errors import ExitCode, UsageError
from assistant.machine.quick import quick_machine
from assistant.render.answers import answer_text
from assistant.render.out import emit_json
from assistant.search.library import open_library


def chat(options: argparse.Namespace) -> int:
    """Talk until the input ends."""
    if options.json:
        return _json_turns()
    from assistant.line.session import run_line_mode

    return run_line_mode(accessible=options.accessible)


def _json_turns() -> int:
    """A turn a line. A line that is no turn gets an `unknown` object that says why; the conversation goes on."""
    conversation = Conversation(open_library(), Asked(machine=quick_machine()))
    for raw in sys.stdin.buffer:
        line = raw.decode("utf-8", "replace").rstrip("\r\n")
        if not line.strip():
            continue
        try:
            result = conversation.turn(message_of(line))
        except UsageError as error:
            result = unknown(line[:200], (), 0.0).replace(title=error.message)
        emit_json(to_json(result, answer_text(result, 100)))
    return int(ExitCode.OK)


def message_of(line: str) -> str:
    """The message of a line: text, or a JSON object `{"say": "..."}`."""
    if line.lstrip().startswith("{"):
        try:
            data = json.loads(line)
        except ValueError:
            return line
        if isinstance(data, dict) and isinstance(data.get("say"), str):
            return str(data["say"])
        raise UsageError("a JSON line must hold `say` with text", 'for example: {"say": "conda vs venv"}')
    return line
