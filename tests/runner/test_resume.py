"""An interrupted run, gone on with: checks are asked again, what is half-made is made anew, nothing is left running."""

import json
import os
import signal
import time
from pathlib import Path

import pytest

from assistant.errors import StateError, UsageError
from assistant.runner import api, engine, journal, processes, session, store
from tests.runner.conftest import QUICK, Driven, Flows, drive
from tests.runner.killing import CODE, PY, STEP, flow_of, spawn

pytestmark = pytest.mark.skipif(os.name != "posix", reason="processes are killed as POSIX has it")


def test_a_torn_line_and_rubbish_in_a_journal_are_skipped(flows: Flows, work: Path) -> None:
    flows.write(flow_of())
    child = spawn(flows, "run", "test-flow")
    child.communicate(timeout=300)
    info = store.list_runs()[0]
    path = Path(info.folder) / journal.FILE
    lines = path.read_bytes().splitlines(keepends=True)
    whole = b"".join(lines)
    ends = {at + near for at, byte in enumerate(whole) if byte == 10 for near in (-1, 0, 1)}
    for cut in sorted(ends | set(range(0, len(whole), 101))):
        path.write_bytes(whole[:cut])
        record = journal.read(Path(info.folder))
        assert record.damaged <= 1
    path.write_bytes(b"".join(lines[:5]) + lines[5][:20])
    assert store.list_runs()[0].state == "interrupted"
    writer = journal.Journal(Path(info.folder))
    writer.write("resume")
    writer.close()
    record = journal.read(Path(info.folder))
    assert record.damaged == 1 and record.steps["step-0"].state in ("started", "verified")
    path.write_bytes(b"\0" * 100 + b"".join(lines) + b'\xff\xfe\n[1,2]\n"text"\n{"no":1}\n')
    assert journal.read(Path(info.folder)).damaged == 4
    with pytest.raises(StateError, match="no journal"):
        journal.read(work)


