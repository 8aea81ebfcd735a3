"""What the tests of killed runs share: a flow that counts what it does, a process to kill, and the look at what is left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from pathlib import Path

from assistant.runner import journal, store
from tests.runner.conftest import Flows

ROOT = Path(__file__).resolve().parents[2]
PY = sys.executable

# Each step counts how often it is done, in a file of its own, and leaves the mark that its check looks for.
STEP = """
  - id: step-{n}
    title: Step {n}
    run: [sh, -c, '{code}', sh, '{n}']
    check: [{{probe: file-exists, path: '{{cwd}}/mark-{n}'}}]
    verify: [{{probe: file-exists, path: '{{cwd}}/mark-{n}'}}]
    risk: user-files
    undo: {{run: [rm, -f, 'mark-{n}']}}
"""
# It cannot be told whether this one was done, and a second time would be one too many.
ONCE = """
  - id: once
    title: Once
    run: [sh, -c, 'sleep 0.02; printf x >> once; sleep 0.02']
    risk: user-files
    repeat: ask
    makes: []
    undo: cannot be taken back
"""
CODE = 'sleep 0.02; printf x >> "count-$1"; sleep 0.01; : > "mark-$1"; sleep 0.02'
# A folder that is made in two strokes: killed between them, it is half-made.
FOLDER = """
  - id: folder
    title: A folder
    run: [{py}, -c, "{code}", '{pause}']
    makes: made
    verify: [{{probe: file-exists, path: '{{cwd}}/made/whole'}}]
    risk: user-files
    undo: {{remove: made}}
"""
TWO_STROKES = (
    "import os,sys,time; os.mkdir('made'); open('made/half','w').close();"
    "time.sleep(float(sys.argv[1])); open('made/whole','w').close()"
)


def flow_of(steps: int = 2, pause: str = "0.05", once: str = "") -> str:
    body = "".join(STEP.format(n=number, code=CODE) for number in range(steps))
    return "steps:\n" + body + once + FOLDER.format(py=PY, code=TWO_STROKES, pause=pause)


def command(flows: Flows, *words: str) -> list[str]:
    machine = {name: value for name, value in flows.machine.fields().items() if isinstance(value, str)}
    return [PY, "-m", "tests.runner.driver", str(flows.folder), json.dumps(machine), *words]


def spawn(flows: Flows, *words: str) -> subprocess.Popen[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(command(flows, *words), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=env)


def finish(flows: Flows, work: Path) -> None:
    """Resume until the run is done, and look at what it has done."""
    for _ in range(2400):  # a program of the killed run may live a moment longer, and hold the run meanwhile
        if all(run.state != "running" for run in store.list_runs()):
            break
        time.sleep(0.05)
    for _ in range(3):
        if not [run for run in store.list_runs() if run.can_resume]:
            break
        done = subprocess.run(
            command(flows, "resume"), env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=300
        )
        assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    runs = store.list_runs()
    assert [run.state for run in runs] == ["done"], runs
    assert (work / "made" / "whole").exists()
    for number in range(2):
        assert (work / f"mark-{number}").exists()
        counted = len((work / f"count-{number}").read_bytes())
        tries = journal.read(Path(runs[0].folder)).steps[f"step-{number}"].tries
        # Killed between counting and its mark it must be done again; never because the journal said nothing.
        assert 1 <= counted <= tries
    assert not living(runs[0].id)


def living(run: str) -> list[int]:
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                if f"ENVGUIDE_STEP={run}/".encode() in (entry / "environ").read_bytes():
                    found.append(int(entry.name))
            except OSError:
                continue
    return found
