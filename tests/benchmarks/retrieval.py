"""What others would do with the same entries: full-text search and fuzzy matching, with a threshold for refusing."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from rapidfuzz import fuzz, process, utils

from assistant.content.models import Entry
from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import Asked
from assistant.render.answers import answer_text
from assistant.search.library import Library
from assistant.search.understand import understand
from tests.benchmarks.questions import Question

Pick = Callable[[str], tuple[int, float]]  # question -> entry number (-1: none) and score, higher is better


def entry_text(entry: Entry) -> str:
    """An entry as one text: title, phrasings, answer, body and every command it shows."""
    commands = [
        *entry.commands,
        *entry.forms,
        *entry.check,
        *(command for fix in entry.fixes for command in fix.commands),
    ]
    cells = [cell for row in entry.rows for cell in (row.aspect, *row.cells)]
    parts = [entry.title, *entry.ask, entry.answer, entry.body, entry.more, entry.cause, entry.what]
    parts += [*entry.aspects.values(), *cells, *(fix.text for fix in entry.fixes)]
    parts += [f"{command.run} {command.note}" for command in commands]
    return "\n".join(part for part in parts if part)


def fts5(texts: Sequence[str]) -> Pick:
    """SQLite's FTS5: bm25 over Porter stems, any of the words."""
    base = sqlite3.connect(":memory:")
    base.execute("CREATE VIRTUAL TABLE entries USING fts5(text, tokenize='porter unicode61')")
    base.executemany("INSERT INTO entries(rowid, text) VALUES (?, ?)", enumerate(texts))

    def pick(question: str) -> tuple[int, float]:
        words = re.findall(r"\w+", question.lower())
        if not words:
            return -1, 0.0
        any_word = " OR ".join(f'"{word}"' for word in words)
        found = base.execute(
            "SELECT rowid, -bm25(entries) FROM entries WHERE entries MATCH ? ORDER BY rank LIMIT 1", (any_word,)
        ).fetchone()
        return (int(found[0]), float(found[1])) if found else (-1, 0.0)

    return pick


def bm25s_pick(texts: Sequence[str]) -> Pick:
    """bm25s with English stop words and Snowball stems. ImportError where bm25s is not installed."""
    import bm25s
    import snowballstemmer

    stem = snowballstemmer.stemmer("english").stemWords

    def tokens(given: list[str]) -> Any:
        return bm25s.tokenize(given, stopwords="en", stemmer=stem, show_progress=False)

    index = bm25s.BM25()
    index.index(tokens(list(texts)), show_progress=False)

    def pick(question: str) -> tuple[int, float]:
        numbers, scores = index.retrieve(tokens([question]), k=1, show_progress=False)
        return int(numbers[0][0]), float(scores[0][0])

    return pick


def wratio(entries: Sequence[Entry]) -> Pick:
    """rapidfuzz WRatio against titles and phrasings alone."""
    phrases = [(phrase, number) for number, entry in enumerate(entries) for phrase in (entry.title, *entry.ask)]
    folded = [utils.default_process(phrase) for phrase, _ in phrases]

    def pick(question: str) -> tuple[int, float]:
        found = process.extractOne(utils.default_process(question), folded, scorer=fuzz.WRatio)
        return (phrases[found[2]][1], float(found[1])) if found else (-1, 0.0)

    return pick


def baselines(library: Library) -> tuple[dict[str, Pick], list[str]]:
    """Each baseline by name, and a note for each that cannot be run here."""
    entries = [library.entry(number) for number in range(len(library))]
    texts = [entry_text(entry) for entry in entries]
    picks: dict[str, Pick] = {"SQLite FTS5": fts5(texts)}
    notes = []
    try:
        picks["bm25s"] = bm25s_pick(texts)
    except ImportError:
        notes.append("bm25s is not installed: skipped (`pip install bm25s`)")
    picks["rapidfuzz WRatio"] = wratio(entries)
    return picks, notes


class Rendered:
    """The answer text that an entry gives to a question, with the question's own names and versions filled in."""

    def __init__(self, library: Library, asked: Asked) -> None:
        self.library = library
        self.asked = asked

    def text(self, number: int, question: str) -> str:
        """The rendered text of entry `number`."""
        frame = understand(question, self.library.index).frame
        view = view_for(frame.slots, frame.tools, self.asked, frame.systems, frame.shells)
        return answer_text(compose(self.library.entry(number), question, view, self.library), 100)


def best_threshold(judged: Sequence[tuple[Question, float, bool]]) -> float:
    """The score below which to refuse that gives the best mean of right answers and right refusals.

    `judged` holds each question with the score of what was picked for it and whether that was right.
    """
    wanted = [(score, right) for question, score, right in judged if not question.refuse]
    off = [score for question, score, _ in judged if question.refuse]
    if not wanted or not off:
        return 0.0

    def value(threshold: float) -> float:
        answered = sum(right and score >= threshold for score, right in wanted) / len(wanted)
        return answered + sum(score < threshold for score in off) / len(off)

    return max(sorted({score for _, score, _ in judged} | {0.0}), key=value)
