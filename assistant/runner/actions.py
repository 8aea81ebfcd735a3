"""Does what a step says, once the gate has given its permit: run, download, edit, delete, put back. One function a
kind.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from assistant.content.frozen import Frozen
from assistant.errors import GuideError
from assistant.machine.context import run_command
from assistant.machine.model import Machine
from assistant.runner import describe, download, edit, habits, processes, remove, snapshot, template, terminal
from assistant.runner.compose import Bound
from assistant.runner.events import ChildPrompt, Diagnosis, NeedsTerminal, Notice, Progress
from assistant.runner.gate import Gate, Permit
from assistant.runner.plan import PlannedStep
from assistant.runner.planner import resolve
from assistant.runner.pump import Patience, pump
from assistant.runner.session import Session
from assistant.runner.store import RunFolder

INTO_TIMEOUT = 300  # seconds for a program whose output goes into a file


class Outcome(Frozen):
    """How a step ended, before its proof."""

    ok: bool
    reason: str = ""
    hint: str = ""
    exit: int | None = None
    tail: tuple[str, ...] = ()
    stopped: bool = False
    diagnosis: Diagnosis | None = None


class Task(Frozen):
    """A step that is about to be done, with all it needs."""

    planned: PlannedStep
    bound: Bound
    machine: Machine
    folder: RunFolder
    session: Session
    log: Path
    interactive: bool
    patience: Patience


class _Listener:
    """Takes a child's output for one step."""

    def __init__(self, session: Session, step: str) -> None:
        self._session, self._step = session, step

    def has_room(self) -> bool:
        return self._session.has_room()

    def output(self, data: bytes) -> None:
        self._session.output(self._step, data)

    def prompt(self, prompt: habits.Prompt, secret: bool) -> None:
        self._session.emit(
            ChildPrompt(
                step=self._step,
                text=prompt.text,
                certain=prompt.certain,
                secret=secret,
                empty_means=prompt.empty_means,
            )
        )

    def notice(self, text: str) -> None:
        self._session.emit(Notice(step=self._step, text=text))


def perform(task: Task, gate: Gate, permit: Permit) -> Outcome:
    """Do one step. The only door to what changes anything; it opens once for each permit."""
    gate.spend(permit, task.planned)
    try:
        for path in task.planned.leftover:
            _delete(path, task)
        return _BY_KIND[task.planned.kind](task)
    except (InterruptedError, download.Stopped):
        return Outcome(ok=False, reason="interrupted", stopped=True)
    except GuideError as error:
        return Outcome(ok=False, reason=error.message, hint=error.hint)
    except OSError as error:
        found = edit.state_error(task.planned.title, error)
        return Outcome(ok=False, reason=found.message, hint=found.hint)


def environment(task: Task, argv: tuple[str, ...]) -> tuple[dict[str, str], list[str]]:
    """The environment of a step's program, and what was changed in it, in words."""
    step = task.bound.step
    filled = {name: template.fill(text, task.bound.scope) for name, text in step.env.items()}
    added = {name: text for name, text in filled.items() if text}
    env, said = habits.child_environment(argv, dict(os.environ))
    return {**env, **added}, [*said, *(f"{name}={value}" for name, value in added.items())]


def _run(task: Task) -> Outcome:
    planned = task.planned
    argv = (resolve(planned.argv[0], task.machine) or planned.argv[0], *planned.argv[1:])
    env, said = environment(task, argv)
    if said:
        task.session.emit(Notice(step=planned.id, text="; ".join(said)))
    if task.bound.step.into:
        return _into(task, argv, env)
    if task.bound.step.interactive:
        return _in_terminal(task, argv, env)
    marker = f"{task.folder.id}/{planned.id}"
    control = task.session.new_control()
    child = terminal.start(argv, env=env, cwd=planned.cwd, size=task.session.size, marker=marker)
    task.folder.journal.write("pid", step=planned.id, pid=child.pid, start=processes.started(child.pid), marker=marker)
    task.session.attach(child)
    try:
        ended = pump(
            child, argv, task.log, _Listener(task.session, planned.id), control,
            interactive=task.interactive, timeout=task.bound.step.timeout, patience=task.patience,
        )  # fmt: skip
    finally:
        task.session.attach(None)
        child.close()
    task.folder.journal.write("exit", step=planned.id, code=ended.code)
    last = tuple(habits.last_lines(ended.tail, 15))
    if ended.why:
        return Outcome(ok=False, reason=ended.why, exit=ended.code, tail=last, stopped=control.stopped)
    verdict = habits.judge(argv, ended.code, ended.tail)
    return Outcome(ok=verdict.ok, reason=verdict.reason, hint=verdict.hint, exit=ended.code, tail=last)


