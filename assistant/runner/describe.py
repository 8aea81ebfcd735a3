"""What a step would do, in words and commands: the part of a plan that a person reads before saying yes."""

from __future__ import annotations

import ntpath
import os
from pathlib import Path

from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.runner import compose, edit, template
from assistant.runner.compose import Bound
from assistant.runner.flow import Download, Edit, Form, Step, Undo
from assistant.runner.params import chosen
from assistant.runner.plan import PlannedStep, digest, shown
from assistant.runner.remove import size_of


def describe(planned: PlannedStep, bound: Bound, machine: Machine) -> PlannedStep:
    """The planned step with all that its texts say.

    Raises:
        template.UnknownNameError: a text needs an answer that is still to come.
        UsageError: it cannot be done this way here.
    """
    step, scope = bound.step, bound.scope
    known = planned.replace(
        downloads=template.fill(step.downloads, scope),
        changes=tuple(template.fill(text, scope) for text in step.changes),
        deletes=tuple(_sized(template.fill(text, scope)) for text in step.deletes),
        makes=paths(step.makes, scope),
        touches=paths(step.touches, scope),
        keeps=paths(step.keeps, scope),
        leaves=paths(step.leaves, scope),
        cwd=_absolute(template.fill(step.cwd, scope), scope) if step.cwd else str(scope["cwd"]),
        can_preview=any(template.holds(one.when, scope) for one in step.preview),
    )
    known = _by_kind(known, step, bound, machine)
    undo, undoable = undo_text(known, step, scope, machine.system)
    return known.replace(
        undo=undo,
        undoable=undoable,
        digest=digest(
            known.id, known.kind, known.command, known.argv, known.cwd, known.details, known.makes, known.touches,
            known.deletes, known.keeps, step.env,
        ),
    )  # fmt: skip


def _by_kind(known: PlannedStep, step: Step, bound: Bound, machine: Machine) -> PlannedStep:
    scope = bound.scope
    if known.kind == "run":
        argv = argv_of(step, scope)
        known = known.replace(argv=argv, command=shown(argv, machine.system))
        if not step.into:
            return known
        into = into_of(step, scope)
        known = known.replace(command=f"{known.command} > {shown((into,), machine.system)}")
        # A file that is there is copied first, like any that a step changes.
        there = Path(into).is_file()
        return known.replace(touches=(*known.touches, into)) if there else known.replace(makes=(*known.makes, into))
    if step.download:
        url, to = template.fill(step.download.url, scope), _absolute(template.fill(step.download.to, scope), scope)
        size = f" ({step.download.size / 1e6:,.1f} MB)" if step.download.size else ""
        # A file that can be checked is taken over where it lies there already; then this run has not made it.
        checked = bool(step.download.sha256 or step.download.sha256_from)
        makes = () if checked and Path(to).is_file() else (to,)
        return known.replace(
            command=f"download {url} to {to}", downloads=known.downloads or f"{url}{size}",
            details=(_vouched(step.download, scope),), makes=known.makes or makes, argv=(url, to),
        )  # fmt: skip
    if step.edit:
        filled = fill_edit(step, scope)
        change = edit.plan_edit(filled)
        return known.replace(
            command=f"edit {filled.file}",
            changes=known.changes or (filled.file,),
            touches=known.touches or (filled.file,),
            details=tuple(edit.difference(change.before, change.after, filled.file))
            or (("only line ends change",) if change.changes else ()),
        )  # fmt: skip
    if step.remove:
        found = paths(step.remove, scope)
        return known.replace(command=f"delete {' '.join(found)}", argv=found, deletes=known.deletes or _sizes(found))
    if step.restore:
        return known.replace(command=f"put back {step.restore}", argv=(step.restore, step.backup, step.found))
    if step.note:
        words, commands = compose.texts(step.note, scope)
        return known.replace(details=tuple(words), commands=tuple(commands))
    if step.ask:
        return known.replace(details=(step.ask.title,))
    return known.replace(reason="its steps depend on an answer")


def into_of(step: Step, scope: template.Values) -> str:
    """The file that takes what a step prints, as a whole path."""
    return _absolute(template.fill(step.into, scope), scope)


