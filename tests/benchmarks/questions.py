"""The question sets: loading them, varying their wording, and judging an answer by what it has to hold."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

DATA = Path(__file__).parent / "data"
SEED = 20261122
TYPO_LETTERS = 4  # the fewest letters of a word that may get a typo
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
# Command lines, pins, paths and several lines mean something else in another order or case.
_CODE = re.compile(r"(^|\s)-{1,2}\w|=|://|\n|\\|[<>]")


class Question:
    """One question: what is asked, what a right answer holds, and whether the right answer is a refusal."""

    def __init__(self, row: dict[str, Any], group: str) -> None:
        self.id = str(row.get("id", ""))
        self.group = group
        self.text = str(row.get("question") or row.get("output") or "")
        self.must = tuple(row.get("must", ()))
        self.must_not = tuple(row.get("must_not", ()))
        self.keep = tuple(row.get("keep", ()))
        self.split = str(row.get("split", "given"))
        self.place = str(row.get("section") or row.get("topic") or "")
        self.near = bool(row.get("near", False))
        self.refuse = group == "offtopic" or row.get("intent") == "offtopic"

    def is_right(self, text: str) -> bool:
        """Whether `text` holds everything that a right answer holds and nothing that only a wrong one does."""
        return holds(text, self.must, self.must_not)


@lru_cache(maxsize=4096)
def _pattern(wanted: str) -> re.Pattern[str]:
    source = wanted[3:] if wanted.startswith("re:") else re.escape(wanted)
    return re.compile(source, re.IGNORECASE | re.DOTALL)


def holds(text: str, must: Iterable[str], must_not: Iterable[str] = ()) -> bool:
    """Whether every `must` is found in the text and no `must_not` is; a line break counts as a blank."""
    flat = " ".join(text.split())
    return all(_pattern(item).search(flat) for item in must) and not any(
        _pattern(item).search(flat) for item in must_not
    )


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The objects of a JSON lines file."""
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def load_questions(splits: Iterable[str]) -> list[Question]:
    """The questions of document, beyond and offtopic that belong to one of the splits."""
    wanted = set(splits)
    found = [
        Question(row, name) for name in ("document", "beyond", "offtopic") for row in read_rows(DATA / f"{name}.jsonl")
    ]
    return [question for question in found if question.split in wanted]


def load_file(path: Path) -> list[Question]:
    """The questions of another file of the same shape; what has no `must` has to be refused."""
    rows = read_rows(path)
    for row in rows:
        if not row.get("must"):
            row["intent"] = "offtopic"
    return [Question({**row, "split": "given"}, path.stem) for row in rows]


def load_dialogues(splits: Iterable[str]) -> list[dict[str, Any]]:
    """The conversations that belong to one of the splits."""
    wanted = set(splits)
    return [row for row in read_rows(DATA / "dialogues.jsonl") if row["split"] in wanted]


def with_typo(question: Question) -> str:
    """The question with one typing error in one word: two letters swapped, one dropped, doubled or replaced.

    Always the same error for the same question. Words that the answer has to repeat as they are (`keep`) are
    left alone; a question without a word of four letters stays as it is.
    """
    dice = random.Random(f"{SEED}:typo:{question.text}")
    words = [
        word
        for word in re.finditer(r"[A-Za-z]+", question.text)
        if len(word[0]) >= TYPO_LETTERS and word[0].lower() not in question.keep
    ]
    if not words:
        return question.text
    word = dice.choice(words)
    changed = _misspelt(word[0], dice)
    return question.text[: word.start()] + changed + question.text[word.end() :]


def _misspelt(word: str, dice: random.Random) -> str:
    kind = dice.choice(("swap", "drop", "double", "replace"))
    place = dice.randrange(len(word))
    if kind == "swap":
        pairs = [index for index in range(len(word) - 1) if word[index].lower() != word[index + 1].lower()]
        place = dice.choice(pairs)
        return word[:place] + word[place + 1] + word[place] + word[place + 2 :]
    if kind == "drop":
        return word[:place] + word[place + 1 :]
    if kind == "double":
        return word[:place] + word[place] + word[place:]
    other = dice.choice([letter for letter in _LETTERS if letter != word[place].lower()])
    return word[:place] + other + word[place + 1 :]


def is_prose(question: Question) -> bool:
    """Whether the question is words only, so that order and case of its words carry nothing."""
    return not _CODE.search(question.text)


def with_other_case(question: Question) -> str:
    """The question in capitals, in small letters or With Capital Initials."""
    dice = random.Random(f"{SEED}:case:{question.text}")
    choices = [
        made for made in (question.text.upper(), question.text.lower(), question.text.title()) if made != question.text
    ]
    return dice.choice(choices)


def shuffled(question: Question) -> str:
    """The question with its words in another order."""
    dice = random.Random(f"{SEED}:order:{question.text}")
    words = question.text.split()
    dice.shuffle(words)
    return " ".join(words)
