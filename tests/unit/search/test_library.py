"""The compiled file is made again when a source changes, and never trusted when it is damaged."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.content.compiled import MAGIC, Compiled, encode, read_compiled
from assistant.errors import ContentError
from assistant.search.library import cached_file, open_library
from tests.unit.content.test_checks import GOOD, build


@pytest.fixture
def content(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    root = build(tmp_path / "content")
    monkeypatch.setenv("ENVGUIDE_CONTENT", str(root))
    monkeypatch.setenv("ENVGUIDE_HOME", str(tmp_path / "own"))
    return root


def test_it_is_compiled_once_and_reused(content: Path) -> None:
    assert len(open_library()) == 1
    cached = Path(cached_file(str(content / "knowledge")))
    before = cached.stat().st_mtime_ns
    assert open_library().entry("a.good").answer == "It answers."
    assert cached.stat().st_mtime_ns == before


def test_a_changed_source_is_seen(content: Path) -> None:
    open_library()
    path = content / "knowledge/topics/a.yaml"
    path.write_text(GOOD.replace("It answers.", "It changed."), encoding="utf-8")
    assert open_library().entry("a.good").answer == "It changed."


def test_a_new_and_a_removed_file_are_seen(content: Path) -> None:
    assert len(open_library()) == 1
    extra = content / "knowledge/topics/z.yaml"
    extra.write_text(GOOD.replace("a.good", "z.more").replace("way", "road"), encoding="utf-8")
    assert len(open_library()) == 2
    extra.unlink()
    assert len(open_library()) == 1


@pytest.mark.parametrize("damage", ["truncate", "flip", "empty", "other"])
def test_a_damaged_file_is_made_again(content: Path, damage: str) -> None:
    open_library()
    cached = Path(cached_file(str(content / "knowledge")))
    data = cached.read_bytes()
    broken = {
        "truncate": data[: len(data) // 2],
        "flip": data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
        "empty": b"",
        "other": b"something else entirely",
    }[damage]
    cached.write_bytes(broken)
    assert open_library().entry("a.good").title == "A good one"
    assert cached.read_bytes() == data


@pytest.mark.skipif(os.geteuid() == 0, reason="root writes everywhere")
def test_a_cache_that_cannot_be_written_is_no_hindrance(content: Path, tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    (tmp_path / "own").chmod(0o500)
    assert len(open_library()) == 1


def test_a_cache_folder_that_is_a_file_is_no_hindrance(content: Path, tmp_path: Path) -> None:
    (tmp_path / "own").write_text("not a folder", encoding="utf-8")
    assert len(open_library()) == 1


def test_one_bad_entry_does_not_take_the_others_away(content: Path) -> None:
    (content / "knowledge/topics/bad.yaml").write_text("- id: bad\n  nonsense: 1\n", encoding="utf-8")
    assert open_library().entry("a.good").answer == "It answers."


def test_no_content_at_all_is_an_error_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVGUIDE_CONTENT", str(tmp_path / "nowhere"))
    with pytest.raises(ContentError) as caught:
        open_library()
    assert "no knowledge files here" in caught.value.problems[0]


def test_records_come_back_as_they_went_in(tmp_path: Path) -> None:
    path = tmp_path / "c.dat"
    path.write_bytes(encode({"index": {"a": [1, "ü"]}, "x": None, "lines:l": ["a", "ü b"]}, {"files": []}))
    compiled = read_compiled(str(path))
    assert isinstance(compiled, Compiled)
    assert compiled.record("index") == {"a": [1, "ü"]}
    assert compiled.record("x") is None
    assert compiled.record("lines:l") == ["a", "ü b"]
    assert path.read_bytes().startswith(MAGIC)
