"""Carries a child's output to the log and to the events until it ends, and ends it in stages when it must.

The log gets every byte. Events are handed on only while somebody takes them; else the child waits, as it would for a
slow terminal: memory stays bounded whatever it writes.
"""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Protocol

from assistant.content.frozen import Frozen
from assistant.runner import habits
from assistant.runner.lines import LineModel
from assistant.runner.terminal import STAGES, Stage, Terminal

TAIL = 64 * 1024  # bytes of output kept for judging the end
QUIET = 0.1  # seconds of silence after the child's end that mean: that was all
DRAIN = 2.0  # seconds at most to go on reading after the end (something may hold the terminal open and write on)


class Patience(Frozen):
    """Seconds. From an interrupt: to a second one where the tool is known to need it, to a second one otherwise, to
    terminate, to kill. Then: silence after which an unfinished line counts as a prompt, and the same where nobody can
    answer.
    """

    second_known: float = 2.0
    second: float = 15.0
    terminate: float = 30.0
    kill: float = 40.0
    prompt: float = 0.4
    unanswered: float = 3.0


class Listener(Protocol):
    """Who takes the output."""

    def has_room(self) -> bool: ...

    def output(self, data: bytes) -> None: ...

    def prompt(self, prompt: habits.Prompt, secret: bool) -> None: ...

    def notice(self, text: str) -> None: ...


class Control:
    """What others may ask of a running child: more urgent stops. Safe to use from any thread."""

    def __init__(self) -> None:
        self._lock = threading.RLock()  # a signal handler may press while its own thread presses
        self.presses = 0

    def press(self) -> int:
        """One more Ctrl+C; returns how many there were."""
        with self._lock:
            self.presses += 1
            return self.presses

    @property
    def stopped(self) -> bool:
        """Whether somebody wants it to end."""
        return self.presses > 0


class Ended(Frozen):
    """How a child ended. `why` is empty where it ended by itself."""

    code: int
    tail: bytes
    why: str = ""
    log_complete: bool = True


def pump(
    terminal: Terminal,
    argv: tuple[str, ...],
    log: Path,
    listener: Listener,
    control: Control,
    *,
    interactive: bool,
    timeout: float = 0,
    patience: Patience | None = None,
) -> Ended:
    """Run a started child to its end. Nothing of it is left when this returns, unless it ended by itself."""
    with _Log(log, listener) as writer:
        run = _Run(terminal, argv, writer, listener, control, interactive, timeout, patience or Patience())
        try:
            return run.to_the_end()
        finally:
            terminal.close()


class _Log:
    """The whole output on disk. A full disk is told once; the child goes on."""

    def __init__(self, path: Path, listener: Listener) -> None:
        self.path = path
        self.complete = True
        self._listener = listener
        self._file = -1

    def __enter__(self) -> _Log:
        try:
            self._file = os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        except OSError as error:
            self._fail(error)
        return self

    def write(self, data: bytes) -> None:
        view = memoryview(data)
        while view and self.complete:
            try:
                view = view[os.write(self._file, view) :]
            except OSError as error:
                self._fail(error)

    def _fail(self, error: OSError) -> None:
        self.complete = False
        self._listener.notice(f"the log {self.path} is not complete: {error.strerror or error}")

    def __exit__(self, *_: object) -> None:
        if self._file >= 0:
            os.close(self._file)


