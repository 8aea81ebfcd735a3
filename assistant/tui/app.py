"""The full-screen app: a line about the machine, four tabs, a footer; everything else lives in the panes.

Nothing slow stands before the first paint: the knowledge, the machine and all panes but the conversation come after it.
"""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.screen import ModalScreen
from textual.widget import Widget

from assistant.errors import GuideError
from assistant.tui.actions import Action, bindings
from assistant.tui.aside import aside
from assistant.tui.ask import AskPane
from assistant.tui.bars import KeyBar, MachineBar, TabRow
from assistant.tui.base import BaseApp
from assistant.tui.history import History
from assistant.tui.memory import let_go
from assistant.tui.pieces import Chosen, Copied
from assistant.tui.prompt import PLACEHOLDER, Prompt
from assistant.tui.safe import plain, safe_line
from assistant.tui.welcome import Welcome

if TYPE_CHECKING:
    from textual.command import Provider

    from assistant.machine.model import Environment, Machine
    from assistant.runner.catalog import Catalog
    from assistant.search.library import Library
    from assistant.tui.flow_desk import FlowDesk
    from assistant.tui.flow_run import FlowRun


MOST_COPIED = 4_000_000  # characters
OPENING = 1.5  # seconds after which a knowledge that is still being opened is told


def _palette() -> type[Provider]:
    from assistant.tui.palette import GuideCommands

    return GuideCommands


