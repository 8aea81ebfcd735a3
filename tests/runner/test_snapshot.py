"""Folders kept whole: everything comes back byte by byte, whatever was done to the folder, or nothing is touched."""

import os
import shutil
import stat
from pathlib import Path

import pytest

from assistant.errors import StateError
from assistant.runner import api, journal, snapshot, store
from tests.runner.conftest import Flows


def look(folder: Path) -> dict[str, tuple[object, ...]]:
    """Kind, mode, bytes or target, and time of change of everything below a folder."""
    found: dict[str, tuple[object, ...]] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        status, name = path.lstat(), str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = ("link", str(path.readlink()))
        elif path.is_dir():
            found[name] = ("folder", stat.S_IMODE(status.st_mode), status.st_mtime_ns)
        else:
            found[name] = ("file", stat.S_IMODE(status.st_mode), status.st_mtime_ns, path.read_bytes())
    return found


@pytest.fixture
def env(tmp_path: Path) -> Path:
    """Something like an environment: modes, links, a large file, an empty folder, a read-only one."""
    root = tmp_path / "env"
    (root / "bin").mkdir(parents=True)
    (root / "lib" / "site").mkdir(parents=True)
    (root / "conda-meta").mkdir()
    (root / "empty").mkdir(mode=0o700)
    (root / "bin" / "tool").write_text("#!/bin/sh\n")
    (root / "bin" / "tool").chmod(0o755)
    (root / "bin" / "link").symlink_to("tool")
    (root / "bin" / "nowhere").symlink_to("/no/such/place")
    (root / "lib" / "site" / "module.py").write_text("x = 1\n")
    (root / "lib" / "big.so.1").write_bytes(os.urandom(2_000_000))
    (root / "conda-meta" / "history").write_text("==> one <==\n+a-1-0\n")
    (root / "conda-meta" / "tool.py").write_text("a conda record with a misleading name\n")
    (root / "lib" / "locked").mkdir()
    (root / "lib" / "locked" / "data").write_text("read only")
    (root / "lib" / "locked" / "data").chmod(0o444)
    (root / "lib" / "locked").chmod(0o555)
    return root


def take(env: Path, place: Path) -> Path:
    snapshot.take(str(env), place, progress=lambda _: None, stopped=lambda: False)
    return place


def give_back(env: Path, place: Path) -> None:
    snapshot.restore(str(env), place, progress=lambda _: None, stopped=lambda: False)


def disturb(env: Path) -> None:
    """What installers do: replace, add, remove, append, change modes, kinds and links."""
    new = env / "lib" / "site" / "new.py"
    new.write_text("x = 2\n")
    new.replace(env / "lib" / "site" / "module.py")
    with (env / "conda-meta" / "history").open("a") as history:
        history.write("==> two <==\n+b-1-0\n")
    (env / "lib" / "big.so.1").unlink()
    (env / "lib" / "big.so.1").mkdir()
    (env / "lib" / "big.so.1" / "inside").write_text("x")
    (env / "bin" / "tool").chmod(0o600)
    (env / "bin" / "link").unlink()
    (env / "bin" / "link").write_text("a file now")
    (env / "empty").rmdir()
    (env / "added" / "deep").mkdir(parents=True)
    (env / "added" / "deep" / "file").write_text("x")
    (env / "lib" / "locked").chmod(0o755)
    shutil.rmtree(env / "lib" / "locked")


def test_everything_comes_back(env: Path, tmp_path: Path) -> None:
    before = look(env)
    place = take(env, tmp_path / "kept")
    assert look(env) == before
    disturb(env)
    back, gone = snapshot.differences(str(env), place)
    assert "lib/site/module.py" in back and "added/deep/file" in gone
    give_back(env, place)
    assert look(env) == before
    assert snapshot.differences(str(env), place) == ([], [])
    give_back(env, place)  # once more changes nothing
    assert look(env) == before


def test_a_folder_that_is_gone_comes_back(env: Path, tmp_path: Path) -> None:
    before = look(env)
    place = take(env, tmp_path / "kept")
    (env / "lib" / "locked").chmod(0o755)
    shutil.rmtree(env)
    give_back(env, place)
    assert look(env) == before


