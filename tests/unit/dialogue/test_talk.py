"""Follow-ups change one thing of the last answer, refer to it, or answer a question of ours; new questions are new."""

from __future__ import annotations

import pytest

from assistant.dialogue.answer import Answer, Link
from assistant.dialogue.engine import Asked
from assistant.dialogue.replies import about_choice, chosen_number, small_talk
from assistant.dialogue.talk import Conversation
from assistant.render.answers import answer_text
from assistant.search.library import Library, open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


@pytest.fixture
def talk(library: Library) -> Conversation:
    return Conversation(library, Asked(system="linux", shell="bash"))


def say(talk: Conversation, *messages: str) -> Answer:
    """The answer to the last message."""
    for message in messages:
        answer = talk.turn(message)
    return answer


def runs(answer: Answer) -> list[str]:
    return [command.run for command in answer.commands]


def test_another_tool(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo with python 3.11", "and with uv?")
    assert answer.entry and answer.entry.id == "environment.create"
    assert runs(answer)[0] == "uv venv --python 3.11"


def test_another_system(talk: Conversation) -> None:
    answer = say(talk, "activate a venv", "on Windows?")
    assert "Scripts" in runs(answer)[0]


def test_another_shell(talk: Conversation) -> None:
    answer = say(talk, "activate a venv", "and in fish")
    assert runs(answer)[0].endswith("activate.fish")


def test_another_version(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo with python 3.11", "3.12 instead")
    assert "conda create -n demo python=3.12" in runs(answer)


def test_another_name(talk: Conversation) -> None:
    answer = say(talk, "create an env with python 3.12", "called lab")
    assert "conda create -n lab python=3.12" in runs(answer)


def test_several_changes_in_a_row(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo", "with python 3.12", "using mamba", "on windows")
    assert runs(answer)[0].startswith("mamba create -n demo python=3.12")


def test_a_pronoun_takes_the_name_along(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo", "how do I delete it?")
    assert answer.entry and answer.entry.id == "environment.remove"
    assert "conda env remove -n demo" in runs(answer)


def test_undo_that(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo", "undo that")
    assert "conda env remove -n demo" in runs(answer)


def test_is_that_safe(talk: Conversation) -> None:
    answer = say(talk, "delete env demo", "is that safe?")
    assert "deletes" in answer_text(answer)
    answer = say(talk, "list my environments", "is that safe?")
    assert "only show" in answer_text(answer)


def test_more_and_example(talk: Conversation) -> None:
    first = say(talk, "conda vs venv")
    more = say(talk, "tell me more")
    assert answer_text(more) != answer_text(first)
    assert more.status == "answered"


def test_an_unrelated_question_does_not_lose_the_thread(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo with python 3.11", "how do I boil an egg", "and with uv?")
    assert runs(answer)[0] == "uv venv --python 3.11"


def test_thanks_has_no_entry_and_keeps_the_thread(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo", "thanks!")
    assert answer.entry is None and answer.status == "answered"
    assert "conda env remove -n demo" in runs(say(talk, "undo that"))


def test_a_comparison_takes_a_third_tool(talk: Conversation) -> None:
    answer = say(talk, "conda vs venv", "and uv?")
    assert answer.kind == "comparison"
    text = answer_text(answer, 140)
    assert "conda" in text and "venv" in text and "uv" in text


def test_do_it_offers_the_flow_prefilled(talk: Conversation) -> None:
    answer = say(talk, "create an env called demo with python 3.12", "do it")
    assert [flow.id for flow in answer.flows][:1] == ["create-environment"]
    assert answer.flows[0].params["name"] == "demo"
    assert answer.flows[0].params["python"] == "3.12"


def test_a_choice_is_taken_by_number_word_or_dropped(talk: Conversation) -> None:
    links = (
        Link(id="environment.create", title="Create an environment"),
        Link(id="environment.remove", title="Delete an environment"),
    )
    talk.pending = links
    by_number = talk.turn("2")
    assert by_number.entry and by_number.entry.id == "environment.remove"
    talk.pending = links
    by_word = talk.turn("the create one")
    assert by_word.entry and by_word.entry.id == "environment.create"
    talk.pending = links
    other = talk.turn("conda vs venv")
    assert other.kind == "comparison"
    assert talk.pending == ()


def test_a_pasted_error_is_recognised_without_a_command(talk: Conversation) -> None:
    pasted = (
        "$ conda activate demo\n\nCommandNotFoundError: Your shell has not been properly configured to use 'conda activate'.\n"
        "To initialize your shell, run\n"
    )
    answer = say(talk, pasted)
    assert answer.kind == "problem"
    assert "conda init" in answer_text(answer)


@pytest.mark.parametrize("text", ["thanks", "thank you very much!", "hello", "bye", "ok great", "what can you do?"])
def test_small_talk(text: str) -> None:
    assert small_talk(text)


@pytest.mark.parametrize(
    "text", ["hello world in python", "ok but why", "thanks but how do I delete it", "conda", "great, and with uv?"]
)
def test_no_small_talk(text: str) -> None:
    assert small_talk(text) == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 1), ("the first", 0), ("second one", 1), ("last", 2), ("option 3", 2), ("7", None), ("why", None)],
)
def test_numbers_of_choices(text: str, number: int | None) -> None:
    assert chosen_number(text, 3) == number


def test_a_word_that_fits_two_choices_chooses_none() -> None:
    assert about_choice("environment", ["Create an environment", "Delete an environment"]) is None


@pytest.mark.parametrize(
    ("messages", "command"),
    [
        (("create an env", "call it lab"), "conda create -n lab python=3.13"),
        (("rename env old to fresh", "rename new to newer"), "conda rename -n new newer"),
        (("delete env foo", "delete the one called oldstuff"), "conda env remove -n oldstuff"),
        (("activate ml", "deactivate it"), "conda deactivate"),
        (("install scipy", "a specific version, 1.14.1"), "conda install scipy=1.14.1"),
        (("update everything", "only numpy"), "conda update numpy"),
        (
            ("what is a channel", "and how do I add one", "remove it again"),
            "conda config --remove channels conda-forge",
        ),
    ],
)
def test_what_was_said_before_fills_what_is_said_now(
    talk: Conversation, messages: tuple[str, ...], command: str
) -> None:
    assert command in runs(say(talk, *messages))


def test_undo_names_what_was_talked_about(talk: Conversation) -> None:
    answer = say(talk, "rename env old to fresh", "undo that")
    assert "conda rename -n fresh old" in answer_text(answer)


def test_a_question_within_a_comparison_is_answered_from_it(talk: Conversation) -> None:
    answer = say(talk, "conda vs venv", "which is better for beginners?")
    assert answer.entry and answer.entry.id == "compare.conda-venv"
    assert [block.kind for block in answer.blocks] == ["list"]


def test_better_than_begins_a_comparison(talk: Conversation) -> None:
    answer = say(talk, "what is mamba", "is it faster than conda")
    assert answer.entry and answer.entry.id == "compare.conda-mamba"


def test_an_addition_is_read_with_the_question_before_it(talk: Conversation) -> None:
    answer = say(talk, "activate ml", "in a script")
    assert answer.entry and "script" in answer.title.lower()


def test_how_do_I_register_one(talk: Conversation) -> None:
    answer = say(talk, "what is a kernel", "how do I register one")
    assert answer.entry and answer.entry.id == "kernel.register"


def test_a_version_of_cuda_without_wheels_gives_no_tag(talk: Conversation) -> None:
    answer = say(talk, "install pytorch for cuda 12.2")
    assert "cu122" not in answer_text(answer)


@pytest.mark.parametrize("text", ["still the same error", "that didn't help", "no luck", "doesn't work"])
def test_a_fix_that_did_not_help(talk: Conversation, text: str) -> None:
    answer = say(talk, "PackagesNotFoundError: The following packages are not available from current channels", text)
    assert answer.kind == "problem"
    assert "next fix" in answer_text(answer)


@pytest.mark.parametrize(
    ("messages", "entry"),
    [
        (("install black with pipx", "and uninstall it"), "tool.remove"),
        (("create an env called demo", "delete it", "list them"), "environment.list"),
        (("install numpy", "remove it"), "package.remove"),
        (("add a channel", "remove it"), "channel.remove"),
    ],
)
def test_it_is_what_the_last_task_was_about(talk: Conversation, messages: tuple[str, ...], entry: str) -> None:
    answer = say(talk, *messages)
    assert answer.entry and answer.entry.id == entry


def test_a_flag_of_the_last_answer(talk: Conversation) -> None:
    answer = say(talk, "how do I remove an environment", "what does the -n do")
    assert "name" in answer_text(answer).lower()
    assert say(talk, "and --dry-run?").entry == answer.entry  # not in the command that is shown; conda has it
    assert "--dry-run" in answer_text(say(talk, "what is --dry-run"))


def test_one_command_of_several(talk: Conversation) -> None:
    first = say(talk, "install a package into an environment without activating it")
    second = say(talk, "what does the second command do")
    assert runs(first)[1] in answer_text(second)
    assert runs(first)[0] in answer_text(say(talk, "and the first?"))


def test_out_again(talk: Conversation) -> None:
    answer = say(talk, "activate the environment ml", "and how do I get out again?")
    assert answer.entry and answer.entry.id == "environment.deactivate"


def test_what_it_takes_along(talk: Conversation) -> None:
    answer = say(talk, "delete the environment demo", "does that delete my notebooks too?")
    assert answer.entry and answer.entry.id in ("environment.remove", "layout.what-removal-deletes")
    assert "own" in answer_text(answer)


def test_a_task_is_completed_by_what_is_said_next(talk: Conversation) -> None:
    assert any("oldstuff" in run for run in runs(say(talk, "how do i delete an env", "conda. its called oldstuff")))
    removed = say(talk, "no I meant the package pandas")
    assert removed.entry and removed.entry.id == "package.remove"


def test_another_tool_after_a_question_about_the_task(talk: Conversation) -> None:
    answer = say(talk, "pip cache is 12 GB, how to clear it", "where is it", "and with uv?")
    assert any(run.startswith("uv cache") for run in runs(answer))


@pytest.mark.parametrize("other", ["and npm?", "and cargo?"])
def test_a_tool_of_another_subject_is_refused(talk: Conversation, other: str) -> None:
    assert say(talk, "add a package with poetry", other).status == "unknown"


@pytest.mark.parametrize("message", ["didnt work", "that didn't help", "doesnt work either"])
def test_an_answer_that_did_not_help(talk: Conversation, message: str) -> None:
    assert "another cause" in answer_text(say(talk, "No module named 'cv2'", message))


def test_a_tool_at_work(talk: Conversation) -> None:
    assert any(run.startswith("pipx ") for run in runs(say(talk, "what is pipx", "an example")))


def test_the_second_entry_is_shown_in_short_where_it_fits_as_well(library: Library) -> None:
    from assistant.dialogue.decide import BESIDE
    from assistant.dialogue.engine import answer
    from assistant.search.rank import rank
    from assistant.search.understand import understand

    found = 0
    for number in range(0, len(library), 25):
        question = " ".join(library.entry(number).ask[0].split()[:-1]) or "conda"
        shown = answer(question, library)
        beside = any("If you meant" in block.text for block in shown.blocks)
        ranked = rank(understand(question, library.index), library.index)
        assert not beside or ranked[0].score - ranked[1].score < BESIDE
        found += beside
    assert found


@pytest.mark.parametrize(
    "text", ["pip equivalent of conda list", "conda list equivalent, pip?", "of list conda pip equivalent"]
)
def test_a_counterpart_is_asked_for_in_any_order(library: Library, text: str) -> None:
    from assistant.dialogue.engine import answer

    found = answer(text, library)
    assert found.entry and found.entry.id == "package.list"


@pytest.mark.parametrize("text", ["what can you do", "you do can what", "can what you do"])
def test_small_talk_in_any_order(text: str) -> None:
    assert "look at this machine" in small_talk(text)


def test_it_is_the_copy_that_was_made(talk: Conversation) -> None:
    answer = say(talk, "clone my env base to base-backup", "how big is it then", "delete it again")
    assert answer.entry and answer.entry.id == "environment.remove"
    assert "base-backup" in runs(answer)[0]


def test_a_tool_within_a_topic_keeps_the_topic(talk: Conversation) -> None:
    asked = say(talk, "what is a channel", "which one should I use")
    assert asked.status == "answered" and asked.entry and asked.entry.id != "term.channel"
    assert "channel" in answer_text(say(talk, "can I have two")).lower()


@pytest.mark.parametrize(
    ("text", "entry"), [("how do I see installed packages", "package.list"), ("make a venv", "environment.create")]
)
def test_everyday_verbs(library: Library, text: str, entry: str) -> None:
    from assistant.dialogue.engine import answer

    found = answer(text, library)
    assert found.entry and found.entry.id == entry


def test_the_values_of_an_error_are_kept(talk: Conversation) -> None:
    answer = say(talk, "ModuleNotFoundError: No module named 'seaborn'", "with conda")
    assert "seaborn" in answer_text(answer)
    assert not any("activate seaborn" in run for run in runs(answer))


def test_a_case_belongs_to_the_question_before_it(talk: Conversation) -> None:
    answer = say(talk, "how do I share my env with a colleague", "what if he has no conda")
    assert answer.entry and answer.entry.id not in ("conda", "conda.what-is")


def test_a_detail_belongs_to_the_question_that_was_asked_back_about(talk: Conversation) -> None:
    first = say(talk, "remove")
    assert first.status in ("ambiguous", "answered")
    assert any("pandas" in run for run in runs(say(talk, "the package pandas")))


@pytest.mark.parametrize("message", ["any other way?", "what else can I do", "how do I fix it"])
def test_another_way(talk: Conversation, message: str) -> None:
    first = say(talk, "error: externally-managed-environment")
    other = say(talk, message)
    assert other.entry == first.entry and other.status == "answered"


def test_what_a_letter_option_means(talk: Conversation) -> None:
    assert "file" in answer_text(say(talk, "pip install -r requirements.txt", "what does -r mean")).lower()


def test_it_is_the_tool(talk: Conversation) -> None:
    answer = say(talk, "what is pipx", "how do i install it")
    assert any("pipx" in run for run in runs(answer))


def test_what_is_added_keeps_the_name(talk: Conversation) -> None:
    answer = say(talk, "create an env called nlp", "with numpy and pandas")
    assert any("nlp" in run for run in runs(answer))


def test_a_comparison_ends_in_what_to_choose_for_ones_case(talk: Conversation) -> None:
    answer = say(talk, "conda vs pip", "i only do data science")
    assert answer.kind == "comparison" and answer.blocks[0].kind == "list"
