"""What is known of a run while it goes on: events in, a picture out. Pure, so that it can be tested without a screen."""

from __future__ import annotations

from dataclasses import dataclass, field

from assistant.runner.events import (
    ChildPrompt,
    Event,
    FixFinished,
    FixStarted,
    FlowFinished,
    NeedsTerminal,
    Notice,
    Output,
    PlanChanged,
    Progress,
    Question,
    RunStarted,
    StepFailed,
    StepSkipped,
    StepStarted,
    StepVerified,
)
from assistant.runner.lines import LineModel
from assistant.runner.plan import Plan, PlannedStep

# How a step stands, with a sign that does without colour.
SIGNS = {
    "will-run": "·", "running": "▶", "waiting": "?", "verified": "✓", "done": "=", "skipped": "-", "failed": "✗", "blocked": "!",
}  # fmt: skip
WORDS = {
    "will-run": "will run", "running": "running", "waiting": "waits for you", "verified": "done, proved",
    "done": "was done already", "skipped": "not needed", "failed": "failed", "blocked": "blocked",
}  # fmt: skip


@dataclass
class StepState:
    """One step as it stands. Times are of the clock that the caller uses, in seconds."""

    planned: PlannedStep
    state: str
    reason: str = ""
    began: float | None = None
    seconds: float | None = None
    evidence: tuple[str, ...] = ()

    def elapsed(self, now: float) -> float | None:
        """Seconds that it took, or has taken so far."""
        if self.seconds is not None:
            return self.seconds
        return now - self.began if self.began is not None and self.state in ("running", "waiting") else None


