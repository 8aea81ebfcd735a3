"""Small Markdown and tables as lines of text: wrapped, aligned, with or without colour. No library: a fast start."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

# Patterns are compiled on first use: a plain answer needs few of them.
_INLINE = r"`([^`]+)`|\*\*([^*]+)\*\*"
_CODES = {"bold": "1", "dim": "2", "code": "36", "command": "1;36", "warn": "33", "title": "1"}
_SGR = r"\x1b\[[0-9;]*m"
_RESET = "\x1b[0m"
_PARTS = r"(?s:\x1b\[[0-9;]*m|.)"
_ITEM = r"(\s*)([-*]|\d+\.)\s+(.*)"


class Style:
    """How to mark words: with colour codes, or (plain) with nothing but the backticks that are there.

    `rule` is the character of the line below a table's heads.
    """

    def __init__(self, colour: bool, *, accessible: bool = False, rule: str = "-") -> None:
        self.colour = colour
        self.accessible = accessible
        self.rule = rule

    def mark(self, text: str, name: str) -> str:
        """Text in the style of that name."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def inline(self, text: str) -> str:
        """Inline Markdown: code and bold."""
        if not self.colour:
            return text.replace("**", "")
        return re.sub(
            _INLINE, lambda found: self.mark(found[1], "code") if found[1] else self.mark(found[2], "bold"), text
        )


