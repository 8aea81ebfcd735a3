"""SIGKILL at every state of the journal and at any moment: always resumable, nothing done twice that must not be, the journal
always readable. `ENVGUIDE_KILLS` says how many kills at random moments (200 take about five minutes).
"""

import os
import random
import time
from pathlib import Path

import pytest

from assistant.runner import journal, store
from tests.runner.conftest import Flows
from tests.runner.killing import ONCE, finish, flow_of, spawn

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX has it")
KILLS = int(os.environ.get("ENVGUIDE_KILLS", "20"))
SERIES = 4  # kills of one run, at most
STATES = ("run", "plan", "before", "pid", "exit", "after")


def journal_bytes() -> bytes:
    """The journal of the newest run so far; empty where there is none."""
    folder = store.paths.runs_dir()
    found = sorted(folder.glob("[!.]*")) if folder.exists() else []
    return (found[-1] / journal.FILE).read_bytes() if found and (found[-1] / journal.FILE).exists() else b""


@pytest.mark.parametrize("after", STATES)
def test_killed_right_after_each_kind_of_journal_line(flows: Flows, work: Path, after: str) -> None:
    flows.write(flow_of())
    child = spawn(flows, "run", "test-flow")
    wanted = 1 if after in ("run", "plan") else 2
    assert child.stdout is not None
    while child.poll() is None and journal_bytes().count(b'{"do":"%s"' % after.encode()) < wanted:
        time.sleep(0.001)
    child.kill()
    child.stdout.close()
    child.wait()
    finish(flows, work)


def kill_once(flows: Flows, verb: tuple[str, ...], chance: random.Random) -> bool:
    """Start or go on with the run and kill it somewhere: after some journal line, or some time; False where it ended first."""
    had = len(journal_bytes().splitlines())
    child = spawn(flows, *verb)
    assert child.stdout is not None
    if chance.random() < 0.5:
        lines = had + chance.randint(1, 14)
        while child.poll() is None and len(journal_bytes().splitlines()) < lines:
            time.sleep(0.001)
    else:
        child.stdout.readline()  # the import of the program itself is not what is tested
        time.sleep(chance.uniform(0, 0.7))
    alive = child.poll() is None
    child.kill()
    child.stdout.close()
    child.wait()
    return alive


@pytest.mark.parametrize("seed", range(max(1, KILLS // SERIES)))
def test_killed_at_random_moments_again_and_again(flows: Flows, work: Path, seed: int) -> None:
    flows.write(flow_of(once=ONCE))
    chance = random.Random(seed)
    kills = 0
    while kills < SERIES:
        begun = store.list_runs()
        if begun and not begun[0].can_resume and begun[0].state != "running":
            break
        if begun and begun[0].state == "running":  # a program of the killed run may live a moment longer
            time.sleep(0.02)
            continue
        kills += kill_once(flows, ("resume",) if begun else ("run", "test-flow"), chance)
        for run in store.list_runs():
            assert journal.read(Path(run.folder)).damaged <= kills
    if not store.list_runs():
        spawn(flows, "run", "test-flow").communicate(timeout=300)
    finish(flows, work)
    done = (work / "once").read_bytes() if (work / "once").exists() else b""
    assert len(done) <= 1, "a step that must not be done twice was done twice"
