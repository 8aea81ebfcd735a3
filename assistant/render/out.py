"""Writing: data to stdout, talk to stderr, and how both end when a pipe closes."""

from __future__ import annotations

import json
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO


def emit(text: str) -> None:
    """Data: one text and a newline to stdout."""
    _write(sys.stdout, text + "\n")


def emit_json(value: Any) -> None:
    """Data: one JSON value on one line."""
    _write(sys.stdout, json.dumps(value, ensure_ascii=False) + "\n")


def talk(text: str) -> None:
    """Talk: one text and a newline to stderr."""
    _write(sys.stderr, text + "\n")


def _write(stream: TextIO, text: str) -> None:
    try:
        stream.write(text)
        stream.flush()
    except UnicodeEncodeError:
        encoding = stream.encoding or "ascii"
        stream.write(text.encode(encoding, "replace").decode(encoding))
        stream.flush()
    except BrokenPipeError:
        # The reader has gone (`| head`): nothing more to say, and nothing to complain about at exit either.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
        raise SystemExit(0) from None


def wants_colour(stream: TextIO) -> bool:
    """Whether to colour: NO_COLOR and TERM=dumb say no, FORCE_COLOR says yes, else only on a terminal."""
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    if os.environ.get("TERM") == "dumb" or wants_accessible():
        return False
    return stream.isatty()


def wants_accessible() -> bool:
    """Whether the person asked for output that a screen reader reads well."""
    return os.environ.get("ACCESSIBLE", "") not in ("", "0")


def terminal_width(default: int = 100) -> int:
    """Columns to write for: the terminal's, at most 120; `default` where there is none."""
    try:
        return max(40, min(120, os.get_terminal_size(sys.stdout.fileno()).columns))
    except (OSError, ValueError):
        return default