class _Run:
    def __init__(
        self, terminal: Terminal, argv: tuple[str, ...], log: _Log, listener: Listener, control: Control,
        interactive: bool, timeout: float, patience: Patience,
    ) -> None:  # fmt: skip
        self.terminal, self.argv, self.log, self.listener, self.control = terminal, argv, log, listener, control
        self.interactive, self.patience = interactive, patience
        self.until = time.monotonic() + timeout if timeout else 0.0
        self.timeout = timeout
        self.tail = b""
        self.last_output = time.monotonic()
        self.line = LineModel(300)
        self.prompted = ""
        self.half = b""  # an unfinished character
        self.why = ""
        self.stop_began = 0.0
        self.since_stop = b""
        self.sent: list[Stage] = []

    def to_the_end(self) -> Ended:
        while (code := self.terminal.poll()) is None:
            if not self._take(0.05):
                self._look_for_prompt()
            self._stop_if_wanted()
        began = quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET and time.monotonic() - began < DRAIN:
            if self._take(0.02, last=True):
                quiet_since = time.monotonic()
        if self.half:
            self.listener.output(self.half)
        if self.sent:
            self.terminal.signal("kill")  # what it had started, too
        return Ended(code=code, tail=self.tail, why=self.why, log_complete=self.log.complete)

    def _take(self, wait: float, last: bool = False) -> bool:
        """Read once. While nobody takes the events the child waits, but for its end: then the log still gets
        everything.
        """
        room = last or self.listener.has_room()
        if not room and not self.stop_began:
            time.sleep(0.005)
            return True
        data = self.terminal.read(wait)
        if data is None:
            time.sleep(wait)
            return False
        if not data:
            return False
        self.last_output = time.monotonic()
        self.log.write(data)
        self.tail = (self.tail + data)[-TAIL:] if len(data) < TAIL else data[-TAIL:]
        if self.stop_began:
            self.since_stop = (self.since_stop + data)[-TAIL:]
        self.line.feed(data[-2000:])
        whole, self.half = split_character(self.half + data)
        if whole and room:
            self.listener.output(whole)
        return True

    def _look_for_prompt(self) -> None:
        quiet = time.monotonic() - self.last_output
        if quiet < self.patience.prompt or self.stop_began:
            return
        index, column = self.line.cursor
        line = self.line.plain(index)
        if not column or not line:
            return
        prompt = habits.prompt_in(line + (" " if column > len(line) else ""))
        secret = not self.terminal.echoes()
        if secret and (prompt is None or not prompt.certain):
            prompt = habits.Prompt(text=line, certain=True)
        if prompt is None:
            return
        if not self.interactive and not prompt.certain:
            return  # it may be no prompt at all, and nobody could answer it
        if self.prompted != f"{self.line.version} {line}":
            if not prompt.certain and not self.terminal.may_read():
                return  # it works, and looks as if it asked
            self.prompted = f"{self.line.version} {line}"
            self.listener.prompt(prompt, secret)
        if not self.interactive and quiet >= self.patience.unanswered:
            # Never end of input: conda takes that for yes.
            self._begin_stop(f"it asks `{prompt.text}`, and nobody is there to answer")

    def _begin_stop(self, why: str) -> None:
        self.why = self.why or why
        if not self.stop_began:
            self.stop_began = time.monotonic()
            self._send("interrupt")

    def _stop_if_wanted(self) -> None:
        if self.control.stopped:
            self._begin_stop("interrupted")
        elif self.until and time.monotonic() > self.until:
            self._begin_stop(f"it took longer than {self.timeout:g} s")
        if not self.stop_began:
            return
        passed = time.monotonic() - self.stop_began
        stage = STAGES[min(self.control.presses, len(STAGES)) - 1] if self.control.presses > 1 else "interrupt"
        if stage == "kill" or passed > self.patience.kill:
            self._send("kill")
        elif stage == "terminate" or passed > self.patience.terminate:
            self._send("terminate")
        elif self.sent.count("interrupt") == 1:
            known = habits.needs_second_interrupt(self.argv, self.since_stop)
            if passed > (self.patience.second_known if known else self.patience.second):
                self.sent.append("interrupt")
                self.terminal.signal("interrupt")

    def _send(self, stage: Stage) -> None:
        if stage not in self.sent:
            self.sent.append(stage)
            self.terminal.signal(stage)


def split_character(data: bytes) -> tuple[bytes, bytes]:
    """The data up to the last whole UTF-8 character, and the unfinished rest (at most 3 bytes)."""
    for back in range(1, min(4, len(data) + 1)):
        byte = data[-back]
        if byte < 0x80:
            break
        if byte >= 0xC0:
            needed = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4 if byte < 0xF5 else 0  # never in UTF-8
            return (data[:-back], data[-back:]) if back < needed else (data, b"")
    return data, b""
