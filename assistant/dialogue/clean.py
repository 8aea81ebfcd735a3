"""Tool output as signatures expect it: no colour codes, `\\r` resolved, straight quotes, no other control characters."""

from __future__ import annotations

import re

MAX_LINE = 4_000  # characters of one line that are read; longer lines are progress bars or data
MAX_OUTPUT = 4_000_000  # characters of an output that are read: its head and its tail

_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]|\x9b[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b\x9c]{0,4000}(?:\x07|\x1b\\|\x9c)"
    r"|\x1b[PX^_][^\x1b]{0,4000}\x1b\\|\x1b[@-Z\\-_]"
)
_BACKSPACES = re.compile(r"[^\n\x08]\x08")
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")
_QUOTES = str.maketrans(
    {"‘": "'", "’": "'", "‚": "'", "‹": "'", "›": "'", "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "\xa0": " "}
)


def clean_output(text: str) -> str:
    """The output as a person saw it at the end, in plain text. Harmless to show: nothing in it can act on a terminal."""
    if len(text) > MAX_OUTPUT:
        half = MAX_OUTPUT // 2
        text = f"{text[:half]}\n{text[-half:]}"
    if "\x1b" in text or "\x9b" in text:
        text = _ESCAPES.sub("", text)
    text = text.replace("\r\n", "\n")
    for _ in range(4):
        if "\x08" not in text:
            break
        text = _BACKSPACES.sub("", text)
    if "\r" in text:
        text = "\n".join(_last_state(line) for line in text.split("\n"))
    if not text.isascii():
        text = text.translate(_QUOTES)
    text = _CONTROLS.sub("", text)
    if len(text) > MAX_LINE:
        text = "\n".join(line if len(line) <= MAX_LINE else line[:MAX_LINE] for line in text.split("\n"))
    return _unframed(text)


# What logs and mails put before each line: a time, docker's step, a quotation mark, the journal's host and process.
_FRAME = re.compile(
    r"(?:\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d+)?(?:Z|[+-]\d\d:?\d\d)? ?|#\d{1,4} (?:\d{1,6}\.\d+ ?|$)|[>|] ?(?!>)"
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,80} \S{1,80}: |\d\d:\d\d:\d\d(?:[.,]\d+)? )"
)
FRAMED = 0.7  # from this share of lines on, what stands before them is a frame and not theirs
FIRST_LINES = 200  # lines by which a frame is known


def _unframed(text: str) -> str:
    """Lines without the frame and the indentation that all of them have in common."""
    lines = text.split("\n")
    some = [line for line in lines[:FIRST_LINES] if line.strip()]
    if not some:
        return text
    if sum(bool(_FRAME.match(line)) for line in some) >= FRAMED * len(some):
        lines = [_FRAME.sub("", line, count=1) for line in lines]
        some = [line for line in lines[:FIRST_LINES] if line.strip()] or [""]
    indent = min(len(line) - len(line.lstrip(" ")) for line in some)
    return (
        "\n".join(line[indent:] if not line[:indent].strip() else line for line in lines)
        if indent
        else "\n".join(lines)
    )


def _last_state(line: str) -> str:
    """What is left of a line that was rewritten with carriage returns."""
    states = [state for state in line.split("\r") if state.strip()]
    return states[-1] if states else ""


def is_binary(text: str) -> bool:
    """Whether this is no text: NUL bytes or many undecodable characters."""
    sample = text[:4096]
    return "\0" in sample or sample.count("\ufffd") > max(8, len(sample) // 20)
