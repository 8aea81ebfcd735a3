"""Plans: each step's state and reason, what it downloads, changes and deletes; and nothing on disk changes."""

import os
import shlex
import subprocess
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.runner import plan as plans
from tests.runner.conftest import Flows, tree

FLOW = """
params:
  name: {type: new-env-name, title: Name}
  mode: {type: choice, title: Mode, choices: [small, large], default: small}
vars:
  file: ['{cwd}/{name}.txt']
steps:
  - id: first
    title: Make {name}
    run: [touch, '{file}']
    makes: '{file}'
    check: [{probe: file-exists, path: '{file}'}]
    risk: user-files
    undo: {remove: '{file}'}
  - id: second
    title: Use it
    needs:
      - {probe: file-exists, path: '{file}', otherwise: make it first}
    run: [cat, '{file}', '$(id)']
    risk: reads
  - id: large
    title: Only for large
    when: {mode: large}
    run: ['true']
    risk: reads
  - id: tell
    title: Something to know
    note: [{text: 'the file is {file}', commands: ['cat {file}']}]
"""


def states(plan: plans.Plan) -> dict[str, str]:
    return {step.id: step.state for step in plan.steps}


def test_states_reasons_and_the_shape_that_scripts_rely_on(flows: Flows) -> None:
    known = flows.write(FLOW)
    plan = flows.plan(known, name="demo")
    # What the first step brings about is not held against the second.
    assert states(plan) == {"first": "will-run", "second": "will-run", "large": "skipped", "tell": "will-run"}
    data = plan.to_plain()
    assert data["schema"] == 1 and data["flow"] == "test-flow"
    assert data["params"] == {"name": "demo", "mode": "small"}
    assert data["facts"]["os"] == "linux"
    step = data["steps"][0]
    assert {"id", "title", "why", "state", "reason", "command", "risk", "undo"} <= step.keys()
    assert step["command"] == f"touch {flows.machine.cwd}/demo.txt"
    assert "asks first" in step["undo"]
    assert data["steps"][1]["command"].endswith("'$(id)'")
    assert data["steps"][2]["reason"] == "mode is small, this is for large"
    assert data["steps"][3]["commands"] == [f"cat {flows.machine.cwd}/demo.txt"]


def test_done_and_blocked_say_why_and_what_to_do(flows: Flows, work: object) -> None:
    known = flows.write(FLOW)
    (flows.folder.parent / "work" / "demo.txt").write_text("mine")
    plan = flows.plan(known, name="demo")
    assert states(plan)["first"] == "done"
    assert "is there" in plan.step("first").reason
    blocked = flows.write(FLOW.replace("    check: [{probe: file-exists, path: '{file}'}]\n", ""))
    plan = flows.plan(blocked, name="demo")
    assert states(plan) == {"first": "blocked", "second": "blocked", "large": "skipped", "tell": "blocked"}
    assert "already exists" in plan.step("first").reason and plan.step("first").help
    assert "comes after" in plan.step("second").reason


def test_planning_changes_nothing(flows: Flows) -> None:
    known = flows.write(FLOW)
    root = flows.folder.parent
    before = tree(root)
    for _ in range(2):
        flows.plan(known, name="demo", mode="large")
    assert tree(root) == before


def test_a_fingerprint_changes_with_what_would_be_done(flows: Flows, work: object) -> None:
    known = flows.write(FLOW)
    one, other = flows.plan(known, name="demo"), flows.plan(known, name="other")
    assert one.fingerprint == flows.plan(known, name="demo").fingerprint
    assert one.fingerprint != other.fingerprint
    (flows.folder.parent / "work" / "demo.txt").touch()
    now = flows.plan(known, name="demo")
    assert now.fingerprint != one.fingerprint
    assert "was will-run, is done" in plans.differences(one, now)[0]


def test_a_missing_program_blocks_before_anything_runs(flows: Flows) -> None:
    known = flows.write("""
        steps:
          - {id: run, title: Run, run: [no-such-program-anywhere, x], risk: reads}
    """)
    plan = flows.plan(known)
    assert plan.steps[0].state == "blocked"
    assert "not on this machine" in plan.steps[0].reason


def test_forms_take_the_first_that_fits_or_say_that_none_does(flows: Flows) -> None:
    known = flows.write("""
        params: {tool: {type: word, title: Tool}}
        steps:
          - id: run
            title: Run
            forms:
              - {run: ['true', a], when: {tool: a}}
              - {run: ['true', b], when: {tool: [b, c]}}
            risk: reads
    """)
    assert flows.plan(known, tool="c").steps[0].command == "true b"
    assert "no way to do this with tool z" in flows.plan(known, tool="z").steps[0].reason


def test_an_edit_shows_its_difference_and_is_done_when_there_is_none(flows: Flows) -> None:
    rc = flows.folder.parent / "home" / ".examplerc"
    rc.write_text("one\n")
    known = flows.write("""
        steps:
          - {id: edit, title: Edit, edit: {file: '~/.examplerc', line: two}}
    """)
    step = flows.plan(known).steps[0]
    assert step.state == "will-run" and step.risk == "user-files" and step.undoable
    assert "+two" in step.details
    rc.write_text("one\ntwo\n")
    assert flows.plan(known).steps[0].state == "done"


