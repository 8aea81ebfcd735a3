"""A flow on the screen: its steps on the left, what a step does and the live output on the right, the question below."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from textual import events, on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widget import Widget
from textual.widgets import Input, Static

from assistant.runner import api
from assistant.tui.actions import bindings
from assistant.tui.bars import KeyBar
from assistant.tui.find import FindBar
from assistant.tui.flow_asking import FIX, Ask, Bar, TypeLine, ValueLine, question_details, what_to_ask
from assistant.tui.flow_explain import explanation, head, problem
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_state import amount
from assistant.tui.form import Form
from assistant.tui.live import LogView
from assistant.tui.pieces import Chosen
from assistant.tui.safe import safe_line
from assistant.tui.steps import StepList

if TYPE_CHECKING:
    from assistant.tui.app import GuideApp


class LiveHead(Static):
    """The line above the output. A click follows the output, or holds it."""

    async def on_click(self) -> None:
        """The same as the key."""
        await self.run_action("screen.follow")


class FlowScreen(Screen[None]):
    """Draws a `FlowRun`. Leaving it leaves the run as it is."""

    CSS_PATH = "flow.tcss"
    BINDINGS = bindings("flow")

    class Renew(Message):
        """The run has changed."""

        def __init__(self, event: api.Event | None) -> None:
            super().__init__()
            self.event = event

    def __init__(self, run: FlowRun) -> None:
        super().__init__()
        self.run = run
        self.chosen: int | None = None  # the step that is explained; None: the current one
        self.head = Static(Content(""), id="flow-head")
        self.step_list = StepList()
        self.explained = VerticalScroll(id="explain", can_focus=True)
        self.live_head = LiveHead(Content(""), id="live-head")
        self.live = LogView()
        self.finder = FindBar(self.live)
        self.bar = Bar()
        self._explained_as: object = None
        self._asked_as: object = None

    @property
    def guide(self) -> GuideApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    def compose(self) -> ComposeResult:
        """Head, the two columns, search line, question, footer."""
        yield self.head
        with Horizontal(id="flow-body"):
            yield self.step_list
            with Vertical(id="flow-right"):
                yield self.explained
                yield self.live_head
                yield self.live
        yield self.finder
        yield self.bar
        yield KeyBar()

    async def on_mount(self) -> None:
        """Show what there is; the clock of the running step ticks once a second."""
        self.set_interval(1, self._tick)
        if self.run.state:
            self.live.show_model(self.run.state.lines)
        await self._renew(None)
        self.step_list.focus()

    def _tick(self) -> None:
        if self.run.running and self.is_current:
            self.step_list.refresh()

    def on_resize(self) -> None:
        """The program is told the pane's size."""
        self.run.resize(max(5, self.live.size.height), max(20, self.live.size.width))

    # Drawing.

    @on(Renew)
    async def _on_renew(self, message: Renew) -> None:
        await self._renew(message.event)

    async def _renew(self, event: api.Event | None) -> None:
        run, state = self.run, self.run.state
        if run.error:
            await self._show_error()
            return
        if state is None:
            await self.bar.put(Ask(text="Looking at this machine ..."))
            if run.asked and not any(isinstance(screen, Form) for screen in self.app.screen_stack):
                self._ask_values()
            return
        if self.live.model is not state.lines:
            self.live.show_model(state.lines)
            self._forget()
        if isinstance(event, api.Output):
            self.live.renew()
            self._say_live()
            return
        if run.session is None and not self._stuck:
            run.begin()
        self.head.update(head(state.plan))
        self.set_class(bool(state.finished or state.failure), "-report")
        self.set_class(not state.current, "-plan")
        place = self.chosen if self.chosen is not None else max(0, state.position)
        self.step_list.show(state.steps, place)
        await self._explain(place)
        self.live.renew()
        self._say_live()
        await self._ask()

    @property
    def _stuck(self) -> bool:
        """Whether a step that is needed is blocked, so that running makes no sense."""
        state = self.run.state
        return bool(state and not self.run.running and any(not step.optional for step in state.plan.blocked))

    async def _show_error(self) -> None:
        await self._put_explained(problem(str(self.run.error)))
        await self.bar.put(Ask(answers=("edit", "close") if self.run.asked else ("close",)))

    async def _explain(self, place: int) -> None:
        state = self.run.state
        if state is None or not state.steps:
            return
        step = state.steps[place]
        report = self.chosen is None and bool(state.finished or state.failure)
        preview = self.run.previews.get(step.planned.id)
        shown = (
            place,
            step.state,
            step.reason,
            step.planned,
            preview,
            report,
            state.finished,
            state.failure,
            state.changes,
        )
        if shown != self._explained_as:
            self._explained_as = shown
            guide = self.guide
            await self._put_explained(
                explanation(state, place, report=report, preview=preview, library=guide.library, asked=guide.asked)
            )

    async def _put_explained(self, widgets: list[Widget]) -> None:
        await self.explained.remove_children()
        await self.explained.mount_all(widgets)
        self.explained.scroll_home(animate=False)

    def _say_live(self) -> None:
        state = self.run.state
        if state is None:
            return
        gone = self.live.model.total - len(self.live.model)
        words = "Output, following" if self.live.follow else "Output, held: End or f follows again"
        if gone > 0:
            words += f" · {gone:,} lines above are in the log only"
        if state.progress:
            words += f" · {amount(state.progress)}"
        # It is one line whatever it says; a layout of the screen with each piece of output would slow the keys down.
        self.live_head.update(Content(safe_line(words)), layout=False)

    @on(LogView.Followed)
    def _followed(self) -> None:
        self._say_live()

    # Asking.

    async def _ask(self) -> None:
        state = self.run.state
        if state is None:
            return
        now = (state.question, state.prompt, state.terminal, state.finished, self._stuck, state.run, state.current)
        if now == self._asked_as:
            return
        self._asked_as = now
        if state.finished and state.finished.state in ("declined", "stopped") and not state.finished.run:
            self.guide.say("Not confirmed; nothing was changed.")
            self.guide.close_flow()
            return
        ask = what_to_ask(state, stuck=self._stuck, can_edit=bool(self.run.asked))
        more: tuple[Widget, ...] = ()
        if ask.kind == "prompt":
            more = (TypeLine(state.prompt),)
        elif ask.kind == "value" and state.question:
            more = (ValueLine(state.question),)
        elif state.question and not state.finished:
            more = question_details(state.question)
        await self.bar.put(ask, more)
        lines = self.bar.query(Input)
        if lines:
            lines.first().focus()
        elif isinstance(self.focused, Input | None) or not self.focused.is_attached:
            self.step_list.focus()

    def _ask_values(self) -> None:
        state = self.run.state
        given = (
            {
                name: value if isinstance(value, str) else " ".join(value)
                for name, value in state.plan.params.items()
                if value
            }
            if state
            else {}
        )
        title = state.plan.flow.title if state else self.guide.flows.get(self.run.name).title
        self.app.push_screen(
            Form(title, self.run.asked, {**self.run.given, **given}, self.run.check), self._values_given
        )

    def _values_given(self, values: dict[str, str] | None) -> None:
        run, state = self.run, self.run.state
        if values is None:
            if state is None:
                self.guide.close_flow()
            return
        if run.session and state and state.question:
            run.reply("edit", values=values)
        else:
            run.given, run.state = values, None
            run.prepare()
            self._forget()

    def _forget(self) -> None:
        self._explained_as = self._asked_as = self.chosen = None

    # Answers.

    @on(Chosen)
    def _link(self, event: Chosen) -> None:
        if event.kind == "answer":
            event.stop()
            self.take(event.value)
        elif event.kind == "value":
            event.stop()
            self.run.reply("value", value=event.value)
        elif event.kind == "preview":
            event.stop()
            self.action_preview()
        elif event.kind == "flow" and f"{FIX}{event.value}" in self.bar.offered:
            event.stop()  # the diagnosis names the flow that this step can be mended with
            self.take(f"{FIX}{event.value}")

    @on(Input.Submitted, "#value-line")
    def _value(self, event: Input.Submitted) -> None:
        event.stop()
        self.run.reply("value", value=event.value)

    @on(TypeLine.Typed)
    def _typed(self, event: TypeLine.Typed) -> None:
        self.run.send(event.text.encode() + b"\n")
        self.step_list.focus()

    @on(StepList.Chosen)
    async def _step_chosen(self, event: StepList.Chosen) -> None:
        state = self.run.state
        if state:
            self.chosen = None if event.place == state.position and not state.finished else event.place
            await self._renew(None)

    def on_key(self, event: events.Key) -> None:
        """A letter takes the answer that it stands for, where nobody is typing a text."""
        answer = self.bar.by_key(event.key) if not isinstance(self.focused, Input) else ""
        if answer:
            event.stop()
            self.take(answer)
        elif event.key == "ctrl+d" and isinstance(self.focused, TypeLine):
            event.stop()
            self.run.send(b"\x04")

    def take(self, answer: str) -> None:
        """Do what an answer says."""
        run, state = self.run, self.run.state
        finished = state.finished if state else None
        if answer == "close":
            self.guide.close_flow()
        elif answer == "look":
            run.state = None
            self._forget()
            run.prepare()
        elif answer == "edit":
            self._ask_values()
        elif answer == "ask":
            self.action_ask()
        elif finished and answer in ("undo", "resume"):
            self.guide.open_run(answer, finished.run)
        elif finished and answer == "log":
            self.guide.show_log(finished.run)
        elif state and state.terminal:
            self._give_terminal(answer)
        elif answer.startswith(FIX):
            run.reply("fix", value=answer.removeprefix(FIX))
        else:
            run.reply(answer)
        self.post_message(self.Renew(None))

    def _give_terminal(self, answer: str) -> None:
        """Hand the terminal to a program that takes all of it, and say how it ended."""
        from textual.app import SuspendNotSupported

        wanted = self.run.state.terminal if self.run.state else None
        if wanted is None or answer != "yes":
            self.run.reply("skip", code=1)
            return
        try:
            with self.app.suspend():
                code = subprocess.run(
                    wanted.argv, cwd=wanted.cwd or None, env={**os.environ, **wanted.env}, check=False
                ).returncode
        except (SuspendNotSupported, OSError) as error:
            self.guide.say(f"The terminal cannot be handed over: {error}", warn=True)
            code = 1
        self.run.reply("yes", code=code)

    # Actions.

    def action_find(self) -> None:
        """Search in the output."""
        self.finder.toggle()

    def action_follow(self) -> None:
        """Follow the output, or hold it."""
        self.live.set_follow(not self.live.follow)

    async def action_type(self) -> None:
        """Type a line to the running program."""
        state = self.run.state
        if state and self.run.running and state.run and not state.question and not self.bar.query(TypeLine):
            line = TypeLine(None)
            await self.bar.put(Ask(text="To the program:", kind="prompt"), (line,))
            line.focus()

    def action_preview(self) -> None:
        """Ask the tool what this step would install."""
        state = self.run.state
        if state and state.steps:
            step = state.steps[self.step_list.at].planned
            if step.can_preview:
                self.guide.say("Asking the tool; this can take a minute.")
                self.run.preview(step.id)

    def action_ask(self) -> None:
        """To the conversation; the flow stays as it is, F6 comes back."""
        self.guide.action_tab("ask")

    def action_leave(self) -> None:
        """Close what is open here; else leave the screen, and a flow that has ended with it."""
        if self.finder.display:
            self.finder.toggle()
        elif isinstance(self.focused, TypeLine):
            self.step_list.focus()
        elif self.run.running:
            self.action_ask()
        else:
            self.guide.close_flow()

    def interrupt(self) -> None:
        """Ctrl+C: stop what runs, harder each time; at the end close the screen."""
        if self.run.running:
            self.run.interrupt()
            self.guide.say("Stopping. Ctrl+C again ends it harder.")
        else:
            self.guide.close_flow()
