"""Line mode can what the full screen can: the table in docs/faces.md against the actions and the commands."""

from __future__ import annotations

import re
from pathlib import Path

from prompt_toolkit.completion import CompleteEvent
from prompt_toolkit.document import Document

from assistant.dialogue.engine import Asked
from assistant.dialogue.slash import COMMANDS
from assistant.line.commands import HANDLERS
from assistant.line.prompt import GuideCompleter, toolbar
from assistant.machine.model import Environment, Machine
from assistant.search.library import open_library
from assistant.tui.actions import ACTIONS

TABLE = Path(__file__).resolve().parents[2] / "docs" / "faces.md"
MACHINE = Machine(system="linux", environments=(Environment(name="persona", path="/e/persona", kind="conda"),))


def rows() -> list[tuple[str, str]]:
    """The cells of the table."""
    lines = [line for line in TABLE.read_text(encoding="utf-8").split("\n") if line.startswith("| `")]
    return [(cells[1], cells[2]) for line in lines if (cells := line.split("|"))]


def test_every_action_of_the_full_screen_stands_in_the_table() -> None:
    named = [name for full, _ in rows() for name in re.findall(r"`([a-z]+(?:\.[a-z]+)?)`", full)]
    assert sorted(named) == sorted(action.id for action in ACTIONS)


def test_the_commands_that_the_table_names_exist() -> None:
    named = {name for _, line in rows() for name in re.findall(r"`/([a-z]+)`", line)}
    assert named <= {command.name for command in COMMANDS}
    assert all(line.strip() for _, line in rows())


def test_both_faces_carry_out_the_same_commands() -> None:
    from assistant.tui.slash import _COMMANDS

    assert set(HANDLERS) | {"quit"} == {command.name for command in COMMANDS} == set(_COMMANDS)


def completions(text: str) -> list[str]:
    completer = GuideCompleter(open_library(), MACHINE)
    completer.loading.join()
    completer.words = {**completer.words, "run": ("20261122-greet-1",)}
    return [item.text for item in completer.get_completions(Document(text), CompleteEvent())]


def test_completion_of_every_kind_of_word() -> None:
    assert completions("/tr") == ["/translate "]
    assert "/compare conda uv " in completions("/compare conda u")
    assert "/run create-environment " in completions("/run create")
    assert "/run create-environment python=" in completions("/run create-environment py")
    assert "/plan create-environment name=demo tool=" in completions("/plan create-environment name=demo to")
    assert completions("/enter per") == ["/enter persona"]
    assert completions("/resume 2026") == ["/resume 20261122-greet-1"]
    assert "/doctor shell " in completions("/doctor sh")
    assert completions("/os w") == ["/os windows"]
    assert "persona" in completions("activate per")
    assert any("environment" in text for text in completions("create an envi"))


def test_the_bottom_line_says_for_whom_answers_are() -> None:
    assert "answers for" not in toolbar(MACHINE, Asked())
    assert "answers for windows, uv" in toolbar(MACHINE, Asked(system="windows", tool="uv"))
    assert "Linux" in toolbar(MACHINE, None)