def test_a_deleting_step_names_files_and_size(flows: Flows) -> None:
    folder = flows.folder.parent / "work" / "old"
    folder.mkdir()
    (folder / "a").write_bytes(b"x" * 1_000_000)
    known = flows.write("""
        steps:
          - {id: drop, title: Drop, remove: '{cwd}/old', undo: it does not come back}
    """)
    step = flows.plan(known).steps[0]
    assert step.risk == "deletes" and step.alone
    assert step.deletes == (f"{folder} (1 file, 1.0 MB)",)
    assert not step.undoable


def test_a_flow_in_a_flow_gives_its_steps_in_place(flows: Flows) -> None:
    flows.write(
        """
        params: {file: {type: path, title: File}}
        requires: [{probe: folder-exists, path: '{file|parent}'}]
        steps:
          - {id: make, title: 'Make {file|name}', run: [touch, '{file}'], makes: '{file}', risk: user-files, undo:
          {remove: '{file}'}}
          - {id: look, title: Look, run: [cat, '{file}'], risk: reads}
        """,
        "inner",
    )
    known = flows.write("""
        params: {name: {type: word, title: Name}}
        steps:
          - {id: one, title: One, use: inner, set: {file: '{name}-1'}}
          - {id: two, title: Two, use: inner, set: {file: 'gone/{name}-2'}}
          - {id: never, title: Never, use: inner, set: {file: x}, when: {name: other}}
    """)
    plan = flows.plan(known, name="demo")
    assert [step.id for step in plan.steps] == ["one/make", "one/look", "two/make", "two/look", "never"]
    assert plan.step("one/make").title == "Make demo-1"
    assert plan.step("two/make").state == "blocked" and "is not there" in plan.step("two/make").reason
    assert plan.step("never").state == "skipped"


def test_a_flow_that_uses_itself_is_refused(flows: Flows) -> None:
    flows.write("steps: [{id: a, title: A, use: second}]", "first")
    known = flows.write("steps: [{id: b, title: B, use: first}]", "second")
    with pytest.raises(UsageError, match="first > second > first"):
        flows.plan(known, "first")


def test_what_waits_for_an_answer_is_said_so(flows: Flows) -> None:
    known = flows.write("""
        steps:
          - {id: which, title: Which one, ask: {type: word, title: Which one}}
          - {id: use, title: 'Use {which}', run: [echo, '{which}'], risk: reads}
    """)
    plan = flows.plan(known)
    assert states(plan) == {"which": "will-run", "use": "will-run"}
    assert plan.step("use").reason == "depends on the answer to `which`"
    answered = flows.plan(known, which="blue")
    assert states(answered)["which"] == "done"
    assert answered.step("use").command == "echo blue"


def test_an_unknown_flow_is_near_a_known_one(flows: Flows) -> None:
    known = flows.write("steps: [{id: a, title: A, note: n}]", "create-thing")
    with pytest.raises(UsageError, match="did you mean `create-thing`"):
        flows.plan(known, "create-thingy")


def test_what_a_flow_requires_holds_back_its_first_step_that_applies(flows: Flows, work: Path) -> None:
    flows.write(
        """
        params: {file: {type: path, title: File}}
        steps:
          - {id: other, title: Other, run: [echo, a], risk: reads, when: {os: windows}}
          - {id: make, title: Make it, run: [touch, '{file}'], makes: '{file}', risk: user-files, undo: it stays}
        """,
        "inner",
    )
    known = flows.write("""
        params: {name: {type: text, title: Name}}
        requires: [{probe: folder-exists, path: '{cwd}/{name}', otherwise: 'make {name} first'}]
        steps:
          - {id: never, title: Never, run: [echo, a], risk: reads, when: {os: windows}}
          - {id: one, title: One, use: inner, set: {file: made}}
          - {id: two, title: Two, run: [echo, a], risk: reads}
    """)
    plan = flows.plan(known, name="a {b}")
    assert [step.state for step in plan.steps] == ["skipped", "skipped", "blocked", "blocked"]
    assert plan.step("one/make").help == "make a {b} first" and "comes after" in plan.step("two").reason
    (work / "a {b}").mkdir()
    plan = flows.plan(known, name="a {b}")
    assert [step.state for step in plan.steps] == ["skipped", "skipped", "will-run", "will-run"]


@pytest.mark.parametrize(
    "word", ["it's", "a b", "print('x')", "it's $HOME", 'it\'s "so"', "it's `id`", "back\\slash's", "", "hi'!"]
)
def test_a_command_is_shown_as_a_shell_reads_it(word: str) -> None:
    line = plans.shown(("echo", word), "linux")
    assert shlex.split(line) == ["echo", word]
    if os.name != "posix":
        return
    done = subprocess.run(["sh", "-c", f"printf %s {line.removeprefix('echo ')}"], capture_output=True, text=True)
    assert done.stdout == word
