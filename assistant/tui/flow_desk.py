"""What flow is open: one at a time, with its screen or behind the conversation."""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from textual.app import SuspendNotSupported

from assistant.errors import GuideError
from assistant.machine.model import Environment, Machine
from assistant.runner import api
from assistant.tui.aside import aside
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.flows import FlowsPane
from assistant.tui.memory import let_go

if TYPE_CHECKING:
    from assistant.tui.app import GuideApp


class FlowDesk:
    """Opens, shows and closes flows for the app."""

    def __init__(self, app: GuideApp) -> None:
        self.app = app
        self.run: FlowRun | None = None

    @property
    def screen(self) -> FlowScreen | None:
        """The flow's screen, where it is open (a dialog may lie above it)."""
        return next((one for one in self.app.screen_stack if isinstance(one, FlowScreen)), None)

    @property
    def busy(self) -> bool:
        """Whether something was confirmed that has not ended."""
        return bool(self.run and self.run.running and not self.run.waiting)

    def open(self, kind: str, name: str, given: dict[str, str]) -> None:
        """Plan a flow, or the resuming, undoing or redoing of a run, and show that."""
        if self.busy:
            self.app.say("A flow is still going on: F6 goes to it. Let it end, or stop it there first.", warn=True)
            return
        self.close()
        self.run = FlowRun(self.app, kind, name, given)
        self.run.prepare()
        self.show()

    def show(self) -> None:
        """Bring the open flow to the front."""
        if self.run is None:
            self.app.say("No flow is open. F4 lists them.")
        elif self.screen is None:
            self.app.push_screen(FlowScreen(self.run))

    def close(self) -> None:
        """Close the flow and its screen; what it started is ended."""
        run, self.run = self.run, None
        screen = self.screen
        if screen:
            while self.app.screen_stack[-1] is not screen:
                self.app.pop_screen()
            self.app.pop_screen()
        if run and run.session:
            aside(self.app, run.close, "closing")
        gc.unfreeze()  # what a run set aside from the garbage search can go, too
        let_go()
        self.tell()
        self.app.read_runs()

    def changed(self, event: FlowRun.Changed) -> None:
        """Take in what happened, and show it where it can be seen."""
        if event.run is not self.run:
            return
        if event.event is not None:
            event.run.apply(event.event)
        if isinstance(event.event, api.Notice) and not event.event.step:
            self.app.say(event.event.text)
        screen = self.screen
        if screen:
            screen.post_message(FlowScreen.Renew(event.event))
        elif (
            isinstance(event.event, api.Question | api.ChildPrompt | api.NeedsTerminal | api.FlowFinished)
            and event.run.state
        ):
            self.app.say(f"{event.run.state.summary}. F6 goes to it.")
        if not isinstance(event.event, api.Output):
            self.tell()
        if isinstance(event.event, api.FlowFinished):
            self.app.look_again()
            self.app.read_runs()

    def tell(self) -> None:
        """Say in the tab row what the open flow does."""
        state = self.run.state if self.run else None
        waits = bool(state and not state.finished and (state.question or state.prompt or state.terminal))
        self.app.tabs.say_flow(f"{state.summary} (F6)" if state else "", waits=waits)

    def refresh_runs(self) -> None:
        """The Flows tab reads its runs again, where it is open."""
        pane = self.app.panes.get("flows")
        if isinstance(pane, FlowsPane):
            pane.action_refresh()

    def show_log(self, run_id: str) -> None:
        """What a run did, to read and to copy."""
        from assistant.tui.dialogs import TextScreen

        try:
            text = api.log(run_id)
        except GuideError as error:
            self.app.say(str(error), warn=True)
            return
        self.app.push_screen(TextScreen(f"Run {run_id}", text))


def open_shell(app: GuideApp, environment: Environment, machine: Machine) -> None:
    """Hand the terminal to a shell in an environment; when it ends the screen comes back."""
    from assistant.machine.subshell import subshell

    folder = ""
    try:
        shell = subshell(environment, machine)
        folder = shell.folder
        with app.suspend():
            subprocess.run(shell.argv, env=shell.env, cwd=machine.cwd or os.curdir, check=False)
    except GuideError as error:
        app.say(str(error), warn=True)
    except (SuspendNotSupported, OSError) as error:
        app.say(f"A shell cannot be opened from here: {error}", warn=True)
    finally:
        if folder:
            shutil.rmtree(folder, ignore_errors=True)
