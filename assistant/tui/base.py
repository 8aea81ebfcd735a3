"""What the app stands on: its colours, the knowledge, the machine, the list of runs. All of it is loaded beside the screen's
work, after the first paint.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from textual import on
from textual.app import App
from textual.binding import Binding
from textual.message import Message
from textual.theme import BUILTIN_THEMES, Theme

from assistant import paths
from assistant.errors import GuideError
from assistant.tui.actions import footer_key
from assistant.tui.aside import Failed, aside
from assistant.tui.remember import remember_theme, remembered_theme
from assistant.tui.safe import plain
from assistant.tui.themes import OURS, ROUND, first_theme

if TYPE_CHECKING:
    from assistant.dialogue.engine import Asked
    from assistant.machine.model import Machine
    from assistant.runner.catalog import Catalog
    from assistant.runner.store import RunInfo
    from assistant.search.library import Library

# What the header and the flows need to know of the machine; the rest is looked at when the Machine tab is opened.
FIRST_LOOK = frozenset({"shell", "tools", "pythons", "condas", "environments", "gpu"})


class BaseApp(App[int]):
    """Loads; what is drawn is the business of `GuideApp`."""

    class Opened(Message):
        """The knowledge is open (or says why not)."""

        def __init__(self, library: Library | None, error: GuideError | None = None) -> None:
            super().__init__()
            self.library, self.error = library, error

    class Looked(Message):
        """The machine was looked at."""

        def __init__(self, machine: Machine, *, first: bool = False) -> None:
            super().__init__()
            self.machine, self.first = machine, first

    class Reported(Message):
        """A report on the machine, for a bug."""

        def __init__(self, text: str) -> None:
            super().__init__()
            self.text = text

    class RunsRead(Message):
        """The runs, the newest first."""

        def __init__(self, runs: list[RunInfo]) -> None:
            super().__init__()
            self.runs = runs

    class Ended(Message):
        """The open flow has ended with all that it started."""

    def __init__(self, library: Library | None, machine: Machine | None, theme: str, flows: Catalog | None) -> None:
        # Before anything else, so that the style sheet is made once, in the right colours.
        wanted = first_theme(theme, remembered_theme(), os.environ)
        self.set_reactive(App.theme, wanted if wanted in self._known() else first_theme("", "", os.environ))
        super().__init__(ansi_color=True if "NO_COLOR" in os.environ else None)
        self.library = library
        self.machine = machine
        self.look = machine is None
        self._asked: Asked | None = None
        self._flows = flows

    @staticmethod
    def _known() -> dict[str, Theme]:
        return {**BUILTIN_THEMES, **{theme.name: theme for theme in OURS}}

    @property
    def available_themes(self) -> dict[str, Theme]:
        """Textual's own and ours."""
        return self._known()

    def action_next_theme(self) -> None:
        """The next of ours: dark, light, high contrast, and two that keep the terminal's own colours."""
        known = [theme for theme in ROUND if theme in self.available_themes]
        position = known.index(self.theme) if self.theme in known else -1
        self.choose_theme(known[(position + 1) % len(known)])

    def choose_theme(self, name: str) -> None:
        """Change the colours, and remember that for the next start."""
        self.theme = name
        remember_theme(name)
        self.say(f"Theme: {name}")

    def get_key_display(self, binding: Binding) -> str:
        """A key as the footer names it: ^Y, F1, Esc; everywhere else Ctrl+Y is written out."""
        return binding.key_display or footer_key(binding.key)

    def say(self, words: str, *, warn: bool = False) -> None:
        """A short note in the corner."""
        self.notify(
            plain(words, 1000), severity="warning" if warn else "information", markup=False, timeout=8 if warn else 4
        )

    def action_command_palette(self) -> None:
        """Find anything by its name."""
        from textual.command import CommandPalette

        if not isinstance(self.screen, CommandPalette):
            wanted = "Find an action, a flow, a task or a theme"
            self.push_screen(CommandPalette(placeholder=wanted, id="--command-palette"))

    # Loading.

    def open_knowledge(self) -> None:
        """Open the knowledge; before that a quick look at the machine, for the top line."""
        aside(self, self._open, "knowledge")

    def _open(self) -> Message:
        from assistant.machine.quick import quick_machine
        from assistant.search.library import open_library

        if self.machine is None:
            self.post_message(self.Looked(quick_machine(), first=True))
        try:
            return self.Opened(self.library or open_library())
        except GuideError as error:
            return self.Opened(None, error)

    def _look(self) -> Message:
        from assistant.machine.probe import probe

        return self.Looked(probe(set(FIRST_LOOK)))

    def read_runs(self) -> None:
        """Read the list of runs: for completion, and those that can go on for the empty conversation."""
        if paths.runs_dir().is_dir():
            aside(self, self._runs, "runs")

    def _runs(self) -> Message:
        from assistant.runner import api

        return self.RunsRead(api.list_runs())

    def _report(self) -> Message:
        import socket

        from assistant import __version__
        from assistant.machine.doctor import run_checks
        from assistant.machine.doctor.report import report
        from assistant.machine.probe import probe

        machine = probe()
        return self.Reported(report(machine, run_checks(machine), version=__version__, host=socket.gethostname()))

    @on(Failed)
    def _failed(self, event: Failed) -> None:
        self.say(f"A fault in envguide: {type(event.error).__name__}: {event.error}", warn=True)

    def look_again(self) -> None:
        """The machine may have changed."""
        if self.look:
            aside(self, self._look, "machine")

    def assumed(self) -> str:
        """What was chosen to be answered for instead of this machine."""
        asked = self._asked
        return ", ".join(part for part in (asked.system, asked.shell, asked.tool) if part) if asked else ""

    @property
    def asked(self) -> Asked:
        """For whom answers are made: this machine, or what was chosen instead."""
        if self._asked is None:
            from assistant.dialogue.engine import Asked

            self._asked = Asked(machine=self.machine)
        return self._asked

    @property
    def flows(self) -> Catalog:
        """The flows of the compiled content."""
        if self._flows is None:
            from assistant.runner.catalog import from_plain

            library = self.library
            if library is None:
                return from_plain({})
            self._flows = from_plain({name: library.record(f"flow:{name}") for name in library.flow_ids()})
        return self._flows
