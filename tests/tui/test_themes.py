"""The colours: enough contrast in every theme, the right theme to start with, nothing but the terminal's own without colour."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from textual.color import Color

from assistant.tui import themes
from assistant.tui.themes import OURS, first_theme, is_light
from tests.tui.conftest import Open, say, until

FOLDER = Path(themes.__file__).parent


def contrast(first: Color, second: Color) -> float:
    """The ratio of WCAG 2, from 1 to 21."""

    def luminance(color: Color) -> float:
        parts = [value / 12.92 if value <= 0.03928 else ((value + 0.055) / 1.055) ** 2.4 for value in color.normalized]
        return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]

    lighter, darker = sorted((luminance(first), luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("theme", [theme for theme in OURS if not theme.ansi], ids=lambda theme: theme.name)
def test_words_can_be_read_on_every_surface(theme: themes.Theme) -> None:
    colours = theme.to_color_system().generate()
    needed = 7.0 if "contrast" in theme.name else 4.5
    for surface in ("background", "surface", "panel"):
        for words in ("foreground", "text-muted", "accent", "warning", "error", "success"):
            ratio = contrast(Color.parse(colours[words]), Color.parse(colours[surface]))
            assert ratio >= needed, f"{words} on {surface}: {ratio:.1f}"
    cursor = contrast(Color.parse(colours["block-cursor-foreground"]), Color.parse(colours["block-cursor-background"]))
    assert cursor >= needed


def test_styles_name_colours_by_variables_alone() -> None:
    named = re.compile(r"#[0-9a-fA-F]{3,8}\b|\brgb\(|\bhsl\(|\b(?:red|green|blue|white|black|yellow|cyan|magenta)\b")
    for file in FOLDER.glob("*.tcss"):
        for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), 1):
            body = re.sub(r"/\*.*?\*/|#[a-z-]+(?=[ ,{.:>])", "", line)
            assert not (":" in body and named.search(body.partition("{")[2])), f"{file.name}:{number}: {line}"


def test_the_first_theme() -> None:
    assert first_theme("nord", "envguide-light", {}) == "nord"
    assert first_theme("", "envguide-light", {}) == "envguide-light"
    assert first_theme("", "", {}) == "envguide-dark"
    assert first_theme("", "", {"COLORFGBG": "0;15"}) == "envguide-light"
    assert first_theme("nord", "", {"NO_COLOR": "1"}) == "envguide-terminal-dark"
    assert first_theme("", "", {"NO_COLOR": "", "COLORFGBG": "0;default;15"}) == "envguide-terminal-light"


@pytest.mark.parametrize(
    ("value", "light"), [("15;0", False), ("0;15", True), ("", False), ("0;7", True), ("x;y", False)]
)
def test_the_background_that_the_terminal_tells(value: str, light: bool) -> None:
    assert is_light(value) is light


@pytest.mark.parametrize("theme", [theme.name for theme in OURS])
@pytest.mark.parametrize("size", [(80, 24), (140, 45)])
async def test_every_theme_draws_an_answer(guide: Open, theme: str, size: tuple[int, int]) -> None:
    async with guide(size=size, theme=theme) as (app, pilot):
        assert app.theme == theme
        await say(app, pilot, "conda vs venv")
        assert app.export_screenshot()


async def test_no_colour_means_none(guide: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with guide() as (app, pilot):
        await say(app, pilot, "conda vs venv")
        app.ask_pane.cards.query("CommandLine, Link").first().focus()
        await until(pilot, lambda: True)
        seen = {
            style
            for strip in app.screen._compositor.render_strips(app.screen.size)
            for segment in strip
            if (style := segment.style) is not None and (style.color or style.bgcolor)
        }
        for style in seen:
            for colour in (style.color, style.bgcolor):
                assert colour is None or colour.is_default, style


async def test_an_unknown_theme_is_passed_over(guide: Open) -> None:
    async with guide(theme="no-such-theme") as (app, _):
        assert app.theme == "envguide-dark"


def ratios(app: object, region: object) -> list[float]:
    """The contrast of every character drawn in a region of the screen, blanks aside."""
    strips = app.screen._compositor.render_strips(app.screen.size)  # type: ignore[attr-defined]
    found = []
    for y in range(region.y, region.bottom):  # type: ignore[attr-defined]
        for segment in strips[y].crop(region.x, region.right):  # type: ignore[attr-defined]
            style = segment.style
            if segment.text.strip() and style and style.color and style.bgcolor:
                first, second = (Color.from_rich_color(one) for one in (style.color, style.bgcolor))
                found.append(contrast(first, second))
    return found


@pytest.mark.parametrize("theme", [theme for theme in OURS if not theme.ansi], ids=lambda theme: theme.name)
async def test_what_has_the_focus_can_be_read(guide: Open, theme: themes.Theme) -> None:
    from assistant.tui.pieces import Flat, Item
    from tests.tui.conftest import settled
    from tests.tui.flows import FLOWS
    from tests.tui.test_ask import answer_of, cards

    async with guide(size=(120, 45), theme=theme.name, flows=FLOWS) as (app, pilot):
        await until(pilot, lambda: app.ask_pane.cards.query(".example"))
        items = [*app.ask_pane.cards.query(Item)]
        for item in items[:2]:
            item.focus()
            await settled(pilot)
            assert min(ratios(app, item.content_region)) >= 4.5, item
        app.ask_pane.show_answer(answer_of(1), "one")
        app.ask_pane.show_answer(answer_of(2), "two")
        await settled(pilot)
        cards(app)[0].flatten()
        await until(pilot, lambda: cards(app)[0].query(Flat))
        for item in [*cards(app)[-1].query(Item), cards(app)[0].query(Flat).first()]:
            item.focus()
            await until(pilot, lambda item=item: app.focused is item)
            await settled(pilot)
            seen = ratios(app, item.content_region.intersection(app.ask_pane.cards.region))
            assert seen and min(seen) >= 4.0, (item, min(seen))
        app.action_tab("flows")
        pane = app.panes["flows"]
        await until(pilot, lambda: app.focused is pane.listing)  # type: ignore[attr-defined]
        await settled(pilot)
        assert min(ratios(app, pane.listing.region)) >= 4.5  # type: ignore[attr-defined]
