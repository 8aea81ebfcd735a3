"""The conversation: asking, suggestions, history, pasting, the actions on answers, searching."""

from __future__ import annotations

from textual import events

from assistant.dialogue.answer import Answer, Block, FlowOffer, Link, ShownCommand
from assistant.tui.app import GuideApp
from assistant.tui.ask import MOUNTED, WHOLE
from assistant.tui.cards import AnswerCard, Note
from assistant.tui.pieces import Card, CommandLine, Flat
from assistant.tui.pieces import Link as LinkWidget
from assistant.tui.welcome import EXAMPLES, Welcome
from tests.tui.conftest import Open, say, screen_text, settled, until


def answer_of(number: int = 1, **fields: object) -> Answer:
    """An answer with one command, one flow, more and a related entry."""
    given = {
        "question": f"question {number}",
        "status": "answered",
        "kind": "command",
        "title": f"Title {number}",
        "blocks": (
            Block(kind="lead", text=f"The answer to number {number}."),
            Block(kind="commands", text="With conda", commands=(ShownCommand(run=f"conda create -n env{number}"),)),
        ),
        "flows": (FlowOffer(id="hello", title="Say hello", params={"name": "Ada"}),),
        "more": "The rest of it.",
        "related": (Link(id="environment.create", title="Create an environment"),),
        **fields,
    }
    return Answer(**given)


def cards(app: GuideApp) -> list[Card]:
    return list(app.ask_pane.cards.query_children(Card))


async def test_a_question_gets_a_card_and_the_input_is_empty_again(guide: Open) -> None:
    async with guide() as (app, pilot):
        assert app.ask_pane.cards.query(Welcome)
        await say(app, pilot, "conda vs venv")
        card = cards(app)[-1]
        assert isinstance(card, AnswerCard)
        assert card.answer.status == "answered"
        assert app.ask_pane.prompt.text == ""
        assert not app.ask_pane.cards.query(Welcome)
        await until(pilot, lambda: "conda vs venv" in screen_text(app))


async def test_a_follow_up_is_about_the_answer_before(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "create an environment called demo with python 3.12")
        first = app.ask_pane.newest
        await say(app, pilot, "and with uv?")
        second = app.ask_pane.newest
        assert first and second and first.entry and second.entry
        assert any("uv" in command.run.split() for command in second.commands)


async def test_an_example_is_asked_when_it_is_taken(guide: Open) -> None:
    async with guide() as (app, pilot):
        links = list(app.ask_pane.cards.query(Welcome).first().query(LinkWidget))
        assert [link.value for link in links] == [example for _, example in EXAMPLES]
        links[0].focus()
        await pilot.press("enter")
        await until(pilot, lambda: cards(app))
        assert app.ask_pane.newest is not None


async def test_asking_before_the_knowledge_is_open_is_answered_later(library: object, machine: object) -> None:
    app = GuideApp(library, machine)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)) as pilot:
        app.ask_pane.ask("conda vs venv")
        app.ask_pane.ask("what is conda")
        await until(pilot, lambda: len(cards(app)) == 2)
        assert [card.question for card in cards(app)] == ["conda vs venv", "what is conda"]  # type: ignore[attr-defined]


async def test_an_unknown_question_is_kept_and_says_so(guide: Open) -> None:
    from assistant.dialogue.gaps import read_gaps

    async with guide() as (app, pilot):
        await say(app, pilot, "zzqq wwkk")
        assert app.ask_pane.newest and app.ask_pane.newest.status == "unknown"
        assert [gap["question"] for gap in read_gaps()] == ["zzqq wwkk"]


async def test_a_fault_in_answering_does_not_end_the_app(guide: Open, monkeypatch: object) -> None:
    async with guide() as (app, pilot):
        conversation = app.ask_pane.conversation
        assert conversation

        def broken(text: str) -> Answer:
            raise ValueError("broken on purpose")

        conversation.turn = broken  # type: ignore[method-assign]
        await say(app, pilot, "anything")
        await until(pilot, lambda: "broken on purpose" in screen_text(app))


# Suggestions.


