"""Ctrl+F: search in what is shown, a line at the bottom. Enter goes to the next hit, Up to the one before."""

from __future__ import annotations

from typing import Protocol

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.content import Content
from textual.widgets import Input, Static

from assistant.tui.pieces import Chosen, Link


class Searched(Protocol):
    """What can be searched: it marks hits and brings one into view."""

    def seek(self, words: str) -> int:
        """Mark the hits; how many there are. Empty words mark none."""

    def show_hit(self, number: int) -> None:
        """Bring a hit into view, counted from 0."""

    def search_over(self) -> None:
        """The line is closed: take the focus back."""


class FindBar(Horizontal):
    """The line to type in, and how many hits there are."""

    def __init__(self, searched: Searched) -> None:
        super().__init__(classes="find")
        self.searched = searched
        self.hits = 0
        self.at = 0
        self.display = False
        self.line = Input(placeholder="words to look for", compact=True, select_on_focus=True)
        self.count = Static(Content(""), classes="find-count")

    def compose(self) -> ComposeResult:
        """A label, the words, the count, and the same by mouse."""
        yield Static(Content("Find "), classes="find-label")
        yield self.line
        yield self.count
        for text, what, tip in (
            ("<", "older", "the hit before"),
            (">", "newer", "the next hit"),
            ("x", "close", "close"),
        ):
            yield Link(text, "find", what, classes="chip", tip=tip)

    @on(Chosen)
    def _by_mouse(self, event: Chosen) -> None:
        event.stop()
        if event.value == "close":
            self.toggle()
        else:
            self._step(1 if event.value == "newer" else -1)

    def toggle(self) -> None:
        """Show the line, with what was sought before; or hide it."""
        self.display = not self.display
        self._seek(self.line.value if self.display else "")
        if self.display:
            self.line.focus()
        else:
            self.searched.search_over()

    def _seek(self, words: str) -> None:
        self.hits, self.at = self.searched.seek(words), 0
        self._show()

    def _show(self) -> None:
        words = f"{self.at + 1} of {self.hits}" if self.hits else "nothing found" if self.line.value else ""
        self.count.update(Content(words))
        self.searched.show_hit(self.at if self.display else -1)

    @on(Input.Changed)
    def _changed(self, event: Input.Changed) -> None:
        event.stop()
        if self.display:
            self._seek(event.value)

    @on(Input.Submitted)
    def _submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._step(1)

    def _step(self, by: int) -> None:
        if self.hits:
            self.at = (self.at + by) % self.hits
            self._show()

    def on_key(self, event: events.Key) -> None:
        """Steps and the way out."""
        if event.key in ("up", "shift+enter"):
            self._step(-1)
        elif event.key == "down":
            self._step(1)
        elif event.key == "escape":
            self.toggle()
        else:
            return
        event.prevent_default()
        event.stop()
