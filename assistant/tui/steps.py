"""The steps of a flow in a column: a sign, the title, the time. Up and Down choose the one that is explained."""

from __future__ import annotations

import time

from textual import events
from textual.binding import Binding
from textual.content import Content
from textual.geometry import Region, Size
from textual.message import Message
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.visual import Visual

from assistant.tui.flow_state import SIGNS, StepState, clock
from assistant.tui.safe import safe_line

_STYLES = {
    "running": "bold $accent", "waiting": "bold $warning", "verified": "$success", "done": "$success", "failed": "bold $error",
    "blocked": "bold $warning", "skipped": "$text-muted", "will-run": "$text",
}  # fmt: skip


class StepList(ScrollView, can_focus=True):
    """One line a step."""

    BINDINGS = [
        Binding("up,k", "choose(-1)", "step before", show=False),
        Binding("down,j", "choose(1)", "step after", show=False),
    ]

    class Chosen(Message):
        """The person wants this step explained."""

        def __init__(self, place: int) -> None:
            super().__init__()
            self.place = place

    def __init__(self) -> None:
        super().__init__(id="steps")
        self.steps: list[StepState] = []
        self.at = 0

    def show(self, steps: list[StepState], at: int) -> None:
        """Show these steps; `at` is the one that is explained."""
        self.steps = steps
        self.at = max(0, min(at, len(steps) - 1))
        self.virtual_size = Size(max(1, self.size.width), len(steps))
        self.scroll_to_region(Region(0, self.at, 1, 1), animate=False, force=True)
        self.refresh()

    def action_choose(self, by: int) -> None:
        """The step before or after."""
        if self.steps:
            self.post_message(self.Chosen(max(0, min(self.at + by, len(self.steps) - 1))))

    def on_click(self, event: events.Click) -> None:
        """A click explains a step."""
        place = event.y + int(self.scroll_offset.y)
        if 0 <= place < len(self.steps):
            self.post_message(self.Chosen(place))

    def line(self, place: int, width: int) -> Content:
        """One step as it is drawn."""
        step = self.steps[place]
        took = clock(step.elapsed(time.monotonic()))
        style = _STYLES[step.state]
        room = max(4, width - len(took) - 3)
        title = Content.assemble(
            (f" {SIGNS[step.state]} ", style), (safe_line(step.planned.title, 200), style if took else "")
        )
        content = title.truncate(room + 2, ellipsis=True, pad=True).append(Content.styled(took, "$text-muted"))
        content = content.truncate(width, pad=True)
        if place == self.at:
            focused = (
                "$block-cursor-foreground on $block-cursor-background"
                if self.has_focus
                else "on $block-cursor-blurred-background"
            )
            content = content.stylize(focused)
            content = content.stylize("reverse") if self.app.no_color else content
        return content

    def render_line(self, y: int) -> Strip:
        """One visible line."""
        place, width = y + int(self.scroll_offset.y), self.size.width
        if place >= len(self.steps) or width < 1:
            return Strip.blank(width, self.rich_style)
        content = self.line(place, width)
        return Visual.to_strips(self, content, width, 1, self.visual_style)[0]
