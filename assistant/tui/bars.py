"""The two lines at the top, the machine and the tabs, one widget each for a quick first paint; and the keys at the bottom."""

from __future__ import annotations

from textual import events
from textual.app import ComposeResult
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import Footer, Static

from assistant.tui.safe import safe_line

TABS = (("ask", "Ask"), ("reference", "Reference"), ("flows", "Flows"), ("machine", "Machine"))


class MachineBar(Static):
    """What machine the answers are for, in one line that is cut with an ellipsis."""

    def show(self, line: str, assumed: str = "") -> None:
        """`line` describes the machine; `assumed` what answers are made for instead."""
        parts = [("envguide", "bold $accent"), ("  ", "")]
        if assumed:
            parts += [(f"answers for {safe_line(assumed)}", "$warning"), ("  ", "")]
        self.update(Content.assemble(*parts, (safe_line(line), "$text-muted")))


class KeyBar(Footer):
    """The footer. Textual's own keeps every key that it ever showed: each one watches it, and is made anew again and again."""

    def __init__(self) -> None:
        super().__init__(show_command_palette=False, compact=True)

    def compose(self) -> ComposeResult:
        """The keys of now; those of before are let go."""
        getattr(self, "__watchers", {}).clear()
        yield from super().compose()


class TabRow(Widget):
    """The tabs in one line, and at its end the flow that is open."""

    DEFAULT_CSS = "TabRow { height: 1; pointer: pointer; }"

    class Picked(Message):
        """The person wants this tab, or (`flow`) the open flow."""

        def __init__(self, tab: str) -> None:
            super().__init__()
            self.tab = tab

    def __init__(self) -> None:
        super().__init__(id="tabs")
        self.active = "ask"
        self.flow = ""
        self.waits = False
        self._under = ""

    def activate(self, name: str) -> None:
        """Mark the tab that is in front."""
        self.active = name
        self.refresh()

    def say_flow(self, words: str, *, waits: bool = False) -> None:
        """What the open flow does, set off where it `waits` for the person; empty words where none is open."""
        self.flow, self.waits = safe_line(words, 60), waits
        self.refresh()

    def render(self) -> Content:
        """The names, the active one set off; the flow to the right."""
        parts = []
        for name, title in TABS:
            style = (
                "bold $accent on $background"
                if name == self.active
                else "$text"
                if name == self._under
                else "$text-muted"
            )
            if name == self.active and self.app.no_color:
                style = "bold reverse"
            parts.append((f"  {title}  ", style))
        names = Content.assemble(*parts)
        room = self.size.width - names.cell_length - len(self.flow) - 2
        if self.flow and room > 0:
            return names.append(Content(" " * room)).append(
                Content.styled(f" {self.flow} ", "bold $warning" if self.waits else "bold $accent")
            )
        return names

    def tab_at(self, x: int) -> str:
        """The tab that stands there; empty between and behind them."""
        start = 0
        for name, title in TABS:
            end = start + len(title) + 4
            if start <= x < end:
                return name
            start = end
        return "flow" if self.flow and x >= self.size.width - len(self.flow) - 2 else ""

    def on_click(self, event: events.Click) -> None:
        """Bring the tab under the pointer to the front."""
        tab = self.tab_at(event.x)
        if tab:
            self.post_message(self.Picked(tab))

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Light up the tab under the pointer."""
        self._hover(self.tab_at(event.x))

    def on_leave(self, event: events.Leave) -> None:
        """The pointer is gone."""
        self._hover("")

    def _hover(self, name: str) -> None:
        if name != self._under:
            self._under = name
            self.refresh()
