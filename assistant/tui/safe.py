"""Foreign text made harmless for widgets: never markup, no control character that could act on the terminal."""

from __future__ import annotations

import re

from textual.content import Content

from assistant.dialogue.clean import clean_output
from assistant.render.layout import Style

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_STYLES = {"1": "bold", "2": "$text-muted", "36": "$accent", "1;36": "bold $accent", "33": "$warning"}
MARKED = Style(colour=True)


def safe_text(text: str) -> Content:
    """Text as it is, without markup and without escape sequences."""
    return Content(clean_output(text))


def safe_line(text: str) -> str:
    """Text on one line, for titles and labels."""
    return " ".join(clean_output(text).split())


def styled_lines(lines: list[str]) -> Content:
    """Lines of `assistant.render.layout` (their few colour codes become theme styles)."""
    content = Content()
    style = ""
    for number, piece in enumerate(_SGR.split("\n".join(lines))):
        if number % 2:
            style = _STYLES.get(piece, "")
        elif piece:
            text = clean_output(piece) if not piece.isascii() or "\x1b" in piece else piece
            content = content.append(Content.styled(text, style) if style else Content(text))
    return content
