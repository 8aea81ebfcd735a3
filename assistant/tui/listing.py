"""The lists of the tabs: one line an option, cut with an ellipsis; the chosen one can be read whatever its own colours are."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.binding import Binding
from textual.strip import Strip
from textual.widgets import OptionList


class Listing(OptionList):
    """An option list that names its key in the footer."""

    BINDINGS = [Binding("enter", "select", "Open", tooltip="open what is chosen")]

    def render_line(self, y: int) -> Strip:
        """One line; the chosen one, while the list has the focus, in the colours of the cursor alone."""
        strip = super().render_line(y)
        chosen = self.highlighted
        if chosen is None or not self.has_focus:
            return strip
        if not any(segment.style and segment.style.meta.get("option") == chosen for segment in strip):
            return strip
        cursor = self.get_visual_style("option-list--option", "option-list--option-highlighted").rich_style
        over = Style(color=cursor.color, bgcolor=cursor.bgcolor)
        return Strip(
            [Segment(text, style + over if style else over, control) for text, style, control in strip],
            strip.cell_length,
        )
