"""The one list of actions: what it promises, the user's keys, the help and the palette that are made from it."""

from __future__ import annotations

from pathlib import Path

import pytest
from textual.command import CommandPalette
from textual.widgets import Footer
from textual.widgets._footer import FooterKey

from assistant.errors import UsageError
from assistant.tui.actions import ACTIONS, SCOPES, actions, key_words
from assistant.tui.app import GuideApp
from assistant.tui.ask import AskPane
from assistant.tui.flow_screen import FlowScreen
from assistant.tui.flows import FlowsPane
from assistant.tui.help import HelpScreen
from assistant.tui.keymap import keymap_file, load_keymap
from assistant.tui.machine import MachinePane
from assistant.tui.pieces import Item
from tests.tui.conftest import Open, screen_text, settled, until

OWNERS = {"app": GuideApp, "ask": AskPane, "card": Item, "flows": FlowsPane, "machine": MachinePane, "flow": FlowScreen}


def test_every_action_exists_where_its_scope_says() -> None:
    for action in ACTIONS:
        name = action.run.partition("(")[0]
        owner = GuideApp if name.startswith("app.") else OWNERS[action.scope]
        assert hasattr(owner, f"action_{name.removeprefix('app.')}"), action.id


def test_ids_and_keys_are_told_apart() -> None:
    assert len({action.id for action in ACTIONS}) == len(ACTIONS)
    assert set(SCOPES) == {action.scope for action in ACTIONS} == set(OWNERS)
    for scope in SCOPES:
        keys = [key for action in actions(scope) for key in action.keys.split(",")]
        assert len(keys) == len(set(keys)), scope
    everywhere = {key for action in actions("app") for key in action.keys.split(",")}
    for scope in set(SCOPES) - {"app"}:
        assert not everywhere & {key for action in actions(scope) for key in action.keys.split(",")}, scope


def test_titles_read_noun_and_verb() -> None:
    for action in ACTIONS:
        noun, _, verb = action.title.partition(": ")
        assert noun and verb and noun == noun.lower(), action.title
        assert action.help


def test_keys_are_named_as_people_read_them() -> None:
    assert key_words("ctrl+y,f2") == "Ctrl+Y or F2"
    assert key_words("question_mark") == "?"
    assert key_words("pageup") == "PageUp"
    assert key_words("j") == "j"


# The user's own keys.


def written(text: str) -> Path:
    file = keymap_file()
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_without_a_file_there_are_no_keys_of_ones_own() -> None:
    assert load_keymap() == {}


def test_keys_are_read_in_three_ways_of_writing() -> None:
    written('"answer.copy" = "ctrl+k"\nanswer.more = "f7, ctrl+b"\n[theme]\nnext = "f10"\n')
    assert load_keymap() == {"answer.copy": "ctrl+k", "answer.more": "f7,ctrl+b", "theme.next": "f10"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('"answer.cpy" = "ctrl+k"', "answer.copy"),
        ('"answer.copy" = 3', "needs a key as text"),
        ('"answer.copy" = ""', "needs a key as text"),
        ('"answer.copy" = "ctrl+r"', "`answer.copy` and `answer.flow`"),
        ("not toml", "not valid TOML"),
    ],
)
def test_a_mistake_in_the_keys_is_named(text: str, words: str) -> None:
    written(text)
    with pytest.raises(UsageError) as caught:
        load_keymap()
    assert words in str(caught.value)


async def test_a_key_of_ones_own_works_and_the_footer_and_help_name_it(guide: Open) -> None:
    written('"help" = "f12"\n')
    async with guide() as (app, pilot):
        await pilot.press("f1")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: any(key.key == "f12" for key in app.query_one(Footer).query(FooterKey)))
        await pilot.press("f12")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await until(pilot, lambda: "F12" in screen_text(app))


async def test_a_mistake_in_the_keys_does_not_stop_the_app(guide: Open) -> None:
    written("nothing = 1\n")
    async with guide() as (app, pilot):
        assert any("nothing" in note.message for note in app._notifications)
        await pilot.press("f1")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))


# Help, palette, tabs, themes, leaving.


async def test_help_lists_every_action_and_command(guide: Open) -> None:
    from assistant.dialogue.slash import COMMANDS
    from assistant.tui.pieces import Words

    async with guide(size=(100, 40)) as (app, pilot):
        await pilot.press("f1")
        text = " ".join(" ".join(words.text.split()) for words in app.screen.query(Words))
        for action in ACTIONS:
            assert " ".join(action.help.split()) in text, action.id
        for command in COMMANDS:
            assert f"/{command.name}" in text
        await pilot.press("escape")
        await until(pilot, lambda: not isinstance(app.screen, HelpScreen))


