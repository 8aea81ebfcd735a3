"""Interpreters: order on PATH, pyenv, uv, the Store's stand-in; and which of them pip and other tools belong to."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.machine.context import Completed, this_machine
from assistant.machine.model import Machine, Tool
from assistant.machine.pipconf import parse_config, pip_owner, read_config, script_python, user_sites
from assistant.machine.pythons import find_pythons, first_python, parse_python_version, pyenv_missing
from assistant.machine.tools import with_version
from tests.unit.machine.fakes import Fake, conda_root, dist, program, record, site, system_python, venv, write


def pyenv(fake: Fake, *versions: str) -> Path:
    """pyenv with its stand-ins first on PATH."""
    root = fake.home / ".pyenv"
    for version in versions:
        program(root / "versions" / version / "bin" / "python3")
        program(root / "versions" / version / "bin" / f"python{version.rpartition('.')[0]}")
    for name in ("python", "python3", "pip", *(f"python{version.rpartition('.')[0]}" for version in versions)):
        program(root / "shims" / name)
    program(root / "bin" / "pyenv")
    fake.path = [root / "shims", root / "bin", *fake.path]
    return root


def test_the_order_of_path(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    found = find_pythons(fake.roots())
    assert [(one.order, one.source, one.version) for one in found] == [(0, "path", "3.12.7"), (2, "system", "3.12.3")]
    first = first_python(found)
    assert first is not None and first.path == str(fake.demo / "bin" / "python") and first.prefix == str(fake.demo)


def test_the_systems_python(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.path = [system_python(fake.root, "3.11.2", managed=True, ensurepip=False) / "bin"]
    (one,) = find_pythons(fake.roots())
    assert one.externally_managed and one.has_venv is False and one.version == "3.11.2"


def test_a_venv_on_the_systems_python_is_not_managed(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    usr = system_python(fake.root, managed=True)
    path = venv(fake.cwd / ".venv", usr, "3.12.3")
    fake.path = [path / "bin", usr / "bin"]
    first = first_python(find_pythons(fake.roots()))
    assert first is not None and first.prefix == str(path)


def test_pyenv_stand_ins_resolve_by_the_nearest_file(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = pyenv(fake, "3.12.7", "3.11.9")
    write(root / "version", "3.12.7\n")
    assert first_python(find_pythons(fake.roots())).version == "3.12.7"
    write(fake.cwd.parent / ".python-version", "3.11\n")
    found = find_pythons(fake.roots())
    assert first_python(found).version == "3.11.9" and first_python(found).source == "pyenv"
    assert sorted(one.version for one in found if one.order < 0) == ["3.11.9", "3.12.7"]
    assert pyenv_missing(fake.roots()) == ()


def test_a_version_that_pyenv_lacks(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    pyenv(fake, "3.12.7")
    write(fake.cwd / ".python-version", "3.9.1\nsystem\nmyenv\n")
    assert pyenv_missing(fake.roots()) == ("3.9.1",)
    fake.env["PYENV_VERSION"] = "3.12.7"
    assert pyenv_missing(fake.roots()) == ()


def test_without_pyenv_the_file_means_nothing_to_it(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    write(fake.cwd / ".python-version", "3.9.1\n")
    assert pyenv_missing(fake.roots()) == ()


def test_uvs_pythons(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    prefix = fake.home / ".local/share/uv/python/cpython-3.13.18-linux-x86_64-gnu"
    program(prefix / "bin" / "python3.13")
    (prefix / "bin" / "python3").symlink_to("python3.13")
    (prefix.parent / "cpython-3.13-linux-x86_64-gnu").symlink_to(prefix)
    (one,) = find_pythons(fake.roots())
    assert (one.source, one.version, one.order) == ("uv", "3.13.18", -1)


def test_the_store_stub(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    apps = fake.home / "AppData" / "Local" / "Microsoft" / "WindowsApps"
    program(apps / "python.exe", "")
    real = fake.home / "Python312"
    program(real / "python.exe", "MZ")
    write(real / "python312.dll", "")
    fake.path = [apps, real]
    found = find_pythons(fake.roots())
    assert [one.stub for one in found] == [True, False]
    assert found[1].version == "3.12"


@pytest.mark.parametrize(
    ("text", "names"),
    [("3.12\n", ("3.12",)), ("3.12:3.11 # both\n", ("3.12", "3.11")), ("", ()), ("../../etc\n", ()), ("\0\n", ())],
)
def test_python_version_files(text: str, names: tuple[str, ...]) -> None:
    assert parse_python_version(text) == names


def test_pip_by_its_first_line(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert pip_owner(fake.roots(), Machine(system="linux")) == f"{fake.demo}/bin/python3.12"
    fake.path = [fake.conda / "envs" / "none" / "bin"]
    assert pip_owner(fake.roots(), Machine(system="linux")) == ""


def test_pip_behind_pyenv_follows_python(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = pyenv(fake, "3.12.7")
    write(root / "version", "3.12.7\n")
    machine = Machine(system="linux", pythons=find_pythons(fake.roots()))
    assert pip_owner(fake.roots(), machine) == str(root / "shims" / "python")


def test_pip_on_windows(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    base = fake.home / "Python312"
    program(base / "python.exe", "MZ")
    program(base / "Scripts" / "pip.exe", "MZ")
    fake.path = [base / "Scripts", base]
    assert pip_owner(fake.roots(), Machine(system="windows")) == str(base / "python.exe")


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("#!/usr/bin/python3\n", "/usr/bin/python3"),
        ("#!/opt/a b/bin/python -I\n", "/opt/a b/bin/python"),
        (
            "#!/bin/sh\n'''exec' \"/a very/long path/bin/python3\" \"$0\" \"$@\"\n' '''\n",
            "/a very/long path/bin/python3",
        ),
        ("#!/bin/bash\necho\n", ""),
        ("MZ\x90", ""),
        ("", ""),
    ],
)
def test_first_lines(text: str, python: str) -> None:
    assert script_python(text) == python


def test_pips_own_settings(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    write(fake.root / "etc" / "pip.conf", "[global]\nindex-url = https://sam:geheim@mirror.example.org/simple\n")
    write(fake.home / ".config" / "pip" / "pip.conf", "[install]\nuser = yes\n")
    write(fake.home / ".pip" / "pip.conf", "no section\n")
    files = read_config(fake.roots())
    values = {key: value for file in files for key, value in file.values.items()}
    assert values == {"global.index-url": "https://***@mirror.example.org/simple", "install.user": "yes"}
    assert [Path(file.path).parent.name for file in files if file.error] == [".pip"]


def test_a_pip_configuration_that_is_none() -> None:
    assert parse_config("[global\nx").error and parse_config("").error == ""


def test_user_packages(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    folder = fake.home / ".local" / "lib" / "python3.12" / "site-packages"
    folder.mkdir(parents=True)
    assert user_sites(fake.roots()) == ()
    dist(folder, "numpy", "1.26.4")
    assert user_sites(fake.roots()) == (str(folder),)


def test_versions_of_tools_from_files(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    record(fake.conda, "mamba", "2.3.0")
    program(fake.conda / "condabin" / "mamba")
    roots = fake.roots()

    def version(name: str, path: Path) -> str | None:
        return with_version(Tool(name=name, path=str(path)), roots).version

    assert version("conda", fake.conda / "condabin" / "conda") == "26.7.1"
    assert version("mamba", fake.conda / "condabin" / "mamba") == "2.3.0"
    assert version("pip", fake.demo / "bin" / "pip") == "26.3"
    assert version("python", fake.demo / "bin" / "python") == "3.12.7"
    assert roots.run.calls == []  # nothing was started


def test_a_tool_in_its_own_environment(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    home = venv(fake.home / ".local/share/pipx/venvs/poetry", fake.root / "usr")
    dist(site(home), "poetry", "2.4.1")
    script = program(fake.home / ".local" / "bin" / "poetry", f"#!{home}/bin/python\nimport poetry\n")
    assert with_version(Tool(name="poetry", path=str(script)), fake.roots()).version == "2.4.1"


def test_native_tools_are_asked(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.answers["uv"] = Completed(code=0, out="uv 0.13.9 (abc 2026-11-01)\n")
    fake.answers["git"] = Completed(code=1, err="no")
    tools = [program(tmp_path / "bin" / name, "\x7fELF") for name in ("uv", "git", "nvidia-smi")]
    versions = [with_version(Tool(name=tool.name, path=str(tool)), fake.roots()).version for tool in tools]
    assert versions == ["0.13.9", None, None]


def test_the_running_python_is_found_by_its_folder() -> None:
    folder = Path(sys.executable).parent
    found = find_pythons(this_machine().replace(path=(str(folder),)))
    assert any(one.version.startswith(f"{sys.version_info[0]}.{sys.version_info[1]}") for one in found)


def test_a_conda_root_is_no_system_python(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / "miniforge3")
    fake.path = [root / "bin"]
    assert first_python(find_pythons(fake.roots())).prefix == str(root)
