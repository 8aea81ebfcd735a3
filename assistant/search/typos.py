"""Mends misspelt words by the nearest known word that goes with the rest of the question.

Imports rapidfuzz: only questions with a strange word come here.
"""

from __future__ import annotations

import re

from assistant.search.text import STOP_WORDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

SHORTEST = 4  # shorter words have too many neighbours to be guessed, unless one letter is missing
LONG = 8  # letters from which on two edits are one typo
MOST = 8  # strange words that are looked at; a text with more is no misspelt question
RIVALS = 12  # nearest words that are compared
HIGHEST_WEIGHT = 5.5
CUES = ("called", "named", "env", "environment")

# How well a reading must go with the other words (0..1, see `_fit`), and what is taken off for how unlikely it is.
LEAST_FIT = 0.15
LEAST_FIT_SHORT = 0.5
STOP_FIT = 0.5  # what a stop word fits: it goes with everything
ANCHOR_FIT = 0.6  # at least, for a word that makes a question ours
LONG_FIT = 0.4  # at least, for a long word: few others are as near
PER_EDIT = 0.25
OTHER_START = 0.06
RARENESS = 0.02  # taken off per unit of idf: the commoner word is likelier


def mend(strange: list[str], terms: dict[int, float], index: dict[str, Any]) -> dict[str, str]:
    """Known words for misspelt ones. Words that name an action come alone: they tell which of the others are names."""
    found: dict[str, str] = {}
    others = _held(terms, index)
    cues = _cues(index)
    acting: dict[str, str] = {}
    everyday = set(index["lexicon"]["everyday"])
    for word in [word for word in dict.fromkeys(strange) if word not in everyday][:MOST]:
        better = _nearest(word, others, cues, index)
        if better:
            found[word] = better
            if better in cues:
                acting[word] = better
    return acting or found


def with_mended(text: str, mended: dict[str, str]) -> str:
    """The text with each misspelt word replaced."""
    for old, new in mended.items():
        text = re.sub(rf"(?<![a-z0-9]){re.escape(old)}(?![a-z0-9])", new, text, flags=re.IGNORECASE)
    return text


def _cues(index: dict[str, Any]) -> set[str]:
    actions = index["lexicon"]["actions"]
    return {form for bags in actions.values() for bag in bags if len(bag) == 1 for form in bag[0]} | set(CUES)


def _held(terms: dict[int, float], index: dict[str, Any]) -> dict[int, float]:
    """For each entry the weight of the question's known words that it holds."""
    held: dict[int, float] = {}
    for term, weight in terms.items():
        own = min(index["idf"][term], HIGHEST_WEIGHT) * weight
        for item in index["postings"][term].split():
            number, _, value = item.partition(":")
            held[int(number)] = held.get(int(number), 0.0) + own * min(1.0, int(value) / 200)
    return held


def _nearest(word: str, others: dict[int, float], cues: set[str], index: dict[str, Any]) -> str:
    letters = sum(char.isalpha() for char in word)
    if letters < SHORTEST - 1 or letters * 2 < len(word) or not word.isalnum():
        return ""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    forms: dict[str, int] = index["forms"]
    anchors = index["lexicon"]["anchors"]
    short = len(word) < SHORTEST
    limit = 2 if len(word) >= LONG else 1

    def near(known: list[str], distance: int) -> list[tuple[str, int]]:
        return [
            (form, int(edits))
            for form, edits, _ in extract(word, known, scorer=OSA.distance, score_cutoff=distance, limit=RIVALS)
        ]

    if short:
        stops = [form for form in STOP_WORDS if len(form) == len(word) + 1]
        known = [form for form in forms if len(form) == len(word) + 1 and form not in STOP_WORDS]
    else:
        stops = [form for form in STOP_WORDS if abs(len(form) - len(word)) <= 1 and len(form) >= SHORTEST - 1]
        known = [
            form for form in forms if abs(len(form) - len(word)) <= limit and len(form) >= SHORTEST and form.isalpha()
        ]
    best, best_fit = "", 0.0
    for form, edits in near(known, limit):
        fit = 1.0 if form in cues else _fit(forms[form], others, index)
        if not short and edits == 1:
            fit = max(fit, ANCHOR_FIT if form in anchors else LONG_FIT if len(word) >= LONG - 1 else 0.0)
        if fit < (LEAST_FIT_SHORT if short else LEAST_FIT):
            continue
        if edits > 1 and form[:2] != word[:2]:
            continue  # two edits from the start on make another word of it ("inflation", "isolation")
        fit -= PER_EDIT * (edits - 1) + OTHER_START * (form[0] != word[0]) + RARENESS * index["idf"][forms[form]]
        if fit > best_fit:
            best, best_fit = form, fit
    if best_fit < STOP_FIT:
        stop = min((form for form, _ in near(stops, 1)), key=lambda form: (form[0] != word[0], form), default="")
        return stop or best
    return best


def _fit(term: int, others: dict[int, float], index: dict[str, Any]) -> float:
    """How well a word goes with the others: the share of their weight in the best entry that holds it too."""
    if not others:
        return 1.0
    top = max(others.values())
    best = 0.0
    for item in index["postings"][term].split():
        number, _, value = item.partition(":")
        best = max(best, others.get(int(number), 0.0) * min(1.0, int(value) / 200))
    return best / top
