"""The journal of a run: JSON lines, each on disk (fsync) before what it announces and after what it proves.

Kinds of lines (`do`): run, plan, before, pid, exit, after, contents, failed, fixed, skipped, answer, resume,
end. A line
that was cut by a kill or a power cut is skipped when reading, and the next writer starts a new line: a journal is
never unreadable.
"""

from __future__ import annotations

import datetime
import json
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

from assistant.content.frozen import Frozen
from assistant.errors import StateError
from assistant.runner.edit import state_error
from assistant.runner.param_types import Checked
from assistant.runner.remove import Made

FILE = "journal.jsonl"
VERSION = 1


class Backup(Frozen):
    """A file as it was before a step: its hash, and the copy in the run's folder (empty where there was no file)."""

    file: str
    sha256: str
    copy: str = ""
    soft: bool = False
    """The program's own record: where it was changed since, it stays as it is."""


class StepRecord(Frozen):
    """What the journal knows of one step.

    `state`: started (announced, never proved), verified, failed, skipped. `absent` are the paths of `makes` that were
    not there before its first try: what stands there later is this run's own.
    """

    id: str
    state: Literal["started", "verified", "failed", "skipped"]
    title: str = ""
    kind: str = ""
    command: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    tries: int = 0
    began: str = ""
    ended: str = ""
    absent: tuple[str, ...] = ()
    made: tuple[Made, ...] = ()
    listings: dict[str, str] = {}
    """Made folder -> the file in the run's folder that lists what was in it."""
    backups: tuple[Backup, ...] = ()
    kept: dict[str, str] = {}
    """Folder -> where it is kept as it was (see snapshot.py)."""
    leaves: tuple[str, ...] = ()
    """Those of the program's own records that were not there before."""
    edited: dict[str, str] = {}
    """Changed file -> its hash after the step."""
    saved: tuple[str, ...] = ()
    undo_run: tuple[str, ...] = ()
    undo_remove: tuple[str, ...] = ()
    undo_note: str = ""
    risk: str = "reads"
    logs: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    reason: str = ""
    exit: int | None = None
    fixed: tuple[str, ...] = ()
    """Runs of flows that were to mend it, after it had failed."""
    pid: int = 0
    started: str = ""
    marker: str = ""


Past = StepRecord


class RunRecord(Frozen):
    """A run as its journal tells it. `state` is empty where it never came to an end."""

    id: str
    folder: str
    flow: str = ""
    title: str = ""
    given: dict[str, Checked] = {}
    answers: dict[str, Checked] = {}
    known: dict[str, dict[str, str]] = {}
    began: str = ""
    ended: str = ""
    state: str = ""
    undoes: str = ""
    """The run that this one takes back, if it does."""
    system: str = ""
    version: str = ""
    steps: dict[str, StepRecord] = {}
    planned: tuple[str, ...] = ()
    """Ids of the steps, in their order."""
    damaged: int = 0
    """Lines that could not be read."""

    @property
    def verified(self) -> list[StepRecord]:
        """The steps that were done and proved, in the order in which they were."""
        return [step for step in self.steps.values() if step.state == "verified"]


