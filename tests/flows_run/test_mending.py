"""A failed step of this project's own flows, mended by another of them: from the output of a real process to the flow that
its diagnosis names, in the runner, in a terminal, in accessible mode, and as JSON.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from assistant.render import failures
from assistant.runner import api, store
from assistant.search.library import open_library
from tests.flows_run.conftest import FLOWS, CondaDesk, differences

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a POSIX program")
ROOT = Path(__file__).resolve().parents[2]
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
CREATE = ("run", "create-environment", "--set", "name=demo", "--set", f"python={VERSION}")


def test_terms_that_stop_a_step_are_gone_round_and_the_step_is_done(with_terms: CondaDesk) -> None:
    before = with_terms.picture()
    with_terms.mending = failures.mending(open_library(), FLOWS)

    def answer(question: api.Question) -> str | api.Reply:
        return api.Reply(answer="fix", value="switch-to-conda-forge") if question.kind == "failed" else "yes"

    seen = with_terms.done("create-environment", answer, name="demo", python=VERSION)
    told = seen.of(api.StepFailed)[0].diagnosis
    assert told is not None and told.problem.startswith("conda.terms")
    assert {"accept-terms", "switch-to-conda-forge"} <= {fix.flow for fix in told.fixes}
    assert [question.kind for question in seen.of(api.Question)] == ["plan", "failed", "plan"]
    assert "conda-forge" in (with_terms.home / ".condarc").read_text()
    assert not [words for words in with_terms.calls if words[:2] == ["tos", "accept"]]
    with_terms.undo()
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def test_what_is_not_known_is_not_guessed_but_the_usual_causes_are_named(with_terms: CondaDesk) -> None:
    library = open_library()
    failure = api.StepFailed(
        step="x", reason="it ended with exit code 1", tail=("strange words",), problems=("conda.http-000",)
    )
    assert failures.mending(library, FLOWS).diagnose(failure) is None
    assert failures.often(failure, library) == [("conda.http-000", library.title("conda.http-000"))]


@pytest.fixture
def terminal(with_terms: CondaDesk) -> Iterator[pexpect.spawn[str]]:
    """`envguide run create-environment` in a terminal, for a screen reader."""
    child = pexpect.spawn(
        sys.executable, ["-m", "assistant", *CREATE],
        cwd=str(with_terms.work), env={**os.environ, "PYTHONPATH": str(ROOT), "ACCESSIBLE": "1", "COLUMNS": "80"},
        encoding="utf-8", timeout=120, echo=False,
    )  # fmt: skip
    yield child
    child.close(force=True)


def test_numbered_choices_in_accessible_mode(terminal: pexpect.spawn[str], with_terms: CondaDesk) -> None:
    terminal.expect_exact("Run this step?")
    terminal.sendline("yes")
    terminal.expect_exact("This looks like:")
    terminal.expect_exact("What now?")
    shown = terminal.before
    choices = [line.strip() for line in shown.splitlines() if line.strip()[:1].isdigit() and ". " in line]
    number = next(line.partition(".")[0] for line in choices if "switch-to-conda-forge" in line)
    assert any("retry: try the step again" in line for line in choices)
    terminal.sendline("99")
    terminal.expect_exact("Please give a number")
    terminal.sendline(number)
    terminal.expect_exact("these 3 steps?")  # the plan of the fix, confirmed for itself
    terminal.sendline("yes")
    terminal.expect_exact("Now the step again.")
    terminal.expect_exact("To take the fix back: envguide undo")
    terminal.expect_exact("1 step done")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 0
    assert "\x1b[" not in shown and not any(char in shown for char in "─│┌┐└┘█")
    assert (with_terms.root / "envs" / "demo").is_dir()
    assert [run.state for run in store.list_runs()] == ["done", "done"]


def test_enter_alone_stops_and_resume_offers_the_fix_again(terminal: pexpect.spawn[str], with_terms: CondaDesk) -> None:
    terminal.expect_exact("Run this step?")
    terminal.sendline("yes")
    terminal.expect_exact("What now?")
    terminal.sendline("")
    terminal.expect(pexpect.EOF)
    terminal.wait()
    assert terminal.exitstatus == 3
    again = subprocess.run(
        [sys.executable, "-m", "assistant", "resume"], input="yes\nswitch-to-conda-forge\nyes\n", text=True,
        capture_output=True, cwd=with_terms.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120,
    )  # fmt: skip
    assert again.returncode == 0, again.stdout + again.stderr
    assert "Now the step again." in again.stdout and (with_terms.root / "envs" / "demo").is_dir()


def test_as_json_the_failure_carries_its_diagnosis(with_terms: CondaDesk) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *CREATE, "--yes", "--json"], text=True, capture_output=True,
        cwd=with_terms.work, env={**os.environ, "PYTHONPATH": str(ROOT)}, timeout=120,
    )  # fmt: skip
    assert done.returncode == 3 and not done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    failed = next(event for event in events if event["event"] == "step-failed")
    assert failed["diagnosis"]["problem"].startswith("conda.terms")
    assert "switch-to-conda-forge" in [fix["flow"] for fix in failed["diagnosis"]["fixes"]]
    assert not (with_terms.root / "envs" / "demo").exists()
