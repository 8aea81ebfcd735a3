"""Undo takes back what the run made and nothing else; files come back only if unchanged since; killed undos resume."""

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.runner import api, journal, store
from tests.runner.conftest import Flows, tree

PY = sys.executable
FLOW = f"""
steps:
  - id: folder
    title: Make a folder
    run: [{PY}, -c, "import os; os.makedirs('made/lib'); open('made/lib/a.py','w').write('1')"]
    makes: made
    verify: [{{probe: folder-exists, path: '{{cwd}}/made'}}]
    risk: user-files
    undo: {{remove: made}}
  - id: inside
    title: Put something in it
    run: [touch, made/lib/later.py]
    risk: installs
    verify: [{{probe: file-exists, path: '{{cwd}}/made/lib/later.py'}}]
    undo: goes with the folder
  - id: rc
    title: Edit the file
    edit: {{file: '~/.rc', block: 'export X=1'}}
  - id: tool
    title: Let a program edit
    run: [{PY}, -c, "import os; open(os.path.expanduser('~/.toolrc'),'a').write('tool\\\\n')"]
    touches: '~/.toolrc'
    risk: user-files
    verify: [{{probe: text-in-file, path: '{{home}}/.toolrc', text: tool}}]
"""


def test_undo_gives_back_what_was_there_to_the_byte(flows: Flows, work: Path, own_home: Path) -> None:
    (own_home / ".rc").write_bytes(b"mine\r\nno end")
    before = tree(own_home), tree(work)
    known = flows.write(FLOW)
    run = flows.run(known).end.run
    assert (own_home / ".toolrc").exists() and (work / "made").exists()
    plan, _ = api.undo_plan(run, look=lambda: flows.machine)
    assert [step.id for step in plan.steps] == ["tool-file", "rc-file", "folder-remove"]
    seen = flows.undo(run)
    assert seen.end.state == "done", seen.end
    assert (tree(own_home), tree(work)) == before
    assert [question.kind for question in seen.of(api.Question)] == ["plan", "delete"]
    assert any("goes with the folder" in note for note in seen.end.notes)
    assert store.find(run).state == "undone" and not store.find(run).can_undo
    with pytest.raises(UsageError, match="taken back already"):
        api.undo_plan(run, look=lambda: flows.machine)
    redo, redo_flows = api.redo_plan(run, look=lambda: flows.machine)
    assert flows.run(redo_flows, plan=redo).end.state == "done"
    assert (work / "made" / "lib" / "later.py").exists()


