"""Where runs live: one folder each below `paths.runs_dir()`, with its journal, the flows it was made from, logs and
copies.

    20261122-081500-create-environment-3f9a/
        journal.jsonl   flows.json   lock   logs/   before/

A run's folder is locked while somebody writes in it; the lock goes with its process, however that ends.
"""

from __future__ import annotations

import contextlib
import datetime
import hashlib
import json
import os
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from assistant import __version__, paths
from assistant.content.compiled import to_plain
from assistant.content.frozen import Frozen
from assistant.content.schema import nearest
from assistant.errors import StateError, UsageError
from assistant.runner import catalog, journal
from assistant.runner.edit import state_error
from assistant.runner.flow import Flow
from assistant.runner.param_types import Checked

RunState = Literal["done", "failed", "declined", "stopped", "blocked", "error", "interrupted", "running", "undone"]


class RunInfo(Frozen):
    """A run in a list. `interrupted`: it never came to an end and nobody is at it; it can be resumed."""

    id: str
    folder: str
    flow: str
    title: str
    state: RunState
    began: str
    ended: str
    done: int
    steps: int
    undoes: str = ""
    can_resume: bool = False
    can_undo: bool = False


class Lock:
    """An exclusive lock on a file. Raises StateError where somebody else holds it."""

    def __init__(self, path: Path, held: str) -> None:
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise state_error(f"{path} cannot be opened", error) from error
        try:
            _lock(self._file)
        except OSError:
            os.close(self._file)
            self._file = -1
            raise StateError(held, "wait until it has ended, or stop it there") from None

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def _lock(file: int) -> None:
    if os.name == "nt":
        import msvcrt

        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined,unused-ignore]
    else:
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class RunFolder:
    """The folder of a run that is being written: its journal and its lock."""

    def __init__(self, folder: Path) -> None:
        self.path = folder
        self.id = folder.name
        self._lock = Lock(folder / "lock", f"the run {folder.name} is going on in another window")
        self.journal = journal.Journal(folder)

    def log_file(self, number: int, step_id: str, tries: int) -> Path:
        """Where a step's output goes."""
        name = step_id.replace("/", "-")
        return self.path / "logs" / f"{number:02}-{name}{f'.{tries}' if tries > 1 else ''}.log"

    def keep(self, name: str, data: bytes) -> str:
        """Write something into `before/` and return its path.

        Raises:
            StateError: the disk refuses.
        """
        path = self.path / "before" / name
        number = 1
        while path.exists():
            number += 1
            path = path.with_name(f"{number}-{name}")
        try:
            path.parent.mkdir(exist_ok=True)
            with path.open("xb") as out:
                out.write(data)
                out.flush()
                os.fsync(out.fileno())
        except OSError as error:
            raise state_error(f"{name} could not be kept", error) from error
        return str(path)

    def close(self) -> None:
        """Close the journal and give the lock back."""
        self.journal.close()
        self._lock.release()


def create(
    flow: Flow,
    given: dict[str, Checked],
    flows: Sequence[Flow],
    *,
    system: str,
    undoes: str = "",
    root: Path | None = None,
) -> RunFolder:
    """A new run's folder with the first line of its journal; it appears whole or not at all.

    Raises:
        StateError: the folder of runs cannot be written or the disk is full; nothing has been changed.
    """
    place = root or paths.runs_dir()
    slug = flow.id.replace("/", "-").replace(":", "-")[:60]
    name = f"{_stamp()}-{slug}-{secrets.token_hex(2)}"
    new = place / f".new-{name}"
    try:
        new.mkdir(parents=True, mode=0o700)
        (new / "logs").mkdir()
        (new / "flows.json").write_text(
            json.dumps({one.id: flow_data(one) for one in flows}, ensure_ascii=False), encoding="utf-8"
        )
        writer = journal.Journal(new)
        writer.write(
            "run", v=journal.VERSION, run=name, flow=flow.id, title=flow.title, given=to_plain(given), system=system,
            version=__version__, undoes=undoes,
        )  # fmt: skip
        writer.close()
        new.rename(place / name)
    except OSError as error:
        _discard(new)
        raise state_error("the run cannot be recorded, so nothing was started", error) from error
    except StateError:
        _discard(new)
        raise
    return RunFolder(place / name)


def _stamp() -> str:
    return datetime.datetime.now(datetime.UTC).strftime("%Y%m%d-%H%M%S")


