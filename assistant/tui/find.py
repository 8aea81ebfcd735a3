"""Ctrl+F: search in what is on the screen."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.screen import ModalScreen
from textual.widget import Widget
from textual.widgets import Input, Static

from assistant.tui.cards import AnswerCard, Note


class FindScreen(ModalScreen[str]):
    """One line to type in."""

    BINDINGS = [("escape", "dismiss", "close")]

    def compose(self) -> ComposeResult:
        """The line."""
        with Vertical(id="find"):
            yield Input(placeholder="find in the conversation", compact=True)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Hand the words back."""
        self.dismiss(event.value.strip())


def find_widget(pane: Widget, words: str) -> AnswerCard | Note | None:
    """The newest card whose text holds the words, letter case aside."""
    wanted = words.lower()
    for card in reversed(list(pane.query("AnswerCard, Note").results(Widget))):
        if isinstance(card, AnswerCard | Note) and any(wanted in str(static.render()).lower() for static in card.query(Static)):
            return card
    return None
