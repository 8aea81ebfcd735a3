"""Error output -> the problems that it shows, the root cause first.

Each signature has a literal that every match must hold; only where that literal is in the output is the regular
expression compiled and tried, so that a megabyte of output costs little more than a few hundred substring searches.
"""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.content.models import Entry, Signature
from assistant.dialogue.clean import clean_output

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.search.library import Library

MAX_LINES_MATCHED = 40_000  # different lines that a pattern without a sure literal is tried on
MAX_LINES_TRIED = 400  # lines with its literal that a pattern is tried on
MAX_PLACES_TRIED = 60  # places in a long output around which a pattern over several lines is tried
NEAR = 32_000  # characters around such a place
MAX_REJOINED = 20_000  # characters of an output whose lines are joined again where a terminal broke them
NARROWEST, USUAL_WIDTHS = 50, (80, 100, 120)  # columns of a terminal
FEW_LINES = 8  # up to so many lines may be one message that was wrapped between words
MAX_RETYPED = 400  # characters of a message that may be an error typed from memory
SURE_LENGTH = 14  # letters of an error that a retyped message has to hold


class Diagnosis(Frozen):
    """A problem that was recognised: its entry, the values its signature caught, the line that gave it away."""

    entry: Entry
    slots: dict[str, str]
    evidence: str
    score: float


class _Output:
    """A cleaned output in the views that matching needs, each made once."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lowered = text.lower()
        self.squeezed = " ".join(self.lowered.split())
        self._lines: list[str] | None = None
        self._excused: dict[str, bool] = {}

    @property
    def lines(self) -> list[str]:
        """The different lines, in order; progress bars and repeated warnings count once."""
        if self._lines is None:
            self._lines = list(dict.fromkeys(self.text.split("\n")))[:MAX_LINES_MATCHED]
        return self._lines

    def excused(self, patterns: tuple[str, ...]) -> bool:
        """Whether the output holds one of the patterns that keep a signature from matching; many share the same ones."""
        for pattern in patterns:
            if pattern not in self._excused:
                self._excused[pattern] = bool(re.search(pattern, self.text, re.IGNORECASE))
        return any(self._excused[pattern] for pattern in patterns)

    def holds(self, sets: list[list[str]], view: str) -> bool:
        """Whether one text of every set is in a view of it."""
        return all(any(literal in view for literal in literals) for literals in sets)

    def lines_with(self, literals: list[str]) -> list[str]:
        """The lines that hold one of the texts; all lines where that cannot be told line by line."""
        found: dict[str, None] = {}
        for literal in literals:
            at = self.lowered.find(literal)
            while at >= 0 and len(found) < MAX_LINES_TRIED:
                start = self.text.rfind("\n", 0, at) + 1
                end = self.text.find("\n", at)
                end = len(self.text) if end < 0 else end
                found[self.text[start:end]] = None
                at = self.lowered.find(literal, end)
        return list(found) or self.lines


def diagnose(output: str, library: Library) -> list[Diagnosis]:
    """The problems in `output`, the likeliest root cause first; empty where none is recognised."""
    text = clean_output(output)
    found = _diagnose(text, library)
    if len(text) > MAX_REJOINED:
        return found
    for joined in _rejoined(text, broken_only=bool(found)):
        better = _diagnose(joined, library)
        if better and (not found or better[0].score > found[0].score):
            found = better
    return found


def _rejoined(text: str, *, broken_only: bool) -> Iterator[str]:
    """The text with lines put together again: those that a terminal broke at its edge, then a short one as a whole.

    With `broken_only` it must look broken: several lines end at the same column, far to the right.
    """
    lines = text.strip().split("\n")
    if len(lines) < 2:
        return
    edge = max(map(len, lines))
    full = sum(len(line) == edge for line in lines[:-1])
    if not broken_only or (full >= 2 and edge >= NARROWEST) or (full and edge in USUAL_WIDTHS):
        yield "".join(line if len(line) == edge else f"{line}\n" for line in lines)
    if not broken_only and len(lines) <= FEW_LINES:
        yield " ".join(line.strip() for line in lines)


def _diagnose(text: str, library: Library) -> list[Diagnosis]:
    seen = _Output(text)
    if not seen.squeezed:
        return []
    found: dict[int, Diagnosis] = {}
    for sets, number, index in library.index["signatures"]:
        # Wrapped lines break a literal text; a pattern is for single lines, or says itself what it spans.
        if not seen.holds(sets, seen.lowered) and not (len(sets) == 1 and seen.holds(sets, seen.squeezed)):
            continue
        entry = library.entry(number)
        match = _match(entry.signatures[index], sets[0] if sets else [], seen)
        if match is None:
            continue
        evidence, slots, strength = match
        earlier = found.get(number)
        score = entry.rank + strength
        if earlier is None or score > earlier.score:
            kept = {**(earlier.slots if earlier else {}), **slots}
            found[number] = Diagnosis(entry=entry, slots=kept, evidence=evidence, score=score)
        elif slots:
            found[number] = earlier.replace(slots={**slots, **earlier.slots})
    return sorted(found.values(), key=lambda item: -item.score)


def _match(signature: Signature, literals: list[str], seen: _Output) -> tuple[str, dict[str, str], float] | None:
    """(the line that shows it, named values, strength 0..10), or None."""
    match = _find(signature, literals, seen)
    return None if match and seen.excused(signature.unless) else match


def _find(signature: Signature, literals: list[str], seen: _Output) -> tuple[str, dict[str, str], float] | None:
    if signature.text:
        literal = literals[0]
        at = seen.lowered.find(literal[:40])
        return _line_at(seen.text, max(at, 0)), {}, min(10.0, len(literal) / 8)
    compiled = re.compile(signature.regex, re.IGNORECASE | re.MULTILINE)
    if signature.lines:
        found = _search_near(compiled, literals, seen)
    else:
        found = next((match for line in seen.lines_with(literals) if (match := compiled.search(line))), None)
    if found is None:
        return None
    slots = {name: value.strip() for name, value in found.groupdict().items() if value and value.strip()}
    # Where several lines make it sure, the last one names the fault.
    last = found.start() + len(found[0].rstrip()) - 1
    return _line_at(found.string, max(last, found.start())), slots, min(10.0, len(found[0]) / 8)


def _search_near(compiled: re.Pattern[str], literals: list[str], seen: _Output) -> re.Match[str] | None:
    """A match over several lines: looked for around its literals where the output is long."""
    if len(seen.text) <= NEAR or not literals:
        return compiled.search(seen.text)
    for literal in literals:
        at, tried = seen.lowered.find(literal), 0
        while at >= 0 and tried < MAX_PLACES_TRIED:
            found = compiled.search(seen.text, max(0, at - NEAR // 2), at + NEAR // 2)
            if found:
                return found
            tried += 1
            at = seen.lowered.find(literal, at + NEAR // 4)
    return None


def _line_at(text: str, position: int) -> str:
    start = text.rfind("\n", 0, position) + 1
    end = text.find("\n", position)
    return text[start : end if end >= 0 else len(text)].strip()


def retyped(text: str, library: Library) -> list[Diagnosis]:
    """The problems that a one-line message names in an error's own words, without its quotes and colons."""
    if "\n" in text or not SURE_LENGTH <= len(text) <= MAX_RETYPED:
        return []
    lowered = clean_output(text).lower()
    words = _plain(lowered)
    found: dict[int, Diagnosis] = {}
    for sets, number, index in library.index["signatures"]:
        if not sets or _held(lowered, sets) < SURE_LENGTH - 2:
            continue
        entry = library.entry(number)
        evidence, slots = _retyped_as(entry.signatures[index], lowered, words)
        score = entry.rank + min(10.0, len(evidence) / 8)
        if evidence and (number not in found or score > found[number].score):
            found[number] = Diagnosis(entry=entry, slots=slots, evidence=evidence, score=score)
    return sorted(found.values(), key=lambda item: -item.score)


