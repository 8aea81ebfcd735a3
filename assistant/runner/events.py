"""What happens while a flow runs, as data: every face draws the same events, `run --json` writes one a line."""

from __future__ import annotations

import re
from typing import Any, Literal

from assistant.content.compiled import to_plain
from assistant.content.frozen import Frozen
from assistant.runner.param_types import Choice

Answer = Literal["yes", "no", "step", "skip", "stop", "edit", "retry", "fix"]
QuestionKind = Literal["plan", "step", "delete", "admin", "unsure", "failed", "value"]
State = Literal["done", "failed", "declined", "stopped", "blocked", "error"]


class Event(Frozen):
    """One thing that happened."""

    def to_plain(self) -> dict[str, Any]:
        """The event as JSON data; `event` is its name with hyphens."""
        name = re.sub(r"(?<!^)(?=[A-Z])", "-", type(self).__name__).lower()
        return {"event": name, **{key: _plain(value) for key, value in self.fields().items()}}


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if hasattr(value, "to_plain"):
        return value.to_plain()
    return to_plain(value)


class RunStarted(Event):
    """The person said yes: from here on everything is in the journal of this run."""

    run: str
    folder: str
    plan: Any


class PlanChanged(Event):
    """Facts have changed since the plan was shown: this is the new one, and what differs."""

    plan: Any
    differences: tuple[str, ...]


class StepStarted(Event):
    """A step begins. `log` is the file that takes its whole output."""

    step: str
    number: int
    of: int
    title: str
    why: str
    kind: str
    command: str
    risk: str
    log: str = ""


class Output(Event):
    """What a step's program wrote, as it came: colours and cursor moves included, never half a character."""

    step: str
    text: bytes


class Progress(Event):
    """Bytes of a download, or what is being deleted. `total` is 0 where nobody knows."""

    step: str
    done: int
    total: int
    what: str = ""


class Notice(Event):
    """Something the person should know; nothing to answer."""

    step: str
    text: str
    commands: tuple[str, ...] = ()


class ChildPrompt(Event):
    """The step's program waits for the person: type into it with `session.send`. `secret`: what is typed is not shown.

    `certain` is false where the line only looks like a prompt: a face offers the keyboard then, and does not wait.
    `empty_means`: what the program takes for Enter alone, where the prompt tells (`yes` for `[y]/n`).
    """

    step: str
    text: str
    certain: bool = True
    secret: bool = False
    empty_means: str = ""


class Question(Event):
    """The gate, or the flow, asks; `session.reply` answers. `default` is what silence means.

    `details` are lines to show; `names` what would be deleted or changed; `choices` for a value.
    """

    number: int
    kind: QuestionKind
    text: str
    answers: tuple[str, ...]
    default: str = "no"
    step: str = ""
    details: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    suggestion: str = ""


class NeedsTerminal(Event):
    """An interactive program takes the whole terminal: the face runs it there and replies with its exit code."""

    number: int
    step: str
    argv: tuple[str, ...]
    cwd: str
    env: dict[str, str]


class StepVerified(Event):
    """The step is done and its proof holds."""

    step: str
    evidence: tuple[str, ...]
    seconds: float


class StepSkipped(Event):
    """The step is not run: it is already done, does not apply, or the person skipped it."""

    step: str
    state: str
    reason: str


class Fix(Frozen):
    """A flow that may mend what made a step fail, with the values that are known."""

    flow: str
    title: str
    params: dict[str, str] = {}


class Diagnosis(Frozen):
    """What a failed step's output shows: a known problem by its id, its cause in a sentence, the flows that mend it."""

    problem: str
    title: str
    cause: str = ""
    fixes: tuple[Fix, ...] = ()


class StepFailed(Event):
    """The step did not do what it should. `tail` are the last lines of its output, `problems` where to look first.

    `diagnosis` is None where the output shows nothing that is known.
    """

    step: str
    reason: str
    hint: str = ""
    exit: int | None = None
    problems: tuple[str, ...] = ()
    log: str = ""
    tail: tuple[str, ...] = ()
    diagnosis: Diagnosis | None = None


class FixStarted(Event):
    """The person chose a flow that may mend the failed step. What follows, up to `FixFinished`, is its own run: its
    plan is confirmed for itself, and it can be taken back for itself.
    """

    step: str
    plan: Any


class FixFinished(Event):
    """The fixing flow has ended; where `state` is done the failed step is tried again, else the person is asked."""

    step: str
    flow: str
    state: State
    message: str
    hint: str = ""
    run: str = ""


class Said(Frozen):
    """Words for the person, and the commands that belong to them."""

    text: str
    commands: tuple[str, ...] = ()


class FlowFinished(Event):
    """The end. `done` counts steps; `exit` is the exit code for the command line; `undo` whether something can be
    undone. `notes` and `commands` are what `after` says, each on its own.
    """

    state: State
    message: str
    exit: int
    run: str = ""
    hint: str = ""
    done: int = 0
    undo: bool = False
    notes: tuple[str, ...] = ()
    commands: tuple[str, ...] = ()
    after: tuple[Said, ...] = ()


class Reply(Frozen):
    """An answer to a question. `values` are new params for `edit`, `value` the text for a `value` question."""

    answer: str
    values: dict[str, str] = {}
    value: str = ""
    code: int = 0
