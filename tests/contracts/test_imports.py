"""What a one-shot answer may import, proved in a fresh interpreter; and which names the wheel must not take."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.conftest import ROOT

HEAVY = (
    "textual",
    "prompt_toolkit",
    "rich",
    "torch",
    "yaml",
    "numpy",
    "pynvml",
    "rapidfuzz",
    "snowballstemmer",
    "dataclasses",
    "pathlib",
    "argparse",
    "subprocess",
    "asyncio",
    "platformdirs",
    "pyperclip",
)
SHOW = """
import sys
from assistant.cli import main
try:
    code = main({argv!r})
except SystemExit as leaving:
    code = leaving.code
print(*[name for name in {heavy!r} if name in sys.modules], file=sys.stderr)
sys.exit(code)
"""


def heavy_after(*argv: str) -> tuple[int, set[str]]:
    """The heavy modules that are loaded after one command line, with the compiled content in place."""
    code = SHOW.format(argv=list(argv), heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    return done.returncode, set(done.stderr.split())


def test_a_question_loads_nothing_heavy() -> None:
    heavy_after("ask", "conda vs venv")
    code, loaded = heavy_after("ask", "conda vs venv")
    assert code == 0
    assert loaded == set()


def test_a_question_with_options_loads_the_argument_parser_and_no_more() -> None:
    heavy_after("ask", "conda vs venv")
    code, loaded = heavy_after("ask", "--json", "conda vs venv")
    assert code == 0
    assert loaded <= {"argparse"}


@pytest.mark.parametrize(
    ("question", "needed"),
    [("how to activte an enviroment", set()), ("how to activate an envirnomnet", {"rapidfuzz"})],
)
def test_a_typo_loads_rapidfuzz_and_the_stemmer_at_most(question: str, needed: set[str]) -> None:
    heavy_after("ask", "conda vs venv")
    _, loaded = heavy_after("ask", question)
    assert loaded & {"rapidfuzz"} == needed
    assert not loaded & {"textual", "prompt_toolkit", "rich", "torch", "yaml", "numpy"}


@pytest.mark.parametrize("argv", [("--version",), ("--help",), ("ask", "--help")])
def test_help_and_version_load_nothing_heavy(argv: tuple[str, ...]) -> None:
    _, loaded = heavy_after(*argv)
    assert loaded <= {"argparse"}


@pytest.mark.parametrize("name", ["knowledge", "flows"])
def test_the_content_folders_are_no_packages(name: str) -> None:
    """Nothing in the program may import the folders of content: an installed one has none of that name."""
    pattern = re.compile(rf"^\s*(?:from|import) {name}\b", re.MULTILINE)
    found = [
        path
        for folder in ("assistant", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if pattern.search(path.read_text("utf-8"))
    ]
    assert found == []
