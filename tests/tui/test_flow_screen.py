"""A flow on the screen, with real processes: plan, confirm, watch, answer, leave and come back, undo."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.widgets import Input

from assistant.runner import api
from assistant.tui.flow_asking import AnswerChip, TypeLine
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.form import Form
from assistant.tui.pieces import CommandLine
from assistant.tui.pieces import Link as LinkWidget
from assistant.tui.welcome import Welcome
from tests.tui.conftest import Open, screen_text, until
from tests.tui.driving import asked, begin, ended, flow_screen, open_run
from tests.tui.flows import FLOWS


@pytest.fixture(autouse=True)
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the person is in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


# The plan.


async def test_the_plan_is_shown_first_and_changes_nothing(guide: Open, work: Path) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        text = screen_text(app)
        assert "Flow greet" in text and "name = Ada" in text
        assert "Step write" in text and "Step count" in text
        assert "The reason for write." in text and "Changes" in text and "Undo" in text
        assert "Run these 2 steps?" in text
        assert not list(work.iterdir()) and not api.list_runs()
        await pilot.press("down")
        await until(pilot, lambda: "The reason for count." in screen_text(app))
        await pilot.press("up")
        await until(pilot, lambda: "The reason for write." in screen_text(app))
        await pilot.press("n")
        await until(pilot, lambda: app.desk.run is None and not isinstance(app.screen, FlowScreen))
        assert not list(work.iterdir()) and not api.list_runs()


async def test_enter_alone_does_not_confirm(guide: Open, work: Path) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        await pilot.press("enter", "enter", "space")
        await until(pilot, lambda: open_run(app).state.run == "")  # type: ignore[union-attr]
        await until(pilot, lambda: not list(work.iterdir()))


async def test_values_are_asked_for_and_a_wrong_one_is_told(guide: Open) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        app.open_flow("greet", {})
        await until(pilot, lambda: isinstance(app.screen, Form))
        await until(pilot, lambda: "Whom to greet" in screen_text(app) and "one word" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: "Still needed: Whom to greet" in screen_text(app))
        await pilot.press(*"-x", "enter")
        await until(pilot, lambda: isinstance(app.screen, Form) and "option" in screen_text(app))
        await pilot.press("backspace", "backspace", *"Ada", "ctrl+s")
        await asked(app, pilot, "plan")
        await until(pilot, lambda: "name = Ada" in screen_text(app))


async def test_values_can_be_changed_at_the_gate(guide: Open) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        await pilot.press("e")
        await until(pilot, lambda: isinstance(app.screen, Form))
        app.screen.query_one(Input).value = "Grace"
        chip = next(link for link in app.screen.query(LinkWidget) if link.kind == "done")
        await pilot.click(chip)
        await until(pilot, lambda: "name = Grace" in screen_text(app))
        await asked(app, pilot, "plan")


async def test_leaving_the_form_opens_nothing(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        app.open_flow("greet", {})
        await until(pilot, lambda: isinstance(app.screen, Form))
        await pilot.press("escape")
        await until(pilot, lambda: app.desk.run is None and len(app.screen_stack) == 1)


async def test_a_blocked_plan_says_why_and_can_be_looked_at_again(guide: Open, work: Path) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        app.open_flow("stuck", {})
        await until(pilot, lambda: "Blocked" in screen_text(app))
        await until(pilot, lambda: "make it" in screen_text(app))
        (work / "not-there").mkdir()
        await pilot.press("l")
        await asked(app, pilot, "plan")
        await until(pilot, lambda: "Blocked" not in screen_text(app))


async def test_a_flow_that_does_not_exist_is_told(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        app.open_flow("no-such", {})
        await until(pilot, lambda: "This cannot be planned" in screen_text(app))
        await pilot.press("q")
        await until(pilot, lambda: app.desk.run is None)


# Running.


async def test_a_run_from_yes_to_the_report_and_its_undo(guide: Open, work: Path) -> None:
    async with guide(size=(100, 36), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        await pilot.press("y")
        finished = await ended(app, pilot)
        assert finished.state == "done" and (work / "greeting.txt").read_text() == "Ada"
        state = open_run(app).state
        assert state and [step.state for step in state.steps] == ["verified", "verified"]
        text = screen_text(app)
        assert "2 steps done" in text and "Read it:" in text and "cat greeting.txt" in text
        assert "wrote Ada" in state.lines.text() and "line 39" in text
        screen = flow_screen(app)
        await pilot.click(screen.explained.query(CommandLine).first())
        await until(pilot, lambda: app.clipboard == "cat greeting.txt")
        screen.step_list.focus()
        await pilot.press("up")
        await until(pilot, lambda: "Proved" in screen_text(app))
        await pilot.press("l")
        await until(pilot, lambda: "Flow greet" in screen_text(app) and app.screen is not screen)
        await pilot.press("c")
        await until(pilot, lambda: "Flow greet" in app.clipboard)
        await pilot.press("escape")
        await pilot.press("u")
        await until(pilot, lambda: open_run(app).kind == "undo")
        await asked(app, pilot, "plan")
        await pilot.press("y")
        await asked(app, pilot, "delete")
        await until(pilot, lambda: "greeting.txt" in screen_text(app))
        await pilot.press("y")
        assert (await ended(app, pilot)).state == "done"
        assert not (work / "greeting.txt").exists()
        await pilot.press("q")
        await until(pilot, lambda: app.desk.run is None)


async def test_step_by_step_asks_before_each(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        await pilot.press("s")
        question = await asked(app, pilot, "step")
        assert question.step == "write"
        await pilot.press("y")
        await until(pilot, lambda: (q := open_run(app).state.question) and q.step == "count")  # type: ignore[union-attr]
        await asked(app, pilot, "step")
        await pilot.press("k")
        finished = await ended(app, pilot)
        assert finished.done == 1
        assert open_run(app).state.step("count").state == "skipped"  # type: ignore[union-attr]


async def test_answers_by_mouse(guide: Open, work: Path) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "greet", name="Ada")
        chips = {chip.value: chip for chip in flow_screen(app).bar.query(AnswerChip)}
        assert set(chips) == {"yes", "step", "edit", "no"}
        await pilot.click(chips["yes"])
        await ended(app, pilot)
        chips = {chip.value: chip for chip in flow_screen(app).bar.query(AnswerChip)}
        await pilot.click("#steps", offset=(3, 0))
        await until(pilot, lambda: "The reason for write." in screen_text(app))
        await pilot.click(chips["close"])
        await until(pilot, lambda: app.desk.run is None)
        assert (work / "greeting.txt").exists()


async def test_a_delete_is_named_and_asked_on_its_own(guide: Open, work: Path) -> None:
    (work / "old").write_text("x", encoding="utf-8")
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "deletes")
        await pilot.press("y")
        question = await asked(app, pilot, "delete")
        await until(pilot, lambda: question.names and "old" in screen_text(app))
        assert any("Delete" in chip.text for chip in flow_screen(app).bar.query(AnswerChip))
        await pilot.press("n")
        await ended(app, pilot)
        assert (work / "old").exists()


async def test_a_value_is_asked_in_the_middle(guide: Open) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "value")
        await pilot.press("y")
        await asked(app, pilot, "value")
        chip = next(link for link in flow_screen(app).bar.query(LinkWidget) if link.value == "blue")
        await pilot.click(chip)
        await until(pilot, lambda: not open_run(app).state.question or open_run(app).state.question.kind != "value")  # type: ignore[union-attr]
        if open_run(app).state.question:  # type: ignore[union-attr]
            await pilot.press("y")
        await ended(app, pilot)
        assert "chose blue" in open_run(app).state.lines.text()  # type: ignore[union-attr]


async def test_the_program_is_answered(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "asks")
        await pilot.press("y")
        await until(pilot, lambda: flow_screen(app).bar.query(TypeLine))
        await until(pilot, lambda: "The program asks: Proceed ([y]/n)?" in screen_text(app))
        assert isinstance(app.focused, TypeLine)
        await pilot.press(*"n", "enter")
        await ended(app, pilot)
        assert "got 'n'" in open_run(app).state.lines.text()  # type: ignore[union-attr]


async def test_a_password_is_not_shown(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "secret")
        await pilot.press("y")
        await until(pilot, lambda: flow_screen(app).bar.query(TypeLine))
        assert flow_screen(app).bar.query_one(TypeLine).password
        await pilot.press(*"hush")
        await until(pilot, lambda: "hush" not in screen_text(app))
        await pilot.press("enter")
        await ended(app, pilot)
        text = open_run(app).state.lines.text()  # type: ignore[union-attr]
        assert "got 4" in text and "hush" not in text


async def test_a_line_can_be_typed_at_any_time(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("i")
        await until(pilot, lambda: isinstance(app.focused, TypeLine))
        await pilot.press(*"typed words", "enter")
        await until(pilot, lambda: "typed words" in open_run(app).state.lines.text())  # type: ignore[union-attr]
        await pilot.press("ctrl+c")
        assert (await ended(app, pilot)).state == "stopped"


# Leaving and coming back.


async def test_a_question_can_be_asked_while_the_flow_goes_on(guide: Open) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("a")
        await until(pilot, lambda: len(app.screen_stack) == 1 and app.focused is app.ask_pane.prompt)
        await until(pilot, lambda: "Flow waits: step 1 of 2 (F6)" in screen_text(app))
        await pilot.press(*"conda vs venv", "escape", "enter")
        await until(pilot, lambda: app.ask_pane.newest)
        assert open_run(app).running
        app.open_flow("greet", {"name": "Ada"})
        await pilot.pause()
        await until(pilot, lambda: open_run(app).name == "waits")  # one at a time
        await pilot.press("f6")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen))
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("escape")
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.click("#tabs", offset=(95, 0))
        await until(pilot, lambda: isinstance(app.screen, FlowScreen))
        await pilot.press("ctrl+c")
        await ended(app, pilot)


async def test_quitting_while_a_flow_goes_on_asks_and_ends_it(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "still going on" in screen_text(app))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen))
        assert app.is_running and open_run(app).running
        await pilot.press("ctrl+q")
        await until(pilot, lambda: "still going on" in screen_text(app))
        await pilot.press("y")
        await until(pilot, lambda: app.return_value == 0)
    assert [run.state for run in api.list_runs()] == ["stopped"]


async def test_closing_the_app_leaves_no_process(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
    assert [run.state for run in api.list_runs()] == ["stopped"]


async def test_an_unfinished_run_is_offered_at_the_start(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "waits")
        await pilot.press("y")
        await until(pilot, lambda: app.desk.busy and "begun" in screen_text(app))
        await pilot.press("ctrl+c")
        await ended(app, pilot)
    async with guide(flows=FLOWS) as (app, pilot):
        await until(pilot, lambda: "Not finished" in screen_text(app))
        link = next(
            link for link in app.ask_pane.cards.query(Welcome).first().query(LinkWidget) if link.kind == "resume"
        )
        link.focus()
        await pilot.press("enter")
        await until(pilot, lambda: app.desk.run is not None and app.desk.run.kind == "resume")
        await asked(app, pilot, "plan")


# The live pane.


async def test_much_output_stays_bounded_and_can_be_searched(guide: Open) -> None:
    async with guide(size=(100, 30), flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "many")
        await pilot.press("y")
        await ended(app, pilot)
        log = flow_screen(app).live
        await until(pilot, lambda: "line 29999" in log.model.text())
        assert len(log.model) <= 10_000
        await until(pilot, lambda: "lines above are in the log only" in screen_text(app))
        await pilot.press("ctrl+f")
        await pilot.press(*"line 25000")
        await until(pilot, lambda: "1 of 1" in screen_text(app) and not log.follow)
        await pilot.press("escape")
        await pilot.press("f")
        await until(pilot, lambda: log.follow)
        log.focus()
        await pilot.press("pageup")
        await until(pilot, lambda: not log.follow)
        await until(pilot, lambda: "held" in screen_text(app))
        await pilot.press("end")
        await until(pilot, lambda: log.follow)
        await pilot.click("#live-head")
        await until(pilot, lambda: not log.follow)


async def test_a_program_that_needs_the_terminal_is_skipped_where_it_cannot_have_it(guide: Open) -> None:
    async with guide(flows=FLOWS) as (app, pilot):
        await begin(app, pilot, "terminal")
        await pilot.press("y")
        await until(pilot, lambda: open_run(app).state.terminal)  # type: ignore[union-attr]
        await until(pilot, lambda: "takes the whole terminal" in screen_text(app))
        await pilot.press("y")  # a screen of memory cannot be handed over
        await asked(app, pilot, "failed")
        await pilot.press("x")
        await ended(app, pilot)
