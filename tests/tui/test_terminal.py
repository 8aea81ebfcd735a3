"""The program in a real terminal: it starts, answers, hands the terminal back as it was, and leaves with 0."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import pexpect
import pytest

pytestmark = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX terminal")

ENTER_SCREEN, LEAVE_SCREEN = "\x1b[?1049h", "\x1b[?1049l"


def start(*arguments: str, **variables: str) -> pexpect.spawn:
    """`envguide` in a terminal of 24 lines and 80 columns."""
    env = {**os.environ, "TERM": "xterm-256color", **variables}
    return pexpect.spawn(
        sys.executable, ["-m", "assistant", *arguments], env=env, encoding="utf-8", dimensions=(24, 80), timeout=90
    )


def test_from_the_start_to_the_end() -> None:
    child = start()
    child.expect_exact(ENTER_SCREEN)
    child.expect_exact("Ask about Python environments")
    child.send("/os windows\r")
    child.expect_exact("Answers are now for windows")
    child.send("\x11")
    child.expect_exact(LEAVE_SCREEN)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_deep_link_and_leaving_by_ctrl_c() -> None:
    child = start("--open", "environment.create")
    child.expect_exact("Create an environment")
    child.send("\x03\x03")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0


def test_a_copied_command_reaches_the_terminals_clipboard_and_nothing_else_does() -> None:
    import base64

    child = start()
    child.expect_exact("Ask about Python environments")
    child.send("/translate conda create -n x python=3.12 --to uv\r")
    child.expect_exact("In uv")
    child.send("\x19")  # Ctrl+Y
    child.expect(r"\x1b\]52;c;([A-Za-z0-9+/=]+)\x07")
    assert base64.b64decode(child.match[1]).decode() == "uv venv --python 3.12"
    child.send("\x11")
    child.expect(pexpect.EOF)


def test_a_deep_link_to_a_flow_shows_its_plan() -> None:
    child = start("--open", "clean-up")
    child.expect_exact("Free disk space in the caches")
    child.expect_exact("Empty pip's cache")
    child.send("\x1b")
    child.expect_exact("Ask about Python environments")
    child.send("\x11")
    child.expect(pexpect.EOF)


def test_no_colour_sends_no_colour() -> None:
    child = start(NO_COLOR="1")
    child.expect_exact("Ask about Python environments")
    child.send("\x11")
    child.expect(pexpect.EOF)
    assert not re.findall(r"\x1b\[[\d;]*[34][0-8];[25];[\d;]*m", str(child.before))


def test_a_shell_in_an_environment_takes_the_terminal_and_gives_it_back(tmp_path: Path) -> None:
    import subprocess

    place = Path(os.environ["HOME"]) / "project" / ".venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    code = """
import sys
from assistant.machine.model import Environment, Machine
from assistant.tui import app
from assistant.tui.app import GuideApp

one = Environment(name="demo", path=sys.argv[1], kind="venv")
machine = Machine(system="linux", shell="bash", cwd=".", environments=(one,))

class WithShell(GuideApp):
    CSS_PATH = app.__file__.replace("app.py", "app.tcss")

    def on_mount(self):
        self.set_timer(0.5, lambda: self.open_shell(one, machine))

sys.exit(WithShell(machine=machine).run())
"""
    root = Path(__file__).resolve().parents[2]
    env = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(root)}
    script = tmp_path / "with_shell.py"
    script.write_text(code, encoding="utf-8")
    child = pexpect.spawn(
        sys.executable, [str(script), str(place)], env=env, encoding="utf-8", dimensions=(24, 80), timeout=90
    )
    child.expect_exact(ENTER_SCREEN)
    child.expect_exact(LEAVE_SCREEN)
    child.expect(r"[$#] ")
    child.sendline('echo "in:$VIRTUAL_ENV:"')
    child.expect_exact(f"in:{place}:")
    child.sendline("exit")
    child.expect_exact(ENTER_SCREEN)
    child.send("\x11")
    child.expect_exact(LEAVE_SCREEN)
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
