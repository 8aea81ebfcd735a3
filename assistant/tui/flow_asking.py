"""The question at the bottom of a flow's screen: the gate's, the program's, or what to do at the end."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Input

from assistant.content.frozen import Frozen
from assistant.render.layout import wrap
from assistant.runner.events import ChildPrompt, FlowFinished, Question
from assistant.runner.plan import Plan
from assistant.tui.flow_state import FlowState
from assistant.tui.pieces import Lines, Link, Words
from assistant.tui.safe import plain, safe_line

# The words on the buttons, and the key of each answer.
ANSWERS = {
    "yes": ("Run", "y"), "step": ("Step by step", "s"), "edit": ("Change values", "e"), "retry": ("Try again", "r"),
    "skip": ("Skip it", "k"), "no": ("No", "n"), "stop": ("Stop here", "x"), "look": ("Look again", "l"), "close": ("Close", "q"),
    "undo": ("Undo", "u"), "resume": ("Go on", "r"), "log": ("Log", "l"), "ask": ("Ask about it", "a"), "value": ("Take it", ""),
}  # fmt: skip
FIX = "fix:"  # before the flow that mends a failed step; these answers have the digits as their keys
YES = {"delete": "Delete", "admin": "Run as administrator", "unsure": "Do it again", "step": "Run"}


class Ask(Frozen):
    """What the bar shows: a text, the answers, and what kind of question it is."""

    text: str = ""
    answers: tuple[str, ...] = ()
    kind: str = ""
    labels: dict[str, str] = {}
    """Words of answers that have none of their own."""


def what_to_ask(state: FlowState, *, stuck: bool, can_edit: bool) -> Ask:
    """The question that is open."""
    if state.finished:
        return Ask(answers=at_end(state.finished))
    if stuck:
        return Ask(text=blocked_words(state.plan), answers=("edit", "look", "close") if can_edit else ("look", "close"))
    if state.terminal:
        words = f"This program takes the whole terminal: {' '.join(state.terminal.argv)}"
        return Ask(text=words, answers=("yes", "skip"), kind="step")
    if state.question:
        kind, can_edit = state.question.kind, can_edit and state.outer is None
        answers = tuple(answer for answer in state.question.answers if answer != "edit" or can_edit)
        if kind == "failed":
            fixes = {f"{FIX}{one.value}": one.label for one in state.question.choices}
            answers = (*fixes, *(answer for answer in answers if answer != "fix"))
            return Ask(text=state.question.text, answers=answers, kind=kind, labels=fixes)
        return Ask(text=state.question.text, answers=("stop",) if kind == "value" else answers, kind=kind)
    if state.prompt:
        return Ask(text=f"The program asks: {state.prompt.text}", kind="prompt")
    return Ask(
        text="Running. Ctrl+C stops it, i types to the program, a goes to the conversation." if state.run else ""
    )


def at_end(finished: FlowFinished) -> tuple[str, ...]:
    """What can be done when a flow has ended."""
    wanted = (
        ("undo", finished.undo),
        ("resume", bool(finished.run) and finished.state != "done"),
        ("log", bool(finished.run)),
        ("ask", True),
        ("close", True),
    )
    return tuple(name for name, offered in wanted if offered)


def blocked_words(plan: Plan) -> str:
    """Why the plan cannot be run."""
    blocked = next(step for step in plan.blocked if not step.optional)
    return f"Blocked: {blocked.title}. {blocked.reason}."


class AnswerChip(Link, inherit_bindings=False):
    """An answer: Enter, Space or a click takes it; letters stay free for the answers' own keys."""

    BINDINGS = [
        ("enter,space", "take", "take"),
        ("right,down", "app.focus_next", "next"),
        ("left,up", "app.focus_previous", "before"),
    ]

    def __init__(self, label: Content, answer: str, *, main: bool) -> None:
        super().__init__(label, "answer", answer, classes="chip main" if main else "chip")


class Bar(Vertical):
    """The question at the bottom with its answers; or what the program waits for; or the actions at the end."""

    def __init__(self) -> None:
        super().__init__(id="bar")
        self.offered: tuple[str, ...] = ()
        self.kind = ""

    async def put(self, ask: Ask, more: tuple[Widget, ...] = ()) -> None:
        """Show a question and its answers."""
        self.offered, self.kind = ask.answers, ask.kind
        shown = [
            AnswerChip(self._label(answer, ask.labels), answer, main=not place)
            for place, answer in enumerate(ask.answers)
        ]
        widgets: list[Widget] = []
        if ask.text:
            widgets.append(Words(Content.styled(safe_line(ask.text, 600), "bold"), classes="bar-text"))
        widgets += more
        if shown:
            widgets.append(Horizontal(*shown, classes="bar-answers"))
        await self.remove_children()
        await self.mount_all(widgets)

    def _label(self, answer: str, labels: dict[str, str]) -> Content:
        word = f"Fix: {safe_line(labels[answer], 50)}" if answer in labels else ANSWERS[answer][0]
        word, key = YES.get(self.kind, word) if answer == "yes" else word, self._key(answer)
        return Content.assemble(word, (f" {key}" if key else "", "$text-muted"))

    def by_key(self, key: str) -> str:
        """The offered answer that a key stands for; empty for none."""
        return next((answer for answer in self.offered if self._key(answer) == key), "")

    def _key(self, answer: str) -> str:
        fixes = [one for one in self.offered if one.startswith(FIX)]
        return str(fixes.index(answer) + 1) if answer in fixes else ANSWERS[answer][1]


def question_details(question: Question) -> tuple[Widget, ...]:
    """What belongs to a question: names of what would be deleted, the lines to show."""
    widgets: list[Widget] = []
    if question.names:
        names = [f"- {name}" for name in question.names[:12]]
        names += [f"- and {len(question.names) - 12} more"] if len(question.names) > 12 else []
        widgets.append(
            Lines(lambda width: [line for name in names for line in wrap(name, width, "", "  ")], classes="bar-names")
        )
    if question.kind not in ("plan", "failed", "value"):
        told = [name.partition(" (")[0] for name in question.names]
        details = [text for text in question.details if not any(name in text for name in told)][:8]
        if details:
            widgets.append(
                Lines(lambda width: [line for text in details for line in wrap(text, width, "", "  ")], classes="note")
            )
    return tuple(widgets)


class TypeLine(Input):
    """A line for the running program. What is typed at a password prompt is not shown."""

    class Typed(Message):
        """A line for the program."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    def __init__(self, prompt: ChildPrompt | None) -> None:
        secret = bool(prompt and prompt.secret)
        hint = (
            f"Enter alone means {safe_line(prompt.empty_means, 40)}"
            if prompt and prompt.empty_means
            else "Enter sends it; Escape leaves the line"
        )
        super().__init__(placeholder=hint, password=secret, compact=True, id="type-line", highlighter=None)

    async def action_submit(self) -> None:
        """Send the line."""
        text, self.value = self.value, ""
        self.post_message(self.Typed(text))


class ValueLine(Horizontal):
    """The answer to a flow's own question: a line, and what there is to choose."""

    def __init__(self, question: Question) -> None:
        super().__init__(classes="value-line")
        self.question = question

    def compose(self) -> ComposeResult:
        """The line with the suggestion in it, and a chip for each choice."""
        yield Input(value=plain(self.question.suggestion, 1000), compact=True, id="value-line", highlighter=None)
        for choice in self.question.choices[:6]:
            yield Link(safe_line(choice.value, 40), "value", choice.value, classes="chip", tip=choice.label)
