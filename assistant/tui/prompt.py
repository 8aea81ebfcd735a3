"""The input of the conversation, and what it suggests while one types."""

from __future__ import annotations

from textual import events
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.timer import Timer
from textual.widget import Widget
from textual.widgets import TextArea

from assistant.dialogue.slash import Completion
from assistant.tui.history import History
from assistant.tui.safe import plain, safe_line

LONG_PASTE = 4_000  # characters; a longer paste is kept aside and named in the input by one line
MAX_PASTE = 4_000_000
PLACEHOLDER = "Ask, paste an error, or type / for commands"
SHRINK_AFTER = 0.25  # seconds without a key until the suggestions take no more room than they need


class Suggestions(Widget):
    """How the text so far may go on. The focus stays in the input: Down and Up choose, Tab or Enter takes."""

    DEFAULT_CSS = "Suggestions { height: auto; display: none; }"
    SHOWN = 8

    class Taken(Message):
        """The person chose this one by a click."""

        def __init__(self, item: Completion) -> None:
            super().__init__()
            self.item = item

    def __init__(self) -> None:
        super().__init__(id="suggestions")
        self.items: list[Completion] = []
        self.at: int | None = None
        self._room = 0
        self._shrinking: Timer | None = None

    def show(self, items: list[Completion]) -> None:
        """Offer these; nothing hides the list."""
        if items == self.items and self.at is None:
            return
        self.items, self.at = items, None
        # It grows at once but shrinks when the typing pauses: a new height lays out the whole screen, too dear at each key.
        wanted = min(len(items), self.SHOWN)
        if self._shrinking:
            self._shrinking.stop()
            self._shrinking = None
        if 0 < wanted < self._room:
            self._shrinking = self.set_timer(SHRINK_AFTER, self._shrink)
            self.refresh()
        else:
            changed, self._room = wanted != self._room, wanted
            self.display = bool(items)
            self.refresh(layout=changed)

    def _shrink(self) -> None:
        self._room = min(len(self.items), self.SHOWN)
        self.refresh(layout=True)

    def move(self, by: int) -> bool:
        """Choose the next or the one before; whether there was something to choose. Up from the first chooses none."""
        if not self.items or (self.at is None and by < 0):
            return False
        place = by - 1 if self.at is None else self.at + by
        self.at = None if place < 0 else min(place, len(self.items) - 1)
        self.refresh()
        return True

    @property
    def chosen(self) -> Completion | None:
        """The one that is chosen."""
        return self.items[self.at] if self.at is not None else None

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """As many lines as were needed so far, no more than fit."""
        return self._room

    @property
    def _above(self) -> int:
        return max(0, self._room - len(self.items))

    def _first(self) -> int:
        return max(0, (self.at or 0) - self.SHOWN + 1)

    def render(self) -> Content:
        """The visible ones next to the input, the chosen one set off."""
        width = self.content_size.width
        lines = [Content("")] * self._above
        start = self._first()
        for number, item in enumerate(self.items[start : start + self.SHOWN], start):
            quiet = "" if number == self.at else "$text-muted"
            text, help_text = safe_line(f"{item.text} {item.words}"), safe_line(item.help)
            line = Content.assemble(f"{text:<28}" if help_text else text, (f"  {help_text}", quiet))
            line = line.truncate(width, ellipsis=True, pad=True)
            if number == self.at:
                line = line.stylize("$block-cursor-foreground on $block-cursor-background")
                line = line.stylize("reverse") if self.app.no_color else line
            lines.append(line)
        return Content("\n").join(lines)

    def on_click(self, event: events.Click) -> None:
        """A click takes the line under it."""
        place = self._first() + event.y - self._above
        if event.button == 1 and 0 <= place < len(self.items):
            self.post_message(self.Taken(self.items[place]))


class Prompt(TextArea):
    """The input: Enter asks, Ctrl+J makes a new line, Up and Down walk through the history, pasted lines stay lines."""

    class Submitted(Message):
        """A whole message."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Help(Message):
        """A question mark in an empty input."""

    def __init__(self, history: History, suggestions: Suggestions) -> None:
        super().__init__(
            id="prompt",
            soft_wrap=True,
            show_line_numbers=False,
            tab_behavior="focus",
            compact=True,
            highlight_cursor_line=False,
        )
        self.asked_before = history
        self.suggestions = suggestions
        self.placeholder = PLACEHOLDER
        self.typed = False
        self._kept: dict[str, str] = {}

    def fill(self, text: str) -> None:
        """Put text there as if it had been typed; suggestions stay away until something is typed."""
        self.typed = False
        self.text = text
        self.move_cursor(self.document.end)

    def take_all(self) -> str:
        """What was written, with long pastes in their place; the input is empty afterwards."""
        text = self.text.strip()
        for mark, pasted in self._kept.items():
            text = text.replace(mark, pasted)
        self._kept.clear()
        self.fill("")
        return text.strip()

    async def _on_key(self, event: events.Key) -> None:
        if self._handle(event):
            event.prevent_default()
            event.stop()
            return
        self.typed = self.typed or event.is_printable or event.key in ("backspace", "delete")
        await super()._on_key(event)

    def _handle(self, event: events.Key) -> bool:
        key, chosen = event.key, self.suggestions.chosen
        if key == "enter":
            if chosen:
                self._complete(chosen, submit=True)
            elif text := self.take_all():
                self.post_message(self.Submitted(text))
        elif key in ("ctrl+j", "shift+enter", "alt+enter"):
            self.insert("\n")
        elif key == "tab" and self.suggestions.items:
            self._complete(chosen or self.suggestions.items[0], submit=False)
        elif key == "escape" and self.suggestions.items:
            self.suggestions.show([])
        elif key == "down" and self.suggestions.items:
            self.suggestions.move(1)
        elif key == "up" and self.suggestions.at is not None:
            self.suggestions.move(-1)
        elif key == "up" and self.cursor_at_first_line:
            self._recall(self.asked_before.back(self.text))
        elif key == "down" and self.cursor_at_last_line:
            self._recall(self.asked_before.forward())
        elif event.character == "?" and not self.text:
            self.post_message(self.Help())
        else:
            return False
        return True

    def _recall(self, text: str | None) -> None:
        if text is not None:
            self.fill(text)

    def _complete(self, item: Completion, *, submit: bool) -> None:
        self.fill(item.text)
        if item.text.endswith(" ") or not submit:
            self.typed = True  # what comes next is suggested at once
        else:
            self.take_all()
            self.post_message(self.Submitted(item.text))

    async def _on_paste(self, event: events.Paste) -> None:
        event.prevent_default()
        event.stop()
        text = event.text[:MAX_PASTE].replace("\r\n", "\n").replace("\r", "\n")
        if len(text) > LONG_PASTE:
            mark = f"[pasted: {text.count(chr(10)) + 1:,} lines, {len(text):,} characters]"
            self._kept[mark] = text
            text = mark
        self.typed = True
        self.insert(plain(text))
