"""Deleting files and folders, and knowing beforehand that they are the right ones.

What a run makes is remembered by device and inode, so that undo deletes that very folder and not one of the same
name. A link is removed, never followed; roots, the home folder, the working folder and what lies above them are
refused.
"""

from __future__ import annotations

import os
import shutil
import stat
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from assistant.content.frozen import Frozen
from assistant.errors import GuideError


class RemoveError(GuideError):
    """Something is not deleted, because it must not be or cannot be."""


class Made(Frozen):
    """A file or folder that a run made: where, and which one."""

    path: str
    device: int
    inode: int

    def to_plain(self) -> dict[str, Any]:
        return {"path": self.path, "device": self.device, "inode": self.inode}


def identify(path: str) -> Made | None:
    """Which file or folder stands there now; None where there is none."""
    try:
        status = os.lstat(path)
    except OSError:
        return None
    return Made(path=path, device=status.st_dev, inode=status.st_ino)


def refusal(path: str, home: str, cwd: str) -> str:
    """Why a path is never deleted; the empty text where it may be."""
    place = Path(path)
    if not place.is_absolute():
        return f"{path} is not a whole path"
    for kept, what in ((home, "the home folder"), (cwd, "the folder you are in")):
        if kept and (place == Path(kept) or place in Path(kept).parents):
            return f"{path} is {what}, or above it"
    resolved = place.resolve()
    if resolved == Path(resolved.anchor) or len(resolved.parts) < 3:
        return f"{path} is a root of the system"
    if not place.is_symlink() and place.is_dir() and os.path.ismount(place):
        return f"{path} is a mounted disk"
    return ""


def size_of(path: str) -> tuple[int, int]:
    """Number of files and bytes below a path; links are not followed."""
    if not Path(path).is_dir() or Path(path).is_symlink():
        return (1, os.lstat(path).st_size) if os.path.lexists(path) else (0, 0)
    files = size = 0
    for folder, _, names in os.walk(path):
        for name in names:
            try:
                size += os.lstat(Path(folder, name)).st_size
            except OSError:
                continue
            files += 1
    return files, size


def listing(path: str) -> dict[str, list[int]]:
    """Every file below a folder with size and time of change (ns), but for Python's caches: what undo compares with."""
    found: dict[str, list[int]] = {}
    root = Path(path)
    if root.is_symlink() or not root.is_dir():
        return found
    for folder, folders, names in os.walk(path):
        folders[:] = [name for name in folders if name != "__pycache__"]
        for name in names:
            file = Path(folder, name)
            try:
                status = file.lstat()
            except OSError:
                continue
            found[file.relative_to(root).as_posix()] = [status.st_size, status.st_mtime_ns]
    return found


def changed_since(path: str, before: dict[str, list[int]]) -> list[str]:
    """Files below a folder that were added or changed since the listing, in order."""
    return sorted(name for name, facts in listing(path).items() if before.get(name) != facts)


def remove(path: str, *, home: str, cwd: str, progress: Callable[[str], None], stopped: Callable[[], bool]) -> None:
    """Delete a file, a link, or a folder with all that is in it.

    Raises:
        RemoveError: it must not be deleted, or something in it cannot be; what is left is named.
        InterruptedError: `stopped` said so; what is gone is gone.
    """
    why = refusal(path, home, cwd)
    if why:
        raise RemoveError(f"not deleted: {why}", "delete it by hand if you are sure")
    place = Path(path)
    if not os.path.lexists(path):
        return
    if place.is_symlink() or not place.is_dir():
        place.unlink()
        return
    failed: list[str] = []

    def again(function: Callable[..., Any], name: str, info: object) -> None:
        # A read-only file or folder (Windows, conda's cache): make it writable once and try again.
        try:
            parent = Path(name).parent
            parent.chmod(parent.stat().st_mode | stat.S_IRWXU)
            if not Path(name).is_symlink():
                Path(name).chmod(stat.S_IRWXU)
            function(name)
        except OSError as error:
            failed.append(f"{name}: {error.strerror or error}")

    for child in sorted(place.iterdir()):
        if stopped():
            raise InterruptedError(path)
        progress(str(child))
        if child.is_symlink() or not child.is_dir():
            try:
                child.unlink()
            except OSError:
                again(os.unlink, str(child), None)
        else:
            if sys.version_info >= (3, 12):
                shutil.rmtree(child, onexc=again)
            else:
                shutil.rmtree(child, onerror=again)
    try:
        place.rmdir()
    except OSError as error:
        failed.append(f"{path}: {error.strerror or error}")
    if failed:
        raise RemoveError(
            f"not everything in {path} could be deleted: {failed[0]}", "close the programs that use it and try again"
        )
