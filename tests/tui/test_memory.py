"""What is closed is let go: no screen, no key of the footer and no card outlives its use."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from textual._styles_cache import StylesCache
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets._footer import FooterKey

from assistant.tui.app import GuideApp
from assistant.tui.ask import MOUNTED
from assistant.tui.cards import AnswerCard
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_screen import FlowScreen
from tests.tui.conftest import Open, until
from tests.tui.driving import begin
from tests.tui.flows import FLOWS
from tests.tui.test_ask import answer_of, cards


def alive(kind: type) -> int:
    """How many objects of a class there are."""
    gc.collect()
    return sum(isinstance(one, kind) for one in gc.get_objects())


async def flows_opened_and_closed(app: GuideApp, pilot: Pilot[int], times: int) -> None:
    for _ in range(times):
        await begin(app, pilot, "greet", name="Ada")
        app.close_flow()
        await until(pilot, lambda: len(app.screen_stack) == 1)


async def test_flows_that_were_closed_leave_nothing(
    guide: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    async with guide(flows=FLOWS) as (app, pilot):
        await flows_opened_and_closed(app, pilot, 2)
        await until(pilot, lambda: alive(FlowScreen) == 0)
        keys = alive(FooterKey)
        await flows_opened_and_closed(app, pilot, 4)
        await until(pilot, lambda: alive(FlowScreen) == 0 and alive(FlowRun) <= 1)
        await until(pilot, lambda: alive(FooterKey) <= keys + 8)  # keys of one footer at most; four flows made forty


async def test_old_cards_are_let_go(guide: Open) -> None:
    async with guide() as (app, pilot):
        for number in range(MOUNTED + 15):
            app.ask_pane.show_answer(answer_of(number), f"question {number}")
            await pilot.pause()
        await until(pilot, lambda: len(cards(app)) == MOUNTED)
        await until(pilot, lambda: alive(AnswerCard) <= MOUNTED + 2)
        app.action_tab("ask")
        await until(pilot, lambda: alive(StylesCache) <= 2 * alive(Widget))