def test_large_files_take_no_room_and_small_ones_are_copies(env: Path, tmp_path: Path) -> None:
    place = take(env, tmp_path / "kept")
    files = place / snapshot.FILES
    assert (files / "lib" / "big.so.1").samefile(env / "lib" / "big.so.1")
    # Programs append to these in place, so a link would change with them.
    assert not (files / "conda-meta" / "history").samefile(env / "conda-meta" / "history")
    assert not (files / "conda-meta" / "tool.py").samefile(env / "conda-meta" / "tool.py")


def test_what_was_written_into_is_noticed_before_anything_is_changed(env: Path, tmp_path: Path) -> None:
    place = take(env, tmp_path / "kept")
    with (env / "lib" / "big.so.1").open("ab") as file:
        file.write(b"in place")
    (env / "lib" / "site" / "module.py").unlink()
    changed = look(env)
    with pytest.raises(StateError, match="written into"):
        give_back(env, place)
    assert look(env) == changed


def test_a_full_disk_keeps_nothing(env: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshot, "SPARE", 1 << 60)
    with pytest.raises(StateError, match="disk is full"):
        take(env, tmp_path / "kept")
    assert not (tmp_path / "kept").exists()


def test_a_stop_keeps_nothing(env: Path, tmp_path: Path) -> None:
    with pytest.raises(InterruptedError):
        snapshot.take(str(env), tmp_path / "kept", progress=lambda _: None, stopped=lambda: True)
    assert not (tmp_path / "kept").exists()


FLOW = """
params: {folder: {type: path, title: Folder}}
steps:
  - id: one
    title: Change it
    run: [touch, '{folder}/one']
    keeps: '{folder}'
    verify: [{probe: file-exists, path: '{folder}/one'}]
    risk: installs
  - id: two
    title: Change it again
    run: [rm, '{folder}/bin/tool']
    keeps: '{folder}'
    verify: [{probe: file-exists, path: '{folder}/bin/tool', expect: false}]
    risk: installs
"""


def test_a_run_keeps_a_folder_once_and_undo_brings_it_back(flows: Flows, env: Path) -> None:
    before = look(env)
    seen = flows.run(flows.write(FLOW), folder=str(env))
    assert seen.end.state == "done"
    record = journal.read(Path(seen.of(api.RunStarted)[0].folder))
    assert [list(step.kept) for step in record.steps.values()] == [[str(env)], []]
    assert "brings" in seen.of(api.RunStarted)[0].plan.steps[0].undo
    done = flows.undo()
    assert (done.end.state, done.end.exit) == ("done", 0)
    assert look(env) == before
    assert not [question for question in done.of(api.Question) if question.kind == "delete"]


def test_what_came_after_the_run_needs_a_yes_of_its_own(flows: Flows, env: Path) -> None:
    flows.run(flows.write(FLOW), folder=str(env))
    (env / "mine.txt").write_text("added later")
    asked = flows.undo(policy=api.Policy(yes=api.parse_yes("delete"), interactive=False))
    assert asked.end.exit == 4 and (env / "mine.txt").exists()
    done = flows.undo(answers={"delete": "no"})
    assert (env / "mine.txt").exists() and done.end.exit == 4
    question = done.of(api.Question)[-1]
    assert "came later" in question.text and str(env / "mine.txt") in question.details


def test_only_the_newest_stay(flows: Flows, env: Path) -> None:
    known = flows.write(FLOW)
    for number in range(snapshot.NEWEST + 2):
        (env / "one").unlink(missing_ok=True)
        (env / "bin" / "tool").write_text(str(number))
        assert flows.run(known, folder=str(env)).end.state == "done"
    kept = list((Path(store.list_runs()[0].folder).parent).glob(f"*/{snapshot.KEPT}/*"))
    assert len(kept) == snapshot.NEWEST
    oldest = store.list_runs()[-1]
    gone = flows.undo(oldest.id)
    assert gone.end.exit != 0 and "gone" in gone.end.message + gone.end.hint + str(gone.events)
