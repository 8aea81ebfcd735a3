"""Runs: the gate before anything, the journal around it, proof after it; edits, skips, stops; facts that change."""

import itertools
import json
from pathlib import Path

import pytest

from assistant.machine.model import Machine
from assistant.runner import api, attempt, gate, journal, store
from tests.runner.conftest import PY, SIMPLE, Driven, Flows, drive, tree


def kinds(seen: Driven) -> list[str]:
    """The names of the events; output may come in any number of pieces."""
    return [name for name, _ in itertools.groupby(event.to_plain()["event"] for event in seen.events)]


def lines_of(seen: Driven) -> list[dict[str, object]]:
    started = seen.of(api.RunStarted)[0]
    return [json.loads(line) for line in (Path(started.folder) / "journal.jsonl").read_text().splitlines()]


def test_a_run_from_plan_to_end(flows: Flows, work: Path) -> None:
    seen = flows.run(flows.write(SIMPLE), name="demo")
    assert kinds(seen) == [
        "question", "run-started", "step-started", "step-verified", "step-started", "output", "step-verified",
        "flow-finished",
    ]  # fmt: skip
    assert (work / "demo.txt").exists()
    assert seen.output == b"hello demo\r\n"
    end = seen.end
    assert (end.state, end.exit, end.done, end.undo) == ("done", 0, 2, True)
    assert end.notes == (f"made {work}/demo.txt",) and end.commands == (f"cat {work}/demo.txt",)
    assert end.after == (api.Said(text=end.notes[0], commands=end.commands),)
    assert [line["do"] for line in lines_of(seen)] == [
        "run", "plan", "before", "pid", "exit", "after", "before", "pid", "exit", "after", "end",
    ]  # fmt: skip
    log = seen.of(api.StepStarted)[1].log
    assert Path(log).read_bytes() == b"hello demo\r\n"
    assert seen.of(api.StepVerified)[0].evidence == (f"{work}/demo.txt is there",)
    for event in seen.events:
        json.dumps(event.to_plain())


def test_no_means_no_and_leaves_no_trace(flows: Flows, work: Path) -> None:
    known = flows.write(SIMPLE)
    before = tree(flows.folder.parent)
    seen = flows.run(known, {"plan": "no"})
    assert (seen.end.state, seen.end.exit) == ("declined", 4)
    assert tree(flows.folder.parent) == before
    seen = flows.run(known, policy=api.Policy(interactive=False))
    assert (seen.end.state, seen.end.exit) == ("declined", 4)
    assert "--yes" in seen.end.hint
    assert tree(flows.folder.parent) == before


@pytest.mark.parametrize("answer", ["", "y", "perhaps", "stop", "edit", "YES"])
def test_an_answer_that_was_not_offered_means_no(flows: Flows, work: Path, answer: str) -> None:
    seen = flows.run(flows.write(SIMPLE), {"plan": answer} if answer != "edit" else lambda q: api.Reply(answer="no"))
    assert seen.end.state == "declined"
    assert not (work / "demo.txt").exists()


def test_yes_covers_steps_but_never_deletes_nor_admin(flows: Flows, work: Path) -> None:
    (work / "old").mkdir()
    known = flows.write("""
        steps:
          - {id: make, title: Make, run: [touch, new], makes: new, risk: user-files, undo: {remove: new}}
          - {id: drop, title: Drop old, remove: old, undo: it does not come back}
          - {id: root, title: As root, run: [touch, rooted], makes: rooted, risk: admin, undo: {remove: rooted}}
    """)
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert (seen.end.state, seen.end.exit) == ("stopped", 4)
    assert "--yes=delete" in seen.end.hint
    assert (work / "new").exists() and (work / "old").exists()
    (work / "new").unlink()
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes("delete"), interactive=False))
    assert not (work / "old").exists() and not (work / "rooted").exists()
    assert "--yes=admin" in seen.end.hint
    (work / "new").unlink()
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes("delete,admin"), interactive=False))
    assert seen.end.state == "done" and (work / "rooted").exists()


