"""Folder sizes, and free space. A walk ends at its deadline and says that it did."""

from __future__ import annotations

import os
import time


def folder_size(path: str, *, deadline: float | None = None) -> tuple[int, bool]:
    """Bytes that a folder takes on disk, and whether all of it was counted.

    Hard links count once; links are not followed. `deadline` is a value of `time.monotonic()`.
    """
    total = 0
    seen: set[tuple[int, int]] = set()
    folders = [path]
    while folders:
        if deadline is not None and time.monotonic() > deadline:
            return total, False
        try:
            entries = os.scandir(folders.pop())
        except OSError:
            continue
        with entries:
            for entry in entries:
                try:
                    if entry.is_dir(follow_symlinks=False):
                        folders.append(entry.path)
                        continue
                    status = entry.stat(follow_symlinks=False)
                except OSError:
                    continue
                if status.st_nlink > 1:
                    if (key := (status.st_dev, status.st_ino)) in seen:
                        continue
                    seen.add(key)
                blocks = getattr(status, "st_blocks", None)
                total += blocks * 512 if blocks is not None else status.st_size
    return total, True


def human_size(size: int) -> str:
    """`1536` -> `1.5 KB`, in steps of 1024, as people read it."""
    value = float(size)
    for unit in ("B", "KB", "MB", "GB"):
        if value < 1024:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1024
    return f"{value:.1f} TB"
