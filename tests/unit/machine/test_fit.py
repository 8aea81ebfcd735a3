"""Answers name the environments that are really here, and mind their kinds.

Each thing that is said is tested beside a machine where it must not be said.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import Asked
from assistant.dialogue.nearby import nearest, spelt_out
from assistant.machine.quick import quick_machine
from assistant.search.library import Library
from assistant.search.understand import understand
from tests.unit.machine.fakes import Fake, conda_environment, conda_root, venv, write
from tests.unit.machine.fitting import ask, runs, said, task

# Names.


@pytest.mark.parametrize(
    ("question", "entry", "words", "run"),
    [
        ("activate my-projct", "environment.activate", ("`my-projct`", "`conda activate my-project`"), None),
        ("activate env my_project", "environment.activate", ("Did you mean `my-project`",), None),
        ("delete scrtch", "environment.remove", ("no environment called `scrtch`", "env remove -n scratch"), None),
        ("activate env nowhere", "environment.activate", ("`nowhere`", "You have: `base`", "`scratch`"), None),
        ("activate my env", "environment.activate", ("`demo` (active), `ml`", "virtual environments: `.venv`"), None),
        ("remove an environment", "environment.remove", ("You have: `base`, `demo` (active)",), None),
        ("list my environments", "environment.list", ("`ml`, `my-project`, `scratch`", "`.venv`, `web`"), None),
        ("activate ml", "environment.activate", (), "conda activate ml"),
        (
            "activate web",
            "environment.activate",
            ("virtual environment", "~/work/project/web"),
            "source web/bin/activate",
        ),
        ("conda activate web", "environment.activate", ("not one of conda's",), None),
        ("remove env demo", "environment.remove", ("active in this terminal", "`conda deactivate`"), None),
        ("remove environment scratch", "environment.remove", (), "conda env remove -n scratch"),
        ("create an env called ml", "environment.create", ("already", "delete it and everything"), None),
        ("create an env called fresh", "environment.create", (), "conda create -n fresh python=3.13"),
        ("create a virtual env called web", "environment.create", ("virtual environment called `web` already",), None),
        ("clone env ml to demo", "environment.clone", ("`demo` already",), "conda create -n demo --clone ml"),
        ("clone env ml to fresh", "environment.clone", (), "conda create -n fresh --clone ml"),
        ("rename env ml to scratch", "environment.rename", ("`scratch` already",), "conda rename -n ml scratch"),
        ("deactivate", "environment.deactivate", ("Active in this terminal: `demo`",), "conda deactivate"),
        ("where is env scratch", "environment.find-folder", ("`scratch` lies in ~/miniforge3/envs/scratch",), None),
        ("uninstall a package", "package.remove", ("`demo` is active here", "changes"), None),
    ],
)
def test_real_names(
    many: Fake, library: Library, question: str, entry: str, words: tuple[str, ...], run: str | None
) -> None:
    answered = task(entry, spelt_out(question, quick_machine(many.roots()), library), many, library)
    notes = said(answered)
    assert all(word in notes for word in words), notes
    assert words or not notes
    if run is not None:
        assert run in runs(answered)


@pytest.mark.parametrize(
    ("question", "entry", "word"),
    [
        ("activate my-projct", "environment.activate", "Did you mean `my-project`"),
        ("activate ml", "environment.activate", ""),
        ("activate web", "environment.activate", "virtual environment"),
        ("delete scrtch", "environment.remove", "Did you mean `scratch`"),
        ("create an env called ml", "environment.create", "already"),
        ("remove an environment", "environment.remove", "You have"),
    ],
)
def test_from_the_question_on(many: Fake, library: Library, question: str, entry: str, word: str) -> None:
    answered = ask(question, many, library)
    assert answered.entry is not None and answered.entry.id == entry
    assert answered.question == question and word in said(answered)


def test_a_bad_name_keeps_the_command_that_was_asked_for(many: Fake, library: Library) -> None:
    assert runs(task("environment.activate", "activate env my-projct", many, library))[0] == "conda activate my-projct"


def test_nothing_is_said_of_names_where_no_environment_is_known(bare: Fake, library: Library) -> None:
    notes = said(task("environment.activate", "activate env nowhere", bare, library))
    assert "no environment called" not in notes and "You have" not in notes


def test_a_virtual_environment_elsewhere_is_not_denied(many: Fake, library: Library) -> None:
    notes = said(task("environment.activate", "activate venv environment nowhere", many, library))
    assert "no environment called" not in notes


def test_long_lists_end_in_a_count(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    for number in range(30):
        conda_environment(fake.conda / "envs" / f"env{number:02}")
    notes = said(task("environment.remove", "remove an environment", fake, library))
    assert "and 24 more" in notes and "env29" not in notes


def test_an_environment_of_another_conda_goes_by_its_folder(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    other = conda_root(fake.home / "anaconda3")
    conda_environment(other / "envs" / "elsewhere")
    answered = task("environment.activate", "activate env elsewhere", fake, library)
    assert f"conda activate {other}/envs/elsewhere" in runs(answered)
    assert "belongs to the conda in ~/anaconda3" in said(answered)
    assert "conda activate demo" in runs(task("environment.activate", "activate env demo", fake, library))


def test_an_environment_without_a_name_goes_by_its_folder(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    place = conda_environment(fake.home / "proj" / "env")
    write(fake.home / ".conda" / "environments.txt", f"{place}\n")
    assert "`~/proj/env`" in said(task("environment.remove", "remove an environment", fake, library))
    assert "Did you mean" not in said(task("environment.remove", "remove env proj", fake, library))
    frame = understand("remove it", library.index).frame
    view = view_for({"name": str(place)}, frame.tools, Asked(machine=quick_machine(fake.roots())))
    assert (
        runs(compose(library.entry("environment.remove"), "remove it", view, library))[0]
        == f"conda env remove -p {place}"
    )


def test_base_cannot_be_removed_and_is_no_place_for_packages(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    fake.env |= {"CONDA_PREFIX": str(fake.conda), "CONDA_DEFAULT_ENV": "base"}
    assert "cannot be removed" in said(task("environment.remove", "remove environment base", fake, library))
    notes = said(task("package.remove", "uninstall a package", fake, library))
    assert "`base` is active here" in notes and "`demo`" in notes


def test_a_folder_that_needs_quoting_is_not_filled_in(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    home = fake.home / "my things"
    home.mkdir()
    venv(home / "web", fake.root / "usr")
    fake.cwd = home
    fake.env["VIRTUAL_ENV"] = str(home / "web")
    fake.cwd = fake.home / "work"
    assert not any("my things" in run for run in runs(task("environment.activate", "activate env web", fake, library)))


def test_a_uv_environment_is_handled_by_uv(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    venv(fake.cwd / ".venv", fake.root / "usr", by="uv")
    answered = task("environment.activate", "activate environment called .venv", fake, library)
    assert "source .venv/bin/activate" in runs(answered)[:1]


@pytest.mark.parametrize(
    ("question", "reads"),
    [
        ("activate ml", "activate environment called ml"),
        ("activate my ml", "activate my environment called ml"),
        ("activate env ml", "activate env called ml"),
        ("clone ml to ml2", "clone environment ml to ml2"),
        ("remove numpy from scratch", "remove numpy from environment scratch"),
        ("activate my-projct", "activate environment called my-projct"),
        ("delete base", "delete base"),
        ("remove numpy", "remove numpy"),
        ("activate", "activate"),
        ("conda activate does not work", "conda activate does not work"),
        ("export everything", "export everything"),
    ],
)
def test_names_that_only_this_machine_knows_are_marked(many: Fake, library: Library, question: str, reads: str) -> None:
    assert spelt_out(question, quick_machine(many.roots()), library) == reads


@pytest.mark.parametrize(
    ("name", "names", "near"),
    [
        ("my-projct", ["ml", "my-project"], ["my-project"]),
        ("MY_PROJECT", ["my-project"], ["my-project"]),
        ("project", ["my-project", "other"], ["my-project"]),
        ("mll", ["ml"], ["ml"]),
        ("tets", ["test"], ["test"]),
        ("x", ["y"], []),
        ("ab", ["cd"], []),
        ("ml", ["ab", "nlp"], []),
        ("", ["a"], []),
        ("nothing", ["else", "base"], []),
    ],
)
def test_the_nearest_name(name: str, names: list[str], near: list[str]) -> None:
    assert nearest(name, names) == near


@pytest.mark.parametrize(
    ("question", "entry", "flow", "params"),
    [
        ("remove environment scratch", "environment.remove", "remove-environment", {"env": "scratch"}),
        ("clone env ml to ml2", "environment.clone", "clone-environment", {"env": "ml", "name": "ml2"}),
        ("clone env ml", "environment.clone", "clone-environment", {"env": "ml"}),
        ("rename env ml to ml2", "environment.rename", "rename-environment", {"env": "ml", "name": "ml2"}),
        ("create an env called fresh", "environment.create", "create-environment", {"name": "fresh"}),
        ("remove an environment", "environment.remove", "remove-environment", {}),
    ],
)
def test_a_flow_is_offered_with_the_names(
    many: Fake, library: Library, question: str, entry: str, flow: str, params: dict[str, str]
) -> None:
    offers = {offer.id: offer.params for offer in task(entry, question, many, library).flows}
    assert {key: value for key, value in offers[flow].items() if key != "tool"} == params
