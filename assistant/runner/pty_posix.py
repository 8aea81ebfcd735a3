"""A child on a pseudo-terminal under Linux and macOS.

`posix_spawn` with `setsid` starts a fixed line of `sh` that opens the terminal by name (which makes it the
controlling one, also where a file action would not), goes to the folder and becomes the program. No Python runs
between fork and exec, so this is safe in a program with threads, which `pty.fork` and `preexec_fn` are not.
"""

from __future__ import annotations

import errno
import fcntl
import os
import select
import shutil
import signal
import struct
import termios
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from assistant.runner import processes
from assistant.runner.terminal import MARKER, Stage, StartError

CHUNK = 64 * 1024
GATHER = 0.008  # seconds to go on collecting before a chunk is handed on: half a frame
_BECOME = 'exec <>"$1" >&0 2>&0 && cd -- "$2" && shift 2 && exec "$@"'
_SIGNALS: dict[Stage, signal.Signals] = {
    "interrupt": signal.SIGINT,
    "terminate": signal.SIGTERM,
    "kill": signal.SIGKILL,
}


class PosixTerminal:
    """See `terminal.Terminal`."""

    def __init__(self, argv: Sequence[str], env: Mapping[str, str], cwd: str, size: tuple[int, int]) -> None:
        program = _find(argv[0], env, cwd)
        self._marker = env.get(MARKER, "")
        self._master, self._slave = os.openpty()
        self._exit: int | None = None
        self._lock = threading.Lock()
        self._unsent = bytearray()
        self._open = True
        try:
            self.resize(*size)
            os.set_blocking(self._master, False)
            words = ["sh", "-c", _BECOME, "sh", os.ttyname(self._slave), cwd, program, *argv[1:]]
            self.pid = os.posix_spawn(
                "/bin/sh",
                words,
                dict(env),
                setsid=True,
                setsigmask=(),
                # Python ignores SIGPIPE, and whoever started us may ignore SIGINT: the child shall have both.
                setsigdef=(
                    signal.SIGINT,
                    signal.SIGQUIT,
                    signal.SIGTERM,
                    signal.SIGPIPE,
                    signal.SIGTSTP,
                    signal.SIGHUP,
                ),
            )
        except (OSError, ValueError) as error:
            os.close(self._master)
            os.close(self._slave)
            raise StartError(
                f"`{argv[0]}` could not be started: {error}", "see the step's command in the plan"
            ) from error
        threading.Thread(target=self._wait, name=f"wait-{self.pid}", daemon=True).start()

    def _wait(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        with self._lock:
            self._exit = os.waitstatus_to_exitcode(status)

    def read(self, timeout: float) -> bytes | None:
        if not self._open:
            return None
        self._send()
        ready, _, _ = select.select([self._master], [], [], timeout)
        if not ready:
            return b""
        chunks: list[bytes] = []
        size = 0
        until = time.monotonic() + GATHER
        while size < CHUNK:
            try:
                data = os.read(self._master, CHUNK)
            except BlockingIOError:
                if not select.select([self._master], [], [], 0 if not chunks else 0.001)[0]:
                    break
                continue
            except OSError as error:
                if error.errno != errno.EIO:  # EIO is the end: every process has closed the terminal
                    raise
                return b"".join(chunks) or None
            if not data:
                return b"".join(chunks) or None
            chunks.append(data)
            size += len(data)
            if time.monotonic() > until:
                break
        return b"".join(chunks)

    def write(self, data: bytes) -> None:
        with self._lock:
            self._unsent += data
        self._send()

    def _send(self) -> None:
        with self._lock:
            while self._unsent and self._open:
                try:
                    sent = os.write(self._master, self._unsent[:1024])
                except (BlockingIOError, InterruptedError):
                    return
                except OSError:  # the child is gone: nobody will read this
                    self._unsent.clear()
                    return
                del self._unsent[:sent]

    def resize(self, rows: int, columns: int) -> None:
        if self._open:
            size = struct.pack("HHHH", max(rows, 1), max(columns, 1), 0, 0)
            fcntl.ioctl(self._master, termios.TIOCSWINSZ, size)

    def echoes(self) -> bool:
        if not self._open:
            return True
        try:
            return bool(termios.tcgetattr(self._slave)[3] & termios.ECHO)
        except termios.error:
            return True

    def may_read(self) -> bool:
        return processes.may_read(self.leftovers())

    def signal(self, stage: Stage) -> None:
        number = _SIGNALS[stage]
        with self._lock:
            running = self._exit is None
            foreground = self._foreground()
            if stage == "interrupt":
                # As the terminal does for Ctrl+C: the foreground job only, which is the child itself unless it is a
                # shell.
                groups = {foreground} if foreground else {self.pid} if running else set()
            else:
                groups = {group for group in (foreground, self.pid if running else 0) if group}
            for group in groups:
                processes.signal_group(group, number)
        if stage != "interrupt":
            for pid in self.leftovers():
                processes.signal_process(pid, number)

    def _foreground(self) -> int:
        if not self._open:
            return 0
        try:
            group = os.tcgetpgrp(self._master)
        except OSError:
            return 0
        return group if group > 1 and group != os.getpgrp() else 0

    def poll(self) -> int | None:
        with self._lock:
            return self._exit

    def leftovers(self) -> list[int]:
        return processes.members(self.pid, self._marker)

    def close(self) -> None:
        if not self._open:
            return
        if self.poll() is None:
            self.signal("kill")
            for _ in range(200):
                if self.poll() is not None:
                    break
                time.sleep(0.01)
        with self._lock:
            self._open = False
            os.close(self._slave)
            os.close(self._master)


def _find(program: str, env: Mapping[str, str], cwd: str) -> str:
    """Where a program is, by the child's PATH; a relative path counts from the child's folder.

    Raises:
        StartError: there is no such program, or it may not be run.
    """
    if os.sep in program:
        path = Path(cwd) / program
        if not path.exists():
            raise StartError(f"{path} does not exist", "see `envguide doctor` for what is installed")
        if path.is_dir() or not os.access(path, os.X_OK):
            raise StartError(f"{path} is not a program that may be run", "check its permissions")
        return str(path)
    found = shutil.which(program, path=env.get("PATH", os.defpath))
    if found is None:
        raise StartError(f"`{program}` is not on PATH", f"install {program}, or open a shell that finds it")
    return str(Path(found).absolute())
