"""F1: what the keys do, made from the one list of actions."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from assistant.render.layout import table
from assistant.tui.actions import ACTIONS
from assistant.tui.safe import MARKED, styled_lines

EXTRA = (
    ("Enter", "ask; on a command: copy it; on a line with an arrow: follow it"),
    ("Ctrl+J", "a new line in the input"),
    ("Up, Down", "earlier questions; Down at the end goes into the suggestions"),
    ("Tab, Shift+Tab", "from one thing to the next"),
    ("Escape", "back to the input; closes this"),
)


class HelpScreen(ModalScreen[None]):
    """The keys, on one page."""

    BINDINGS = [("escape,f1,q", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """A table of keys."""
        rows = [(_key(action.keys), action.help) for action in ACTIONS] + list(EXTRA)
        with Vertical(id="help"):
            yield Static(Content.styled("Keys", "bold"), classes="title")
            with VerticalScroll():
                yield Static(styled_lines(table(("Key", "What it does"), rows, 66, MARKED)))
            yield Static(Content.styled("Escape closes this. The mouse works everywhere; drag to select and copy.", "$text-muted"))


def _key(keys: str) -> str:
    return " or ".join("+".join(part.capitalize() for part in key.split("+")) for key in keys.split(","))