def width_of(text: str) -> int:
    """Columns that a text takes (colour codes take none, wide characters two)."""
    plain = re.sub(_SGR, "", text) if "\x1b" in text else text
    if plain.isascii():
        return len(plain)
    import unicodedata

    zero, wide = unicodedata.combining, unicodedata.east_asian_width
    return sum(2 if wide(char) in "WF" else 0 if zero(char) else 1 for char in plain)


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Words in lines of at most `width` columns; a word that is longer stands alone on its line.

    A style that is on at a line's end is ended there and goes on in the next line, so that each line is complete in
    itself.
    """
    lines: list[str] = []
    line, empty, style = first, True, ""
    used, before = width_of(first), width_of(rest)
    for word in text.split():
        size = width_of(word)
        if not empty and used + 1 + size > width:
            lines.append(line + _RESET if style else line)
            line, used, empty = rest + style, before, True
        line += word if empty else f" {word}"
        used += size if empty else size + 1
        empty = False
        if codes := re.findall(_SGR, word) if "\x1b" in word else ():
            style = "" if codes[-1] == _RESET else codes[-1]
    if not empty or not lines:
        lines.append(line)
    return lines


def hard_wrap(line: str, width: int) -> list[str]:
    """A line in pieces of at most `width` columns, each complete in its style, cut wherever it must be."""
    if width_of(line) <= width:
        return [line]
    pieces: list[str] = []
    piece, used, style = "", 0, ""
    for part in re.findall(_PARTS, line):
        if part.startswith("\x1b"):
            style = "" if part == _RESET else part
            piece += part
            continue
        size = width_of(part)
        if used and used + size > width:
            pieces.append(piece + _RESET if style else piece)
            piece, used = style, 0
        piece += part
        used += size
    pieces.append(piece)
    return pieces


def markdown(text: str, width: int, style: Style) -> list[str]:
    """Small Markdown (paragraphs, lists, fences, pipe tables, code, bold) as lines."""
    lines: list[str] = []
    paragraph: list[str] = []
    lead, rest = "", ""  # what stands before the first and the further lines of the paragraph: a list item's mark
    rows: list[str] = []
    fence = False

    def flush() -> None:
        nonlocal lead, rest
        if paragraph:
            lines.extend(wrap(style.inline(" ".join(paragraph)), width, lead, rest))
            paragraph.clear()
        lead, rest = "", ""
        if rows:
            lines.extend(pipe_table(rows, width, style))
            rows.clear()

    for raw in text.split("\n"):
        stripped = raw.strip()
        if stripped.startswith("```"):
            flush()
            fence = not fence
        elif fence:
            lines.append("    " + style.mark(raw.rstrip(), "code"))
        elif not stripped:
            flush()
            if lines and lines[-1]:
                lines.append("")
        elif stripped.startswith("|"):
            if paragraph:
                flush()
            rows.append(stripped)
        elif found := re.match(_ITEM, raw):
            flush()
            bullet = "-" if found[2] in "-*" else found[2]
            lead = " " * min(len(found[1]), 4) + bullet + " "
            rest = " " * len(lead)
            paragraph.append(found[3])
        else:
            if rows or (lead and not raw.startswith("  ")):
                flush()
            paragraph.append(stripped)
    flush()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def pipe_table(rows: Sequence[str], width: int, style: Style) -> list[str]:
    """A Markdown pipe table as lines; `\\|` is a bar inside a cell."""
    cells = [_pipe_cells(row) for row in rows]
    cells = [row for row in cells if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return table(tuple(cells[0]), [tuple(row) for row in cells[1:]], width, style) if cells else []


def _pipe_cells(row: str) -> list[str]:
    bare = re.sub(r"(?<!\\)\|$", "", row.strip().removeprefix("|"))
    return [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", bare)]


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, style: Style) -> list[str]:
    """An aligned table, its cells wrapped; as sentences for a screen reader or where the columns would be too thin."""
    count = len(heads)
    if style.accessible or count < 1 or (width - 2 * (count - 1)) / count < 14:
        return _as_sentences(heads, rows, width, style)
    marked = [[style.inline(cell) for cell in [*row, *[""] * (count - len(row))][:count]] for row in rows]
    if not heads[0] and count > 1:  # the first column names the rows
        marked = [[style.mark(label, "dim"), *cells] for label, *cells in marked]
    columns = _columns([[*heads], *marked], width - 2 * (count - 1))
    lines = _row([style.mark(head, "bold") for head in heads], columns) if any(heads) else []
    if lines:
        lines.append("  ".join(style.rule * column for column in columns))
    for cells in marked:
        lines.extend(_row(cells, columns))
    return lines


def _as_sentences(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, style: Style) -> list[str]:
    lines: list[str] = []
    for row in rows:
        if heads and not heads[0]:
            pairs = ". ".join(f"{head}: {cell}" for head, cell in zip(heads[1:], row[1:], strict=False) if cell)
            lines.extend(wrap(style.inline(f"{row[0]}. {pairs}."), width, "- ", "  "))
        else:
            pairs = ". ".join(f"{head}: {cell}" for head, cell in zip(heads, row, strict=False) if cell)
            lines.extend(wrap(style.inline(f"{pairs}."), width, "- ", "  "))
    return lines


def _columns(rows: list[list[str]], available: int) -> list[int]:
    """Column widths: natural where everything fits, else the widest give way, not below their longest word (to 28)."""
    count = len(rows[0])
    natural = [max(width_of(row[i]) for row in rows) for i in range(count)]
    least = [min(28, max((width_of(word) for row in rows for word in row[i].split()), default=1)) for i in range(count)]
    widths = [max(1, value) for value in natural]
    while sum(widths) > available:
        slack = [(widths[i] - least[i], i) for i in range(count)]
        most, index = max(slack)
        if most <= 0:
            index = max(range(count), key=lambda i: widths[i])
            if widths[index] <= 8:
                break
        widths[index] -= 1
    return widths


def _row(cells: list[str], columns: list[int]) -> list[str]:
    wrapped = [
        [piece for line in wrap(cell, column) for piece in hard_wrap(line, column)]
        for cell, column in zip(cells, columns, strict=True)
    ]
    height = max(len(cell) for cell in wrapped)
    lines = []
    for level in range(height):
        pieces = []
        for cell, column in zip(wrapped, columns, strict=True):
            piece = cell[level] if level < len(cell) else ""
            pieces.append(piece + " " * (column - width_of(piece)))
        lines.append("  ".join(pieces).rstrip())
    return lines
