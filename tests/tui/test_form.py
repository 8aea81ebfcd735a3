"""The form of a flow's values: it opens when something is missing, once, and never over a plan that is whole."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest

from assistant.runner.preview import PackageChange, Preview
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.form import Form
from tests.tui.conftest import Open, screen_text, settled, until
from tests.tui.driving import begin, flow_screen, open_run
from tests.tui.flows import FLOWS, flow, step

HELD: dict[str, Any] = {
    "held": flow(
        "held",
        step("needs", "print(1)", needs=[{"probe": "path-exists", "path": "{cwd}/not-there", "otherwise": "make it"}]),
        params=FLOWS["greet"]["params"],
    )
}


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def test_a_flow_with_all_its_values_shows_no_form_while_it_is_planned(
    guide: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.runner import api

    gate, real = threading.Event(), api.make_plan

    def slow(*given: Any, **more: Any) -> Any:
        gate.wait(60)
        return real(*given, **more)

    monkeypatch.setattr(api, "make_plan", slow)
    async with guide(flows=FLOWS) as (app, pilot):
        app.open_flow("greet", {"name": "Ada"})
        await until(pilot, lambda: isinstance(app.screen, FlowScreen) and "Looking at this machine" in screen_text(app))
        app.screen.post_message(FlowScreen.Renew(None))
        await settled(pilot)
        assert isinstance(app.screen, FlowScreen)
        gate.set()
        await until(pilot, lambda: "Run these 2 steps?" in screen_text(app))
        assert not isinstance(app.screen, Form)


async def test_the_form_opens_once_however_often_the_screen_is_drawn(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        app.open_flow("greet", {})
        await until(pilot, lambda: isinstance(app.screen, Form))
        for _ in range(3):
            flow_screen(app).post_message(FlowScreen.Renew(None))
        await settled(pilot)
        assert sum(isinstance(screen, Form) for screen in app.screen_stack) == 1


async def test_looking_again_at_a_blocked_plan_asks_for_nothing(guide: Open, work: Path) -> None:
    async with guide(size=(100, 30), flows=HELD) as (app, pilot):
        app.open_flow("held", {"name": "Ada"})
        await until(pilot, lambda: "Blocked" in screen_text(app))
        await pilot.press("l")
        await until(pilot, lambda: open_run(app).state and "Blocked" in screen_text(app))
        await settled(pilot)
        assert isinstance(app.screen, FlowScreen)
        (work / "not-there").mkdir()
        await pilot.press("l")
        await until(pilot, lambda: "Run this step?" in screen_text(app))
        assert isinstance(app.screen, FlowScreen)


async def test_what_a_step_would_install_is_shown_beside_it(guide: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def preview(self: FlowRun, step_id: str) -> None:
        self.previews[step_id] = Preview(step=step_id, packages=(PackageChange(name="numpy", version="2.3.1"),))
        self.app.post_message(self.Changed(self, None))

    monkeypatch.setattr(FlowRun, "preview", preview)
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        state = open_run(app).state
        assert state
        for one in state.steps:
            one.planned = one.planned.replace(can_preview=True)
        await pilot.press("down", "p")
        await until(pilot, lambda: "numpy" in screen_text(app) and "2.3.1" in screen_text(app))
