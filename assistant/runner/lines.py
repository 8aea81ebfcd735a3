"""What a program wrote on its terminal, as a bounded list of lines: the pane's model, not a terminal emulator.

Kept: text, colours (SGR), `\r`, backspace, tabs, erase in line and in display, cursor moves within the last lines
(progress bars of tqdm, rich and indicatif need them). Dropped: every other control, C1 codes, OSC and other strings.
The result does not depend on how the bytes were cut into chunks. Columns count characters; a line does not wrap at
the pane's width (the drawing does that), only at `MAX_COLUMNS`.
"""

from __future__ import annotations

import codecs
import re
from itertools import islice, pairwise

from assistant.runner import sgr
from assistant.runner.history import History, Item, lines_of, plain_of, render
from assistant.runner.rows import SGR, Row

MAX_LINES = 10_000
MAX_COLUMNS = 4_096
PENDING = 4 << 20  # bytes that may wait to be worked up
REACH = 200  # how many lines above the last one the cursor may go; terminals are rarely taller

# Everything but controls; a newline is ordinary here, so that plain output needs one look at C speed.
_ORDINARY = bytes(set(range(256)) - (set(range(32)) - {10}) - {127})
_NOT_SGR = re.compile(rb"\x1b(?!\[[\d;:]{0,64}m)")
_TOKEN = re.compile(
    r"(?P<text>[^\x00-\x1f\x7f-\x9f]+)"
    r"|\x1b\[(?P<params>[0-?]{0,64})[ -/]{0,4}(?P<final>[@-~])"
    r"|(?P<string>\x1b[\]PX^_])"
    r"|\x1b[ -/]{0,4}(?![\[\]PX^_])[0-~]"
    r"|(?P<control>[\x00-\x1f\x7f-\x9f])",
)
# What may still become an escape sequence when more bytes come.
_UNFINISHED = re.compile(rb"\x1b(?:\[[0-?]{0,64}[ -/]{0,4}|[ -/]{0,4})?\Z")
_STRING_END = re.compile("[\x07\x18\x1a\x1b\n\r]")
_FULL_SCREEN = ("?1049", "?1047", "?47")


