"""Text for terminals: wrapped, aligned, without a trace of colour where none is wanted."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.dialogue.answer import Answer, Block, CorrectionNote, ShownCommand, Table
from assistant.render.answers import answer_text
from assistant.render.layout import Style, markdown, table, width_of, wrap

PLAIN, COLOUR, SPOKEN = Style(False), Style(True), Style(False, accessible=True)
ANSWER = Answer(
    question="q",
    status="answered",
    title="A title",
    blocks=(
        Block(kind="lead", text="The `code` and **bold** sentence."),
        Block(
            kind="commands",
            text="Run",
            commands=(ShownCommand(run="conda list -n x", to_replace=(("x", "environment name"),)),),
        ),
        Block(kind="table", table=Table(heads=("", "A", "B"), rows=(("size", "small", "large"),))),
    ),
    corrections=(CorrectionNote(said="it was so", now="it is otherwise", as_of="2026-08"),),
)


@given(st.text(alphabet="ab cde\n", max_size=300), st.integers(10, 80))
def test_wrapping_keeps_every_word_and_the_width(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert " ".join(lines).split() == text.split()
    assert all(width_of(line) <= width or " " not in line.strip() for line in lines)


def test_a_list_item_hangs() -> None:
    assert markdown("- one two three four five six seven", 20, PLAIN)[1].startswith("  ")


def test_colour_only_with_colour() -> None:
    assert "\x1b[" not in answer_text(ANSWER, 80, PLAIN)
    assert "\x1b[" in answer_text(ANSWER, 80, COLOUR)


def test_the_words_are_the_same_with_and_without_colour() -> None:
    coloured = re.sub(r"\x1b\[[0-9;]*m", "", answer_text(ANSWER, 200, COLOUR))
    assert coloured.replace("`", "").split() == answer_text(ANSWER, 200, PLAIN).replace("`", "").split()


def test_a_command_stands_alone_on_its_line() -> None:
    assert "    conda list -n x" in answer_text(ANSWER, 80, PLAIN).split("\n")


def test_what_to_replace_and_what_changed_is_said() -> None:
    text = answer_text(ANSWER, 80, PLAIN)
    assert "x (environment name)" in text
    assert "The document says: it was so. As of 2026-08: it is otherwise." in text


def test_a_table_is_sentences_for_a_screen_reader() -> None:
    lines = table(("", "conda", "venv"), [("Size", "large", "small")], 80, SPOKEN)
    assert lines == ["- Size. conda: large. venv: small."]


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_a_table_keeps_to_the_width(width: int) -> None:
    rows = [("a long aspect of things", "word " * 20, "another " * 15)]
    assert all(width_of(line) <= width for line in table(("", "first", "second"), rows, width, PLAIN))


def test_wide_characters_count_twice() -> None:
    assert width_of("日本") == 4
    assert width_of("e\u0301") == 1
