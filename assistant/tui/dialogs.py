"""Two small dialogs: a text to read, and a question with yes and no."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen

from assistant.render.layout import markdown
from assistant.tui.pieces import Chosen, Copied, Lines, Link, Words, keyed
from assistant.tui.safe import MARKED, safe_line


class TextScreen(ModalScreen[None]):
    """A text to read and copy. `small_markdown` says whether its marks mean something."""

    BINDINGS = [("escape,q,enter", "dismiss", "close"), ("c", "copy", "copy")]

    def __init__(self, title: str, text: str, *, small_markdown: bool = False) -> None:
        super().__init__()
        self.title_text, self.text, self.small_markdown = title, text, small_markdown

    def compose(self) -> ComposeResult:
        """Title, text, what can be done."""
        with Vertical(classes="dialog wide"):
            yield Words(Content.styled(safe_line(self.title_text), "bold"), classes="title")
            with VerticalScroll(can_focus=True):
                yield Lines(self._lines)
            with Horizontal(classes="bar-answers"):
                yield Link(keyed("Copy", "c"), "copy", classes="chip main")
                yield Link(keyed("Close", "Esc"), "close", classes="chip")

    def _lines(self, width: int) -> list[str]:
        return markdown(self.text, width, MARKED) if self.small_markdown else self.text.split("\n")

    def on_mount(self) -> None:
        """Arrows scroll at once."""
        self.query_one(VerticalScroll).focus()

    @on(Chosen)
    def _chosen(self, event: Chosen) -> None:
        event.stop()
        if event.kind == "copy":
            self.action_copy()
        else:
            self.dismiss()

    def action_copy(self) -> None:
        """Copy the whole text."""
        self.post_message(Copied(self.text))


class Confirm(ModalScreen[bool]):
    """A question; anything but a clear yes means no."""

    BINDINGS = [("y", "dismiss(True)", "yes"), ("escape,n", "dismiss(False)", "no")]

    def __init__(self, text: str, yes: str) -> None:
        super().__init__()
        self.text, self.yes = text, yes

    def compose(self) -> ComposeResult:
        """The question and the two answers."""
        with Vertical(classes="dialog"):
            yield Words(Content(safe_line(self.text)), classes="title")
            with Horizontal(classes="bar-answers"):
                yield Link(keyed(self.yes, "y"), "yes", classes="chip main")
                yield Link(keyed("No", "n"), "no", classes="chip")

    def on_mount(self) -> None:
        """Enter alone means no."""
        self.query(Link).last().focus()

    @on(Chosen)
    def _chosen(self, event: Chosen) -> None:
        event.stop()
        self.dismiss(event.kind == "yes")
