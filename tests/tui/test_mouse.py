"""Everything by mouse: what can be done by a key can be clicked."""

from __future__ import annotations

from pathlib import Path

from textual.command import CommandPalette
from textual.pilot import Pilot
from textual.widgets import Footer, OptionList
from textual.widgets._footer import FooterKey

from assistant.dialogue.answer import Citation, Link
from assistant.tui.cards import AnswerCard, Note
from assistant.tui.dialogs import Confirm, TextScreen
from assistant.tui.help import HelpScreen
from assistant.tui.pieces import CommandLine, Flat
from assistant.tui.pieces import Link as LinkWidget
from assistant.tui.welcome import EXAMPLES, Welcome
from tests.tui.conftest import Open, screen_text, settled, until
from tests.tui.flows import FLOWS
from tests.tui.test_ask import answer_of, cards
from tests.tui.test_tabs import choose, doctored, flows_pane, machine_pane, reference, run_once, seen, work  # noqa: F401


async def click_option(pilot: Pilot[int], listing: OptionList, option_id: str) -> None:
    """Click the line of an option."""
    ids = [listing.get_option_at_index(place).id for place in range(listing.option_count)]
    line = ids.index(option_id) - int(listing.scroll_offset.y)
    assert 0 <= line < listing.size.height
    await pilot.click(listing, offset=(4, line))


async def test_an_example_is_asked_by_a_click(guide: Open) -> None:
    async with guide(size=(100, 34)) as (app, pilot):
        await until(pilot, lambda: app.ask_pane.cards.query(".example"))
        await settled(pilot)
        await pilot.click(app.ask_pane.cards.query(Welcome).first().query(LinkWidget).first())
        await until(pilot, lambda: app.ask_pane.history.lines == [EXAMPLES[0][1]] and cards(app))


async def test_the_citation_opens_the_summary_of_its_section(guide: Open) -> None:
    cited = Citation(
        section="s", heading="Conda Environment vs venv", first=93, last=171, summary="What it says, in short."
    )
    async with guide(size=(100, 40)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(citations=(cited,)), "question")
        await settled(pilot)
        link = next(link for link in cards(app)[-1].query(LinkWidget) if link.kind == "source")
        assert link.text == "from: Conda Environment vs venv, lines 93-171"
        await pilot.click(link)
        await until(pilot, lambda: isinstance(cards(app)[-1], Note) and "What it says, in short." in screen_text(app))
        assert "Conda Environment vs venv, lines 93-171" in screen_text(app)


async def test_related_entries_and_choices(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(), "question")
        await settled(pilot)
        await pilot.click(next(link for link in cards(app)[-1].query(LinkWidget) if link.kind == "entry"))
        await until(pilot, lambda: app.ask_pane.newest and app.ask_pane.newest.entry)
        choices = (Link(id="environment.create", title="Create one"), Link(id="environment.remove", title="Delete one"))
        conversation = app.ask_pane.conversation
        assert conversation
        conversation.pending = choices
        app.ask_pane.show_answer(answer_of(status="ambiguous", choices=choices), "q")
        await settled(pilot)
        await pilot.click(next(link for link in cards(app)[-1].query(LinkWidget) if link.value == "2"))
        await until(pilot, lambda: app.ask_pane.newest.entry.id == "environment.remove")  # type: ignore[union-attr]


async def test_an_older_card_is_made_whole_by_a_click(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(), "question")
        await settled(pilot)
        cards(app)[0].flatten()
        await until(pilot, lambda: cards(app)[0].query(Flat))
        await settled(pilot)
        await pilot.click(cards(app)[0].query(Flat).first())
        await until(pilot, lambda: not cards(app)[0].flat and cards(app)[0].query(CommandLine))


async def test_the_footer_and_the_palette(guide: Open) -> None:
    async with guide(size=(120, 40)) as (app, pilot):
        for key, screen in (("f1", HelpScreen), ("ctrl+p", CommandPalette)):
            await until(pilot, lambda: app.screen.query(FooterKey))
            await settled(pilot)
            button = next(one for one in app.query_one(Footer).query(FooterKey) if one.key == key)
            await pilot.click(button)
            await until(pilot, lambda screen=screen: isinstance(app.screen, screen))
            if screen is HelpScreen:
                await pilot.press("escape")
                await until(pilot, lambda: len(app.screen_stack) == 1)
        await pilot.press(*"view reference")
        listing = app.screen.query_one("CommandList")
        await until(pilot, lambda: listing.option_count >= 1)  # type: ignore[attr-defined]
        await settled(pilot)
        await pilot.click(listing, offset=(4, 0))
        await until(pilot, lambda: app.tab == "reference")


