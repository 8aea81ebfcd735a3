"""Process groups and what a step has started: signalled by their ids, never by name.

On Linux `/proc` tells the session and the environment of a process, so that also a program that went into a session
of its own is found by the marker that it inherited. On macOS only process groups are known.
"""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from assistant.runner.terminal import MARKER


def signal_group(group: int, number: int) -> None:
    """Signal a process group; nothing where it is gone. Our own group is left alone."""
    if group > 1 and group != os.getpgrp():
        try:
            os.killpg(group, number)
        except (ProcessLookupError, PermissionError):
            return


def signal_process(pid: int, number: int) -> None:
    """Signal one process; nothing where it is gone."""
    if pid > 1 and pid != os.getpid():
        try:
            os.kill(pid, number)
        except (ProcessLookupError, PermissionError):
            return


def members(session: int, marker: str) -> list[int]:
    """Living processes of a session, and those that carry the marker of a step. Without `/proc`: none."""
    found = []
    needle = f"{MARKER}={marker}".encode() if marker else b""
    for entry in _proc():
        pid = int(entry.name)
        if pid == os.getpid():
            continue
        try:
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if fields[0] in "ZX":
                continue
            if int(fields[3]) == session or (needle and needle in (entry / "environ").read_bytes().split(b"\0")):
                found.append(pid)
        except (OSError, IndexError, ValueError):
            continue
    return found


def started(pid: int) -> str:
    """When a process was started, in ticks since boot as text; tells two processes with the same id apart. Empty if
    gone.
    """
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return ""
    fields = stat.rpartition(")")[2].split()
    return "" if len(fields) < 20 or fields[0] in "ZX" else fields[19]


def alive(pid: int, start: str) -> bool:
    """Whether the process that was started then still runs. Without a start time nobody can tell: another may have
    its id.
    """
    return bool(start) and started(pid) == start


def _proc() -> list[Path]:
    try:
        return [entry for entry in Path("/proc").iterdir() if entry.name.isdigit()]
    except OSError:
        return []


# Where the kernel keeps a process that waits for a terminal, a pipe, a connection, or any of several.
_WAITS_TO_READ = (
    "n_tty_read",
    "wait_woken",
    "poll_schedule_timeout",
    "do_select",
    "do_sys_poll",
    "do_poll",
    "ep_poll",
    "do_epoll_wait",
)


def may_read(pids: list[int]) -> bool:
    """Whether one of these may be waiting for input. False only where the kernel tells that none is (Linux)."""
    for pid in pids:
        try:
            before = _state(pid)
            where = Path(f"/proc/{pid}/wchan").read_text()
            working = "R" in (before, _state(pid))  # it waits for a processor then, and the kernel names no place
        except (OSError, IndexError):
            return True
        if where.startswith(_WAITS_TO_READ) or (where in ("", "0") and not working):
            return True
    return not pids


def _state(pid: int) -> str:
    """The letter that Linux has for what a process does; its name may hold any character, so it is cut off first."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def kill_session(session: int, marker: str) -> int:
    """Terminate, then kill what an earlier, interrupted step left running. Returns how many there were."""
    found = members(session, marker)
    for number in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        for pid in members(session, marker):
            signal_process(pid, number)
        for _ in range(100):
            if not members(session, marker):
                break
            time.sleep(0.02)
    return len(found)