class Journal:
    """The one writer of a run's journal."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / FILE
        try:
            self._file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
            size = os.fstat(self._file).st_size
            if size:
                os.lseek(self._file, size - 1, os.SEEK_SET)
                if os.read(self._file, 1) != b"\n":
                    self._put(b"\n")  # the last writer was killed in the middle of a line
        except OSError as error:
            raise state_error(f"the journal {self.path} cannot be opened", error) from error

    def write(self, do: str, **fields: Any) -> None:
        """Append one line and wait until the disk has it.

        Raises:
            StateError: it could not be written; nothing may be done then.
        """
        line = {
            "do": do,
            "at": now(),
            **{name: value for name, value in fields.items() if value not in ((), [], {}, "", None)},
        }
        data = json.dumps(line, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass") + b"\n"
        try:
            self._put(data)
        except OSError as error:
            raise state_error(f"the journal {self.path} cannot be written", error) from error

    def _put(self, data: bytes) -> None:
        view = memoryview(data)
        while view:
            view = view[os.write(self._file, view) :]
        os.fsync(self._file)

    def close(self) -> None:
        """Close the file; a second time does nothing."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def now() -> str:
    """The time, as journals write it: UTC, to the second."""
    return datetime.datetime.now(datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def read_lines(folder: Path) -> tuple[list[dict[str, Any]], int]:
    """The lines that can be read, in order, and how many cannot.

    Raises:
        StateError: there is no journal, or the file cannot be read at all.
    """
    try:
        data = (folder / FILE).read_bytes()
    except FileNotFoundError:
        raise StateError(f"{folder} holds no journal", "run `envguide runs` for the runs there are") from None
    except OSError as error:
        raise state_error(f"the journal in {folder} cannot be read", error) from error
    lines: list[dict[str, Any]] = []
    damaged = 0
    for raw in data.split(b"\n"):
        text = raw.strip(b"\0 \r")  # a power cut may leave zeros where a line was to be
        if not text:
            continue
        try:
            line = json.loads(text.decode("utf-8", "surrogatepass"))
        except ValueError:
            damaged += 1
            continue
        if isinstance(line, dict) and isinstance(line.get("do"), str):
            lines.append(line)
        else:
            damaged += 1
    return lines, damaged


def read(folder: Path) -> RunRecord:
    """What the journal in a folder tells.

    Raises:
        StateError: there is no journal.
    """
    lines, damaged = read_lines(folder)
    return record_of(folder, lines, damaged)


def record_of(folder: Path, lines: Iterable[dict[str, Any]], damaged: int = 0) -> RunRecord:
    """The lines of a journal folded into one record."""
    run: dict[str, Any] = {"id": folder.name, "folder": str(folder), "damaged": damaged}
    steps: dict[str, StepRecord] = {}
    answers: dict[str, Checked] = {}
    for line in lines:
        do, at, step_id = line["do"], str(line.get("at", "")), str(line.get("step", ""))
        if do == "run":
            run |= {name: line[name] for name in ("flow", "title", "undoes", "system", "version") if name in line}
            run |= {"given": _checked(line.get("given")), "began": at}
        elif do == "plan":
            run["planned"] = tuple(line.get("steps", ()))
            if "given" in line:
                run["given"] = _checked(line["given"])
            run["known"] = dict(line.get("known", {}))
        elif do == "resume":
            run |= {"state": "", "ended": ""}
        elif do == "end":
            run |= {"state": str(line.get("state", "")), "ended": at}
        elif do == "answer":
            answers |= _checked({step_id: line.get("value", "")})
        elif do == "before":
            was = steps.pop(step_id, None)  # popped, so that the order is that of the last try
            steps[step_id] = begun(step_id, line, at, was)
        elif step_id:
            step = steps.get(step_id, StepRecord(id=step_id, state="started"))
            steps[step_id] = told(step, do, line, at)
    return RunRecord(**run, steps=steps, answers=answers)


def begun(step_id: str, line: dict[str, Any], at: str, was: StepRecord | None) -> StepRecord:
    """The record of a step after a `before` line."""
    backups = tuple(Backup(**one) for one in line.get("backups", ()))
    logs = (line["log"],) if line.get("log") else ()
    return StepRecord(
        id=step_id,
        state="started",
        title=str(line.get("title", "")),
        kind=str(line.get("kind", "")),
        command=str(line.get("command", "")),
        argv=tuple(line.get("argv", ())),
        cwd=str(line.get("cwd", "")),
        risk=str(line.get("risk", "reads")),
        tries=(was.tries if was else 0) + 1,
        began=was.began if was else at,
        # What the first try found absent or copied stays true: later tries meet the first one's leavings.
        absent=tuple(dict.fromkeys((*(was.absent if was else ()), *line.get("absent", ())))),
        backups=(*(was.backups if was else ()), *(one for one in backups if not was or one.file not in _files(was))),
        kept={**line.get("kept", {}), **(was.kept if was else {})},
        leaves=tuple(dict.fromkeys((*(was.leaves if was else ()), *line.get("leaves", ())))),
        saved=tuple(dict.fromkeys((*(was.saved if was else ()), *line.get("saved", ())))),
        undo_run=tuple(line.get("undo_run", ())),
        undo_remove=tuple(line.get("undo_remove", ())),
        undo_note=str(line.get("undo_note", "")),
        logs=(*(was.logs if was else ()), *logs),
        fixed=was.fixed if was else (),
    )


def _files(step: StepRecord) -> set[str]:
    return {backup.file for backup in step.backups}


def told(step: StepRecord, do: str, line: dict[str, Any], at: str) -> StepRecord:
    """The record of a step after any other line about it."""
    if do == "pid":
        return step.replace(
            pid=int(line["pid"]), started=str(line.get("start", "")), marker=str(line.get("marker", ""))
        )
    if do == "exit":
        return step.replace(exit=line.get("code"), pid=0)
    if do == "after":
        return step.replace(
            state="verified",
            ended=at,
            pid=0,
            evidence=tuple(line.get("evidence", ())),
            made=tuple(Made(**one) for one in line.get("made", ())),
            listings=dict(line.get("listings", {})),
            edited=dict(line.get("edited", {})),
        )
    if do == "fixed":
        return step.replace(fixed=(*step.fixed, *((str(line["run"]),) if line.get("run") else ())))
    if do == "contents":
        return step.replace(listings={**step.listings, **line.get("listings", {})})
    if do == "failed":
        return step.replace(
            state="failed", ended=at, pid=0, reason=str(line.get("reason", "")), exit=line.get("exit"),
            edited={**step.edited, **line.get("edited", {})},
            made=tuple(Made(**one) for one in line.get("made", ())) or step.made,
        )  # fmt: skip
    if do == "skipped":
        return step.replace(
            state="skipped", ended=at, reason=str(line.get("reason", "")), title=line.get("title", step.title)
        )
    return step


def _checked(values: Any) -> dict[str, Checked]:
    if not isinstance(values, dict):
        return {}
    return {str(name): tuple(value) if isinstance(value, list) else str(value) for name, value in values.items()}
