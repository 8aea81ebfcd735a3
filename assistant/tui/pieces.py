"""The small widgets that cards are made of: words, wrapped lines, links and commands. All show foreign text as itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content
from textual.geometry import Size
from textual.message import Message
from textual.selection import Selection
from textual.widget import Widget

from assistant.render.layout import hard_wrap
from assistant.tui.actions import bindings
from assistant.tui.safe import is_fit, plain, safe_text, styled_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer, ShownCommand

Make = Callable[[int], list[str]]


class Chosen(Message):
    """The person picked something. `kind` says what is to happen with `value`; `answer` is the card's, if it is one's."""

    def __init__(
        self, kind: str, value: str, answer: Answer | None = None, params: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self.kind, self.value, self.answer, self.params = kind, value, answer, params or {}


class Copied(Message):
    """The person wants this text, and nothing but it, on the clipboard."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.text = text


class Words(Widget):
    """Text that wraps by itself. Its hits of a search are marked."""

    DEFAULT_CSS = "Words { width: 1fr; height: auto; }"

    def __init__(self, content: Content, *, classes: str = "") -> None:
        super().__init__(classes=classes)
        self.content = fit(content)
        self._sought = ""

    def put(self, content: Content) -> None:
        """Show another text."""
        self.content = fit(content)
        self.refresh(layout=True)

    @property
    def text(self) -> str:
        """What it says."""
        return self.content.plain

    def seek(self, words: str) -> int:
        """Mark the places that hold the words, letter case aside; how many there are."""
        if words != self._sought:
            self._sought = words
            self.refresh()
        return self.text.lower().count(words.lower()) if words else 0

    def render(self) -> Content:
        """The text, with what is sought marked."""
        return self._marked(self.content)

    def _marked(self, content: Content) -> Content:
        if not self._sought:
            return content
        return content.highlight_regex(re.compile(re.escape(self._sought), re.IGNORECASE), style="reverse")


def fit(content: Content) -> Content:
    """The last guard: what was forgotten to be made harmless loses its styles, and what could act."""
    return content if is_fit(content.plain) else Content(plain(content.plain))


class Lines(Words):
    """Text that is laid out by `assistant.render` for the width it gets, again after each resize."""

    DEFAULT_CSS = "Lines { text-wrap: nowrap; }"

    def __init__(self, make: Make, *, classes: str = "") -> None:
        super().__init__(Content(""), classes=classes)
        self._make = make
        self._made_for = 0
        self._height = 1

    def get_content_width(self, container: Size, viewport: Size) -> int:
        """All there is."""
        return container.width

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        """The number of lines at this width."""
        self._lay_out(width)
        return self._height

    def render(self) -> Content:
        """The lines for the width at hand."""
        self._lay_out(self.content_size.width)
        return self._marked(self.content)

    @property
    def text(self) -> str:
        """What it says, laid out as last drawn."""
        self._lay_out(self._made_for or 80)
        return self.content.plain

    def remake(self, make: Make) -> None:
        """Show another text."""
        self._make, self._made_for = make, 0
        self.refresh(layout=True)

    def _lay_out(self, width: int) -> None:
        if width == self._made_for or width < 1:
            return
        self._made_for = width
        lines = [piece for line in self._make(max(width, 20)) for piece in _cut(line, width)]
        self._height = max(1, len(lines))
        self.content = styled_lines(lines)


def _cut(line: str, width: int) -> list[str]:
    """A line in pieces that fit; what goes on stands below the line's own beginning."""
    indent = len(line) - len(line.lstrip(" "))
    if not 0 < indent <= width // 2:
        return hard_wrap(line, width)
    return [" " * indent + piece for piece in hard_wrap(line[indent:], width - indent)]


