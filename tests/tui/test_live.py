"""The live pane: only visible lines are drawn, colours stay colours, the end is followed unless somebody looks back."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from textual.app import App, ComposeResult
from textual.pilot import Pilot

from assistant.runner.lines import LineModel
from assistant.tui.live import LogView
from tests.tui.conftest import screen_text, settled, until


class Drawn(LogView):
    """Counts the lines that are drawn."""

    count = 0

    def render_line(self, y: int):  # type: ignore[no-untyped-def]
        self.count += 1
        return super().render_line(y)


@asynccontextmanager
async def opened(text: bytes = b"") -> AsyncIterator[tuple[Drawn, Pilot[None]]]:
    model = LineModel()
    model.feed(text)
    log = Drawn(model)

    class Pane(App[None]):
        def compose(self) -> ComposeResult:
            yield log

    async with Pane().run_test(size=(60, 12)) as pilot:
        log.focus()
        log.renew()
        await settled(pilot)
        yield log, pilot


async def test_the_end_is_followed() -> None:
    async with opened(b"".join(b"line %d\r\n" % number for number in range(100))) as (log, pilot):
        await until(pilot, lambda: "line 99" in screen_text(log.app))
        log.model.feed(b"line 100\r\nline 101\r\n")
        log.renew()
        await settled(pilot)
        await until(pilot, lambda: "line 101" in screen_text(log.app) and log.follow)


async def test_looking_back_holds_the_view_and_the_end_goes_on() -> None:
    async with opened(b"".join(b"line %d\r\n" % number for number in range(100))) as (log, pilot):
        await pilot.press("pageup", "pageup")
        await until(pilot, lambda: not log.follow)
        await settled(pilot)
        held = screen_text(log.app)
        log.model.feed(b"more\r\n" * 50)
        log.renew()
        await settled(pilot)
        await until(pilot, lambda: screen_text(log.app).split("\n")[0] == held.split("\n")[0])
        await pilot.press("end")
        await until(pilot, lambda: log.follow and "more" in screen_text(log.app))


async def test_the_view_stays_where_it_is_when_old_lines_are_dropped() -> None:
    async with opened(b"".join(b"line %d\r\n" % number for number in range(10_000))) as (log, pilot):
        log.scroll_to(y=5_000, animate=False, immediate=True, force=True)
        await until(pilot, lambda: not log.follow)
        first = screen_text(log.app).split("\n")[0]
        log.model.feed(b"".join(b"new %d\r\n" % number for number in range(500)))
        log.renew()
        await settled(pilot)
        await until(pilot, lambda: screen_text(log.app).split("\n")[0] == first)


async def test_only_what_is_visible_is_drawn() -> None:
    async with opened() as (log, pilot):
        log.count = 0
        log.model.feed(b"".join(b"\x1b[32mline\x1b[0m %d\r\n" % number for number in range(200_000)))
        log.renew()
        await until(pilot, lambda: log.count)
        drawn = log.count  # before the test itself looks at the screen, which draws again
        await until(pilot, lambda: "line 199999" in screen_text(log.app))
        assert drawn < 200
        await until(pilot, lambda: len(log.model) <= 10_000)


async def test_colours_are_drawn_and_nothing_can_hide() -> None:
    async with opened(b"\x1b[1;31mred\x1b[0m \x1b[8mhidden\x1b[0m \x1b[5mblink\x1b[0m") as (log, _):
        segments = [segment for segment in log.render_line(0) if segment.text.strip()]
        assert [segment.text for segment in segments if segment.style and segment.style.bold] == ["red"]
        assert "".join(segment.text for segment in segments).replace(" ", "") == "redhiddenblink"
        assert not any(segment.style and (segment.style.conceal or segment.style.blink) for segment in segments)


async def test_a_redrawn_bar_stays_one_line() -> None:
    async with opened(b"begin\r\n") as (log, pilot):
        for done in range(101):
            log.model.feed(b"\r%3d %%" % done)
            log.renew()
        await settled(pilot)
        await until(pilot, lambda: [line for line in screen_text(log.app).split("\n") if line] == ["begin", "100 %"])


async def test_long_lines_scroll_sideways() -> None:
    async with opened(b"x" * 100 + b"END\r\n") as (log, pilot):
        await until(pilot, lambda: log.virtual_size.width >= 103)
        await until(pilot, lambda: "END" not in screen_text(log.app))
        log.scroll_to(x=60, animate=False, immediate=True, force=True)
        await settled(pilot)
        await until(pilot, lambda: "END" in screen_text(log.app))


async def test_hits_are_counted_from_the_newest() -> None:
    async with opened(b"".join(b"line %d\r\n" % number for number in range(500))) as (log, pilot):
        assert log.seek("LINE 4") == 111
        log.show_hit(0)
        await settled(pilot)
        await until(pilot, lambda: "line 499" in screen_text(log.app))
        log.show_hit(110)
        await settled(pilot)
        await until(pilot, lambda: "line 4" in screen_text(log.app).split("\n") or "line 4\n" in screen_text(log.app))
        await until(pilot, lambda: not log.follow)
        await until(pilot, lambda: log.seek("") == 0)


async def test_marked_text_is_the_text() -> None:
    from textual.geometry import Offset
    from textual.selection import Selection

    async with opened(b"one \x1b[31mtwo\x1b[0m\r\nthree\r\n") as (log, _):
        assert log.get_selection(Selection(Offset(4, 0), Offset(3, 1))) == ("two\nthr", "\n")
