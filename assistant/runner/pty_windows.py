"""A child on a pseudo-console (ConPTY) under Windows, through pywinpty.

Written to pywinpty's documented interface and tested against a stand-in; the text it gives is UTF-8 encoded again, so
that logs and the line model see bytes as on the other systems. Windows has no process groups to signal: Ctrl+C goes
through the console, and the rest ends by `taskkill` with the process's id and its tree.
"""

from __future__ import annotations

import queue
import subprocess
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from assistant.runner.terminal import Stage, StartError

_END = None


class WindowsTerminal:
    """See `terminal.Terminal`."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: str, size: tuple[int, int]) -> None:
        try:
            from winpty import PtyProcess
        except ImportError as error:
            raise StartError(
                "the module pywinpty is missing, which runs programs in a console", "pip install pywinpty"
            ) from error
        try:
            self._child: Any = PtyProcess.spawn(list(argv), cwd=cwd, env=dict(env), dimensions=size)
        except (OSError, ValueError, RuntimeError) as error:
            raise StartError(
                f"`{argv[0]}` could not be started: {error}", f"install {argv[0]}, or open a shell that finds it"
            ) from error
        self.pid: int = self._child.pid
        self._chunks: queue.Queue[bytes | None] = queue.Queue(maxsize=64)
        self._ended = False
        self._closed = False
        threading.Thread(target=self._collect, name=f"read-{self.pid}", daemon=True).start()

    def _collect(self) -> None:
        """Reading blocks here, so it has its own thread; the queue is bounded, so a fast child waits."""
        while not self._closed:
            try:
                text = self._child.read(65_536)
            except (EOFError, OSError):
                break
            if text:
                self._chunks.put(text.encode("utf-8", "replace"))
        self._chunks.put(_END)

    def read(self, timeout: float) -> bytes | None:
        if self._ended:
            return None
        try:
            data = self._chunks.get(timeout=timeout) if timeout else self._chunks.get_nowait()
        except queue.Empty:
            return b""
        if data is _END:
            self._ended = True
        return data

    def write(self, data: bytes) -> None:
        try:
            self._child.write(data.decode("utf-8", "replace"))
        except (EOFError, OSError):
            return

    def resize(self, rows: int, columns: int) -> None:
        try:
            self._child.setwinsize(max(rows, 1), max(columns, 1))
        except (EOFError, OSError):
            return

    def echoes(self) -> bool:
        return True  # a console does not tell

    def may_read(self) -> bool:
        return True  # neither this

    def signal(self, stage: Stage) -> None:
        if self.poll() is not None:
            return
        if stage == "interrupt":
            self.write(b"\x03")
            return
        force = ["/F"] if stage == "kill" else []
        subprocess.run(["taskkill", *force, "/T", "/PID", str(self.pid)], check=False, capture_output=True, timeout=10)

    def poll(self) -> int | None:
        if self._child.isalive():
            return None
        code = self._child.exitstatus
        return int(code) if code is not None else 1

    def leftovers(self) -> list[int]:
        return []  # taskkill ends the tree; nothing else is known

    def close(self) -> None:
        if self._closed:
            return
        if self.poll() is None:
            self.signal("kill")
        self._closed = True
        self._child.close(force=True)
        while not self._chunks.empty():  # a reader that waits for room may end
            self._chunks.get_nowait()
