"""Ranks entries for a question by several signals and says how sure it is.

Signals, each between 0 and 1: `phrase` (best agreement with one of the entry's phrasings), `bm25` (BM25F over its
fields, relative to the best entry), `cover` (share of the question's weight that the entry holds), `frame` (action,
object, tool and kind agree; about -0.5 to 0.5), `exact` (the words of one phrasing and nothing else), `wording` (like
`phrase`, with the function words: "why X" is not "where is X").
"""

from __future__ import annotations

import math

from assistant.content.frozen import Frozen
from assistant.search.text import FUNCTION_WORDS, STOP_WORDS
from assistant.search.understand import Frame, Query

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FUNCTION_WEIGHTS = tuple(FUNCTION_WORDS.values())
WORDING = 1.0  # weight of the signal
K1 = 9.0  # saturation, in units of the fields' weighted counts
HIGHEST_IDF = 5.5  # one rare word must not outweigh all others of a question
POOL = 60  # entries that are looked at closely
TOO_FEW = 2  # words that say too little to be somebody's wording
SAID = 1.1  # for an entry of which a phrasing has just the question's words
PLAIN_TASK = 1.0  # for the task that the question is, word for word
THESE_TOOLS = 0.25  # for a comparison of just the tools that are named; taken off one that leaves one of them out
BARE_WORD = 0.6  # for a word's definition, where the question is that word alone
WHOLE = 0.99  # from here on a phrasing stands in the question, whatever else it says
QUOTED = 0.15  # for a problem of which a whole phrasing stands in a complaint
TAKES_VALUE = 0.1  # for a value of the question ("cu126") that the entry's commands have a place for
OTHER_TOOL = 0.2  # taken off a problem of another tool than the one named
OTHER_SUBJECT = 0.2  # taken off where an entry's subject is not named by any word of the question
MENDED_LOSS = 0.3
PER_ANCHORS = (0.0, 2.5, 4.75, 5.6)  # for none, one, two, three words that make a question ours
MENDED_DOUBT = 0.1  # of an unknown word: one that may be misspelt, or a word of another subject
UNKNOWN_WEIGHT = 0.75  # of the rarest known word's weight: a strange word counts, but less than a known rare one


class Ranked(Frozen):
    """An entry with its score, how sure we are that it answers (0..1), and the signals behind both."""

    number: int
    score: float
    confidence: float
    signals: dict[str, float]


def rank(query: Query, index: dict[str, Any], limit: int = 8) -> list[Ranked]:
    """The best entries first; empty where no word of the question is known."""
    terms = query.terms
    if not terms:
        return []
    idf: list[float] = index["idf"]
    weights = {term: min(idf[term], HIGHEST_IDF) * weight for term, weight in terms.items()}
    scores: dict[int, float] = {}
    held: dict[int, float] = {}
    for term, weight in weights.items():
        for item in index["postings"][term].split():
            number_text, _, value_text = item.partition(":")
            number, value = int(number_text), int(value_text) / 100
            scores[number] = scores.get(number, 0.0) + weight * value / (K1 + value) * (K1 + 1)
            held[number] = held.get(number, 0.0) + weight * (1.0 if term in query.literal else min(1.0, value / 2))
    rarest = max(idf) if idf else 1.0
    read_as = sum(better not in STOP_WORDS for better in query.mended.values())
    strange = len(query.unknown)
    known = sum(weights.values())
    function = {number: FUNCTION_WEIGHTS[-1 - number] for number in query.function}
    total = known + UNKNOWN_WEIGHT * rarest * strange
    pool = sorted(scores, key=lambda number: -scores[number])[:POOL]
    top = scores[pool[0]] or 1.0
    doubted = UNKNOWN_WEIGHT * rarest * MENDED_DOUBT * read_as
    unknown_share = (UNKNOWN_WEIGHT * rarest * strange + doubted) / (total + doubted)
    asked_for = _asked_in_these_words(query, index["wordings"])
    pool += [number for number in asked_for if number not in pool]
    task = next((index["ids"].index(name) for name in query.tasks if name in index["ids"]), -1)
    if task >= 0 and task not in pool:
        pool.append(task)
    ranked = []
    for number in pool:
        phrase, inside, wording = _phrase(index["phrases"][number], weights, total, idf, function, known)
        signals = {
            "phrase": phrase,
            "inside": inside,
            "bm25": scores.get(number, 0.0) / top,
            "cover": held.get(number, 0.0) / total,
            "frame": frame_agreement(query.frame, index["kinds"][number], index["frames"][number]),
            "exact": 1.0 if phrase > 0.999 else 0.0,
            "wording": wording,
        }
        score = _score(signals) + (PLAIN_TASK if number == task else 0.0) + (SAID if number in asked_for else 0.0)
        if inside > WHOLE and query.frame.kind == "trouble" and index["kinds"][number] == "problem":
            score += QUOTED
        if (
            len(terms) == 1
            and not query.frame.slots
            and signals["exact"]
            and index["kinds"][number] in ("term", "tool")
        ):
            score += BARE_WORD
        ranked.append(
            Ranked(
                number=number,
                score=score,
                confidence=_confidence(signals, query, unknown_share, read_as),
                signals=signals,
            )
        )
    ranked.sort(key=lambda item: (-item.score, item.number))
    return ranked[:limit]


