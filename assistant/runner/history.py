"""The lines of a pane that the cursor can no longer reach: kept as raw blocks, worked up only if somebody scrolls to
them.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import deque
from collections.abc import Iterable
from itertools import accumulate

from assistant.runner import sgr
from assistant.runner.rows import SGR, Row

Item = Row | str | tuple[str, str]  # a line written into; a plain line; the style it begins with, and its text

BLOCK = 64 * 1024  # bytes of a raw block
_C1 = re.compile("[\x80-\x9f]")


def render(item: Item) -> str:
    """A line as text with SGR sequences only."""
    if isinstance(item, str):
        return item.rstrip(" ")
    return (Row(item[1], item[0]) if isinstance(item, tuple) else item).render()


def plain_of(item: Item) -> str:
    """The text of a line, colours still in it."""
    return item if isinstance(item, str) else item[1] if isinstance(item, tuple) else "".join(item.chars)


def style_after(text: str, style: str) -> str:
    """The style at the end of a text; what stands before the last full reset does not matter."""
    start = max(text.rfind("\x1b[0m"), text.rfind("\x1b[m"))
    if start >= 0:
        style = ""
    for match in SGR.finditer(text, max(start, 0)):
        style = sgr.apply(style, match[1])
    return style


def lines_of(text: str, style: str) -> tuple[list[Item], str]:
    """Lines of plain text, colours, tabs and line ends, and the style at their end."""
    if not text.isascii():
        text = _C1.sub("", text)
    items: list[Item] = []
    for written in text.replace("\r\n", "\n").split("\n"):
        line = _expand(written) if "\t" in written else written
        if style or "\x1b" in line:
            items.append((style, line))
            style = style_after(line, style)
        else:
            items.append(line)
    return items, style


def _expand(line: str) -> str:
    """Tabs to every eighth column; colours take no column."""
    parts = SGR.split(line)
    out: list[str] = []
    column = 0
    for index, part in enumerate(parts):
        if index % 2:
            out.append(f"\x1b[{part}m")
            continue
        for piece in re.split("(\t)", part):
            filled = " " * (8 - column % 8) if piece == "\t" else piece
            out.append(filled)
            column += len(filled)
    return "".join(out)


class _Block:
    """Some lines: raw with the style that they begin with, or worked up."""

    __slots__ = ("count", "data", "items", "skip", "style")

    def __init__(self, data: bytes, style: str, count: int, items: list[Item] | None = None) -> None:
        self.data, self.style, self.count, self.items = data, style, count, items
        self.skip = 0  # lines at its beginning that are no longer kept

    def item(self, index: int) -> Item:
        if self.items is None:
            text = self.data.decode("utf-8", "replace").removesuffix("\r")  # of the line end that is cut off
            self.items, _ = lines_of(text, self.style)
            self.data = b""
        return self.items[index + self.skip]


class History:
    """A bounded number of lines, the oldest dropped first."""

    def __init__(self) -> None:
        self._blocks: deque[_Block] = deque()
        self._starts: list[int] | None = None
        self.count = 0

    def add_items(self, items: Iterable[Item]) -> None:
        """Lines that are worked up already."""
        kept = list(items)
        if kept:
            self._add(_Block(b"", "", len(kept), kept))

    def add_raw(self, data: bytes, style: str) -> str:
        """Whole lines (plain text, colours, tabs, line ends; no line end after the last); returns the style after
        them.
        """
        at = 0
        while at <= len(data):
            end = data.rfind(b"\n", at, at + BLOCK) if at + BLOCK < len(data) else len(data)
            end = end if end >= 0 else len(data)
            part = data[at:end]
            self._add(_Block(part, style, part.count(b"\n") + 1))
            if b"\x1b" in part:
                style = style_after(part.decode("utf-8", "replace"), style)
            at = end + 1
        return style

    def _add(self, block: _Block) -> None:
        self._blocks.append(block)
        self.count += block.count
        self._starts = None

    def keep(self, most: int) -> None:
        """Drop the oldest lines beyond a number."""
        while self.count > most:
            first = self._blocks[0]
            here = first.count - first.skip
            drop = min(here, self.count - most)
            if drop == here:
                self._blocks.popleft()
            else:
                first.skip += drop
            self.count -= drop
            self._starts = None

    def item(self, index: int) -> Item:
        """A line by its position."""
        if self._starts is None:
            self._starts = [0, *accumulate(block.count - block.skip for block in self._blocks)]
        at = bisect_right(self._starts, index) - 1
        return self._blocks[at].item(index - self._starts[at])