async def test_the_palette_holds_actions_themes_flows_and_tasks(guide: Open) -> None:
    from assistant.tui.palette import GuideCommands

    async with guide() as (app, pilot):
        await pilot.press("ctrl+p")
        await until(pilot, lambda: isinstance(app.screen, CommandPalette))
        titles = [title for title, _, _ in GuideCommands(app.screen_stack[0])._all()]
        assert "view: Machine" in titles and "answer: Copy" in titles
        assert "theme: envguide-light" in titles
        assert any(title.startswith("flow: ") for title in titles)
        assert any(title.startswith("task: ") for title in titles)
        await pilot.press(*"theme light")
        await until(
            pilot, lambda: app.screen.query("CommandList") and app.screen.query("CommandList").first().option_count
        )  # type: ignore[attr-defined]
        await pilot.press("escape")


async def test_the_palette_runs_what_is_chosen(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press("ctrl+p")
        await pilot.press(*"envguide-contrast-light")
        listing = app.screen.query_one("CommandList")
        await until(pilot, lambda: listing.option_count == 1)  # type: ignore[attr-defined]
        await pilot.press("enter")
        await until(pilot, lambda: app.theme == "envguide-contrast-light")


async def test_tabs_by_keys_and_by_mouse(guide: Open) -> None:
    async with guide(size=(100, 30)) as (app, pilot):
        for key, name in (
            ("f3", "reference"),
            ("f4", "flows"),
            ("f5", "machine"),
            ("f2", "ask"),
            ("alt+2", "reference"),
        ):
            await pilot.press(key)
            await until(pilot, lambda name=name: app.tab == name and app.panes[name].display)
            assert [pane.id for pane in app.panes.values() if pane.display] == [name]
        for name, column in (("ask", 3), ("reference", 10), ("flows", 24), ("machine", 33)):
            await pilot.hover("#tabs", offset=(column, 0))
            await pilot.click("#tabs", offset=(column, 0))
            await until(pilot, lambda name=name: app.tab == name)
        await pilot.press("escape")
        await until(pilot, lambda: app.tab == "ask" and app.focused is app.ask_pane.prompt)


async def test_the_next_theme_is_remembered(guide: Open) -> None:
    async with guide() as (app, pilot):
        assert app.theme == "envguide-dark"
        await pilot.press("f9")
        await until(pilot, lambda: app.theme == "envguide-light")
    async with guide() as (app, pilot):
        assert app.theme == "envguide-light"
    async with guide(theme="envguide-contrast-dark") as (app, pilot):
        assert app.theme == "envguide-contrast-dark"


async def test_ctrl_c_copies_what_is_marked_then_empties_then_leaves(guide: Open) -> None:
    async with guide() as (app, pilot):
        app.ask_pane.prompt.fill("marked text")
        app.ask_pane.prompt.select_all()
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.clipboard == "marked text")
        app.ask_pane.prompt.move_cursor((0, 0))
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.ask_pane.prompt.text == "")
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.is_running)
        await pilot.press("ctrl+c")
        await until(pilot, lambda: app.return_value == 0)


async def test_ctrl_q_leaves(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press("ctrl+q")
        await until(pilot, lambda: app.return_value == 0)


@pytest.mark.parametrize("kind", ["entry", "flow", "words"])
async def test_a_deep_link_opens_an_entry_a_flow_or_asks(guide: Open, kind: str) -> None:
    links = {"entry": "environment.create", "flow": "create-environment", "words": "conda vs venv"}
    async with guide(open_at=links[kind]) as (app, pilot):
        if kind == "flow":
            await until(pilot, lambda: isinstance(app.screen, FlowScreen))
            assert app.desk.run and app.desk.run.name == "create-environment"
            return
        await until(pilot, lambda: app.ask_pane.newest)
        newest = app.ask_pane.newest
        assert newest and newest.entry
        assert kind == "words" or newest.entry.id == "environment.create"


async def test_a_copied_command_is_the_command_only_on_both_clipboards(
    guide: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pyperclip

    native: list[str] = []
    monkeypatch.setattr(pyperclip, "copy", native.append)
    async with guide() as (app, pilot):
        app.copy_text("conda create -n 'my env'")
        await until(pilot, lambda: native)
        assert app.clipboard == "conda create -n 'my env'" and native == ["conda create -n 'my env'"]
        monkeypatch.setattr(pyperclip, "copy", lambda text: (_ for _ in ()).throw(pyperclip.PyperclipException("none")))
        app.copy_text("again")
        await pilot.pause()
        await until(pilot, lambda: app.clipboard == "again")
        await until(pilot, lambda: not any("fault" in note.message for note in app._notifications))


async def test_the_top_line_is_cut_and_never_wraps(guide: Open) -> None:
    async with guide(size=(46, 20)) as (app, pilot):
        app.machine_bar.show("a long line about the machine " * 5)
        await settled(pilot)
        lines = screen_text(app).split("\n")
        assert lines[0].endswith("…") and "Ask" in lines[1]


@pytest.mark.parametrize("size", [(40, 10), (60, 16), (80, 24), (200, 60)])
async def test_every_view_fits_every_size(guide: Open, size: tuple[int, int]) -> None:
    async with guide(size=size) as (app, pilot):
        app.ask_pane.ask("conda vs venv")
        for name in ("ask", "reference", "flows", "machine"):
            app.action_tab(name)
            await settled(pilot)
        await pilot.press("f1")
        await until(pilot, lambda: "Keys and commands" in screen_text(app))
