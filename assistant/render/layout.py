"""Small Markdown and tables as lines of text: wrapped, aligned, with or without colour. No library, for a fast start."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_INLINE = re.compile(r"`([^`]+)`|\*\*([^*]+)\*\*")
_CODES = {"bold": "1", "dim": "2", "code": "36", "command": "1;36", "warn": "33", "title": "1"}
_SGR = re.compile(r"\x1b\[[0-9;]*m")


class Style:
    """How to mark words: with colour codes, or (plain) with nothing but the backticks that are there."""

    def __init__(self, colour: bool, *, accessible: bool = False) -> None:
        self.colour = colour
        self.accessible = accessible

    def mark(self, text: str, name: str) -> str:
        """Text in the style of that name."""
        return f"\x1b[{_CODES[name]}m{text}\x1b[0m" if self.colour and text else text

    def inline(self, text: str) -> str:
        """Inline Markdown: code and bold."""
        if not self.colour:
            return text.replace("**", "")
        return _INLINE.sub(lambda found: self.mark(found[1], "code") if found[1] else self.mark(found[2], "bold"), text)


def width_of(text: str) -> int:
    """Columns that a text takes (colour codes take none, wide characters two)."""
    plain = _SGR.sub("", text)
    if plain.isascii():
        return len(plain)
    import unicodedata

    wide = sum(2 if unicodedata.east_asian_width(char) in "WF" else 0 if unicodedata.combining(char) else 1 for char in plain)
    return wide


def wrap(text: str, width: int, first: str = "", rest: str = "") -> list[str]:
    """Words in lines of at most `width` columns; a word that is longer stands alone on its line."""
    lines: list[str] = []
    line, empty = first, True
    for word in text.split():
        if not empty and width_of(line) + 1 + width_of(word) > width:
            lines.append(line)
            line, empty = rest, True
        line += word if empty else f" {word}"
        empty = False
    if not empty or not lines:
        lines.append(line)
    return lines


def markdown(text: str, width: int, style: Style) -> list[str]:
    """Small Markdown (paragraphs, lists, fences, pipe tables, code, bold) as lines."""
    lines: list[str] = []
    paragraph: list[str] = []
    table: list[str] = []
    fence = False

    def flush() -> None:
        if paragraph:
            lines.extend(wrap(style.inline(" ".join(paragraph)), width))
            paragraph.clear()
        if table:
            lines.extend(pipe_table(table, width, style))
            table.clear()

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
            table.append(stripped)
        elif found := re.match(r"(\s*)([-*]|\d+\.)\s+(.*)", raw):
            flush()
            indent = " " * min(len(found[1]), 4)
            bullet = "-" if found[2] in "-*" else found[2]
            lines.extend(wrap(style.inline(found[3]), width, f"{indent}{bullet} ", f"{indent}{' ' * (len(bullet) + 1)}"))
        elif raw.startswith("  ") and lines and not paragraph and lines[-1].lstrip().startswith(("-", "1", "2", "3", "4", "5", "6", "7", "8", "9")):
            last = lines.pop()
            indent = re.match(r"\s*(?:-|\d+\.) |\s*", last)
            lead = indent[0] if indent else ""
            lines.extend(wrap(last[len(lead) :] + " " + style.inline(stripped), width, lead, " " * len(lead)))
        else:
            if table:
                flush()
            paragraph.append(stripped)
    flush()
    while lines and not lines[-1]:
        lines.pop()
    return lines


def pipe_table(rows: Sequence[str], width: int, style: Style) -> list[str]:
    """A Markdown pipe table as lines."""
    cells = [[cell.strip() for cell in row.strip().strip("|").split("|")] for row in rows]
    cells = [row for row in cells if not all(re.fullmatch(r":?-+:?", cell) for cell in row)]
    return table(tuple(cells[0]), [tuple(row) for row in cells[1:]], width, style) if cells else []


def table(heads: Sequence[str], rows: Sequence[Sequence[str]], width: int, style: Style) -> list[str]:
    """An aligned table, its cells wrapped; as sentences for a screen reader or where the columns would be too thin."""
    count = len(heads)
    if style.accessible or count < 1 or (width - 2 * (count - 1)) / count < 14:
        return _as_sentences(heads, rows, width, style)
    columns = _columns([[*heads], *[[*row] for row in rows]], width - 2 * (count - 1))
    lines = _row([style.mark(head, "bold") for head in heads], columns) if any(heads) else []
    if lines:
        lines.append("  ".join("-" * column for column in columns))
    for row in rows:
        padded = [*row, *[""] * (count - len(row))]
        lines.extend(_row([style.inline(cell) for cell in padded], columns))
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
    """Column widths: natural where everything fits, else the widest ones give way, never below their longest word (to 28)."""
    count = max(len(row) for row in rows)
    natural = [max((width_of(row[i].replace("`", "")) + row[i].count("`") for row in rows if i < len(row)), default=1) for i in range(count)]
    least = [
        min(28, max((width_of(word) for row in rows if i < len(row) for word in row[i].split()), default=1)) for i in range(count)
    ]
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
    wrapped = [_hard_wrap(cell, column) for cell, column in zip(cells, columns, strict=False)]
    height = max(len(cell) for cell in wrapped)
    lines = []
    for level in range(height):
        pieces = []
        for cell, column in zip(wrapped, columns, strict=False):
            piece = cell[level] if level < len(cell) else ""
            pieces.append(piece + " " * (column - width_of(piece)))
        lines.append("  ".join(pieces).rstrip())
    return lines


def _hard_wrap(text: str, width: int) -> list[str]:
    lines = []
    for line in wrap(text, width):
        while width_of(line) > width and "\x1b" not in line:
            lines.append(line[:width])
            line = line[width:]
        lines.append(line)
    return lines
