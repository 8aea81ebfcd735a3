"""A few whole screens as text, at two sizes. After a wanted change run these tests with ENVGUIDE_UPDATE_SNAPSHOTS=1."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from assistant.dialogue.answer import (
    Answer,
    Block,
    Citation,
    CorrectionNote,
    FlowOffer,
    Link,
    ShownCommand,
    SourceNote,
    Table,
)
from assistant.runner.catalog import Catalog
from assistant.runner.events import FlowFinished, Question, Said, StepStarted, StepVerified
from assistant.tui.flow_run import FlowRun
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.flow_state import FlowState
from tests.tui.conftest import Open, screen_text, until
from tests.tui.flows import FLOWS
from tests.tui.test_flow_state import plan_of

FOLDER = Path(__file__).parent / "snapshots"
SIZES = [(80, 24), (140, 45)]

LEAD = "The sentence that answers, with `a command` in it, long enough to go over the end of a line at least once."
ROWS = (
    ("Comes with", "Miniconda, Miniforge or Anaconda", "Python itself"),
    ("Packages", "from channels", "from an index, by pip"),
)
COMMAND = ShownCommand(
    run="conda create --name demo python=3.13", note="asks before it downloads", to_replace=(("demo", "your name"),)
)
WHOLE = Answer(
    question="conda or venv for a small project",
    status="answered",
    kind="command",
    title="A title of the answer",
    blocks=(
        Block(kind="lead", text=LEAD),
        Block(kind="table", table=Table(heads=("", "conda", "venv"), rows=ROWS)),
        Block(kind="commands", text="With conda", commands=(COMMAND,)),
    ),
    citations=(
        Citation(section="s", heading="A Section of the Document", first=93, last=171, summary="What it says."),
    ),
    corrections=(
        CorrectionNote(
            said="something old",
            now="something new",
            as_of="2026-11",
            sources=(SourceNote(id="x", as_of="2026-11", title="a source"),),
        ),
    ),
    flows=(FlowOffer(id="greet", title="Greet somebody"),),
    related=(Link(id="a", title="One related thing"), Link(id="b", title="Another related thing")),
    more="More of it.",
)


def check(name: str, size: tuple[int, int], text: str) -> None:
    """The screen is as it was kept."""
    file = FOLDER / f"{name}-{size[0]}x{size[1]}.txt"
    if os.environ.get("ENVGUIDE_UPDATE_SNAPSHOTS"):
        FOLDER.mkdir(exist_ok=True)
        file.write_text(text.rstrip("\n") + "\n", encoding="utf-8")
    assert text.rstrip("\n") == file.read_text(encoding="utf-8").rstrip("\n")


@pytest.mark.parametrize("size", SIZES)
async def test_the_empty_conversation(guide: Open, size: tuple[int, int]) -> None:
    async with guide(size=size) as (app, _):
        check("empty", size, screen_text(app))


@pytest.mark.parametrize("size", SIZES)
async def test_an_answer(guide: Open, size: tuple[int, int]) -> None:
    async with guide(size=size) as (app, pilot):
        app.ask_pane.show_answer(WHOLE, WHOLE.question)
        await pilot.pause()
        await until(pilot, lambda: WHOLE.title in screen_text(app))
        check("answer", size, screen_text(app))


@pytest.mark.parametrize("size", SIZES)
async def test_a_plan_at_its_gate(guide: Open, size: tuple[int, int]) -> None:
    async with guide(size=size, flows=FLOWS) as (app, pilot):
        run = FlowRun(app, "run", "greet", {})
        run.flows = Catalog([], lambda name: (_ for _ in ()).throw(KeyError(name)))
        run.state = FlowState(plan_of("first", "second"))
        run.begin = lambda: None  # type: ignore[method-assign]
        app.desk.run = run
        app.push_screen(FlowScreen(run))
        run.state.apply(Question(number=1, kind="plan", text="Run these 2 steps?", answers=("yes", "step", "no")), 0.0)
        await until(pilot, lambda: "Run these 2 steps?" in screen_text(app))
        check("plan", size, screen_text(app))


@pytest.mark.parametrize("size", SIZES)
async def test_the_report_at_the_end(guide: Open, size: tuple[int, int]) -> None:
    async with guide(size=size, flows=FLOWS) as (app, pilot):
        run = FlowRun(app, "run", "greet", {})
        run.state = FlowState(plan_of("first", "second"))
        run.begin = lambda: None  # type: ignore[method-assign]
        app.desk.run = run
        for number, name in enumerate(("first", "second"), 1):
            run.state.apply(
                StepStarted(
                    step=name,
                    number=number,
                    of=2,
                    title=f"Step {name}",
                    why="",
                    kind="run",
                    command="run it",
                    risk="reads",
                ),
                0.0,
            )
            run.state.apply(StepVerified(step=name, evidence=("it is there",), seconds=61.0 * number), 0.0)
        run.state.apply(
            FlowFinished(
                state="done",
                message="2 steps done",
                exit=0,
                run="r1",
                undo=True,
                after=(Said(text="Use it:", commands=("conda activate demo",)),),
            ),
            0.0,
        )
        app.push_screen(FlowScreen(run))
        await until(pilot, lambda: "2 steps done" in screen_text(app) and "conda activate demo" in screen_text(app))
        check("report", size, screen_text(app))
        run.session = None
