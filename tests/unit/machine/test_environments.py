"""Environments on disk: version, base, whether they work; real ones made by venv and uv too."""

from __future__ import annotations

import builtins
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.machine.context import this_machine
from assistant.machine.doctor import run_checks
from assistant.machine.environments import list_environments, parse_pyvenv, read_pyvenv
from assistant.machine.layout import conda_roots, configured_folders, parse_environments_txt
from assistant.machine.model import Environment
from assistant.machine.probe import probe
from assistant.machine.quick import quick_machine
from tests.unit.machine.fakes import Fake, conda_environment, conda_root, program, record, venv, write


def named(fake: Fake, name: str) -> Environment:
    return next(one for one in list_environments(fake.roots()) if one.name == name)


def test_a_conda_environment_says_its_version_and_base(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    demo = named(fake, "demo")
    assert (demo.kind, demo.python_version, demo.base) == ("conda", "3.12.7", str(fake.conda))
    assert demo.python == str(fake.demo / "bin" / "python") and demo.works and not demo.frozen
    assert demo.libraries == ("python3.12",)


def test_an_empty_and_a_hollow_and_a_frozen_environment(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    conda_environment(fake.conda / "envs" / "empty", None)
    write(fake.conda / "envs" / "hollow" / "data.csv", "1\n")
    write(fake.demo / "conda-meta" / "frozen", "{}")
    assert named(fake, "empty").python == "" and named(fake, "empty").works
    assert named(fake, "hollow").hollow
    assert named(fake, "demo").frozen


def test_a_venv_whose_base_is_gone(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    base = fake.home / "python"
    program(base / "bin" / "python3.12")
    venv(fake.cwd / ".venv", base)
    assert named(fake, ".venv").works
    shutil.rmtree(base)
    broken = named(fake, ".venv")
    assert not broken.works and broken.base == str(base / "bin")


def test_a_copied_interpreter_needs_its_base_too(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    base = fake.home / "python"
    program(base / "bin" / "python3")
    path = venv(fake.cwd / ".venv", base)
    (path / "bin" / "python").unlink()
    program(path / "bin" / "python")
    assert named(fake, ".venv").works
    shutil.rmtree(base)
    assert not named(fake, ".venv").works


def test_a_windows_venv_is_a_launcher(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    base = fake.home / "Python312"
    program(base / "python.exe")
    write(fake.cwd / ".venv" / "pyvenv.cfg", f"home = {base}\nversion = 3.12.7\n")
    program(fake.cwd / ".venv" / "Scripts" / "python.exe")
    assert named(fake, ".venv").works
    shutil.rmtree(base)
    assert not named(fake, ".venv").works


def test_the_base_changed_its_version(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    base = fake.home / "python"
    program(base / "bin" / "python3.12")
    path = venv(fake.cwd / ".venv", base)
    program(base / "bin" / "python3.13")
    (path / "bin" / "python").unlink()
    (path / "bin" / "python").symlink_to(base / "bin" / "python3.13")
    one = named(fake, ".venv")
    assert (one.python_version, one.base_version, one.works) == ("3.12.7", "3.13", True)


def test_a_moved_environment_names_the_place_it_was_made_at(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert named(fake, "demo").made_at == str(fake.demo)
    fake.demo.rename(fake.conda / "envs" / "renamed")
    assert named(fake, "renamed").made_at == str(fake.demo)
    venv(fake.cwd / ".venv", fake.root / "usr", made_at=Path("/old/place"))
    assert named(fake, ".venv").made_at == "/old/place"


def test_two_condas_keep_their_own_environments(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    other = conda_root(fake.home / "anaconda3")
    conda_environment(other / "envs" / "demo")
    bases = {one.path: one.base for one in list_environments(fake.roots())}
    assert bases[str(other / "envs" / "demo")] == str(other)
    assert bases[str(fake.demo)] == str(fake.conda)
    assert conda_roots(fake.roots())[0] == str(fake.conda)


@pytest.mark.parametrize("place", ["opt/conda", "opt/miniforge3"])
def test_condas_in_the_usual_places(tmp_path: Path, place: str) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.root / place)
    assert conda_roots(fake.roots()) == (str(root),)


def test_windows_places(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    fake.env["LOCALAPPDATA"] = str(fake.home / "AppData" / "Local")
    root = conda_root(fake.home / "AppData" / "Local" / "miniconda3", system="windows")
    conda_environment(root / "envs" / "persona", system="windows")
    found = list_environments(fake.roots())
    assert [one.name for one in found] == ["base", "persona"]
    assert found[1].python.endswith("python.exe") and found[1].python_version == "3.12.7"


def test_a_linked_root_is_one_conda(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    (fake.home / "miniconda3").symlink_to(fake.conda)
    assert len(conda_roots(fake.roots())) == 1


def test_micromamba_has_environments_and_no_conda(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env["MAMBA_ROOT_PREFIX"] = str(fake.home / "mm")
    conda_environment(fake.home / "mm" / "envs" / "demo")
    assert [(one.name, one.base) for one in list_environments(fake.roots())] == [("demo", str(fake.home / "mm"))]


def test_real_environments_of_venv_and_uv(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(fake.cwd / ".venv")], check=True)
    made = named(fake, ".venv")
    assert made.kind == "venv" and made.works
    assert made.python_version == ".".join(map(str, sys.version_info[:3]))
    assert made.made_at == str(fake.cwd / ".venv")
    uv = shutil.which("uv", path=f"{Path(sys.executable).parent}")
    if uv is None:
        pytest.skip("uv is not installed beside this Python")
    subprocess.run([uv, "venv", "-q", "--python", sys.executable, "--offline", str(fake.cwd / "env")], check=True)
    other = named(fake, "env")
    assert other.kind == "uv" and other.works
    assert other.python_version == ".".join(map(str, sys.version_info[:3]))
    assert other.made_at == str(fake.cwd / "env")


def test_pyvenv_lines() -> None:
    assert parse_pyvenv("home = /usr/bin\nVERSION=3.12.1\n\nno mark\n = x\nprompt = 'a = b'\n") == {
        "home": "/usr/bin",
        "version": "3.12.1",
        "prompt": "'a = b'",
    }


def test_environments_txt_lines() -> None:
    assert parse_environments_txt("\ufeff/a b/c\r\n\n# no\n /d \n/a b/c\n\0\n") == ("/a b/c", "/d")


def test_unreadable_things_are_no_environments(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    (fake.cwd / ".venv" / "pyvenv.cfg").mkdir(parents=True)
    write(fake.home / ".conda" / "environments.txt", "x" * 5000 + "\n/dev/null\n")
    assert list_environments(fake.roots()) == ()
    assert read_pyvenv("\0") is None


def test_a_hundred_environments_are_listed_whole(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    for number in range(99):
        prefix = fake.conda / "envs" / f"env{number}"
        conda_environment(prefix)
        for other in range(40):
            write(prefix / "conda-meta" / f"package{other}-1.0-h0_0.json", "{}")
    started = time.process_time()
    found = list_environments(fake.roots())
    print(f"\n101 environments listed in {(time.process_time() - started) * 1000:.1f} ms of processor time")
    assert len(found) == 101
    assert all(one.python_version for one in found)


def test_the_real_machine_can_be_listed() -> None:
    for one in list_environments(this_machine()):
        assert one.path and one.name and one.kind


def test_a_home_behind_a_link_is_one_home(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    (tmp_path / "link").symlink_to(fake.home, target_is_directory=True)
    linked = tmp_path / "link" / "miniforge3" / "envs" / "demo"
    fake.env["CONDA_PREFIX"] = str(linked)
    fake.path[0] = linked / "bin"
    machine = quick_machine(fake.roots())
    assert machine.active is not None and machine.active.path == str(linked) and machine.active_environment == "demo"
    assert len(machine.environments) == 2
    fake.path[0] = fake.demo / "bin"  # PATH in the one spelling, the variable in the other
    machine = probe({"pythons", "environments"}, roots=fake.roots())
    assert run_checks(machine, ["shell-path-order"]).findings == ()


def test_an_environment_with_conda_in_it_is_no_second_conda(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    conda_root(fake.conda / "envs" / "build")
    fake.env["CONDA_EXE"] = str(fake.conda / "envs" / "build" / "bin" / "conda")
    assert conda_roots(fake.roots()) == (str(fake.conda),)


def test_a_conda_that_pyenv_installed(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / ".pyenv" / "versions" / "miniforge3-24.11.3-0")
    assert conda_roots(fake.roots()) == (str(root),)


def test_sizes_are_measured_on_request(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert all(one.size is None for one in probe(roots=fake.roots()).environments)
    write(fake.demo / "large", "x" * 300_000)
    measured = probe({"sizes"}, roots=fake.roots())
    assert (measured.environment("demo").size or 0) >= 300_000
    assert measured.environment("demo").detailed


@pytest.mark.parametrize(
    ("text", "folders"),
    [
        ("envs_dirs:\n  - /a # big\n  - '/b c'\nother:\n  - /d\n", ("/a", "/b c")),
        ('envs_dirs: [/a, "/b"]  # both\n', ("/a", "/b")),
        ("# envs_dirs:\n  - /a\n", ()),
        ("envs_dirs:\n\n  # note\n  - /a\n", ("/a",)),
    ],
)
def test_folders_in_a_condarc(text: str, folders: tuple[str, ...]) -> None:
    assert configured_folders("envs_dirs", text) == folders


def test_a_hundred_environments_cost_a_few_looks_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it costs is counted, not timed: no package is read, no program started, no file opened but pyvenv.cfg and scripts."""
    fake = Fake.well(tmp_path)
    for number in range(50):
        prefix = conda_environment(fake.conda / "envs" / f"env{number:02}")
        for package in range(40):
            record(prefix, f"package{package}", "1.0")
    for number in range(50):
        venv(fake.home / ".virtualenvs" / f"v{number:02}", fake.root / "usr")
    opened: list[str] = []
    listed: list[str] = []
    real_open, real_listdir = builtins.open, os.listdir
    monkeypatch.setattr(
        builtins, "open", lambda file, *rest, **named: opened.append(str(file)) or real_open(file, *rest, **named)
    )
    monkeypatch.setattr(os, "listdir", lambda folder=".": listed.append(str(folder)) or real_listdir(folder))
    roots = fake.roots().replace(run=lambda argv, **_: pytest.fail(f"{argv} was started"))
    found = list_environments(roots)
    monkeypatch.undo()
    assert len(found) == 102 and all(one.python_version for one in found)
    assert len(opened) <= 4 * len(found) and len(listed) <= 3 * len(found)
    assert not any(path.endswith(".json") for path in opened), "records of packages are not read for a list"
