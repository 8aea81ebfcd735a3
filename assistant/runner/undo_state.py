"""Whether a step of an undo can be taken: the file still as the run left it, the folder still the one that the run
made.
"""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

from assistant.runner import edit
from assistant.runner.flow import Owned, Step
from assistant.runner.plan import PlannedStep, digest
from assistant.runner.remove import changed_since, identify, refusal, size_of
from assistant.runner.snapshot import KEPT, differences


def owned(planned: PlannedStep, step: Step) -> PlannedStep:
    """A step that deletes what a run made: done where it is gone, blocked where something else stands there now."""
    there = [one for one in step.owned if os.path.lexists(one.path)]
    if not there:
        return planned.replace(state="done", reason=f"{', '.join(one.path for one in step.owned)}: not there any more")
    foreign: list[str] = []
    names: list[str] = []
    for one in there:
        found = identify(one.path)
        anew = one.inode and found and (found.device, found.inode) != (one.device, one.inode)
        if step.lenient and not _blank(one.path) and (anew or _used_since(one, step.found)):
            return planned.replace(state="done", reason=f"{one.path} stays: it was used since this run")
        if anew and not step.lenient:
            return planned.replace(
                state="blocked",
                reason=f"{one.path} is not the one that the run made: it was made anew since",
                help="delete it yourself if you no longer want it",
            )
        if one.listing:
            foreign += [str(Path(one.path, name)) for name in changed_since(one.path, read_listing(one.listing))]
        files, size = size_of(one.path)
        names.append(f"{one.path} ({files:,} file{'s' if files != 1 else ''}, {size / 1e6:,.1f} MB)")
    reason = "this run made it"
    if step.lenient:  # how much is in a program's records at the moment is nothing to ask about anew
        return planned.replace(reason=reason, deletes=tuple(names), digest=digest(step.id, [one.path for one in there]))
    if foreign:
        count = len(foreign)
        reason = f"this run made it; {count} file{'s' if count != 1 else ''} in it came later, such as {foreign[0]}"
    return planned.replace(
        reason=reason, deletes=tuple(names), foreign=tuple(foreign), digest=digest(planned.digest, names, len(foreign))
    )


def _blank(path: str) -> bool:
    """Whether a program's own record, a file, tells of nothing any more."""
    return Path(path).is_file() and not Path(path).is_symlink() and not (edit.read(path) or b"").strip()


def _used_since(one: Owned, found: str) -> bool:
    """Whether a program's own record, a file or a folder, was added to or changed since the run."""
    if Path(one.path).is_dir():
        return bool(changed_since(one.path, read_listing(one.listing) if one.listing else {}))
    return edit.sha256(edit.read(one.path)) != found


def folder_restored(planned: PlannedStep, step: Step) -> PlannedStep:
    """A step that makes a folder what it was: done where it is so, blocked where what was kept is gone; what came
    later is named, and needs a yes of its own.
    """
    place = Path(step.backup)
    if why := refusal(step.restore, "", ""):
        return planned.replace(state="blocked", reason=f"not put back: {why}")
    back, gone = differences(step.restore, place)
    if not back and not gone:
        return planned.replace(state="done", reason=f"{step.restore} is as it was before")
    parts = [f"{len(back):,} files and folders come back" if back else "", f"{len(gone):,} go" if gone else ""]
    planned = planned.replace(
        reason="; ".join(part for part in parts if part),
        details=tuple([*(f"back: {name}" for name in back[:20]), *(f"goes: {name}" for name in gone[:20])]),
        digest=digest(planned.digest, back, gone),
    )
    later = changed_since(step.restore, read_listing(step.found)) if step.found else []
    if not later:
        return planned
    foreign = tuple(str(Path(step.restore, name)) for name in later)
    reason = f"{planned.reason}; {len(later):,} files in it were changed after this run, such as {foreign[0]}"
    return planned.replace(reason=reason, risk="deletes", foreign=foreign, deletes=(step.restore,))


def restored(planned: PlannedStep, step: Step) -> PlannedStep:
    """A step that puts a file back: done where it is as before, blocked (with the difference) where it was changed
    since.
    """
    if step.backup and Path(step.backup).parent.name == KEPT:
        return folder_restored(planned, step)
    before = Path(step.backup).read_bytes() if step.backup else None
    now = edit.read(step.restore)
    if now == before:
        return planned.replace(state="done", reason=f"{step.restore} is as it was before")
    details = tuple(edit.difference(now, before, step.restore))
    if edit.sha256(now) != step.found and step.lenient:
        return planned.replace(state="done", reason=f"{step.restore} stays: it was used since this run")
    if edit.sha256(now) != step.found:
        return planned.replace(
            state="blocked",
            reason=f"{step.restore} was changed after this run, so it is not put back",
            help=f"the earlier text is in {step.backup}"
            if step.backup
            else f"delete {step.restore} yourself if you want",
            details=details,
        )
    what = f"{step.restore} comes back as it was" if step.backup else f"{step.restore} was not there before; it goes"
    return planned.replace(reason=what, details=details)


def write_listing(listing: dict[str, list[int]]) -> bytes:
    """A listing as it is kept in a run's folder."""
    return gzip.compress(json.dumps(listing, separators=(",", ":")).encode("utf-8", "surrogatepass"), mtime=0)


def read_listing(path: str) -> dict[str, list[int]]:
    """A kept listing; empty (so that every file counts as added) where it cannot be read."""
    try:
        found = json.loads(gzip.decompress(Path(path).read_bytes()).decode("utf-8", "surrogatepass"))
    except (OSError, EOFError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