def _asked_in_these_words(query: Query, wordings: str) -> list[int]:
    """The entries of which a phrasing has just the question's words, function words included."""
    bag = " ".join(str(term) for term in (*sorted(query.terms), *sorted(query.function, reverse=True)))
    at = wordings.find(f";{bag}:") if len(query.terms) + len(query.function) > TOO_FEW and not query.unknown else -1
    if at < 0:
        return []
    return [int(number) for number in wordings[at + len(bag) + 2 : wordings.index(";", at + 1)].split(",")]


def _phrase(
    phrases: str,
    weights: dict[int, float],
    total: float,
    idf: list[float],
    function: dict[int, float],
    known: float,
) -> tuple[float, float, float]:
    """The best agreement with a phrasing (2·shared / both weights), how much of a phrasing the question holds, and the
    best agreement with the function words counted too."""
    best, best_inside, best_wording = 0.0, 0.0, 0.0
    asked = known + sum(function.values())
    for bag in phrases.split("|"):
        own = shared = own_function = shared_function = 0.0
        for item in bag.split():
            term = int(item)
            if term < 0:
                own_function += FUNCTION_WEIGHTS[-1 - term]
                shared_function += function.get(term, 0.0)
                continue
            own += idf[term]
            if term in weights:
                shared += weights[term]
        if shared:
            agreement = 2 * shared / (own + total)
            inside = shared / own
            best = max(best, agreement)
            best_inside = max(best_inside, inside if shared > 3.0 else 0.0)
            best_wording = max(best_wording, 2 * (shared + shared_function) / (own + own_function + asked))
    return best, best_inside, best_wording


def _score(signals: dict[str, float]) -> float:
    # Weights learnt on the entries' own phrasings, each held out of the index in turn (softmax over the best twenty).
    return (
        1.0 * signals["bm25"]
        + 0.2 * signals["cover"]
        + 1.0 * signals["frame"]
        + 0.3 * signals["exact"]
        + (0.15 if signals["phrase"] > 0.95 else 0.0)
        + WORDING * signals["wording"]
    )


def _confidence(signals: dict[str, float], query: Query, unknown_share: float, read_as: int) -> float:
    """How sure it is that the entry answers: a logistic fit to questions of ours, on the subject and off it.

    `unknown_share` is the part of the question's weight that is in words no entry holds.
    """
    anchors, length = len(query.anchors), len(query.terms) + len(query.unknown)
    z = (
        -6.6
        + 2.2 * signals["phrase"]
        + 1.95 * signals["wording"]
        + 3.7 * signals["cover"]
        + 1.4 * signals["exact"]
        + 0.9 * signals["frame"]
        - 1.15 * unknown_share
        - (2.15 if query.unknown else 0.0)
        + PER_ANCHORS[min(anchors, 3)]
        + 1.45 * min(length, 12) / 12
        - MENDED_LOSS * read_as / max(1, length)
    )
    if query.foreign and anchors <= len(query.foreign):
        z -= 2.45
    return round(1 / (1 + math.exp(-z)), 3)


# How well a kind of entry fits a kind of question; learnt like the weights above. What is not listed is 0.
KIND_FIT = {
    ("topic", "trouble"): 0.1,
    ("topic", "explain"): 0.1,
    ("topic", "how"): 0.03,
    ("topic", ""): 0.05,
    ("term", "explain"): 0.25,
    ("self", "explain"): 0.05,
    ("comparison", "compare"): 0.12,
    ("comparison", "which"): -0.8,
    ("comparison", "trouble"): -0.08,
    ("comparison", "explain"): -0.14,
    ("comparison", "how"): -0.1,
    ("comparison", ""): -0.12,
    ("command", "compare"): -0.1,
    ("command", "trouble"): -0.08,
    ("command", "explain"): -0.2,
    ("command", "how"): 0.05,
    ("command", ""): 0.03,
    ("problem", "trouble"): 0.06,
    ("problem", "explain"): -0.12,
    ("problem", "compare"): -0.08,
    ("problem", ""): -0.04,
    ("tool", ""): 0.14,
    ("tool", "how"): -0.12,
}


def frame_agreement(frame: Frame, kind: str, entry_frame: list[Any]) -> float:
    """How well an entry's frame fits the question's, about -0.5 (contradicts) to 0.5 (agrees); 0 where nothing can be said."""
    action, obj, tools, subject, values = entry_frame
    value = KIND_FIT.get((kind, frame.kind), 0.0)
    if subject and subject not in frame.subjects:
        value -= OTHER_SUBJECT
    value += TAKES_VALUE * sum(name in frame.slots for name in values)
    if action and action in frame.actions:
        value += 0.08
    if obj and frame.objects:
        value += 0.04 if obj in frame.objects else -0.1
    if tools and frame.tools:
        common = len(set(tools) & set(frame.tools))
        if kind == "comparison" and common >= 2:
            value += 0.33
            if common == len(frame.tools) == len(tools):
                value += THESE_TOOLS
        elif kind == "comparison" and len(frame.tools) > 1:
            value -= THESE_TOOLS
        elif not common:
            value -= OTHER_TOOL if kind == "problem" else 0.08
    return value
