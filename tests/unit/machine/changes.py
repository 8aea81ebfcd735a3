"""Changes that make a well machine ill, or that bring about the nearest thing that is right."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from typing import Any, NamedTuple

from assistant.machine.context import Completed
from tests.unit.machine.fakes import (
    DEFAULTS,
    Fake,
    FakeNvml,
    conda_root,
    dist,
    init_block,
    process,
    program,
    record,
    site,
    system_python,
    terms,
    venv,
    write,
)
from tests.unit.machine.test_kernels import kernel


class Case(NamedTuple):
    """`wrong` and `right` change the well machine; the rest is what the finding must have or hold."""

    check: str
    effect: str
    wrong: Callable[[Fake], object]
    right: Callable[[Fake], object]
    evidence: str
    fix: str = ""
    flow: str = ""


GPU = {"name": "NVIDIA GeForce RTX 3090", "capability": (8, 6)}
VERSION = "__version__ = '{0}'\ncuda: Optional[str] = {1}\nhip: Optional[str] = None\n"
POLICIES = """\
  MachinePolicy {0}
     UserPolicy Undefined
        Process Undefined
    CurrentUser {1}
   LocalMachine Undefined
"""


def nothing(fake: Fake) -> None:
    """The well machine as it is."""


def does(*steps: Callable[[Fake], object]) -> Callable[[Fake], None]:
    """Several changes, one after the other."""

    def run(fake: Fake) -> None:
        for step in steps:
            step(fake)

    return run


def sets(**variables: str) -> Callable[[Fake], None]:
    return lambda fake: fake.env.update(variables)


def drops(*names: str) -> Callable[[Fake], None]:
    return lambda fake: [fake.env.pop(name, None) for name in names] and None


def writes(place: str, text: str) -> Callable[[Fake], object]:
    return lambda fake: write(fake.home / place, text.replace("HOME", str(fake.home)))


def has_gpu(**settings: Any) -> Callable[[Fake], None]:
    """A GPU with a driver; settings go to the fake NVML."""

    def change(fake: Fake) -> None:
        fake.nvml = FakeNvml(settings.pop("gpus", None) or [dict(GPU)], **settings)

    return change


def has_torch(version: str, cuda: str | None, *, answer: dict[str, Any] | None = None) -> Callable[[Fake], None]:
    """torch in the active environment; its Python answers the probe, with what torch was built for unless told."""

    def change(fake: Fake) -> None:
        write(site(fake.demo) / "torch" / "version.py", VERSION.format(version, repr(cuda)))
        dist(site(fake.demo), "torch", version)
        told = {"version": version, "cuda": cuda or "", "hip": "", "available": bool(cuda), "arches": []} | (
            answer or {}
        )
        (fake.demo / "bin" / "python3.12").unlink()
        program(fake.demo / "bin" / "python3.12", f"#!/bin/sh\necho '@@{json.dumps(told)}'\n")

    return change


def has_venv(**settings: Any) -> Callable[[Fake], None]:
    """A virtual environment of the project in place of the conda one, active."""

    def change(fake: Fake) -> None:
        fake.leave()
        path = venv(fake.cwd / ".venv", fake.root / "usr", **settings)
        fake.env["VIRTUAL_ENV"] = str(path)
        fake.path.insert(0, path / "bin")

    return change


def loses_base(fake: Fake) -> None:
    venv(fake.cwd / ".venv", fake.home / "gone")


def upgrades_base(fake: Fake) -> None:
    path = venv(fake.cwd / ".venv", fake.root / "usr", "3.11.4")
    program(fake.root / "usr" / "bin" / "python3.11")
    program(fake.root / "usr" / "bin" / "python3.13")
    (path / "bin" / "python").unlink()
    (path / "bin" / "python").symlink_to(fake.root / "usr" / "bin" / "python3.13")


def has_miniconda(version: str = "26.7.1") -> Callable[[Fake], None]:
    """Miniconda with Anaconda's channels in place of Miniforge."""

    def change(fake: Fake) -> None:
        shutil.rmtree(fake.conda)
        root = conda_root(fake.home / "miniconda3", version, channel=DEFAULTS)
        fake.leave()
        fake.env["CONDA_EXE"] = str(root / "bin" / "conda")
        fake.path = [root / "condabin", *fake.path[1:]]
        write(fake.home / ".bashrc", init_block(str(root)))

    return change


