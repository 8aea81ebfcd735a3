"""A failed step, a flow that mends it with a plan and a confirmation of its own, and the step once more."""

import sys
from pathlib import Path

import pytest

from assistant.runner import api, engine, journal, session, store
from tests.runner.conftest import QUICK, Answers, Driven, Flows, drive

PY = sys.executable
FAILS = f"""
    params:
      env: {{type: word, title: Environment, default: demo}}
      packages: {{type: package-specs, title: Packages, default: numpy pandas}}
    steps:
      - {{id: before, title: Before, run: [touch, before], makes: before, risk: user-files, undo: {{remove: before}}}}
      - id: fails
        title: Needs the key
        run: [{PY}, -c, "import os,sys; print('NoKeyError: no key'); sys.exit(0 if os.path.exists('key') else 3)"]
        risk: reads
"""
MENDS = """
    params:
      name: {type: word, title: Name of the key, required: true}
      env: {type: word, title: Environment, required: false}
    steps:
      - id: fails
        title: Make {name} for {env}
        run: [touch, '{name}']
        makes: '{name}'
        verify: [{probe: file-exists, path: '{cwd}/{name}'}]
        risk: user-files
        undo: {remove: '{name}'}
"""


class Clinic:
    """Knows one error, and the flows that are to mend it."""

    def __init__(self, flows: Flows, *fixes: api.Fix) -> None:
        flows.write(MENDS, "make-key")
        self.flows, self.known = flows, flows.write(FAILS)
        self.fixes = fixes or (api.Fix(flow="make-key", title="Make the key", params={"name": "key"}),)
        self.seen: list[api.StepFailed] = []

    def diagnose(self, failure: api.StepFailed) -> api.Diagnosis | None:
        self.seen.append(failure)
        if "NoKeyError" not in " ".join(failure.tail):
            return None
        return api.Diagnosis(problem="key.missing", title="There is no key", cause="Nobody made it.", fixes=self.fixes)

    def session(self, policy: api.Policy | None = None) -> api.Session:
        plan = self.flows.plan(self.known)
        mending = api.Mending(self.diagnose, self.known)
        return session.Session(
            engine.Engine(
                plan, self.known, policy or api.Policy(), look=lambda: self.flows.machine, patience=QUICK, mending=mending
            )
        )  # fmt: skip

    def run(self, answers: Answers | None = None, policy: api.Policy | None = None) -> Driven:
        return drive(self.session(policy), answers)


def questions(seen: Driven) -> list[str]:
    return [question.kind for question in seen.of(api.Question)]


def test_a_fix_is_offered_planned_confirmed_run_and_the_step_tried_again(flows: Flows, work: Path) -> None:
    seen = Clinic(flows).run({"failed": "fix"})
    assert seen.end.state == "done" and (work / "key").exists()
    assert questions(seen) == ["plan", "failed", "plan"]
    failed = seen.of(api.StepFailed)[0]
    assert failed.diagnosis.problem == "key.missing" and failed.diagnosis.fixes[0].flow == "make-key"
    asked = seen.of(api.Question)[1]
    assert asked.answers == ("fix", "retry", "edit", "stop") and asked.default == "stop"
    assert [(one.value, one.label) for one in asked.choices] == [("make-key", "Make the key")]
    begun, ended = seen.of(api.FixStarted)[0], seen.of(api.FixFinished)[0]
    assert begun.step == "fails" and begun.plan.flow.id == "make-key"
    assert begun.plan.params == {"name": "key", "env": "demo"}  # the environment is that of the failed step
    assert (ended.state, ended.flow) == ("done", "make-key")
    assert [event.run for event in seen.of(api.RunStarted)] == [seen.end.run, ended.run]
    assert len(seen.of(api.FlowFinished)) == 1 and seen.events[-1].to_plain()["state"] == "done"


def test_the_fix_is_a_run_of_its_own_and_goes_back_on_its_own(flows: Flows, work: Path) -> None:
    seen = Clinic(flows).run({"failed": "fix"})
    outer, inner = seen.end.run, seen.of(api.FixFinished)[0].run
    assert {run.id: run.state for run in store.list_runs()} == {outer: "done", inner: "done"}
    record = journal.read(Path(store.find(outer).folder))
    assert record.steps["fails"].fixed == (inner,) and record.steps["fails"].tries == 2
    assert f"mended by the run {inner}" in api.log(outer) and f"mended by the run {inner}" in api.log(outer, "markdown")
    flows.undo(inner)
    assert not (work / "key").exists() and (work / "before").exists()
    flows.undo(outer)
    assert list(work.iterdir()) == []


def test_yes_given_beforehand_does_not_cover_the_fix(flows: Flows, work: Path) -> None:
    seen = Clinic(flows).run({"failed": "fix"}, policy=api.Policy(yes=api.parse_yes("delete,admin")))
    assert questions(seen) == ["failed", "plan"] and seen.end.state == "done"


