"""Every mistake an author can make is reported as `file:line: what, and what would be right`, all of them in one run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.content.opening import first_sentence, opening_fault

LEXICON = """\
actions: {create: [create, make], remove: [remove, delete]}
objects: {environment: [environment, env]}
tools: {conda: [conda], venv: [venv]}
shells: {bash: [bash]}
systems: {linux: [linux]}
placeholders:
  name: {type: env-name, title: environment name, example: myenv}
"""
DOCUMENT = """\
title: T
sections:
  - {id: first, heading: First, first: 1, last: 2, sha256: x, summary: It says so., claims: [C001]}
"""
SOURCES = "sources:\n  manual: {url: https://example.com, as_of: 2026-01}\n"
GOOD = """\
- id: a.good
  title: A good one
  ask: [one way, another way, a third way, a fourth way, a fifth way]
  answer: It answers.
  from: [first]
  claims: [C001]
  commands: ['conda create -n {name}']
"""
FLAGS = """\
tool: conda
commands:
  - {command: create, does: Make one., flags: [{flag: [-n, --name], takes: NAME, means: its name}]}
source: manual
"""


def build(root: Path, **files: str) -> Path:
    texts = {
        "lexicon.yaml": LEXICON,
        "document.yaml": DOCUMENT,
        "sources.yaml": SOURCES,
        "topics/a.yaml": GOOD,
        "flags/conda.yaml": FLAGS,
        **{name.replace("__", "/") + ".yaml": text for name, text in files.items()},
    }
    for name, text in texts.items():
        path = root / "knowledge" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    (root / "flows").mkdir(exist_ok=True)
    return root


def check(root: Path) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "kb", "check", str(root)], capture_output=True, text=True, timeout=60
    )
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout.splitlines()


def test_good_content_passes(tmp_path: Path) -> None:
    assert check(build(tmp_path)) == (0, [])


ENTRY = "- id: b.x\n  title: X\n  ask: [b one, b two, b three, b four, b five]\n  answer: Yes.\n  from: [first]\n"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        (ENTRY + "  colour: red\n", 6, "unknown key `colour`"),
        (ENTRY + "  anwser: red\n", 6, "did you mean `answer`?"),
        (ENTRY + "  id: b.y\n", 6, "`id` stands twice"),
        (ENTRY.replace("[first]", "[firts]"), 5, "no section in document.yaml `firts`; did you mean `first`?"),
        (ENTRY + "  claims: [C999]\n", 6, "no claim in document.yaml `C999`"),
        (ENTRY + "  see: [a.god]\n", 6, "no entry `a.god`; did you mean `a.good`?"),
        (ENTRY + "  flows: [fly]\n", 6, "no flow `fly`"),
        (ENTRY + "  sources: [manul]\n", 6, "did you mean `manual`?"),
        (ENTRY + "  commands: ['conda create -n {nam}']\n", 6, "unknown placeholder `{nam}`"),
        (ENTRY + "  commands: ['conda create --nmae {name}']\n", 6, "has no `--nmae` in flags/conda.yaml"),
        (ENTRY + "  commands: conda create\n", 6, "`commands` is text; write a list"),
        (ENTRY + "  commands: [{run: conda create, risk: none}]\n", 6, "it must be one of: reads"),
        (ENTRY.replace("Yes.", "[a, b]"), 4, "`answer` is a list; write text"),
        (ENTRY.replace(", b five", ""), 3, "4 phrasings; write at least 5"),
        (ENTRY.replace("b five", "One  WAY?"), 3, "is a phrasing of `a.good` too"),
        (ENTRY.replace("b five", "'B, one?'"), 3, "`B, one?` stands 2 times in this entry"),
        (ENTRY.replace("b five", "'?'"), 3, "`?` has no word in it"),
        (ENTRY.replace("Yes.", "y" * 1300), 1, "characters; move some below `more`"),
        (ENTRY.replace("Yes.", "y" * 1190) + "  body: twelve more.\n", 6, "1202 characters"),
        (
            ENTRY.replace("Yes.", "It depends on your system."),
            4,
            "begins with a preamble, `It depends on your system.`",
        ),
        (ENTRY.replace("Yes.", "There are several ways to do it."), 4, "begins with a preamble"),
        (ENTRY.replace("Yes.", "'Which system have you? On Linux so.'"), 4, "begins with a question"),
        (
            ENTRY.replace("title: X", "title: The cache of pip").replace("Yes.", "This is the cache of pip. So."),
            4,
            "repeats the title",
        ),
        (ENTRY.replace("  from: [first]\n", ""), 1, "say where it comes from"),
        (ENTRY.replace("b.x", "a.good"), 1, "the id `a.good` stands already at knowledge/topics/a.yaml:1"),
        (ENTRY.replace("b.x", "B x"), 1, "an id has small letters"),
        (ENTRY.replace("  title: X\n", ""), 1, "`title` is missing"),
        (ENTRY + "  kind: comparison\n", 6, "in this folder it is topic or term or self"),
        (ENTRY + "  correction: [{said: a, now: b, as_of: May 2026}]\n", 6, "write YYYY-MM"),
        ("just text\n", 1, "a file of entries is a list"),
        ("- just text\n", 1, "is text; write a mapping"),
    ],
)
def test_each_mistake_is_reported_at_its_line(tmp_path: Path, text: str, line: int, expected: str) -> None:
    code, lines = check(build(tmp_path, topics__b=text))
    assert code == 1
    matching = [item for item in lines if expected in item]
    assert matching, lines
    assert any(item.startswith(f"knowledge/topics/b.yaml:{line}:") for item in matching), matching


TASK = """\
- id: t.x
  title: Make one
  action: create
  object: environment
  ask: [t one, t two, t three, t four, t five]
  answer: '`conda create -n {name}` makes one.'
  forms:
    - {tool: conda, run: 'conda create -n {name}'}
  from: [first]
