"""The start: what is imported before the first paint, and that nothing slow stands before it."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from assistant.machine import probe as probing
from assistant.machine import quick
from assistant.search import library as libraries
from assistant.tui.app import GuideApp

# Everything that is not needed for the first frame.
LATER = (
    "assistant.dialogue.engine",
    "assistant.dialogue.talk",
    "assistant.machine",
    "assistant.render.answers",
    "assistant.runner",
    "assistant.search",
    "assistant.tui.cards",
    "assistant.tui.find",
    "assistant.tui.flow_screen",
    "assistant.tui.flows",
    "assistant.tui.help",
    "assistant.tui.machine",
    "assistant.tui.palette",
    "assistant.tui.reference",
    "prompt_toolkit",
    "pyperclip",
    "rapidfuzz",
    "yaml",
    "textual.widgets._data_table",
    "textual.widgets._markdown",
    "textual.widgets._rich_log",
    "textual.widgets._tabbed_content",
)


def test_importing_the_app_imports_no_more_than_the_first_frame_needs() -> None:
    code = "import sys, assistant.tui.app; print('\\n'.join(sys.modules))"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, env={**os.environ})
    loaded = set(ran.stdout.split())
    assert not [name for name in LATER if any(module == name or module.startswith(name + ".") for module in loaded)]


async def test_the_first_frame_comes_before_knowledge_and_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    real_open, real_quick = libraries.open_library, quick.quick_machine
    monkeypatch.setattr(libraries, "open_library", lambda: order.append("knowledge") or real_open())  # type: ignore[func-returns-value]
    monkeypatch.setattr(quick, "quick_machine", lambda: order.append("machine") or real_quick())  # type: ignore[func-returns-value]
    monkeypatch.setattr(probing, "probe", lambda only=None, timeout=20.0: order.append("probe") or real_quick())  # type: ignore[func-returns-value]
    app = GuideApp()
    real_display = app._display

    def display(screen: object, renderable: object) -> None:
        if renderable is not None and app.ask_pane.prompt.region:
            order.append("frame")
        real_display(screen, renderable)  # type: ignore[arg-type]

    app._display = display  # type: ignore[method-assign, assignment]
    async with app.run_test(size=(80, 24)) as pilot:
        from tests.tui.conftest import until

        await until(pilot, lambda: "probe" in order and app.ask_pane.suggester is not None)
    assert order[0] == "frame"
    assert app.machine is not None


async def test_a_knowledge_that_takes_long_is_told_in_the_input(monkeypatch: pytest.MonkeyPatch) -> None:
    import threading

    from assistant.tui.prompt import PLACEHOLDER
    from tests.tui.conftest import until

    gate, real = threading.Event(), libraries.open_library

    def slow() -> object:
        gate.wait(60)
        return real()

    monkeypatch.setattr(libraries, "open_library", slow)
    app = GuideApp()
    async with app.run_test(size=(80, 24)) as pilot:
        assert app.ask_pane.prompt.placeholder == PLACEHOLDER
        await until(pilot, lambda: "being opened" in str(app.ask_pane.prompt.placeholder))
        gate.set()
        await until(pilot, lambda: app.ask_pane.prompt.placeholder == PLACEHOLDER)


async def test_a_knowledge_that_cannot_be_opened_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.errors import ContentError
    from tests.tui.conftest import until

    def broken() -> object:
        raise ContentError(["knowledge/x.yaml:1: wrong"])

    monkeypatch.setattr(libraries, "open_library", broken)
    app = GuideApp()
    async with app.run_test(size=(80, 24)) as pilot:
        await until(pilot, lambda: any("cannot be opened" in note.message for note in app._notifications))
        await pilot.press("f3")
        await until(pilot, lambda: app.tab == "ask")