def _held(lowered: str, sets: list[list[str]]) -> int:
    """How many letters of a signature's sure texts the message holds; 0 where it lacks one of them."""
    length = 0
    for literals in sets:
        found = [len(text) for literal in literals if (text := literal.strip(_PUNCTUATION))[:12] in lowered]
        if not found:
            return 0
        length += max(found)
    return length


def _retyped_as(signature: Signature, lowered: str, words: str) -> tuple[str, dict[str, str]]:
    """(the words that are the error's, named values); empty where the message does not hold it."""
    if signature.text:
        plain = _plain(signature.text.lower()).strip()
        return (plain, {}) if len(plain) >= SURE_LENGTH and f" {plain}" in words else ("", {})
    match = None if signature.lines else re.compile(_loosened(signature.regex), re.IGNORECASE).search(lowered)
    if match is None or sum(map(str.isalpha, match[0])) < SURE_LENGTH:
        return "", {}
    return match[0].strip(), {
        name: value.strip() for name, value in match.groupdict().items() if value and value.strip()
    }


_PUNCTUATION = " '\"`:,.;!?()[]{}<>*×│╰─>"
_SPACES = str.maketrans(dict.fromkeys("'\"`:,.;!?()[]{}<>/\\|*=", " "))


def _plain(text: str) -> str:
    return f" {' '.join(text.translate(_SPACES).split())} "


def _loosened(pattern: str) -> str:
    """The pattern with quotes, colons, commas and single wildcards (they stand for quotes) that may be left out."""
    if "(?<" in pattern:  # what is looked back at has a fixed width
        return pattern
    loose: list[str] = []
    inside = escaped = False
    for place, char in enumerate(pattern):
        loose.append(char)
        if escaped or char == "\\":
            escaped = not escaped
        elif char in "[]":
            inside = char == "["
        elif not inside and char in "'\"`:,." and pattern[place + 1 : place + 2] not in ("?", "*", "+", "{"):
            after_group_mark = pattern[max(0, place - 2) : place].endswith("(?")
            if not after_group_mark and not _in_braces(pattern, place):
                loose.append("?")
    return "".join(loose)


def _in_braces(pattern: str, place: int) -> bool:
    """Whether a comma is that of a count such as {1,80}."""
    return pattern[place] == "," and pattern.rfind("{", 0, place) > pattern.rfind("}", 0, place)
