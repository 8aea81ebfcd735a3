"""The tabs beside the conversation: the reference, flows and runs, the machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot
from textual.widgets import Input, OptionList, Select

from assistant.dialogue.reference import find_tasks
from assistant.machine import probe as probing
from assistant.machine.doctor import Results
from assistant.machine.doctor.finding import Finding
from assistant.machine.model import Cache, Disk, Driver, Environment, Failure, Gpu, Machine, Python, Torch
from assistant.runner import api
from assistant.search.library import Library
from assistant.tui.app import GuideApp
from assistant.tui.cards import AnswerCard
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.flows import FlowsPane
from assistant.tui.machine import MachinePane
from assistant.tui.pieces import CommandLine
from assistant.tui.pieces import Link as LinkWidget
from assistant.tui.reference import ReferencePane
from tests.tui.conftest import Open, screen_text, until
from tests.tui.flows import FLOWS

# The reference.


async def reference(app: GuideApp, pilot: Pilot[int]) -> ReferencePane:
    await pilot.press("f3")
    await until(pilot, lambda: "reference" in app.panes and app.panes["reference"].query(AnswerCard))
    pane = app.panes["reference"]
    assert isinstance(pane, ReferencePane)
    return pane


async def test_the_reference_lists_all_and_narrows_as_one_types(guide: Open, library: Library) -> None:
    async with guide(size=(110, 32)) as (app, pilot):
        pane = await reference(app, pilot)
        everything = len(pane.tasks)
        assert everything == len(find_tasks("", library))
        assert app.focused is pane.words
        await pilot.press(*"remove environment")
        await until(pilot, lambda: 0 < len(pane.tasks) < everything)
        await until(
            pilot,
            lambda: (
                pane.detail.query(AnswerCard)
                and pane.detail.query(AnswerCard).first().answer.entry.id == pane.tasks[0].id
            ),
        )  # type: ignore[union-attr]
        await pilot.press("enter")
        await until(pilot, lambda: app.focused is pane.listing)
        await pilot.press("down")
        await until(
            pilot,
            lambda: (
                pane.detail.query(AnswerCard)
                and pane.detail.query(AnswerCard).first().answer.entry.id == pane.tasks[1].id
            ),
        )  # type: ignore[union-attr]
        await pilot.press("enter")
        await until(pilot, lambda: app.focused in list(pane.detail.walk_children()))
        pane.query_one(Input).value = "zzqqww"
        await until(pilot, lambda: not pane.tasks)
        assert not pane.detail.query(AnswerCard)


async def test_the_reference_keeps_to_a_tool(guide: Open, library: Library) -> None:
    async with guide(size=(110, 32)) as (app, pilot):
        pane = await reference(app, pilot)
        pane.query_one(Select).value = "pixi"
        await until(pilot, lambda: len(pane.tasks) == len(find_tasks("", library, "pixi")))
        card = pane.detail.query(AnswerCard).first()
        assert any(command.tool == "pixi" for command in card.answer.commands)
        await pilot.click(card.query(CommandLine).first())
        await until(pilot, lambda: app.clipboard == card.query(CommandLine).first().command.run)


# Flows and runs.


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def run_once(work: Path, answer: str = "yes") -> str:
    """Run the flow `greet` to its end; the id of the run."""
    from assistant.runner.catalog import Catalog, flow_from_plain

    flows = Catalog(list(FLOWS), lambda name: flow_from_plain(FLOWS[name]))
    plan = api.make_plan("greet", {"name": "Ada"}, flows=flows)
    with api.start_run(plan, api.Policy(), flows=flows) as session:
        for event in session.events():
            if isinstance(event, api.Question):
                session.reply(answer)
    return api.list_runs()[0].id


async def flows_pane(app: GuideApp, pilot: Pilot[int]) -> FlowsPane:
    await pilot.press("f4")
    await until(
        pilot,
        lambda: (
            isinstance(app.panes.get("flows"), FlowsPane) and app.focused is app.panes["flows"].query_one(OptionList)
        ),
    )
    pane = app.panes["flows"]
    assert isinstance(pane, FlowsPane)
    return pane


def choose(pane: FlowsPane | MachinePane, option_id: str) -> None:
    ids = [pane.listing.get_option_at_index(place).id for place in range(pane.listing.option_count)]
    pane.listing.highlighted = ids.index(option_id)


async def test_flows_are_listed_and_described(guide: Open) -> None:
    async with guide(size=(110, 32), flows=FLOWS) as (app, pilot):
        pane = await flows_pane(app, pilot)
        await until(pilot, lambda: "Because it is tested." in screen_text(app))
        text = screen_text(app)
        assert all(flow["title"] in text for flow in FLOWS.values())
        assert "Whom to greet" in text and "1. Step write" in text
        assert pane.chosen == ("flow", "greet")
        for key in ("u", "d", "l"):
            await pilot.press(key)
        await until(pilot, lambda: any("Choose a run first" in note.message for note in app._notifications))
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, FlowScreen) or app.desk.run)
        assert app.desk.run and app.desk.run.name == "greet"


async def test_runs_are_listed_with_their_state_and_actions(guide: Open, work: Path) -> None:
    run = run_once(work)
    async with guide(size=(110, 32), flows=FLOWS) as (app, pilot):
        pane = await flows_pane(app, pilot)
        await until(pilot, lambda: pane.runs)
        choose(pane, f"run:{run}")
        await until(pilot, lambda: "2 of 2 steps" in screen_text(app))
        words = [link.text for link in pane.detail.query(LinkWidget)]
        assert words == ["Undo u", "Log l", "Run it again d"]
        await pilot.press("l")
        await until(pilot, lambda: "Run " + run in screen_text(app))
        await pilot.press("escape")
        await pilot.press("u")
        await until(pilot, lambda: app.desk.run and app.desk.run.kind == "undo")
        app.close_flow()
        await until(pilot, lambda: len(app.screen_stack) == 1)
        pane.listing.focus()
        await pilot.press("d")
        await until(pilot, lambda: app.desk.run and app.desk.run.kind == "redo")


async def test_a_new_run_appears_after_a_refresh(guide: Open, work: Path) -> None:
    async with guide(size=(110, 32), flows=FLOWS) as (app, pilot):
        pane = await flows_pane(app, pilot)
        assert not pane.runs
        run = run_once(work)
        await pilot.press("f8")
        await until(pilot, lambda: run in pane.runs)


async def test_a_flow_with_mistakes_does_not_hide_the_others(guide: Open) -> None:
    flows: dict[str, Any] = {"greet": FLOWS["greet"], "bad": {"id": "bad", "title": "Bad"}}
    async with guide(size=(110, 32), flows=flows) as (app, pilot):
        pane = await flows_pane(app, pilot)
        await until(pilot, lambda: "bad (has mistakes)" in screen_text(app))
        choose(pane, "flow:bad")
        await until(pilot, lambda: "problem" in screen_text(app))


# The machine.


@pytest.fixture
def seen(tmp_path: Path) -> Machine:
    folder = tmp_path / "envs" / "demo"
    folder.mkdir(parents=True)
    (folder / "data").write_bytes(b"x" * 5000)
    return Machine(
        system="linux",
        shell="bash",
        cwd=str(tmp_path),
        environments=(
            Environment(name="demo", path=str(folder), kind="venv", python_version="3.12.4"),
            Environment(name="gone", path="/nowhere/gone", kind="venv", works=False, leftovers=("~umpy",)),
        ),
        active_path=str(folder),
        driver=Driver(state="ok", version="551.86", cuda="12.4"),
        gpus=(
            Gpu(index=0, name="Test GPU", memory_total=8 << 30, memory_used=2 << 30, capability="8.6", utilisation=40),
        ),
        torch=(Torch(environment="demo", path=str(folder), version="2.9.0", cuda="12.6"),),
        pythons=(Python(path="/usr/bin/python3", source="system", version="3.11.2", order=0),),
        disks=(Disk(path="/", used_for="home", total=100 << 30, free=40 << 30),),
        caches=(Cache(tool="pip", path="/c", size=1 << 20),),
        problems=(Failure(probe="torch", reason="no answer"),),
        looked=("shell",),
    )


@pytest.fixture
def doctored(seen: Machine, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The look and the checks of a described machine; the list grows by one for each look."""
    looks: list[int] = []
    found = Finding(
        check="demo-check",
        effect="blocks",
        title="Something is wrong",
        evidence="a file",
        fix=("mend it",),
        advice="Do this.",
        flow="greet",
        params={"name": "Ada"},
    )

    def look(only: set[str] | None = None, timeout: float = 20.0) -> Machine:
        looks.append(1)
        return seen

    from assistant.machine import doctor, gpu

    monkeypatch.setattr(probing, "probe", look)
    monkeypatch.setattr(
        doctor, "run_checks", lambda machine, names=(): Results(findings=(found,), checked=("demo-check",))
    )
    monkeypatch.setattr(
        gpu, "find_gpus", lambda roots: (seen.driver, tuple(one.replace(utilisation=73) for one in seen.gpus))
    )
    return looks


