"""Pasted commands are explained, translated and compared; what is out of date about them is said."""

from __future__ import annotations

import re

import pytest

from assistant.dialogue.answer import Answer
from assistant.dialogue.compare import compare, tool_entries
from assistant.dialogue.engine import Asked, answer
from assistant.dialogue.explain import is_command, strip_prompt
from assistant.dialogue.translate import find_task, translate
from assistant.errors import UsageError
from assistant.render.answers import answer_text
from assistant.search.library import Library, open_library

HERE = Asked(system="linux", shell="bash")


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


def first(translated: Answer) -> str:
    return translated.commands[0].run


@pytest.mark.parametrize(
    ("command", "tool", "expected"),
    [
        ("conda create -n x python=3.12", "uv", "uv venv --python 3.12"),
        ("conda create -n x python=3.12", "mamba", "mamba create -n x python=3.12"),
        ("conda install numpy pandas", "uv", "uv pip install numpy pandas"),
        ("pip uninstall numpy", "conda", "conda remove numpy"),
        ("conda env list", "micromamba", "micromamba env list"),
        ("$ conda env remove -n foo -y", "micromamba", "micromamba env remove -n foo"),
        ("conda create -n new --clone old", "micromamba", "micromamba create -n new --clone old"),
        ("pip list", "uv", "uv pip list"),
        ("conda search scipy", "pixi", "pixi search scipy"),
    ],
)
def test_a_command_is_translated_with_its_values(library: Library, command: str, tool: str, expected: str) -> None:
    assert first(translate(command, tool, library, HERE)).startswith(expected)


def test_what_has_no_equivalent_is_said(library: Library) -> None:
    text = answer_text(translate("conda rename -n a b", "pip", library, HERE))
    assert "no equivalent" in text


def test_an_unknown_command_is_not_guessed(library: Library) -> None:
    assert translate("kubectl get pods", "uv", library, HERE).status == "unknown"


@pytest.mark.parametrize(("command", "tool"), [("", "uv"), ("conda list", "npm")])
def test_bad_translations_say_what_would_be_right(library: Library, command: str, tool: str) -> None:
    with pytest.raises(UsageError) as caught:
        translate(command, tool, library, HERE)
    assert caught.value.hint


def test_values_are_read_off_a_command(library: Library) -> None:
    found = find_task("conda create -n demo python=3.12", library)
    assert found is not None
    assert found.entry_id == "environment.create"
    assert found.slots == {"name": "demo", "python": "3.12"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("conda create -n x python=3.10 -y", True),
        ("(base) $ pip install -U numpy", True),
        ("python -m venv --clear .venv", True),
        ("conda clean --packages not working", False),
        ("why does conda create -n x fail", False),
        ("conda vs venv", False),
        ("how do I use pip install -r requirements.txt?", False),
    ],
)
def test_a_command_is_told_from_a_question(library: Library, text: str, expected: bool) -> None:
    assert is_command(text, library) is expected


def test_each_flag_is_explained_and_danger_is_named(library: Library) -> None:
    text = answer_text(answer("conda create -n x python=3.10 -y", library, HERE))
    assert "the environment, by its name" in text
    assert "any 3.10.*" in text
    assert "deleted without a question" in text


def test_an_unknown_flag_is_named(library: Library) -> None:
    assert "--frobnicate" in answer_text(answer("pip install --frobnicate numpy", library, HERE))


def test_what_is_out_of_date_about_a_command_is_said(library: Library) -> None:
    explained = answer(
        "conda install pytorch torchvision torchaudio pytorch-cuda=12.1 -c pytorch -c nvidia", library, HERE
    )
    assert explained.corrections
    assert "2.5" in answer_text(explained)


@pytest.mark.parametrize("text", ["$ pip list", "(base) $ pip list", "PS> pip list", "`pip list`", "> pip list"])
def test_prompts_are_taken_off(text: str) -> None:
    assert strip_prompt(text) == "pip list"


def test_any_two_tools_can_be_compared(library: Library) -> None:
    tools = sorted(tool_entries(library))
    assert len(tools) == 13
    for other in tools:
        if other != "conda":
            compared = compare(["conda", other], library, HERE)
            assert any(block.table and len(block.table.rows) >= 3 for block in compared.blocks), other