def test_a_delete_is_asked_on_its_own_and_named(flows: Flows, work: Path) -> None:
    (work / "old").mkdir()
    (work / "old" / "f").write_text("x")
    known = flows.write("steps: [{id: drop, title: Drop old, remove: old, undo: gone}]")
    seen = flows.run(known, {"delete": "no"})
    asked = seen.of(api.Question)
    assert [question.kind for question in asked] == ["plan", "delete"]
    assert asked[1].names == (f"{work}/old (1 file, 0.0 MB)",) and asked[1].default == "no"
    assert (work / "old" / "f").exists() and seen.end.exit == 4
    assert flows.run(known).end.state == "done"
    assert not (work / "old").exists()


def test_step_by_step_with_skip(flows: Flows, work: Path) -> None:
    known = flows.write(SIMPLE)

    def answer(question: api.Question) -> str:
        return "step" if question.kind == "plan" else "skip" if question.step == "make" else "yes"

    seen = flows.run(known, answer)
    assert [question.kind for question in seen.of(api.Question)] == ["plan", "step", "step"]
    assert not (work / "demo.txt").exists()
    assert seen.of(api.StepSkipped)[0].reason == "skipped by you"
    assert seen.end.state == "done" and b"hello" in seen.output


def test_other_params_at_the_gate_are_checked_and_planned_again(flows: Flows, work: Path) -> None:
    asked: list[api.Question] = []

    def answer(question: api.Question) -> str | api.Reply:
        asked.append(question)
        values = [{"name": "../x"}, {"name": "other"}]
        return api.Reply(answer="edit", values=values[len(asked) - 1]) if len(asked) <= 2 else "yes"

    seen = flows.run(flows.write(SIMPLE), answer)
    assert "path separator" in seen.of(api.Notice)[0].text
    assert [question.kind for question in asked] == ["plan", "plan", "plan"]
    assert "other.txt" in asked[2].details[0]
    assert (work / "other.txt").exists() and not (work / "demo.txt").exists()
    assert lines_of(seen)[1]["given"] == {"name": "other"}


def test_nothing_runs_without_the_gate(flows: Flows, work: Path) -> None:
    known = flows.write(SIMPLE)
    plan = flows.plan(known)
    step = plan.steps[0]
    asks = gate.Gate(api.Policy(yes=api.parse_yes("")), lambda question: api.Reply(answer="no"))
    with pytest.raises(RuntimeError, match="not permitted"):
        asks.spend(gate.Permit(step.id, step.digest), step)
    permit = asks.permit(step)
    with pytest.raises(RuntimeError, match="not permitted"):
        asks.spend(permit, step.replace(digest="another"))
    asks.spend(permit, step)
    with pytest.raises(RuntimeError, match="not permitted"):
        asks.spend(permit, step)
    # The executor itself refuses a permit that the gate has not given.
    session = flows.session(known)
    folder = store.create(plan.flow, {}, [plan.flow], system="linux")
    ground = attempt.Ground(session, asks, lambda: flows.machine, flows.machine, attempt.Patience())
    ground.folder = folder
    with pytest.raises(RuntimeError, match="not permitted"):
        attempt.attempt(ground, plan, step, plan.bound[0], gate.Permit(step.id, step.digest))
    assert not (work / "demo.txt").exists()
    folder.close()


def test_facts_that_changed_since_the_plan_are_said_and_planned_again(flows: Flows, work: Path) -> None:
    known = flows.write(SIMPLE)
    plan = flows.plan(known)
    (work / "demo.txt").write_text("appeared")
    seen = flows.run(known, plan=plan)
    changed = seen.of(api.PlanChanged)[0]
    assert "was will-run, is blocked" in changed.differences[0]
    assert seen.end.state == "blocked" and seen.end.exit == 3
    assert (work / "demo.txt").read_text() == "appeared"


