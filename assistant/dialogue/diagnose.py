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
    from assistant.search.library import Library

MAX_LINES_MATCHED = 40_000  # different lines that a pattern without a sure literal is tried on
MAX_LINES_TRIED = 400  # lines with its literal that a pattern is tried on
MAX_PLACES_TRIED = 60  # places in a long output around which a pattern over several lines is tried
NEAR = 32_000  # characters around such a place


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

    @property
    def lines(self) -> list[str]:
        """The different lines, in order; progress bars and repeated warnings count once."""
        if self._lines is None:
            self._lines = list(dict.fromkeys(self.text.split("\n")))[:MAX_LINES_MATCHED]
        return self._lines

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
    seen = _Output(clean_output(output))
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
    if match and any(re.search(pattern, seen.text, re.IGNORECASE) for pattern in signature.unless):
        return None
    return match


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
    return found[0].strip().split("\n")[0], slots, min(10.0, len(found[0]) / 8)


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


_ERROR_WORD = re.compile(
    r"^\s*(?:\w+\.)*\w*(?:Error|Exception|Warning)\b\s*:|^\s*(?:error|fatal|ERROR|E)\b\s*[:\]]|^Traceback \(most recent"
    r"|: command not found|is not recognized as"
    r"|^\s*×|CondaHTTP|exit (?:code|status) [1-9]|CUDA error|failed with",
    re.MULTILINE,
)


def looks_like_output(text: str) -> bool:
    """Whether a message is pasted output: several lines, or one that starts like an error."""
    return text.count("\n") >= 2 or bool(_ERROR_WORD.search(text))
