"""Two ways to the clipboard at once: the terminal's (OSC 52, works over ssh) and the system's own, where there is one."""

from __future__ import annotations

from textual.app import App

from assistant.tui.aside import aside


def copy(app: App[int], text: str) -> None:
    """Copy a text. A missing clipboard program is no error: the terminal was asked, too."""
    app.copy_to_clipboard(text)
    aside(app, lambda: _native(text), "clipboard")


def _native(text: str) -> None:
    import pyperclip

    try:
        pyperclip.copy(text)
    except (pyperclip.PyperclipException, OSError):
        return
