"""A real conda that is interrupted, or killed together with envguide: nothing keeps running, and it can be gone on with."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import ExitCode
from assistant.runner import api, processes, store
from tests.flows_run.conftest import differences
from tests.runner.conftest import drive
from tests.runner_conda.conftest import ALL, PACKAGE, Desk, well

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are signalled as POSIX has it")
ROOT = Path(__file__).resolve().parents[2]


def left_running(desk: Desk) -> list[str]:
    """Processes that name the environments of this test."""
    shown = subprocess.run(["ps", "axo", "pid=,args="], capture_output=True, text=True).stdout.splitlines()
    return [line for line in shown if str(desk.envs) in line and "ps axo" not in line]


@pytest.mark.parametrize("moment", ["Collecting package", "Solving environment", "Executing transaction"])
def test_ctrl_c_ends_conda_and_resume_goes_on(desk: Desk, moment: str) -> None:
    session = desk.session("create-environment", tool="conda", name="demo", python=desk.python, packages=PACKAGE)
    heard = bytearray()
    pressed = []

    def listen(event: api.Event) -> None:
        if isinstance(event, api.Output):
            heard.extend(event.text)
            if moment.encode() in heard and not pressed:
                pressed.append(time.monotonic())
                session.interrupt()

    seen = drive(session, on=listen)
    if not pressed:
        pytest.skip(f"this conda does not say `{moment}`")
    if seen.end.state == "done":
        pytest.skip("it was done before the signal came")
    assert seen.end.state == "stopped" and seen.end.exit == ExitCode.INTERRUPTED
    assert left_running(desk) == []
    well(drive(api.resume("", ALL)))
    assert PACKAGE in desk.packages("demo")
    desk.undo()
    assert not desk.prefix("demo").exists()


@pytest.mark.parametrize("seed", range(4))
def test_killed_at_any_moment_it_is_resumed(desk: Desk, seed: int) -> None:
    before = desk.picture()
    chance = random.Random(seed)
    command = [sys.executable, "-m", "assistant", "run", "create-environment", "--yes", "--json"]
    for name, value in {"tool": "conda", "name": "demo", "python": desk.python, "packages": PACKAGE}.items():
        command += ["--set", f"{name}={value}"]
    child = subprocess.Popen(
        command, cwd=desk.work, stdout=subprocess.PIPE, text=True, start_new_session=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert child.stdout is not None
    moments = ["step-started", "Collecting", "Solving", "Preparing", "Verifying", "Executing"]
    wanted = chance.choice(moments)
    for line in child.stdout:
        if wanted in line:
            break
    time.sleep(chance.random())
    children = [pid for one in store.list_runs() for pid in tried_by(one)]
    child.kill()
    if chance.random() < 0.5:  # the power goes: conda is killed, too
        for pid in children:
            processes.signal_process(pid, signal.SIGKILL)
    child.wait()
    child.stdout.close()
    run = store.list_runs()[0]
    if run.state == "interrupted":
        well(drive(api.resume("", ALL)))
    assert store.find(run.id).state == "done"
    assert desk.packages("demo")["python"].startswith(desk.python) and PACKAGE in desk.packages("demo")
    assert left_running(desk) == []
    desk.undo()
    assert differences(before, desk.picture()) == []


def tried_by(run: store.RunInfo) -> list[int]:
    """Everything in the session of the step that a run is at."""
    lines = [json.loads(line) for line in Path(run.folder, "journal.jsonl").read_text().splitlines()]
    return [pid for line in lines if line["do"] == "pid" for pid in processes.members(line["pid"], "")]
