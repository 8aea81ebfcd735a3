"""The answers hold what they held: floors on the tune split, and held-back questions that no entry was written for."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rapidfuzz.distance import OSA

from assistant.search.library import Library, open_library
from tests.benchmarks.answers import envguide, figures, measure_dialogues
from tests.benchmarks.questions import Question, load_dialogues, load_questions, with_typo

FLOORS = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The content of this checkout, compiled in a folder of its own."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("answers")))
        return open_library()


@pytest.fixture(scope="module")
def tune() -> list[Question]:
    """The questions that the engine may be tuned on."""
    return load_questions(("tune",))


@pytest.mark.parametrize("group", ["document", "beyond"])
def test_right_first_answers(group: str, library: Library, tune: list[Question]) -> None:
    """Enough questions get the right answer at once, and few are refused."""
    ask = envguide(library)
    made = figures([ask(question, question.text) for question in tune if question.group == group])
    assert made["right"] >= FLOORS[group]["right"]
    assert made["wrongly_refused"] <= FLOORS[group]["wrongly_refused_at_most"]


def test_offtopic_is_refused(library: Library, tune: list[Question]) -> None:
    """What envguide knows nothing about is refused, near misses too."""
    ask = envguide(library)
    made = figures([ask(question, question.text) for question in tune if question.group == "offtopic"])
    assert made["offtopic_refused"] >= FLOORS["offtopic"]["refused"]
    assert made["near_refused"] >= FLOORS["offtopic"]["near_refused"]


def test_one_typo_changes_little(library: Library, tune: list[Question]) -> None:
    """The right first answers stand one typing error in each question."""
    ask = envguide(library)
    made = figures([ask(question, with_typo(question)) for question in tune if not question.refuse])
    assert made["right"] >= FLOORS["one_typo"]["right"]


def test_conversations(library: Library) -> None:
    """Enough turns of the conversations are right."""
    made = measure_dialogues(library, load_dialogues(("tune",)))
    assert made["right_turns"] >= FLOORS["dialogues"]["right_turns"]


def normal(text: str) -> str:
    """A text without case, punctuation and spare blanks."""
    return " ".join(re.findall(r"\w+", text.casefold()))


def test_no_held_back_question_is_a_phrasing(library: Library) -> None:
    """A held-back question measures nothing once an entry holds its very words."""
    phrases = {
        normal(phrase): entry.id
        for entry in (library.entry(number) for number in range(len(library)))
        for phrase in (entry.title, *entry.ask)
    }
    held = [(item.id, normal(item.text)) for item in load_questions(("held",)) if not item.refuse]
    says = [(row["id"], normal(turn["say"])) for row in load_dialogues(("held",)) for turn in row["turns"][:1]]
    assert [(name, phrases[text]) for name, text in held + says if text in phrases] == []


def test_no_question_is_in_both_splits() -> None:
    """Each question belongs to one split, and is asked once."""
    texts = [normal(item.text) for item in load_questions(("tune", "held"))]
    assert len(texts) == len(set(texts))


def test_a_typo_is_one_edit_in_one_word(tune: list[Question]) -> None:
    """The typing errors are what README.md says: the same each time, one word, no more than one letter or swap."""
    changed = 0
    for question in tune:
        typed = with_typo(question)
        assert typed == with_typo(question)
        pairs = list(zip(question.text.split(), typed.split(), strict=True))
        different = [(one, other) for one, other in pairs if one != other]
        assert len(different) <= 1
        assert all(OSA.distance(one, other) == 1 for one, other in different)
        changed += bool(different)
    assert changed > 0.9 * len(tune)
