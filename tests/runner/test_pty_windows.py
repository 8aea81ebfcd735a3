"""The Windows terminal against a stand-in for pywinpty: the same interface, bytes, stages, nothing left waiting."""

import sys
import threading
import types
from typing import ClassVar

import pytest

from assistant.runner import pty_windows
from assistant.runner.terminal import StartError


class FakeProcess:
    """Behaves as pywinpty's PtyProcess does by its documentation."""

    made: ClassVar[list["FakeProcess"]] = []
    pid = 4242

    def __init__(self, argv: list[str], cwd: str, env: dict[str, str], dimensions: tuple[int, int]) -> None:
        self.argv, self.cwd, self.env, self.size = argv, cwd, env, dimensions
        self.texts = ["häl", "lo\r\n"]
        self.written: list[str] = []
        self.alive = True
        self.exitstatus: int | None = None
        self.ended = threading.Event()
        self.made.append(self)

    @classmethod
    def spawn(cls, argv: list[str], cwd: str, env: dict[str, str], dimensions: tuple[int, int]) -> "FakeProcess":
        if argv[0] == "missing":
            raise OSError("The system cannot find the file specified.")
        return cls(argv, cwd, env, dimensions)

    def read(self, size: int) -> str:
        if self.texts:
            return self.texts.pop(0)
        self.ended.wait(timeout=10)
        raise EOFError

    def write(self, text: str) -> None:
        self.written.append(text)

    def setwinsize(self, rows: int, columns: int) -> None:
        self.size = (rows, columns)

    def isalive(self) -> bool:
        return self.alive

    def close(self, force: bool = False) -> None:
        self.end(1)

    def end(self, code: int) -> None:
        self.alive, self.exitstatus = False, code
        self.ended.set()


@pytest.fixture
def winpty(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The stand-in as the module, and the taskkill commands that are given."""
    FakeProcess.made.clear()
    monkeypatch.setitem(sys.modules, "winpty", types.SimpleNamespace(PtyProcess=FakeProcess))
    killed: list[list[str]] = []

    def run(argv: list[str], **_: object) -> None:
        killed.append(argv)
        FakeProcess.made[-1].end(1)

    monkeypatch.setattr(pty_windows.subprocess, "run", run)
    return killed


def test_output_comes_as_bytes_and_ends(winpty: list[list[str]]) -> None:
    child = pty_windows.WindowsTerminal(["conda.exe", "create"], {"A": "1"}, "C:\\work", (30, 100))
    fake = FakeProcess.made[0]
    assert (fake.argv, fake.cwd, fake.size, child.pid) == (["conda.exe", "create"], "C:\\work", (30, 100), 4242)
    data = b""
    while b"\n" not in data:
        data += child.read(0.5) or b""
    assert data == "hällo\r\n".encode()
    assert child.read(0) == b""
    child.write("ü\n".encode())
    child.resize(40, 120)
    assert fake.written == ["ü\n"] and fake.size == (40, 120)
    assert child.poll() is None and child.echoes() and child.leftovers() == []
    fake.end(3)
    while child.read(0.1) is not None:
        pass
    assert child.read(0) is None and child.poll() == 3
    child.close()
    child.close()


def test_stages_end_the_tree_by_its_number(winpty: list[list[str]]) -> None:
    child = pty_windows.WindowsTerminal(["x"], {}, ".", (24, 80))
    child.signal("interrupt")
    assert FakeProcess.made[0].written == ["\x03"] and winpty == []
    child.signal("terminate")
    assert winpty == [["taskkill", "/T", "/PID", "4242"]]
    child.signal("kill")
    assert len(winpty) == 1  # it is gone already
    FakeProcess.made[0].alive = True
    child.signal("kill")
    assert winpty[-1] == ["taskkill", "/F", "/T", "/PID", "4242"]
    child.close()


def test_what_cannot_be_started_says_so(winpty: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(StartError, match="could not be started"):
        pty_windows.WindowsTerminal(["missing"], {}, ".", (24, 80))
    monkeypatch.setitem(sys.modules, "winpty", None)
    with pytest.raises(StartError, match="pywinpty"):
        pty_windows.WindowsTerminal(["x"], {}, ".", (24, 80))
