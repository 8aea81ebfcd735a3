"""The Machine tab over fake machines and real probes: what it shows, and that a look that hangs never blocks a key."""

# ruff: noqa: F811 - the fixtures of the full screen are taken from its own tests
from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from textual.pilot import Pilot

from assistant.machine import context, sizes
from assistant.machine import probe as probing
from assistant.machine.gpu import find_gpus
from assistant.machine.probe import PROBES, Probe
from assistant.tui.app import GuideApp
from assistant.tui.machine import MachinePane
from assistant.tui.pieces import Link
from tests.tui.conftest import Open, calm, guide, library, machine, screen_text, until  # noqa: F401
from tests.unit.machine.fakes import Fake, FakeNvml, conda_environment, record, venv, write

FLOW = {
    "title": "x",
    "why": "It is a test.",
    "params": {"env": {"type": "env-name", "title": "Which"}},
    "steps": [{"id": "note", "title": "A note", "why": "It is a test.", "note": "read"}],
}
FLOWS = {
    name: {**FLOW, "id": name, "title": title}
    for name, title in (
        ("clone-environment", "Copy it"),
        ("remove-environment", "Remove it"),
        ("rename-environment", "Rename it"),
        ("roll-back-environment", "Roll it back"),
        ("open-shell-in-environment", "Open it"),
    )
}


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    """A fake machine with a GPU, looked at by the real probes."""
    made = Fake.well(tmp_path)
    made.nvml = FakeNvml([{"name": "NVIDIA GeForce RTX 3060", "capability": (8, 6), "load": 37, "memory": 12 << 30}])
    record(made.demo, "numpy", "2.3.5")
    conda_environment(made.conda / "envs" / "nopython", None)
    (made.conda / "envs" / "half").mkdir()
    place = conda_environment(made.home / "proj" / "env")
    write(made.home / ".conda" / "environments.txt", f"{place}\n")
    venv(made.cwd / ".venv", made.root / "usr")
    monkeypatch.setattr(context, "this_machine", made.roots)
    monkeypatch.setattr(probing, "this_machine", made.roots)
    return made


@pytest.fixture
def gate() -> Iterator[threading.Event]:
    """Opened at the end of the test, so that no thread is left waiting."""
    event = threading.Event()
    yield event
    event.set()


async def tab(app: GuideApp, pilot: Pilot[int], *, finished: bool = True) -> MachinePane:
    await pilot.press("f5")
    await until(pilot, lambda: isinstance(app.panes.get("machine"), MachinePane))
    pane = app.panes["machine"]
    assert isinstance(pane, MachinePane)
    await until(pilot, lambda: app.focused is pane.listing and (pane.results or not finished))
    return pane


def choose(pane: MachinePane, option_id: str) -> None:
    ids = [option.id for option in pane.listing.options]
    pane.listing.highlighted = ids.index(option_id)


def links(pane: MachinePane) -> list[str]:
    return [link.value for link in pane.detail.query(Link) if link.kind == "flow"]


