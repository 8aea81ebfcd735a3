"""The conversation's commands in the full screen: what each does, completion, mistakes."""

from __future__ import annotations

import pytest

from assistant.dialogue.slash import COMMANDS
from assistant.tui.cards import AnswerCard, Note
from assistant.tui.help import HelpScreen
from assistant.tui.slash import _COMMANDS
from assistant.tui.welcome import Welcome
from tests.tui.conftest import Open, say, screen_text, until
from tests.tui.test_ask import answer_of, cards


def test_every_command_does_something() -> None:
    assert {command.name for command in COMMANDS} == set(_COMMANDS)


async def test_compare_ref_and_translate_answer(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        await say(app, pilot, "/compare conda uv")
        await until(pilot, lambda: app.ask_pane.newest and app.ask_pane.newest.kind == "comparison")
        await say(app, pilot, "/translate conda create -n demo python=3.12 --to uv")
        await until(pilot, lambda: app.ask_pane.newest and app.ask_pane.newest.title == "In uv")
        assert any("uv" in command.run for command in app.ask_pane.newest.commands)  # type: ignore[union-attr]
        count = len(cards(app))
        await say(app, pilot, "/translate uv conda list")
        await until(pilot, lambda: len(cards(app)) == count + 1)
        assert app.ask_pane.newest and app.ask_pane.newest.status == "answered"
        await say(app, pilot, "/ref create environment")
        await until(pilot, lambda: len(cards(app)) == count + 2)
        await say(app, pilot, "/ref")
        await until(pilot, lambda: app.tab == "reference")


async def test_views_and_help_open(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "/flows")
        await until(pilot, lambda: app.tab == "flows")
        await pilot.press("f2")
        await say(app, pilot, "/runs")
        await until(pilot, lambda: app.tab == "flows")
        await pilot.press("f2")
        await say(app, pilot, "/help")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape")
        await say(app, pilot, "/doctor shell")
        await until(pilot, lambda: app.tab == "machine")


async def test_assumptions_change_answers_and_show_in_the_top_line(guide: Open) -> None:
    async with guide(size=(120, 30)) as (app, pilot):
        await say(app, pilot, "/os windows")
        await say(app, pilot, "/shell powershell")
        await say(app, pilot, "/tool uv")
        await until(pilot, lambda: app.assumed() == "windows, powershell, uv")
        await until(pilot, lambda: "answers for windows, powershell, uv" in screen_text(app))
        for command in ("/os", "/shell", "/tool"):
            await say(app, pilot, command)
        await until(pilot, lambda: app.assumed() == "")
        await until(pilot, lambda: "answers for" not in screen_text(app).split("\n")[0])


async def test_run_opens_the_named_or_the_offered_flow(guide: Open) -> None:
    async with guide() as (app, pilot):
        opened: list[tuple[str, str, dict[str, str]]] = []
        app.open_flow = lambda name, params: opened.append(("run", name, params))  # type: ignore[method-assign]
        app.open_run = lambda kind, name: opened.append((kind, name, {}))  # type: ignore[method-assign]
        await say(app, pilot, "/run create-environment name=demo")
        await say(app, pilot, "/plan create-environment")
        app.ask_pane.show_answer(answer_of(), "q")
        await say(app, pilot, "/run")
        await say(app, pilot, "/resume")
        await say(app, pilot, "/undo 2026-x")
        await until(pilot, lambda: len(opened) == 5)
        assert opened == [
            ("run", "create-environment", {"name": "demo"}),
            ("run", "create-environment", {}),
            ("run", "hello", {"name": "Ada"}),
            ("resume", "", {}),
            ("undo", "2026-x", {}),
        ]


async def test_copy_theme_more_clear(guide: Open) -> None:
    async with guide() as (app, pilot):
        app.ask_pane.show_answer(answer_of(5), "q")
        await say(app, pilot, "/copy")
        await until(pilot, lambda: app.clipboard == "conda create -n env5")
        await say(app, pilot, "/copy all")
        await until(pilot, lambda: "The answer to number 5." in app.clipboard)
        assert "conda create -n env5" in app.clipboard and "\x1b" not in app.clipboard
        await say(app, pilot, "/more")
        await until(pilot, lambda: isinstance(cards(app)[-1], Note))
        await say(app, pilot, "/theme envguide-light")
        await until(pilot, lambda: app.theme == "envguide-light")
        await say(app, pilot, "/theme")
        await until(pilot, lambda: app.theme != "envguide-light")
        await say(app, pilot, "/clear")
        await until(pilot, lambda: app.ask_pane.cards.query(Welcome))


async def test_why_diagnoses_what_follows(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "/why ModuleNotFoundError: No module named 'numpy'")
        await until(pilot, lambda: isinstance(cards(app)[-1], AnswerCard) if cards(app) else False)
        assert app.ask_pane.newest and app.ask_pane.newest.kind == "problem"


async def test_log_redo_machine_enter_source_and_report(guide: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    from assistant.tui.base import BaseApp

    async with guide(size=(100, 40)) as (app, pilot):
        done: list[tuple[str, str]] = []
        app.open_run = lambda kind, name: done.append((kind, name))  # type: ignore[method-assign]
        app.show_log = lambda name: done.append(("log", name))  # type: ignore[method-assign]
        app.open_shell = lambda one, machine: done.append(("enter", one.name))  # type: ignore[method-assign]
        app._report = lambda: BaseApp.Reported("## Machine")  # type: ignore[method-assign]
        for text in ("/log 2026-x", "/redo 2026-x", "/enter demo"):
            await say(app, pilot, text)
        await until(pilot, lambda: done == [("log", "2026-x"), ("redo", "2026-x"), ("enter", "demo")])
        await say(app, pilot, "/report")
        await until(pilot, lambda: app.clipboard == "## Machine")
        app.ask_pane.show_answer(answer_of(), "q")
        await say(app, pilot, "/source")
        await until(pilot, lambda: "Where that comes from" in screen_text(app))
        await say(app, pilot, "/machine")
        await until(pilot, lambda: app.tab == "machine")


async def test_quit_leaves(guide: Open) -> None:
    async with guide() as (app, pilot):
        app.ask_pane.prompt.fill("/exit")
        await pilot.press("enter")
        await until(pilot, lambda: app.return_value == 0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("/thme light", "did you mean theme"),
        ("/compare conda", "at least two"),
        ("/compare conda nonsensetool", "no tool"),
        ("/translate conda list", "to which tool"),
        ("/os amiga", "known: linux"),
        ("/theme puce", "there is no theme"),
        ("/run no-such-flow", "there is no flow"),
        ("/run create-environment nonsense", "name=value"),
        ("/doctor nothing-such", "there is no check"),
        ("/why", "paste the error"),
        ("/ref zzqqww", "no task"),
        ("/copy", "no answer to copy"),
        ("/source", "there is no answer yet"),
        ("/redo", "say which run"),
        ("/enter", "say which environment"),
        ("/enter dmo", "did you mean demo"),
    ],
)
async def test_a_mistake_is_answered(guide: Open, text: str, words: str) -> None:
    async with guide(size=(100, 30)) as (app, pilot):
        await say(app, pilot, text)
        await until(pilot, lambda: cards(app))
        shown = " ".join(screen_text(app).split()).lower()
        assert words in shown, shown


async def test_a_path_is_a_question_and_not_a_command(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "/usr/bin/python: No module named numpy")
        await until(pilot, lambda: cards(app))
        await until(pilot, lambda: "there is no command" not in screen_text(app))


async def test_completion_of_commands_and_their_words(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press(*"/comp")
        await until(pilot, lambda: [item.text for item in app.ask_pane.suggestions.items] == ["/compare "])
        await pilot.press("tab")
        await until(pilot, lambda: any(item.text == "/compare conda " for item in app.ask_pane.suggestions.items))
        await pilot.press(*"conda u")
        await until(pilot, lambda: any(item.text == "/compare conda uv " for item in app.ask_pane.suggestions.items))
        await pilot.press("ctrl+c")
        await pilot.press(*"/enter d")
        await until(pilot, lambda: [item.text for item in app.ask_pane.suggestions.items] == ["/enter demo"])
        await pilot.press("ctrl+c")
        await pilot.press(*"/run create-environment py")
        await until(
            pilot, lambda: [i.text for i in app.ask_pane.suggestions.items][-1:] == ["/run create-environment python="]
        )
        await until(pilot, lambda: app.ask_pane.suggestions.size.height == 1)  # it shrinks when the typing pauses
        await pilot.press("ctrl+c")
        await pilot.press(*"/theme envguide-contrast-d")
        await pilot.press("down", "enter")
        await until(pilot, lambda: app.theme == "envguide-contrast-dark")
