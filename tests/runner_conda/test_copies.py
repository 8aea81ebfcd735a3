"""Real conda environments copied, renamed, written down, made again and removed."""

from pathlib import Path

import pytest

from assistant.runner import api
from tests.flows_run.conftest import differences, picture
from tests.runner_conda.conftest import PACKAGE, Desk


@pytest.fixture
def mine(desk: Desk) -> Desk:
    """An environment of the person's own, with a file of theirs in it."""
    made = desk.make("mine", PACKAGE)
    (made / "share").mkdir(exist_ok=True)
    (made / "share" / "notes.txt").write_text("mine")
    return desk


def test_a_copy_has_the_same_and_goes_again(mine: Desk) -> None:
    kept = picture(mine.prefix("mine"))
    mine.comes_back("clone-environment", env="mine", name="copy")
    mine.done("clone-environment", env="mine", name="copy")
    assert mine.packages("copy") == mine.packages("mine")
    assert differences(kept, picture(mine.prefix("mine"))) == []
    assert mine.plan("clone-environment", env="mine", name="copy").steps[0].state == "blocked"


def test_renamed_and_back(mine: Desk) -> None:
    packages = mine.packages("mine")
    mine.comes_back("rename-environment", env="mine", name="other")
    mine.done("rename-environment", env="mine", name="other")
    assert not mine.prefix("mine").exists() and mine.packages("other") == packages
    assert (mine.prefix("other") / "share" / "notes.txt").read_text() == "mine"


@pytest.mark.parametrize("detail", ["versions", "builds", "asked-for", "lock"])
def test_written_down_and_made_again(mine: Desk, detail: str) -> None:
    file = mine.work / ("list.txt" if detail == "lock" else "list.yml")
    mine.comes_back("export-environment", env="mine", detail=detail, file=str(file))
    mine.done("export-environment", env="mine", detail=detail, file=str(file))
    mine.comes_back("recreate-from-file", file=str(file), name="again")
    mine.done("recreate-from-file", file=str(file), name="again")
    old, new = mine.packages("mine"), mine.packages("again")
    if detail == "asked-for":
        assert PACKAGE in new and new["python"].startswith(mine.python)
    else:
        assert new == old
    taken = mine.run("recreate-from-file", file=str(file), name="again")
    assert taken.end.state == "blocked" and "already" in taken.end.message


@pytest.mark.parametrize("keep", ["list", "everything"])
def test_removed_after_it_was_written_down(mine: Desk, keep: str) -> None:
    before = mine.picture()
    file = mine.work / "mine.yml"
    given = {"env": "mine", "keep": keep, "file": str(file)}
    declined = mine.run("remove-environment", policy=api.Policy(yes=api.parse_yes(""), interactive=False), **given)
    assert declined.end.exit == 4 and mine.prefix("mine").exists()
    file.unlink(missing_ok=True)
    mine.done("remove-environment", **given)
    assert not mine.prefix("mine").exists() and "dependencies:" in file.read_text()
    if keep == "everything":
        mine.undo()
        assert differences(before, mine.picture()) == []
    else:
        mine.done("recreate-from-file", file=str(file), name="mine")
        assert PACKAGE in mine.packages("mine")


def test_the_one_that_one_stands_in_is_not_removed(mine: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(Path(mine.prefix("mine"), "share"))
    seen = mine.run("remove-environment", env="mine", export="no")
    assert seen.end.state == "blocked" and "you are in that folder" in seen.end.message
    assert mine.prefix("mine").exists()