def _discard(folder: Path) -> None:
    with contextlib.suppress(OSError):
        for path in sorted(folder.rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
        folder.rmdir()


def flow_data(flow: Flow) -> dict[str, Any]:
    """A flow as plain data with the keys that authors write, from which it can be read again."""
    return {name.rstrip("_"): value for name, value in to_plain(flow).items()}


def stored_catalog(folder: Path) -> catalog.Catalog:
    """The flows that a run was made from, as they were then.

    Raises:
        StateError: the file is missing or damaged.
    """
    try:
        data = json.loads((folder / "flows.json").read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise StateError(
            f"the flows of the run {folder.name} cannot be read: {error}",
            "start the flow anew; its checks skip what is done",
        ) from None
    return catalog.from_plain(data)


@contextlib.contextmanager
def claim(wanted: Sequence[str], root: Path | None = None) -> Iterator[None]:
    """Hold paths that are about to be made, so that two runs do not make the same at once.

    Raises:
        StateError: another run is at it.
    """
    folder = (root or paths.runs_dir()).parent / "claims"
    locks: list[Lock] = []
    try:
        for path in sorted(set(wanted)):
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise state_error(f"{folder} cannot be made", error) from error
            name = hashlib.sha256(os.path.realpath(path).encode("utf-8", "surrogatepass")).hexdigest()[:24]
            locks.append(Lock(folder / name, f"another run is making {path} right now"))
        yield
    finally:
        for lock in locks:
            lock.release()


def list_runs(root: Path | None = None) -> list[RunInfo]:
    """All runs, the newest first. A folder without a readable journal is left out."""
    place = root or paths.runs_dir()
    found = []
    try:
        folders = sorted(
            (path for path in place.iterdir() if path.is_dir() and not path.name.startswith(".")),
            key=made,
            reverse=True,
        )
    except OSError:
        return []
    records = []
    for folder in folders:
        with contextlib.suppress(StateError):
            records.append(journal.read(folder))
    undone = {record.undoes for record in records if record.undoes and record.state == "done"}
    for record in records:
        found.append(info_of(record, record.id in undone))
    return found


def made(folder: Path) -> tuple[str, int]:
    """When a run was made: by its name, and within that second by the file that is written once and first."""
    try:
        return folder.name[:15], (folder / "flows.json").stat().st_mtime_ns
    except OSError:
        return folder.name[:15], 0


def info_of(record: journal.RunRecord, undone: bool = False) -> RunInfo:
    """The state of one run, as a list shows it."""
    state: RunState = record.state or ("running" if is_locked(Path(record.folder)) else "interrupted")  # type: ignore[assignment]
    if undone:
        state = "undone"
    changed = [
        step
        for step in record.steps.values()
        if step.state in ("verified", "started", "failed") and step.risk != "reads"
    ]
    return RunInfo(
        id=record.id,
        folder=record.folder,
        flow=record.flow,
        title=record.title,
        state=state,
        began=record.began,
        ended=record.ended,
        done=len(record.verified),
        steps=len(record.planned),
        undoes=record.undoes,
        can_resume=state in ("interrupted", "failed", "stopped", "declined", "blocked", "error"),
        can_undo=state not in ("running", "undone") and bool(changed) and not record.undoes,
    )


def is_locked(folder: Path) -> bool:
    """Whether somebody is writing in a run's folder."""
    if not (folder / "lock").exists():
        return False
    try:
        Lock(folder / "lock", "").release()
    except StateError:
        return True
    return False


def find(run: str = "", *, root: Path | None = None, wanted: str = "") -> RunInfo:
    """A run by its id or the beginning of it; without one the newest (`wanted`: `resume` or `undo`, that allows it).

    Raises:
        UsageError: there is none, or several begin so.
    """
    runs = list_runs(root)
    if not run:
        fit = [one for one in runs if not wanted or getattr(one, f"can_{wanted}")]
        if not fit:
            what = {"resume": "to go on with", "undo": "to take back"}.get(wanted, "yet")
            raise UsageError(f"there is no run {what}", "see `envguide runs`")
        return fit[0]
    found = [one for one in runs if one.id == run] or [one for one in runs if one.id.startswith(run)]
    found = found or [one for one in runs if one.id.endswith(run)]
    if len(found) == 1:
        return found[0]
    if found:
        raise UsageError(
            f"several runs begin with `{run}`", f"say more of it: {', '.join(one.id for one in found[:4])}"
        )
    raise UsageError(f"there is no run `{run}`{nearest(run, [one.id for one in runs])}", "see `envguide runs`")