async def machine_pane(app: GuideApp, pilot: Pilot[int]) -> MachinePane:
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(app.panes.get("machine"), MachinePane) and app.panes["machine"].results)
    pane = app.panes["machine"]
    assert isinstance(pane, MachinePane)
    await until(pilot, lambda: app.focused is pane.listing)
    return pane


async def test_findings_with_what_helps(guide: Open, doctored: list[int]) -> None:
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        pane = await machine_pane(app, pilot)
        choose(pane, "finding:0")
        await until(pilot, lambda: "Blocks you now" in screen_text(app))
        text = screen_text(app)
        assert "Findings (1)" in text and "Seen: a file" in text and "Do this." in text and "mend it" in text
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.focused, CommandLine))
        opened: list[tuple[str, dict[str, str]]] = []
        app.open_flow = lambda name, params: opened.append((name, params))  # type: ignore[method-assign]
        await pilot.click(next(link for link in pane.detail.query(LinkWidget) if link.kind == "flow"))
        await until(pilot, lambda: opened == [("greet", {"name": "Ada"})])


async def test_an_environment_with_size_actions_and_flows(guide: Open, doctored: list[int], seen: Machine) -> None:
    flows = {
        **FLOWS,
        "inspect": {
            **FLOWS["asks"],
            "id": "inspect",
            "title": "Inspect it",
            "params": {"env": {"type": "env-name", "title": "Which"}},
        },
    }
    async with guide(size=(120, 34), flows=flows) as (app, pilot):
        pane = await machine_pane(app, pilot)
        path = seen.environments[0].path
        choose(pane, f"env:{path}")
        await until(pilot, lambda: path in pane.sizes)
        await until(pilot, lambda: "KB" in screen_text(app))
        text = screen_text(app)
        assert "3.12.4" in text and "venv, active" in text and "bin/activate" in text
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard == path)
        opened: list[tuple[str, dict[str, str]]] = []
        app.open_flow = lambda name, params: opened.append((name, params))  # type: ignore[method-assign]
        link = next(link for link in pane.detail.query(LinkWidget) if link.kind == "flow")
        link.focus()
        await pilot.press("enter")
        await until(pilot, lambda: opened == [("inspect", {"env": "demo"})])
        choose(pane, "env:/nowhere/gone")
        await until(pilot, lambda: "its Python is gone" in screen_text(app))
        await until(pilot, lambda: "~umpy" in screen_text(app) and "broken" in screen_text(app))