async def test_suggestions_appear_while_typing_and_tab_takes_the_first(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press(*"cre")
        shown = app.ask_pane.suggestions.items
        assert shown
        await pilot.press("tab")
        await until(pilot, lambda: app.ask_pane.prompt.text == shown[0].text)


async def test_down_chooses_and_enter_asks_the_chosen(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press(*"conda")
        wanted = app.ask_pane.suggestions.items[1].text
        await pilot.press("down", "down")
        await until(pilot, lambda: app.ask_pane.suggestions.at == 1)
        await pilot.press("up", "up")
        await until(pilot, lambda: app.ask_pane.suggestions.at is None)
        await pilot.press("down", "down", "enter")
        await until(pilot, lambda: cards(app))
        assert app.ask_pane.history.lines[-1] == wanted


async def test_escape_hides_suggestions_and_a_click_takes_one(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press(*"conda")
        await pilot.press("escape")
        await until(pilot, lambda: not app.ask_pane.suggestions.items)
        await pilot.press("space", "e")
        await until(pilot, lambda: app.ask_pane.suggestions.items)
        wanted = app.ask_pane.suggestions.items[0].text
        await pilot.click("#suggestions", offset=(4, 0))
        await until(pilot, lambda: cards(app))
        assert app.ask_pane.history.lines[-1] == wanted


# History and editing.


async def test_up_and_down_walk_through_the_history_and_keep_the_draft(guide: Open) -> None:
    async with guide() as (app, pilot):
        for text in ("what is conda", "conda vs venv"):
            await say(app, pilot, text)
        app.ask_pane.prompt.fill("a draft")
        await pilot.press("up")
        await until(pilot, lambda: app.ask_pane.prompt.text == "conda vs venv")
        await pilot.press("up", "up")
        await until(pilot, lambda: app.ask_pane.prompt.text == "what is conda")
        await pilot.press("down", "down")
        await until(pilot, lambda: app.ask_pane.prompt.text == "a draft")
        await until(pilot, lambda: not app.ask_pane.suggestions.items)


async def test_the_history_outlives_the_app(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "what is conda")
    async with guide() as (app, pilot):
        await pilot.press("up")
        await until(pilot, lambda: app.ask_pane.prompt.text == "what is conda")


async def test_ctrl_j_makes_a_new_line(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press("a", "ctrl+j", "b")
        await until(pilot, lambda: app.ask_pane.prompt.text == "a\nb")


async def test_pasted_lines_stay_lines_and_lose_what_could_act(guide: Open) -> None:
    async with guide() as (app, pilot):
        app.ask_pane.prompt.post_message(events.Paste("one\r\n\x1b[31mtwo\x1b[0m\x1b]0;title\x07\nthree"))
        await pilot.pause()
        await until(pilot, lambda: app.ask_pane.prompt.text == "one\ntwo\nthree")
        await pilot.press("enter")
        await until(pilot, lambda: cards(app))
        await until(pilot, lambda: "and 2 more lines" in screen_text(app))


async def test_a_long_paste_is_kept_aside_and_answered_whole(guide: Open) -> None:
    output = "\n".join(f"line {number}" for number in range(3000)) + "\nModuleNotFoundError: No module named 'numpy'"
    async with guide() as (app, pilot):
        await pilot.press(*"why? ")
        app.ask_pane.prompt.post_message(events.Paste(output))
        await pilot.pause()
        await until(pilot, lambda: "3,001 lines" in app.ask_pane.prompt.text)
        await pilot.press("enter")
        await until(pilot, lambda: cards(app))
        assert app.ask_pane.newest and "ModuleNotFoundError" in app.ask_pane.newest.question


async def test_a_question_mark_in_an_empty_input_opens_the_help(guide: Open) -> None:
    from assistant.tui.help import HelpScreen

    async with guide() as (app, pilot):
        await pilot.press("question_mark")
        await until(pilot, lambda: isinstance(app.screen, HelpScreen))
        await pilot.press("escape")
        await pilot.press("a", "question_mark")
        await until(pilot, lambda: app.ask_pane.prompt.text == "a?")


# Actions on the newest answer.


async def test_the_actions_of_an_answer_by_their_keys(guide: Open) -> None:
    async with guide() as (app, pilot):
        opened: list[tuple[str, dict[str, str]]] = []
        app.open_flow = lambda name, params: opened.append((name, params))  # type: ignore[method-assign]
        for key in ("ctrl+y", "ctrl+r", "ctrl+o", "ctrl+s", "ctrl+t"):
            await pilot.press(key)  # without an answer they only say so
        app.ask_pane.show_answer(answer_of(7), "question 7")
        await settled(pilot)
        await pilot.press("ctrl+y")
        await until(pilot, lambda: app.clipboard == "conda create -n env7")
        await pilot.press("ctrl+r")
        await until(pilot, lambda: opened == [("hello", {"name": "Ada"})])
        await pilot.press("ctrl+o")
        await until(pilot, lambda: isinstance(cards(app)[-1], Note) and "The rest of it." in screen_text(app))
        await pilot.press("ctrl+s")
        await until(pilot, lambda: "Where that comes from" in screen_text(app))
        await pilot.press("ctrl+t")
        await until(pilot, lambda: app.ask_pane.prompt.text == "/translate conda create -n env7 --to ")
        await until(pilot, lambda: any(item.text.endswith("--to uv ") for item in app.ask_pane.suggestions.items))


async def test_the_actions_of_a_card_by_mouse(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        opened: list[str] = []
        app.open_flow = lambda name, params: opened.append(name)  # type: ignore[method-assign]
        app.ask_pane.show_answer(answer_of(3), "question 3")
        await settled(pilot)
        chips = {link.text: link for link in cards(app)[-1].query(LinkWidget)}
        await pilot.click(cards(app)[-1].query(CommandLine).first())
        await until(pilot, lambda: app.clipboard == "conda create -n env3")
        app.copy_to_clipboard("")
        await pilot.click(chips["Copy"])
        await until(pilot, lambda: app.clipboard == "conda create -n env3")
        await pilot.click(chips["Run as flow"])
        await until(pilot, lambda: opened == ["hello"])
        await pilot.click(chips["Translate"])
        await until(pilot, lambda: app.ask_pane.prompt.text.startswith("/translate conda create -n env3 --to"))
        await pilot.click(chips["More"])
        await until(pilot, lambda: isinstance(cards(app)[-1], Note))


async def test_a_related_entry_opens_as_an_answer(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(), "question")
        await settled(pilot)
        link = next(link for link in cards(app)[-1].query(LinkWidget) if link.kind == "entry")
        link.focus()
        await pilot.press("enter")
        await until(pilot, lambda: len(cards(app)) == 2)
        assert (
            app.ask_pane.newest and app.ask_pane.newest.entry and app.ask_pane.newest.entry.id == "environment.create"
        )


async def test_a_choice_answers_the_question_back(guide: Open) -> None:
    async with guide() as (app, pilot):
        conversation = app.ask_pane.conversation
        assert conversation
        ids = app.library.index["ids"] if app.library else []
        choices = tuple(Link(id=name, title=f"Choice {name}") for name in ids[:2])
        conversation.pending = choices
        app.ask_pane.show_answer(Answer(question="q", status="ambiguous", choices=choices), "q")
        await settled(pilot)
        link = next(link for link in cards(app)[-1].query(LinkWidget) if link.value == "2")
        link.focus()
        await pilot.press("enter")
        await until(pilot, lambda: len(cards(app)) == 2)
        assert app.ask_pane.newest and app.ask_pane.newest.entry and app.ask_pane.newest.entry.id == ids[1]


async def test_lines_of_a_card_by_keys(guide: Open) -> None:
    async with guide(size=(100, 40)) as (app, pilot):
        app.ask_pane.show_answer(answer_of(), "question")
        await settled(pilot)
        items = list(cards(app)[-1].query("CommandLine, Link"))
        items[0].focus()
        await pilot.press("down")
        await until(pilot, lambda: app.focused is items[1])
        await pilot.press("j", "k", "up")
        await until(pilot, lambda: app.focused is items[0])
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard == "conda create -n env1")
        items[1].focus()
        await pilot.press("c")
        await until(pilot, lambda: app.clipboard == items[1].text)
        await pilot.press("escape")
        await until(pilot, lambda: app.focused is app.ask_pane.prompt)


# Long conversations.


async def test_only_the_newest_cards_are_mounted_and_few_of_them_whole(guide: Open) -> None:
    async with guide() as (app, pilot):
        for number in range(MOUNTED + 12):
            app.ask_pane.show_answer(answer_of(number), f"question {number}")
        await until(pilot, lambda: len(cards(app)) == MOUNTED)
        await until(pilot, lambda: sum(not card.flat for card in cards(app)) == WHOLE)
        assert cards(app)[-1].question == f"question {MOUNTED + 11}"  # type: ignore[attr-defined]
        assert all(len(list(card.walk_children())) == 1 for card in cards(app) if card.flat)


async def test_an_older_card_is_made_whole_by_taking_it(guide: Open) -> None:
    async with guide() as (app, pilot):
        for number in range(WHOLE + 2):
            app.ask_pane.show_answer(answer_of(number), f"question {number}")
        await until(pilot, lambda: cards(app)[0].query(Flat))
        assert "The answer to number 0." in cards(app)[0].query(Flat).first().text
        cards(app)[0].query(Flat).first().focus()
        await pilot.press("enter")
        await until(pilot, lambda: cards(app)[0].query(CommandLine))
        assert not cards(app)[0].flat


async def test_pages_and_cards_by_keys(guide: Open) -> None:
    async with guide() as (app, pilot):
        for number in range(4):
            app.ask_pane.show_answer(answer_of(number), f"question {number}")
        area = app.ask_pane.cards
        await until(pilot, lambda: area.scroll_y > 0)
        there = area.scroll_y
        await pilot.press("pageup")
        await until(pilot, lambda: area.scroll_y < there)
        back = area.scroll_y
        await pilot.press("pagedown")
        await until(pilot, lambda: area.scroll_y > back)
        await pilot.press("alt+up")
        await until(pilot, lambda: app.focused in list(cards(app)[-1].walk_children()))
        await pilot.press("alt+up")
        await until(pilot, lambda: app.focused in list(cards(app)[-2].walk_children()))
        await pilot.press("alt+down", "alt+down")
        await until(pilot, lambda: app.focused is app.ask_pane.prompt)


async def test_clear_starts_an_empty_conversation(guide: Open) -> None:
    async with guide() as (app, pilot):
        await say(app, pilot, "conda vs venv")
        await pilot.press("ctrl+l")
        await until(pilot, lambda: app.ask_pane.cards.query(Welcome))
        assert not cards(app)
        assert app.ask_pane.newest is None
        assert app.ask_pane.conversation and app.ask_pane.conversation.last is None


# Searching.


async def test_find_marks_hits_and_steps_through_them(guide: Open) -> None:
    async with guide() as (app, pilot):
        for number in range(3):
            app.ask_pane.show_answer(answer_of(number), f"question {number}")
        await settled(pilot)
        await pilot.press("ctrl+f")
        await pilot.press(*"the answer to")
        finder = app.ask_pane.finder
        assert finder and finder.hits == 3
        await until(pilot, lambda: "1 of 3" in screen_text(app))
        assert len(app.query(".-hit")) == 1
        await pilot.press("enter")
        await until(pilot, lambda: "2 of 3" in screen_text(app))
        await pilot.press("up")
        await until(pilot, lambda: "1 of 3" in screen_text(app))
        await pilot.press("down", "down", "down")
        await until(pilot, lambda: "1 of 3" in screen_text(app))
        by_mouse = {link.value: link for link in finder.query(LinkWidget)}
        await pilot.click(by_mouse["newer"])
        await until(pilot, lambda: "2 of 3" in screen_text(app))
        await pilot.click(by_mouse["older"])
        await until(pilot, lambda: "1 of 3" in screen_text(app))
        finder.line.focus()
        await pilot.press("escape")
        await until(pilot, lambda: not finder.display)
        await until(pilot, lambda: not app.query(".-hit"))
        await until(pilot, lambda: app.focused is app.ask_pane.prompt)


async def test_find_says_when_there_is_nothing(guide: Open) -> None:
    async with guide() as (app, pilot):
        await pilot.press("ctrl+f")
        await pilot.press(*"zzqq")
        await until(pilot, lambda: "nothing found" in screen_text(app))
        await pilot.press("ctrl+f")
        await until(pilot, lambda: app.ask_pane.finder and not app.ask_pane.finder.display)
