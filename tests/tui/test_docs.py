"""What docs/ shows of the program: the screencast is whole, and the pictures are there."""

from __future__ import annotations

import json
import re
from pathlib import Path

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_screencast_is_of_version_2_and_shows_an_answer_and_a_flow() -> None:
    head, *lines = (DOCS / "envguide.cast").read_text(encoding="utf-8").splitlines()
    assert json.loads(head)["version"] == 2
    events = [json.loads(line) for line in lines]
    times = [event[0] for event in events]
    assert times == sorted(times) and times[0] >= 0
    assert {event[1] for event in events} == {"o"}
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z$]", "", "".join(event[2] for event in events))
    for words in ("A conda environment or a venv", "Run this step", "Use it in this terminal"):
        assert words in text


def test_the_pictures_that_the_readme_shows_exist() -> None:
    readme = (DOCS.parent / "README.md").read_text(encoding="utf-8")
    named = re.findall(r"\(docs/([\w.]+)\)", readme)
    assert named and all((DOCS / name).is_file() for name in named)
