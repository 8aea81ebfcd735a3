"""Questions that the compatibility tables answer, and where the tables end."""

from __future__ import annotations

import pytest

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked, answer
from assistant.render.answers import answer_text
from assistant.search.library import Library, open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


def ask(question: str, library: Library) -> Answer:
    return answer(question, library, Asked(system="linux", shell="bash"))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("which cuda for driver 535", ("CUDA 12.x", "12.2", "cu126")),
        ("which CUDA version does driver 550.54.14 support", ("CUDA 12.x", "12.4")),
        ("does driver 470 run cuda 12", ("No", "525")),
        ("does driver 580.65 support cuda 13.0", ("Yes", "580")),
        ("which driver do I need for cuda 12.4", ("525", "528.33", "550.54.14")),
        ("can a GTX 1080 run torch 2.15", ("No", "Pascal", "2.14", "cu126")),
        ("can a gtx1080ti run pytorch 2.10", ("Yes", "Pascal", "cu126")),
        ("rtx5090 which pytorch", ("Blackwell", "cu130")),
        ("which torch for compute capability 7.0", ("Volta", "2.14")),
        ("can a gtx 1070 run torch 2.14", ("Yes", "cu126", "525.60.13", "branch 580 is the last", "ignore the card")),
        ("gtx 970 driver 590 pytorch", ("No", "590", "branch 580 is the last")),
        ("does a v100 work with pytorch and driver 580.95", ("580", "CUDA 13.x", "cu126")),
        ("K80 pytorch", ("2.0.1", "cu118", "branch 470 is the last")),
        ("torch 2.13 which python versions", ("3.10 to 3.14", "cu130", "0.28")),
    ],
)
def test_rows_of_the_tables_answer(library: Library, question: str, expected: tuple[str, ...]) -> None:
    text = answer_text(ask(question, library))
    assert all(word in text for word in expected), text


@pytest.mark.parametrize("question", ["can a gtx 1650 run torch 2.14", "rtx5090 which pytorch"])
def test_of_a_card_that_the_newest_driver_knows_no_last_one_is_told(library: Library, question: str) -> None:
    assert "is the last for" not in answer_text(ask(question, library))


@pytest.mark.parametrize(
    "question", ["can a RTX 4090 run torch 2.99", "which driver for cuda 19.1", "torch 0.4 which python versions"]
)
def test_past_the_last_row_it_says_that_it_does_not_know(library: Library, question: str) -> None:
    text = answer_text(ask(question, library))
    assert "I don't know" in text and "tables" in text


@pytest.mark.parametrize(
    "question",
    [
        "conda vs venv",
        "how do I install pytorch with cuda",
        "RuntimeError: CUDA error: no kernel image is available on RTX 3090 driver 535",
    ],
)
def test_other_questions_are_left_to_the_search(library: Library, question: str) -> None:
    answered = ask(question, library)
    assert answered.entry is None or not answered.entry.id.startswith("compatibility:")


def test_a_command_is_offered_and_the_table_is_dated(library: Library) -> None:
    answered = ask("which cuda for driver 535", library)
    assert answered.commands and answered.commands[0].run.startswith("pip install")
    assert "as of 20" in answer_text(answered)
    assert answered.sources


@pytest.mark.parametrize(
    ("asked_in_order", "in_another"),
    [
        ("is cuda 13 ok with driver 570", "driver cuda 570 is with 13 ok"),
        ("last pytorch for python 3.10", "pytorch for 3.10 python last"),
        ("rtx 3060 which pytorch", "pytorch 3060 rtx which"),
        ("cuda 11.8 pytorch latest", "latest cuda pytorch 11.8"),
    ],
)
def test_the_order_of_the_words_does_not_matter(library: Library, asked_in_order: str, in_another: str) -> None:
    first, second = answer(asked_in_order, library, Asked()), answer(in_another, library, Asked())
    assert first.entry and first.entry.id.startswith("compatibility:")
    assert second.blocks == first.blocks