def _into(task: Task, argv: tuple[str, ...], env: dict[str, str]) -> Outcome:
    """Run a program that prints what a file is to hold; the file appears whole or not at all."""
    answer = run_command(list(argv), timeout=task.bound.step.timeout or INTO_TIMEOUT, env=env)
    said = (answer.err or answer.out).encode()
    task.log.write_text(answer.err + answer.out, encoding="utf-8")
    verdict = habits.judge(argv, answer.code, said)
    if verdict.ok:
        edit.write_atomically(describe.into_of(task.bound.step, task.bound.scope), answer.out.encode())
        task.session.output(task.planned.id, answer.out.encode())
    last = tuple(habits.last_lines(said, 15))
    return Outcome(ok=verdict.ok, reason=verdict.reason, hint=verdict.hint, exit=answer.code, tail=last)


def _in_terminal(task: Task, argv: tuple[str, ...], env: dict[str, str]) -> Outcome:
    if not task.interactive:
        return Outcome(
            ok=False, reason="this program needs a terminal of its own", hint=f"run it yourself: {task.planned.command}"
        )
    question = NeedsTerminal(
        number=0, step=task.planned.id, argv=argv, cwd=task.planned.cwd,
        env={name: value for name, value in env.items() if os.environ.get(name) != value},
    )  # fmt: skip
    reply = task.session.ask(question)
    return Outcome(
        ok=reply.code == 0,
        reason=f"it ended with exit code {reply.code}",
        exit=reply.code,
        stopped=reply.answer == "stop",
    )


def _download(task: Task) -> Outcome:
    given = task.bound.step.download
    url, to = task.planned.argv
    session, step = task.session, task.planned.id
    wanted = given.sha256 if given else ""
    control = session.new_control()
    if given and given.sha256_from:
        address = template.fill(given.sha256_from, task.bound.scope)
        wanted = download.published(address, url.rpartition("/")[2])
        session.emit(Notice(step=step, text=f"its publisher gives the SHA-256 {wanted} in {address}"))
    found = download.fetch(
        url,
        Path(to),
        sha256=wanted,
        progress=lambda done, total: session.emit(Progress(step=step, done=done, total=total, what=to)),
        stopped=lambda: control.stopped,
    )
    task.log.write_text(f"{url}\n{to}\nsha256 {found}\n", encoding="utf-8")
    return Outcome(ok=True, exit=0, tail=(f"sha256 {found}",))


def _edit(task: Task) -> Outcome:
    filled = describe.fill_edit(task.bound.step, task.bound.scope)
    change = edit.plan_edit(filled)
    edit.write_atomically(filled.file, change.after)
    lines = edit.difference(change.before, change.after, filled.file)
    task.log.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return Outcome(ok=True, exit=0)


def _remove(task: Task) -> Outcome:
    for path in task.planned.argv:
        _delete(path, task)
    return Outcome(ok=True, exit=0)


def _delete(path: str, task: Task) -> None:
    session = task.session
    remove.remove(
        path,
        home=task.machine.home,
        cwd=task.machine.cwd,
        progress=lambda what: session.emit(Progress(step=task.planned.id, done=0, total=0, what=what)),
        stopped=lambda: session.stopped,
    )


def _restore(task: Task) -> Outcome:
    file, backup, _ = task.planned.argv
    session = task.session
    if backup and Path(backup).is_dir():
        snapshot.restore(
            file,
            Path(backup),
            progress=lambda what: session.emit(Progress(step=task.planned.id, done=0, total=0, what=what)),
            stopped=lambda: session.stopped,
        )
    elif backup:
        edit.write_atomically(file, Path(backup).read_bytes())
    else:
        edit.real(file).unlink(missing_ok=True)
    return Outcome(ok=True, exit=0)


_BY_KIND: dict[str, Callable[[Task], Outcome]] = {
    "run": _run,
    "download": _download,
    "edit": _edit,
    "remove": _remove,
    "restore": _restore,
}
