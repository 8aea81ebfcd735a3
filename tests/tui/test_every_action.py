"""Every action of the one list, by each of its keys: the key reaches it where its scope says, and it does something.

The cases are made from the list itself, and the effects are held against it: a new action without an effect here fails.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widget import Widget

from assistant.tui.actions import ACTIONS, Action
from assistant.tui.app import GuideApp
from assistant.tui.cards import Note
from assistant.tui.dialogs import TextScreen
from assistant.tui.flow_asking import TypeLine
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.help import HelpScreen
from assistant.tui.pieces import Item
from assistant.tui.welcome import Welcome
from tests.tui.conftest import Open, screen_text, settled, until
from tests.tui.driving import begin
from tests.tui.flows import FLOWS
from tests.tui.test_ask import answer_of, cards
from tests.tui.test_tabs import choose, doctored, flows_pane, machine_pane, run_once, seen, work  # noqa: F401

CASES = [pytest.param(action, key, id=f"{action.id}-{key}") for action in ACTIONS for key in action.keys.split(",")]
Before = dict[str, Any]

# What holds after the action. `before` is what `state` saw: the app as it was.
EFFECTS: dict[str, Callable[[GuideApp, Before], object]] = {
    "help": lambda app, before: isinstance(app.screen, HelpScreen),
    "view.ask": lambda app, before: app.tab == "ask" and app.focused is app.ask_pane.prompt,
    "view.reference": lambda app, before: app.tab == "reference" and app.panes["reference"].display,
    "view.flows": lambda app, before: app.tab == "flows" and app.panes["flows"].display,
    "view.machine": lambda app, before: app.tab == "machine" and app.panes["machine"].display,
    "view.flow": lambda app, before: any("No flow is open" in note.message for note in app._notifications),
    "palette": lambda app, before: isinstance(app.screen, CommandPalette),
    "interrupt": lambda app, before: app.ask_pane.prompt.text == "" and app.is_running,
    "quit": lambda app, before: app.return_value == 0,
    "theme.next": lambda app, before: app.theme != before["theme"],
    "answer.copy": lambda app, before: app.clipboard == "conda create -n env3",
    "answer.flow": lambda app, before: app.desk.run and app.desk.run.name == "greet",
    "answer.translate": lambda app, before: app.ask_pane.prompt.text.startswith("/translate conda create"),
    "answer.more": lambda app, before: isinstance(cards(app)[-1], Note) and "The rest of it." in screen_text(app),
    "answer.source": lambda app, before: isinstance(cards(app)[-1], Note) and "comes from" in screen_text(app),
    "conversation.clear": lambda app, before: app.ask_pane.cards.query(Welcome) and not cards(app),
    "conversation.find": lambda app, before: app.ask_pane.finder and app.ask_pane.finder.display,
    "conversation.up": lambda app, before: app.ask_pane.cards.scroll_y < before["scroll"],
    "conversation.down": lambda app, before: app.ask_pane.cards.scroll_y == before["scroll"],
    "conversation.older": lambda app, before: app.focused in list(cards(app)[-1].walk_children()),
    "conversation.newer": lambda app, before: app.focused is app.ask_pane.prompt,
    "card.take": lambda app, before: app.clipboard == "conda create -n env3",
    "card.copy": lambda app, before: app.clipboard == "conda create -n env3",
    "card.down": lambda app, before: app.focused is not before["focused"] and isinstance(app.focused, Item),
    "card.up": lambda app, before: app.focused is not before["focused"],
    "flows.open": lambda app, before: isinstance(app.screen, TextScreen),
    "flows.undo": lambda app, before: app.desk.run and app.desk.run.kind == "undo",
    "flows.redo": lambda app, before: app.desk.run and app.desk.run.kind == "redo",
    "flows.log": lambda app, before: isinstance(app.screen, TextScreen),
    "flows.refresh": lambda app, before: app.panes["flows"].runs,  # type: ignore[attr-defined]
    "machine.refresh": lambda app, before: not app.panes["machine"].looking,  # type: ignore[attr-defined]
    "machine.shell": lambda app, before: before["shells"] == ["demo"],
    "machine.copy": lambda app, before: app.clipboard.endswith("/demo"),
    "machine.report": lambda app, before: "## Machine" in app.clipboard,
    "flow.follow": lambda app, before: app.desk.screen and not app.desk.screen.live.follow,
    "flow.find": lambda app, before: app.desk.screen and app.desk.screen.finder.display,
    "flow.type": lambda app, before: isinstance(app.focused, TypeLine),
    "flow.preview": lambda app, before: isinstance(app.screen, FlowScreen),
    "flow.ask": lambda app, before: len(app.screen_stack) == 1 and app.focused is app.ask_pane.prompt,
    "flow.leave": lambda app, before: len(app.screen_stack) == 1 and app.desk.run,
}


def test_no_action_is_left_out() -> None:
    assert set(EFFECTS) == {action.id for action in ACTIONS}


def spied(owner: Widget | GuideApp, action: Action) -> list[str]:
    """The calls of an action from now on."""
    name = "action_" + action.run.partition("(")[0].removeprefix("app.")
    real, calls = getattr(owner, name), []

    def spy(*given: object) -> object:
        calls.append(action.id)
        return real(*given)

    setattr(owner, name, spy)
    return calls


async def prepared(action: Action, app: GuideApp, pilot: Pilot[int]) -> Widget | GuideApp:
    """The app where the action's key works, and who carries it out."""
    pane = app.ask_pane
    if action.scope in ("app", "ask", "card"):
        for number in range(4):
            offer = answer_of(number).flows[0].replace(id="greet")
            pane.show_answer(answer_of(number, flows=(offer,)), f"question {number}")
        await settled(pilot)
    if action.scope == "card":
        cards(app)[-1].query(Item).first().focus()
        await settled(pilot)
        return app if action.run.startswith("app.") else app.focused or app
    if action.scope == "flows":
        flows = await flows_pane(app, pilot)
        await until(pilot, lambda: flows.runs)
        choose(flows, f"run:{next(iter(flows.runs))}")
        await settled(pilot)
        return flows
    if action.scope == "machine":
        machine = await machine_pane(app, pilot)
        choose(machine, f"env:{machine.seen.environments[0].path}")  # type: ignore[union-attr]
        await until(pilot, lambda: machine.environment)
        return machine
    if action.scope == "flow":
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        assert app.desk.screen
        return app.desk.screen
    if action.id == "interrupt":
        pane.prompt.fill("something")
    elif action.id == "view.ask":
        await pilot.press("f3")
        await until(pilot, lambda: app.tab == "reference")
    elif action.id == "conversation.down":
        bottom = pane.cards.scroll_y
        await pilot.press("pageup")
        await until(pilot, lambda: pane.cards.scroll_y < bottom)
    elif action.id == "conversation.newer":
        await pilot.press("alt+up")
        await until(pilot, lambda: app.focused is not pane.prompt)
    return pane if action.scope == "ask" else app


@pytest.mark.parametrize(("action", "key"), CASES)
async def test_a_key_does_what_the_list_says(
    guide: Open,
    doctored: list[int],  # noqa: F811
    work: Path,  # noqa: F811
    action: Action,
    key: str,
) -> None:
    if action.scope == "flows":
        run_once(work)
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        bottom = 0.0
        owner = await prepared(action, app, pilot)
        shells: list[str] = []
        app.open_shell = lambda environment, machine: shells.append(environment.name)  # type: ignore[method-assign]
        bottom = app.ask_pane.cards.max_scroll_y if action.id == "conversation.down" else app.ask_pane.cards.scroll_y
        before = {"theme": app.theme, "scroll": bottom, "focused": app.focused, "shells": shells}
        calls = spied(owner, action)
        await pilot.press(key)
        await until(pilot, lambda: calls)
        await until(pilot, lambda: EFFECTS[action.id](app, before))
        if action.scope == "flow":
            app.close_flow()
