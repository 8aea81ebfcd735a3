"""What must hold for any question: order and letter case change nothing, an entry's own words find it, typos are mended."""

from __future__ import annotations

import random

import pytest

from assistant.search.library import Library, open_library
from assistant.search.rank import rank
from assistant.search.slots import read_slots
from assistant.search.text import fold, is_number, parts, words
from assistant.search.understand import understand


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


def first(question: str, library: Library) -> str:
    """The id of the best entry; empty where there is none."""
    found = rank(understand(question, library.index), library.index, limit=1)
    return str(library.index["ids"][found[0].number]) if found else ""


QUESTIONS = (
    "how do I delete a conda environment",
    "which python does my notebook use",
    "difference between conda and venv",
    "free disk space used by the package cache",
    "install pytorch with cuda on windows",
    "stop base from activating in every new terminal",
)


@pytest.mark.parametrize("question", QUESTIONS)
def test_letter_case_changes_nothing(library: Library, question: str) -> None:
    assert first(question.upper(), library) == first(question, library) == first(question.title(), library)


@pytest.mark.parametrize("question", QUESTIONS)
def test_order_of_words_changes_nothing(library: Library, question: str) -> None:
    expected = first(question, library)
    shuffler = random.Random(7)
    for _ in range(5):
        shuffled = question.split()
        shuffler.shuffle(shuffled)
        assert first(" ".join(shuffled), library) == expected


def test_titles_find_their_entries(library: Library) -> None:
    """Nearly all: a few titles are the same words in another order."""
    titles = library.index["titles"]
    right = sum(first(title, library) == library.index["ids"][number] for number, title in enumerate(titles))
    assert right / len(titles) > 0.93


def test_phrasings_find_their_entries(library: Library) -> None:
    total = right = 0
    for number in range(0, len(library), 3):
        for phrase in library.entry(number).ask[:3]:
            total += 1
            right += first(phrase, library) == library.index["ids"][number]
    assert right / total > 0.88


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("how to activte an enviroment", "how to activate an environment"),
        ("delete a conda enviornment", "delete a conda environment"),
        ("instal pytroch with cuda", "install pytorch with cuda"),
    ],
)
def test_typos_find_the_same(library: Library, typed: str, meant: str) -> None:
    assert first(typed, library) == first(meant, library)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("create an env called demo with python 3.11", {"name": "demo", "python": "3.11"}),
        ("make a new environment named ml_2", {"name": "ml_2"}),
        ("remove env foo", {"name": "foo"}),
        ("conda create -n x python=3.12", {"name": "x", "python": "3.12"}),
        ("install numpy==1.26.4", {"package": "numpy", "version": "1.26.4"}),
        ("rename env lab to new-one", {"name": "lab", "new_name": "new-one"}),
        ("pytorch cu128 wheels", {"cuda": "cu128"}),
        ("which driver for cuda 12.4", {"cuda_version": "12.4"}),
        ("install scipy from conda-forge", {"package": "scipy", "channel": "conda-forge"}),
        ("pip install -r dev-requirements.txt", {"requirements": "dev-requirements.txt"}),
        ("where are my environments", {}),
        ("what is an environment variable", {}),
        ("how do I export an environment to a file", {}),
    ],
)
def test_values_are_read_off_a_question(text: str, slots: dict[str, str]) -> None:
    assert read_slots(text) == slots


@pytest.mark.parametrize(
    "text",
    [
        "pip install unsloth on windows",
        "use an existing conda env in pycharm",
        "remove python completely on a mac",
        "how to pin transitive dependencies",
        "desktop shortcut that opens a terminal with my env",
        "need python 2.7",
        "could you tell me what a lock file is",
    ],
)
def test_the_order_of_words_changes_nothing(library: Library, text: str) -> None:
    said = text.split()
    for turn in range(1, len(said)):
        assert first(" ".join(said[turn:] + said[:turn]), library) == first(text, library)


