"""The Flows tab: what was cut off, the flows, past runs; on the right what each does or did."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widget import Widget
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.render.layout import markdown, table, wrap
from assistant.runner import api
from assistant.tui.actions import bindings
from assistant.tui.aside import aside
from assistant.tui.listing import Listing
from assistant.tui.pieces import Chosen, Lines, Link, Words, keyed
from assistant.tui.safe import MARKED, safe_line

if TYPE_CHECKING:
    from assistant.tui.app import GuideApp

STATES = {
    "done": "done", "failed": "failed", "stopped": "stopped", "declined": "declined", "blocked": "blocked", "undone": "taken back",
    "running": "going on", "interrupted": "cut off", "error": "failed",
}  # fmt: skip
MOST_RUNS = 60


class FlowsPane(Horizontal):
    """Flows and runs. Enter opens what is chosen."""

    BINDINGS = bindings("flows")

    class Listed(Message):
        """The runs were read."""

        def __init__(self, runs: list[api.RunInfo]) -> None:
            super().__init__()
            self.runs = runs

    def __init__(self, flows: api.Catalog) -> None:
        super().__init__(id="flows")
        self.flows = flows
        self.runs: dict[str, api.RunInfo] = {}
        self.listing = Listing(id="flows-list", compact=True)
        self.detail = VerticalScroll(id="flows-detail", can_focus=False)

    def compose(self) -> ComposeResult:
        """List and detail."""
        yield self.listing
        yield self.detail

    def on_mount(self) -> None:
        """The flows at once, the runs when they are read."""
        self._fill()
        self.action_refresh()

    def action_refresh(self) -> None:
        """Read the runs again."""
        aside(self, lambda: self.Listed(api.list_runs()), "runs")

    @on(Listed)
    def _listed(self, event: Listed) -> None:
        self.runs = {run.id: run for run in event.runs[:MOST_RUNS]}
        self._fill()

    def _fill(self) -> None:
        highlighted = self.listing.highlighted_option.id if self.listing.highlighted_option else None
        unfinished = [run for run in self.runs.values() if run.can_resume]
        past = [run for run in self.runs.values() if not run.can_resume]
        options: list[Option] = []
        if unfinished:
            options += [_head("Not finished"), *(_run_option(run) for run in unfinished)]
        options += [_head("Flows"), *(self._flow_option(name) for name in self.flows.ids)]
        if past:
            options += [_head("Past runs"), *(_run_option(run) for run in past)]
        self.listing.set_options(options)
        ids = [option.id for option in options]
        first = next((place for place, option in enumerate(options) if not option.disabled), None)
        self.listing.highlighted = ids.index(highlighted) if highlighted and highlighted in ids else first

    def _flow_option(self, name: str) -> Option:
        from assistant.errors import GuideError

        try:
            title = self.flows.get(name).title
        except GuideError:
            title = f"{name} (has mistakes)"
        return Option(Content(safe_line(title)), id=f"flow:{name}")

    @property
    def chosen(self) -> tuple[str, str]:
        """What is highlighted: (`flow` or `run`, its id)."""
        option = self.listing.highlighted_option
        kind, _, name = (option.id or "").partition(":") if option else ("", "", "")
        return kind, name

    @on(OptionList.OptionHighlighted, "#flows-list")
    async def _show(self) -> None:
        kind, name = self.chosen
        widgets = list(self._flow(name) if kind == "flow" else self._run(self.runs[name]) if name in self.runs else ())
        await self.detail.remove_children()
        await self.detail.mount_all(widgets)
        self.detail.scroll_home(animate=False)

    def _flow(self, name: str) -> Iterator[Widget]:
        from assistant.errors import GuideError

        try:
            flow = self.flows.get(name)
        except GuideError as error:
            words = str(error)
            yield Lines(lambda width: wrap(words, width), classes="block")
            return
        yield Words(Content.styled(safe_line(flow.title), "bold"), classes="title")
        yield Lines(lambda width: markdown(flow.why, width, MARKED), classes="block")
        yield Link("Show its plan", "flow", name, classes="chip main", tip="nothing runs before you say yes")
        rows = [
            (param.title, param.help or (f"for example {param.example}" if param.example else ""))
            for param in flow.params.values()
        ]
        if rows:
            yield Words(Content.styled("It asks for", "$text-muted"), classes="also")
            yield Lines(lambda width: table(("", ""), rows, width, MARKED), classes="block")
        yield Words(Content.styled("Its steps", "$text-muted"), classes="also")
        steps = [step.title for step in flow.steps]
        yield Lines(
            lambda width: [line for n, text in enumerate(steps, 1) for line in wrap(text, width, f"{n}. ", "   ")],
            classes="block",
        )
        yield Words(Content.styled(f"On the command line: envguide plan {name}", "$text-muted"))

    def _run(self, run: api.RunInfo) -> Iterator[Widget]:
        yield Words(Content.styled(safe_line(run.title), "bold"), classes="title")
        state = STATES.get(run.state, run.state)
        rows = [
            ("State", f"{state}, {run.done} of {run.steps} steps"),
            ("Began", run.began),
            ("Ended", run.ended),
            ("Run", run.id),
            ("Folder", run.folder),
        ]
        yield Lines(lambda width: table(("", ""), [row for row in rows if row[1]], width, MARKED), classes="block")
        with_keys = (
            (keyed("Go on", "Enter"), "resume", run.can_resume),
            (keyed("Undo", "u"), "undo", run.can_undo),
            (keyed("Log", "l"), "log", True),
            (keyed("Run it again", "d"), "redo", True),
        )
        yield Horizontal(
            *(
                Link(word, kind, run.id, classes="chip" + (" main" if not n else ""))
                for n, (word, kind) in enumerate((w, k) for w, k, on in with_keys if on)
            ),
            classes="actions",
        )

    @on(OptionList.OptionSelected, "#flows-list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        self.action_open()

    def action_open(self) -> None:
        """Open the flow, go on with the run, or show what it did."""
        kind, name = self.chosen
        if kind == "flow":
            self.post_message(Chosen("flow", name))
        elif name in self.runs:
            self.post_message(Chosen("resume" if self.runs[name].can_resume else "log", name))

    def action_undo(self) -> None:
        """Take the run back."""
        self._about_run("undo")

    def action_redo(self) -> None:
        """Run its flow again."""
        self._about_run("redo")

    def action_log(self) -> None:
        """What the run did."""
        self._about_run("log")

    def _about_run(self, what: str) -> None:
        kind, name = self.chosen
        if kind == "run":
            self.post_message(Chosen(what, name))
        else:
            guide: GuideApp = self.app  # type: ignore[assignment]
            guide.say("Choose a run first; past runs are at the end of the list.")


def _head(text: str) -> Option:
    return Option(Content.styled(text, "bold $accent"), disabled=True)


def _run_option(run: api.RunInfo) -> Option:
    began = run.began[:16].replace("T", " ")
    text = Content.assemble(safe_line(run.title), (f"  {STATES.get(run.state, run.state)}, {began}", "$text-muted"))
    return Option(text, id=f"run:{run.id}")
