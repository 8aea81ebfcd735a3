"""The conversation: cards above, the input with suggestions below."""

from __future__ import annotations

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Static, TextArea
from textual.widgets.option_list import Option

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import unknown
from assistant.dialogue.gaps import keep_gap
from assistant.dialogue.talk import Conversation
from assistant.errors import GuideError
from assistant.search.suggest import Suggester
from assistant.tui.cards import AnswerCard, Link, Note
from assistant.tui.history import History
from assistant.tui.safe import safe_text

MOUNTED = 30  # newest cards that stay mounted; older ones are left out so that a long conversation stays quick

EXAMPLES = (
    "conda vs venv",
    "create an env called demo with python 3.13",
    "which cuda for driver 535",
    "why is my GPU not used by torch",
    "free disk space",
    "CondaToSNonInteractiveError",
)


class Prompt(TextArea):
    """The input: Enter asks, Ctrl+J or a paste makes more lines, Up and Down walk through the history."""

    class Submitted(Message):
        """A whole message."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Leave(Message):
        """Down at the end: into the suggestions."""

    def __init__(self, history: History) -> None:
        super().__init__(id="prompt", soft_wrap=True, show_line_numbers=False, tab_behavior="focus", compact=True, highlight_cursor_line=False)
        self.asked_before = history
        self.placeholder = "Ask, or paste an error. F1 shows the keys."

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "enter":
            event.prevent_default()
            event.stop()
            text = self.text.strip()
            if text:
                self.post_message(self.Submitted(text))
            return
        if event.key == "up" and self.cursor_at_first_line and not self.app.query_one(Suggestions).walking:
            earlier = self.asked_before.back(self.text)
            if earlier is not None:
                event.prevent_default()
                event.stop()
                self._replace(earlier)
                return
        if event.key == "down" and self.cursor_at_last_line:
            event.prevent_default()
            event.stop()
            later = self.asked_before.forward()
            if later is not None:
                self._replace(later)
            else:
                self.post_message(self.Leave())
            return
        await super()._on_key(event)

    def _replace(self, text: str) -> None:
        self.text = text
        self.move_cursor(self.document.end)


class Suggestions(OptionList):
    """What others have asked that begins like this. Down enters the list, Enter takes the line, Escape goes back."""

    walking = False

    def show(self, phrases: list[str]) -> None:
        """Show these phrases; nothing hides the list."""
        self.set_options([Option(safe_text(phrase), id=str(number)) for number, phrase in enumerate(phrases)])
        self.phrases = phrases
        self.display = bool(phrases)
        self.styles.height = len(phrases) if phrases else 0

    async def _on_key(self, event: events.Key) -> None:
        if event.key == "escape" or event.key == "up" and self.highlighted in (0, None):
            event.prevent_default()
            event.stop()
            self.app.query_one(Prompt).focus()


class AskPane(Vertical):
    """One conversation on the screen."""

    def __init__(self, conversation: Conversation, history: History) -> None:
        super().__init__(id="ask")
        self.conversation = conversation
        self.history = history
        self.suggester: Suggester | None = None
        self.newest: Answer | None = None

    def compose(self) -> ComposeResult:
        """Cards, suggestions, input."""
        with VerticalScroll(id="cards", can_focus=False):
            yield from self._empty()
        suggestions = Suggestions(id="suggestions", compact=True)
        suggestions.display = False
        yield suggestions
        with Vertical(id="input"):
            yield Prompt(self.history)

    def _empty(self) -> ComposeResult:
        with Vertical(id="empty"):
            yield Static(Content.styled("Ask about Python environments and packages.", "bold"), classes="title")
            yield Static(
                Content("The answer comes from this machine, with the place in the document that it is from.\nThen a flow can do it for you: it shows its plan and asks first."),
                classes="lead",
            )
            yield Static(Content.styled("Try one of these, or paste an error:", "$text-muted"), classes="lead")
            blank = Answer(question="", status="answered")
            for example in EXAMPLES:
                yield Link(example, "ask", example, blank, classes="example")

    def on_mount(self) -> None:
        """Read what suggestions are made from, beside the first paint."""
        self._load_suggestions()
        self.query_one(Prompt).focus()

    @work(thread=True, exclusive=True, group="suggestions", exit_on_error=False)
    def _load_suggestions(self) -> None:
        self.suggester = Suggester(self.conversation.library)

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        text = event.text_area.text
        phrases = self.suggester.suggest(text) if self.suggester and len(text) > 1 and "\n" not in text else []
        if phrases == [text]:
            phrases = []
        self.query_one(Suggestions).show(phrases)

    @on(Prompt.Leave)
    def _into_suggestions(self) -> None:
        suggestions = self.query_one(Suggestions)
        if suggestions.display:
            suggestions.focus()
            suggestions.highlighted = 0

    @on(OptionList.OptionSelected, "#suggestions")
    def _taken(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        phrase = self.query_one(Suggestions).phrases[event.option_index]
        self.query_one(Prompt).focus()
        self.ask(phrase)

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        self.ask(event.text)

    def ask(self, text: str) -> None:
        """Answer a message and show the card."""
        self.query_one(Prompt).text = ""
        self.query_one(Suggestions).show([])
        self.history.add(text)
        try:
            answer = self.conversation.turn(text)
        except GuideError as error:
            answer = unknown(text, (), 0.0).replace(title=error.message)
        if answer.status == "unknown":
            keep_gap(answer)
        self.newest = answer
        self.show(AnswerCard(answer, question=text))

    def show(self, card: AnswerCard | Note) -> None:
        """Put a card at the end and bring its beginning into view."""
        cards = self.query_one("#cards", VerticalScroll)
        for widget in cards.query("#empty"):
            widget.remove()
        old = list(cards.children)[: max(0, len(cards.children) - MOUNTED + 1)]
        for widget in old:
            widget.remove()
        cards.mount(card)
        self.call_after_refresh(cards.scroll_to_widget, card, top=True, animate=False)

    def clear(self) -> None:
        """An empty conversation."""
        self.conversation.last = None
        self.conversation.pending = ()
        self.newest = None
        cards = self.query_one("#cards", VerticalScroll)
        cards.remove_children()
        cards.mount_all(list(self._empty_widgets()))

    def _empty_widgets(self) -> list[Vertical]:
        blank = Answer(question="", status="answered")
        return [
            Vertical(
                Static(Content.styled("A new conversation.", "bold"), classes="title"),
                *(Link(example, "ask", example, blank, classes="example") for example in EXAMPLES),
                id="empty",
            )
        ]
