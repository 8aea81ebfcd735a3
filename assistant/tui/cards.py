"""One turn of the conversation: what was asked, and the answer as a card with commands that can be copied and run."""

from __future__ import annotations

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from assistant.dialogue.answer import Answer, Block, ShownCommand
from assistant.render.answers import RISK_WORDS, block_lines
from assistant.render.layout import markdown, wrap
from assistant.tui.safe import MARKED, safe_line, safe_text, styled_lines


class CommandLine(Static, can_focus=True):
    """A command: Enter or a click copies it, and nothing but it."""

    BINDINGS = [("enter", "copy", "copy"), ("y", "copy", "copy")]

    class Copied(Message):
        """The person wants this command on the clipboard."""

        def __init__(self, command: str) -> None:
            super().__init__()
            self.command = command

    def __init__(self, command: ShownCommand) -> None:
        self.command = command
        content = Content.assemble(("$ ", "$text-muted"), (safe_line(command.run), "bold $accent"))
        super().__init__(content, classes="command")
        self.tooltip = Content("Enter or click: copy")

    def action_copy(self) -> None:
        """Ask for the copy."""
        self.post_message(self.Copied(self.command.run))

    def on_click(self) -> None:
        """A click copies."""
        self.action_copy()


class Lines(Static):
    """Text that is wrapped for the width it gets, again after each resize."""

    def __init__(self, make: object, classes: str = "") -> None:
        super().__init__("", classes=classes)
        self._make = make
        self._made_for = 0

    def on_resize(self, event: events.Resize) -> None:
        """Wrap for the new width."""
        width = max(20, event.size.width)
        if width != self._made_for:
            self._made_for = width
            self.update(styled_lines(self._make(width)))  # type: ignore[operator]


class AnswerCard(Vertical):
    """A question and its answer."""

    class Chosen(Message):
        """The person picked something on the card: `kind` is ask, flow, source or more; `value` says what."""

        def __init__(self, kind: str, value: str, answer: Answer) -> None:
            super().__init__()
            self.kind = kind
            self.value = value
            self.answer = answer

    def __init__(self, answer: Answer, *, question: str = "") -> None:
        super().__init__(classes=f"card {answer.status}")
        self.answer = answer
        self.question = question or answer.question

    def compose(self) -> ComposeResult:
        """Question, title, blocks in reading order, correction, citation, actions, related."""
        answer = self.answer
        yield Static(Content.assemble(("› ", "$accent"), (_short(self.question), "")), classes="question")
        with Vertical(classes="body"):
            if answer.title and answer.status == "answered":
                yield Static(Content.styled(safe_line(answer.title), "bold"), classes="title")
            for block in answer.blocks:
                yield from self._block(block)
            for correction in answer.corrections:
                sources = ", ".join(source.title or source.id for source in correction.sources)
                text = f"The document says: {correction.said.rstrip('.')}. As of {correction.as_of}: {correction.now.rstrip('.')}." + (
                    f" ({sources})" if sources else ""
                )
                yield Lines(lambda width, text=text: wrap(MARKED.inline(text), width), classes="correction")
            yield from self._foot()

    def _block(self, block: Block) -> ComposeResult:
        if block.kind == "commands":
            if block.text:
                yield Lines(lambda width: wrap(MARKED.inline(block.text), width), classes="head")
            for command in block.commands:
                yield CommandLine(command)
                note = "; ".join(part for part in (command.note, RISK_WORDS.get(command.risk, "") if command.risk in ("deletes", "admin") else "") if part)
                if note:
                    yield Lines(lambda width, note=note: wrap(MARKED.inline(note), width), classes="note")
            wanted = {text: title for command in block.commands for text, title in command.replace}
            if wanted:
                named = ", ".join(f"{text} ({title})" for text, title in wanted.items())
                yield Lines(lambda width: wrap(f"put your own for: {named}", width), classes="note")
        else:
            yield Lines(lambda width: block_lines(block, width, MARKED), classes=f"block {block.kind}")

    def _foot(self) -> ComposeResult:
        answer = self.answer
        cited = "; ".join(f"{item.heading}, lines {item.first}-{item.last}" for item in answer.citations)
        if cited:
            yield Link(f"from: {cited}", "source", "", answer, classes="citation")
        elif answer.sources:
            named = ", ".join(f"{item.title or item.id} ({item.as_of})" for item in answer.sources[:3])
            yield Link(f"beyond the document: {named}", "source", "", answer, classes="citation")
        for number, choice in enumerate(answer.choices, 1):
            yield Link(f"{number}. {choice.title}", "ask", str(number), answer, classes="choice")
        if answer.flows or answer.more:
            with Horizontal(classes="actions"):
                for flow in answer.flows[:2]:
                    button = Button(Content(f"Run: {flow.title}"), classes="flow", compact=True)
                    button.tooltip = Content("opens the plan; nothing runs before you say yes")
                    button.data_flow = flow.id  # type: ignore[attr-defined]
                    yield button
                if answer.more:
                    yield Button("More", classes="more", compact=True)
        if answer.related and answer.status != "ambiguous":
            for link in answer.related[:4]:
                yield Link(f"→ {link.title}", "entry", link.id, answer, classes="related")

    @on(Button.Pressed)
    def _pressed(self, event: Button.Pressed) -> None:
        event.stop()
        flow = getattr(event.button, "data_flow", "")
        self.post_message(self.Chosen("flow" if flow else "more", flow, self.answer))


class Link(Static, can_focus=True):
    """A line that leads somewhere: Enter or a click follows it."""

    BINDINGS = [("enter", "follow", "follow")]

    def __init__(self, text: str, kind: str, value: str, answer: Answer, classes: str = "") -> None:
        super().__init__(safe_text(text), classes=f"link {classes}")
        self.kind, self.value, self.answer = kind, value, answer

    def action_follow(self) -> None:
        """Tell the screen where to."""
        self.post_message(AnswerCard.Chosen(self.kind, self.value, self.answer))

    def on_click(self) -> None:
        """A click follows."""
        self.action_follow()


class Note(Vertical):
    """Text of ours between the answers: more of an answer, a section's summary."""

    def __init__(self, title: str, text: str) -> None:
        super().__init__(classes="card noted")
        self.title_text, self.text = title, text

    def compose(self) -> ComposeResult:
        """A title and small Markdown."""
        with Vertical(classes="body"):
            yield Static(Content.styled(safe_line(self.title_text), "bold"), classes="title")
            yield Lines(lambda width: markdown(self.text, width, MARKED), classes="block text")


def _short(question: str) -> str:
    """The first line of what was asked, at most 200 characters."""
    lines = question.strip().split("\n")
    more = f"  (and {len(lines) - 1} more lines)" if len(lines) > 1 else ""
    return safe_line(lines[0][:200]) + more
