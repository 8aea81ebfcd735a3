"""Mends misspelt words by the nearest known word that goes with the rest of the question.

One edit away is found by making the neighbours and looking them up; only for a long word that is two edits off is
rapidfuzz imported, which costs more than all the rest of an answer.
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
LETTERS = "abcdefghijklmnopqrstuvwxyz"
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
    forms: dict[str, int] = index["forms"]
    anchors = index["lexicon"]["anchors"]
    short = len(word) < SHORTEST
    around = neighbours(word)
    if short:
        around = {form for form in around if len(form) > len(word)}

    def fit_of(form: str, edits: int) -> float:
        """How likely the form is meant; 0 where it does not go with the rest."""
        fit = 1.0 if form in cues else _fit(forms[form], others, index)
        if not short and edits == 1:
            fit = max(fit, ANCHOR_FIT if form in anchors else LONG_FIT if len(word) >= LONG - 1 else 0.0)
        if fit < (LEAST_FIT_SHORT if short else LEAST_FIT):
            return 0.0
        rareness = RARENESS * float(index["idf"][forms[form]])
        return fit - PER_EDIT * (edits - 1) - OTHER_START * (form[0] != word[0]) - rareness

    known = [form for form in around if form in forms and len(form) >= SHORTEST and form.isalpha()]
    best = max(known, key=lambda form: (fit_of(form, 1), form), default="")
    best_fit = fit_of(best, 1) if best else 0.0
    if best_fit < STOP_FIT:
        stop = min(around & STOP_WORDS, key=lambda form: (form[0] != word[0], form), default="")
        if stop and len(stop) >= SHORTEST - 1:
            return stop
    if best_fit > 0:
        return best
    if len(word) < LONG:
        return ""
    far = [form for form in _two_edits_away(word, forms) if fit_of(form, 2) > 0]
    return max(far, key=lambda form: (fit_of(form, 2), form), default="")


def neighbours(word: str) -> set[str]:
    """All texts that are one edit away: a letter dropped, added or replaced, two neighbours swapped."""
    parts = [(word[:place], word[place:]) for place in range(len(word) + 1)]
    found = {left + right[1:] for left, right in parts if right}
    found |= {left + right[1] + right[0] + right[2:] for left, right in parts if len(right) > 1}
    found |= {left + letter + right[1:] for left, right in parts if right for letter in LETTERS}
    found |= {left + letter + right for left, right in parts for letter in LETTERS}
    found.discard(word)
    return found


def _two_edits_away(word: str, forms: dict[str, int]) -> list[str]:
    """Known words two edits away that begin alike: from the start on, two edits make another word ("inflation", "isolation")."""
    from rapidfuzz.distance import OSA
    from rapidfuzz.process import extract

    known = [form for form in forms if form[:2] == word[:2] and abs(len(form) - len(word)) <= 2 and form.isalpha()]
    return [form for form, _, _ in extract(word, known, scorer=OSA.distance, score_cutoff=2, limit=RIVALS)]


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
