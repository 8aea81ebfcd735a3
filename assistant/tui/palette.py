"""The palette's commands, "noun: verb": actions, tabs, themes, flows, tasks."""

from __future__ import annotations

from collections.abc import Iterator
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

    def _all(self) -> Iterator[tuple[str, Any, str]]:
        app: GuideApp = self.app  # type: ignore[assignment]
        for action in ACTIONS:
            yield action.title, partial(app.run_action, action.run), action.help
        for theme in sorted(app.available_themes):
            yield f"theme: {theme}", partial(setattr, app, "theme", theme), "change the colours"
        for flow_id in app.library.flow_ids():
            title = str(app.library.record(f"flow:{flow_id}").get("title", flow_id))
            yield f"flow: {safe_line(title)}", partial(app.open_flow, flow_id, {}), "shows its plan first"
        for number, kind in enumerate(app.library.index["kinds"]):
            if kind == "command":
                title = app.library.index["titles"][number]
                yield f"task: {safe_line(title)}", partial(app.open_entry, app.library.index["ids"][number]), "the command in each tool"

    async def discover(self) -> Hits:
        """All of it, before anything is typed."""
        for title, run, note in self._all():
            yield DiscoveryHit(Content(title), run, text=title, help=note)

    async def search(self, query: str) -> Hits:
        """What fits the letters typed."""
        matcher = self.matcher(query)
        for title, run, note in self._all():
            score = matcher.match(title)
            if score > 0:
                yield Hit(score, matcher.highlight(title), run, text=title, help=note)
