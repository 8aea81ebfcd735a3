"""The nearest known word for one that no entry holds. Imports rapidfuzz: only questions with a strange word come here."""

from __future__ import annotations

from assistant.search.text import IGNORED, STOP_WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST = 4  # shorter words have too many neighbours to be guessed


def nearest_form(word: str, index: dict[str, Any]) -> str:
    """The known word within one edit (two from eight letters on), the commoner one first.

    `IGNORED` for a misspelt stop word, empty where nothing is near. A word of three letters is mended only where one
    letter was left out of a word that is typed all the time.
    """
    letters = sum(char.isalpha() for char in word)
    if letters < SHORTEST - 1 or letters * 2 < len(word) or not word.replace("-", "").replace("_", "").isalnum():
        return ""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    if len(word) < SHORTEST:
        common = [form for form in (*STOP_WORDS, *index["lexicon"]["anchors"]) if len(form) == len(word) + 1]
        near = sorted(form for form, _, _ in extract(word, common, scorer=OSA.distance, score_cutoff=1, limit=6))
        known = [form for form in near if form in index["forms"] and form not in STOP_WORDS]
        return known[0] if known else IGNORED if near else ""
    limit = 1 if len(word) < 8 else 2
    forms: dict[str, int] = index["forms"]
    stops = [form for form in STOP_WORDS if abs(len(form) - len(word)) <= 1 and len(form) >= SHORTEST - 1]
    if extract(word, stops, scorer=OSA.distance, score_cutoff=1, limit=1) and len(word) <= 6:
        return IGNORED
    candidates = [form for form in forms if abs(len(form) - len(word)) <= limit and len(form) >= SHORTEST - 1]
    found = extract(word, candidates, scorer=OSA.distance, score_cutoff=limit, limit=8)
    if not found:
        return ""
    idf: list[float] = index["idf"]
    return str(min(found, key=lambda item: (item[1], item[0][0] != word[0], idf[forms[item[0]]]))[0])
