"""Deleting: only what may be deleted, links never followed, the very thing that was made."""

import os
from pathlib import Path

import pytest

from assistant.runner import remove


def delete(path: Path, home: Path, cwd: Path | None = None) -> None:
    remove.remove(str(path), home=str(home), cwd=str(cwd or home), progress=lambda _: None, stopped=lambda: False)


@pytest.mark.parametrize("what", ["/", "/usr", "home", "above", "cwd", "relative"])
def test_what_must_stay_is_refused(tmp_path: Path, what: str) -> None:
    home, cwd = tmp_path / "h" / "ada", tmp_path / "p" / "project"
    home.mkdir(parents=True)
    cwd.mkdir(parents=True)
    path = {"home": home, "above": tmp_path, "cwd": cwd, "relative": Path("project")}.get(what, Path(what))
    with pytest.raises(remove.RemoveError, match="not deleted"):
        delete(path, home, cwd)
    assert home.is_dir() and cwd.is_dir()


@pytest.mark.skipif(os.name != "posix", reason="links and modes as POSIX has them")
def test_links_go_and_what_they_point_to_stays(tmp_path: Path) -> None:
    kept = tmp_path / "kept"
    (kept / "deep").mkdir(parents=True)
    (kept / "deep" / "file").write_text("mine")
    folder = tmp_path / "env"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib64").symlink_to(kept, target_is_directory=True)
    (folder / "lib" / "inner").symlink_to(kept / "deep", target_is_directory=True)
    (folder / "lib" / "gone").symlink_to(tmp_path / "nowhere")
    readonly = folder / "lib" / "ro"
    readonly.mkdir()
    (readonly / "f").write_text("x")
    readonly.chmod(0o500)
    delete(folder, tmp_path / "home")
    assert not folder.exists()
    assert (kept / "deep" / "file").read_text() == "mine"
    link = tmp_path / "link"
    link.symlink_to(kept, target_is_directory=True)
    delete(link, tmp_path / "home")
    assert not link.is_symlink() and kept.is_dir()
    delete(tmp_path / "not-there", tmp_path / "home")


def test_a_stop_is_heeded_and_what_is_left_can_go_later(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    for name in "abc":
        (folder / name).mkdir(parents=True)
    seen: list[str] = []
    with pytest.raises(InterruptedError):
        remove.remove(
            str(folder), home="/nowhere/h", cwd="/nowhere/c", progress=seen.append, stopped=lambda: len(seen) == 1
        )
    assert sorted(path.name for path in folder.iterdir()) == ["b", "c"]
    delete(folder, tmp_path / "home")
    assert not folder.exists()


def test_the_same_name_is_not_the_same_folder(tmp_path: Path) -> None:
    folder, holder = tmp_path / "env", tmp_path / "holder"
    folder.mkdir()
    made = remove.identify(str(folder))
    assert remove.identify(str(folder)) == made
    folder.rename(holder)  # keeps its inode from being given to the next folder
    folder.mkdir()
    assert remove.identify(str(folder)) != made
    assert remove.identify(str(tmp_path / "not-there")) is None


def test_what_came_later_is_found_but_not_pythons_caches(tmp_path: Path) -> None:
    folder = tmp_path / "env"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "a.py").write_text("1")
    before = remove.listing(str(folder))
    assert remove.changed_since(str(folder), before) == []
    (folder / "lib" / "__pycache__").mkdir()
    (folder / "lib" / "__pycache__" / "a.pyc").write_text("x")
    assert remove.changed_since(str(folder), before) == []
    (folder / "notebook.ipynb").write_text("{}")
    (folder / "lib" / "a.py").write_text("changed")
    assert remove.changed_since(str(folder), before) == ["lib/a.py", "notebook.ipynb"]
    assert remove.size_of(str(folder))[0] == 3
