"""The live pane: a program's output, drawn line by line as far as it is visible; scrollback, search, follow or pause."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len
from rich.style import Style
from rich.text import Text
from textual.geometry import Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.selection import Selection
from textual.strip import Strip

from assistant.runner.lines import LineModel
from assistant.tui.safe import plain

_SGR = re.compile(r"\x1b\[([\d;]*)m")


class LogView(ScrollView, can_focus=True):
    """Shows a `LineModel`. It follows the output until somebody scrolls back, and again from the end on."""

    DEFAULT_CSS = "LogView { height: 1fr; scrollbar-size-vertical: 1; scrollbar-size-horizontal: 1; }"

    class Followed(Message):
        """Following was switched on or off."""

    def __init__(self, model: LineModel | None = None) -> None:
        super().__init__(id="live")
        self.model = model or LineModel()
        self.follow = True
        self._drawn_total = 0
        self._widest = 1
        self._sought = ""
        self._hits: list[int] = []
        self._hit = -1
        self._moving = False

    def show_model(self, model: LineModel) -> None:
        """Show another model."""
        self.model = model
        self.follow, self._drawn_total, self._widest = True, 0, 1
        self.renew()

    def renew(self) -> None:
        """The model has changed: draw what is visible again."""
        count, total = len(self.model), self.model.total
        lost = (total - count) - (self._drawn_total - self.virtual_size.height) if self._drawn_total else 0
        self._drawn_total = total
        self._moving = True
        self.virtual_size = Size(self._widest, count)
        if self.follow:
            self.scroll_to(x=0, y=self.max_scroll_y, animate=False, immediate=True, force=True)
        elif lost > 0:  # the oldest lines are gone: what is in view stays in view
            self.scroll_to(y=max(0, self.scroll_y - lost), animate=False, immediate=True, force=True)
        self._moving = False
        self.refresh()

    def on_resize(self) -> None:
        """Keep the end in view while following."""
        self.renew()

    def watch_scroll_y(self, old: float, new: float) -> None:
        """Scrolling back stops following, reaching the end goes on with it."""
        super().watch_scroll_y(old, new)
        if not self._moving:
            self.set_follow(round(new) >= self.max_scroll_y)

    def set_follow(self, follow: bool) -> None:
        """Follow the output, or hold the view where it is."""
        if follow != self.follow:
            self.follow = follow
            self.post_message(self.Followed())
            if follow:
                self.renew()

    # Search: FindBar calls these.

    def seek(self, words: str) -> int:
        """Mark the lines that hold the words, letter case aside; how many there are."""
        self._sought = words.lower()
        lines = self.model.text().lower().split("\n") if words else []
        self._hits = [number for number, line in enumerate(lines) if self._sought in line]
        self.refresh()
        return len(self._hits)

    def search_over(self) -> None:
        """Back to the output."""
        self.focus()

    def show_hit(self, number: int) -> None:
        """Bring a hit into view, counted from the newest."""
        self._hit = self._hits[-1 - number] if 0 <= number < len(self._hits) else -1
        if self._hit >= 0:
            self.set_follow(False)
            self.scroll_to(y=max(0, self._hit - self.size.height // 2), animate=False, immediate=True, force=True)
        self.refresh()

    # Drawing and marking.

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        scroll_x, scroll_y = self.scroll_offset
        index, width, base = scroll_y + y, self.size.width, self.rich_style
        if index >= len(self.model):
            return Strip.blank(width, base)
        text, spans = _styled(self.model.line(index))
        line = Text(text, no_wrap=True, end="")
        line.stylize(base)
        for start, end, style in spans:
            line.stylize(style, start, end)
        if self._sought:
            for found in re.finditer(re.escape(self._sought), text.lower()):
                line.stylize(Style(reverse=True, bold=index == self._hit), found.start(), found.end())
        selection = self.text_selection
        if selection is not None and (span := selection.get_span(index)) is not None:
            start, end = span
            line.stylize(
                self.screen.get_component_rich_style("screen--selection"), start, len(text) if end == -1 else end
            )
        size = cell_len(text)
        if size > self._widest:
            self._widest = size
            self.call_later(self.renew)
        strip = Strip(line.render(self.app.console), size)
        return strip.crop_extend(scroll_x, scroll_x + width, base).apply_offsets(scroll_x, index)

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """What is marked, as text."""
        return selection.extract("\n".join(self.model.plain(index) for index in range(len(self.model)))), "\n"

    def selection_updated(self, selection: Selection | None) -> None:
        """Draw the mark."""
        self.refresh()


@lru_cache(maxsize=2048)
def _styled(line: str) -> tuple[str, tuple[tuple[int, int, Style], ...]]:
    """A line of the model as text that can be drawn, and its colours."""
    parts: list[str] = []
    spans: list[tuple[int, int, Style]] = []
    style, length = Style.null(), 0
    for number, piece in enumerate(_SGR.split(line)):
        if number % 2:
            style = _style(piece)
        elif piece:
            shown = plain(piece, 5_000)
            if style:
                spans.append((length, length + len(shown), style))
            parts.append(shown)
            length += len(shown)
    return "".join(parts), tuple(spans)


@lru_cache(maxsize=512)
def _style(codes: str) -> Style:
    """The style that a colour sequence turns on. Blinking and hiding are left out: nothing may hide from the reader."""
    kept = [code for code in codes.split(";")]
    text = Text.from_ansi(f"\x1b[{';'.join(kept)}mx")
    style = text.spans[0].style if text.spans else Style.null()
    return style + Style(blink=False, conceal=False) if isinstance(style, Style) else Style.null()