async def test_the_lists_of_the_tabs(guide: Open, doctored: list[int], work: Path) -> None:  # noqa: F811
    run = run_once(work)
    async with guide(size=(120, 40), flows=FLOWS) as (app, pilot):
        pane = await reference(app, pilot)
        await settled(pilot)
        await click_option(pilot, pane.listing, pane.tasks[1].id)
        await until(pilot, lambda: pane.detail.query(AnswerCard).first().answer.entry.id == pane.tasks[1].id)  # type: ignore[union-attr]
        flows = await flows_pane(app, pilot)
        await until(pilot, lambda: flows.runs)
        await settled(pilot)
        await click_option(pilot, flows.listing, f"run:{run}")
        await until(pilot, lambda: isinstance(app.screen, TextScreen))
        chips = {link.kind: link for link in app.screen.query(LinkWidget)}
        await pilot.click(chips["copy"])
        await until(pilot, lambda: run in app.clipboard)
        await pilot.click(chips["close"])
        await until(pilot, lambda: len(app.screen_stack) == 1)
        await until(pilot, lambda: [link for link in flows.detail.query(LinkWidget) if link.kind == "redo"])
        await settled(pilot)
        await pilot.click(next(link for link in flows.detail.query(LinkWidget) if link.kind == "redo"))
        await until(pilot, lambda: app.desk.run and app.desk.run.kind == "redo")
        app.close_flow()
        await until(pilot, lambda: len(app.screen_stack) == 1)
        machine = await machine_pane(app, pilot)
        await settled(pilot)
        await click_option(pilot, machine.listing, "system")
        await until(pilot, lambda: machine.chosen == ("system", "") and "/usr/bin/python3" in screen_text(app))


async def test_the_answers_of_a_dialog(guide: Open) -> None:
    async with guide() as (app, pilot):
        given: list[bool | None] = []
        for place, expected in ((0, True), (1, False)):
            app.push_screen(Confirm("Delete it?", "Delete it"), given.append)
            await until(pilot, lambda: isinstance(app.screen, Confirm) and len(app.screen.query(LinkWidget)) == 2)
            await settled(pilot)
            await pilot.click(list(app.screen.query(LinkWidget))[place])
            await until(pilot, lambda expected=expected: given and given[-1] is expected)


async def test_a_click_beside_everything_gives_the_input_the_focus(guide: Open) -> None:
    async with guide(size=(140, 45)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(), "question")
        await settled(pilot)
        cards(app)[-1].query(CommandLine).first().focus()
        await until(pilot, lambda: app.focused is not app.ask_pane.prompt)
        await pilot.click("#cards", offset=(130, 30))
        await until(pilot, lambda: app.focused is app.ask_pane.prompt)


async def test_marking_a_command_with_the_mouse_copies_it_on_one_line(guide: Open) -> None:
    long = "conda create --name a-name-that-is-long --channel conda-forge python=3.13 numpy pandas scikit-learn"
    async with guide(size=(60, 30)) as (app, pilot):
        from assistant.dialogue.answer import Block, ShownCommand

        block = Block(kind="commands", commands=(ShownCommand(run=long),))
        app.ask_pane.show_answer(answer_of(blocks=(block,), flows=(), more="", related=()), "q")
        await settled(pilot)
        line = cards(app)[-1].query(CommandLine).first()
        assert line.size.height > 1
        await pilot.mouse_down(line, offset=(2, 0))
        await pilot.hover(line, offset=(20, line.size.height - 1))
        await pilot.mouse_up(line, offset=(20, line.size.height - 1))
        await until(pilot, app.screen.get_selected_text)
        marked = app.screen.get_selected_text() or ""
        assert "\n" not in marked and marked in long
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard == marked)
