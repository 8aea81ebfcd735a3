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

MAX_LINES_MATCHED = 40_000


class Diagnosis(Frozen):
    """A problem that was recognised: its entry, the values its signature caught, the line that gave it away."""

    entry: Entry
    slots: dict[str, str]
    evidence: str
    score: float


def diagnose(output: str, library: Library) -> list[Diagnosis]:
    """The problems in `output`, the likeliest root cause first; empty where none is recognised."""
    text = clean_output(output)
    if not text.strip():
        return []
    lowered = text.lower()
    squeezed = " ".join(lowered.split())
    found: dict[int, Diagnosis] = {}
    for literal, number, index in library.index["signatures"]:
        if literal and literal not in squeezed and literal not in lowered:
            continue
        entry = library.entry(number)
        match = match_signature(entry.signatures[index], text, lowered, squeezed)
        if match is None:
            continue
        evidence, slots, strength = match
        earlier = found.get(number)
        score = entry.rank + strength
        if earlier is None or score > earlier.score:
            kept = {**(earlier.slots if earlier else {}), **slots}
            found[number] = Diagnosis(entry=entry, slots=kept, evidence=evidence, score=score)
        elif earlier is not None and slots:
            found[number] = earlier.replace(slots={**slots, **earlier.slots})
    return sorted(found.values(), key=lambda item: -item.score)


def match_signature(
    signature: Signature, text: str, lowered: str, squeezed: str
) -> tuple[str, dict[str, str], float] | None:
    """(the line that shows it, named values, strength 0..10), or None. `lowered` and `squeezed` are views of `text`."""
    for pattern in signature.unless:
        if re.search(pattern, text, re.IGNORECASE):
            return None
    if signature.text:
        literal = " ".join(signature.text.lower().split())
        if literal not in squeezed:
            return None
        at = lowered.find(literal[:40])
        return _line_at(text, max(at, 0)), {}, min(10.0, len(literal) / 8)
    flags = re.IGNORECASE | re.MULTILINE
    if signature.lines:
        found = re.search(signature.regex, text, flags)
    else:
        found = None
        compiled = re.compile(signature.regex, flags)
        for number, line in enumerate(text.split("\n")):
            if number > MAX_LINES_MATCHED:
                break
            found = compiled.search(line)
            if found:
                break
    if found is None:
        return None
    slots = {name: value.strip() for name, value in found.groupdict().items() if value and value.strip()}
    return found[0].strip().split("\n")[0], slots, min(10.0, len(found[0]) / 8)


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
