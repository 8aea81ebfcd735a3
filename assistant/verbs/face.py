"""`envguide` without a verb: the full-screen face, or line mode where the terminal cannot hold it."""

from __future__ import annotations

import os
import sys

from assistant.errors import UsageError
from assistant.render.out import talk, wants_accessible
from assistant.settings import load_settings


def open_face(arguments: list[str]) -> int:
    """Open the face that fits; `--open ID` opens it at an entry or a flow, `--accessible` asks for line mode."""
    from assistant.arguments import parser

    options = parser().parse_args(arguments)
    settings = load_settings()
    accessible = options.accessible or wants_accessible() or bool(settings["accessible"])
    if not sys.stdin.isatty() and not sys.stdout.isatty():
        raise UsageError(
            "there is no terminal",
            'ask one question: envguide ask "conda vs venv"; or talk through pipes: envguide chat',
        )
    if accessible or reason_for_line_mode():
        if not accessible:
            talk(f"Line mode, because {reason_for_line_mode()}.")
        from assistant.line.session import run_line_mode

        return run_line_mode(accessible=accessible, open_at=options.open or "")
    from assistant.tui.app import run_tui

    return run_tui(options.open or "")


def reason_for_line_mode() -> str:
    """Why the full screen cannot be used here; empty where it can."""
    if os.environ.get("TERM", "") == "dumb":
        return "this terminal cannot move the cursor (TERM=dumb)"
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return "input or output is not a terminal"
    try:
        size = os.get_terminal_size(sys.stdout.fileno())
    except OSError:
        return ""
    if 0 < size.columns < 40 or 0 < size.lines < 10:
        return f"the window has {size.columns} columns and {size.lines} lines; the full screen needs 40 and 10"
    return ""
