"""torch in environments: from its own file, and by running the environment's Python."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from assistant.machine.environments import list_environments
from assistant.machine.torch_probe import find_torch, parse_answer, parse_version_file, read_torch, try_torch
from tests.unit.machine.fakes import Fake, program, site, write

VERSION = """\
from typing import Optional

__all__ = ['__version__', 'debug', 'cuda', 'git_version', 'hip', 'rocm', 'xpu']
__version__ = '2.9.0+cu128'
debug = False
cuda: Optional[str] = '12.8'
git_version = '0fabc3ba44823f257e70ce397d989c8de5e362c1'
hip: Optional[str] = None
rocm: Optional[str] = None
"""


def demo(fake: Fake):
    return next(one for one in list_environments(fake.roots()) if one.name == "demo")


def test_from_its_own_file(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert find_torch(fake.roots(), list_environments(fake.roots())) == ()
    write(site(fake.demo) / "torch" / "version.py", VERSION)
    (torch,) = find_torch(fake.roots(), list_environments(fake.roots()))
    assert (torch.environment, torch.version, torch.cuda, torch.hip, torch.tried) == (
        "demo",
        "2.9.0+cu128",
        "12.8",
        "",
        False,
    )


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("__version__ = '2.15.0+cpu'\ncuda = None\nhip = None\n", ("2.15.0+cpu", "", "")),
        (
            "__version__: str = \"2.9.0\"\ncuda: Optional[str] = None\nhip: Optional[str] = '7.2'\n",
            ("2.9.0", "", "7.2"),
        ),
        ("", ("", "", "")),
    ],
)
def test_version_files(text: str, facts: tuple[str, str, str]) -> None:
    assert parse_version_file(text) == facts


def test_by_running_its_python(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(site(fake.demo) / "torch" / "version.py", VERSION)
    answer = {"version": "2.9.0+cu128", "cuda": "12.8", "hip": "", "available": False, "arches": ["sm_80", "sm_90"]}
    (fake.demo / "bin" / "python3.12").unlink()
    program(fake.demo / "bin" / "python3.12", f"#!/bin/sh\necho a warning of torch\necho '@@{json.dumps(answer)}'\n")
    torch = read_torch(demo(fake), fake.roots())
    tried = try_torch(torch, demo(fake), fake.roots())
    assert tried.tried and tried.available is False and tried.arches == ("sm_80", "sm_90") and tried.error == ""


@pytest.mark.parametrize(
    ("script", "error"),
    [
        ("echo 'Segmentation fault' >&2; exit 139", "Segmentation fault"),
        ("exit 3", "Python ended with code 3"),
        ("echo '@@{broken'", "@@{broken"),
        (
            'echo \'@@{"error": "ImportError: libcudart.so.13: cannot open"}\'',
            "ImportError: libcudart.so.13: cannot open",
        ),
        ("sleep 30", "took more than"),
    ],
)
def test_a_python_that_fails_is_no_crash(tmp_path: Path, script: str, error: str) -> None:
    fake = Fake.well(tmp_path)
    write(site(fake.demo) / "torch" / "version.py", VERSION)
    (fake.demo / "bin" / "python3.12").unlink()
    program(fake.demo / "bin" / "python3.12", f"#!/bin/sh\n{script}\n")
    tried = try_torch(read_torch(demo(fake), fake.roots()), demo(fake), fake.roots(), timeout=1.0)
    assert tried.tried and error in tried.error and tried.available is None
    assert tried.version == "2.9.0+cu128"


def test_the_probe_runs_in_a_real_python(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(site(fake.demo) / "torch" / "version.py", VERSION)
    environment = demo(fake).replace(python=sys.executable)
    tried = try_torch(read_torch(environment, fake.roots()), environment, fake.roots())
    # Whether or not this Python has torch, it gives an answer of ours.
    assert tried.tried and (tried.available is not None or "ModuleNotFoundError" in tried.error)


def test_an_environment_without_python(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(site(fake.demo) / "torch" / "version.py", VERSION)
    environment = demo(fake).replace(python="")
    assert "no Python" in try_torch(read_torch(environment, fake.roots()), environment, fake.roots()).error


@pytest.mark.parametrize("text", ["", "@@", "@@[]", "@@{", "x @@{}"])
def test_answers_that_are_none(text: str) -> None:
    assert parse_answer(text) is None
