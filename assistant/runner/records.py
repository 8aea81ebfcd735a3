"""What the journal says of a step before and after it: what undo needs is collected before anything is changed."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assistant.content.compiled import to_plain
from assistant.errors import GuideError
from assistant.machine.context import run_command
from assistant.runner import describe, edit, journal, remove, snapshot, store, template, undo_state
from assistant.runner.actions import Task
from assistant.runner.compose import Bound
from assistant.runner.events import Progress
from assistant.runner.journal import Backup, StepRecord
from assistant.runner.plan import PlannedStep
from assistant.runner.planner import resolve
from assistant.runner.store import RunFolder

SAVE_TIMEOUT = 120.0  # seconds that an export may take


class SaveError(GuideError):
    """What undo would need could not be kept, so the step is not begun."""


def before(task: Task, past: Mapping[str, StepRecord]) -> dict[str, Any]:
    """The fields of a `before` line: copies of files and folders are made, exports are written, absent paths are noted.

    `past` is what the run did so far.

    Raises:
        StateError: the copies cannot be written.
        SaveError: an export failed.
        InterruptedError: the person stopped it while a folder was being kept.
    """
    planned, bound = task.planned, task.bound
    undo = describe.undo_of(bound.step, bound.scope)
    removes = undo.remove if undo else ()
    if planned.kind == "download":
        removes = removes or planned.makes
    return {
        "title": planned.title,
        "kind": planned.kind,
        "command": planned.command,
        "argv": list(planned.argv) if planned.kind == "run" else [],
        "cwd": planned.cwd,
        "risk": planned.risk,
        "absent": [path for path in planned.makes if path in planned.leftover or not os.path.lexists(path)],
        "backups": [
            *(to_plain(_copy(file, task.folder)) for file in planned.touches),
            *(to_plain(_copy(file, task.folder).replace(soft=True)) for file in planned.leaves if Path(file).is_file()),
        ],
        "leaves": [path for path in planned.leaves if not os.path.lexists(path)],
        "kept": _keep_folders(task, past),
        "saved": _save(task),
        "undo_run": list(undo.run) if undo else [],
        "undo_remove": list(removes),
        "undo_note": undo.note if undo else "",
        "log": str(task.log),
    }


def _copy(file: str, folder: RunFolder) -> Backup:
    data = edit.read(file)
    if data is None:
        return Backup(file=file, sha256=edit.ABSENT)
    return Backup(file=file, sha256=edit.sha256(data), copy=folder.keep(Path(file).name.lstrip(".") or "file", data))


def _keep_folders(task: Task, past: Mapping[str, StepRecord]) -> dict[str, str]:
    """Keep each folder whole that the run has neither made nor kept yet."""
    own = {path for record in past.values() for path in (*record.kept, *record.absent)}
    kept = {}
    for folder in task.planned.keeps:
        if folder in own or not Path(folder).is_dir():
            continue
        if why := snapshot.refusal(folder, task.machine.home):
            raise SaveError(f"not kept for undo: {why}", "choose another environment")
        key = hashlib.sha256(folder.encode("utf-8", "surrogatepass")).hexdigest()[:16]
        place = task.folder.path / snapshot.KEPT / key
        earlier = [one for one in task.folder.path.parent.glob(f"*/{snapshot.KEPT}/{key}") if one != place]
        snapshot.prune(folder, sorted(earlier, key=lambda one: store.made(one.parents[1]), reverse=True))
        what = f"keeping {folder} for undo"
        task.session.emit(Progress(step=task.planned.id, done=0, total=0, what=what))
        snapshot.take(folder, place, progress=lambda _: None, stopped=lambda: task.session.stopped)
        kept[folder] = str(place)
    return kept


def _save(task: Task) -> list[str]:
    kept = []
    for save in task.bound.step.save:
        if not template.holds(save.when, task.bound.scope):
            continue
        argv = list(template.fill_items(save.run, task.bound.scope))
        argv[0] = resolve(argv[0], task.machine) or argv[0]
        answer = run_command(argv, timeout=SAVE_TIMEOUT)
        if answer.code != 0:
            said = (answer.err or answer.out).strip().splitlines()
            last = said[-1][:200] if said else f"exit {answer.code}"
            raise SaveError(
                f"{save.title or save.file} could not be kept for undo: {last}",
                "nothing was changed; mend that first",
            )
        kept.append(task.folder.keep(template.fill(save.file, task.bound.scope), answer.out.encode()))
    return kept


def after(
    planned: PlannedStep, bound: Bound, folder: RunFolder, evidence: tuple[str, ...], found: bool
) -> dict[str, Any]:
    """The fields of an `after` line: which folders were made and what is in them, what edited files are like now."""
    undo = describe.undo_of(bound.step, bound.scope)
    made = [one for path in (*planned.makes, *planned.leaves) if (one := remove.identify(path))]
    listings = list_contents((*(undo.remove if undo else ()), *planned.keeps, *planned.leaves), folder)
    return {
        "evidence": list(evidence),
        "made": [one.to_plain() for one in made],
        "listings": listings,
        "edited": _edited(planned),
        "found": found,
    }


def left(planned: PlannedStep) -> dict[str, Any]:
    """The fields of a `failed` line that say what the program had changed by then, so that undo puts it back."""
    made = [one for path in planned.leaves if (one := remove.identify(path))]
    return {"edited": _edited(planned), "made": [one.to_plain() for one in made]}


def _edited(planned: PlannedStep) -> dict[str, str]:
    """The hashes of the files that a step has changed, as it leaves them."""
    files = (*planned.touches, *(path for path in planned.leaves if not Path(path).is_dir()))
    return {file: edit.sha256(edit.read(file)) for file in files}


def list_contents(paths: tuple[str, ...], folder: RunFolder) -> dict[str, str]:
    """For each folder the file in the run's folder that lists what is in it now."""
    listings = {}
    for path in paths:
        found = remove.listing(path)
        if found:
            listings[path] = folder.keep(f"{Path(path).name}.files.gz", undo_state.write_listing(found))
    return listings


def begun(step_id: str, fields: dict[str, Any], was: StepRecord | None) -> StepRecord:
    """The record after its `before` line, as reading the journal would give it."""
    return journal.begun(step_id, fields, journal.now(), was)


def failed(was: StepRecord, fields: dict[str, Any]) -> StepRecord:
    """The record after its `failed` line."""
    return journal.told(was, "failed", fields, journal.now())


def proved(was: StepRecord | None, step_id: str, fields: dict[str, Any]) -> StepRecord:
    """The record after its `after` line."""
    return journal.told(was or StepRecord(id=step_id, state="started"), "after", fields, journal.now())
