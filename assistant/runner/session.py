"""A run as a face sees it: events to draw, questions to answer, keys for the child, Ctrl+C.

The work is done in a thread of its own. A plain loop iterates `events()`; a screen iterates it in a worker and posts
each event to its own loop. Output that nobody takes makes the child wait, so memory stays bounded.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from assistant.runner.events import ChildPrompt, Event, FlowFinished, NeedsTerminal, Notice, Output, Question, Reply
from assistant.runner.pump import Control
from assistant.runner.terminal import DEFAULT_SIZE, Terminal

ROOM = 1 << 20  # bytes of output that may wait to be taken
END_OF_INPUT = b"\x04"


class _Waiting:
    """Output of one step that nobody has taken yet."""

    __slots__ = ("chunks", "step")

    def __init__(self, step: str, data: bytes) -> None:
        self.step = step
        self.chunks = [data]


class Session:
    """One run of a plan. Make it with `api.start_run`, `api.resume` or `api.undo`; it starts with the first event."""

    def __init__(self, work: Callable[[Session], FlowFinished], size: tuple[int, int] = DEFAULT_SIZE) -> None:
        self._work = work
        self._changed = threading.Condition()
        self._queue: deque[Event | _Waiting] = deque()
        self._waiting = 0  # bytes of output in the queue
        self._reply: Reply | None = None
        self._stop = False
        self._closed = False
        self._finished = False
        self._failure: BaseException | None = None
        self._thread: threading.Thread | None = None
        self._terminal: Terminal | None = None
        self._control = Control()
        self._prompt: ChildPrompt | None = None
        self._size = size
        self.result: FlowFinished | None = None

    # For a face

    def events(self) -> Iterator[Event]:
        """Every event until `FlowFinished`, waiting for each. Only one loop may take them.

        Raises:
            Exception: a mistake in the program itself, after the run was closed properly.
        """
        self._begin()
        while True:
            with self._changed:
                while not self._queue and not self._finished:
                    self._changed.wait()
                if not self._queue:
                    break
                event = self._queue.popleft()
                if isinstance(event, _Waiting):
                    event = Output(step=event.step, text=b"".join(event.chunks))
                    self._waiting -= len(event.text)
            yield event
        if self._failure is not None:
            raise self._failure

    def reply(self, reply: Reply | str) -> None:
        """Answer the question that was asked last; a text is the answer alone."""
        with self._changed:
            self._reply = Reply(answer=reply) if isinstance(reply, str) else reply
            self._changed.notify_all()

    def send(self, data: bytes) -> None:
        """Keys for the running child. End of input (Ctrl+D) is held back at a prompt that would take it for yes."""
        terminal, prompt = self._terminal, self._prompt
        if terminal is None:
            return
        if END_OF_INPUT in data and prompt is not None and prompt.empty_means == "yes":
            data = data.replace(END_OF_INPUT, b"")
            text = "end of input would mean yes here; type y or n"
            self.emit(Notice(step=prompt.step, text=text))
        if data:
            self._prompt = None
            terminal.write(data)

    def resize(self, rows: int, columns: int) -> None:
        """The pane has a new size."""
        self._size = (rows, columns)
        terminal = self._terminal
        if terminal is not None:
            terminal.resize(rows, columns)

    def interrupt(self) -> None:
        """Ctrl+C: the first interrupts the child, the second terminates it, the third kills it; then the run stops."""
        with self._changed:
            self._stop = True
            self._control.press()
            self._changed.notify_all()

    def close(self) -> None:
        """End the run and everything it started, and wait for it. For a face that goes away."""
        with self._changed:
            self._closed = self._stop = True
            for _ in range(3):
                self._control.press()
            self._changed.notify_all()
        if self._thread is not None:
            self._thread.join(timeout=30)

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # For the work

    @property
    def stopped(self) -> bool:
        """Whether the person wants the run to stop."""
        return self._stop

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns of the pane."""
        return self._size

    @property
    def control(self) -> Control:
        """The stops of the step that is running."""
        return self._control

    def new_control(self) -> Control:
        """For the next step; a stop that was wanted before it still counts."""
        with self._changed:
            self._control = Control()
            if self._stop:
                self._control.press()
            return self._control

    def clear_stop(self) -> None:
        """The stop was heeded and the person decided to go on."""
        with self._changed:
            self._stop = self._closed
            self._control = Control()

    def attach(self, terminal: Terminal | None) -> None:
        """The child that keys go to; None when it has ended."""
        self._terminal = terminal
        self._prompt = None

    def emit(self, event: Event) -> None:
        """Hand on an event."""
        with self._changed:
            if self._closed and not isinstance(event, FlowFinished):
                return
            if isinstance(event, ChildPrompt):
                self._prompt = event
            self._queue.append(event)
            self._changed.notify_all()

    def has_room(self) -> bool:
        """Whether more output may be handed on."""
        with self._changed:
            return self._waiting < ROOM or self._closed

    def output(self, step: str, data: bytes) -> None:
        """Hand on output, joined with what still waits."""
        with self._changed:
            if self._closed:
                return
            last = self._queue[-1] if self._queue else None
            if isinstance(last, _Waiting) and last.step == step:
                last.chunks.append(data)
            else:
                self._queue.append(_Waiting(step, data))
            self._waiting += len(data)
            self._changed.notify_all()

    def ask(self, question: Question | NeedsTerminal) -> Reply:
        """Ask and wait; `stop` where the person interrupts or the face is gone."""
        with self._changed:
            self._reply = None
        self.emit(question)
        with self._changed:
            while self._reply is None and not self._stop:
                self._changed.wait()
            return self._reply or Reply(answer="stop", code=130)

    def _begin(self) -> None:
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="run", daemon=True)
            self._thread.start()

    def _run(self) -> None:
        try:
            self.result = self._work(self)
        except BaseException as error:
            self._failure = error
            self.result = FlowFinished(
                state="error", message=f"a mistake in envguide: {type(error).__name__}: {error}", exit=3,
                hint="please report it; `envguide resume` goes on from here",
            )  # fmt: skip
        self.emit(self.result)
        with self._changed:
            self._finished = True
            self._changed.notify_all()
