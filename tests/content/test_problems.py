"""Every problem recognises its real outputs, first; outputs that are no error are left alone; no pattern runs long."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.content.models import Entry
from assistant.dialogue.compose import PLACEHOLDER
from assistant.dialogue.diagnose import diagnose
from assistant.dialogue.engine import Asked
from assistant.dialogue.why import diagnosed
from assistant.render.answers import RISK_WORDS, answer_text
from assistant.search.library import Library, open_library

HERE = Path(__file__).parent
OUTPUTS = sorted((HERE / "problems").glob("*.txt"))
# Short pastes, most of them parts of an output, in several languages; without a problem where envguide should know none.
PASTES = [json.loads(line) for line in (HERE / "pastes.jsonl").read_text(encoding="utf-8").split("\n") if line]
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


@pytest.mark.parametrize("paste", PASTES, ids=lambda paste: paste["problem"] or "nothing")
def test_a_short_paste_shows_its_problem_or_none(library: Library, paste: dict[str, str]) -> None:
    found = diagnose(paste["text"], library)
    assert (found[0].entry.id if found else "") == paste["problem"], [item.entry.id for item in found[:4]]


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
    "certificate verify failed\n" + "Executing transaction: done\n" * 30_000 + "ERROR: failed\n",
    "Ignored the following versions that require a different python version: 1 Requires-Python <3.9\nx\n" * 4_000,
    "Getting requirements to build wheel\n" * 15_000,
    "Because a depends on b\n" * 20_000 + "are incompatible",
    'File "' + "/a" * 80_000,
)


CHILD = """
import sys
from assistant.dialogue.diagnose import diagnose, retyped
from assistant.search.library import open_library
from tests.content.test_problems import HOSTILE, all_literals, own_letters

library = open_library()
for text in (*HOSTILE, *own_letters(library), all_literals(library)):
    diagnose(text, library)
    retyped(text[:400].replace("\\n", " "), library)
print("done")
"""


def own_letters(library: Library) -> list[str]:
    """For each regular expression a long run of what it is made of: the worst that it can be given."""
    texts = []
    for number, kind in enumerate(library.index["kinds"]):
        if kind != "problem":
            continue
        for signature in library.entry(number).signatures:
            for pattern in (signature.regex, *signature.unless):
                if pattern:
                    letters = re.sub(r"\\.|[^\w :./-]", "", pattern)[:60] or "a"
                    texts.append((letters + " ") * (4_000 // (len(letters) + 1)))
    return list(dict.fromkeys(texts))


def all_literals(library: Library) -> str:
    """Every signature's own sure text many times over, each on a line of its own: all patterns are tried at once."""
    lines = [literals[0] for sets, _, _ in library.index["signatures"] for literals in sets]
    return "\n".join(f"{line} {number}" for number in range(20) for line in lines)


