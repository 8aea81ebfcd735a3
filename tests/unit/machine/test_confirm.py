"""Looks at a machine that confirm or deny a problem: each on machines made of files, and silent where it cannot tell."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.content.models import Entry
from assistant.dialogue.engine import Asked
from assistant.dialogue.why import confirmed
from assistant.machine import confirm
from assistant.machine.model import Driver, ExecutionPolicy, Gpu
from assistant.machine.quick import quick_machine
from tests.conftest import ROOT
from tests.unit.machine.confirm_cases import CASES, Case, bash_loads, driver, with_torch
from tests.unit.machine.fakes import Fake, dist, program, site


def seen(fake: Fake, name: str, /, **slots: str) -> tuple[str, str]:
    """What a look says of the machine: yes, no or nothing, and why."""
    roots = fake.roots()
    verdict = confirm.look(name, quick_machine(roots), slots, roots)
    if verdict is None:
        return "", ""
    return ("yes" if verdict.holds else "no"), verdict.because


def ids(case: Case) -> str:
    return f"{case[0]} {' '.join(case[1].values())}".strip()


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_sign_is_seen(tmp_path: Path, case: Case) -> None:
    name, slots, build, words, _ = case
    fake = Fake(tmp_path)
    build(fake)
    assert seen(fake, name, **slots)[0] == "yes"
    assert words in seen(fake, name, **slots)[1]


@pytest.mark.parametrize("case", [case for case in CASES if case[4]], ids=ids)
def test_the_sign_is_not_there(tmp_path: Path, case: Case) -> None:
    name, slots, _, _, build = case
    assert build is not None
    fake = Fake(tmp_path)
    build(fake)
    if name == "python.supported":
        slots = {"python": ">=3.9,<3.15"}
    assert seen(fake, name, **slots)[0] == "no", seen(fake, name, **slots)
    assert seen(fake, f"{name}?", **slots) == ("", "")


@pytest.mark.parametrize(
    "name",
    [
        "conda.environment-missing", "conda.environment-exists", "conda.terms", "conda.old", "conda.frozen",
        "conda.strict-priority", "python.shadowed", "python.module-missing", "python.ended", "python.no-ensurepip",
        "python.numpy-2", "python.other-pip",
        "package.peft", "program.git", "project.requirements-missing", "project.broken-environment", "jupyter.kernel-missing",
        "gpu.mismatch",
        "gpu.cpu-torch", "gpu.driver-old", "gpu.generation", "gpu.vision", "gpu.memory", "gpu.secure-boot",
        "shell.not-initialised", "shell.execution-policy", "shell.onedrive-profile", "system.no-developer-tools",
        "system.no-avx", "system.no-msvc", "no.such", "conda.nothing-of-that-name",
    ],
)  # fmt: skip
def test_it_is_silent_where_it_cannot_tell(tmp_path: Path, name: str) -> None:
    assert seen(Fake(tmp_path), name) == ("", "")


def test_torch_against_the_driver_the_gpu_and_torchvision(tmp_path: Path, own_tables: object) -> None:
    """With tables of their own, so that a new row in the knowledge changes nothing here."""
    fake = Fake(tmp_path)
    dist(site(with_torch(fake, "2.10.0+cu128", "12.8")), "torchvision", "0.24.0")
    driver(fake, "470.57.02", gpu="NVIDIA GeForce RTX 5090")
    state, because = seen(fake, "gpu.driver-old")
    assert (state, "470.57.02" in because) == ("yes", True)
    assert seen(fake, "gpu.generation")[0] == "no"
    assert seen(fake, "gpu.vision")[0] == "yes"
    other = Fake(tmp_path / "other")
    with_torch(other, "2.7.0+cu118", "11.8")
    driver(other, "580.95.05", gpu="NVIDIA GeForce RTX 5090")
    assert seen(other, "gpu.driver-old")[0] == "no"
    assert seen(other, "gpu.generation")[0] == "yes"
    assert seen(other, "gpu.vision") == ("", "")


def test_what_only_the_full_look_knows(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    roots = fake.roots()
    machine = quick_machine(roots)
    restricted = machine.replace(execution_policy=(ExecutionPolicy(scope="CurrentUser", policy="Restricted"),))
    verdict = confirm.look("shell.execution-policy", restricted, {}, roots)
    assert verdict is not None and verdict.holds
    full = Gpu(index=0, name="NVIDIA A100", memory_total=100, memory_used=99)
    asked = machine.replace(looked=("gpu",), driver=Driver(state="mismatch", detail="they differ"), gpus=(full,))
    assert confirm.look("gpu.memory", asked, {}, roots) is not None
    mismatch = confirm.look("gpu.mismatch", asked, {}, roots)
    assert mismatch is not None and mismatch.because == "they differ"


def test_nothing_is_said_of_another_computer(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    machine = quick_machine(fake.roots()).replace(home="/somebody/else")
    assert confirm.look("project.not-installable", machine, {}, fake.roots()) is None
    entry = Entry(kind="problem", id="x", title="x", confirm="project.not-installable")
    here = quick_machine()
    assert confirmed(entry, {}, Asked(machine=here))[0] in ("yes", "no")
    assert confirmed(entry, {}, Asked(machine=here, system="windows")) == ("", "")
    assert confirmed(entry, {}, Asked()) == ("", "")


def test_every_name_is_known_and_a_wrong_one_is_not() -> None:
    for name in confirm.names():
        assert confirm.known(name), name
    assert confirm.known("program.git") and confirm.known("disk-low?")
    assert not confirm.known("gpu.mismatched") and not confirm.known("disk-lowest") and not confirm.known("gpus.x")


def test_a_pyenv_stand_in_is_followed(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    pyenv = fake.home / ".pyenv"
    fake.path = [program(pyenv / "shims" / "python").parent]
    dist(site(pyenv / "versions" / "3.12.7"), "numpy", "2.1.0")
    assert seen(fake, "package.numpy") == ("", "")
    fake.env["PYENV_VERSION"] = "3.12.7"
    assert seen(fake, "package.numpy")[0] == "no"
    assert seen(fake, "package.peft")[0] == "yes"


def test_numpy_2_beside_an_old_torch(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    packages = site(with_torch(fake, "2.2.0+cu118", "11.8"))
    assert seen(fake, "python.numpy-for-torch")[0] == "yes"
    dist(packages, "numpy", "2.1.0")
    assert "beside torch 2.2.0" in seen(fake, "python.numpy-for-torch")[1]
    other = Fake(tmp_path / "other")
    dist(site(with_torch(other, "2.10.0+cu128", "12.8")), "numpy", "2.1.0")
    assert seen(other, "python.numpy-for-torch") == ("", "")


def test_a_launcher_of_windows_is_missed_there_alone(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.path = [tmp_path / "bin"]
    assert seen(fake, "program.py") == ("", "")
    windows = Fake(tmp_path / "windows", system="windows")
    windows.path = [tmp_path / "bin"]
    assert seen(windows, "program.py")[0] == "yes"


def test_secrets_of_a_proxy_are_not_shown(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env["HTTPS_PROXY"] = "http://sam:secret@p.example:3128"
    assert "secret" not in seen(fake, "network.proxy")[1]


@pytest.mark.parametrize("name", [name for name in confirm.names() if "." in name])
def test_a_look_survives_what_outputs_name(tmp_path: Path, name: str) -> None:
    """Odd values from an output: no error, and nothing outside of the machine's own folders is made."""
    fake = Fake(tmp_path)
    bash_loads(fake)
    odd = "../\0/x" + "y" * 5000
    values = {
        key: odd for key in ("name", "path", "module", "package", "kernel", "file", "requirements", "value", "key")
    }
    before = sorted(str(path) for path in tmp_path.rglob("*"))
    seen(fake, name, **values)
    assert sorted(str(path) for path in tmp_path.rglob("*")) == before


def test_why_says_what_was_seen_here(tmp_path: Path) -> None:
    """The command itself, in a folder and a home of its own."""
    project = tmp_path / "project"
    project.mkdir()
    text = "ERROR: Could not open requirements file: [Errno 2] No such file or directory: 'requirments.txt'\n"
    command = [sys.executable, "-m", "assistant", "why", "--json"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}

    def why() -> dict[str, object]:
        done = subprocess.run(
            command, input=text, capture_output=True, text=True, timeout=120, cwd=project, env=environment
        )
        return json.loads(done.stdout)  # type: ignore[no-any-return]

    answer = why()
    assert answer["on_this_machine"]["confirmed"] is True  # type: ignore[index]
    assert "On this machine: yes, because there is no" in str(answer["text"])
    (project / "requirments.txt").write_text("six\n")
    answer = why()
    assert answer["on_this_machine"]["confirmed"] is False  # type: ignore[index]
    assert "On this machine: no sign of it:" in str(answer["text"])
