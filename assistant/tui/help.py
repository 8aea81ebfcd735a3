"""F1: what the keys and the commands do, made from the one list of actions and the one list of commands."""

from __future__ import annotations

from collections.abc import Mapping

from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from assistant.dialogue.slash import COMMANDS
from assistant.render.layout import table
from assistant.tui.actions import SCOPES, actions, key_words
from assistant.tui.pieces import Lines, Words
from assistant.tui.safe import MARKED

TYPING = (
    ("Enter", "ask; Ctrl+J makes a new line"),
    ("Up, Down", "earlier questions; while suggestions are shown: choose one"),
    ("Tab", "take the suggestion; without one: to the next thing"),
    ("?", "in an empty input: this help"),
    ("Letters", "on a flow's screen: take the answer that they stand beside"),
)


class HelpScreen(ModalScreen[None]):
    """Keys and commands on one page."""

    BINDINGS = [("escape,f1,q,question_mark,enter", "dismiss", "close")]

    def __init__(self, keymap: Mapping[str, str]) -> None:
        super().__init__()
        self.keymap = keymap

    def compose(self) -> ComposeResult:
        """A table for each scope, then the commands."""
        parts: list[tuple[str, list[tuple[str, str]]]] = [("While typing", list(TYPING))]
        for scope, title in SCOPES.items():
            rows = [(key_words(self.keymap.get(action.id, action.keys)), action.help) for action in actions(scope)]
            parts.append((title, rows))
        parts.append(("Commands", [(f"/{one.name} {one.words}".strip(), one.help) for one in COMMANDS]))
        with Vertical(id="help", classes="dialog"):
            yield Words(Content.styled("Keys and commands", "bold"))
            with VerticalScroll(can_focus=True):
                for title, rows in parts:
                    if rows:
                        yield Words(Content.styled(title, "bold $accent"), classes="help-part")
                        yield Lines(lambda width, rows=rows: table(("", ""), rows, width, MARKED))  # type: ignore[misc]
            yield Words(
                Content.styled(
                    "Escape closes. The mouse works everywhere; drag marks, Ctrl+C copies.",
                    "$text-muted",
                )
            )

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one(VerticalScroll).focus()