async def test_environments_with_size_python_packages_and_actions(guide: Open, fake: Fake) -> None:
    async with guide(size=(140, 45), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        text = screen_text(app)
        assert "Environments (6)" in text and "* demo  conda 3.12.7" in text and ".venv  venv 3.12.7" in text
        assert "~/proj/env  conda 3.12.7" in text
        choose(pane, f"env:{fake.demo}")
        await until(pilot, lambda: str(fake.demo) in pane.sizes and "numpy 2.3.5" in screen_text(app))
        await until(pilot, lambda: "measuring" not in screen_text(app))
        text = screen_text(app)
        assert "3.12.7" in text and "from conda" in text and "conda activate demo" in text and "conda, active" in text
        await until(pilot, lambda: links(pane) == [name for name in FLOWS if name != "open-shell-in-environment"])


@pytest.mark.parametrize(
    ("name", "flows", "words"),
    [
        ("base", {"clone-environment", "roll-back-environment"}, "conda activate base"),
        (".venv", {"clone-environment", "remove-environment", "rename-environment"}, "source"),
        ("half", {"remove-environment"}, "the folder holds no environment"),
        ("nopython", set(FLOWS) - {"open-shell-in-environment"}, "it holds no Python"),
    ],
)
async def test_only_what_an_environment_can_bear_is_offered(
    guide: Open,
    fake: Fake,
    name: str,
    flows: set[str],
    words: str,
) -> None:
    async with guide(size=(140, 45), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        assert pane.seen is not None
        one = pane.seen.environment(name)
        assert one is not None
        choose(pane, f"env:{one.path}")
        await until(pilot, lambda: words in screen_text(app))
        await until(pilot, lambda: set(links(pane)) == flows)


async def test_two_of_one_name_are_told_apart_by_their_folders(guide: Open, fake: Fake) -> None:
    conda_environment(fake.home / ".conda" / "envs" / "demo")
    async with guide(size=(140, 45), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        choose(pane, f"env:{fake.demo}")
        await until(pilot, lambda: links(pane))
        assert {link.params["env"] for link in pane.detail.query(Link) if link.kind == "flow"} == {str(fake.demo)}


async def test_the_gpu_is_watched(guide: Open, fake: Fake) -> None:
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        choose(pane, "gpu")
        await until(pilot, lambda: "37 %" in screen_text(app))
        assert "NVIDIA GeForce RTX 3060" in screen_text(app) and "of 12.0 GB" in screen_text(app)
        fake.nvml.gpus[0]["load"] = 91
        await until(pilot, lambda: "91 %" in screen_text(app))


async def test_a_gpu_that_hangs_leaves_the_keys_free(
    guide: Open,
    fake: Fake,
    gate: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from assistant.machine import gpu

    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        asked: list[int] = []

        def hang(roots: Any) -> Any:
            asked.append(1)
            gate.wait(120)
            return find_gpus(roots)

        monkeypatch.setattr(gpu, "find_gpus", hang)
        choose(pane, "gpu")
        await until(pilot, lambda: asked)
        await pilot.press("down")
        await until(pilot, lambda: pane.chosen[0] == "system" and "Terminal" in screen_text(app))
        assert not gate.is_set() and len(asked) == 1, "no second look while the first one hangs"


async def test_a_probe_that_hangs_leaves_the_keys_free(
    guide: Open,
    fake: Fake,
    gate: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def hang(*_: Any) -> dict[str, Any]:
        gate.wait(120)
        return {}

    monkeypatch.setitem(PROBES, "disks", Probe(hang, ()))
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot, finished=False)
        await until(pilot, lambda: "looking ..." in screen_text(app))
        await until(pilot, lambda: pane.seen is not None and pane.seen.environments)
        await pilot.press("end")
        await until(pilot, lambda: pane.chosen[0] == "disk")
        await pilot.press("f2")
        await until(pilot, lambda: app.tab == "ask" and app.focused is app.ask_pane.prompt)
        await pilot.press("h", "i")
        await until(pilot, lambda: app.ask_pane.prompt.text == "hi")
        assert pane.looking and not gate.is_set()
        await pilot.press("f5")
        gate.set()
        await until(pilot, lambda: pane.results is not None and not pane.looking)


async def test_what_gave_no_answer_is_listed(guide: Open, fake: Fake) -> None:
    fake.nvml = ZeroDivisionError("the driver fell over")
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        assert "without an answer" in screen_text(app)
        choose(pane, "unanswered")
        await until(pilot, lambda: "gpu: ZeroDivisionError: the driver fell over" in screen_text(app))


async def test_refresh_sees_what_is_new_and_keeps_its_place(guide: Open, fake: Fake) -> None:
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        choose(pane, f"env:{fake.demo}")
        conda_environment(fake.conda / "envs" / "brand-new")
        await pilot.press("f8")
        await until(pilot, lambda: "brand-new" in screen_text(app))
        assert pane.chosen == ("env", str(fake.demo))


async def test_environments_are_measured_one_at_a_time(
    guide: Open,
    fake: Fake,
    gate: threading.Event,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    busy, most = [], []

    def measure(path: str, *, deadline: float | None = None) -> tuple[int, bool]:
        busy.append(path)
        most.append(len(busy))
        gate.wait(120)
        busy.remove(path)
        return 4096, True

    for number in range(12):
        conda_environment(fake.conda / "envs" / f"env{number:02}")
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        pane = await tab(app, pilot)
        monkeypatch.setattr(sizes, "folder_size", measure)
        assert pane.seen is not None
        for one in pane.seen.environments[:10]:
            choose(pane, f"env:{one.path}")
            await until(pilot, lambda one=one: pane.environment is not None and pane.environment.path == one.path)
        await until(pilot, lambda: busy)
        last = pane.seen.environments[9].path
        gate.set()
        await until(pilot, lambda: last in pane.sizes)
        assert max(most) == 1 and len(pane.sizes) < 10, "those that were only passed by are not measured"
        await until(pilot, lambda: "4.0 KB" in screen_text(app))


async def test_the_report_has_no_private_things(
    guide: Open,
    fake: Fake,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import socket

    monkeypatch.setattr(socket, "gethostname", lambda: "box17.example.org")
    fake.env["TMPDIR"] = "/tmp/box17/x"
    async with guide(size=(120, 34), flows=FLOWS, machine=None) as (app, pilot):
        await tab(app, pilot)
        await pilot.press("p")
        await until(pilot, lambda: "## Machine" in app.clipboard)
        assert "TMPDIR=/tmp/host/x" in app.clipboard
        assert "box17" not in app.clipboard and str(fake.home) not in app.clipboard


@pytest.mark.parametrize(("size", "theme"), [((80, 24), "envguide-dark"), ((140, 45), "envguide-light")])
async def test_everything_fits_in_both_themes(
    guide: Open,
    fake: Fake,
    size: tuple[int, int],
    theme: str,
) -> None:
    async with guide(size=size, flows=FLOWS, machine=None) as (app, pilot):
        app.theme = theme
        pane = await tab(app, pilot)
        for option in [one.id for one in pane.listing.options if not one.disabled]:
            choose(pane, option)
            await until(
                pilot, lambda option=option: ":".join(pane.chosen).rstrip(":") == option and pane.detail.children
            )
            assert pane.detail.virtual_size.width <= pane.detail.size.width, option
            lines = screen_text(app).split("\n")
            assert all(len(line) <= size[0] for line in lines)
            foot = lines[-1]
            assert "F8" in foot and "F1 Help" in foot
