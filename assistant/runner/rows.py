"""One line that can be written into: characters, the style of each, and how it is read back as text with SGR
sequences.
"""

from __future__ import annotations

import re

from assistant.runner import sgr

SGR = re.compile(r"\x1b\[([\d;:]{0,64})m")


class Row:
    """A line that can be written into: characters and the style of each."""

    __slots__ = ("chars", "styles")

    def __init__(self, text: str = "", style: str = "") -> None:
        self.chars: list[str] = []
        self.styles: list[str] = []
        at = 0
        for match in SGR.finditer(text):
            self._append(text[at : match.start()], style)
            style = sgr.apply(style, match[1])
            at = match.end()
        self._append(text[at:], style)

    def _append(self, text: str, style: str) -> None:
        self.chars.extend(text)
        self.styles.extend([style] * len(text))

    def write(self, column: int, text: str, style: str) -> None:
        """Put text at a column, over what is there."""
        self.pad(column)
        end = column + len(text)
        self.chars[column:end] = text
        self.styles[column:end] = [style] * len(text)

    def pad(self, column: int) -> None:
        """Fill with blanks up to a column."""
        gap = column - len(self.chars)
        if gap > 0:
            self._append(" " * gap, "")

    def blank(self, start: int, end: int) -> None:
        """Erase a range; at the end of the line it is cut off."""
        if end >= len(self.chars):
            del self.chars[start:], self.styles[start:]
        else:
            self.pad(start)
            self.chars[start:end] = " " * (end - start)
            self.styles[start:end] = [""] * (end - start)

    def render(self) -> str:
        """The line with SGR sequences, complete in itself, without plain blanks at the end."""
        if not any(self.styles):
            return "".join(self.chars).rstrip(" ")
        out: list[str] = []
        current, start = "", 0
        for index, style in enumerate(self.styles):
            if style != current:
                out += ("".join(self.chars[start:index]), sgr.sequence(style))
                current, start = style, index
        tail = "".join(self.chars[start:])
        if current:
            return "".join((*out, tail, sgr.RESET))
        # The last change was back to plain: blanks after it do not count.
        return "".join((*out, tail.rstrip(" ")))