class GuideApp(BaseApp):
    """envguide on the full screen."""

    TITLE = "envguide"
    CSS_PATH = "app.tcss"
    COMMANDS = {_palette}
    BINDINGS = [*bindings("app"), Binding("escape", "focus_prompt", "prompt", show=False)]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (100, "-wide")]
    VERTICAL_BREAKPOINTS = [(0, "-low"), (32, "-tall")]

    def __init__(
        self,
        library: Library | None = None,
        machine: Machine | None = None,
        *,
        flows: Catalog | None = None,
        open_at: str = "",
        theme: str = "",
    ) -> None:
        super().__init__(library, machine, theme, flows)
        self._desk: FlowDesk | None = None
        self.open_at = open_at
        self.keys: dict[str, str] = {}
        self.tab = "ask"
        self.machine_bar = MachineBar(id="machine-bar")
        self.tabs = TabRow()
        self.ask_pane: AskPane = AskPane(History())
        self.panes: dict[str, Widget] = {"ask": self.ask_pane}
        self._last_interrupt = 0.0

    def compose(self) -> ComposeResult:
        """Machine, tabs, the conversation; the footer comes right after the first paint, which it would double."""
        yield self.machine_bar
        yield self.tabs
        yield self.ask_pane

    def on_mount(self) -> None:
        """The keys of the user; then, after the first paint, everything that takes time."""
        from assistant.tui.keymap import load_keymap

        try:
            self.keys = load_keymap()
            self.set_keymap(self.keys)
        except GuideError as error:
            self.say(str(error), warn=True)
        self.tabs.activate("ask")
        self.show_machine()
        self.call_after_refresh(self._after_first_paint)

    async def _after_first_paint(self) -> None:
        await self.mount(KeyBar())
        self.open_knowledge()
        self.set_timer(OPENING, self._say_opening)

    def _say_opening(self) -> None:
        """After an update the knowledge is compiled anew, which takes seconds: the input says so."""
        if self.library is None:
            self.ask_pane.prompt.placeholder = "The knowledge is being opened; what you ask is answered then"

    # What was loaded.

    @on(BaseApp.Opened)
    def _opened(self, event: BaseApp.Opened) -> None:
        """The knowledge is open: questions are answered, suggestions and completion work."""
        library = event.library
        if library is None:
            self.say(f"The knowledge cannot be opened. {event.error}", warn=True)
            return
        from assistant.dialogue.talk import Conversation

        self.library = library
        self.ask_pane.prompt.placeholder = PLACEHOLDER
        self.ask_pane.converse(Conversation(library, self.asked), {"theme": tuple(sorted(self.available_themes))})
        self.complete_environments()
        if self.open_at:
            self.open_link(self.open_at)
        self.look_again()
        self.read_runs()

    @on(BaseApp.Looked)
    def _looked(self, event: BaseApp.Looked) -> None:
        if event.first and self.machine is not None:
            return
        self.machine = event.machine
        self.asked.machine = event.machine
        self.complete_environments()
        self.show_machine()

    def complete_environments(self) -> None:
        """`/enter` is completed from the environments that are there."""
        self.ask_pane.values["environment"] = (
            tuple(one.name for one in self.machine.environments) if self.machine else ()
        )

    def show_machine(self) -> None:
        """Say in the top line what machine this is, and what answers are made for instead."""
        from assistant.render.machine_line import machine_line

        self.machine_bar.show(machine_line(self.machine) if self.machine else "", self.assumed())

    # Where things are.

    def open_link(self, name: str) -> None:
        """Open an entry or a flow by its id; anything else is asked."""
        library = self.library
        if library and name in library.flow_ids():
            self.open_flow(name, {})
        elif library and name in library.index["ids"]:
            self.open_entry(name)
        else:
            self.ask_pane.ask(name)

    def open_entry(self, entry_id: str) -> None:
        """Show an entry as a card of the conversation."""
        from assistant.dialogue.reference import task_answer

        if self.library is None:
            return
        title = self.library.title(entry_id)
        answer = task_answer(entry_id, title, self.library, self.asked)
        self.action_tab("ask")
        self.ask_pane.begin_with(answer)
        self.ask_pane.show_answer(answer, title)

    @property
    def desk(self) -> FlowDesk:
        """The flow that is open. The runner is imported with the first use."""
        if self._desk is None:
            from assistant.tui.flow_desk import FlowDesk

            self._desk = FlowDesk(self)
        return self._desk

    def open_flow(self, flow_id: str, params: dict[str, str]) -> None:
        """Open a flow's screen with the values already known."""
        self.desk.open("run", flow_id, params)

    def open_run(self, kind: str, run_id: str) -> None:
        """Resume, undo or redo a run: its plan comes first."""
        self.desk.open(kind, run_id, {})

    def close_flow(self) -> None:
        """Close the open flow and its screen."""
        self.desk.close()

    def show_log(self, run_id: str) -> None:
        """What a run did."""
        self.desk.show_log(run_id)

    def open_shell(self, environment: Environment, machine: Machine) -> None:
        """A shell in an environment, in place of the screen until it ends."""
        from assistant.tui.flow_desk import open_shell

        open_shell(self, environment, machine)

    def show_doctor(self, names: tuple[str, ...] = ()) -> None:
        """The Machine tab, with the findings of these checks."""
        fresh = "machine" not in self.panes
        self.action_tab("machine")
        pane = self.panes["machine"]
        if not fresh or names:
            pane.call_later(pane.look, names)  # type: ignore[attr-defined]

    def copy_report(self) -> None:
        """Look at the machine and copy a report for a bug."""
        self.say("Looking at this machine ...")
        aside(self, self._report, "report")

    @on(BaseApp.Reported)
    def _reported(self, event: BaseApp.Reported) -> None:
        self.copy_text(event.text)

    @on(BaseApp.RunsRead)
    def _runs_read(self, event: BaseApp.RunsRead) -> None:
        self.ask_pane.values["run"] = tuple(run.id for run in event.runs)
        for welcome in self.ask_pane.query(Welcome):
            welcome.offer([run for run in event.runs if run.can_resume])
        if self._desk:
            self._desk.refresh_runs()

    # What cards ask for.

    @on(Copied)
    def _copied(self, event: Copied) -> None:
        self.copy_text(event.text)

    def copy_text(self, text: str) -> None:
        """Put a text, and nothing but it, on the clipboard."""
        from assistant.tui.clipboard import copy

        copy(self, plain(text, MOST_COPIED))
        self.notify(safe_line(text, 200), title="Copied", markup=False, timeout=3)

    @on(Chosen)
    def _chosen(self, event: Chosen) -> None:
        kind, value, answer = event.kind, event.value, event.answer
        if kind == "ask":
            self.action_tab("ask")
            self.ask_pane.ask(value)
        elif kind == "entry":
            self.open_entry(value)
        elif kind == "copy":
            self.copy_text(value)
        elif kind == "translate":
            self.action_tab("ask")
            self.ask_pane.begin_translation(value)
        elif kind == "flow":
            known = next((flow.params for flow in answer.flows if flow.id == value), {}) if answer else {}
            self.open_flow(value, {**known, **event.params})
        elif kind in ("resume", "undo", "redo"):
            self.open_run(kind, value)
        elif kind == "log":
            self.show_log(value)
        elif kind == "shell":
            self.panes["machine"].call_later(self.panes["machine"].action_shell)  # type: ignore[attr-defined]
        elif kind in ("more", "source") and answer:
            from assistant.tui.cards import more_note, source_note

            self.action_tab("ask")
            self.ask_pane.show(more_note(answer) if kind == "more" else source_note(answer))

    @on(AskPane.Slash)
    def _slash(self, event: AskPane.Slash) -> None:
        from assistant.tui.slash import run_slash

        run_slash(event.text, self)

    @on(Prompt.Help)
    def _help(self) -> None:
        self.action_help()

    @on(TabRow.Picked)
    def _picked(self, event: TabRow.Picked) -> None:
        if event.tab == "flow":
            self.action_running_flow()
        else:
            self.action_tab(event.tab)

    # Actions.

    async def run_listed(self, action: Action) -> None:
        """Run an action of the list where it belongs: in the conversation, or in the app."""
        if action.scope == "ask":
            self.action_tab("ask")
        await self.run_action(action.run, default_namespace=self.ask_pane if action.scope == "ask" else self)

    def action_tab(self, name: str) -> None:
        """Bring a tab to the front and put the focus where one goes on. A screen that lies above stays as it is, below."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        if name != "ask" and self.library is None:
            self.say("The knowledge is still being opened.")
            return
        if name not in self.panes:
            self.panes[name] = self._pane(name)
            self.screen.mount(self.panes[name], after=self.ask_pane)
        let_go()
        self.tab = name
        for key, pane in self.panes.items():
            pane.display = key == name
        self.tabs.activate(name)
        if name == "ask":
            self.ask_pane.prompt.focus()
        else:
            self.call_after_refresh(self._focus_pane, name)

    def _pane(self, name: str) -> Widget:
        if name == "flows":
            from assistant.tui.flows import FlowsPane

            return FlowsPane(self.flows)
        if name == "machine":
            from assistant.tui.machine import MachinePane

            return MachinePane(self.machine)
        from assistant.tui.reference import ReferencePane

        if self.library is None:
            raise RuntimeError("the reference needs the knowledge")
        return ReferencePane(self.library, self.asked)

    def _focus_pane(self, name: str) -> None:
        if self.tab == name and len(self.screen_stack) == 1:
            found = self.panes[name].query("Input, OptionList, VerticalScroll")
            if found:
                found.first().focus()

    def action_focus_prompt(self) -> None:
        """Back to the input."""
        self.action_tab("ask")

    def action_running_flow(self) -> None:
        """Back to the flow that is open."""
        self.desk.show()

    def on_flow_run_changed(self, event: FlowRun.Changed) -> None:
        """Something happened in a flow."""
        self.desk.changed(event)

    def action_interrupt(self) -> None:
        """Ctrl+C: copy what is marked; on a flow's screen stop it; else empty the input; else leave on a second press."""
        marked = self.screen.get_selected_text() or str(getattr(self.focused, "selected_text", ""))
        if marked:
            self.copy_text(marked)
            self.screen.clear_selection()
            return
        if isinstance(self.screen, ModalScreen):
            self.screen.dismiss(None)
            return
        if self._desk and self._desk.screen:
            self._desk.screen.interrupt()
            return
        if self.ask_pane.prompt.text:
            self.ask_pane.prompt.take_all()
            return
        if monotonic() - self._last_interrupt < 2:
            self.run_worker(self.action_quit())
            return
        self._last_interrupt = monotonic()
        self.say("Press Ctrl+C again to leave.")

    async def action_quit(self) -> None:
        """Leave; while a flow is going on only after a yes, and when all that it started has ended."""
        if not (self._desk and self._desk.busy):
            self.leave()
            return
        from assistant.tui.dialogs import Confirm

        question = Confirm("A flow is still going on. Stop it and leave? It can be resumed later.", "Stop it and leave")
        self.push_screen(question, lambda yes: self.leave() if yes else None)

    def leave(self) -> None:
        """End what was started, then the app; the screen stays alive meanwhile."""
        run = self._desk.run if self._desk else None
        if run and run.session:
            aside(self, lambda: self._end(run), "closing")
            self.say("Stopping what is going on ...")
        else:
            self.exit(0)

    def _end(self, run: FlowRun) -> BaseApp.Ended:
        run.close()
        return self.Ended()

    @on(BaseApp.Ended)
    def _flow_ended(self) -> None:
        self.exit(0)

    def on_unmount(self) -> None:
        """Nothing that a flow started outlives the screen."""
        if self._desk and self._desk.run:
            self._desk.run.close()

    def action_help(self) -> None:
        """Keys and commands."""
        from assistant.tui.help import HelpScreen

        self.push_screen(HelpScreen(self.keys))


def run_tui(open_at: str = "") -> int:
    """Open the full-screen app; its exit code."""
    from assistant.settings import load_settings

    return GuideApp(open_at=open_at, theme=str(load_settings()["theme"])).run() or 0
