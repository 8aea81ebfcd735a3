"""The full-screen app: header, four tabs, footer; everything else lives in the panes."""

from __future__ import annotations

import os

from textual import on
from textual.app import App, ComposeResult
from textual.binding import Binding
from textual.content import Content
from textual.widgets import Footer, OptionList, Static, TabbedContent, TabPane

from assistant.dialogue.engine import Asked
from assistant.dialogue.talk import Conversation
from assistant.machine.model import Machine
from assistant.machine.quick import quick_machine
from assistant.render.machine_line import machine_line
from assistant.search.library import Library, open_library
from assistant.tui.actions import bindings
from assistant.tui.ask import AskPane, Prompt
from assistant.tui.cards import AnswerCard, CommandLine, Note
from assistant.tui.history import History
from assistant.tui.palette import GuideCommands
from assistant.tui.reference import ReferencePane
from assistant.tui.safe import safe_line

THEMES = ("textual-dark", "textual-light", "nord", "gruvbox", "solarized-light", "monokai", "ansi-dark", "ansi-light")


class GuideApp(App[int]):
    """envguide on the full screen."""

    TITLE = "envguide"
    CSS_PATH = "app.tcss"
    COMMANDS = {GuideCommands}
    BINDINGS = [*bindings(), Binding("escape", "focus_prompt", "prompt", show=False)]
    ENABLE_COMMAND_PALETTE = True

    def __init__(self, library: Library | None = None, machine: Machine | None = None, open_at: str = "") -> None:
        super().__init__()
        self.library = library or open_library()
        self.machine = machine or quick_machine()
        self.asked = Asked(machine=self.machine)
        self.open_at = open_at
        self._last_interrupt = 0.0

    def compose(self) -> ComposeResult:
        """Header, tabs, footer."""
        yield Static(Content.assemble((" envguide ", "bold $accent"), ("  " + safe_line(machine_line(self.machine)), "$text-muted")), id="header")
        with TabbedContent(initial="tab-ask", id="tabs"):
            with TabPane("Ask", id="tab-ask"):
                yield AskPane(Conversation(self.library, self.asked), History())
            with TabPane("Reference", id="tab-reference"):
                yield ReferencePane(self.library, self.asked)
        yield Footer(show_command_palette=False, compact=True)

    def on_mount(self) -> None:
        """Theme from the settings; a deep link opens its entry or flow."""
        from assistant.settings import load_settings

        theme = str(load_settings()["theme"]) or os.environ.get("ENVGUIDE_THEME", "")
        if theme in self.available_themes:
            self.theme = theme
        self.query_one(Prompt).focus()
        if self.open_at:
            self.call_after_refresh(self.open_link, self.open_at)

    @property
    def ask_pane(self) -> AskPane:
        """The conversation."""
        return self.query_one(AskPane)

    def open_link(self, name: str) -> None:
        """Open an entry by its id, or ask the text."""
        try:
            title = self.library.title(name)
        except KeyError:
            title = name
        self.action_tab("ask")
        self.ask_pane.ask(title)

    @on(CommandLine.Copied)
    def _copy(self, event: CommandLine.Copied) -> None:
        self.copy_command(event.command)

    def copy_command(self, command: str) -> None:
        """Put a command, and nothing but it, on the clipboard: the terminal's (OSC 52) and the system's where there is one."""
        self.copy_to_clipboard(command)
        try:
            import pyperclip

            pyperclip.copy(command)
        except Exception:  # noqa: BLE001,S110 - no clipboard program is no error: the terminal's own copy was asked for too
            pass
        self.notify(safe_line(command), title="Copied", markup=False, timeout=3)

    @on(AnswerCard.Chosen)
    def _chosen(self, event: AnswerCard.Chosen) -> None:
        if event.kind == "ask":
            self.action_tab("ask")
            self.ask_pane.ask(event.value)
        elif event.kind == "entry":
            self.open_entry(event.value)
        elif event.kind == "source":
            self._show_source(event)
        elif event.kind == "more":
            self.ask_pane.show(Note(f"More: {event.answer.title}", event.answer.more))
        elif event.kind == "flow":
            params = next((flow.params for flow in event.answer.flows if flow.id == event.value), {})
            self.open_flow(event.value, dict(params))

    def open_entry(self, entry_id: str) -> None:
        """Show an entry as a card of the conversation."""
        self.action_tab("ask")
        self.ask_pane.ask(self.library.title(entry_id))

    def open_flow(self, flow_id: str, params: dict[str, str]) -> None:
        """Open a flow's screen with the values already known."""
        from assistant.tui.flow_screen import FlowScreen

        self.push_screen(FlowScreen(flow_id, params, self.machine))

    def _show_source(self, event: AnswerCard.Chosen) -> None:
        parts = [f"**{item.heading}**, lines {item.first}-{item.last}\n\n{item.summary}" for item in event.answer.citations]
        parts += [f"- {item.url or item.title or item.id} (as of {item.as_of})" for item in event.answer.sources]
        self.ask_pane.show(Note("Where that comes from", "\n\n".join(parts) or "From the program itself."))

    def action_tab(self, name: str) -> None:
        """Bring a tab to the front and put the focus where one goes on."""
        tabs = self.query_one("#tabs", TabbedContent)
        tabs.active = f"tab-{name}"
        if name == "ask":
            self.query_one(Prompt).focus()
        else:
            focusable = tabs.get_pane(f"tab-{name}").query("Input, OptionList, DataTable")
            if focusable:
                focusable.first().focus()

    def action_focus_prompt(self) -> None:
        """Back to the input."""
        self.action_tab("ask")

    def action_interrupt(self) -> None:
        """Ctrl+C: clear the input; a second one within two seconds leaves."""
        from time import monotonic

        prompt = self.query_one(Prompt)
        if prompt.text:
            prompt.text = ""
            return
        if monotonic() - self._last_interrupt < 2:
            self.exit(0)
            return
        self._last_interrupt = monotonic()
        self.notify("Press Ctrl+C again to leave.", timeout=2)

    def action_next_theme(self) -> None:
        """The next of a few themes: dark, light, and two that keep the terminal's own colours."""
        known = [theme for theme in THEMES if theme in self.available_themes]
        position = known.index(self.theme) if self.theme in known else -1
        self.theme = known[(position + 1) % len(known)]
        self.notify(f"Theme: {self.theme}", timeout=2)

    def action_copy_command(self) -> None:
        """Copy the first command of the newest answer."""
        newest = self.ask_pane.newest
        if newest and newest.commands:
            self.copy_command(newest.commands[0].run)
        else:
            self.notify("There is no command to copy yet.", timeout=2)

    def action_run_flow(self) -> None:
        """Open the flow that the newest answer offers."""
        newest = self.ask_pane.newest
        if newest and newest.flows:
            self.open_flow(newest.flows[0].id, dict(newest.flows[0].params))
        else:
            self.notify("The newest answer offers no flow.", timeout=2)

    def action_more(self) -> None:
        """The rest of the newest answer."""
        newest = self.ask_pane.newest
        if newest and newest.more:
            self.ask_pane.show(Note(f"More: {newest.title}", newest.more))
        else:
            self.notify("There is no more to it.", timeout=2)

    def action_source(self) -> None:
        """What the newest answer's sections say."""
        newest = self.ask_pane.newest
        if newest:
            self._show_source(AnswerCard.Chosen("source", "", newest))

    def action_clear(self) -> None:
        """An empty conversation."""
        self.ask_pane.clear()

    def action_help(self) -> None:
        """The keys."""
        from assistant.tui.help import HelpScreen

        self.push_screen(HelpScreen())

    def action_find(self) -> None:
        """Search in what is on the screen."""
        from assistant.tui.find import FindScreen

        self.push_screen(FindScreen(), self._found)

    def _found(self, words: str | None) -> None:
        if not words:
            return
        from assistant.tui.find import find_widget

        widget = find_widget(self.ask_pane, words)
        if widget is None:
            self.notify(f"Not on the screen: {safe_line(words)}", markup=False, timeout=3)
        else:
            widget.scroll_visible(top=True)
            widget.flash()


def run_tui(open_at: str = "") -> int:
    """Open the full-screen app; its exit code."""
    return GuideApp(open_at=open_at).run() or 0


__all__ = ["GuideApp", "OptionList", "run_tui"]
