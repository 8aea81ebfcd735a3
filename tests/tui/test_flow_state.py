"""A run as a picture: events in, steps with state and time, lines and questions out."""

from __future__ import annotations

from assistant.runner.catalog import flow_from_plain
from assistant.runner.events import (
    ChildPrompt,
    FlowFinished,
    Notice,
    Output,
    PlanChanged,
    Progress,
    Question,
    RunStarted,
    StepFailed,
    StepSkipped,
    StepStarted,
    StepVerified,
)
from assistant.runner.plan import Plan, PlannedStep
from assistant.tui.flow_asking import at_end, what_to_ask
from assistant.tui.flow_state import FlowState, amount, clock


def plan_of(*names: str, states: dict[str, str] | None = None) -> Plan:
    flow = flow_from_plain(
        {
            "id": "test",
            "title": "A test",
            "why": "To see",
            "steps": [{"id": name, "title": f"Step {name}", "note": "x"} for name in names],
        }
    )
    steps = tuple(
        PlannedStep(
            id=name,
            title=f"Step {name}",
            why="",
            kind="run",
            state=(states or {}).get(name, "will-run"),
            reason="because",
        )  # type: ignore[arg-type]
        for name in names
    )
    return Plan(flow=flow, params={}, sources={}, facts={}, steps=steps, bound=())


def started(name: str, number: int = 1, of: int = 2) -> StepStarted:
    return StepStarted(
        step=name, number=number, of=of, title=f"Step {name}", why="", kind="run", command="run it", risk="reads"
    )


def test_steps_begin_wait_and_are_proved_with_their_time() -> None:
    state = FlowState(plan_of("one", "two"))
    assert [step.state for step in state.steps] == ["will-run", "will-run"]
    state.apply(started("one"), 10.0)
    assert (state.current, state.position, state.steps[0].state) == ("one", 0, "running")
    assert state.steps[0].elapsed(13.0) == 3.0
    state.apply(ChildPrompt(step="one", text="Proceed ([y]/n)?"), 14.0)
    assert state.steps[0].state == "waiting" and state.prompt
    assert state.summary == "A test: waits for you"
    state.sent()
    assert state.steps[0].state == "running" and state.prompt is None
    state.apply(StepVerified(step="one", evidence=("it is there",), seconds=5.0), 15.0)
    assert state.steps[0].state == "verified" and state.steps[0].elapsed(99.0) == 5.0
    assert state.steps[0].evidence == ("it is there",)
    assert "proved: it is there" in state.lines.text()


def test_output_is_kept_in_lines_below_a_heading() -> None:
    state = FlowState(plan_of("one"))
    state.apply(started("one", of=1), 0.0)
    state.apply(Output(step="one", text=b"hello\r\nwor"), 0.0)
    state.apply(Output(step="one", text=b"ld"), 0.0)
    state.apply(Notice(step="one", text="a word", commands=("do this",)), 0.0)
    assert state.lines.text().split("\n")[:6] == ["1/1 Step one", "$ run it", "hello", "world", "# a word", "# do this"]


def test_an_unfinished_sequence_of_the_program_does_not_swallow_our_words() -> None:
    state = FlowState(plan_of("one"))
    state.apply(started("one", of=1), 0.0)
    state.apply(Output(step="one", text=b"\x1b]0;never ended"), 0.0)
    state.apply(StepFailed(step="one", reason="it broke"), 1.0)
    assert "# failed: it broke" in state.lines.text()


def test_a_failure_skips_and_ends() -> None:
    state = FlowState(plan_of("one", "two"))
    state.apply(started("one"), 1.0)
    state.apply(StepFailed(step="one", reason="broken", tail=("E: x",)), 4.0)
    assert state.failure and state.steps[0].state == "failed" and state.steps[0].seconds == 3.0
    question = Question(number=1, kind="failed", text="again?", answers=("retry", "stop"), step="one")
    state.apply(question, 4.0)
    assert what_to_ask(state, stuck=False, can_edit=True).answers == ("retry", "stop")
    state.answered()
    assert state.question is None
    state.apply(started("one"), 5.0)
    assert state.failure is None and state.steps[0].state == "running"
    state.apply(StepSkipped(step="two", state="skipped", reason="not needed"), 6.0)
    assert state.step("two") and state.step("two").state == "skipped"  # type: ignore[union-attr]
    state.apply(FlowFinished(state="done", message="1 step done", exit=0, run="r", undo=True), 7.0)
    assert state.summary == "A test: done"
    assert what_to_ask(state, stuck=False, can_edit=True).answers == ("undo", "log", "ask", "close")


def test_a_changed_plan_keeps_what_was_done() -> None:
    state = FlowState(plan_of("one", "two"))
    state.apply(started("one"), 0.0)
    state.apply(StepVerified(step="one", evidence=(), seconds=1.0), 1.0)
    state.apply(PlanChanged(plan=plan_of("one", "three"), differences=("new step: three",)), 1.0)
    assert [(step.planned.id, step.state) for step in state.steps] == [("one", "verified"), ("three", "will-run")]
    assert state.changes == ("new step: three",)
    state.apply(RunStarted(run="r1", folder="/x", plan=plan_of("one", "three")), 1.0)
    assert state.run == "r1" and state.steps[0].state == "verified"


def test_what_is_asked_when() -> None:
    state = FlowState(plan_of("one", states={"one": "blocked"}))
    stuck = what_to_ask(state, stuck=True, can_edit=True)
    assert stuck.text == "Blocked: Step one. because." and stuck.answers == ("edit", "look", "close")
    assert what_to_ask(state, stuck=True, can_edit=False).answers == ("look", "close")
    state = FlowState(plan_of("one"))
    state.apply(Question(number=1, kind="plan", text="Run?", answers=("yes", "step", "edit", "no")), 0.0)
    assert what_to_ask(state, stuck=False, can_edit=False).answers == ("yes", "step", "no")
    state.apply(Question(number=2, kind="value", text="Which?", answers=("value", "stop")), 0.0)
    assert what_to_ask(state, stuck=False, can_edit=True).answers == ("stop",)
    assert at_end(FlowFinished(state="failed", message="", exit=3, run="r", undo=True)) == (
        "undo",
        "resume",
        "log",
        "ask",
        "close",
    )
    assert at_end(FlowFinished(state="blocked", message="", exit=3)) == ("ask", "close")


def test_times_and_amounts_in_words() -> None:
    assert clock(None) == "" and clock(7.9) == "0:07" and clock(723) == "12:03"
    assert amount(Progress(step="a", done=512, total=1024, what="file")) == "file: 512 B of 1.0 KB, 50 %"
    assert amount(Progress(step="a", done=512, total=0)) == "so far: 512 B"
