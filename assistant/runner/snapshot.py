"""Folders kept whole before a step, so that undo gives back every byte, mode and link.

What lies on the same disk is linked rather than copied where tools never write into such a file in place (libraries,
Python files, anything large); whoever replaces it then makes a new file, and the kept one stays. Whether that held is
checked before anything is given back. The kept files take room on the disk once the environment drops them: only the
newest ones of a folder stay.
"""

from __future__ import annotations

import errno
import filecmp
import gzip
import json
import os
import re
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from assistant.errors import StateError
from assistant.runner import remove
from assistant.runner.edit import state_error, sync_folder

KEPT = "kept"  # the folder in a run's folder that holds them
MANIFEST = "manifest.json.gz"
FILES = "files"
NEWEST = 3  # kept ones of one folder that stay
SPARE = 500_000_000  # bytes that stay free where files must be copied

# Nobody writes into these in place: installers put a new file in the old one's place.
_REPLACED = re.compile(r"\.(?:py|pyi|pyc|h|hpp|a|lib|exe|dll|pyd|dylib|so(?:\.[\d.]+)?)$")
_LARGE = 1 << 20

Progress = Callable[[str], None]
Stopped = Callable[[], bool]
# Path below the folder -> kind (d, f, l), mode, size, time of change (ns), and what a link points to.
Entries = dict[str, list[Any]]


def take(folder: str, place: Path, *, progress: Progress, stopped: Stopped) -> None:
    """Keep a folder as it is now in `place`, which must not be there yet.

    Raises:
        StateError: the disk refuses or has no room; `place` is gone again.
        InterruptedError: `stopped` said so; `place` is gone again.
    """
    try:
        place.mkdir(parents=True, mode=0o700)
        entries = _look(Path(folder))
        linked = place.stat().st_dev == Path(folder).stat().st_dev
        _refuse_full(folder, entries, place, linked)
        for name, (kind, _, size, _, _) in entries.items():
            if kind == "f":
                if stopped():
                    raise InterruptedError(folder)
                progress(name)
                _keep(Path(folder, name), place / FILES / name, linked and _may_link(name, size))
        data = json.dumps({"folder": folder, "entries": entries}, separators=(",", ":"))
        (place / MANIFEST).write_bytes(gzip.compress(data.encode("utf-8", "surrogatepass"), 3, mtime=0))
        sync_folder(place)
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        if isinstance(error, InterruptedError):
            raise
        raise state_error(f"{folder} could not be kept for undo", error) from error


def _may_link(name: str, size: int) -> bool:
    return not name.startswith("conda-meta/") and (size >= _LARGE or bool(_REPLACED.search(name)))


def _refuse_full(folder: str, entries: Entries, place: Path, linked: bool) -> None:
    size = sum(one[2] for name, one in entries.items() if not (linked and _may_link(name, one[2])))
    free = shutil.disk_usage(place).free
    if size + SPARE > free:
        what = f"keeping {folder} for undo takes {size / 1e6:,.0f} MB, and {free / 1e6:,.0f} MB are free at {place}"
        raise OSError(errno.ENOSPC, what)


def _keep(file: Path, copy: Path, link: bool) -> None:
    copy.parent.mkdir(parents=True, exist_ok=True)
    if link:
        try:
            os.link(file, copy)
            return
        except OSError as error:
            # Some systems refuse links to other people's files, or have a limit on their number.
            if error.errno not in (errno.EPERM, errno.EACCES, errno.EMLINK, errno.EXDEV, errno.ENOTSUP):
                raise
    shutil.copy2(file, copy)


def _look(folder: Path) -> Entries:
    """Everything below a folder; `.` is the folder itself."""
    status = folder.lstat()
    found: Entries = {".": ["d", stat.S_IMODE(status.st_mode), 0, status.st_mtime_ns, ""]}
    for path in _walk(folder):
        status = path.lstat()
        mode, name = stat.S_IMODE(status.st_mode), path.relative_to(folder).as_posix()
        if stat.S_ISLNK(status.st_mode):
            found[name] = ["l", 0, 0, 0, str(path.readlink())]
        elif stat.S_ISDIR(status.st_mode):
            found[name] = ["d", mode, 0, status.st_mtime_ns, ""]
        elif stat.S_ISREG(status.st_mode):
            found[name] = ["f", mode, status.st_size, status.st_mtime_ns, ""]
    return found


def _walk(folder: Path) -> Iterator[Path]:
    with os.scandir(folder) as items:
        for item in sorted(items, key=lambda one: one.name):
            yield Path(item.path)
            if item.is_dir(follow_symlinks=False):
                yield from _walk(Path(item.path))


