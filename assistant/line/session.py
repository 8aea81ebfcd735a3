"""Line mode: a conversation with completion and history where the terminal can, plain reading of lines where it cannot.

The accessible face: no redraw, no box drawing, numbered choices, tables as sentences, one label for each message.
"""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Callable

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked
from assistant.dialogue.gaps import keep_gap
from assistant.dialogue.slash import is_command
from assistant.dialogue.talk import Conversation
from assistant.errors import ExitCode, GuideError, UsageError
from assistant.line.commands import run_command
from assistant.line.flow_runs import Wish
from assistant.machine.quick import quick_machine
from assistant.render.answers import answer_text
from assistant.render.layout import Style, wrap
from assistant.render.machine_line import machine_line
from assistant.render.out import terminal_width, wants_accessible, wants_colour
from assistant.search.library import open_library

Read = Callable[[], str | None]

MOST_OFFERED = 3  # runs that were cut off, named at the start


class LineSession:
    """What a line-mode conversation knows: the conversation, the style, how to read a message."""

    def __init__(self, *, accessible: bool, read: Read | None = None) -> None:
        self.library = open_library()
        self.machine = quick_machine()
        self.conversation = Conversation(self.library, Asked(machine=self.machine))
        self.accessible = accessible
        self.style = Style(wants_colour(sys.stdout) and not accessible, accessible=accessible)
        self.last: Answer | None = None
        self.unfinished: list[str] = []  # ids of the runs that were named at the start
        self._read = read or reader(self)

    @property
    def width(self) -> int:
        """Columns to write in."""
        return min(100, terminal_width(80))

    @property
    def keys(self) -> str:
        """What else can be typed here."""
        if self.capable:
            return "Tab completes, Up goes back in the history, Alt+Enter makes a new line, Ctrl+D leaves."
        return "In a flow: a question after a question mark is answered, and the flow goes on. exit leaves."

    @property
    def capable(self) -> bool:
        """Whether the terminal can complete and redraw."""
        return (
            not self.accessible
            and sys.stdin.isatty()
            and sys.stdout.isatty()
            and os.environ.get("TERM") not in ("dumb", "")
        )

    def say(self, text: str) -> None:
        """One text to the person."""
        sys.stdout.write(text + "\n")
        sys.stdout.flush()

    def paragraph(self, text: str, first: str = "", rest: str = "") -> None:
        """One text, wrapped."""
        self.say("\n".join(wrap(self.style.inline(text), self.width, first, rest or first)))

    def copy(self, text: str) -> None:
        """Put a text, and nothing but it, on the clipboard: the terminal's (OSC 52), where it can, and the system's own.

        Raises:
            UsageError: there is neither.
        """
        if self.capable:
            import base64

            sys.stdout.write(f"\x1b]52;c;{base64.b64encode(text.encode('utf-8', 'replace')).decode()}\x07")
            sys.stdout.flush()
        import pyperclip

        try:
            pyperclip.copy(text)
        except (pyperclip.PyperclipException, OSError):
            if not self.capable:
                raise UsageError("no clipboard program was found", f"copy it from here: {text}") from None

    def wish(self) -> Wish:
        """How flows run here: in this style, with questions taken in between."""
        return Wish(self.style, ask=self.ask)

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
            self._guarded(lambda: self._open(open_at))
        goes_on = True
        while goes_on:
            message = self._read()
            if message is None or message.strip().lower() in ("exit", "quit", ":q"):
                break
            if message.strip():
                goes_on = self._take(message.strip("\n"))
        self.say("Good-bye.")
        return int(ExitCode.OK)

    def _tell_unfinished(self) -> None:
        from assistant.runner import api

        runs = [run for run in api.list_runs() if run.can_resume][:MOST_OFFERED]
        self.unfinished = [run.id for run in runs]
        if runs:
            self.say("Not finished:")
            for number, run in enumerate(runs, 1):
                began = run.began[:16].replace("T", " ")
                self.paragraph(f"{number}. {run.title}: {run.done} of {run.steps} steps done, began {began}", "  ")
            self.say("/resume 1 goes on with the first; its plan comes first.")

    def run_named(self, words: str) -> str:
        """The id of a run: as given, or by its number in the list of the start."""
        if words.isdecimal() and 1 <= int(words) <= len(self.unfinished):
            return self.unfinished[int(words) - 1]
        return words

    def _open(self, name: str) -> None:
        """A deep link: an entry or a flow by its id; anything else is asked."""
        if name in self.library.flow_ids():
            run_command(self, f"/run {name}")
        elif name in self.library.index["ids"]:
            from assistant.dialogue.reference import task_answer

            self.show(task_answer(name, self.library.title(name), self.library, self.conversation.asked))
        else:
            self._take(name)

    def _take(self, message: str) -> bool:
        """Answer a message or carry out a command; whether the conversation goes on."""
        goes_on = True

        def take() -> None:
            nonlocal goes_on
            if message.strip() == "?":
                run_command(self, "/help")
            elif is_command(message):
                goes_on = run_command(self, message)
            else:
                self.show(self.conversation.turn(message))

        self._guarded(take)
        return goes_on

    def _guarded(self, work: Callable[[], None]) -> None:
        """What goes wrong is said; the conversation goes on."""
        try:
            work()
        except GuideError as error:
            self.say(f"Error: {error}" if self.accessible else str(error))
        except KeyboardInterrupt:
            self.say("")

    def show(self, answer: Answer) -> None:
        """Print an answer; in accessible mode with a label before it."""
        self.last = answer
        if answer.status == "unknown":
            keep_gap(answer)
        blocks = tuple(block.replace(text=_inside(block.text)) for block in answer.blocks)
        text = answer_text(answer.replace(flows=(), blocks=blocks), self.width, self.style)
        text = text.replace("There is more: add --more.", "There is more: say more.")
        self.say(("Answer: " if self.accessible else "\n") + text)
        for flow in answer.flows[:2]:
            given = "".join(f" {name}={shlex.quote(value)}" for name, value in flow.params.items())
            self.paragraph(f"Step by step: `/run {flow.id}{given}` ({flow.title})", rest="  ")
        self.say("")

    def ask(self, prompt: str) -> str | None:
        """One line of input for a flow's question; None at the end of input.

        A line that begins with `?` is a question to envguide: it is answered, and the flow's question asked again. What
        a step's own program asks gets the line as it is.
        """
        from assistant.line.flow_console import ask_line

        while True:
            line = ask_line(prompt)
            words = line.strip().lstrip("?").strip() if line and line.lstrip().startswith("?") else ""
            if not words or prompt.startswith("  | "):
                return line
            self._take(words)


def _inside(text: str) -> str:
    """What names a command of the shell names the slash command that does the same: `envguide run X --set a=b`."""
    return re.sub(
        r"`envguide (run|plan|undo|resume|redo|log|runs|flows|doctor)\b([^`]*)`",
        lambda found: f"`/{found[1]}{found[2].replace(' --set ', ' ')}`",
        text,
    )


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
    if not session.capable:
        return plain_reader("You: " if session.accessible else "> ")
    from assistant.line.prompt import prompt_reader

    return prompt_reader(session.library, session.machine, lambda: session.conversation.asked)


def run_line_mode(*, accessible: bool = False, open_at: str = "") -> int:
    """Open line mode; its exit code."""
    return LineSession(accessible=accessible or wants_accessible()).run(open_at)
