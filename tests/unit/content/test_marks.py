"""YAML becomes text with lines; what YAML 1.1 would quietly change stays as written."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.content.marks import Problems, load_marked
from assistant.content.schema import plain


def load(tmp_path: Path, text: str) -> tuple[object, list[str]]:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8")
    problems = Problems()
    mark = load_marked(path, "x.yaml", problems)
    return (plain(mark) if mark else None), problems.lines()


def test_versions_switches_and_times_stay_text(tmp_path: Path) -> None:
    value, problems = load(tmp_path, "a: 3.10\nb: on\nc: 12:30\nd: true\ne: no\nf: 0x1F\ng:\n")
    assert value == {"a": "3.10", "b": "on", "c": "12:30", "d": True, "e": "no", "f": "0x1F", "g": None}
    assert problems == []


def test_a_duplicate_key_is_reported_with_its_line(tmp_path: Path) -> None:
    _, problems = load(tmp_path, "a: 1\nb: 2\na: 3\n")
    assert problems == ["x.yaml:3: `a` stands twice (first near line 1); keep one"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: [1, 2\n", "x.yaml:2: not valid YAML"),
        ("", "x.yaml:1: the file is empty"),
        (
            "a: !!python/object/apply:os.system ['true']\n",
            "x.yaml:1: the tag `tag:yaml.org,2002:python/object/apply:os.system` is not allowed",
        ),
        ("a: !special b\n", "x.yaml:1: the tag `!special` is not allowed"),
        ("a: &x [*x]\n", "x.yaml:1: an alias that holds itself"),
        ("? [a]\n: b\n", "x.yaml:1: a key must be plain text"),
    ],
)
def test_bad_files_are_reported_and_never_raise(tmp_path: Path, text: str, expected: str) -> None:
    _, problems = load(tmp_path, text)
    assert problems and problems[0].startswith(expected)


def test_bytes_that_are_no_text_are_reported(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"a: \xff\xfe\n")
    problems = Problems()
    assert load_marked(path, "x.yaml", problems) is None
    assert "not UTF-8" in problems.lines()[0]


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.text(max_size=200))
def test_any_text_is_read_or_reported(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass") if not any(
        0xD800 <= ord(c) <= 0xDFFF for c in text
    ) else path.write_text("a: b")
    problems = Problems()
    mark = load_marked(path, "x.yaml", problems)
    assert mark is not None or len(problems)
