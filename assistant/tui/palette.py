"""The palette's commands, "noun: verb": actions, themes, flows, tasks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Any

from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.content import Content

from assistant.tui.actions import ACTIONS
from assistant.tui.safe import safe_line

if TYPE_CHECKING:
    from assistant.tui.app import GuideApp


class GuideCommands(Provider):
    """Everything that can be done, by name."""

    def _all(self) -> Iterator[tuple[str, Callable[[], Any], str]]:
        app: GuideApp = self.app  # type: ignore[assignment]
        for action in ACTIONS:
            if action.scope in ("app", "ask") and action.id != "interrupt":
                yield action.title, partial(app.run_listed, action), action.help
        for theme in sorted(app.available_themes):
            yield f"theme: {theme}", partial(app.choose_theme, theme), "change the colours"
        if app.library is None:
            return
        for flow_id in app.library.flow_ids():
            title = str(app.library.record(f"flow:{flow_id}").get("title", flow_id))
            yield f"flow: {safe_line(title)}", partial(app.open_flow, flow_id, {}), "shows its plan first"
        index = app.library.index
        for number, kind in enumerate(index["kinds"]):
            if kind == "command":
                yield (
                    f"task: {safe_line(index['titles'][number])}",
                    partial(app.open_entry, index["ids"][number]),
                    "in each tool",
                )

    async def discover(self) -> Hits:
        """All of it, before anything is typed."""
        for title, run, note in self._all():
            yield DiscoveryHit(_line(Content(title), note), run, text=title)

    async def search(self, query: str) -> Hits:
        """What fits the letters typed."""
        matcher = self.matcher(query)
        for title, run, note in self._all():
            score, places = matcher.fuzzy_search.match(query, title)
            if score > 0:
                shown = Content(title)
                for place in places:
                    shown = shown.stylize("bold underline", place, place + 1)
                yield Hit(score, _line(shown, note), run, text=title)


def _line(title: Content, note: str) -> Content:
    """An entry on one line: its title, and quietly what it does."""
    return title.append(Content.styled(f"   {note}", "$text-muted not bold"))
