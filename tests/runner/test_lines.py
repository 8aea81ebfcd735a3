"""The pane's line model: the same result however the bytes are cut, bounded memory, and what real tools print."""

import itertools
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.runner.lines import MAX_COLUMNS, REACH, LineModel, strip_controls, tail

RECORDINGS = Path(__file__).parent / "recordings"

PIECES = st.sampled_from(
    """a word_ \\n \\r\\n \\r \\t \\b \\b\\b \\e[A \\e[2A \\e[B \\e[2K \\e[K \\e[1K \\e[0G \\e[5G \\e[31m \\e[0m
    \\e[1;38;5;8m \\e[J \\e[2J \\e[H \\e[3;4H \\e]0;title\\a \\e]8;;http://x\\e\\ \\e(B \\e[?25l \\a ü ━━ 🐍 \x9b31m
    \\e \\e[ \\0 \\e[3P \\e[2@ \\e[2X \\e[99999999m \\ePq \\e[s""".split() ).map( lambda text: text.replace("\\e",
    "\x1b").replace("\\n", "\n").replace("\\r", "\r").replace("\\t", "\t") .replace("\\b", "\b").replace("\\a",
    "\a").replace("\\0", "\0").replace("_", " ").encode() ) | st.sampled_from([b"\x9b", b"\xff", b"x" * 600, b"\x1b["
    + b"1;" * 40 + b"m"])  # fmt: skip


def fed(*chunks: bytes, max_lines: int = 500) -> LineModel:
    model = LineModel(max_lines)
    for chunk in chunks:
        model.feed(chunk)
    return model


def state(model: LineModel) -> tuple[list[str], tuple[int, int], int]:
    return model.lines(), model.cursor, model.total


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=60), st.lists(st.integers(0, 400), max_size=8), st.booleans())
def test_any_cut_gives_the_same_lines(pieces: list[bytes], cuts: list[int], look_between: bool) -> None:
    data = b"".join(pieces)
    whole = fed(data)
    by_bytes = LineModel(500)
    for at in range(len(data)):
        by_bytes.feed(data[at : at + 1])
        assert len(by_bytes) >= 1
    cut = LineModel(500)
    edges = sorted({0, len(data), *(min(edge, len(data)) for edge in cuts)})
    for start, end in itertools.pairwise(edges):
        cut.feed(data[start:end])
        if look_between:
            assert cut.lines() is not None
    assert state(by_bytes) == state(whole) == state(cut)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(
        st.sampled_from([b"abc\r\n", b"\x1b[32mgreen\r\n", b"\x1b[0m\r\n", b"\tx\n", b"long " * 30 + b"\n"]),
        max_size=30,
    )
)
def test_more_lines_than_are_kept_are_dropped_alike(block: list[bytes]) -> None:
    data = b"".join(block) * 40 + b"end"
    whole = fed(data, max_lines=REACH + 1)
    pieces = LineModel(REACH + 1)
    for at in range(0, len(data), 97):
        pieces.feed(data[at : at + 97])
        assert pieces.cursor
    assert state(whole) == state(pieces)
    assert len(whole) <= REACH + 1


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=400))
def test_no_control_gets_through_whatever_comes(data: bytes) -> None:
    for line in fed(data).lines():
        bare = line
        while "\x1b[" in bare:
            before, _, rest = bare.partition("\x1b[")
            digits, _, after = rest.partition("m")
            assert digits.replace(";", "").isdigit()
            bare = before + after
        assert not [char for char in bare if ord(char) < 32 or 127 <= ord(char) < 160]


def test_what_was_scrolled_away_is_still_there_with_its_colours() -> None:
    data = b"".join(b"\x1b[3%dmline %d\r\n" % (number % 8, number) for number in range(30_000)) + b"\tx\xff\r\n"
    at_once = fed(data, max_lines=5000)
    assert at_once.line(0) == "\x1b[0;32mline 25002\x1b[0m"
    slowly = LineModel(5000)
    for at in range(0, len(data), 10_007):
        slowly.feed(data[at : at + 10_007])
        assert slowly.line(-1) is not None
    assert at_once.lines() == slowly.lines()
    assert at_once.plain(-2) == "        x\ufffd"
    with pytest.raises(IndexError):
        at_once.line(5000)


def test_a_bar_is_redrawn_in_place() -> None:
    model = fed(b"get numpy\r\n 10% #\r 50% ###\r100% ######\r\nnext")
    assert model.text() == "get numpy\n100% ######\nnext"


def test_spinner_backspaces_and_erase_line() -> None:
    assert fed(b"Solving: - \b\b\\ \b\b| \b\bdone\r\n").text() == "Solving: done\n"
    assert fed(b"Downloading 1\r\x1b[2KDone").text() == "Done"


def test_colours_stay_and_each_line_is_complete() -> None:
    model = fed(b"\x1b[31mred\r\nstill red\x1b[0m plain")
    assert model.lines() == ["\x1b[0;31mred\x1b[0m", "\x1b[0;31mstill red\x1b[0m plain"]
    assert model.plain(1) == "still red plain"


def test_titles_links_and_private_modes_are_dropped() -> None:
    assert fed(b"\x1b]0;owned\x07a\x1b]8;;http://e\x1b\\b\x1b[?25lc\x1bPq#0\x1b\\d\xc2\x9be").text() == "abcde"


def test_an_unfinished_string_does_not_swallow_the_lines_after_it() -> None:
    assert fed(b"\x1b]0;never ended\nvisible").text() == "\nvisible"


def test_memory_is_bounded_for_a_million_lines_and_for_one_endless_line() -> None:
    model = LineModel(1000)
    for start in range(0, 1_000_000, 50_000):
        model.feed(b"".join(b"line %d\r\n" % number for number in range(start, start + 50_000)))
    assert len(model) == 1000
    assert model.total == 1_000_001
    assert model.line(-2) == "line 999999"
    endless = LineModel(300)
    for _ in range(200):
        endless.feed(b"x" * 65_536)
    assert len(endless) == 300
    assert max(len(line) for line in endless.lines()) == MAX_COLUMNS


def test_full_screen_programs_are_noticed() -> None:
    assert fed(b"\x1b[?1049h\x1b[2Jmenu").full_screen
    assert not fed(b"\x1b[?25l").full_screen


def test_a_cleared_screen_keeps_what_was_above() -> None:
    assert fed(b"before\r\n\x1b[H\x1b[2J\x1b[Hafter").text().split("\n")[-1] == "after"
    assert "before" in fed(b"before\r\n\x1b[2Jafter").text()


@pytest.mark.parametrize("name", sorted(path.name for path in RECORDINGS.glob("*.raw")))
def test_recordings_of_real_tools_end_as_a_terminal_would_show_them(name: str) -> None:
    data = (RECORDINGS / name).read_bytes()
    shown = [line.rstrip() for line in fed(data).text().split("\n")]
    expected = (RECORDINGS / name.replace(".raw", ".screen")).read_text(encoding="utf-8").split("\n")
    assert [line for line in shown if line] == [line.rstrip() for line in expected if line.strip()]
    assert state(fed(*(data[at : at + 7] for at in range(0, len(data), 7)))) == state(fed(data))


def test_helpers() -> None:
    assert strip_controls("\x1b[1mbold\x1b[0m\rB") == "Bold"
    assert tail(b"a\r\n\r\nb\r\nc\r\n", 2) == ["b", "c"]
