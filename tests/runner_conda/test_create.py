"""Environments from a real conda: made and proved, refused where one is, told plainly where it cannot be."""

from pathlib import Path

import pytest

from assistant.errors import ExitCode
from assistant.runner import api, store
from tests.flows_run.conftest import differences, picture
from tests.runner.conftest import drive
from tests.runner_conda.conftest import ALL, PACKAGE, Desk, conda


def test_made_proved_and_taken_back(desk: Desk) -> None:
    before = desk.picture()
    seen = desk.done("create-environment", tool="conda", name="demo", python=desk.python, packages=PACKAGE)
    assert PACKAGE in desk.packages("demo")
    assert desk.packages("demo")["python"].startswith(desk.python)
    evidence = " ".join(text for event in seen.of(api.StepVerified) for text in event.evidence)
    assert f"Python {desk.python}" in evidence and PACKAGE in evidence
    assert seen.end.commands == ("conda activate demo",) and seen.end.undo
    assert b"Executing transaction" in seen.output
    desk.undo()
    assert not desk.prefix("demo").exists()
    assert differences(before, desk.picture()) == []
    listed = conda("env", "list")["envs"]
    assert str(desk.prefix("demo")) not in listed


def test_what_is_installed_beside_it_comes_back_with_redo(desk: Desk) -> None:
    run = desk.done("create-environment", tool="conda", name="demo", python=desk.python).end.run
    desk.undo()
    plan, flows = api.redo_plan(run)
    assert drive(api.start_run(plan, ALL, flows=flows)).end.state == "done"
    assert desk.packages("demo")["python"].startswith(desk.python)


def test_one_of_that_name_is_never_replaced(desk: Desk) -> None:
    made = desk.make("mine")
    (made / "notes.txt").write_text("work of weeks")
    before = picture(made)
    seen = desk.run("create-environment", tool="conda", name="mine", python=desk.python)
    assert seen.end.state == "blocked" and "already" in seen.end.message
    assert seen.end.exit == ExitCode.STEP_FAILED and not store.list_runs()
    assert differences(before, picture(made)) == []


def test_one_that_appears_after_the_plan_was_made_is_not_replaced(desk: Desk) -> None:
    plan = desk.plan("create-environment", tool="conda", name="mine", python=desk.python)
    assert plan.steps[0].state == "will-run"
    made = desk.make("mine")
    before = picture(made)
    seen = drive(api.start_run(plan, ALL, flows=desk.flows))
    assert seen.end.state == "blocked" and differences(before, picture(made)) == []


def test_one_in_another_folder_of_environments_counts(desk: Desk) -> None:
    elsewhere = desk.home / ".conda" / "envs" / "mine"
    conda("create", "--prefix", str(elsewhere), "--yes")
    step = desk.plan("create-environment", tool="conda", name="mine", python=desk.python).steps[0]
    assert step.state == "blocked" and str(elsewhere) in step.reason


def test_keep_takes_one_that_fits_as_done(desk: Desk) -> None:
    desk.make("mine")
    given = {"tool": "conda", "name": "mine", "python": desk.python, "existing": "keep"}
    assert desk.plan("create-environment", **given).steps[0].state == "done"


@pytest.mark.parametrize("packages", ["no-such-package-in-any-channel", "no-such-package-in-any-channel=1.0"])
def test_what_no_channel_has_is_named_and_nothing_stays(desk: Desk, packages: str) -> None:
    before = desk.picture()
    seen = desk.run("create-environment", tool="conda", name="demo", python=desk.python, packages=packages)
    assert seen.end.state == "failed" and seen.end.exit == ExitCode.STEP_FAILED
    assert "no-such-package-in-any-channel" in seen.end.message
    assert seen.of(api.StepFailed)[0].tail and not desk.prefix("demo").exists()
    assert differences(before, desk.picture()) == []


def test_a_dry_run_tells_what_would_come(desk: Desk) -> None:
    plan = desk.plan("create-environment", tool="conda", name="demo", python=desk.python, packages=PACKAGE)
    before = desk.picture()
    told = api.preview(plan, plan.steps[0].id, desk.look())
    assert {"python", PACKAGE} <= {one.name for one in told.packages}
    assert all(one.size is not None for one in told.packages)
    assert sum(one.size or 0 for one in told.packages) == told.download
    assert differences(before, desk.picture()) == [] and not desk.prefix("demo").exists()


def test_the_log_is_whole_and_gives_the_command(desk: Desk) -> None:
    seen = desk.done("create-environment", tool="conda", name="demo", python=desk.python)
    log = Path(seen.of(api.StepStarted)[0].log).read_bytes()
    assert log == seen.output and b"Package Plan" in log
    assert f"conda create --name demo python={desk.python}" in api.log(seen.end.run, "script")
