"""Line mode: a conversation with completion and history where the terminal can, plain reading of lines where it cannot.

The accessible face: no redraw, no box drawing, numbered choices, tables as sentences, one label for each message.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked
from assistant.dialogue.gaps import keep_gap
from assistant.dialogue.talk import Conversation
from assistant.errors import ExitCode, GuideError
from assistant.line.commands import COMMANDS, run_command
from assistant.machine.quick import quick_machine
from assistant.render.answers import answer_text
from assistant.render.layout import Style
from assistant.render.machine_line import machine_line
from assistant.render.out import terminal_width, wants_accessible, wants_colour
from assistant.search.library import open_library

Read = Callable[[], str | None]


class LineSession:
    """What a line-mode conversation knows: the conversation, the style, how to read a message."""

    def __init__(self, *, accessible: bool, read: Read | None = None) -> None:
        self.library = open_library()
        self.machine = quick_machine()
        self.conversation = Conversation(self.library, Asked(machine=self.machine))
        self.accessible = accessible
        self.style = Style(wants_colour(sys.stdout) and not accessible, accessible=accessible)
        self.last: Answer | None = None
        self._read = read or reader(self)

    def say(self, text: str) -> None:
        """One text to the person."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def greet(self) -> None:
        """The first lines: what this is, on what machine, how to leave."""
        if self.accessible:
            self.say("envguide, line mode for screen readers. No redraw, choices are numbered.")
        else:
            self.say(self.style.mark("envguide", "title") + "  " + self.style.mark(machine_line(self.machine), "dim"))
        self.say(
            "Ask about Python environments and packages, or paste an error. /help lists the commands, exit leaves."
        )

    def run(self, open_at: str = "") -> int:
        """Talk until the person leaves or the input ends."""
        self.greet()
        self._tell_unfinished()
        if open_at:
            self._take(open_at)
        while True:
            message = self._read()
            if message is None or message.strip().lower() in ("exit", "quit", "/exit", "/quit", ":q"):
                self.say("Good-bye.")
                return int(ExitCode.OK)
            if message.strip():
                self._take(message)

    def _tell_unfinished(self) -> None:
        from assistant.runner import api

        unfinished = [run for run in api.list_runs() if run.state == "interrupted" and run.can_resume]
        if unfinished:
            self.say(f"A run was cut off: {unfinished[0].title}. /resume goes on with it.")

    def _take(self, message: str) -> None:
        try:
            if message.startswith("/"):
                run_command(self, message)
                return
            self.show(self.conversation.turn(message))
        except GuideError as error:
            self.say(f"Error: {error}" if self.accessible else str(error))
        except KeyboardInterrupt:
            self.say("")

    def show(self, answer: Answer) -> None:
        """Print an answer; in accessible mode with a label before it."""
        self.last = answer
        if answer.status == "unknown":
            keep_gap(answer)
        text = answer_text(answer, min(100, terminal_width(80)), self.style)
        text = text.replace("There is more: add --more.", "There is more: say more.")
        self.say(("Answer: " if self.accessible else "\n") + text + "\n")

    def ask(self, prompt: str) -> str | None:
        """One line of input for a flow's question; None at the end of input."""
        from assistant.line.flow_console import ask_line

        try:
            return ask_line(prompt)
        except KeyboardInterrupt:
            return None


def plain_reader(prompt: str) -> Read:
    """Reads lines without any redraw. Several lines that arrive at once (a pasted error) are one message."""

    def read() -> str | None:
        sys.stdout.write(prompt)
        sys.stdout.flush()
        try:
            line = sys.stdin.readline()
        except KeyboardInterrupt:
            sys.stdout.write("\n")
            return None
        if not line:
            return None
        lines = [line]
        while sys.stdin.isatty() and _more_is_waiting():
            following = sys.stdin.readline()
            if not following:
                break
            lines.append(following)
        return "".join(lines).rstrip("\n")

    return read


def _more_is_waiting() -> bool:
    """Whether more input is there already, as it is after a paste."""
    if os.name == "nt":
        return False
    import select

    ready, _, _ = select.select([sys.stdin], [], [], 0.05)
    return bool(ready)


def reader(session: LineSession) -> Read:
    """The best way to read here: with completion and history on a capable terminal, else plain lines."""
    capable = sys.stdin.isatty() and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    if session.accessible or not capable:
        return plain_reader("You: " if session.accessible else "> ")
    from assistant.line.prompt import prompt_reader

    return prompt_reader(session.library, session.machine)


def run_line_mode(*, accessible: bool = False, open_at: str = "") -> int:
    """Open line mode; its exit code."""
    return LineSession(accessible=accessible or wants_accessible()).run(open_at)


__all__ = ["COMMANDS", "LineSession", "run_line_mode"]
