"""Tool output made plain: frames of logs and mails, indentation, colours, rewritten lines."""

from __future__ import annotations

import pytest

from assistant.dialogue.clean import clean_output, is_binary


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("> one\n> two\n", "one\ntwo\n"),
        ("| one\n| two", "one\ntwo"),
        ("2026-11-02T08:11:12.44Z one\n2026-11-02T08:11:13Z   two", "one\n  two"),
        ("2026-11-02 08:11:12,440 one", "one"),
        ("#9 1.203 one\n#9 1.204 two\n#9 1.3 three\n#9 DONE", "one\ntwo\nthree\n#9 DONE"),
        ("Nov 02 08:11:12 host job[394]: one", "one"),
        ("    one\n      two\n\n    three", "one\n  two\n\nthree"),
        ("one\n  two", "one\n  two"),
        (">>> import torch\n>>> 1", ">>> import torch\n>>> 1"),
        ("# conda environments:\n#\nbase  /x", "# conda environments:\n#\nbase  /x"),
        ("plain\n> one of four\nlines\nis quoted", "plain\n> one of four\nlines\nis quoted"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("10%\r50%\r100%", "100%"),
        ("can’t „do“ «it»", 'can\'t "do" "it"'),
        ("ab\x08c", "ac"),
        ("", ""),
        ("   \n  ", "   \n  "),
    ],
)
def test_clean_output(text: str, plain: str) -> None:
    assert clean_output(text) == plain


def test_binary_is_seen() -> None:
    assert is_binary("a\0b") and is_binary("\ufffd" * 2000) and not is_binary("text with ä and 漢字")