async def test_a_shell_in_an_environment(guide: Open, doctored: list[int], seen: Machine) -> None:
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        pane = await machine_pane(app, pilot)
        wanted: list[str] = []
        app.open_shell = lambda environment, machine: wanted.append(environment.name)  # type: ignore[method-assign]
        choose(pane, "gpu")
        await pilot.press("s", "c")
        await until(
            pilot, lambda: not wanted and any("Choose an environment" in note.message for note in app._notifications)
        )
        choose(pane, f"env:{seen.environments[0].path}")
        await until(pilot, lambda: pane.environment)
        await pilot.press("s")
        await until(pilot, lambda: wanted == ["demo"])
        await until(pilot, lambda: [link for link in pane.detail.query(LinkWidget) if link.kind == "shell"])
        await pilot.click(next(link for link in pane.detail.query(LinkWidget) if link.kind == "shell"))
        await until(pilot, lambda: wanted == ["demo", "demo"])


async def test_the_gpu_is_shown_as_it_is_now(guide: Open, doctored: list[int]) -> None:
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        pane = await machine_pane(app, pilot)
        choose(pane, "gpu")
        await until(pilot, lambda: "73 %" in screen_text(app))
        text = screen_text(app)
        assert "Driver 551.86" in text and "12.4" in text and "Test GPU" in text and "2.0 GB of 8.0 GB" in text
        assert "torch 2.9.0" in text and "CUDA 12.6" in text


async def test_the_rest_of_the_machine(guide: Open, doctored: list[int]) -> None:
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        pane = await machine_pane(app, pilot)
        choose(pane, "system")
        await until(pilot, lambda: "/usr/bin/python3" in screen_text(app))
        choose(pane, "disk")
        await until(pilot, lambda: "40.0 GB free of 100 GB" in screen_text(app) or "free of" in screen_text(app))
        await until(pilot, lambda: "1.0 MB" in screen_text(app))


async def test_refresh_report_and_the_top_line(guide: Open, doctored: list[int]) -> None:
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        pane = await machine_pane(app, pilot)
        assert doctored == [1]
        await until(pilot, lambda: "Test GPU, driver 551.86" in screen_text(app).split("\n")[0])
        await pilot.press("r")
        await until(pilot, lambda: doctored == [1, 1] and not pane.looking)
        await pilot.press("p")
        await until(pilot, lambda: "Something is wrong" in app.clipboard and "## Machine" in app.clipboard)
        app.show_doctor(("shell",))
        await until(pilot, lambda: doctored == [1, 1, 1])
        assert pane.checks == ("shell",)


async def test_keys_work_while_the_machine_is_looked_at(
    guide: Open, seen: Machine, monkeypatch: pytest.MonkeyPatch
) -> None:
    import threading

    gate = threading.Event()

    def slow(only: set[str] | None = None, timeout: float = 20.0) -> Machine:
        gate.wait(30)
        return seen

    monkeypatch.setattr(probing, "probe", slow)
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: "machine" in app.panes and "looking" in screen_text(app))
        await pilot.press("f2")
        await pilot.press(*"abc")
        await until(pilot, lambda: app.ask_pane.prompt.text == "abc")
        gate.set()
        pane = app.panes["machine"]
        await until(pilot, lambda: pane.results)  # type: ignore[attr-defined]


async def test_a_fault_in_a_look_is_told(guide: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(only: set[str] | None = None, timeout: float = 20.0) -> Machine:
        raise OSError("broken on purpose")

    monkeypatch.setattr(probing, "probe", broken)
    async with guide(size=(120, 34), flows=FLOWS) as (app, pilot):
        await pilot.press("f5")
        await until(pilot, lambda: any("broken on purpose" in note.message for note in app._notifications))
        assert app.is_running
