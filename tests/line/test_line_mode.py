"""Line mode over real ptys and pipes: conversation, pasted errors, slash commands, a whole flow in accessible mode."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output import DummyOutput

from assistant.line.flow_console import FlowConsole, _match
from assistant.line.prompt import prompt_reader
from assistant.machine.model import Machine
from assistant.render.layout import Style
from assistant.runner import api
from assistant.search.library import open_library

pytestmark = pytest.mark.skipif(os.name == "nt", reason="drives a POSIX pseudo-terminal")


@pytest.fixture
def chat(tmp_path: Path) -> Iterator[pexpect.spawn[str]]:
    """`envguide chat --accessible` on a real terminal, in an empty folder."""
    work = tmp_path / "work"
    work.mkdir()
    child = pexpect.spawn(
        sys.executable, ["-m", "assistant", "chat", "--accessible"],
        cwd=str(work), env={**os.environ, "PYTHONPATH": str(Path.cwd()), "COLUMNS": "80"}, encoding="utf-8", timeout=60, echo=False,
    )  # fmt: skip
    child.expect_exact("You: ")
    yield child
    child.close(force=True)


@pytest.fixture
def rich(tmp_path: Path) -> Iterator[pexpect.spawn[str]]:
    """`envguide chat` on a terminal that can complete and redraw."""
    env = {**os.environ, "PYTHONPATH": str(Path.cwd()), "TERM": "xterm-256color"}
    child = pexpect.spawn(
        sys.executable, ["-m", "assistant", "chat"],
        cwd=str(tmp_path), env=env, encoding="utf-8", timeout=90, dimensions=(30, 100),
    )  # fmt: skip
    answer_where(child)
    child.expect_exact("Tab completes")
    yield child
    child.close(force=True)


def answer_where(child: pexpect.spawn[str]) -> None:
    """The program asks where the cursor is, as terminals can tell; the bottom line needs that."""
    child.expect_exact("\x1b[6n")
    child.send("\x1b[5;1R")


def test_a_terminal_that_can_completes_and_keeps_a_history(rich: pexpect.spawn[str]) -> None:
    rich.send("/compare con")
    rich.expect_exact("conda")
    rich.send("\t\r")
    rich.expect_exact("at least two")
    answer_where(rich)
    rich.send("conda vs venv\r")
    rich.expect_exact("Both isolate")
    answer_where(rich)
    rich.expect_exact("Tab completes")
    rich.send("\x1b[A")  # Up: the question again
    rich.expect_exact("conda vs venv")
    rich.send("\r")
    rich.expect_exact("Both isolate")
    answer_where(rich)
    rich.expect_exact("Tab completes")
    rich.send("\x04")
    rich.expect_exact("Good-bye.")
    rich.expect(pexpect.EOF)
    rich.close()
    assert rich.exitstatus == 0


def test_it_says_that_accessible_mode_is_on(chat: pexpect.spawn[str]) -> None:
    assert "line mode for screen readers" in chat.before


def test_an_answer_has_a_label_and_no_redraw(chat: pexpect.spawn[str]) -> None:
    chat.sendline("conda vs venv")
    chat.expect_exact("You: ")
    assert "Answer: " in chat.before
    assert "\x1b[" not in chat.before
    assert "----" not in chat.before


def test_a_follow_up_and_leaving(chat: pexpect.spawn[str]) -> None:
    chat.sendline("create an env called demo with python 3.12")
    chat.expect_exact("You: ")
    chat.sendline("and with uv?")
    chat.expect_exact("uv venv --python 3.12")
    chat.expect_exact("You: ")
    chat.sendline("exit")
    chat.expect_exact("Good-bye.")
    chat.expect(pexpect.EOF)
    chat.wait()
    assert chat.exitstatus == 0


def test_a_pasted_error_of_several_lines_is_one_message(chat: pexpect.spawn[str]) -> None:
    chat.send(
        "CommandNotFoundError: Your shell has not been properly configured to use 'conda activate'.\n"
        "To initialize your shell, run\n\n    $ conda init <SHELL_NAME>\n"
    )
    chat.expect_exact("conda init")
    chat.expect_exact("You: ")
    assert chat.before.count("Answer: ") <= 1


def test_slash_commands(chat: pexpect.spawn[str]) -> None:
    for command, expected in (
        ("/help", "/translate"),
        ("/run", "say which flow"),
        ("/compare conda uv", "conda"),
        ("/translate uv conda create -n x python=3.12", "uv venv --python 3.12"),
        ("/ref free disk space", "conda clean"),
        ("/flows", "create-environment"),
        ("/os windows", "for windows from now on"),
        ("/nonsense", "no command"),
    ):
        chat.sendline(command)
        chat.expect_exact(expected)
        chat.expect_exact("You: ")


def test_a_whole_flow_reads_well_and_really_runs(chat: pexpect.spawn[str]) -> None:
    """A screen-reader user makes an environment: every line is plain, every choice is named, the result is real."""
    chat.sendline(
        f"/run create-environment tool=venv name=demo location=./demo python={sys.version_info.major}.{sys.version_info.minor}"
    )
    chat.expect_exact("Enter alone means no: ")
    shown = chat.before
    chat.sendline("1")
    chat.expect_exact("You: ", timeout=120)
    transcript = shown + chat.before
    assert "\x1b[" not in transcript
    assert not any(char in transcript for char in "─│┌┐└┘█")
    assert "will run" in transcript
    assert "1. yes: go ahead" in transcript and "4. no: leave it" in transcript
    assert "Step 1. Create demo" in transcript and "step done" in transcript
    assert "activate" in transcript
    python = Path(chat.cwd) / "demo" / "bin" / "python"
    assert subprocess.run([python, "-c", "print(1)"], capture_output=True, text=True).stdout == "1\n"


def test_a_question_in_the_middle_is_answered_and_the_flow_goes_on(chat: pexpect.spawn[str]) -> None:
    chat.sendline(
        f"/run create-environment tool=venv name=demo location=./demo python={sys.version_info.major}.{sys.version_info.minor}"
    )
    chat.expect_exact("Enter alone means no: ")
    chat.sendline("? conda vs venv")
    chat.expect_exact("Answer: ")
    chat.expect_exact("Enter alone means no: ")
    chat.sendline("4")
    chat.expect_exact("not confirmed")
    chat.expect_exact("You: ")
    assert not (Path(chat.cwd) / "demo").exists()


def test_a_shell_in_an_environment_and_back(chat: pexpect.spawn[str]) -> None:
    place = Path(chat.cwd) / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    chat.sendline(f"/enter {place}")
    chat.expect_exact("A shell in")
    chat.expect(r"[$#] ")
    chat.sendline('echo "in:$VIRTUAL_ENV:"')
    chat.expect_exact(f"in:{place}:")
    chat.sendline("exit")
    chat.expect_exact("Back in envguide.")
    chat.expect_exact("You: ")


@pytest.mark.parametrize(
    ("variables", "said"),
    [({"TERM": "dumb"}, "Line mode, because"), ({"ACCESSIBLE": "1"}, "line mode for screen readers")],
)
def test_the_program_alone_starts_line_mode_where_it_must(tmp_path: Path, variables: dict[str, str], said: str) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "assistant"],
        cwd=str(tmp_path), env={**os.environ, "PYTHONPATH": str(Path.cwd()), **variables}, encoding="utf-8", timeout=60, echo=False,
    )  # fmt: skip
    child.expect_exact(said)
    child.expect(r"(?:You: |> )$")
    child.sendline("conda vs venv")
    child.expect_exact("Both isolate")
    child.expect(r"(?:You: |> )$")
    child.sendline("exit")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "\x1b[" not in str(child.before)


def test_no_is_the_default_and_changes_nothing(chat: pexpect.spawn[str]) -> None:
    chat.sendline(
        f"/run create-environment tool=venv name=demo location=./demo python={sys.version_info.major}.{sys.version_info.minor}"
    )
    chat.expect("Run this step")
    chat.sendline("")
    chat.expect_exact("You: ")
    assert not (Path(chat.cwd) / "demo").exists()


def test_the_end_of_input_leaves(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "chat"], input="conda vs venv\n", capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0
    assert "Good-bye." in done.stdout
    assert "\x1b[" not in done.stdout


def test_reading_with_prompt_toolkit() -> None:
    machine = Machine(system="linux")
    with create_pipe_input() as pipe:
        read = prompt_reader(open_library(), machine, input=pipe, output=DummyOutput())
        pipe.send_text("conda vs venv\r")
        assert read() == "conda vs venv"
        pipe.send_text("one\x1b\rtwo\r")
        assert read() == "one\ntwo"
        pipe.send_text("\x04")
        assert read() is None


@pytest.mark.parametrize(
    ("given", "answer"),
    [
        ("yes", "yes"),
        ("Y", "yes"),
        ("", "no"),
        ("s", ""),
        ("st", "step"),
        ("maybe", ""),
        ("NO", "no"),
        ("1", "yes"),
        ("4", "no"),
        ("5", ""),
        ("0", ""),
    ],
)
def test_answers_to_the_gate(given: str, answer: str) -> None:
    assert _match(given, ("yes", "step", "skip", "no"), "no") == answer


def test_at_the_end_each_command_stands_below_its_words(capsys: pytest.CaptureFixture[str]) -> None:
    after = (
        api.Said(text="Use it:", commands=("conda activate demo",)),
        api.Said(text="A remark.", commands=()),
        api.Said(text="Then:", commands=("one", "two")),
    )
    end = api.FlowFinished(state="done", message="1 step done", exit=0, after=after)
    console = FlowConsole(api.Session(lambda _: end), Style(colour=False), redraw=False, width=80)
    assert console.run() == 0
    lines = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip()]
    assert lines == ["1 step done", "Use it:", "conda activate demo", "A remark.", "Then:", "one", "two"]
