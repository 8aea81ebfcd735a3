"""What line mode does with a message, without a terminal: commands, copying, deep links, the list of the start."""

from __future__ import annotations

import base64
import io
import sys
from collections.abc import Callable
from pathlib import Path

import pyperclip
import pytest

from assistant.line.session import LineSession
from assistant.runner import api
from assistant.runner.catalog import Catalog, flow_from_plain
from tests.tui.flows import FLOWS

Say = Callable[..., str]


@pytest.fixture
def clipboard(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was copied with the system's own clipboard."""
    copied: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", copied.append)
    return copied


@pytest.fixture
def said(capsys: pytest.CaptureFixture[str], clipboard: list[str], monkeypatch: pytest.MonkeyPatch) -> Say:
    """Give line mode these messages; what it wrote."""

    def say(*messages: str, accessible: bool = True, open_at: str = "") -> str:
        waiting = iter([*messages, None])
        monkeypatch.setattr(sys, "stdin", io.StringIO())  # a flow's question finds the end of input, which means no
        session = LineSession(accessible=accessible, read=lambda: next(waiting))
        assert session.run(open_at) == 0
        return capsys.readouterr().out

    return say


def test_help_names_every_command_and_a_question_mark_is_help(said: Say) -> None:
    from assistant.dialogue.slash import COMMANDS

    text = said("?")
    assert all(f"/{command.name}" in text for command in COMMANDS)


def test_an_error_that_begins_with_a_path_is_no_command(said: Say) -> None:
    assert "there is no command" not in said("/usr/bin/python3: No module named pip")


def test_quit_ends_and_what_follows_is_not_taken(said: Say) -> None:
    text = said("/quit", "conda vs venv")
    assert "Answer:" not in text and "Good-bye." in text


def test_the_source_of_an_answer(said: Say) -> None:
    assert "there is no answer yet" in said("/source")
    text = said("conda vs venv", "/source")
    assert "lines 1" in text.rpartition("Answer:")[2].rpartition("from:")[2]


def test_copying_is_the_command_and_nothing_but_it(said: Say, clipboard: list[str]) -> None:
    said("create an environment called demo with python 3.12", "/copy", "/copy all")
    assert clipboard[0].endswith("demo python=3.12") and "\n" not in clipboard[0]
    assert len(clipboard[1]) > len(clipboard[0])


def test_copying_reaches_the_terminal_too(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(LineSession, "capable", True)
    monkeypatch.setattr(pyperclip, "copy", lambda text: (_ for _ in ()).throw(pyperclip.PyperclipException("none")))
    LineSession(accessible=False, read=lambda: None).copy("conda create -n 'my env'")
    code = capsys.readouterr().out.removeprefix("\x1b]52;c;").removesuffix("\x07")
    assert base64.b64decode(code).decode() == "conda create -n 'my env'"


def test_without_any_clipboard_that_is_said(said: Say, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pyperclip, "copy", lambda text: (_ for _ in ()).throw(pyperclip.PyperclipException("none")))
    assert "no clipboard program" in said("create an environment called demo", "/copy")


def test_deep_links_open_an_entry_a_flow_or_ask(said: Say) -> None:
    assert "Answer: Create an environment" in said(open_at="environment.create")
    assert "Answer: " in said(open_at="conda vs venv")
    assert "Free disk space" in said(open_at="clean-up")


def test_translate_in_both_ways_of_writing(said: Say) -> None:
    for command in ("/translate conda create -n x python=3.12 --to uv", "/translate uv conda create -n x python=3.12"):
        assert "uv venv --python 3.12" in said(command)
    assert "to which tool" in said("/translate conda list")


def test_mistakes_are_said_and_the_conversation_goes_on(said: Say) -> None:
    for message, words in (
        ("/thme", "did you mean"),
        ("/why", "paste the error"),
        ("/ref zzqqww", "no task"),
        ("/redo", "say which run"),
        ("/enter", "say which environment"),
        ("/enter nosuch", "there is no environment"),
        ("/doctor nosuch", "there is no check"),
        ("/os amiga", "is not known"),
        ("/log nosuch", "no"),
    ):
        text = said(message)
        assert words in text and "Good-bye." in text, (message, text)


def test_the_machine_in_sentences(said: Say) -> None:
    text = said("/machine")
    assert "Tools" in text and "Tool: " in text and "Disk: " in text and "---" not in text


def test_themes_are_said_to_be_the_full_screens(said: Say) -> None:
    assert "Themes belong to the full screen" in said("/theme envguide-light")


def run_that_fails() -> str:
    flows = Catalog(list(FLOWS), lambda name: flow_from_plain(FLOWS[name]))
    plan = api.make_plan("broken", {}, flows=flows)
    with api.start_run(plan, api.Policy(), flows=flows) as session:
        for event in session.events():
            if isinstance(event, api.Question):
                session.reply("yes" if event.kind == "plan" else "stop")
    return api.list_runs()[0].id


def test_what_was_cut_off_is_offered_at_the_start_by_number(
    said: Say, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    run = run_that_fails()
    text = said("/resume 1", "/log", "/runs")
    assert "Not finished:" in text and "1. Flow broken: 0 of 2 steps done" in text
    assert "not confirmed" in text  # the end of input means no
    assert "Step fails" in text and run in text