@pytest.mark.parametrize("answer", ["no", "stop", "", "perhaps"])
def test_a_fix_that_is_not_confirmed_changes_nothing_and_the_question_comes_again(
    flows: Flows, work: Path, answer: str
) -> None:
    asked: list[str] = []

    def answers(question: api.Question) -> str:
        asked.append(question.kind)
        if question.kind == "failed":
            return "fix" if asked.count("failed") == 1 else "stop"
        return "yes" if len(asked) == 1 else answer

    seen = Clinic(flows).run(answers)
    assert asked == ["plan", "failed", "plan", "failed"]
    assert seen.of(api.FixFinished)[0].state == "declined" and not (work / "key").exists()
    assert (seen.end.state, seen.end.exit) == ("failed", 3) and len(store.list_runs()) == 1


def test_ctrl_c_in_the_fix_stops_the_fix_alone(flows: Flows, work: Path) -> None:
    running = Clinic(flows).session()
    asked: list[str] = []
    for event in running.events():
        if isinstance(event, api.Question):
            asked.append(event.kind)
            if len(asked) == 3:
                running.interrupt()
            else:
                running.reply({1: "yes", 2: "fix"}.get(len(asked), "stop"))
    assert asked == ["plan", "failed", "plan", "failed"]
    assert running.result is not None and running.result.state == "failed" and not (work / "key").exists()


def test_a_value_that_the_fix_needs_is_asked_for(flows: Flows, work: Path) -> None:
    clinic = Clinic(flows, api.Fix(flow="make-key", title="Make the key", params={"name": "bad name"}))

    def answers(question: api.Question) -> str | api.Reply:
        if question.kind == "value":
            return api.Reply(answer="value", value="key")
        return "fix" if question.kind == "failed" else "yes"

    seen = clinic.run(answers)
    assert questions(seen) == ["plan", "failed", "value", "plan"] and seen.end.state == "done"


def test_a_value_that_is_not_given_leads_back_to_the_question(flows: Flows, work: Path) -> None:
    asked: list[str] = []

    def answers(question: api.Question) -> str:
        asked.append(question.kind)
        return {"plan": "yes", "value": "stop"}.get(question.kind, "fix" if asked.count("failed") == 1 else "stop")

    seen = Clinic(flows, api.Fix(flow="make-key", title="Make the key")).run(answers)
    assert asked == ["plan", "failed", "value", "failed"]
    assert seen.end.state == "failed" and not seen.of(api.FixStarted)


def test_a_fix_that_cannot_be_done_is_told_and_the_question_comes_again(flows: Flows, work: Path) -> None:
    clinic = Clinic(flows)
    clinic.known = flows.write(FAILS.replace("exists('key')", "isfile('key')"))
    (work / "key").mkdir()  # what the fix is to make stands there already, so its plan is blocked
    asked: list[str] = []

    def answers(question: api.Question) -> str:
        asked.append(question.kind)
        return "yes" if question.kind == "plan" else "fix" if asked.count("failed") == 1 else "stop"

    seen = clinic.run(answers)
    ended = seen.of(api.FixFinished)[0]
    assert ended.state == "blocked" and "key" in ended.message and not ended.run
    assert asked == ["plan", "failed", "failed"] and seen.end.state == "failed"


def test_where_nobody_can_answer_the_diagnosis_is_told_and_nothing_is_run(flows: Flows, work: Path) -> None:
    seen = Clinic(flows).run(policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert (seen.end.state, seen.end.exit) == ("failed", 3) and not seen.of(api.FixStarted)
    told = seen.of(api.StepFailed)[0].to_plain()["diagnosis"]
    assert told["problem"] == "key.missing" and told["fixes"][0] == {
        "flow": "make-key", "title": "Make the key", "params": {"name": "key"},
    }  # fmt: skip


def test_the_flow_that_failed_is_no_fix_for_itself_nor_one_that_is_not_there(flows: Flows, work: Path) -> None:
    clinic = Clinic(
        flows, api.Fix(flow="test-flow", title="Again"), api.Fix(flow="test-flow", title="Same", params={"env": "demo"}),
        api.Fix(flow="test-flow", title="Same packages", params={"packages": "numpy pandas"}),
        api.Fix(flow="nowhere", title="Not here"), api.Fix(flow="test-flow", title="Other", params={"env": "second"}),
    )  # fmt: skip
    seen = clinic.run({"failed": "stop"})
    assert [one.label for one in seen.of(api.Question)[1].choices] == ["Other"]


def test_without_a_known_cause_there_is_nothing_to_choose(flows: Flows, work: Path) -> None:
    clinic = Clinic(flows)
    clinic.known = flows.write(FAILS.replace("NoKeyError: no key", "something else"))
    seen = clinic.run({"failed": "fix"})
    assert seen.of(api.Question)[1].answers == ("retry", "edit", "stop")
    assert seen.of(api.StepFailed)[0].diagnosis is None and seen.end.state == "failed"


def test_killed_in_the_fix_both_runs_can_be_gone_on_with(flows: Flows, work: Path) -> None:
    """The fix is cut off between its steps: each run resumes by itself, and neither does a thing twice."""
    clinic = Clinic(flows)
    running = clinic.session()
    asked = 0
    with running:
        for event in running.events():
            if isinstance(event, api.Question):
                asked += 1
                if asked == 3:
                    break  # the face goes away at the gate of the fix
                running.reply("fix" if event.kind == "failed" else "yes")
    assert not (work / "key").exists()
    assert [run.state for run in store.list_runs()] == ["stopped"]
    (work / "key").touch()
    assert flows.resume().end.state == "done"
