"""`envguide run --json`: one event a line, to the last one, whatever happens in between."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
RUN = [sys.executable, "-m", "assistant", "run", "create-environment", "--json", "--yes", "--set", "tool=venv"]
ENV = {"PYTHONPATH": str(ROOT)}


@pytest.mark.skipif(os.name != "posix", reason="sends a signal as POSIX has it")
def test_ctrl_c_ends_the_step_and_the_last_event_says_so(tmp_path: Path) -> None:
    child = subprocess.Popen(
        [*RUN, "--set", "name=demo"], stdout=subprocess.PIPE, cwd=tmp_path, env={**os.environ, **ENV}
    )
    assert child.stdout is not None
    events = []
    for line in child.stdout:
        events.append(json.loads(line))
        if events[-1]["event"] == "step-started":
            child.send_signal(signal.SIGINT)
    child.stdout.close()
    assert child.wait() == 130
    assert events[-1]["event"] == "flow-finished" and events[-1]["state"] == "stopped" and events[-1]["exit"] == 130
    shown = subprocess.run(
        [sys.executable, "-m", "assistant", "runs", "--json"], capture_output=True, env={**os.environ, **ENV}
    )
    assert [run["state"] for run in json.loads(shown.stdout)["runs"]] == ["stopped"]


def test_the_command_that_runs_a_plan_can_be_copied(tmp_path: Path) -> None:
    plan = [
        *RUN[:3],
        "plan",
        "create-environment",
        "--set",
        "tool=venv",
        "--set",
        "name=demo",
        "--set",
        "packages=six idna",
    ]
    done = subprocess.run(plan, capture_output=True, text=True, cwd=tmp_path, env={**os.environ, **ENV})
    assert done.returncode == 0, done.stdout
    said = done.stderr.split("To run it: ")[1]
    quote = '"' if os.name == "nt" else "'"
    assert f"--set {quote}packages=six idna{quote}" in said