def test_yes_alone_does_not_cover_the_deletion(flows: Flows, work: Path) -> None:
    run = flows.run(flows.write(FLOW)).end.run
    seen = flows.undo(run, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert seen.end.exit == 4 and (work / "made").exists()
    assert store.find(run).state == "done"
    seen = flows.undo(run, policy=api.Policy(yes=api.parse_yes("delete"), interactive=False))
    assert seen.end.state == "done" and not (work / "made").exists()


def test_a_file_that_was_changed_since_is_left_and_the_difference_is_shown(
    flows: Flows, work: Path, own_home: Path
) -> None:
    (own_home / ".rc").write_text("mine\n")
    run = flows.run(flows.write(FLOW)).end.run
    with (own_home / ".rc").open("a") as file:
        file.write("added later\n")
    plan, _ = api.undo_plan(run, look=lambda: flows.machine)
    step = plan.step("rc-file")
    assert step.state == "blocked" and "changed after this run" in step.reason
    assert "-added later" in step.details
    seen = flows.undo(run)
    assert seen.end.state == "failed" and "changed after this run" in seen.end.message
    assert (own_home / ".rc").read_text().endswith("added later\n")
    assert not (work / "made").exists() and not (own_home / ".toolrc").exists()


def test_files_that_came_later_are_named_and_no_yes_covers_them(flows: Flows, work: Path) -> None:
    run = flows.run(flows.write(FLOW)).end.run
    (work / "made" / "thesis.ipynb").write_text("years of work")
    seen = flows.undo(run, policy=api.Policy(yes=api.parse_yes("delete,admin"), interactive=False))
    assert seen.end.exit == 4 and "only be confirmed by a person" in seen.end.hint
    assert (work / "made" / "thesis.ipynb").exists()
    seen = flows.undo(run, {"delete": "no"})
    question = seen.of(api.Question)[-1]
    assert "1 file in it came later" in question.text
    assert any("thesis.ipynb" in line for line in question.details)
    assert (work / "made" / "thesis.ipynb").exists()
    assert flows.undo(run).end.state == "done"


def test_a_folder_of_the_same_name_that_somebody_else_made_stays(flows: Flows, work: Path) -> None:
    run = flows.run(flows.write(FLOW)).end.run
    (work / "made").rename(work / "moved")
    (work / "made").mkdir()
    (work / "made" / "new").touch()
    seen = flows.undo(run)
    assert "made anew since" in seen.end.message
    assert (work / "made" / "new").exists()


def test_what_was_there_before_the_run_is_never_deleted(flows: Flows, work: Path) -> None:
    known = flows.write("""
        steps:
          - id: add
            title: Add to a folder
            run: [touch, there/new]
            risk: user-files
            verify: [{probe: file-exists, path: '{cwd}/there/new'}]
            undo: {remove: there}
    """)
    (work / "there").mkdir()
    run = flows.run(known).end.run
    with pytest.raises(UsageError, match="nothing that can be taken back"):
        api.undo_plan(run, look=lambda: flows.machine)
    assert (work / "there" / "new").exists()


def test_recorded_commands_run_in_reverse_and_are_asked_about(flows: Flows, work: Path) -> None:
    known = flows.write("".join(["steps:\n", *(f"""
  - id: step-{n}
    title: Step {n}
    run: [sh, -c, 'echo do-{n} >> log']
    risk: installs
    verify: [{{probe: file-exists, path: '{{cwd}}/log'}}]
    undo: {{run: [sh, -c, 'echo undo-{n} "$1" >> log', sh, 'a {{{{b}}}}']}}
""" for n in (1, 2))]))  # fmt: skip
    run = flows.run(known).end.run
    seen = flows.undo(run, policy=api.Policy(yes=api.parse_yes(""), interactive=False))
    assert seen.end.exit == 4
    assert flows.undo(run).end.state == "done"
    assert (work / "log").read_text().split("\n")[:4] == ["do-1", "do-2", "undo-2 a {b}", "undo-1 a {b}"]


def test_a_half_made_folder_of_a_failed_run_can_be_taken_back(flows: Flows, work: Path) -> None:
    known = flows.write(FLOW.replace("'w').write('1')", "'w').write('1'); raise SystemExit(1)"))
    seen = flows.run(known, {"failed": "stop"})
    assert seen.end.state == "failed" and seen.end.undo
    assert (work / "made").exists()
    assert flows.undo(seen.end.run).end.state == "done"
    assert not (work / "made").exists()


def test_an_undo_that_was_killed_goes_on(flows: Flows, work: Path, own_home: Path) -> None:
    run = flows.run(flows.write(FLOW)).end.run
    running = api.undo(run, api.Policy(), look=lambda: flows.machine)
    for event in running.events():
        if isinstance(event, api.Question):
            running.reply("yes")
        if isinstance(event, api.StepVerified) and event.step == "tool-file":
            running.interrupt()
    assert running.result is not None and running.result.state == "stopped"
    undoing = store.list_runs()[0]
    assert undoing.undoes == run and undoing.can_resume and not undoing.can_undo
    assert flows.resume(undoing.id).end.state == "done"
    assert not (work / "made").exists() and not (own_home / ".rc").exists()
    assert store.find(run).state == "undone"


def test_a_folder_that_one_stands_in_is_not_deleted(flows: Flows, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = flows.run(flows.write(FLOW)).end.run
    inside = flows.machine.replace(cwd=str(work / "made" / "lib"))
    seen_end = None
    running = api.undo(run, api.Policy(), look=lambda: inside)
    for event in running.events():
        if isinstance(event, api.Question):
            running.reply("stop" if event.kind == "failed" else "yes")
        seen_end = event
    assert isinstance(seen_end, api.FlowFinished) and seen_end.state == "failed"
    assert (work / "made").exists()


# The report and the script


def test_log_as_text_markdown_and_script(
    flows: Flows, work: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LOGNAME", "adalovelace")
    known = flows.write(f"""
        params: {{index: {{type: text, title: Index}}}}
        steps:
          - id: install
            title: Install
            run: [{PY}, -c, "print('fetching'); raise SystemExit(2)", --index-url, '{{index}}']
            risk: installs
            verify: [{{probe: file-exists, path: '{{home}}/x'}}]
            undo: by hand
            optional: true
          - {{id: rc, title: Edit, edit: {{file: '~/.rc', line: 'export TOKEN=hf_{"a" * 30}'}}}}
          - {{id: touch, title: Touch, run: [touch, "it's"], makes: "it's", risk: user-files, undo: {{remove: "it's"}}}}
    """)
    seen = flows.run(known, {"failed": "skip"}, index="https://ada:secret@host.example/simple")
    run = seen.end.run
    for form in ("markdown", "script"):
        text = api.log(run, form)
        for private in ("secret", "hf_aaaa", str(own_home), "adalovelace"):
            assert private not in text, (form, private)
    report = api.log(run, "markdown")
    assert "## 1. Install: failed" in report and "exit code 2" in report and "fetching" in report
    assert "## 2. Edit: done" in report
    script = api.log(run, "script")
    assert script.startswith("#!/bin/sh\n") and "set -eu" in script
    assert "touch 'it'\"'\"'s'" in script
    assert "# (failed" in script and "\n+export" not in script
    (work / "again.sh").write_text(script)
    assert subprocess.run(["sh", "-n", "again.sh"], cwd=work).returncode == 0
    plain = api.log(run)
    assert "failed      Install" in plain and "done        Touch" in plain
    record = journal.read(Path(store.find(run).folder))
    windows = record.replace(system="windows")
    from assistant.runner import runlog

    assert "& 'touch' 'it''s'" in runlog.script(windows)


# A program as conda is: it keeps a list of what it made in the home folder, and writes that list anew when it deletes.
KEEPS_RECORDS = r"""
import os, shutil, sys
verb, made = sys.argv[1:]
record = os.path.expanduser("~/.tool/list.txt")
os.makedirs(os.path.dirname(record), exist_ok=True)
lines = open(record).read().split() if os.path.exists(record) else []
if verb == "make":
    os.makedirs(made)
    open(os.path.join(made, "a"), "w").close()
    lines.append(made)
else:
    shutil.rmtree(made)
    lines.remove(made)
open(record, "w").write("\n".join(lines) + "\n")
"""
RECORDS = """
steps:
  - id: make
    title: Make it
    run: [{py}, '{tool}', make, '{{cwd}}/made']
    makes: '{{cwd}}/made'
    leaves: ['{{home}}/.tool', '{{home}}/.tool/list.txt']
    risk: installs
    verify: [{{probe: folder-exists, path: '{{cwd}}/made'}}]
    undo:
      forms: [{{run: [{py}, '{tool}', delete, '{{cwd}}/made']}}]
      remove: '{{cwd}}/made'
"""


@pytest.fixture
def keeper(flows: Flows, tmp_path: Path) -> api.Catalog:
    """A flow with such a program."""
    tool = tmp_path / "tool.py"
    tool.write_text(KEEPS_RECORDS)
    return flows.write(RECORDS.format(py=PY, tool=tool))


def test_the_records_of_a_program_go_after_what_they_tell_of(
    keeper: api.Catalog, flows: Flows, work: Path, own_home: Path
) -> None:
    before = tree(own_home), tree(work)
    assert flows.run(keeper).end.state == "done" and (own_home / ".tool" / "list.txt").exists()
    seen = flows.undo()
    assert seen.end.state == "done", seen.end
    assert (tree(own_home), tree(work)) == before
    assert [question.kind for question in seen.of(api.Question)] == ["plan", "delete"]


@pytest.mark.parametrize("answer", ["skip", "no"])
def test_the_records_stay_where_what_they_tell_of_stays(
    answer: str, keeper: api.Catalog, flows: Flows, work: Path, own_home: Path
) -> None:
    flows.run(keeper)
    before = tree(own_home), tree(work)
    flows.undo(answers={"delete": answer})
    assert (tree(own_home), tree(work)) == before


def test_records_that_tell_of_more_stay(keeper: api.Catalog, flows: Flows, work: Path, own_home: Path) -> None:
    flows.run(keeper)
    record = own_home / ".tool" / "list.txt"
    record.write_text(record.read_text() + "/somebody/else\n")
    assert flows.undo().end.state == "done"
    assert not (work / "made").exists() and record.read_text().split() == ["/somebody/else"]


def test_records_that_were_there_before_are_left_to_the_program(
    keeper: api.Catalog, flows: Flows, work: Path, own_home: Path
) -> None:
    (own_home / ".tool").mkdir()
    (own_home / ".tool" / "list.txt").write_text("/somebody/else\n")
    before = tree(own_home), tree(work)
    flows.run(keeper)
    seen = flows.undo()
    assert seen.end.state == "done" and (tree(own_home), tree(work)) == before