def test_a_hostile_text_cannot_make_a_pattern_run_long() -> None:
    """In a process of its own: an exponential pattern would never end, linear ones take seconds for all texts together."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD], capture_output=True, text=True, timeout=240, cwd=Path(__file__).parents[2]
    )
    assert done.stdout.strip() == "done", done.stderr[-2000:]


# Commands that take something away: packages, environments, caches, files. Leaving a variable unset deletes nothing.
DELETES = re.compile(
    r"(?:^|[;&|] *|sudo )(?:rm|rmdir|rd|del|unlink|shred|Remove-Item(?! Env:))\b"
    r"|\b(?:conda|mamba|micromamba) (?:env )?(?:remove|uninstall|clean)\b|\benv update\b.* --prune"
    r"|\bpip3? (?:uninstall|cache (?:purge|remove))\b|\buv (?:cache (?:clean|prune)|pip uninstall|remove|python uninstall)"
    r"|\bkernelspec (?:remove|uninstall)\b|\bvenv --clear\b|\bvenv .*--clear\b|\bgit (?:clean|reset --hard)\b"
    r"|\bdocker (?:rm|\w+ prune)\b|\bpixi clean\b|\bpoetry (?:remove|cache clear|env remove)\b|\bpipx uninstall\b"
    r"|\b(?:apt|apt-get|dnf|brew) (?:remove|purge|autoremove|uninstall)\b|\bhf cache delete\b|\bcreate\b.* (?:-y|--yes)\b"
)


def test_no_fix_deletes_without_saying_so(library: Library) -> None:
    """Each command of each fix that takes something away carries the risk, and so does one for administrators."""
    silent = [
        f"{entry.id}: {command.run}"
        for entry in problems(library)
        for fix in entry.fixes
        for command in fix.commands
        if DELETES.search(command.run) and "--dry-run" not in command.run
        if command.risk not in ("deletes", "admin")
    ]
    assert silent == []


def test_what_needs_an_administrator_says_so(library: Library) -> None:
    assert [
        f"{entry.id}: {command.run}"
        for entry in problems(library)
        for commands in (entry.check, *(fix.commands for fix in entry.fixes))
        for command in commands
        if re.search(r"(?:^|[;&|] ?)sudo\b", command.run) and command.risk not in ("admin", "deletes")
    ] == []


def test_what_is_checked_first_changes_nothing(library: Library) -> None:
    """The commands that make sure of a problem take nothing away."""
    assert [
        f"{entry.id}: {command.run}"
        for entry in problems(library)
        for command in entry.check
        if DELETES.search(command.run) and "--dry-run" not in command.run
    ] == []


def test_a_deletion_is_marked_where_it_is_shown(library: Library) -> None:
    """In the text that a person reads, not only in the data."""
    text = text_of(HERE / "problems" / "torch.broken-install--1.txt")
    shown = answer_text(diagnosed(text, library, Asked()), 100)
    line = next(number for number, line in enumerate(shown.split("\n")) if "pip uninstall -y torch" in line)
    assert RISK_WORDS["deletes"] in "\n".join(shown.split("\n")[line : line + 2])


@pytest.mark.parametrize("path", OUTPUTS, ids=lambda path: path.stem)
def test_no_placeholder_is_left_in_an_answer(library: Library, path: Path) -> None:
    shown = answer_text(diagnosed(text_of(path), library, Asked(system="linux", shell="bash")), 100)
    assert not [found for found in PLACEHOLDER.findall(shown) if found in library.index["placeholders"]]


def problems(library: Library) -> list[Entry]:
    """Every problem."""
    return [library.entry(number) for number, kind in enumerate(library.index["kinds"]) if kind == "problem"]


def wrapped(text: str, width: int = 80) -> str:
    """As a narrow terminal shows it and a mouse copies it."""
    pieces = [[line[at : at + width] for at in range(0, max(1, len(line)), width)] for line in text.split("\n")]
    return "\n".join(piece for line in pieces for piece in line)


FORMS = {
    "quoted in a mail": lambda text: "\n".join(f"> {line}" for line in text.split("\n")),
    "a log with times": lambda text: "\n".join(f"2026-11-02T08:11:12.4456789Z {line}" for line in text.split("\n")),
    "a step of docker": lambda text: "\n".join(f"#12 3.451 {line}" for line in text.split("\n")),
    "the journal": lambda text: "\n".join(f"Nov 02 08:11:12 host job[394]: {line}" for line in text.split("\n")),
    "indented": lambda text: "\n".join(f"      {line}" for line in text.split("\n")),
    "small letters": str.lower,
    "Windows line ends": lambda text: text.replace("\n", "\r\n"),
    "wrapped at 80 columns": wrapped,
}


@pytest.mark.parametrize("form", FORMS)
def test_the_form_of_a_paste_changes_nothing(library: Library, form: str) -> None:
    """Each seventh output, in the forms in which people and logs hand it on."""
    missed = []
    for path in OUTPUTS[::7]:
        text = text_of(path).replace("\r\n", "\n")
        found = diagnose(FORMS[form](text), library)
        if not found or found[0].entry.id != path.stem.rpartition("--")[0]:
            missed.append((path.stem, [item.entry.id for item in found[:2]]))
    assert missed == []
