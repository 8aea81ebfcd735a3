"""Text that others wrote, in every widget: it shows as itself and cannot act."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable

import pytest
from hypothesis import given
from hypothesis import strategies as some
from textual import events
from textual.pilot import Pilot
from textual.widget import Widget
from textual.widgets import OptionList

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
from assistant.machine.doctor.finding import Finding
from assistant.machine.model import Environment, Machine
from assistant.runner.catalog import Catalog
from assistant.runner.events import ChildPrompt, FlowFinished, Notice, Question, Said, StepFailed
from assistant.runner.lines import LineModel
from assistant.runner.param_types import Choice
from assistant.runner.params import Asked
from assistant.tui import machine_cards
from assistant.tui.app import GuideApp
from assistant.tui.cards import AnswerCard, Note
from assistant.tui.dialogs import Confirm, TextScreen
from assistant.tui.flow_asking import Ask, Bar, TypeLine, ValueLine, question_details
from assistant.tui.flow_explain import problem, report_widgets
from assistant.tui.form import Form
from assistant.tui.live import LogView
from assistant.tui.pieces import CommandLine, Lines, Words
from assistant.tui.pieces import Link as LinkWidget
from assistant.tui.safe import plain, safe_line, safe_text, styled_lines
from tests.tui.conftest import Open, screen_text, settled, until

# What could act, or be lost: the text, and what of it has to be there to read.
FOREIGN = {
    "markup": ("x [/foo] y", "x [/foo] y"),
    "brackets": ("pip install 'textual[syntax]'", "pip install 'textual[syntax]'"),
    "prompt": ("Proceed ([y]/n)?", "Proceed ([y]/n)?"),
    "action": ("[@click=app.quit]go[/]", "[@click=app.quit]go[/]"),
    "ansi": ("\x1b[31mred\x1b[0m text", "red text"),
    "erase": ("a\x1b[2J\x1b[Hb", "ab"),
    "title": ("a\x1b]0;new title\x07b", "ab"),
    "clipboard": ("a\x1b]52;c;ZXZpbA==\x1b\\b", "ab"),
    "c1": ("a\x9b31mb\x9d0;title\x9cc", "abc"),
    "device": ("a\x1bP+q544e\x1b\\b", "ab"),
    "shift": ("a\x0eb\x0fc\x07d\x08e\x7f", "abcde"),
    "bidi": ("a\u202eb\u2066c\u200fd", "abcd"),
    "surrogate": ("a\ud800b", "ab"),
    "wide": ("漢字かな", "漢字かな"),
    "emoji": ("snake 🐍 done", "snake 🐍 done"),
    "combining": ("cafe\u0301", "cafe\u0301"),
    "backslash": ("C:\\new\\[tools]\\t", "C:\\new\\[tools]\\t"),
    "curly": ("$accent {name} {{x}}", "$accent {name} {{x}}"),
}
ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
LINE = "0123456789" * 104_858  # 1 MB without a blank

Check = Callable[[GuideApp, Pilot[int], str, str], Awaitable[None]]


def drawn(app: GuideApp) -> str:
    """The whole screen as one text, blanks and frames evened out; nothing in it may act."""
    text = screen_text(app)
    assert not ACTING.search(text.replace("\n", "")), repr(ACTING.search(text.replace("\n", "")))
    return text


def evened(text: str) -> str:
    return "".join(text.split())


async def mounted(app: GuideApp, pilot: Pilot[int], *widgets: Widget) -> str:
    """The screen with only these widgets in the conversation."""
    app.action_tab("ask")
    await app.ask_pane.cards.remove_children()
    await app.ask_pane.cards.mount_all(widgets)
    await settled(pilot)
    return evened(drawn(app))


async def cards_and_pieces(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    command = ShownCommand(run=text, note=text, risk="deletes", to_replace=((text, text),))
    source = SourceNote(id=text, as_of=text, title=text)
    whole = Answer(
        question=text,
        status="answered",
        kind="command",
        title=text,
        blocks=(
            Block(kind="lead", text=text),
            Block(kind="table", text=text, table=Table(heads=(text, text), rows=((text, text),))),
            Block(kind="list", text=text, items=(text,)),
            Block(kind="note", text=text),
            Block(kind="output", text=text),
            Block(kind="commands", text=text, commands=(command,)),
        ),
        citations=(Citation(section=text, heading=text, first=1, last=2, summary=text),),
        sources=(source,),
        corrections=(CorrectionNote(said=text, now=text, as_of=text, sources=(source,)),),
        flows=(FlowOffer(id=text, title=text), FlowOffer(id=text, title=text)),
        choices=(Link(id=text, title=text),),
        related=(Link(id=text, title=text),),
        more=text,
    )
    expected = evened(shown)
    card = AnswerCard(whole, question=text)
    seen = await mounted(app, pilot, card)
    assert seen.count(expected) >= 10
    assert all(
        not ACTING.search(str(tip)) for widget in card.walk_children() if (tip := getattr(widget, "tooltip", None))
    )
    card.flatten()
    await settled(pilot)
    await until(pilot, lambda: evened(drawn(app)).count(expected) >= 8)
    flat = AnswerCard(whole.replace(status="unknown"), question=text)
    assert expected in await mounted(app, pilot, flat)
    for widget in (
        Note(text, text, (LinkWidget(text, "ask", text, tip=text),), question=text),
        Words(safe_text(text)),
        Lines(lambda width: [text]),
        CommandLine(ShownCommand(run=text)),
        LinkWidget(text, "ask", text, tip=text),
    ):
        assert expected in await mounted(app, pilot, widget), type(widget).__name__


async def the_input_suggestions_and_notes(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    from assistant.dialogue.slash import Completion

    app.ask_pane.prompt.post_message(events.Paste(text))
    app.ask_pane.suggestions.show([Completion(text=text, help=text)])
    await settled(pilot)
    await until(pilot, lambda: evened(shown) in evened(drawn(app)))
    app.ask_pane.suggestions.show([Completion(text=text, words=text, help=text)])
    await settled(pilot)
    await until(pilot, lambda: evened(drawn(app)).count(evened(shown)) >= 2)
    app.say(text)
    app.copy_text(text)
    app.machine_bar.show(text, text)
    app.tabs.say_flow(text)
    await settled(pilot)
    await until(pilot, lambda: evened(drawn(app)).count(evened(shown)) >= 3)


async def an_asked_question(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    app.ask_pane.ask(text)
    await until(pilot, lambda: evened(shown) in evened(drawn(app)))
    assert not ACTING.search("".join(app.title))


async def flow_parts(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    question = Question(
        number=1,
        kind="delete",
        text=text,
        answers=("yes", "no"),
        details=("also " + text,),
        names=("name " + text,),
        choices=(Choice(value=text, label=text),),
        suggestion=text,
    )
    failure = StepFailed(step="a", reason=text, hint=text, log=text, tail=(text,))
    finished = FlowFinished(state="failed", message=text, exit=3, hint=text, after=(Said(text=text, commands=(text,)),))
    assert evened(shown) in await mounted(app, pilot, *report_widgets(finished, failure))
    assert evened(shown) in await mounted(app, pilot, *problem(text))
    bar = Bar()
    await mounted(app, pilot, bar)
    await bar.put(Ask(text=text, answers=("yes", "no"), kind="delete"), question_details(question))
    await settled(pilot)
    await until(pilot, lambda: evened(drawn(app)).count(evened(shown)) >= 3)
    await bar.put(Ask(text=text, kind="value"), (ValueLine(question),))
    await settled(pilot)
    await until(pilot, lambda: evened(shown) in evened(drawn(app)))
    await bar.put(Ask(text=text, kind="prompt"), (TypeLine(ChildPrompt(step="a", text=text, empty_means=text)),))
    await settled(pilot)
    await until(pilot, lambda: evened(shown) in evened(drawn(app)))


async def the_live_pane(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    model = LineModel()
    model.feed((text.replace("\x08", "") + "\r\n").encode("utf-8", "replace"))
    log = LogView(model)
    log.styles.height = 10
    seen = await mounted(app, pilot, log)
    # The line model takes a C1 byte out alone, and marks half a surrogate pair as undecodable.
    assert {"abc": "a31mb0;titlec"}.get(shown, evened(shown)) in seen.replace("a?b", "ab")


async def dialogs(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    asked = (
        Asked(name="one", title=text, type="text", help=text, example=text, suggestion=text),
        Asked(name="two", title=text, type="choice", choices=(Choice(value=text, label=text),)),
    )
    for screen in (TextScreen(text, text), Confirm(text, text), Form(text, asked, {}, lambda values: (text, ()))):
        app.push_screen(screen)
        await settled(pilot)
        if isinstance(screen, Form):
            screen.action_done()
            await settled(pilot)
        assert evened(shown) in evened(drawn(app)), type(screen).__name__
        app.pop_screen()


async def the_machine_and_the_flows(app: GuideApp, pilot: Pilot[int], text: str, shown: str) -> None:
    one = Environment(name=text, path="/x/" + text, kind="venv", python_version=text, made_at=text)
    seen_machine = Machine(system="linux", shell="bash", environments=(one,), active_environment=text)
    finding = Finding(check=text, effect="blocks", title=text, evidence=text, fix=(text,), advice=text)
    none = Catalog([], lambda name: (_ for _ in ()).throw(KeyError(name)))
    for widgets in (
        machine_cards.environment(one, seen_machine, None, none),
        machine_cards.finding(finding, none),
        machine_cards.system(seen_machine),
    ):
        assert evened(shown) in await mounted(app, pilot, *widgets)
    await pilot.press("f5")
    pane = app.panes["machine"]
    pane.seen = seen_machine  # type: ignore[attr-defined]
    pane._fill()  # type: ignore[attr-defined]
    await settled(pilot)
    await until(pilot, lambda: pane.query_one(OptionList).option_count)
    drawn(app)


CHECKS = (
    cards_and_pieces,
    the_input_suggestions_and_notes,
    an_asked_question,
    flow_parts,
    the_live_pane,
    dialogs,
    the_machine_and_the_flows,
)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
async def test_foreign_text(guide: Open, check: Check) -> None:
    async with guide(size=(120, 60)) as (app, pilot):
        for text, shown in FOREIGN.values():
            await check(app, pilot, text, shown)


async def test_a_notice_of_a_flow(guide: Open) -> None:
    """Words of a flow that go into the live pane through its model."""
    from assistant.runner.plan import Plan
    from assistant.tui.flow_state import FlowState
    from tests.tui.test_flow_state import plan_of

    plan: Plan = plan_of("one")
    state = FlowState(plan)
    for text, _ in FOREIGN.values():
        state.apply(Notice(step="one", text=text, commands=(text,)), 0.0)
    async with guide(size=(100, 50)) as (app, pilot):
        log = LogView(state.lines)
        log.styles.height = 45
        seen = await mounted(app, pilot, log)
        assert "x[/foo]y" in seen and "([y]/n)?" in seen


# A megabyte without a blank.


async def test_a_line_of_a_megabyte(guide: Open) -> None:
    async with guide(size=(100, 30)) as (app, pilot):
        answer = Answer(
            question=LINE,
            status="answered",
            title=LINE,
            blocks=(Block(kind="lead", text=LINE), Block(kind="commands", commands=(ShownCommand(run=LINE),))),
        )
        seen = await mounted(app, pilot, AnswerCard(answer, question=LINE))
        assert "0123456789" in seen
        model = LineModel()
        model.feed(LINE.encode() + b"\r\n")
        log = LogView(model)
        log.styles.height = 10
        assert "0123456789" in await mounted(app, pilot, log)
        app.ask_pane.prompt.post_message(events.Paste(LINE))
        await settled(pilot)
        await until(pilot, lambda: "1 lines" in app.ask_pane.prompt.text)
        app.say(LINE)
        app.machine_bar.show(LINE)
        app.push_screen(TextScreen(LINE, LINE))
        await settled(pilot)
        drawn(app)


# The functions that make text safe.


@given(some.text(max_size=200))
def test_nothing_that_acts_is_left(text: str) -> None:
    for made in (plain(text), safe_line(text), safe_text(text).plain, styled_lines([text]).plain):
        assert not ACTING.search(made)
        made.encode("utf-8")
    assert "\n" not in safe_line(text)


@given(some.text(alphabet=some.characters(categories=("L", "N", "P", "S", "Zs")), max_size=200))
def test_what_cannot_act_stays_as_it_is(text: str) -> None:
    assert plain(text) == text


@given(
    some.lists(
        some.sampled_from(["\x1b", "[", "]", "31m", "0;", "\x07", "\x9b", "\x9c", "P", "\\", "a", "ü", "\n"]),
        max_size=30,
    )
)
def test_broken_sequences_cannot_act_either(parts: list[str]) -> None:
    assert not ACTING.search(plain("".join(parts)))


def test_long_texts_are_cut_and_say_so() -> None:
    assert len(plain("x" * 1_000_000)) < 21_000 and plain("x" * 1_000_000).endswith("…")
    assert len(safe_line("x" * 1_000)) == 400