def accepts(fake: Fake) -> None:
    for name in ("main", "r"):
        terms(fake.home / ".conda" / "tos", DEFAULTS[:-4] + name, True)


def in_windows(**settings: Any) -> Callable[[Fake], None]:
    """A Windows machine with Miniconda, in PowerShell."""

    def change(fake: Fake) -> None:
        fake.system = "windows"
        local = fake.home / "AppData" / "Local"
        root = conda_root(local / "miniconda3", channel=DEFAULTS, system="windows")
        python = fake.home / "Python313"
        program(python / "python.exe", "MZ")
        fake.env = {"LOCALAPPDATA": str(local), "USERPROFILE": str(fake.home), "ONEDRIVE": str(fake.home / "OneDrive")}
        fake.path = [root / "condabin", python]
        text = POLICIES.format(settings.get("machine", "Undefined"), settings.get("user", "RemoteSigned"))
        fake.answers["powershell"] = lambda argv: (
            Completed(code=0, out=text) if "Policy" in argv[-1] else Completed(code=0, out="pwsh.exe\n")
        )

    return change


def store_first(fake: Fake) -> None:
    apps = fake.home / "AppData" / "Local" / "Microsoft" / "WindowsApps"
    program(apps / "python.exe", "")
    fake.path.insert(0, apps)


def in_macos(platform: str, machine: str = "arm64") -> Callable[[Fake], None]:
    def change(fake: Fake) -> None:
        fake.system, fake.machine = "macos", machine
        record(fake.conda, "python", "3.13.5", platform=platform, build="h2_0_cpython")

    return change


def in_shell(name: str) -> Callable[[Fake], None]:
    return lambda fake: process(fake.root, 100, name, 50)


def has_adapter(fake: Fake) -> None:
    card = fake.root / "sys" / "bus" / "pci" / "devices" / "0000:01:00.0"
    write(card / "class", "0x030000\n")
    write(card / "vendor", "0x10de\n")


def python_first(*places: str) -> Callable[[Fake], None]:
    """Other folders with a python in front of PATH."""

    def change(fake: Fake) -> None:
        for place in places:
            program(fake.home / place / "python")
            fake.path.insert(0, fake.home / place)

    return change


def system_only(**settings: Any) -> Callable[[Fake], None]:
    """No environment active: the system's Python answers."""

    def change(fake: Fake) -> None:
        shutil.rmtree(fake.root / "usr")
        fake.leave()
        fake.path = [system_python(fake.root, **settings) / "bin"]

    return change


def wants_pyenv(version: str) -> Callable[[Fake], None]:
    def change(fake: Fake) -> None:
        program(fake.home / ".pyenv" / "bin" / "pyenv")
        program(fake.home / ".pyenv" / "versions" / "3.12.7" / "bin" / "python3")
        fake.path.append(fake.home / ".pyenv" / "bin")
        write(fake.cwd / ".python-version", version)

    return change


def user_package(version: str) -> Callable[[Fake], object]:
    return lambda fake: dist(fake.home / ".local" / "lib" / f"python{version}" / "site-packages", "numpy", "1.26.4")


def with_kernel(name: str, interpreter: str, *, ipykernel: bool = True, title: str = "") -> Callable[[Fake], None]:
    def change(fake: Fake) -> None:
        if ipykernel:
            dist(site(fake.demo), "ipykernel", "7.1")
        kernel(fake.home / ".local/share/jupyter", name, interpreter.replace("DEMO", str(fake.demo)), title)

    return change


def jupyter_at(place: str) -> Callable[[Fake], None]:
    def change(fake: Fake) -> None:
        folder = fake.demo / "bin" if place == "demo" else fake.home / place
        program(folder / "jupyter")
        fake.path.append(folder)

    return change


def pip_at(interpreter: str) -> Callable[[Fake], None]:
    return lambda fake: (
        program(fake.demo / "bin" / "pip", f"#!{interpreter.replace('DEMO', str(fake.demo))}\n") and None
    )
