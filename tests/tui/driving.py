"""What the tests of a flow's screen do again and again: open a flow, wait for its question, wait for its end."""

from __future__ import annotations

from textual.pilot import Pilot

from assistant.runner import api
from assistant.tui.app import GuideApp
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_screen import FlowScreen
from tests.tui.conftest import screen_text, until


def open_run(app: GuideApp) -> FlowRun:
    assert app.desk.run
    return app.desk.run


def flow_screen(app: GuideApp) -> FlowScreen:
    assert app.desk.screen
    return app.desk.screen


async def asked(app: GuideApp, pilot: Pilot[int], kind: str) -> api.Question:
    """Wait for a question of that kind, and for its words on the screen."""
    await until(pilot, lambda: (state := open_run(app).state) and state.question and state.question.kind == kind)
    question = open_run(app).state.question  # type: ignore[union-attr]
    assert question
    await until(pilot, lambda: flow_screen(app).bar.kind == kind and question.text.split()[0] in screen_text(app))
    return question


async def ended(app: GuideApp, pilot: Pilot[int]) -> api.FlowFinished:
    """Wait for the end, and for what is offered then."""
    await until(pilot, lambda: open_run(app).state and open_run(app).state.finished)  # type: ignore[union-attr]
    await until(pilot, lambda: "close" in flow_screen(app).bar.offered)
    finished = open_run(app).state.finished  # type: ignore[union-attr]
    assert finished
    return finished


async def begin(app: GuideApp, pilot: Pilot[int], flow_id: str, **given: str) -> None:
    """Open a flow up to its gate."""
    app.open_flow(flow_id, given)
    await asked(app, pilot, "plan")
