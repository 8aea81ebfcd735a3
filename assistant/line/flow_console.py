"""A flow in plain lines: the plan, the questions, the output of the steps, the end. For `envguide run` and line mode.

With a terminal, progress bars redraw on one line; without one, or for a screen reader, only finished lines are printed
and long silence is broken by a word now and then.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

from assistant.errors import ExitCode
from assistant.line import flow_choices
from assistant.line.flow_choices import MEANING, WHAT_NOW
from assistant.render.layout import Style, wrap
from assistant.render.out import terminal_width
from assistant.render.plans import plan_text
from assistant.runner import api

HEARTBEAT = 20.0  # seconds of silence after which a line says that the step still runs
Ask = Callable[[str], str | None]


def ask_line(prompt: str) -> str | None:
    """One line from the person; None at the end of input."""
    sys.stdout.write(prompt)
    sys.stdout.flush()
    line = sys.stdin.readline()
    return line.rstrip("\n") if line else None


@contextlib.contextmanager
def interrupts_to(session: api.Session) -> Iterator[None]:
    """Ctrl+C goes to the run: interrupt, terminate, kill. Outside the main thread the caller forwards it itself."""

    def interrupted(_number: int, _frame: FrameType | None) -> None:
        session.interrupt()

    previous = signal.getsignal(signal.SIGINT)
    try:
        signal.signal(signal.SIGINT, interrupted)
    except ValueError:
        previous = None
    try:
        yield
    finally:
        if previous is not None:
            signal.signal(signal.SIGINT, previous)


class FlowConsole:
    """Draws the events of one run and answers its questions."""

    def __init__(
        self, session: api.Session, style: Style, *, redraw: bool, ask: Ask = ask_line, width: int = 0,
        plan: api.Plan | None = None,
    ) -> None:  # fmt: skip
        self.session, self.plan = session, plan
        self.style = style
        self.redraw = redraw and not style.accessible
        self.ask = ask
        self.width = width or terminal_width(80)
        self._lines = api.LineModel(2_000)
        self._printed = 0
        self._partial = ""
        self._last = time.monotonic()
        self._percent: dict[str, int] = {}
        self._titles: dict[str, str] = {}
        self._listening = threading.Event()

    def run(self) -> int:
        """Take all events; the exit code of the run."""
        code = int(ExitCode.OK)
        with interrupts_to(self.session):
            try:
                for event in self.session.events():
                    code = self._take(event, code)
            finally:
                self._flush_output()
        return code

    def _take(self, event: api.Event, code: int) -> int:
        if isinstance(event, api.Output):
            self._output(event)
            return code
        self._listening.clear()
        self._listening = threading.Event()
        self._flush_output()
        if isinstance(event, api.Question):
            self._question(event)
        elif isinstance(event, api.ChildPrompt):
            self._child(event)
        elif isinstance(event, api.NeedsTerminal):
            self._lend_terminal(event)
        elif isinstance(event, api.Progress):
            self._progress(event)
        elif isinstance(event, api.StepStarted):
            self._say(self.style.mark(f"Step {event.number} of {event.of}: {event.title}", "bold"))
            if event.command:
                self._say("  " + self.style.mark(event.command, "command"))
        elif isinstance(event, api.StepVerified):
            self._say(f"  done in {event.seconds:.0f} s" + (": " + "; ".join(event.evidence) if event.evidence else ""))
        elif isinstance(event, api.StepSkipped):
            reason = f": {event.reason}" if event.reason else ""
            self._say(f"  {self._titles.get(event.step, 'this step')}: not run ({event.state}){reason}")
        elif isinstance(event, api.StepFailed):
            self._failed(event)
        elif isinstance(event, api.Notice):
            self._paragraph(event.text)
            for command in event.commands:
                self._say("    " + self.style.mark(command, "command"))
        elif isinstance(event, api.PlanChanged):
            self._say("The machine has changed since the plan was made:")
            for line in event.differences:
                self._paragraph(line, "- ")
            self.plan = event.plan
            self._say(plan_text(event.plan, self.width, self.style))
            self._titles.update(_titles(event.plan))
        elif isinstance(event, api.FixStarted):
            self.plan = event.plan
            self._say("")
            self._say(plan_text(event.plan, self.width, self.style))
            self._say("")
        elif isinstance(event, api.FixFinished):
            self._fixed(event)
        elif isinstance(event, api.RunStarted):
            self._say(self.style.mark(f"run {event.run}", "dim"))
            self._titles.update(_titles(event.plan))
        elif isinstance(event, api.FlowFinished):
            return self._finished(event)
        return code

    def _say(self, text: str) -> None:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
        self._last = time.monotonic()

    def _paragraph(self, text: str, first: str = "") -> None:
        for line in wrap(text, self.width, first, " " * len(first)):
            self._say(line)

    def _output(self, event: api.Output) -> None:
        self._lines.feed(event.text)
        total = self._lines.total
        last = max(self._printed, total - 1)
        if self._partial and last > self._printed:
            self._clear_partial()
        while self._printed < last:
            index = self._printed - (total - len(self._lines))
            if index >= 0:
                text = self._lines.line(index) if self.style.colour else self._lines.plain(index)
                self._say(f"  | {text}")
            self._printed += 1
        if self.redraw and len(self._lines):
            line = self._lines.plain(len(self._lines) - 1)[: self.width - 5]
            if line != self._partial:
                sys.stdout.write(f"\r\x1b[K  | {line}")
                sys.stdout.flush()
                self._partial = line
        elif time.monotonic() - self._last > HEARTBEAT:
            self._say("  still working")

    def _clear_partial(self) -> None:
        if self._partial and self.redraw:
            sys.stdout.write("\r\x1b[K")
        self._partial = ""

    def _flush_output(self) -> None:
        """Print what stands on the last, unfinished line; the next step begins with an empty model."""
        self._clear_partial()
        if len(self._lines):
            text = self._lines.plain(len(self._lines) - 1)
            if text.strip() and self._printed < self._lines.total:
                self._say(f"  | {text}")
        self._lines = api.LineModel(2_000)
        self._printed = 0

    def _progress(self, event: api.Progress) -> None:
        if not event.total:
            return
        percent = 100 * event.done // event.total
        step = 1 if self.redraw else 25
        if percent // step == self._percent.get(event.step, -1):
            return
        self._percent[event.step] = percent // step
        text = f"  {event.what or 'download'}: {percent} % of {event.total / 1e6:.0f} MB"
        if self.redraw:
            sys.stdout.write(f"\r\x1b[K{text}" + ("\n" if event.done >= event.total else ""))
            sys.stdout.flush()
        else:
            self._say(text)

    def _question(self, question: api.Question) -> None:
        """Ask until the answer is one of the answers; the end of input means the default, which never is yes."""
        for line in question.details if question.kind != "plan" else ():  # the plan itself stands above
            self._say(f"  {line}")
        for name in question.names:
            self._paragraph(name, "  - ")
        if question.kind == "value":
            self._value(question)
            return
        if question.kind == "failed" and question.choices:
            self._what_now(question)
            return
        answers = flow_choices.answers_with_packages(question, self.plan)
        shown = ", ".join(f"[{answer}]" if answer == question.default else answer for answer in answers)
        prompt = f"{question.text} ({shown}) "
        if self.style.accessible:
            self._say(question.text)
            for number, answer in enumerate(answers, 1):
                self._say(f"  {number}. {answer}: {MEANING.get(answer, WHAT_NOW.get(answer, answer))}")
            prompt = f"Your answer, a number or a word. Enter alone means {question.default}: "
        while True:
            given = self.ask(prompt)
            if given is None:
                self._say("")
                self._say(f"no more input: {question.default}")
                self.session.reply(question.default)
                return
            answer = _match(given, answers, question.default)
            if answer == flow_choices.WORD:
                for line in flow_choices.packages_of(self.plan, self.width):
                    self._say(line)
                continue
            if answer == "edit":
                values = self._new_values()
                if values is None:
                    continue
                self.session.reply(api.Reply(answer="edit", values=values))
                return
            if answer:
                self.session.reply(answer)
                return
            self._say(f"Please answer one of: {', '.join(answers)}.")

    def _what_now(self, question: api.Question) -> None:
        """A failed step that a flow may mend: numbered choices, each with what it does."""
        choices = [*((f"fix:{one.value}", f"{one.label} ({one.value}), then try again") for one in question.choices)]
        choices += [(answer, WHAT_NOW.get(answer, answer)) for answer in question.answers if answer != "fix"]
        self._say("")
        self._say(question.text)
        for number, (answer, words) in enumerate(choices, 1):
            self._say(f"  {number}. {'fix' if answer.startswith('fix:') else answer}: {words}")
        names = [answer.removeprefix("fix:") for answer, _ in choices]
        while True:
            given = self.ask(f"What now? (1 to {len(choices)}, or a word; Enter alone: {question.default}) ")
            word = (given or "").strip().lower()
            if word.isdigit() and 1 <= int(word) <= len(choices):
                word = choices[int(word) - 1][0].removeprefix("fix:")
            elif word == "fix" and len(question.choices) == 1:
                word = question.choices[0].value
            taken = question.default if given is None else _match(word, tuple(names), question.default)
            values = self._new_values() if taken == "edit" else {}
            if not taken or values is None:
                self._say(f"Please give a number from 1 to {len(choices)}.")
            elif taken in question.answers:
                self.session.reply(api.Reply(answer=taken, values=values))
                return
            else:
                self.session.reply(api.Reply(answer="fix", value=taken))
                return

    def _fixed(self, event: api.FixFinished) -> None:
        if event.state == "done":
            self._paragraph(f"The fix: {event.message}. Now the step again.")
        else:
            self._paragraph(f"The fix was not done: {event.message}")
            if event.hint:
                self._paragraph(event.hint)
        if event.run:
            self._say(self.style.mark(f"To take the fix back: envguide undo {event.run}", "dim"))

    def _value(self, question: api.Question) -> None:
        for number, choice in enumerate(question.choices, 1):
            self._say(f"  {number}. {choice.value}" + (f" ({choice.label})" if choice.label else ""))
        given = self.ask(f"{question.text}" + (f" [{question.suggestion}]" if question.suggestion else "") + ": ")
        if given is None:
            self.session.reply("stop")
            return
        if given.isdigit() and 1 <= int(given) <= len(question.choices):
            given = question.choices[int(given) - 1].value
        self.session.reply(api.Reply(answer="yes", value=given or question.suggestion))

    def _new_values(self) -> dict[str, str] | None:
        given = self.ask("new values, as name=value name=value (empty: back) ")
        if not given:
            return None
        try:
            import shlex

            return dict(part.split("=", 1) for part in shlex.split(given))
        except ValueError:
            self._say("Write name=value, such as: name=demo python=3.12")
            return None

    def _child(self, prompt: api.ChildPrompt) -> None:
        """The step's own program asks; what the person types goes to it as it is."""
        if not prompt.certain:
            self._listen(prompt)
            return
        given = self.ask(f"  | {prompt.text} ")
        if given is None:
            self._say("no more input: the step is stopped")
            self.session.interrupt()
            return
        self.session.send(given.encode() + b"\n")

    def _listen(self, prompt: api.ChildPrompt) -> None:
        """It may be a question: show it and take a line if one comes, without making the run wait for it."""
        self._say(f"  | {prompt.text}")
        if os.name == "nt" or not sys.stdin.isatty():
            return
        self._say("  (if this is a question, type the answer and press Enter)")
        self._listening.set()
        threading.Thread(target=self._forward_line, args=(self._listening,), daemon=True).start()

    def _forward_line(self, listening: threading.Event) -> None:
        import select

        while listening.is_set():
            ready, _, _ = select.select([sys.stdin], [], [], 0.2)
            if ready and listening.is_set():
                line = sys.stdin.readline()
                if line:
                    self.session.send(line.encode())
                return

    def _lend_terminal(self, event: api.NeedsTerminal) -> None:
        self._say("The program takes the terminal now; leave it to go on (usually: exit).")
        try:
            code = subprocess.call(list(event.argv), cwd=event.cwd or None, env={**os.environ, **event.env})
        except OSError as error:
            self._say(f"it cannot be started: {error}")
            code = 127
        self.session.reply(api.Reply(answer="yes", code=code))

    def _failed(self, event: api.StepFailed) -> None:
        self._say(self.style.mark(f"  failed: {event.reason}", "warn"))
        if event.hint:
            self._paragraph(event.hint, "  ")
        if event.tail:
            self._say("  the last lines:")
            for line in event.tail[-12:]:
                self._say(f"  | {line}")
        from assistant.line.failure import diagnosis_of

        for line in diagnosis_of(event, self.width, self.style):
            self._say(line)
        if event.log:
            self._say(self.style.mark(f"  the whole output: {event.log}", "dim"))

    def _finished(self, event: api.FlowFinished) -> int:
        self._say("")
        self._say(self.style.mark(event.message, "title"))
        if event.hint:
            self._paragraph(event.hint)
        for said in event.after:
            self._paragraph(said.text)
            for command in said.commands:
                self._say("    " + self.style.mark(command, "command"))
        if event.undo and event.run:
            self._say(self.style.mark(f"To take it back: envguide undo {event.run}", "dim"))
        return event.exit


def _titles(plan: api.Plan) -> dict[str, str]:
    return {step.id: step.title for step in plan.steps}


def _match(given: str, answers: tuple[str, ...], default: str) -> str:
    """The answer that was meant: by its number, whole, or its beginning where only one begins so; empty input is the default."""
    word = given.strip().lower()
    if not word:
        return default
    if word.isdecimal():
        return answers[int(word) - 1] if 1 <= int(word) <= len(answers) else ""
    if word in answers:
        return word
    beginning = [answer for answer in answers if answer.startswith(word)]
    return beginning[0] if len(beginning) == 1 else ""