class LineModel:
    """Feed it bytes; read `line(index)` for the lines that are visible. Not thread-safe: one owner.

    Feeding only keeps the bytes (at most `PENDING`); they are worked up when somebody looks, so that lines which nobody
    could have seen cost next to nothing. `version` changes with each feed.
    """

    def __init__(self, max_lines: int = MAX_LINES) -> None:
        self.max_lines = max(max_lines, REACH + 1)
        self.version = 0
        self._old = History()
        self._rows: list[Item] = [""]  # what the cursor can reach, and some more
        self._total = 1
        self._full_screen = False
        self._up = 0  # how far the cursor is above the last line
        self._column = 0
        self._style = ""
        self._page = 0  # absolute number of the line that cursor addressing calls the first
        self._in_string = False
        self._pending: list[bytes] = []
        self._size = 0
        self._held = b""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def feed(self, data: bytes) -> None:
        """Take what the program wrote; any cut is right, also inside a character or a sequence."""
        self.version += 1
        self._pending.append(data)
        self._size += len(data)
        if self._size >= PENDING:
            self._settle()

    def __len__(self) -> int:
        self._settle()
        return self._old.count + len(self._rows)

    def line(self, index: int) -> str:
        """A line as text with SGR sequences only; each is complete in itself."""
        count = len(self)
        if index < 0:
            index += count
        if not 0 <= index < count:
            raise IndexError(f"there are {count} lines")
        old = self._old.count
        return render(self._rows[index - old] if index >= old else self._old.item(index))

    def plain(self, index: int) -> str:
        """A line without colours."""
        return SGR.sub("", self.line(index)).rstrip(" ")

    def lines(self, start: int = 0, stop: int | None = None) -> list[str]:
        """Several lines, cheaply for those near the end."""
        return [self.line(index) for index in range(*slice(start, stop).indices(len(self)))]

    def text(self) -> str:
        """All lines without colours."""
        return "\n".join(self.plain(index) for index in range(len(self)))

    @property
    def total(self) -> int:
        """How many lines were begun so far, those that are no longer kept included."""
        self._settle()
        return self._total

    @property
    def full_screen(self) -> bool:
        """Whether the program asked for the whole screen: it needs a real terminal."""
        self._settle()
        return self._full_screen

    @property
    def cursor(self) -> tuple[int, int]:
        """Line index and column where the next character goes."""
        return len(self) - 1 - self._up, self._column

    def _settle(self) -> None:
        """Work up what was fed."""
        if not self._pending:
            return
        data = b"".join((self._held, *self._pending))
        self._pending.clear()
        self._size = 0
        self._held = b""
        self._take(data)
        self._put_away()

    def _put_away(self) -> None:
        """Lines out of the cursor's reach go to the history, and its oldest ones go altogether."""
        if len(self._rows) > min(3 * REACH, self.max_lines):
            self._old.add_items(self._rows[: -REACH - 1])
            del self._rows[: -REACH - 1]
        self._old.keep(self.max_lines - len(self._rows))

    def _take(self, data: bytes) -> None:
        if data.endswith(b"\r") or b"\x1b" in data[-80:]:
            data = self._hold_back(data)
        if not self._in_string and not self._up and self._at_end():
            controls = data.translate(None, _ORDINARY)
            returns = controls.count(b"\r")
            escapes = controls.count(b"\x1b")
            if (
                returns + escapes == len(controls)
                and returns == data.count(b"\r\n")
                and not (escapes and _NOT_SGR.search(data))
                and not _has_long_line(data)
            ):
                self._take_lines(data)
                return
        self._take_tokens(self._decoder.decode(data))

    def _at_end(self) -> bool:
        row = self._rows[-1]
        if isinstance(row, str):
            return len(row) == self._column
        if isinstance(row, tuple):
            row = Row(row[1], row[0])
            self._rows[-1] = row
        return len(row.chars) == self._column

    def _hold_back(self, data: bytes) -> bytes:
        """Keep a `\\r` (half of `\\r\\n`?) and an unfinished escape sequence for the next feed."""
        match = _UNFINISHED.search(data, max(0, len(data) - 80))
        cut = match.start() if match else len(data) - data.endswith(b"\r")
        self._held = data[cut:]
        return data[:cut]

    # Plain text, line ends and colours only: whole lines at once.

    def _take_lines(self, data: bytes) -> None:
        end = data.find(b"\n") + 1
        self._take_tokens(self._decoder.decode(data[:end] if end else data))
        rest = data[end:] if end else b""
        count = rest.count(b"\n")
        if not rest:
            return
        if count > REACH:
            # Lines that the cursor cannot reach any more stay raw until somebody scrolls to them.
            head = rest[: -sum(len(line) + 1 for line in rest.rsplit(b"\n", REACH)[1:])]
            rest = rest[len(head) + 1 :]
            self._old.add_items(self._rows[:-1])
            self._style = self._old.add_raw(head, self._style)
            self._rows = [""]
        items, self._style = lines_of(self._decoder.decode(rest), self._style)
        self._rows[-1:] = items
        self._total += count
        self._column = len(SGR.sub("", plain_of(items[-1])))

    # Anything else: token by token.

    def _take_tokens(self, text: str) -> None:
        if text.count("\r") > 16:
            text = _without_overwritten(text)
        at, end = 0, len(text)
        while at < end:
            if self._in_string:
                stop = _STRING_END.search(text, at)
                if stop is None:
                    return
                self._in_string = False
                at = stop.start() + (stop[0] in "\x07\x18\x1a")
                continue
            match = _TOKEN.match(text, at)
            if match is None:  # cannot be: every character is text or a control
                at += 1
                continue
            at = match.end()
            if match["text"] is not None:
                self._write(match["text"])
            elif match["final"] is not None:
                self._csi(match["final"], match["params"])
            elif match["string"] is not None:
                self._in_string = True
            elif match["control"] is not None:
                self._control(match["control"])

    def _row(self) -> Row:
        """The cursor's line, in the form that can be written into."""
        index = len(self._rows) - 1 - self._up
        row = self._rows[index]
        if not isinstance(row, Row):
            row = Row(row) if isinstance(row, str) else Row(row[1], row[0])
            self._rows[index] = row
        return row

    def _write(self, text: str) -> None:
        at = 0
        while at < len(text):
            if self._column >= MAX_COLUMNS:
                self._newline()
            part = text[at : at + MAX_COLUMNS - self._column]
            last = self._rows[-1]
            if not self._up and not self._style and isinstance(last, str) and len(last) == self._column:
                self._rows[-1] = last + part
            else:
                self._row().write(self._column, part, self._style)
            self._column += len(part)
            at += len(part)

    def _newline(self) -> None:
        self._column = 0
        if self._up:
            self._up -= 1
        else:
            self._rows.append("")
            self._total += 1
            if len(self._rows) > 8 * REACH:
                self._put_away()

    def _control(self, char: str) -> None:
        if char == "\n":
            self._newline()
        elif char == "\r":
            self._column = 0
        elif char == "\b":
            self._column = max(0, self._column - 1)
        elif char == "\t":
            target = min((self._column // 8 + 1) * 8, MAX_COLUMNS)
            self._row().pad(target)
            self._column = target

    def _move(self, lines: int) -> None:
        """Down for positive; never above the reach nor below the last line."""
        self._up = min(max(self._up - lines, 0), REACH, len(self._rows) - 1)

    def _csi(self, final: str, params: str) -> None:
        if final == "m":
            if not params.startswith((">", "?", "<", "=")):
                self._style = sgr.apply(self._style, params)
            return
        if params[:1] in "?<=>" and params:
            if final == "h" and params in _FULL_SCREEN:
                self._full_screen = True
            return
        numbers = [int(part) if part.isdecimal() and len(part) < 5 else 0 for part in params.split(";")]
        count = max(numbers[0], 1)
        if final in "AF":
            self._move(-count)
        elif final in "BE":
            self._move(count)
        elif final == "C":
            self._column = min(self._column + count, MAX_COLUMNS - 1)
        elif final == "D":
            self._column = max(self._column - count, 0)
        elif final in "G`":
            self._column = min(count, MAX_COLUMNS) - 1
        elif final in "Hf":
            self._go_to(count, min(max(numbers[1] if len(numbers) > 1 else 1, 1), MAX_COLUMNS) - 1)
        elif final == "d":
            self._go_to(count, self._column)
        elif final == "K":
            self._erase_line(numbers[0])
        elif final == "J":
            self._erase_display(numbers[0])
        elif final == "X":
            self._row().blank(self._column, self._column + count)
        elif final == "P":
            row = self._row()
            del row.chars[self._column : self._column + count], row.styles[self._column : self._column + count]
        elif final == "@":
            row = self._row()
            if self._column < len(row.chars):
                room = max(0, min(count, MAX_COLUMNS - len(row.chars)))
                row.chars[self._column : self._column] = " " * room
                row.styles[self._column : self._column] = [""] * room
        if final in "EF":
            self._column = 0

    def _go_to(self, line: int, column: int) -> None:
        """Cursor addressing counts from the page's first line; lines that are missing are added."""
        first = max(self._page - (self._total - len(self._rows)), len(self._rows) - REACH, 0)
        target = first + min(line, REACH) - 1
        while len(self._rows) <= target:
            self._rows.append("")
            self._total += 1
        self._up = min(max(len(self._rows) - 1 - target, 0), REACH)
        self._column = column

    def _erase_line(self, mode: int) -> None:
        row = self._row()
        if mode == 0:
            row.blank(self._column, len(row.chars))
        elif mode == 1:
            row.blank(0, self._column + 1)
        elif mode == 2:
            row.blank(0, len(row.chars))

    def _erase_display(self, mode: int) -> None:
        if mode == 0:
            self._erase_line(0)
            for index in range(len(self._rows) - self._up, len(self._rows)):
                self._rows[index] = ""
        elif mode == 1:
            self._erase_line(1)
            for index in range(max(0, len(self._rows) - 1 - REACH), len(self._rows) - 1 - self._up):
                self._rows[index] = ""
        elif mode in (2, 3):
            # A cleared screen starts a new page: what was shown before stays above it.
            self._up = 0
            if render(self._rows[-1]):
                self._rows.append("")
                self._total += 1
            self._page = self._total - 1
            self._column = 0


def _has_long_line(data: bytes) -> bool:
    """Whether a line may need more than `MAX_COLUMNS`, tabs counted as eight. Leaps from line end to line end."""
    limit = MAX_COLUMNS // 8
    at = 0
    while at + limit < len(data):
        end = data.rfind(b"\n", at, at + limit + 1)
        if end < 0:
            return True
        at = end + 1
    return False


def _without_overwritten(text: str) -> str:
    """Leave out what a bar wrote between two `\\r` when the next text covers it whole."""
    parts = text.split("\r")
    kept = [parts[0]]
    for part, following in pairwise(parts[1:]):
        covered = len(part) <= len(following) <= MAX_COLUMNS and part.isprintable() and following.isprintable()
        if not covered:
            kept.append(part)
    kept += parts[1:][-1:]
    return "\r".join(kept)


def strip_controls(text: str) -> str:
    """Foreign text as one would read it: no escape sequences, `\r` and backspaces resolved."""
    model = LineModel()
    model.feed(text.encode("utf-8", "replace"))
    return model.text()


def tail(data: bytes, count: int) -> list[str]:
    """The last lines of an output, without colours."""
    model = LineModel()
    model.feed(data)
    last = [line for line in model.text().split("\n") if line.strip()]
    return list(islice(last, max(0, len(last) - count), None))
