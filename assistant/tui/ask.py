"""The conversation: cards above, the input with suggestions below. A long text is answered beside the screen's work."""

from __future__ import annotations

from collections import deque

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Vertical, VerticalScroll
from textual.message import Message
from textual.widgets import TextArea

from assistant.dialogue.slash import Completion, complete, is_command, known_words
from assistant.errors import GuideError
from assistant.tui.actions import bindings
from assistant.tui.aside import aside
from assistant.tui.history import History
from assistant.tui.memory import let_go
from assistant.tui.pieces import Card, Chosen, Copied, Item, Words
from assistant.tui.prompt import Prompt, Suggestions
from assistant.tui.welcome import Welcome

# Cards, and all that answers are made of, are imported with the first answer: not before the first paint.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer
    from assistant.dialogue.talk import Conversation
    from assistant.search.library import Library
    from assistant.search.suggest import Suggester
    from assistant.tui.find import FindBar

MOUNTED = 30  # newest cards that stay mounted; older ones are left out so that a long conversation stays quick
WHOLE = 4  # newest cards that are drawn with all their parts; the others are one text each
AT_ONCE = 2_000  # characters; a longer message is answered in a thread


class AskPane(Vertical):
    """One conversation on the screen. It takes questions from the start; they wait until the knowledge is open."""

    BINDINGS = bindings("ask")

    class Slash(Message):
        """A command such as `/theme`."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class Answered(Message):
        """A turn that was worked out beside the screen's work."""

        def __init__(self, text: str, answer: Answer) -> None:
            super().__init__()
            self.text, self.answer = text, answer

    class Ready(Message):
        """What suggestions are made from has been read, and the words that commands take."""

        def __init__(self, suggester: Suggester, words: dict[str, tuple[str, ...]]) -> None:
            super().__init__()
            self.suggester, self.words = suggester, words

    def __init__(self, history: History) -> None:
        super().__init__(id="ask")
        self.history = history
        self.conversation: Conversation | None = None
        self.suggester: Suggester | None = None
        self.values: dict[str, tuple[str, ...]] = {}
        self.newest: Answer | None = None
        self.suggestions = Suggestions()
        self.prompt = Prompt(history, self.suggestions)
        self.cards = VerticalScroll(Welcome(), id="cards", classes="-empty", can_focus=False)
        self.finder: FindBar | None = None
        self._waiting: deque[str] = deque()
        self._busy = False
        self._hits: list[Words] = []

    def compose(self) -> ComposeResult:
        """Cards, suggestions, input."""
        yield self.cards
        yield self.suggestions
        yield self.prompt

    def on_mount(self) -> None:
        """The input has the focus from the start."""
        self.prompt.focus()

    # Questions.

    def converse(self, conversation: Conversation, values: dict[str, tuple[str, ...]]) -> None:
        """The knowledge is open: what was asked meanwhile is answered. `values` complete the slash commands' words."""
        self.conversation = conversation
        self.values.update(values)
        aside(self, lambda: self._read_suggestions(conversation.library), "suggestions")
        self._go_on()

    def _read_suggestions(self, library: Library) -> Message:
        from assistant.search.suggest import Suggester

        return self.Ready(Suggester(library), known_words(library))

    @on(Ready)
    def _suggestions_read(self, event: Ready) -> None:
        self.suggester = event.suggester
        self.values.update(event.words)
        self._suggest(self.prompt.text)

    def ask(self, text: str) -> None:
        """Answer a message, after those that were asked before it."""
        self.history.add(text)
        self._waiting.append(text)
        self._go_on()

    def _go_on(self) -> None:
        while self._waiting and not self._busy and self.conversation:
            text = self._waiting.popleft()
            if is_command(text):
                self.post_message(self.Slash(text))
            elif len(text) > AT_ONCE:
                self._busy = True
                self._turn_aside(text, self.conversation)
            else:
                self._answered(self.Answered(text, turn(self.conversation, text)))

    def _turn_aside(self, text: str, conversation: Conversation) -> None:
        aside(self, lambda: self.Answered(text, turn(conversation, text)), "turn")

    @on(Answered)
    def _aside_answered(self, event: Answered) -> None:
        self._busy = False
        self._answered(event)
        self._go_on()

    def _answered(self, event: Answered) -> None:
        if event.answer.status == "unknown":
            from assistant.dialogue.gaps import keep_gap

            keep_gap(event.answer)
        self.show_answer(event.answer, event.text)

    def begin_with(self, answer: Answer) -> None:
        """Follow-ups are about an answer that no turn of the conversation gave."""
        if self.conversation and answer.entry:
            self.conversation.begin(answer)

    def show_answer(self, answer: Answer, question: str) -> None:
        """Show an answer as the newest card."""
        from assistant.tui.cards import AnswerCard

        self.newest = answer
        self.show(AnswerCard(answer, question=question))

    def show(self, card: Card) -> None:
        """Put a card at the end and bring its beginning into view."""
        with self.app.batch_update():
            cards = list(self.cards.query_children(Card))
            old = [*self.cards.query(Welcome), *cards[: 1 - MOUNTED]]
            self.cards.mount(card)
            self.cards.remove_class("-empty")
            if old:
                self.cards.remove_children(old)
            let_go()
            for earlier in cards[1 - MOUNTED :][: 1 - WHOLE]:
                earlier.flatten()

    @on(Card.Shown)
    def _reveal(self, event: Card.Shown) -> None:
        event.stop()
        if event.card.is_attached:
            self.cards.scroll_to_widget(event.card, top=True, animate=False, force=True)

    # Typing.

    @on(TextArea.Changed)
    def _typed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._suggest(event.text_area.text)

    def _suggest(self, text: str) -> None:
        if not self.prompt.typed or not text.strip() or "\n" in text:
            self.suggestions.show([])
        elif text.startswith("/"):
            self.suggestions.show(complete(text, self.values))
        elif self.suggester and len(text) > 1:
            found = self.suggester.suggest(text)
            self.suggestions.show([Completion(text=phrase) for phrase in found if phrase != text])
        else:
            self.suggestions.show([])

    @on(Suggestions.Taken)
    def _taken(self, event: Suggestions.Taken) -> None:
        if event.item.text.endswith(" "):
            self.prompt.fill(event.item.text)
            self.prompt.typed = True
            self.prompt.focus()
            self._suggest(event.item.text)
        else:
            self.prompt.take_all()
            self.ask(event.item.text)

    @on(Prompt.Submitted)
    def _submitted(self, event: Prompt.Submitted) -> None:
        self.ask(event.text)

    # Actions on the newest answer and on the whole.

    def action_copy_command(self) -> None:
        """Copy the first command of the newest answer."""
        if self.newest and self.newest.commands:
            self.post_message(Copied(self.newest.commands[0].run))
        else:
            self.app.notify("There is no command to copy yet.", timeout=3)

    def action_run_flow(self) -> None:
        """Open the flow that the newest answer offers."""
        if self.newest and self.newest.flows:
            self.post_message(Chosen("flow", self.newest.flows[0].id, self.newest))
        else:
            self.app.notify("The newest answer offers no flow. F4 lists them all.", timeout=3)

    def action_translate(self) -> None:
        """The newest command in another tool: written into the input, the tool is left to choose."""
        if self.newest and self.newest.commands:
            self.begin_translation(self.newest.commands[0].run)
        else:
            self.app.notify("There is no command to translate yet.", timeout=3)

    def begin_translation(self, command: str) -> None:
        """Write `/translate COMMAND --to ` and offer the tools."""
        self.prompt.fill(f"/translate {' '.join(command.split())} --to ")
        self.prompt.typed = True
        self.prompt.focus()
        self._suggest(self.prompt.text)

    def action_more(self) -> None:
        """The rest of the newest answer."""
        if self.newest and self.newest.more:
            self.post_message(Chosen("more", "", self.newest))
        else:
            self.app.notify("There is no more to it.", timeout=3)

    def action_source(self) -> None:
        """What the newest answer's sections say."""
        if self.newest:
            self.post_message(Chosen("source", "", self.newest))

    def action_clear(self) -> None:
        """An empty conversation."""
        if self.conversation:
            self.conversation.last = None
            self.conversation.pending = ()
        self.newest = None
        self.cards.remove_children()
        self.cards.mount(Welcome())
        self.cards.add_class("-empty")
        self.prompt.focus()

    def action_page(self, by: int) -> None:
        """Scroll the cards by a page."""
        if by < 0:
            self.cards.scroll_page_up(animate=False)
        else:
            self.cards.scroll_page_down(animate=False)

    def action_card(self, by: int) -> None:
        """Put the focus on the first line of the card before or after that can be taken; at the end back to the input."""
        cards = [card for card in self.cards.query_children() if card.query(Item)]
        focused = self.screen.focused
        here = next((n for n, card in enumerate(cards) if focused in card.walk_children()), len(cards))
        place = here + by
        if place >= len(cards):
            self.prompt.focus()
        elif cards and place >= 0:
            cards[place].query(Item).first().focus()
            self.cards.scroll_to_widget(cards[place], top=True, animate=False, force=True)

    def on_click(self, event: events.Click) -> None:
        """A click beside everything puts the focus into the input."""
        if event.widget in (self.cards, self) or isinstance(event.widget, Card):
            self.prompt.focus()

    # Searching.

    async def action_find(self) -> None:
        """Search in the conversation."""
        if self.finder is None:
            from assistant.tui.find import FindBar

            self.finder = FindBar(self)
            await self.mount(self.finder, before=self.prompt)
        self.finder.toggle()

    def seek(self, words: str) -> int:
        """Mark what holds the words; the newest hit comes into view. How many lines hold them."""
        self._hits = [widget for widget in self.cards.query(Words) if widget.seek(words)]
        return len(self._hits)

    def search_over(self) -> None:
        """Back to the input."""
        self.prompt.focus()

    def show_hit(self, number: int) -> None:
        """Bring a hit into view; they are counted from the newest."""
        self.cards.query(".-hit").remove_class("-hit")
        hits = self._hits[::-1]
        if 0 <= number < len(hits) and hits[number].is_attached:
            hits[number].add_class("-hit")
            self.cards.scroll_to_widget(hits[number], animate=False)


def turn(conversation: Conversation, text: str) -> Answer:
    """A turn of the conversation; what cannot be read is said as an answer, too."""
    try:
        return conversation.turn(text)
    except GuideError as error:
        return refused(text, error)
    except Exception as error:  # a fault of ours must not end the conversation
        return refused(
            text, GuideError(f"envguide failed on this: {type(error).__name__}: {error}", "ask in other words")
        )


def _sentence(text: str) -> str:
    """With a capital and a stop, as sentences have; a command keeps its own beginning."""
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")


def refused(text: str, error: GuideError) -> Answer:
    """An error as an answer."""
    from assistant.dialogue.answer import Block
    from assistant.dialogue.decide import unknown

    words = " ".join(_sentence(part) for part in (error.message, error.hint) if part)
    return unknown(text, (), 0.0).replace(title=error.message, blocks=(Block(kind="lead", text=words),))
