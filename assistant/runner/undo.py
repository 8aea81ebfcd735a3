"""Takes a run back: its recorded inverses, in reverse, as a flow of its own through the same plan, gate and journal.

Only what the run made is deleted; a file comes back only if it is still as the run left it; what cannot be taken back
is said.
"""

from __future__ import annotations

import os
from collections.abc import Mapping

from assistant.errors import UsageError
from assistant.runner.flow import Flow, Note, Owned, Probe, Step, Undo
from assistant.runner.journal import RunRecord, StepRecord
from assistant.runner.remove import Made


def undo_flow(record: RunRecord) -> Flow:
    """The flow that takes a run back.

    Raises:
        UsageError: the run changed nothing that could be taken back.
    """
    steps: list[Step] = []
    stays: list[str] = []
    made = {path for done in record.steps.values() for path in done.absent}
    for done in reversed(list(record.steps.values())):
        if done.state == "skipped" or done.risk == "reads":
            continue
        found = _inverse(done, made)
        steps += found
        if not found:
            stays.append(f"{done.title or done.id}: {done.undo_note or 'not taken back, there is no way to'}")
        elif done.undo_note:
            stays.append(f"{done.title or done.id}: {done.undo_note}")
    if not steps:
        raise UsageError(
            f"the run {record.id} did nothing that can be taken back",
            "; ".join(stays) or "see `envguide log` for what it did",
        )
    return Flow(
        id=f"undo-{record.flow}",
        title=f"Take back: {record.title or record.flow}",
        why=f"Undoes what the run {record.id} did, in reverse order.",
        steps=tuple(steps),
        after=tuple(Note(text=_plain(text)) for text in stays),
    )


def can_take_back(steps: Mapping[str, StepRecord]) -> bool:
    """Whether a run did anything that undo takes back; a program's own records alone do not count."""
    made = {path for done in steps.values() for path in done.absent}
    return any(
        not step.lenient
        for done in steps.values()
        if done.state != "skipped" and done.risk != "reads"
        for step in _inverse(done, made)
    )


def _inverse(done: StepRecord, made: set[str]) -> list[Step]:
    """The steps that take one step back; none where there is no way. `made` is what the run made: it goes as a whole."""
    found: list[Step] = []
    owned = _owned(done)
    records: list[Step] = []  # what a program keeps of what it made goes after it, as that changes it once more
    gone = tuple(Probe(probe="path-exists", path=_plain(one.path), expect=False) for one in owned)
    for number, backup in enumerate(done.backups):
        expected = done.edited.get(backup.file)
        if expected == backup.sha256:
            continue  # it was not changed
        (records if backup.soft else found).append(
            Step(
                id=f"{_slug(done.id)}-file{number or ''}",
                title=_plain(f"Put {backup.file} back"),
                why=_plain(f"`{done.title}` changed it"),
                restore=backup.file,
                backup=backup.copy,
                # Killed before the step was proved: nobody knows what it left, so only an unchanged file counts as
                # its own.
                found=expected or backup.sha256,
                risk="user-files",
                lenient=backup.soft,
                needs=gone if backup.soft else (),
                optional=True,
            )
        )
    for number, (folder, place) in enumerate(one for one in done.kept.items() if one[0] not in made):
        found.append(
            Step(
                id=f"{_slug(done.id)}-folder{number or ''}",
                title=_plain(f"Make {folder} what it was"),
                why=_plain(f"`{done.title}` changed it"),
                restore=folder,
                backup=place,
                found=done.listings.get(folder, ""),
                risk="user-files",
                optional=True,
            )
        )
    if owned and done.undo_run and done.state == "verified":
        found.append(_deleting(done, owned, run=done.undo_run))
    elif owned:
        found.append(_deleting(done, owned, run=()))
    elif done.undo_run and not done.undo_remove and done.state == "verified":
        found.append(
            Step(
                id=f"{_slug(done.id)}-run",
                title=_plain(f"Take back: {done.title}"),
                run=_plain_items(done.undo_run),
                cwd=_plain(done.cwd),
                risk="admin" if done.risk == "admin" else "deletes",
                deletes=(_plain(f"what `{done.title}` did: {done.command}"),),
                optional=True,
            )
        )
    return [*found, *records, *_records(done, gone)]


def _records(done: StepRecord, gone: tuple[Probe, ...]) -> list[Step]:
    """Steps that delete what a program left as its own records, inner ones first, as far as nobody used them since.
    `gone`: what they tell of must be gone.
    """
    known = {made.path: made for made in done.made}
    paths = sorted((path for path in done.leaves if path in known), reverse=True)
    return [
        Step(
            id=f"{_slug(done.id)}-record{number or ''}",
            title=_plain(f"Delete {path}"),
            why=_plain(f"`{done.title}` left it"),
            remove=_plain_items((path,)),
            owned=(_own(done, path, known),),
            found=done.edited.get(path, ""),
            risk="user-files",
            lenient=True,
            needs=gone,
            undo=Undo(note="the program makes it anew when it needs it"),
            optional=True,
        )
        for number, path in enumerate(paths)
    ]


def _own(done: StepRecord, path: str, known: dict[str, Made]) -> Owned:
    return Owned(
        path=path,
        device=known[path].device if path in known else 0,
        inode=known[path].inode if path in known else 0,
        listing=done.listings.get(path, ""),
    )


def _owned(done: StepRecord) -> tuple[Owned, ...]:
    known = {made.path: made for made in done.made}
    return tuple(
        _own(done, path, known)
        for path in done.undo_remove
        # What stood there before the run is not the run's to delete.
        if path in known or (path in done.absent and os.path.lexists(path))
    )


def _deleting(done: StepRecord, owned: tuple[Owned, ...], run: tuple[str, ...]) -> Step:
    names = tuple(one.path for one in owned)
    return Step(
        id=f"{_slug(done.id)}-remove",
        title=_plain(f"Delete what `{done.title}` made" if len(names) > 1 else f"Delete {names[0]}"),
        why=_plain(f"`{done.title}` made it"),
        run=_plain_items(run),
        remove=() if run else _plain_items(names),
        owned=owned,
        verify=tuple(Probe(probe="path-exists", path=_plain(name), expect=False) for name in names),
        risk="deletes",
        undo=Undo(note="what is deleted does not come back; `envguide redo` makes it anew"),
        optional=True,
    )


def _slug(step_id: str) -> str:
    return step_id.replace("/", "-")


def _plain(text: str) -> str:
    """A text in which nothing is a placeholder."""
    return text.replace("{", "{{").replace("}", "}}")


def _plain_items(items: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_plain(item) for item in items)
