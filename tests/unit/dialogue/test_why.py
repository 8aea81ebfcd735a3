"""The answer to an error output: what it quotes, what it says of this machine, what `why --json` holds, names checked."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assistant.dialogue import why
from assistant.dialogue.engine import Asked, answer
from assistant.machine.quick import quick_machine
from assistant.search.library import Library, open_library
from assistant.verbs.content_check import check_all
from tests.conftest import ROOT

MISSING = "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'reqs.txt'"


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


def notes(found: why.Answer) -> list[str]:
    return [block.text for block in found.blocks if block.kind == "note"]


def test_the_machine_confirms_and_denies(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    asked = Asked(machine=quick_machine())
    found = why.diagnosed(MISSING, library, asked)
    assert found.entry is not None and found.entry.id == "pip.requirements-missing"
    assert any(note.startswith("On this machine: yes, because there is no") for note in notes(found))
    assert why.why_json(found, "")["on_this_machine"]["confirmed"] is True
    (tmp_path / "reqs.txt").write_text("six\n")
    found = why.diagnosed(MISSING, library, asked)
    assert any(note.startswith("On this machine: no sign of it:") for note in notes(found))
    assert why.why_json(found, "")["on_this_machine"]["confirmed"] is False


def test_the_conversation_confirms_too(library: Library, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = answer(MISSING, library, Asked(machine=quick_machine()))
    assert any(note.startswith("On this machine: yes") for note in notes(found))


def test_without_a_machine_or_for_another_system_nothing_is_said(library: Library) -> None:
    for asked in (Asked(), Asked(machine=quick_machine(), system="windows")):
        found = why.diagnosed(MISSING, library, asked)
        assert found.here == "" and not any(note.startswith("On this machine") for note in notes(found))
        assert why.why_json(found, "")["on_this_machine"] is None


def test_what_was_seen_is_quoted(library: Library) -> None:
    found = why.diagnosed(f"$ pip install -r reqs.txt\n{MISSING}\n", library, Asked())
    assert any(note.startswith("Seen: ") and "Could not open requirements file" in note for note in notes(found))


def test_a_wrong_name_under_confirm_is_reported_with_its_line(tmp_path: Path) -> None:
    knowledge = tmp_path / "knowledge"
    shutil.copytree(ROOT / "knowledge", knowledge)
    file = knowledge / "problems" / "venv.yaml"
    lines = file.read_text(encoding="utf-8").split("\n")
    number = next(number for number, line in enumerate(lines) if line.startswith("  confirm: "))
    lines[number] = "  confirm: project.no-enviroment"
    file.write_text("\n".join(lines), encoding="utf-8")
    _, problems = check_all(knowledge, ROOT / "flows")
    about = [line for line in problems if "no look or check" in line]
    assert len(about) == 1
    assert f"venv.yaml:{number + 1}:" in about[0] and "project.no-environment" in about[0]


@pytest.mark.parametrize(
    ("text", "near"),
    [
        ("RuntimeError: GPU driver rejected CUDA context creation", "cuda.driver-too-old"),
        ("npm error code ENOENT\nnpm error enoent Could not read package.json", ""),
        ("fatal: not a git repository (or any of the parent directories): .git", ""),
        ("Error: Cannot find module 'express'", ""),
        ("ZeroDivisionError: division by zero", ""),
        ("all is well", ""),
    ],
)
def test_the_nearest_is_named_only_where_something_is_near(library: Library, text: str, near: str) -> None:
    found = why.diagnosed(text, library, Asked())
    assert found.status == "unknown" and found.entry is None
    assert [link.id for link in found.related][:1] == ([near] if near else [])
    assert any(block.text == "The nearest that I know" for block in found.blocks) is bool(near)
