"""The full-screen app in a terminal of memory: no real home, no probing of the machine, no blinking."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest
from textual.css.query import NoMatches
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from assistant.machine.model import Environment, Machine, Tool
from assistant.runner.catalog import Catalog, flow_from_plain
from assistant.search.library import Library, open_library
from assistant.tui.app import GuideApp

PATIENCE = 60.0  # seconds until a condition that never comes true is a failure

Open = Callable[..., AbstractAsyncContextManager[tuple[GuideApp, Pilot[int]]]]


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """No cursor blinks; nothing of the terminal that runs the tests is looked at."""
    for name in ("COLORFGBG", "NO_COLOR", "TEXTUAL_THEME", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(TextArea, "cursor_blink", False)
    monkeypatch.setattr(Input, "cursor_blink", False)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """The knowledge of this checkout, opened once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("knowledge")))
        return open_library()


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    """A small Linux machine with conda and one environment."""
    demo = Environment(name="demo", path=str(tmp_path / "envs" / "demo"), kind="venv", python_version="3.12.4")
    return Machine(
        system="linux",
        architecture="x86_64",
        shell="bash",
        home=str(tmp_path / "home"),
        cwd=str(tmp_path),
        tools=(Tool(name="conda", path="/opt/conda/bin/conda", version="26.1.0"),),
        environments=(demo,),
    )


@pytest.fixture
def guide(library: Library, machine: Machine) -> Open:
    """Opens the app: `async with guide(size=(80, 24)) as (app, pilot)`. Ready for questions."""

    @asynccontextmanager
    async def start(
        size: tuple[int, int] = (80, 24), flows: dict[str, object] | None = None, **given: object
    ) -> AsyncIterator[tuple[GuideApp, Pilot[int]]]:
        made = Catalog(list(flows), lambda name: flow_from_plain(flows[name])) if flows is not None else None
        options = {"library": library, "machine": machine, "flows": made, **given}
        app = GuideApp(**options)  # type: ignore[arg-type]
        async with app.run_test(size=size) as pilot:
            await until(pilot, lambda: app.ask_pane.suggester is not None)
            yield app, pilot

    return start


async def until(pilot: Pilot[int], condition: Callable[[], object]) -> None:
    """Let the app work until the condition holds; a condition that never does is a failure.

    What the condition looks at may not be there yet (a widget, a state): that is the same as not holding.
    """
    limit = time.monotonic() + PATIENCE
    while True:
        fault = ""
        try:
            if condition():
                break
        except (AttributeError, LookupError, NoMatches) as error:
            fault = f"{type(error).__name__}: {error}\n"
        if time.monotonic() > limit:
            pytest.fail(f"still not so after {PATIENCE:g} s:\n{fault}{screen_text(pilot.app)}")
        await pilot.pause(0.01)
        await asyncio.sleep(0.01)
    await pilot.pause()


async def settled(pilot: Pilot[int]) -> None:
    """Let the app work until the screen has stayed the same for a while and everything on it has its place."""
    limit, same, before = time.monotonic() + PATIENCE, 0, ""
    while same < 4:
        if time.monotonic() > limit:
            pytest.fail(f"still changing after {PATIENCE:g} s:\n{before}")
        await pilot.pause(0.01)
        waiting = pilot.app._message_queue.qsize() or pilot.app.screen._layout_required
        text = screen_text(pilot.app)
        same, before = (0 if waiting or text != before else same + 1), text


def screen_text(app: object) -> str:
    """What stands on the screen, line by line."""
    screen = app.screen  # type: ignore[attr-defined]
    strips = screen._compositor.render_strips(screen.size)
    return "\n".join("".join(segment.text for segment in strip).rstrip() for strip in strips)


async def say(app: GuideApp, pilot: Pilot[int], text: str) -> None:
    """Type a message into the input, send it, and wait until it was taken and worked on."""
    pane = app.ask_pane
    pane.prompt.focus()
    await until(pilot, lambda: app.focused is pane.prompt)
    pane.prompt.fill(text)
    await pilot.press("enter")
    await until(pilot, lambda: text in pane.history.lines and not pane._waiting and not pane._busy)
