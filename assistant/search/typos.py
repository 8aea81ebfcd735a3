"""The nearest known word for one that no entry holds. Imports rapidfuzz: only questions with a strange word come here."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST = 4  # shorter words have too many neighbours to be guessed


def nearest_form(word: str, index: dict[str, Any]) -> str:
    """The known word within one edit (two from eight letters on), the commoner one first; empty where there is none."""
    if len(word) < SHORTEST or not word.replace("-", "").isalpha():
        return ""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    limit = 1 if len(word) < 8 else 2
    forms: dict[str, int] = index["forms"]
    candidates = [form for form in forms if abs(len(form) - len(word)) <= limit and len(form) >= SHORTEST - 1 and form[0] in (word[0], word[1])]
    found = extract(word, candidates, scorer=OSA.distance, score_cutoff=limit, limit=8)
    if not found:
        return ""
    idf: list[float] = index["idf"]
    return str(min(found, key=lambda item: (item[1], item[0][0] != word[0], idf[forms[item[0]]]))[0])
