"""A step that fails on the screen, with real processes: its cause, a flow that mends it, once more, stop, resume."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.pilot import Pilot

from assistant.runner import api
from assistant.tui.app import GuideApp
from assistant.tui.cards import AnswerCard
from assistant.tui.flow_asking import AnswerChip
from assistant.tui.pieces import Link as LinkWidget
from tests.tui.conftest import Open, screen_text, until
from tests.tui.driving import asked, begin, ended, flow_screen, open_run
from tests.tui.flows import FLOWS, flow, step


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the person is in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


async def test_a_failure_is_diagnosed_and_can_be_tried_again(guide: Open) -> None:
    async with guide(size=(110, 40), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "broken")
        await pilot.press("y")
        await asked(app, pilot, "failed")
        await until(pilot, lambda: flow_screen(app).explained.query(AnswerCard))
        card = flow_screen(app).explained.query(AnswerCard).first()
        assert card.answer.kind == "problem"
        assert open_run(app).state.step("fails").state in ("failed", "waiting")  # type: ignore[union-attr]
        await pilot.press("r")
        await until(pilot, lambda: open_run(app).state.lines.text().count("ModuleNotFoundError") >= 2)  # type: ignore[union-attr]
        await asked(app, pilot, "failed")
        await pilot.press("x")
        finished = await ended(app, pilot)
        assert finished.state == "failed"
        assert {"resume", "log", "ask", "close"} <= set(flow_screen(app).bar.offered)
        assert open_run(app).state.step("never").state == "will-run"  # type: ignore[union-attr]


async def test_ctrl_c_stops_and_the_run_can_go_on(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("ctrl+c")
        finished = await ended(app, pilot)
        assert finished.state == "stopped" and finished.run
        await pilot.press("r")
        await until(pilot, lambda: open_run(app).kind == "resume")
        await asked(app, pilot, "plan")
        await pilot.press("n")
        await until(pilot, lambda: app.desk.run is None)


# A flow that mends it. The terms of conda are what the knowledge names flows for; ours stand in for them.

TERMS = (
    "import os,sys; print('CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.');"
    "sys.exit(0 if os.path.exists('mended') else 1)"
)
MENDING = {
    one["id"]: one
    for one in (
        flow("terms", step("fails", TERMS), step("after", "print('went on')")),
        flow(
            "switch-to-conda-forge",
            step(
                "mend", "open('mended', 'w').close(); print('mending')", risk="user-files", makes="{cwd}/mended",
                undo={"remove": "{cwd}/mended"},
            ),
        ),
        flow("accept-terms", step("mend", "import time; print('begun', flush=True); time.sleep(120)")),
    )
}  # fmt: skip


async def failing(app: GuideApp, pilot: Pilot[int]) -> api.Question:
    """Run the flow up to the question what to do about its failed step."""
    await begin(app, pilot, "terms")
    await pilot.press("y")
    return await asked(app, pilot, "failed")


async def test_a_fix_is_chosen_confirmed_and_the_step_goes_on(guide: Open, work: Path) -> None:
    async with guide(size=(110, 40), flows=MENDING) as (app, pilot):
        question = await failing(app, pilot)
        assert [one.value for one in question.choices][:2] == ["accept-terms", "switch-to-conda-forge"]
        labels = [chip.text for chip in flow_screen(app).bar.query(AnswerChip)]
        assert [label[:5] for label in labels[:2]] == ["Fix: ", "Fix: "] and labels[1].endswith(" 2")
        assert "Try again r" in labels and "Stop here x" in labels
        await pilot.press("2")
        await until(pilot, lambda: open_run(app).state.outer)  # type: ignore[union-attr]
        await asked(app, pilot, "plan")
        await until(
            pilot, lambda: "Flow switch-to-conda-forge" in screen_text(app) and "Run this step?" in screen_text(app)
        )
        assert not (work / "mended").exists() and not app.desk.run.waiting  # type: ignore[union-attr]
        await pilot.press("y")
        finished = await ended(app, pilot)
        assert finished.state == "done" and (work / "mended").exists()
        state = open_run(app).state
        assert state and state.outer is None and state.plan.flow.id == "terms"
        assert "mended by switch-to-conda-forge" in state.lines.text() and "went on" in state.lines.text()
        assert "mending" not in state.lines.text()  # that stands in the log of its own run
    assert [run.state for run in api.list_runs()] == ["done", "done"]


async def test_the_diagnosis_leads_to_the_fix_too(guide: Open, work: Path) -> None:
    async with guide(size=(110, 50), flows=MENDING) as (app, pilot):
        await failing(app, pilot)
        await until(pilot, lambda: flow_screen(app).explained.query(AnswerCard))
        links = flow_screen(app).explained.query(LinkWidget)
        next(link for link in links if link.kind == "flow" and link.value == "switch-to-conda-forge").action_take()
        await until(pilot, lambda: open_run(app).state.outer)  # type: ignore[union-attr]
        await asked(app, pilot, "plan")
        await pilot.press("n")
        await until(pilot, lambda: open_run(app).state.outer is None)  # type: ignore[union-attr]
        await asked(app, pilot, "failed")
        assert "not mended by switch-to-conda-forge" in open_run(app).state.lines.text()  # type: ignore[union-attr]
        await pilot.press("x")
        assert (await ended(app, pilot)).state == "failed" and not (work / "mended").exists()


async def test_ctrl_c_in_the_fix_leads_back_to_the_question(guide: Open) -> None:
    async with guide(size=(110, 40), flows=MENDING) as (app, pilot):
        await failing(app, pilot)
        await pilot.press("1")
        await until(pilot, lambda: open_run(app).state.outer)  # type: ignore[union-attr]
        await asked(app, pilot, "plan")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: open_run(app).state.outer is None)  # type: ignore[union-attr]
        await asked(app, pilot, "failed")
        await pilot.press("x")
        assert (await ended(app, pilot)).state == "failed"


async def test_a_step_whose_output_shows_nothing_known_names_its_usual_causes(guide: Open) -> None:
    strange = flow("strange", step("fails", "raise SystemExit('qwertz')", on_error=["pip.no-such-package"]))
    async with guide(size=(110, 40), flows={"strange": strange}) as (app, pilot):
        await begin(app, pilot, "strange")
        await pilot.press("y")
        await asked(app, pilot, "failed")
        await until(pilot, lambda: "shows nothing that I know" in screen_text(app))
        await until(pilot, lambda: app.library.title("pip.no-such-package")[:30] in screen_text(app))  # type: ignore[union-attr]
        assert not any("Fix" in chip.text for chip in flow_screen(app).bar.query(AnswerChip))
        await pilot.press("x")
        await ended(app, pilot)
