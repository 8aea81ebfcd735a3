"""Every problem recognises its real outputs, first; outputs that are no error are left alone; no pattern runs long."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.dialogue.diagnose import diagnose
from assistant.search.library import Library, open_library

HERE = Path(__file__).parent
OUTPUTS = sorted((HERE / "problems").glob("*.txt"))
QUIET = sorted((HERE / "not-problems").glob("*.txt"))


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


def text_of(path: Path) -> str:
    """A recorded output; bytes that are no UTF-8 are marked, as on the command line."""
    return path.read_bytes().decode("utf-8", "replace")


def test_there_are_outputs_to_test_with() -> None:
    assert len(OUTPUTS) > 150
    assert len(QUIET) >= 15


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_a_real_output_shows_its_problem_first(library: Library, path: Path) -> None:
    found = diagnose(text_of(path), library)
    assert found, "nothing recognised"
    assert found[0].entry.id == path.stem.rpartition("--")[0], [item.entry.id for item in found[:4]]


@pytest.mark.parametrize("path", QUIET, ids=lambda path: path.stem)
def test_output_that_is_no_error_is_left_alone(library: Library, path: Path) -> None:
    assert [item.entry.id for item in diagnose(text_of(path), library)] == []


def test_every_problem_has_two_outputs_or_says_that_it_has_none(library: Library) -> None:
    counts: dict[str, int] = {}
    for path in OUTPUTS:
        name = path.stem.rpartition("--")[0]
        counts[name] = counts.get(name, 0) + 1
    said = " ".join(path.read_text(encoding="utf-8") for path in (HERE / "problems").glob("README*.md"))
    problems = [
        name for name, kind in zip(library.index["ids"], library.index["kinds"], strict=True) if kind == "problem"
    ]
    missing = [name for name in problems if counts.get(name, 0) < 2 and f"`{name}`" not in said]
    assert missing == []
    assert set(counts) <= set(problems)


def test_colours_carriage_returns_and_wide_quotes_change_nothing(library: Library) -> None:
    plain = next(path for path in OUTPUTS if path.stem.startswith("conda.packages-not-found"))
    text = text_of(plain)
    dressed = "\x1b[31m" + text.replace("\n", "\x1b[0m\r\n\x1b[31m").replace("'", "’") + "\x1b[0m"
    assert diagnose(dressed, library)[0].entry.id == "conda.packages-not-found"


HOSTILE = (
    "a" * 200_000,
    "ERROR: " * 40_000,
    "-> " * 60_000 + "!",
    "((((" * 40_000,
    "error: " + "x-" * 90_000,
    " " * 200_000 + "\n",
    ("\x1b[" + "1;" * 500 + "m") * 300,
    "\r".join("Downloading 10%" for _ in range(20_000)),
    "No matching distribution found for " + "torch" * 30_000,
    'File "' + "/a" * 80_000,
)


CHILD = """
import sys
from assistant.dialogue.diagnose import diagnose
from assistant.search.library import open_library
from tests.content.test_problems import HOSTILE, own_letters

library = open_library()
for text in (*HOSTILE, *own_letters(library)):
    diagnose(text, library)
print("done")
"""


def own_letters(library: Library) -> list[str]:
    """For each regular expression a long run of what it is made of: the worst that it can be given."""
    texts = []
    for number, kind in enumerate(library.index["kinds"]):
        if kind != "problem":
            continue
        for signature in library.entry(number).signatures:
            if signature.regex:
                letters = re.sub(r"\\.|[^\w :./-]", "", signature.regex)[:60] or "a"
                texts.append((letters + " ") * (4_000 // (len(letters) + 1)))
    return texts


def test_a_hostile_text_cannot_make_a_pattern_run_long() -> None:
    """In a process of its own: an exponential pattern would never end, linear ones take seconds for all texts together."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=240, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "done", done.stderr[-2000:]
