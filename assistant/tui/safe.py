"""Foreign text made harmless for widgets: never markup, no control character, nothing that turns the reading order."""

from __future__ import annotations

import re

from textual.content import Content

from assistant.render.layout import Style

_SGR = re.compile(r"\x1b\[([0-9;]*)m")
_STYLES = {"1": "bold", "2": "$text-muted", "36": "$accent", "1;36": "bold $accent", "33": "$warning"}
MARKED = Style(colour=True, rule="─")

# Whole sequences first, so that nothing of them is left to read: CSI, strings such as OSC and DCS, short ones.
_SEQUENCES = re.compile(
    r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]"
    r"|(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x18\x1a\x1b\x9c\n]*(?:\x07|\x1b\\|\x9c)?"
    r"|\x1b[ -/]*[0-~]?"
)
# Controls but tab and newline, bidirectional and invisible format characters, lone halves of surrogate pairs.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)
_SHOWN = 20_000  # characters of one text that are drawn


def plain(text: str, limit: int = _SHOWN) -> str:
    """Text as it reads, on as many lines as it has: what could act on the terminal is taken out, the rest stays."""
    if len(text) > 4 * limit:
        text = text[: 4 * limit]
    if not text.isascii() or not text.isprintable():
        if "\x1b" in text or _UNFIT.search(text):
            text = _UNFIT.sub("", _SEQUENCES.sub("", text.replace("\r\n", "\n").replace("\r", "\n")))
        text = text.expandtabs(4)
    return text if len(text) <= limit else text[:limit] + " …"


def is_fit(text: str) -> bool:
    """Whether nothing in a text could act."""
    return not _UNFIT.search(text)


def safe_text(text: str) -> Content:
    """Text as it is, without markup and without escape sequences."""
    return Content(plain(text))


def safe_line(text: str, limit: int = 400) -> str:
    """Text on one line, for titles and labels."""
    line = " ".join(plain(text, 4 * limit).split())
    return line if len(line) <= limit else line[: limit - 1] + "…"


def styled_lines(lines: list[str]) -> Content:
    """Lines of `assistant.render.layout` (their few colour codes become theme styles)."""
    parts: list[str | tuple[str, str]] = []
    style = ""
    for number, piece in enumerate(_SGR.split("\n".join(lines))):
        if number % 2:
            style = _STYLES.get(piece, "")
        elif piece:
            parts.append((plain(piece), style) if style else plain(piece))
    return Content.assemble(*parts)