def _vouched(given: Download, scope: template.Values) -> str:
    """Who vouches for a download, in words."""
    if given.sha256:
        return f"checked by its SHA-256, {given.sha256}"
    if given.sha256_from:
        return f"checked by the SHA-256 that its publisher gives in {template.fill(given.sha256_from, scope)}"
    return "not checked: no hash of it is known"


def _sized(text: str) -> str:
    """What is deleted, with its size where it is a path alone."""
    return next(iter(_sizes((text,))), text) if Path(text).is_absolute() else text


def _sizes(found: tuple[str, ...]) -> tuple[str, ...]:
    lines = []
    for path in found:
        files, size = size_of(path)
        if files:
            lines.append(f"{path} ({files:,} file{'s' if files != 1 else ''}, {size / 1e6:,.1f} MB)")
    return tuple(lines)


def form_of(step: Step, scope: template.Values) -> Form:
    """The way in which a `run` step is done here.

    Raises:
        UsageError: none of its forms fits.
    """
    if step.run:
        return Form(run=step.run)
    for form in step.forms:
        if template.holds(form.when, scope):
            return form
    names = sorted({name for form in step.forms for name in form.when})
    given = ", ".join(f"{name} {scope[name]}" for name in names if scope.get(name))
    raise UsageError(f"there is no way to do this with {given or 'these values'}", "choose other values")


def argv_of(step: Step, scope: template.Values) -> tuple[str, ...]:
    """The arguments of a `run` step, filled."""
    return template.fill_items(form_of(step, scope).run, scope)


def fill_edit(step: Step, scope: template.Values) -> Edit:
    """The edit of a step, filled; its file as a whole path."""
    if step.edit is None:
        raise UsageError(f"the step `{step.id}` edits nothing", "see flows/README.md")
    texts = ("line", "block", "remove", "find", "put", "content", "mark", "comment")
    changes = {name: template.fill(getattr(step.edit, name), scope) for name in texts}
    return step.edit.replace(file=_absolute(template.fill(step.edit.file, scope), scope), **changes)


def paths(given: tuple[str, ...], scope: template.Values) -> tuple[str, ...]:
    """Paths, filled and whole; those that begin with an empty value are left out."""
    known = [path for path in given if not template.begins_empty(path, scope)]
    return tuple(_absolute(path, scope) for path in template.fill_items(known, scope) if path)


def _absolute(path: str, scope: template.Values) -> str:
    if path == "~" or path.startswith(("~/", "~\\")):
        path = str(scope["home"]) + path[1:]
    if scope["os"] == "windows":
        return ntpath.normpath(ntpath.join(str(scope["cwd"]), path))
    return os.path.normpath(Path(str(scope["cwd"])) / path)


def undo_of(step: Step, scope: template.Values) -> Undo | None:
    """How a step is taken back, filled: `run` are arguments, `remove` whole paths."""
    if step.undo is None:
        return None
    argv = step.undo.run
    for form in () if argv else step.undo.forms:
        if template.holds(form.when, scope):
            argv = form.run
            break
    return Undo(
        run=template.fill_items(argv, scope),
        remove=paths(step.undo.remove, scope),
        note=template.fill(step.undo.note, scope),
    )


def undo_text(planned: PlannedStep, step: Step, scope: template.Values, system: str) -> tuple[str, bool]:
    """How a step can be taken back, for the plan; and whether it can."""
    undo = undo_of(step, scope)
    parts: list[str] = []
    if undo and undo.run:
        parts.append(f"runs `{shown(undo.run, system)}`")
    if undo and undo.remove:
        parts.append(f"deletes {', '.join(undo.remove)}, as far as this run made it; asks first")
    elif planned.kind == "download":
        parts.append(f"deletes {', '.join(planned.makes)}")
    if planned.touches:
        parts.append(f"puts {', '.join(planned.touches)} back, if unchanged since")
    if planned.keeps:
        parts.append(f"brings {', '.join(planned.keeps)} back as it was, file by file")
    undoable = bool(parts)
    if undo and undo.note:
        parts.append(undo.note)
    if not parts and planned.risk != "reads":
        parts.append("cannot be taken back")
    return "; ".join(parts), undoable


__all__ = ["argv_of", "chosen", "describe", "fill_edit", "form_of", "paths", "undo_of", "undo_text"]
