"""Runs that do not come to their end: Ctrl+C, a face that goes away, a state folder that refuses, two at once."""

import os
import stat
import threading
from pathlib import Path

import pytest

from assistant.errors import StateError
from assistant.runner import api, journal, store
from tests.runner.conftest import PY, SIMPLE, Driven, Flows, drive


def test_ctrl_c_ends_the_step_and_the_run(flows: Flows) -> None:
    known = flows.write(f"""
        steps:
          - {{id: sleep, title: Sleep, run: [{PY}, -c, "print('ready', flush=True); import time; time.sleep(60)"],
          risk: reads}}
          - {{id: never, title: Never, run: ['true'], risk: reads}}
    """)
    running = flows.session(known)
    seen = drive(running, on=lambda event: running.interrupt() if isinstance(event, api.Output) else None)
    assert (seen.end.state, seen.end.exit) == ("stopped", 130)
    assert "resume" in seen.end.hint
    assert seen.of(api.StepFailed)[0].reason == "interrupted"
    assert [event.step for event in seen.of(api.StepStarted)] == ["sleep"]


def test_ctrl_c_at_a_question_stops(flows: Flows, work: Path) -> None:
    running = flows.session(flows.write(SIMPLE))

    seen = Driven()
    for event in running.events():
        seen.events.append(event)
        if isinstance(event, api.Question):
            running.interrupt()
    assert (seen.end.state, seen.end.exit) == ("stopped", 130)
    assert not (work / "demo.txt").exists()


def test_a_face_that_goes_away_ends_everything(flows: Flows, work: Path) -> None:
    code = "import os,time; open('pid','w').write(str(os.getpid())); print('ready', flush=True); time.sleep(60)"
    known = flows.write(f"""steps: [{{id: sleep, title: Sleep, run: [{PY}, -c, "{code}"], risk: reads}}]""")
    with flows.session(known) as running:
        for event in running.events():
            if isinstance(event, api.Question):
                running.reply("yes")
            if isinstance(event, api.Output):
                break
    pid = int((work / "pid").read_text())
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    assert running.result is not None and running.result.exit == 130


@pytest.mark.skipif(os.name != "posix" or os.getuid() == 0, reason="needs a user for whom modes count")
def test_a_read_only_state_folder(flows: Flows, work: Path, tmp_path: Path) -> None:
    state = tmp_path / "envguide"
    state.chmod(stat.S_IRUSR | stat.S_IXUSR)
    try:
        seen = flows.run(flows.write(SIMPLE))
    finally:
        state.chmod(stat.S_IRWXU)
    assert seen.end.state == "error" and not (work / "demo.txt").exists()


@pytest.mark.parametrize(
    ("number", "says"), [(30, "cannot be written"), (28, "disk is full"), (13, "cannot be written")]
)
def test_a_state_folder_that_refuses_stops_before_anything_is_done(
    flows: Flows, work: Path, monkeypatch: pytest.MonkeyPatch, number: int, says: str
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number), "/state")

    known = flows.write(SIMPLE)
    with monkeypatch.context() as patched:
        patched.setattr(Path, "mkdir", refuse)
        with pytest.raises(StateError, match=says):
            store.create(known.get("test-flow"), {}, [], system="linux")
        seen = flows.run(known)
    assert seen.end.state == "error" and says in seen.end.message and seen.end.hint
    assert not (work / "demo.txt").exists()


def test_a_journal_that_fills_the_disk_half_way_stops_the_run(
    flows: Flows, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = journal.os.fsync
    count = 0

    def full(handle: int) -> None:
        nonlocal count
        count += 1
        if count == 3:
            raise OSError(28, "No space left on device")
        real(handle)

    monkeypatch.setattr(journal.os, "fsync", full)
    seen = flows.run(flows.write(SIMPLE))
    assert seen.end.state == "error" and "disk is full" in seen.end.message
    assert not (work / "demo.txt").exists()


def test_two_runs_do_not_make_the_same_at_once(flows: Flows, work: Path) -> None:
    known = flows.write("""
        steps:
          - id: slow
            title: Slow
            run: [sh, -c, 'while [ ! -e go ]; do sleep 0.02; done; mkdir made']
            makes: made
            risk: user-files
            undo: {remove: made}
    """)
    results: list[Driven] = []

    def take(one: api.Session) -> None:
        results.append(drive(one, {"failed": "stop"}))
        (work / "go").touch()  # the first to end is the one that may not; then the other may go on

    threads = [threading.Thread(target=take, args=(flows.session(known),)) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen.end.state for seen in results) == ["done", "error"]
    assert "another run is making" in "".join(seen.end.message for seen in results)
