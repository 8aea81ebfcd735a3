"""A flow that is open: its plan, its session, and the thread that takes events from it. It outlives the flow's screen."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from textual.message import Message

from assistant.errors import GuideError
from assistant.runner import api
from assistant.tui.aside import aside
from assistant.tui.flow_state import FlowState

if TYPE_CHECKING:
    from assistant.machine.model import Machine
    from assistant.tui.app import GuideApp

FRAME = 1 / 30  # seconds between two looks at output: what comes in between is drawn at once
UNDRAWN = 4  # pieces of output that may wait for the screen; then the program waits
SIZE = (24, 80)  # rows and columns that a program is told before the pane is known

Prepared = tuple[api.Plan, Callable[[], api.Session]]


class FlowRun:
    """What is open: a new run of a flow, or the resuming, undoing or redoing of one. `kind` says which."""

    class Changed(Message):
        """Something happened. The app applies it and tells the screen, if there is one."""

        def __init__(self, run: FlowRun, event: api.Event | None) -> None:
            super().__init__()
            self.run, self.event = run, event

    def __init__(self, app: GuideApp, kind: str, name: str, given: dict[str, str]) -> None:
        self.app = app
        self.kind, self.name, self.given = kind, name, given
        self.flows = app.flows
        self.machine: Machine | None = None
        self.state: FlowState | None = None
        self.session: api.Session | None = None
        self.asked: tuple[api.Asked, ...] = ()
        self.error: GuideError | None = None
        self.previews: dict[str, api.Preview] = {}
        self.size = SIZE
        self._start: Callable[[], api.Session] | None = None
        self._room = threading.Semaphore(UNDRAWN)
        self._closed = False

    # Before it runs.

    def prepare(self) -> None:
        """Look at the machine and make the plan, in a thread. Ends with a change: a plan, values to ask for, or an error."""
        self.error, self.asked = None, ()
        aside(self.app, self._prepare, "plan")

    def _prepare(self) -> Message:
        from assistant.runner import facts

        asked: tuple[api.Asked, ...] = ()
        try:
            machine = self.machine = facts.look()
            if self.kind == "run":
                asked = api.questions(self.name, self.given, flows=self.flows, machine=machine)
                if api.missing(self.name, self.given, flows=self.flows, machine=machine):
                    self.asked = asked
                    return self.Changed(self, None)
            plan, self._start = self._made(machine)
            if self.kind == "run":
                asked = api.questions(self.name, _texts(plan), flows=self.flows, machine=machine)
            self.state = FlowState(plan)
        except GuideError as error:
            self.error = error
        self.asked = asked  # after the rest: values to ask for without a plan mean that some are missing
        return self.Changed(self, None)

    def _made(self, machine: Machine) -> Prepared:
        policy, mending = api.Policy(interactive=True), self._mending()
        if self.kind == "resume":
            plan, info = api.resume_plan(self.name)
            return plan, lambda: api.resume(info.id, policy, plan=plan, size=self.size, mending=mending)
        if self.kind == "undo":
            plan, info = api.undo_plan(self.name)
            return plan, lambda: api.undo(info.id, policy, plan=plan, size=self.size)
        if self.kind == "redo":
            plan, flows = api.redo_plan(self.name)
            return plan, lambda: api.start_run(plan, policy, flows=flows, size=self.size, mending=mending)
        plan = api.make_plan(self.name, self.given, flows=self.flows, machine=machine)
        return plan, lambda: api.start_run(plan, policy, flows=self.flows, size=self.size, mending=mending)

    def _mending(self) -> api.Mending | None:
        """Failed steps are diagnosed, and the flows that mend them offered."""
        from assistant.render import failures

        library = self.app.library
        return failures.mending(library, self.flows, lambda: self.app.asked) if library else None

    def check(self, values: dict[str, str]) -> tuple[str, tuple[str, ...]]:
        """What is wrong with these values (empty where nothing is), and the titles of those that are still needed."""
        if self.machine is None:
            return "", ()
        try:
            missing = api.missing(self.name, values, flows=self.flows, machine=self.machine)
        except GuideError as error:
            return str(error).replace("\n", ". "), ()
        return "", tuple(one.title for one in missing)

    def preview(self, step_id: str) -> None:
        """Ask the step's tool what it would install, in a thread."""
        if self.state and self.machine:
            plan, machine = self.state.plan, self.machine
            aside(self.app, lambda: self._preview(plan, step_id, machine), "preview")

    def _preview(self, plan: api.Plan, step_id: str, machine: Machine) -> Message:
        self.previews[step_id] = api.preview(plan, step_id, machine)
        return self.Changed(self, None)

    # While it runs.

    def begin(self) -> None:
        """Start the session; its first question is the gate, so nothing is changed by this."""
        if self._start and self.session is None:
            gc.freeze()  # much output makes much garbage; going through all the knowledge each time would hold the keys up
            session = self.session = self._start()
            aside(self.app, lambda: self._take_events(session), "flow")

    def _take_events(self, session: api.Session) -> None:
        last = 0.0
        for event in session.events():
            if isinstance(event, api.Progress):
                if time.monotonic() - last < FRAME and event.done != event.total:
                    continue
                last = time.monotonic()
            if isinstance(event, api.Output):
                while not self._room.acquire(timeout=0.5) and not self._closed:
                    continue
                self._tell(event)
                time.sleep(
                    FRAME
                )  # the session joins what comes meanwhile, and lets the program wait when it is too much
            else:
                self._tell(event)
            if self._closed:
                break

    def apply(self, event: api.Event) -> None:
        """Take in an event, on the screen's side."""
        if self.state:
            state, self.state = self.state, self.state.after(event, time.monotonic())
            if self.state is not state:
                self.previews = {}
        if isinstance(event, api.Output):
            self._room.release()

    def _tell(self, event: api.Event | None) -> None:
        self.app.post_message(self.Changed(self, event))

    @property
    def running(self) -> bool:
        """Whether the session has begun and not ended."""
        return self.session is not None and self.state is not None and self.state.finished is None

    @property
    def waiting(self) -> bool:
        """Whether nothing was confirmed so far."""
        return self.running and self.state is not None and not self.state.run and self.state.outer is None

    def reply(self, answer: str, *, value: str = "", values: dict[str, str] | None = None, code: int = 0) -> None:
        """Answer the question that is open."""
        if self.session and self.state and (self.state.question or self.state.terminal):
            self.state.answered()
            self.session.reply(api.Reply(answer=answer, value=value, values=values or {}, code=code))

    def send(self, data: bytes) -> None:
        """Type to the program."""
        if self.session and self.state:
            self.state.sent()
            self.session.send(data)

    def resize(self, rows: int, columns: int) -> None:
        """The live pane has a new size."""
        self.size = (rows, columns)
        if self.session:
            self.session.resize(rows, columns)

    def interrupt(self) -> None:
        """Stop: the program is interrupted, then ended, then killed."""
        if self.session:
            self.session.interrupt()

    def close(self) -> None:
        """End everything that it started, and wait for that."""
        self._closed = True
        if self.session:
            self.session.close()


def _texts(plan: api.Plan) -> dict[str, str]:
    return {name: value if isinstance(value, str) else " ".join(value) for name, value in plan.params.items() if value}