def test_what_appears_while_the_person_thinks_is_not_replaced(flows: Flows, work: Path) -> None:
    def answer(question: api.Question) -> str:
        if question.kind == "step":
            (work / "demo.txt").write_text("mine")
        return "step" if question.kind == "plan" else "yes"

    seen = flows.run(flows.write(SIMPLE), answer)
    assert seen.end.state == "blocked"
    assert (work / "demo.txt").read_text() == "mine"


def test_exit_code_0_without_the_proof_is_a_failure(flows: Flows, work: Path) -> None:
    known = flows.write("""
        steps:
          - id: lie
            title: Lie
            run: ['true']
            verify: [{probe: file-exists, path: '{cwd}/promised', otherwise: make it}]
            risk: user-files
            undo: nothing to do
    """)
    seen = flows.run(known, {"failed": "stop"})
    failed = seen.of(api.StepFailed)[0]
    assert "it ended well, but" in failed.reason and failed.hint == "make it"
    assert (seen.end.state, seen.end.exit) == ("failed", 3)
    assert lines_of(seen)[-2]["do"] == "failed"


def test_a_failure_shows_its_end_and_may_be_tried_again(flows: Flows, work: Path) -> None:
    known = flows.write(f"""
        steps:
          - id: fails
            title: Fails once
            run: [{PY}, -c, "import os,sys; print('Error: no luck'); sys.exit(3 if not os.path.exists('ok') else 0)"]
            risk: reads
            on_error: [some.problem]
    """)
    tries: list[str] = []

    def answer(question: api.Question) -> str:
        tries.append(question.kind)
        if question.kind == "failed":
            (work / "ok").touch()
            return "retry"
        return "yes"

    seen = flows.run(known, answer)
    failed = seen.of(api.StepFailed)[0]
    assert failed.exit == 3 and failed.tail == ("Error: no luck",) and failed.problems == ("some.problem",)
    assert "Error: no luck" in failed.reason
    assert seen.end.state == "done" and tries == ["plan", "failed"]
    assert Path(seen.of(api.StepStarted)[1].log).name == "01-fails.2.log"


def test_an_optional_step_may_fail(flows: Flows) -> None:
    known = flows.write("""
        steps:
          - {id: a, title: A, run: ['false'], risk: reads, optional: true}
          - {id: b, title: B, run: ['true'], risk: reads}
    """)
    seen = flows.run(known, {"failed": "skip"})
    assert len(seen.of(api.StepVerified)) == 1
    assert (seen.end.state, seen.end.exit) == ("failed", 3) and "not everything" in seen.end.message
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert len(seen.of(api.StepVerified)) == 1


def test_a_question_on_the_way_and_what_follows_from_it(flows: Flows, work: Path) -> None:
    known = flows.write("""
        steps:
          - {id: which-file, title: Which, ask: {type: word, title: Which file, default: usual}}
          - id: make
            title: Make {which_file}
            run: [touch, '{which_file}']
            makes: '{which_file}'
            risk: user-files
            undo: {remove: '{which_file}'}
    """)
    asked: list[api.Question] = []

    def answer(question: api.Question) -> str | api.Reply:
        asked.append(question)
        if question.kind == "value":
            return api.Reply(answer="value", value="bad word" if len(asked) == 2 else "good")
        return "yes"

    seen = flows.run(known, answer)
    # A command that was not shown when the plan was confirmed is asked about on its own.
    assert [question.kind for question in asked] == ["plan", "value", "value", "step"]
    assert "only letters" in asked[2].text and asked[1].suggestion == "usual"
    assert (work / "good").exists() and seen.end.state == "done"
    assert journal.read(Path(seen.of(api.RunStarted)[0].folder)).answers == {"which-file": "good"}
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert (work / "usual").exists()