def read(place: Path) -> Entries:
    """What was kept.

    Raises:
        StateError: it is gone or damaged.
    """
    try:
        data = json.loads(gzip.decompress((place / MANIFEST).read_bytes()).decode("utf-8", "surrogatepass"))
        return dict(data["entries"])
    except (OSError, EOFError, ValueError, KeyError, TypeError) as error:
        raise StateError(
            f"what was kept in {place} is gone or damaged",
            f"only the newest {NEWEST} of a folder are kept; make it anew from its export or its list of packages",
        ) from error


def differences(folder: str, place: Path) -> tuple[list[str], list[str]]:
    """What would come back or be put right, and what would go, to make the folder as it was.

    Raises:
        StateError: what was kept is gone or damaged.
    """
    entries = read(place)
    now = _look(Path(folder)) if Path(folder).is_dir() else {}
    # A folder's time of change alone is no difference.
    back = [name for name, one in entries.items() if not _same(one, now.get(name))]
    return back, [name for name in now if name not in entries]


def _same(one: list[Any], other: list[Any] | None) -> bool:
    return other is not None and (one[:3] == other[:3] if one[0] == "d" else one == other)


def restore(folder: str, place: Path, *, progress: Progress, stopped: Stopped) -> None:
    """Make a folder again what it was. Doing it again after an interruption gives the same.

    Raises:
        StateError: what was kept is gone or was written into; nothing has been changed then. Or the disk refuses.
        InterruptedError: `stopped` said so.
    """
    entries = read(place)
    for name, one in entries.items():
        if one[0] == "f":
            _check(place / FILES / name, one)
    root = Path(folder)
    try:
        now = _look(root) if root.is_dir() else {}
        for name in sorted(now, reverse=True):
            if stopped():
                raise InterruptedError(folder)
            if name not in entries or entries[name][0] != now[name][0]:
                progress(name)
                _drop(root / name, now[name][0])
        for name, one in entries.items():
            if stopped():
                raise InterruptedError(folder)
            if one[0] == "d":
                (root / name).mkdir(parents=True, exist_ok=True)
                (root / name).chmod(one[1] | stat.S_IRWXU)
            elif not _same(one, now.get(name)) or (one[0] == "f" and not _is_kept(root / name, place / FILES / name)):
                progress(name)
                _put(root / name, place / FILES / name, one)
        for name in sorted(entries, reverse=True):  # the inner ones first: what is in a folder changes its time
            if entries[name][0] == "d":
                os.utime(root / name, ns=(entries[name][3], entries[name][3]))
                (root / name).chmod(entries[name][1])
    except OSError as error:
        if isinstance(error, InterruptedError):
            raise
        raise state_error(f"{folder} is not back as it was", error) from error


def _check(copy: Path, one: list[Any]) -> None:
    try:
        status = copy.lstat()
        whole = status.st_size == one[2] and status.st_mtime_ns == one[3]
    except OSError:
        whole = False
    if not whole:
        raise StateError(
            f"what was kept as {copy} was written into since, so nothing is put back",
            "make the environment anew from its export or its list of packages",
        )


def _is_kept(file: Path, copy: Path) -> bool:
    """Whether a file with the size and time of the kept one is the kept one."""
    status, other = file.lstat(), copy.lstat()
    same = (status.st_dev, status.st_ino) == (other.st_dev, other.st_ino)
    return same or status.st_size >= _LARGE or filecmp.cmp(file, copy, shallow=False)


def _drop(path: Path, kind: str) -> None:
    if kind == "d":
        path.chmod(path.stat().st_mode | stat.S_IRWXU)
        for rest in path.iterdir():  # sockets and the like, which are never kept
            rest.unlink()
        path.rmdir()
    else:
        path.parent.chmod(path.parent.stat().st_mode | stat.S_IRWXU)
        path.unlink()


def _put(path: Path, copy: Path, one: list[Any]) -> None:
    path.parent.chmod(path.parent.stat().st_mode | stat.S_IRWXU)
    new = path.with_name(f".{path.name[:200]}.new")
    new.unlink(missing_ok=True)
    if one[0] == "l":
        new.symlink_to(one[4])
    else:
        shutil.copy2(copy, new)
        new.chmod(one[1])
    new.replace(path)


def prune(folder: str, kept: list[Path]) -> None:
    """Let go of all but the newest ones of a folder; `kept` are those there are, the newest first."""
    for place in kept[NEWEST - 1 :]:
        shutil.rmtree(place, ignore_errors=True)


def refusal(folder: str, home: str) -> str:
    """Why a folder is never kept or given back whole; the empty text where it may be."""
    return remove.refusal(folder, home, "")