@dataclass
class FlowState:
    """A run, from its plan to its end."""

    plan: Plan
    steps: list[StepState] = field(default_factory=list)
    lines: LineModel = field(default_factory=LineModel)
    current: str = ""
    run: str = ""
    question: Question | None = None
    prompt: ChildPrompt | None = None
    terminal: NeedsTerminal | None = None
    progress: Progress | None = None
    notices: list[Notice] = field(default_factory=list)
    changes: tuple[str, ...] = ()
    failure: StepFailed | None = None
    finished: FlowFinished | None = None
    outer: FlowState | None = None
    """The run whose failed step this one mends."""

    def __post_init__(self) -> None:
        self.steps = [StepState(step, step.state, step.reason) for step in self.plan.steps]

    def step(self, step_id: str) -> StepState | None:
        """A step by its id."""
        return next((one for one in self.steps if one.planned.id == step_id), None)

    @property
    def position(self) -> int:
        """The place of the current step, counted from 0; -1 before the first."""
        return next((place for place, one in enumerate(self.steps) if one.planned.id == self.current), -1)

    @property
    def summary(self) -> str:
        """The run in a few words."""
        title = self.plan.flow.title
        if self.finished:
            return f"{title}: {self.finished.state}"
        if self.question or self.prompt or self.terminal:
            return f"{title}: waits for you"
        return f"{title}: step {self.position + 1} of {len(self.steps)}" if self.current else title

    def answered(self) -> None:
        """The person has answered: the question is gone."""
        self.question = self.terminal = None
        self._resume_step()

    def sent(self) -> None:
        """The person has typed to the program."""
        self.prompt = None
        self._resume_step()

    def _resume_step(self) -> None:
        step = self.step(self.current)
        if step and step.state == "waiting":
            step.state = "running"

    def after(self, event: Event, now: float) -> FlowState:
        """The state after what happened at `now`: this one, or that of a fixing flow, or that of the run it mends."""
        if isinstance(event, FixStarted):
            return FlowState(event.plan, outer=self)
        state = self.outer if isinstance(event, FixFinished) and self.outer else self
        state.apply(event, now)
        return state

    def apply(self, event: Event, now: float) -> None:
        """Take in what happened at `now`."""
        if isinstance(event, Output):
            self.lines.feed(event.text)
        elif isinstance(event, PlanChanged):
            self._take_plan(event.plan)
            self.changes = event.differences
            for difference in event.differences:
                self._say(difference)
        elif isinstance(event, RunStarted):
            self.run = event.run
            self._take_plan(event.plan)
        elif isinstance(event, StepStarted):
            self._start(event, now)
        elif isinstance(event, Progress):
            self.progress = event
        elif isinstance(event, Notice):
            self.notices.append(event)
            self._say(event.text, *event.commands)
        elif isinstance(event, ChildPrompt):
            self.prompt = event
            self._wait(event.step)
        elif isinstance(event, Question):
            self.question = event
            self._wait(event.step)
        elif isinstance(event, NeedsTerminal):
            self.terminal = event
        elif isinstance(event, StepVerified | StepSkipped | StepFailed):
            self._end_step(event, now)
        elif isinstance(event, FixFinished):
            words = "mended by" if event.state == "done" else "not mended by"
            self._say(f"{words} {event.flow}: {event.message}")
            if event.run:
                self._say(f"to take that back: envguide undo {event.run}")
        elif isinstance(event, FlowFinished):
            self.finished = event
            self.question = self.prompt = self.terminal = self.progress = None

    def _take_plan(self, plan: Plan) -> None:
        """A new plan; what has been done keeps its state."""
        kept = {one.planned.id: one for one in self.steps if one.state in ("running", "waiting", "verified", "failed")}
        self.plan = plan
        self.steps = [kept.get(step.id) or StepState(step, step.state, step.reason) for step in plan.steps]

    def _start(self, event: StepStarted, now: float) -> None:
        self.current, self.failure, self.progress, self.prompt = event.step, None, None, None
        step = self.step(event.step)
        if step:
            step.state, step.began, step.seconds, step.reason = "running", now, None, ""
        self._new_line()
        self.lines.feed(f"\x1b[1m{event.number}/{event.of} {event.title}\x1b[0m\r\n".encode())
        if event.command:
            self.lines.feed(f"\x1b[2m$ {event.command}\x1b[0m\r\n".encode())

    def _end_step(self, event: StepVerified | StepSkipped | StepFailed, now: float) -> None:
        step = self.step(event.step)
        self.prompt = self.progress = None
        if isinstance(event, StepFailed):
            self.failure = event
            self.current = self.current or event.step
            self._say(f"failed: {event.reason}")
        elif isinstance(event, StepVerified):
            for proof in event.evidence:
                self._say(f"proved: {proof}")
        if step is None:
            return
        if isinstance(event, StepVerified):
            step.state, step.seconds, step.evidence, step.reason = "verified", event.seconds, event.evidence, ""
        elif isinstance(event, StepSkipped):
            step.state, step.reason = event.state, event.reason
        else:
            step.seconds = step.elapsed(now)
            step.state, step.reason = "failed", event.reason

    def _wait(self, step_id: str) -> None:
        step = self.step(step_id)
        if step and step.state == "running":
            step.state = "waiting"

    def _say(self, *texts: str) -> None:
        """Words of ours in the pane, told apart by their dim colour."""
        self._new_line()
        for text in texts:
            for line in text.split("\n"):
                self.lines.feed(f"\x1b[2m# {line}\x1b[0m\r\n".encode("utf-8", "replace"))

    def _new_line(self) -> None:
        index, column = self.lines.cursor
        if column or self.lines.plain(index):
            self.lines.feed(b"\r\n")


def clock(seconds: float | None) -> str:
    """`0:07`, `12:03`; empty where there is nothing to tell."""
    return "" if seconds is None else f"{int(seconds) // 60}:{int(seconds) % 60:02d}"


def amount(progress: Progress) -> str:
    """How far a download or a deletion is."""
    from assistant.machine.sizes import human_size

    done = human_size(progress.done)
    share = f" of {human_size(progress.total)}, {100 * progress.done // progress.total} %" if progress.total else ""
    return f"{progress.what or 'so far'}: {done}{share}"
