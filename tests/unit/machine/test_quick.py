"""The cheap look: what it finds, and that it stays cheap."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.machine.model import to_plain
from assistant.machine.quick import quick_machine
from tests.unit.machine.fakes import Fake, conda_environment, conda_root, process, program, venv, write

FORBIDDEN = (
    "subprocess",
    "json",
    "re",
    "pathlib",
    "dataclasses",
    "inspect",
    "typing",
    "yaml",
    "threading",
    "concurrent",
    "ctypes",
)


def test_a_well_machine(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    machine = quick_machine(fake.roots())
    assert (machine.system, machine.architecture) == ("linux", "x86_64")
    assert machine.shell == "bash"
    assert [one.name for one in machine.environments] == ["base", "demo"]
    assert (machine.active_environment, machine.active_path) == ("demo", str(fake.demo))
    assert machine.active is not None and machine.active.name == "demo"
    assert machine.tool("conda").path == str(fake.conda / "condabin" / "conda")
    assert machine.tool("python").path == str(fake.demo / "bin" / "python")
    assert machine.tool("uv") is None
    assert machine.environment("demo").path == machine.environment(str(fake.demo)).path
    assert machine.environment("nothing") is None


def test_an_empty_machine(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    machine = quick_machine(fake.roots())
    assert machine.environments == () and machine.tools == ()
    assert machine.active_environment == "" and machine.active is None
    assert to_plain(machine)["environments"] == []


def test_prefix_environments_go_by_their_path(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    elsewhere = conda_environment(fake.home / "elsewhere" / "env")
    gone = fake.home / "gone"
    write(fake.home / ".conda" / "environments.txt", f"{elsewhere}\n{gone}\n{fake.demo}\n\n# comment\n")
    names = {one.name: one.path for one in quick_machine(fake.roots()).environments}
    assert names[str(elsewhere)] == str(elsewhere)
    assert str(gone) not in names
    assert list(names.values()).count(str(fake.demo)) == 1


def test_the_first_of_a_name_on_path_is_the_tool(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    first, second = tmp_path / "a", tmp_path / "b"
    program(first / "uv")
    program(second / "uv")
    write(first / "git", "not a program")
    program(second / "git")
    (first / "pip").mkdir()
    fake.path = [tmp_path / "missing", first, second]
    machine = quick_machine(fake.roots())
    assert machine.tool("uv").path == str(first / "uv")
    assert machine.tool("git").path == str(second / "git")
    assert machine.tool("pip") is None


def test_micromamba_that_only_its_shell_function_calls(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env["MAMBA_EXE"] = str(program(fake.home / ".local" / "bin" / "micromamba"))
    assert quick_machine(fake.roots()).tool("micromamba").path == fake.env["MAMBA_EXE"]
    fake.env["MAMBA_EXE"] = str(fake.home / "gone" / "micromamba")
    assert quick_machine(fake.roots()).tool("micromamba") is None


def test_windows_drives_are_left_out_under_wsl(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env["WSL_DISTRO_NAME"] = "Ubuntu"
    fake.path = [Path("/mnt/c/Windows"), Path("/mnt/d"), tmp_path / "bin", Path("/mnt/data/bin")]
    program(tmp_path / "bin" / "git")
    from assistant.machine.layout import search_path

    assert search_path(fake.roots()) == (str(tmp_path / "bin"), "/mnt/data/bin")
    assert quick_machine(fake.roots()).tool("git") is not None


def test_venvs_of_the_project_and_of_folders_above(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    own = venv(fake.cwd / ".venv", fake.root / "usr", by="uv")
    above = venv(fake.cwd.parent / ".venv", fake.root / "usr")
    other = venv(fake.cwd / "tools-env", fake.root / "usr")
    fake.env["VIRTUAL_ENV"] = str(own)
    fake.path.insert(0, own / "bin")
    machine = quick_machine(fake.roots())
    found = {one.path: (one.name, one.kind) for one in machine.environments if one.kind != "conda"}
    assert found[str(own)] == (".venv", "uv")
    assert found[str(above)] == (str(Path("work") / ".venv"), "venv")
    assert found[str(other)] == ("tools-env", "venv")
    assert machine.active_environment == ".venv"


def test_the_active_one_is_first_on_path_where_two_claim_it(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    own = venv(fake.cwd / ".venv", fake.root / "usr")
    fake.env["VIRTUAL_ENV"] = str(own)
    fake.path.insert(0, own / "bin")
    assert quick_machine(fake.roots()).active_path == str(own)
    fake.path = [fake.demo / "bin", own / "bin"]
    assert quick_machine(fake.roots()).active_path == str(fake.demo)


def test_pixi_and_pyenv_environments(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    conda_environment(fake.cwd / ".pixi" / "envs" / "default")
    venv(fake.home / ".pyenv" / "versions" / "analysis", fake.root / "usr")
    kinds = {one.name: one.kind for one in quick_machine(fake.roots()).environments}
    assert kinds == {"default": "pixi", "analysis": "pyenv"}


def test_environment_folders_from_the_configuration(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    conda_root(fake.home / "miniforge3")
    conda_environment(tmp_path / "big" / "envs" / "large")
    conda_environment(fake.home / "mine" / "small")
    write(fake.home / ".condarc", f"envs_dirs:\n  - {tmp_path}/big/envs\n  - ~/mine  # own\npkgs_dirs:\n  - /other\n")
    names = {one.name for one in quick_machine(fake.roots()).environments}
    assert "large" in names


def test_a_working_directory_that_is_gone(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert quick_machine(fake.roots().replace(cwd="")).active_environment == "demo"


@pytest.mark.parametrize("module", ["assistant.machine.quick", "assistant.machine.model"])
def test_it_imports_nothing_heavy(module: str) -> None:
    code = f"import sys; before = set(sys.modules); import {module}; print(*(set(sys.modules) - before))"
    out = subprocess.run([sys.executable, "-S", "-c", code], capture_output=True, text=True, check=True, cwd=Path.cwd())
    loaded = set(out.stdout.split())
    assert not loaded & set(FORBIDDEN), loaded & set(FORBIDDEN)
    light = {"assistant.machine." + name for name in ("quick", "model", "context", "layout", "environments", "shell")}
    assert {name for name in loaded if name.startswith("assistant.machine.")} <= light


def test_this_machine_is_looked_at_without_starting_anything(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a program was started")

    monkeypatch.setattr(subprocess, "Popen", refuse)
    machine = quick_machine()
    assert machine.system in ("linux", "macos", "windows")
    assert machine.cwd


def test_the_shell_above_is_the_running_one(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    process(fake.root, 100, "fish", 50)
    fake.env["SHELL"] = "/bin/bash"
    machine = quick_machine(fake.roots())
    assert machine.shell == "fish" and "fish" in machine.shell_evidence
    assert machine.login_shell == "bash"


def test_what_an_answer_may_need_beside_the_names(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(
        fake.root / "proc" / "driver" / "nvidia" / "version",
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  570.26  x\n",
    )
    write(fake.root / "sys" / "bus" / "pci" / "devices" / "0" / "class", "0x030200\n")
    write(fake.root / "sys" / "bus" / "pci" / "devices" / "0" / "vendor", "0x10de\n")
    machine = quick_machine(fake.roots())
    assert machine.listed and machine.driver.version == "570.26" and machine.adapters == ("nvidia",)
    assert machine.tool("conda").version == "26.7.1" and machine.pip_refuses == ""
    without = quick_machine(fake.roots(), environments=False)
    assert not without.listed and without.environments == () and without.driver.version == "" and without.tools
