"""Makes the README's pictures from the real program: `python docs/make_pictures.py` (writes docs/*.svg)."""

from __future__ import annotations

import asyncio
import os
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
SIZE = (100, 32)


async def picture(name: str, *keys: str, question: str = "", wait: float = 1.0) -> None:
    """One screen: a question asked, keys pressed, the picture saved."""
    from assistant.tui.app import GuideApp

    app = GuideApp()
    async with app.run_test(size=SIZE) as pilot:
        await pilot.pause(1.0)
        for char in question:
            await pilot.press("space" if char == " " else char)
        if question:
            await pilot.press("enter")
        for key in keys:
            await pilot.press(key)
        await pilot.pause(wait)
        (HERE / f"{name}.svg").write_text(app.export_screenshot(title="envguide"), encoding="utf-8")


async def main() -> None:
    """All pictures."""
    await picture("conversation", question="conda vs venv")
    await picture("reference", "f3", wait=1.5)
    await picture("machine", "f5", wait=6.0)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as state:
        os.environ["ENVGUIDE_HOME"] = state
        os.environ["HOME"] = state
        asyncio.run(main())
