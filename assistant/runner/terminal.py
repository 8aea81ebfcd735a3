"""A child process on a pseudo-terminal: the interface that both systems fill, and which one is used here.

A child has its own session and controlling terminal, so that Ctrl+C, `/dev/tty` and password prompts work as in a
shell.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, Protocol

from assistant.errors import GuideError

Stage = Literal["interrupt", "terminate", "kill"]
STAGES: tuple[Stage, ...] = ("interrupt", "terminate", "kill")
MARKER = "ENVGUIDE_STEP"  # set in a child's environment, so that whatever it starts can be found again
DEFAULT_SIZE = (24, 80)  # rows, columns


class StartError(GuideError):
    """The program could not be started."""


class Terminal(Protocol):
    """A running child. One thread reads; `write`, `resize` and `signal` may be called from others."""

    pid: int

    def read(self, timeout: float) -> bytes | None:
        """Output, at most some 64 KiB; empty when nothing came in `timeout` seconds; None at the end."""

    def write(self, data: bytes) -> None:
        """Keys for the child. What it does not take at once is kept and sent by later reads."""

    def resize(self, rows: int, columns: int) -> None:
        """Tell the child the new size of its window."""

    def echoes(self) -> bool:
        """Whether typed keys are shown; False at a password prompt."""

    def may_read(self) -> bool:
        """Whether the child may be waiting for keys; False only where that is certain."""

    def signal(self, stage: Stage) -> None:
        """Interrupt, terminate or kill everything that the child started; nothing where it is gone."""

    def poll(self) -> int | None:
        """The exit code once the child has ended; negative for a signal's number."""

    def leftovers(self) -> list[int]:
        """Processes that the child started and that still run."""

    def close(self) -> None:
        """Give the terminal back; a child that still runs is killed."""


def start(
    argv: Sequence[str], *, env: Mapping[str, str], cwd: str, size: tuple[int, int] = DEFAULT_SIZE, marker: str = ""
) -> Terminal:
    """Start a program with its arguments as they are; no shell reads them.

    Raises:
        StartError: the program or the folder is missing, or the system refuses.
    """
    if not Path(cwd).is_dir():
        raise StartError(f"the folder {cwd} does not exist", "go to a folder that exists and try again")
    full = {**env, MARKER: marker} if marker else dict(env)
    if os.name == "nt":
        from assistant.runner.pty_windows import WindowsTerminal

        return WindowsTerminal(argv, full, cwd, size)
    from assistant.runner.pty_posix import PosixTerminal

    return PosixTerminal(argv, full, cwd, size)
