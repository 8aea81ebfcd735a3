"""One turn of the conversation: what was asked, and the answer as a card with commands that can be copied and run."""

from __future__ import annotations

from collections.abc import Iterator

from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget

from assistant.dialogue.answer import Answer, Block, CorrectionNote
from assistant.render.answers import answer_text, block_lines, command_note, source_label
from assistant.render.layout import markdown, wrap
from assistant.render.sources import sources_text
from assistant.tui.pieces import Card, CommandLine, Lines, Link, Make, Words
from assistant.tui.safe import MARKED, safe_line


class AnswerCard(Card):
    """A question and its answer, top to bottom in the order in which one reads it."""

    def __init__(self, answer: Answer, *, question: str = "") -> None:
        super().__init__(classes=f"card {answer.status}")
        self.answer = answer
        self.question = question or answer.question

    def parts(self) -> Iterator[Widget]:
        """Question, title, blocks, corrections, citation, actions, related."""
        answer = self.answer
        if self.question:
            yield asked_line(self.question)
        with_title = bool(answer.title) and answer.status == "answered"
        texts: list[Make] = [lambda width: [MARKED.mark(safe_line(answer.title), "title")]] if with_title else []
        for block in answer.blocks:
            if block.kind == "commands":
                yield from _together(texts)
                texts = []
                yield from _commands(block)
            elif not (block.kind == "list" and answer.status == "unknown"):
                texts.append(lambda width, block=block: block_lines(block, width, MARKED))  # type: ignore[misc]
        yield from _together(texts)
        for correction in answer.corrections:
            yield correction_lines(correction)
        for number, choice in enumerate(answer.choices, 1):
            yield Link(f"{number}  {choice.title}", "ask", str(number), answer, classes="choice")
        yield from self._citation()
        yield from self._actions()
        yield from self._related()

    def flat_lines(self, width: int) -> list[str]:
        """The answer as lines."""
        answer = self.answer
        lines = answer_text(answer.replace(flows=(), related=(), more=""), max(20, width - 3), MARKED).split("\n")
        asked = [MARKED.mark(f" › {_first_line(self.question)}", "bold"), ""] if self.question else []
        return [*asked, *(f"   {line}" if line else "" for line in lines)]

    def _citation(self) -> Iterator[Widget]:
        answer = self.answer
        if answer.citations:
            cited = "; ".join(f"{item.heading}, lines {item.first}-{item.last}" for item in answer.citations)
            yield Link(f"from: {cited}", "source", "", answer, classes="citation", tip="what these lines say, in short")
        elif answer.sources:
            named = "; ".join(f"{source_label(item)} ({item.as_of})" for item in answer.sources[:3])
            yield Link(
                f"beyond the document: {named}", "source", "", answer, classes="citation", tip="the whole addresses"
            )

    def _actions(self) -> Iterator[Widget]:
        answer = self.answer
        commands = answer.commands
        if not (answer.flows or answer.more or commands) or answer.status != "answered":
            return
        chips: list[Link] = []
        if answer.flows:
            first = answer.flows[0]
            tip = f"{first.title}: opens the plan; nothing runs before you say yes"
            chips.append(Link("Run as flow", "flow", first.id, answer, classes="chip main", tip=tip))
        if commands:
            run = commands[0].run
            chips.append(Link("Copy", "copy", run, answer, classes="chip", tip="the first command, and nothing but it"))
            if answer.kind == "command":
                chips.append(
                    Link("Translate", "translate", run, answer, classes="chip", tip="the same in another tool")
                )
        if answer.more:
            chips.append(Link("More", "more", "", answer, classes="chip", tip="the rest of this answer"))
        yield Horizontal(*chips, classes="actions")
        for flow in answer.flows[1:3]:
            yield Link(f"Run: {flow.title}", "flow", flow.id, answer, classes="related")

    def _related(self) -> Iterator[Widget]:
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

    def parts(self) -> Iterator[Widget]:
        """A title, small Markdown, links."""
        if self.question:
            yield asked_line(self.question)
        if self.title_text or self.body_text:
            yield Lines(self._text, classes="block")
        yield from self.links

    def _text(self, width: int) -> list[str]:
        title = [MARKED.mark(safe_line(self.title_text), "title")] if self.title_text else []
        body = markdown(self.body_text, width, MARKED) if self.body_text else []
        return [*title, *([""] if title and body else []), *body]

    def flat_lines(self, width: int) -> list[str]:
        """The note as lines."""
        asked = [MARKED.mark(f" › {_first_line(self.question)}", "bold"), ""] if self.question else []
        return [*asked, *(f"   {line}" for line in self._text(max(20, width - 3)))]


def _together(texts: list[Make]) -> Iterator[Widget]:
    """Several texts in one widget, a blank line between them."""
    if texts:
        kept = tuple(texts)
        yield Lines(lambda width: _joined(kept, width), classes="block")


def _joined(texts: tuple[Make, ...], width: int) -> list[str]:
    parts = [lines for make in texts if (lines := make(width))]
    return [line for number, lines in enumerate(parts) for line in ([""] if number else []) + lines]


def _commands(block: Block) -> Iterator[Widget]:
    """Commands, each with its note, and what has to be replaced in them."""
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
    yield Words(Content(""), classes="gap")


def asked_line(question: str) -> Words:
    """What was asked: its first line, at most 200 characters."""
    return Words(Content.assemble(("› ", "bold $accent"), _first_line(question)), classes="question")


def _first_line(question: str) -> str:
    lines = question.strip().split("\n")
    return safe_line(lines[0], 200) + (f"  (and {len(lines) - 1} more lines)" if len(lines) > 1 else "")


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
    return Note("Where that comes from", sources_text(answer))