def test_a_half_made_folder_is_deleted_first_and_only_after_asking(flows: Flows, work: Path) -> None:
    flows.write(flow_of(steps=0, pause="30"))
    child = spawn(flows, "run", "test-flow")
    while not (work / "made" / "half").exists():
        time.sleep(0.01)
    child.kill()
    child.communicate()
    plan, info = api.resume_plan(look=lambda: flows.machine)
    assert info.state == "interrupted"
    step = plan.steps[0]
    assert step.leftover == (str(work / "made"),) and step.alone
    assert "half-made" in step.reason
    flows.write(flow_of(steps=0))
    (Path(info.folder) / "flows.json").write_text(json.dumps({"test-flow": store.flow_data(flows_flow(flows))}))
    seen = flows.resume(policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert seen.end.exit == 4 and "--yes=delete" in seen.end.hint
    assert (work / "made" / "half").exists()
    seen = flows.resume(answers={"delete": "no"})
    assert seen.of(api.Question)[-1].names[0].startswith(str(work / "made"))
    assert (work / "made" / "half").exists()
    seen = flows.resume()
    assert seen.end.state == "done" and (work / "made" / "whole").exists()


def flows_flow(flows: Flows) -> api.Flow:
    from assistant.runner import catalog

    return catalog.from_folder(flows.folder).get("test-flow")


def test_what_the_person_made_meanwhile_is_not_taken_for_the_runs_own(flows: Flows, work: Path) -> None:
    flows.write(flow_of(steps=1))
    (work / "count-0").touch()
    known = flows.write(flow_of(steps=1))
    seen = flows.run(known, lambda question: "yes", policy=api.Policy(step_by_step=False))
    assert seen.end.state == "done"
    record = journal.read(Path(seen.of(api.RunStarted)[0].folder))
    assert record.steps["folder"].absent == (str(work / "made"),)
    blocked = flows.run(known)
    assert blocked.end.state == "blocked" and (work / "made" / "whole").exists()


def test_a_step_that_cannot_tell_is_asked_about(flows: Flows, work: Path) -> None:
    flows.write(f"""
        steps:
          - id: once
            title: Send it
            run: [{PY}, -c, "import time; open('sent','a').write('x'); time.sleep(30)"]
            risk: network
            verify: []
            repeat: ask
            makes: []
            undo: cannot be taken back
    """)
    child = spawn(flows, "run", "test-flow")
    while not (work / "sent").exists():
        time.sleep(0.01)
    child.kill()
    child.communicate()
    seen = flows.resume(policy=api.Policy(yes=api.parse_yes("delete,admin"), interactive=False))
    assert seen.end.exit == 4 and "only be confirmed by a person" in seen.end.hint
    asked = flows.resume(answers={"unsure": "skip"})
    assert [question.kind for question in asked.of(api.Question)] == ["plan", "unsure"]
    assert asked.end.state == "done" and (work / "sent").read_text() == "x"


def test_what_an_interrupted_run_left_running_is_ended(flows: Flows, work: Path) -> None:
    code = (
        "import signal,time,os; signal.signal(signal.SIGHUP, signal.SIG_IGN);"
        "open('pid','w').write(str(os.getpid())); os.path.exists('go') or time.sleep(60)"
    )
    flows.write(f"""
        steps:
          - id: deaf
            title: Deaf
            run: [{PY}, -c, "{code}"]
            risk: reads
            verify: [{{probe: file-exists, path: '{{cwd}}/go'}}]
    """)
    child = spawn(flows, "run", "test-flow")
    while not (work / "pid").exists() or not (work / "pid").read_text():
        time.sleep(0.01)
    child.kill()
    child.communicate()
    pid = int((work / "pid").read_text())
    assert processes.started(pid)
    (work / "go").touch()
    seen = flows.resume()
    assert not processes.started(pid)
    assert seen.end.state == "done"


def test_a_run_that_goes_on_elsewhere_is_left_alone(flows: Flows, work: Path) -> None:
    code = "import time; open('on','w').close(); time.sleep(60)"
    flows.write(f"""steps: [{{id: slow, title: Slow, run: [{PY}, -c, "{code}"], risk: reads}}]""")
    child = spawn(flows, "run", "test-flow")
    try:
        while not (work / "on").exists():
            time.sleep(0.01)
        info = store.list_runs()[0]
        assert info.state == "running" and not info.can_resume
        with pytest.raises(UsageError, match="going on in another window"):
            api.resume_plan(info.id, look=lambda: flows.machine)
        with pytest.raises(StateError, match="another window"):
            store.RunFolder(Path(info.folder))
    finally:
        child.send_signal(signal.SIGTERM)
        child.communicate()
    assert store.list_runs()[0].state == "interrupted"


def test_resuming_asks_every_check_again_and_trusts_no_memory(flows: Flows, work: Path) -> None:
    known = flows.write(flow_of(steps=2))
    flows.write(flow_of(steps=2))
    seen: Driven = drive(
        session.Session(
            engine.Engine(flows.plan(known), known, api.Policy(), look=lambda: flows.machine, patience=QUICK)
        ),
        lambda question: "yes",
    )
    assert seen.end.state == "done"
    run = seen.end.run
    folder = Path(store.find(run).folder)
    text = (folder / journal.FILE).read_text().splitlines()
    (folder / journal.FILE).write_text("\n".join(line for line in text if '"do":"end"' not in line) + "\n")
    (work / "mark-0").unlink()
    plan, _ = api.resume_plan(run, look=lambda: flows.machine)
    assert {step.id: step.state for step in plan.steps} == {"step-0": "will-run", "step-1": "done", "folder": "done"}
    again = flows.resume(run)
    assert again.end.state == "done" and (work / "mark-0").exists()
    with pytest.raises(UsageError, match="cannot be resumed: it is done"):
        api.resume_plan(run, look=lambda: flows.machine)


def test_runs_are_found_by_the_beginning_of_their_name(flows: Flows, work: Path) -> None:
    with pytest.raises(UsageError, match="no run to go on with"):
        store.find("", wanted="resume")
    known = flows.write(flow_of(steps=0))
    run = flows.run(known).end.run
    assert store.find(run[:12]).id == run and store.find(run[-4:]).id == run and store.find("").id == run
    with pytest.raises(UsageError, match="no run `nope`"):
        store.find("nope")
    assert api.runs_json()["runs"][0]["id"] == run


def test_runs_of_one_second_are_in_their_order(flows: Flows, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = flows.write("steps:\n" + STEP.format(n=1, code=CODE))
    ids = []
    for ending in ("ffff", "0000", "8888"):
        monkeypatch.setattr(store.secrets, "token_hex", lambda _, ending=ending: ending)
        monkeypatch.setattr(store, "_stamp", lambda: "20261122-081500")
        ids.append(flows.run(known).end.run)
        (work / "mark-1").unlink()
    assert [run.id for run in store.list_runs()] == ids[::-1]
