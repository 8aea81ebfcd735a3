"""`envguide why`: cause and fix of an error output, from a file or standard input."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from assistant.dialogue.clean import is_binary
from assistant.dialogue.why import diagnosed, why_json
from assistant.errors import UsageError
from assistant.machine.files import decode
from assistant.render.answers import answer_text
from assistant.render.layout import Style
from assistant.render.out import emit, emit_json, terminal_width, wants_accessible, wants_colour
from assistant.search.library import open_library
from assistant.verbs.ask import asked_from, note_and_code, read_stdin

MAX_FILE = 64_000_000  # bytes


def why(options: argparse.Namespace) -> int:
    """Diagnose and print; exit code 1 where nothing is recognised."""
    output = _read(options.file)
    if not output.strip():
        raise UsageError("there is no output to look at", "pipe it in: pip install x 2>&1 | envguide why")
    if is_binary(output):
        raise UsageError("this is not text", "give the error output as text")
    result = diagnosed(output, open_library(), asked_from(options))
    if options.json:
        emit_json(why_json(result, answer_text(result, 100, more=options.more)))
    else:
        style = Style(wants_colour(sys.stdout), accessible=wants_accessible())
        emit(answer_text(result, terminal_width(), style, more=options.more))
    return 0 if result.status == "answered" else note_and_code(result)


def _read(name: str | None) -> str:
    if name is None or name == "-":
        if sys.stdin.isatty():
            raise UsageError(
                "no file and no input", "pipe an output in: pip install x 2>&1 | envguide why, or name a file"
            )
        return read_stdin()
    path = Path(name)
    try:
        size = path.stat().st_size
        if size > MAX_FILE:
            raise UsageError(f"{name} holds {size // 1_000_000} MB", "give the part with the error")
        return decode(path.read_bytes())  # UTF-16 too: Windows PowerShell writes it
    except OSError as error:
        raise UsageError(f"{name} cannot be read: {error.strerror}", "check the file's name") from None