@pytest.mark.parametrize(
    ("text", "slots"),
    [
        ("windows with numpy pip install", {"package": "numpy"}),
        ("delete environment tf", {"name": "tf"}),
        ("remove pandas from env work", {"name": "work", "package": "pandas"}),
        ("remove python completely", {}),
        ("remove anaconda but keep my environments", {}),
        ("use a conda env in rstudio", {}),
        ("what must I copy to bring my work along", {}),
    ],
)
def test_words_of_the_subject_are_no_names(library: Library, text: str, slots: dict[str, str]) -> None:
    assert understand(text, library.index).frame.slots == slots


def test_a_hostile_question_is_read_quickly_and_whole() -> None:
    assert words("a" * 50_000) == ["a" * 50_000]
    assert read_slots("env " * 20_000) is not None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ünïcode’s “conda-forge” — test", 'unicode\'s "conda-forge"  -  test'),
        ("PLAIN", "plain"),
    ],
)
def test_folding(text: str, expected: str) -> None:
    assert fold(text) == expected


def test_words_keep_joined_ones_whole() -> None:
    assert words("conda-forge environment.yml python=3.10 C++") == [
        "conda-forge",
        "environment.yml",
        "python",
        "3.10",
        "c++",
    ]
    assert parts("environment.yml") == ["environment", "yml"]
    assert is_number("3.10") and is_number("3.x") and not is_number("cu130")


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("what does cnoda actually do", "what does conda actually do"),
        ("renmae env thesis to thesis-v2", "rename env thesis to thesis-v2"),
        ("should jupyter lvie in every env", "should jupyter live in every env"),
        ("install unslothh", "install unsloth"),
        ("whta is micromamba", "what is micromamba"),
    ],
)
def test_a_misspelt_word_is_read_as_the_known_one_that_fits(library: Library, typed: str, meant: str) -> None:
    assert first(typed, library) == first(meant, library)


@pytest.mark.parametrize("text", ["steam", "film", "what is inflation", "ball", "car"])
def test_words_of_everyday_life_are_not_mended(library: Library, text: str) -> None:
    assert understand(text, library.index).mended == {}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("delete the env old-project", "old-project"),
        ("old-project env delete the", "old-project"),
        ("drop oldstuff env", "oldstuff"),
        ("activate ml", "ml"),
        ("delete env persona", "persona"),
        ("activate virtualenv", ""),
        ("the environment ministry's new rules", "ministry"),
    ],
)
def test_names_of_environments(library: Library, text: str, name: str) -> None:
    assert understand(text, library.index).frame.slots.get("name", "") == name


def test_a_word_where_a_name_could_stand_counts_as_strange_without_an_act(library: Library) -> None:
    assert "toxic" in understand("is my work environment toxic", library.index).unknown
    assert understand("delete the environment toxic", library.index).unknown == ()


@pytest.mark.parametrize("text", ["why conda", "where is conda", "what is conda"])
def test_function_words_are_told_apart(library: Library, text: str) -> None:
    others = {"why conda", "where is conda", "what is conda"} - {text}
    assert all(
        understand(text, library.index).function != understand(other, library.index).function for other in others
    )


def test_marked_words_are_words_of_their_own() -> None:
    assert words("purpose of the .conda folder")[0] == ".conda"
    assert words("%pip or !pip")[:2] == ["%pip", "!pip"]
    assert words("pip install --no")[0] == "--no"
    assert words("= or == in conda")[:2] == ["=", "=="]
    assert "--prune" not in words("conda env update --prune")


@pytest.mark.parametrize(
    ("text", "task"),
    [
        ("install numpy", "package.install"),
        ("install numpy in env ml", "package.install"),
        ("pip install a package", "package.install"),
        ("downgrade numpy", "package.downgrade"),
        ("get rid of the env test", "environment.remove"),
        ("delete my venv", "environment.remove"),
        ("create a virtual environment with uv", "environment.create"),
        ("list envs with mamba", "environment.list"),
        ("install pytorch", "pytorch.install"),
        ("update all packages", "package.update-all"),
    ],
)
def test_a_plain_task_is_found_whatever_it_acts_on(library: Library, text: str, task: str) -> None:
    assert first(text, library) == task


@pytest.mark.parametrize(
    "text", ["which env is active", "why install numpy", "install numpy or pandas with conda or pip"]
)
def test_a_question_about_a_task_is_no_task(library: Library, text: str) -> None:
    assert understand(text, library.index).tasks == ()
