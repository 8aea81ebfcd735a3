"""Edits keep what is not theirs: line ends, marks, modes, links; and are whole or not at all."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import StateError, UsageError
from assistant.runner import edit
from assistant.runner.flow import Edit

RC = b"# mine\nexport A=1\n"


def test_a_line_is_added_once() -> None:
    change = Edit(file="f", line="export B=2")
    once = edit.edited(RC, change)
    assert once == RC + b"export B=2\n"
    assert edit.edited(once, change) == once
    assert edit.edited(b"no end", change) == b"no end\nexport B=2\n"
    assert edit.edited(b"", change) == b"export B=2\n"


def test_a_block_is_replaced_as_a_whole() -> None:
    first = edit.edited(RC, Edit(file="f", block="one\ntwo", mark="conda"))
    assert first == RC + b"# >>> conda >>>\none\ntwo\n# <<< conda <<<\n"
    second = edit.edited(first + b"after\n", Edit(file="f", block="three", mark="conda"))
    assert second == RC + b"# >>> conda >>>\nthree\n# <<< conda <<<\nafter\n"
    with pytest.raises(UsageError, match="without its end"):
        edit.edited(b"# >>> conda >>>\nx\n", Edit(file="f", block="y", mark="conda"))


def test_find_wants_exactly_one() -> None:
    change = Edit(file="f", find="A=1", put="A=2")
    assert edit.edited(RC, change) == b"# mine\nexport A=2\n"
    assert edit.edited(b"export A=2\n", change) == b"export A=2\n"
    with pytest.raises(UsageError, match="stands 2 times"):
        edit.edited(b"A=1 A=1", change)
    with pytest.raises(UsageError, match="is not in"):
        edit.edited(b"nothing", change)


def test_remove_and_content() -> None:
    assert edit.edited(b"a\nb\na\n", Edit(file="f", remove="a")) == b"b\n"
    assert edit.edited(b"old\r\n", Edit(file="f", content="x\ny")) == b"x\r\ny\r\n"


@given(st.binary(max_size=200), st.sampled_from(["export X=1", "x"]))
def test_other_bytes_pass_through_whatever_they_are(data: bytes, line: str) -> None:
    new = edit.edited(data, Edit(file="f", line=line))
    assert new.startswith(data.removesuffix(b"\n")) or line.encode() in data
    assert edit.edited(new, Edit(file="f", line=line)) == new


def test_windows_line_ends_and_byte_order_mark_stay() -> None:
    data = b"\xef\xbb\xbfa\r\nb\r\n"
    assert edit.edited(data, Edit(file="f", line="c")) == data + b"c\r\n"


@pytest.mark.skipif(os.name != "posix", reason="modes and links as POSIX has them")
def test_mode_and_link_stay(tmp_path: Path) -> None:
    target, link = tmp_path / "dotfiles" / "rc", tmp_path / ".rc"
    target.parent.mkdir()
    target.write_bytes(RC)
    target.chmod(0o600)
    link.symlink_to(target)
    edit.write_atomically(str(link), b"new\n")
    assert link.is_symlink() and target.read_bytes() == b"new\n"
    assert target.stat().st_mode & 0o777 == 0o600
    edit.write_atomically(str(tmp_path / "made" / "f"), b"x")
    assert (tmp_path / "made" / "f").stat().st_mode & 0o600 == 0o600
    assert not [path for path in tmp_path.rglob(".*.*") if path != link]


def test_a_read_only_folder_changes_nothing_and_says_what_helps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "rc"
    file.write_bytes(RC)

    def refuse(*_: object, **__: object) -> None:
        raise OSError(30, "Read-only file system", str(file))

    monkeypatch.setattr(edit.tempfile, "mkstemp", refuse)
    with pytest.raises(StateError, match="was not changed") as error:
        edit.write_atomically(str(file), b"new")
    assert "permissions" in error.value.hint
    assert file.read_bytes() == RC


def test_a_full_disk_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "rc"
    file.write_bytes(RC)

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(edit.os, "fsync", full)
    with pytest.raises(StateError, match="disk is full"):
        edit.write_atomically(str(file), b"new")
    assert file.read_bytes() == RC
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["rc"]


def test_a_difference_is_short_enough_to_show() -> None:
    lines = edit.difference(b"a\n" * 500, b"b\n" * 500, "f", limit=20)
    assert len(lines) == 21 and "lines more" in lines[-1]
    assert edit.difference(b"a\n", b"a\n", "f") == []