class Item(Words, can_focus=True):
    """A line that does something: Enter, Space or a click takes it."""

    DEFAULT_CSS = "Item { pointer: pointer; }"
    BINDINGS = bindings("card")

    def render(self) -> Content:
        """The text; with the focus in the colours of the cursor alone, which its own could not be told from."""
        return self._marked(Content(self.content.plain)) if self.has_focus else super().render()

    def action_take(self) -> None:
        """What Enter and a click do."""
        raise TypeError("an item says itself what taking it means")

    def action_copy_text(self) -> None:
        """Copy the line."""
        self.post_message(Copied(self.text))

    def on_click(self) -> None:
        """A click takes it, unless it was the end of marking text."""
        if not self.screen.get_selected_text():
            self.action_take()


class CommandLine(Item):
    """A command. Taking it copies it, and nothing but it."""

    def __init__(self, command: ShownCommand) -> None:
        self.command = command
        super().__init__(Content.styled(plain(command.run), "bold $accent"), classes="command")
        self.tooltip = Content("Enter or click: copy this command")

    def get_selection(self, selection: Selection) -> tuple[str, str] | None:
        """A marked command is copied on one line, as it has to be typed."""
        return selection.extract(self.content.plain), "\n"

    def action_take(self) -> None:
        """Copy the command."""
        self.post_message(Copied(self.command.run))

    action_copy_text = action_take


def keyed(label: str, key: str) -> Content:
    """A label for a button, and the key that does the same."""
    return Content.assemble(label, (f" {key}", "$text-muted"))


class Link(Item):
    """A line that leads somewhere."""

    def __init__(
        self,
        text: str | Content,
        kind: str,
        value: str = "",
        answer: Answer | None = None,
        *,
        params: dict[str, str] | None = None,
        classes: str = "",
        tip: str = "",
    ) -> None:
        super().__init__(text if isinstance(text, Content) else safe_text(text), classes=f"link {classes}")
        self.kind, self.value, self.answer, self.params = kind, value, answer, params
        if tip:
            self.tooltip = Content(plain(tip))

    def action_take(self) -> None:
        """Tell the screen where to."""
        self.post_message(Chosen(self.kind, self.value, self.answer, self.params))


class Flat(Item, Lines):
    """An older card, drawn as one text. Taking it makes it whole again."""

    def render(self) -> Content:
        """The lines in their own colours: a focused card is set off by its border and its ground."""
        return Lines.render(self)

    def action_take(self) -> None:
        """Make the card whole."""
        card = self.parent
        if isinstance(card, Card):
            card.expand_again()


class Card(Vertical):
    """Anything that stands in the conversation. An older one is drawn flat, so that a long conversation stays quick."""

    class Shown(Message):
        """A new card has its place, and can be scrolled to."""

        def __init__(self, card: Card) -> None:
            super().__init__()
            self.card = card

    flat = False

    def compose(self) -> ComposeResult:
        """What the card consists of; one that is already old when it is drawn first is flat from the start."""
        if self.flat:
            yield Flat(self.flat_lines)
        else:
            yield from self.parts()

    def on_mount(self) -> None:
        """Say when the place is known."""
        self.call_after_refresh(lambda: self.post_message(self.Shown(self)))

    def parts(self) -> Iterator[Widget]:
        """The widgets of the whole card."""
        raise TypeError("a card says itself what it consists of")

    def flat_lines(self, width: int) -> list[str]:
        """The card as lines."""
        raise TypeError("a card says itself how it reads")

    def flatten(self) -> None:
        """Draw it as one text, unless the focus is in it."""
        if not self.flat and self.screen.focused not in self.walk_children():
            self._put([Flat(self.flat_lines)], flat=True)

    def expand_again(self) -> None:
        """Make it whole, with the focus on its first line that can be taken."""
        self._put(list(self.parts()), flat=False)
        self.call_after_refresh(self._focus_first)

    def _focus_first(self) -> None:
        items = self.query(Item)
        if items:
            items.first().focus()

    def _put(self, widgets: list[Widget], *, flat: bool) -> None:
        self.flat = flat
        if self.children:
            with self.app.batch_update():
                self.remove_children()
                self.mount_all(widgets)