def test_a_child_that_asks_is_answered_and_control_d_is_held_back(flows: Flows) -> None:
    code = "a = input('Proceed ([y]/n)? '); print('took', repr(a))"
    known = flows.write(f"""steps: [{{id: ask, title: Ask, run: [{PY}, -c, "{code}"], risk: reads}}]""")
    running = flows.session(known)

    def on(event: api.Event) -> None:
        if isinstance(event, api.ChildPrompt):
            assert event.empty_means == "yes"
            running.send(b"\x04")
            running.send(b"n\n")

    seen = drive(running, on=on)
    assert b"took 'n'" in seen.output
    assert "would mean yes" in seen.of(api.Notice)[0].text


def test_a_download_an_edit_and_a_note(flows: Flows, work: Path, own_home: Path) -> None:
    (own_home / ".rc").write_text("one\n")
    known = flows.write("""
        steps:
          - {id: edit, title: Edit, edit: {file: '~/.rc', line: two}}
          - {id: note, title: Note, note: [{text: 'remember {cwd}', commands: [ls]}]}
    """)
    seen = flows.run(known)
    assert (own_home / ".rc").read_text() == "one\ntwo\n"
    assert seen.of(api.Notice)[0].text == f"remember {work}"
    record = journal.read(Path(seen.of(api.RunStarted)[0].folder))
    backup = record.steps["edit"].backups[0]
    assert Path(backup.copy).read_text() == "one\n"
    assert record.steps["edit"].edited[str(own_home / ".rc")] != backup.sha256


def test_what_undo_needs_is_kept_before_or_the_step_is_not_begun(flows: Flows, work: Path) -> None:
    known = flows.write(f"""
        steps:
          - id: change
            title: Change
            run: [touch, changed]
            risk: installs
            verify: [{{probe: file-exists, path: '{{cwd}}/changed'}}]
            undo: by hand
            save: [{{run: [{PY}, -c, "print('numpy==1')"], file: packages.txt}}]
    """)
    seen = flows.run(known)
    saved = journal.read(Path(seen.of(api.RunStarted)[0].folder)).steps["change"].saved
    assert Path(saved[0]).read_text() == "numpy==1\n"
    (work / "changed").unlink()
    known = flows.write("""
        steps:
          - id: change
            title: Change
            run: [touch, changed]
            risk: installs
            undo: by hand
            makes: changed
            save: [{run: ['false'], file: packages.txt, title: The list of packages}]
    """)
    seen = flows.run(known, {"failed": "stop"})
    assert "The list of packages could not be kept" in seen.of(api.StepFailed)[0].reason
    assert not (work / "changed").exists()


def test_an_interactive_program_is_given_to_the_face(flows: Flows) -> None:
    known = flows.write("""
        steps: [{id: shell, title: A shell, run: [sh], interactive: true, risk: reads, env: {HELLO: 'x{os}'}}]
    """)
    running = flows.session(known)

    def on(event: api.Event) -> None:
        if isinstance(event, api.NeedsTerminal):
            assert event.argv[0].endswith("sh") and event.env["HELLO"] == "xlinux"
            running.reply(api.Reply(answer="yes", code=0))

    assert drive(running, on=on).end.state == "done"
    seen = flows.run(known, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert "terminal of its own" in seen.end.message


def test_the_machine_is_looked_at_again_after_each_step(flows: Flows, work: Path) -> None:
    known = flows.write("""
        steps:
          - {id: a, title: A, run: [touch, a], makes: a, risk: user-files, undo: {remove: a}}
          - {id: b, title: 'B {conda_kind}', run: [touch, 'b-{conda_kind}'], makes: 'b-{conda_kind}', risk:
          user-files, undo: {remove: 'b-{conda_kind}'}}
    """)
    from assistant.machine.model import Conda

    with_conda = flows.machine.replace(condas=(Conda(root="/opt/c", kind="miniforge", envs_dirs=("/opt/c/envs",)),))

    def look() -> Machine:
        return with_conda if (work / "a").exists() else flows.machine

    from assistant.runner.engine import Engine

    running = api.Session(Engine(flows.plan(known), known, api.Policy(), look=look))
    seen = drive(running)
    assert (work / "b-miniforge").exists() and seen.end.state == "done"
