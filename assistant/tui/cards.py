"""One turn of the conversation: what was asked, and the answer as a card with commands that can be copied and run."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content

from assistant.dialogue.answer import Answer, Block, CorrectionNote
from assistant.render.answers import block_lines, command_note, source_label
from assistant.render.layout import markdown, wrap
from assistant.tui.pieces import Card, CommandLine, Lines, Link, Words
from assistant.tui.safe import MARKED, safe_line


class AnswerCard(Card):
    """A question and its answer, top to bottom in the order in which one reads it."""

    def __init__(self, answer: Answer, *, question: str = "") -> None:
        super().__init__(classes=f"card {answer.status}")
        self.answer = answer
        self.question = question or answer.question

    def compose(self) -> ComposeResult:
        """Question, title, blocks, corrections, citation, actions, related."""
        answer = self.answer
        if self.question:
            yield asked_line(self.question)
        with Vertical(classes="body"):
            if answer.title and answer.status == "answered":
                yield Words(Content.styled(safe_line(answer.title), "bold"), classes="title")
            for block in answer.blocks:
                if not (block.kind == "list" and answer.status == "unknown"):
                    yield from self._block(block)
            for correction in answer.corrections:
                yield correction_lines(correction)
            for number, choice in enumerate(answer.choices, 1):
                yield Link(f"{number}  {choice.title}", "ask", str(number), answer, classes="choice")
            yield from self._citation()
            yield from self._actions()
            yield from self._related()

    def _block(self, block: Block) -> ComposeResult:
        if block.kind != "commands":
            yield Lines(lambda width: block_lines(block, width, MARKED), classes=f"block {block.kind}")
            return
        if block.text:
            yield Lines(lambda width: wrap(MARKED.inline(block.text.rstrip(":") + ":"), width), classes="head")
        for command in block.commands:
            yield CommandLine(command)
            note = command_note(command)
            if note:
                yield Lines(lambda width, note=note: wrap(MARKED.inline(note), width), classes="note")  # type: ignore[misc]
        wanted = {text: title for command in block.commands for text, title in command.to_replace if title != "shell"}
        if wanted:
            named = ", ".join(f"{text} ({title})" for text, title in wanted.items())
            yield Lines(lambda width: wrap(f"put your own for: {named}", width), classes="note")

    def _citation(self) -> ComposeResult:
        answer = self.answer
        if answer.citations:
            cited = "; ".join(f"{item.heading}, lines {item.first}-{item.last}" for item in answer.citations)
            yield Link(f"from: {cited}", "source", "", answer, classes="citation", tip="what these lines say, in short")
        elif answer.sources:
            named = "; ".join(f"{source_label(item)} ({item.as_of})" for item in answer.sources[:3])
            yield Link(
                f"beyond the document: {named}", "source", "", answer, classes="citation", tip="the whole addresses"
            )

    def _actions(self) -> ComposeResult:
        answer = self.answer
        commands = answer.commands
        if not (answer.flows or answer.more or commands) or answer.status != "answered":
            return
        with Horizontal(classes="actions"):
            if answer.flows:
                first = answer.flows[0]
                tip = f"{first.title}: opens the plan; nothing runs before you say yes"
                yield Link("Run as flow", "flow", first.id, answer, classes="chip main", tip=tip)
            if commands:
                yield Link(
                    "Copy", "copy", commands[0].run, answer, classes="chip", tip="the first command, and nothing but it"
                )
            if commands and answer.kind == "command":
                yield Link(
                    "Translate", "translate", commands[0].run, answer, classes="chip", tip="the same in another tool"
                )
            if answer.more:
                yield Link("More", "more", "", answer, classes="chip", tip="the rest of this answer")
        for flow in answer.flows[1:3]:
            yield Link(f"Run: {flow.title}", "flow", flow.id, answer, classes="related")

    def _related(self) -> ComposeResult:
        answer = self.answer
        if answer.related and answer.status != "ambiguous":
            said = "The nearest that I know:" if answer.status == "unknown" else "See also"
            yield Words(Content(said), classes="also")
            for link in answer.related[:4]:
                yield Link(link.title, "entry", link.id, answer, classes="related")


class Note(Card):
    """Text of ours between the answers: more of an answer, a section's summary, the reply to a command."""

    def __init__(self, title: str, text: str, links: tuple[Link, ...] = (), *, question: str = "") -> None:
        super().__init__(classes="card noted")
        self.title_text, self.body_text, self.links, self.question = title, text, links, question

    def compose(self) -> ComposeResult:
        """A title, small Markdown, links."""
        if self.question:
            yield asked_line(self.question)
        with Vertical(classes="body"):
            if self.title_text:
                yield Words(Content.styled(safe_line(self.title_text), "bold"), classes="title")
            if self.body_text:
                yield Lines(lambda width: markdown(self.body_text, width, MARKED), classes="block text")
            yield from self.links


def asked_line(question: str) -> Words:
    """What was asked: its first line, at most 200 characters."""
    lines = question.strip().split("\n")
    more = f"  and {len(lines) - 1} more lines" if len(lines) > 1 else ""
    content = Content.assemble(("› ", "bold $accent"), safe_line(lines[0], 200), (more, "$text-muted"))
    return Words(content, classes="question")


def correction_lines(correction: CorrectionNote) -> Lines:
    """What the document says and what holds now, quietly set off."""
    sources = "; ".join(source_label(source) for source in correction.sources)
    said = f"**The document says:** {_stop(correction.said)}"
    now = f"**As of {correction.as_of}:** {_stop(correction.now)}" + (f" ({sources})" if sources else "")
    return Lines(
        lambda width: [*wrap(MARKED.inline(said), width), *wrap(MARKED.inline(now), width)], classes="correction"
    )


def _stop(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def more_note(answer: Answer) -> Note:
    """The rest of an answer."""
    return Note(f"More: {answer.title}", answer.more)


def source_note(answer: Answer) -> Note:
    """What the cited sections say in short; the whole addresses of the other sources."""
    parts = [f"**{item.heading}**, lines {item.first}-{item.last}\n\n{item.summary}" for item in answer.citations]
    others = [f"- {item.title or item.id}: {item.url or 'no address'} (as of {item.as_of})" for item in answer.sources]
    parts += ["\n".join(others)] if others else []
    return Note("Where that comes from", "\n\n".join(parts) or "From the program itself.")
