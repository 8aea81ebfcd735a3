"""Makes the README's pictures from the real program: `python docs/make_pictures.py` (writes docs/*.svg)."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))  # the checkout's own program
SIZE = (100, 32)


async def picture(name: str, *keys: str, question: str = "", shown: str = "") -> None:
    """One screen: a question asked, keys pressed, the picture saved as soon as `shown` can be queried and all rests."""
    from assistant.tui.app import GuideApp

    app = GuideApp()
    async with app.run_test(size=SIZE) as pilot:

        async def until(condition: Callable[[], object]) -> None:
            while not condition():
                await pilot.pause(0.1)
            await pilot.pause(0.5)

        await until(lambda: app.ask_pane.suggester is not None and app.machine is not None)
        if question:
            app.ask_pane.ask(question)
            await until(lambda: app.ask_pane.newest)
        for key in keys:
            await pilot.press(key)
        await until(lambda: not shown or app.screen.query(shown))
        machine = app.panes.get("machine")
        await until(lambda: machine is None or not machine.looking)  # type: ignore[attr-defined]
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title="envguide"), encoding="utf-8")


async def main() -> None:
    """All pictures."""
    await picture("conversation", question="conda vs venv")
    await picture("reference", "f3", shown="#reference-detail AnswerCard")
    await picture("machine", "f5", shown="#machine-detail Words")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state:
        os.environ["ENVGUIDE_HOME"] = state
        os.environ["HOME"] = state
        asyncio.run(main())