def test_three_tools_end_in_advice(library: Library) -> None:
    text = answer_text(compare(["poetry", "uv", "pixi"], library, HERE), 140)
    assert "Choose" in text and "poetry" in text.lower() and "pixi" in text


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("uv equivalent of conda create -n x python=3.11", "uv venv --python 3.11"),
        ("what's uv's version of pip install -r requirements.txt?", "uv pip install -r requirements.txt"),
        ("pip freeze but for conda", "conda export -n myenv -f environment.yml"),
        ("how do I do conda remove numpy with pip", "pip uninstall numpy"),
        ("Pip Equivalent Of Conda List", "pip list"),
        ("pixi equivalent of mamba create -n x", "pixi init myproject"),
    ],
)
def test_a_translation_may_be_asked_for_in_words(library: Library, text: str, command: str) -> None:
    found = answer(text, library, Asked(system="linux", shell="bash"))
    assert command in [item.run for item in found.commands]


@pytest.mark.parametrize(
    ("line", "task"),
    [
        ("pip install numpy", "package.install"),
        ("pip install -r requirements.txt", "package.install-requirements"),
        ("pip show numpy", "package.version"),
        ("conda env export --from-history > environment.yml", "environment.export"),
        ("conda info --envs", "environment.list"),
        ("micromamba create -n x python=3.12", "environment.create"),
    ],
)
def test_a_command_is_known_as_the_task_that_it_does(library: Library, line: str, task: str) -> None:
    found = find_task(line, library)
    assert found and (found.entry_id == task or found.entry_id.startswith(task))


@pytest.mark.parametrize(
    "text",
    [
        "what does conda env update --prune do",
        "pip install -e . meaning",
        "conda create -n x --clone y explained",
        "explain conda create -n x python=3.10 -y",
    ],
)
def test_a_command_is_explained_when_a_sentence_asks_for_it(library: Library, text: str) -> None:
    assert answer(text, library, Asked()).title.startswith("What `")


@pytest.mark.parametrize(
    "text", ["python -m venv with another python version", "conda create is way slower than python -m venv"]
)
def test_a_sentence_that_holds_a_command_is_no_command(library: Library, text: str) -> None:
    assert not answer(text, library, Asked()).title.startswith("What `")


@pytest.mark.parametrize(
    ("text", "tools"),
    [
        ("conda vs uv for beginners", {"conda", "uv"}),
        ("poetry vs pip", {"poetry", "pip"}),
        ("conda vs uv vs venv", {"conda", "uv", "venv"}),
        ("pixi or uv for ml", {"pixi", "uv"}),
        ("should I use conda or venv for my project", {"conda", "venv"}),
    ],
)
def test_a_comparison_is_of_all_the_tools_that_are_named(library: Library, text: str, tools: set[str]) -> None:
    found = answer(text, library, HERE)
    assert found.kind == "comparison"
    assert found.entry and tools <= set(re.split(r"[^a-z]+", found.entry.id))


@pytest.mark.parametrize(
    "text",
    ["pip uninstall -y multiple packages", "conda install --no-deps breaks", "uv remove package still in venv"],
)
def test_a_sentence_about_a_command_is_looked_up(library: Library, text: str) -> None:
    found = answer(text, library)
    assert found.entry and not found.title.startswith(("What `", "In ", "No equivalent"))


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("-U", "newest version"),
        ("--config-settings pip", "setting to the build"),
        ("what does --solver do in conda", "libmamba"),
    ],
)
def test_an_option_by_itself(library: Library, text: str, meaning: str) -> None:
    assert meaning in answer_text(answer(text, library))


def test_an_entry_that_is_asked_for_by_its_option_is_shown(library: Library) -> None:
    found = answer("what does --no-deps do", library)
    assert found.entry and found.entry.id == "package.install-no-deps"


@pytest.mark.parametrize("text", ["--frobnicate", "npm --save-dev"])
def test_an_option_of_no_tool_of_ours_is_refused(library: Library, text: str) -> None:
    assert answer(text, library).status == "unknown"


def test_a_line_without_its_quotes_names_the_special_problem(library: Library) -> None:
    found = answer("no module named triton on windows", library)
    assert found.entry and found.entry.id == "torch.triton-missing"


def test_what_somebody_lacks_is_no_wish_for_it(library: Library) -> None:
    found = answer("how do i install pytorch i have no gpu", library)
    assert found.entry and found.entry.id == "pytorch.install-cpu"


def test_a_mac_is_no_tesla_card(library: Library) -> None:
    assert "MPS" in answer_text(answer("can PyTorch use the GPU of my MacBook with M4", library))


def test_an_environment_with_a_python_is_made_whatever_it_is_for(library: Library) -> None:
    found = answer("new env py 3.12 for thesis pls", library)
    assert found.entry and found.entry.id == "environment.create"