"""
PROBLEM = """\
- id: p.x
  title: It is full
  ask: [p one, p two, p three, p four, p five]
  signatures: [{text: It is full}]
  cause: It is full.
  check: ['conda create -n {name}']
  fixes:
    - {text: Make room, commands: ['conda create -n {name}']}
  from: [first]
"""
COMPARISON = """\
- id: c.x
  title: One or two
  tools: [conda, venv]
  ask: [c one, c two, c three, c four, c five]
  answer: Take one.
  rows: [{aspect: size, cells: [small, large]}]
  commands: ['conda create -n {name}']
  from: [first]
"""


def test_a_phrasing_belongs_to_one_entry_of_any_kind(tmp_path: Path) -> None:
    code, lines = check(build(tmp_path, problems__p=PROBLEM.replace("p five", "'ONE, way'")))
    assert code == 1
    assert lines == [
        "knowledge/topics/a.yaml:3: `a.good`: `one way` is a phrasing of `p.x` too; keep it in one of them"
    ]


def test_good_entries_of_each_kind_pass(tmp_path: Path) -> None:
    assert check(build(tmp_path, commands__t=TASK, problems__p=PROBLEM, comparisons__c=COMPARISON)) == (0, [])


@pytest.mark.parametrize(
    ("folder", "text", "line", "expected"),
    [
        ("commands", TASK.replace("conda create -n {name}'}", "conda create -x {name}'}"), 8, "has no `-x`"),
        ("problems", PROBLEM.replace("check: ['conda create -n", "check: ['conda create -x"), 6, "has no `-x`"),
        ("problems", PROBLEM.replace("commands: ['conda create -n", "commands: ['conda create -x"), 8, "has no `-x`"),
        ("comparisons", COMPARISON.replace("create -n", "create -x"), 7, "has no `-x`"),
        ("problems", PROBLEM.replace(", p five", ""), 3, "4 phrasings"),
        ("comparisons", COMPARISON.replace("Take one.", "y" * 1300), 1, "move some below `more`"),
        (
            "commands",
            TASK.replace("'`conda create -n {name}` makes one.'", "The way is known."),
            6,
            "names the command or the act",
        ),
        (
            "commands",
            TASK.replace("'`conda create -n {name}` makes one.'", "conda can do that."),
            6,
            "names the command or the act",
        ),
        (
            "problems",
            PROBLEM.replace("cause: It is full.", "cause: That depends on the disk."),
            5,
            "begins with a preamble",
        ),
        ("comparisons", COMPARISON.replace("Take one.", "One or two."), 5, "repeats the title"),
    ],
)
def test_each_kind_is_held_to_the_same_rules(tmp_path: Path, folder: str, text: str, line: int, expected: str) -> None:
    code, lines = check(build(tmp_path, **{f"{folder}__b": text}))
    assert code == 1
    assert [item for item in lines if item.startswith(f"knowledge/{folder}/b.yaml:{line}:") and expected in item], lines


@pytest.mark.parametrize(
    "answer",
    [
        "No. It stays.",
        "Three: one, two and three.",
        "In the folder: run it.",
        "Take the installer of your system and run it.",
        "There is no `uv shell`.",
        "Thistle dependence is no preamble.",
        "`conda config --set x 'a? b'` sets it.",
        "Generality is not what it gives.",
    ],
)
def test_an_answer_that_answers_is_left_alone(answer: str) -> None:
    assert opening_fault("How it is done", answer) == ""


@pytest.mark.parametrize(
    "answer", ["Take the installer and run it.", "In VS Code choose the interpreter.", "The way: `x`."]
)
def test_a_task_may_begin_with_an_act_or_hold_a_command(answer: str) -> None:
    assert opening_fault("How it is done", answer, task=True, tools={"conda"}) == ""


def test_the_first_sentence_does_not_end_inside_code() -> None:
    assert first_sentence("`pip install a.b. c` does it. More.") == "`pip install a.b. c` does it."
    assert first_sentence("No full stop") == "No full stop"


def test_all_mistakes_are_reported_in_one_run(tmp_path: Path) -> None:
    broken = build(
        tmp_path,
        topics__b=ENTRY + "  colour: red\n  see: [nowhere]\n",
        topics__c="- id: c.y\n",
        problems__p="- {id: p.x}\n",
    )
    code, lines = check(broken)
    files = {line.split(":")[0] for line in lines}
    assert code == 1
    assert files == {"knowledge/topics/b.yaml", "knowledge/topics/c.yaml", "knowledge/problems/p.yaml"}


def test_a_changed_document_lists_the_entries_to_read_again(tmp_path: Path) -> None:
    root = build(tmp_path)
    document = tmp_path / "document.md"
    document.write_text("# Another\ntext\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "kb", "check", str(root), "--document", str(document)],
        capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert "section `first` has changed; read again: a.good" in done.stdout


def test_the_projects_own_content_has_no_mistake() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "kb", "check"], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout[-4000:]
