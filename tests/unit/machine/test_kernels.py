"""Jupyter kernelspecs in the user's, the system's and the environments' folders."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from assistant.machine.environments import list_environments
from assistant.machine.kernels import find_kernels, parse_kernel
from tests.unit.machine.fakes import Fake, dist, program, site, write


def kernel(folder: Path, name: str, interpreter: str, title: str = "", language: str = "python") -> Path:
    """A kernelspec as `python -m ipykernel install` writes it."""
    body = {
        "argv": [interpreter, "-Xfrozen_modules=off", "-m", "ipykernel_launcher", "-f", "{connection_file}"],
        "display_name": title or name,
        "language": language,
        "metadata": {"debugger": True},
    }
    return write(folder / "kernels" / name / "kernel.json", json.dumps(body, indent=1))


def found(fake: Fake):
    roots = fake.roots()
    return {one.name: one for one in find_kernels(roots, list_environments(roots))}


def test_a_kernel_that_works(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    dist(site(fake.demo), "ipykernel", "7.1")
    kernel(fake.home / ".local/share/jupyter", "demo", str(fake.demo / "bin" / "python"), "Python (demo)")
    one = found(fake)["demo"]
    assert (one.display_name, one.scope, one.found, one.has_ipykernel) == ("Python (demo)", "user", True, True)


def test_a_kernel_whose_environment_is_gone_or_lacks_ipykernel(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    kernel(fake.home / ".local/share/jupyter", "gone", "/nowhere/bin/python")
    kernel(fake.home / ".local/share/jupyter", "bare", str(fake.demo / "bin" / "python"))
    kernels = found(fake)
    assert not kernels["gone"].found and kernels["gone"].has_ipykernel is None
    assert kernels["bare"].found and kernels["bare"].has_ipykernel is False


def test_all_places(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    program(fake.root / "usr" / "bin" / "R")
    kernel(fake.root / "usr/share/jupyter", "ir", "R", language="R")
    kernel(fake.demo / "share/jupyter", "python3", "python")
    fake.env["JUPYTER_PATH"] = str(tmp_path / "extra")
    kernel(tmp_path / "extra", "own", "python")
    kernels = found(fake)
    assert {name: one.scope for name, one in kernels.items()} == {
        "ir": "system",
        "python3": "environment",
        "own": "path",
    }
    assert all(one.found for one in kernels.values())


@pytest.mark.parametrize(("system", "folder"), [("macos", "Library/Jupyter"), ("windows", "AppData/Roaming/jupyter")])
def test_other_systems(tmp_path: Path, system: str, folder: str) -> None:
    fake = Fake(tmp_path, system)
    kernel(fake.home / folder, "demo", "/nowhere/python")
    assert list(found(fake)) == ["demo"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"argv": []}', '{"argv": 3}', '{"argv": [{}]}', "{'argv': ['x']}"])
def test_damaged_kernelspecs_say_so(text: str) -> None:
    one = parse_kernel(text, "x", "/x")
    assert one.error and not one.found
