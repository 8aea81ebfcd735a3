"""Answers fit the tools, the Python and the GPU of this machine, and are silent elsewhere.

Each thing that is said is tested beside a machine where it must not be said.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from argparse import Namespace
from pathlib import Path

import pytest

from assistant.dialogue.compose import compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import Asked, answer
from assistant.dialogue.talk import Conversation
from assistant.machine.model import Environment, Machine
from assistant.machine.quick import quick_machine
from assistant.render.answers import answer_text
from assistant.search.library import Library
from assistant.verbs.ask import asked_from
from tests.unit.machine.fakes import Fake, conda_environment, conda_root, program, record, system_python, venv, write
from tests.unit.machine.fitting import ask, runs, said, task

# Tools.


def test_no_conda_here(bare: Fake, library: Library) -> None:
    answered = task("environment.create", "create an env called demo", bare, library)
    notes = said(answered)
    assert "conda was not found on this machine" in notes and "install-miniforge" in notes
    assert "python3 -m venv demo" in notes
    assert runs(answered)[0] == "conda create -n demo python=3.13"


def test_conda_here(many: Fake, library: Library) -> None:
    assert "not found" not in said(task("environment.create", "create an env called fresh", many, library))


def test_a_conda_that_the_terminal_does_not_find(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    fake.path = [fake.root / "usr" / "bin"]
    del fake.env["CONDA_EXE"]
    notes = said(task("environment.create", "create an env called fresh", fake, library))
    assert f"{fake.conda}/bin/conda init bash" in notes and "not found on this machine" not in notes


@pytest.mark.parametrize(
    ("home", "shell", "command"),
    [
        ("C:\\Users\\sam", "powershell", "C:\\Users\\sam\\miniconda3\\Scripts\\conda.exe init powershell"),
        ("C:\\Users\\Sam Doe", "powershell", "& 'C:\\Users\\Sam Doe\\miniconda3\\Scripts\\conda.exe' init powershell"),
        ("C:\\Users\\Sam Doe", "cmd", '"C:\\Users\\Sam Doe\\miniconda3\\Scripts\\conda.exe" init cmd.exe'),
        ("C:\\Users\\sam", "cmd", "C:\\Users\\sam\\miniconda3\\Scripts\\conda.exe init cmd.exe"),
    ],
)
def test_on_windows_the_terminal_does_not_find_conda_by_default(
    library: Library, home: str, shell: str, command: str
) -> None:
    base = Environment(name="base", path=f"{home}\\miniconda3", kind="conda", base=f"{home}\\miniconda3")
    machine = Machine(
        system="windows", shell=shell, home=home, path=("C:\\Windows",), listed=True, environments=(base,)
    )
    view = view_for({"name": "fresh"}, (), Asked(machine=machine))
    notes = said(compose(library.entry("environment.create"), "create it", view, library))
    assert f"`{command}`" in notes, notes


def test_a_conda_that_is_in_use_is_not_said_to_be_missing(tmp_path: Path, library: Library) -> None:
    fake = Fake.well(tmp_path)
    fake.path = [fake.demo / "bin", fake.root / "usr" / "bin"]
    notes = said(task("environment.create", "create an env called fresh", fake, library))
    assert "not find" not in notes and "not found" not in notes


def test_only_micromamba_here(tmp_path: Path, library: Library) -> None:
    fake = Fake(tmp_path)
    system_python(fake.root)
    program(fake.home / "bin" / "micromamba")
    fake.path = [fake.home / "bin", fake.root / "usr" / "bin"]
    by_itself = task("environment.create", "create an env called fresh with python 3.12", fake, library)
    assert runs(by_itself)[0].startswith("micromamba create -n fresh python=3.12")
    asked_for_conda = task("environment.create", "create an env called fresh with conda", fake, library)
    assert "conda was not found on this machine, but micromamba is here: `micromamba create -n fresh" in said(
        asked_for_conda
    )
    assert runs(asked_for_conda)[0].startswith("conda create -n fresh")


@pytest.mark.parametrize(
    ("version", "entry", "question", "words"),
    [
        (
            "4.12.0",
            "environment.rename",
            "rename env ml to fresh",
            ("4.12.0", "`conda rename` came with 4.14.0", "--clone"),
        ),
        ("26.7.1", "environment.rename", "rename env ml to fresh", ()),
        ("4.14.0", "environment.rename", "rename env ml to fresh", ()),
        (
            "23.11.0",
            "environment.export",
            "export environment ml to yml file",
            ("`conda export` came with 24.3.0", "conda env export"),
        ),
        ("25.1.0", "environment.export", "export environment ml to yml file", ()),
    ],
)
def test_a_conda_too_old_for_a_command(
    tmp_path: Path, library: Library, version: str, entry: str, question: str, words: tuple[str, ...]
) -> None:
    fake = Fake.well(tmp_path)
    shutil.rmtree(fake.conda)
    conda_root(fake.conda, version)
    conda_environment(fake.conda / "envs" / "demo")
    conda_environment(fake.conda / "envs" / "ml")
    machine = quick_machine(fake.roots())
    conda = machine.tool("conda")
    assert conda is not None and conda.version == version
    notes = said(task(entry, question, fake, library))
    assert all(word in notes for word in words), notes
    assert words or "came with" not in notes


def test_uv_is_offered_where_pip_was_asked_for(bare: Fake, library: Library) -> None:
    question = "pip install from requirements.txt"
    assert "uv" not in said(task("package.install-requirements", question, bare, library))
    program(bare.home / "bin" / "uv")
    bare.path.append(bare.home / "bin")
    assert "You have uv" in said(task("package.install-requirements", question, bare, library))
    assert "`uv pip install -r requirements.txt`" in said(task("package.install-requirements", question, bare, library))


def test_a_missing_tool_of_ones_own_choice(bare: Fake, library: Library) -> None:
    assert "pixi was not found" in said(
        task("environment.activate", "activate an environment with pixi", bare, library)
    )
    program(bare.home / "bin" / "pixi")
    bare.path.append(bare.home / "bin")
    assert "not found" not in said(task("environment.activate", "activate an environment with pixi", bare, library))


def test_a_system_python_that_refuses_pip(tmp_path: Path, library: Library) -> None:
    question = "pip install from requirements.txt"
    fake = Fake(tmp_path)
    fake.path = [system_python(fake.root, managed=True) / "bin"]
    notes = said(task("package.install-requirements", question, fake, library))
    assert "pip refuses" in notes and "python3 -m venv .venv" in notes
    own = venv(fake.cwd / ".venv", fake.root / "usr")
    fake.env["VIRTUAL_ENV"] = str(own)
    fake.path.insert(0, own / "bin")
    assert "pip refuses" not in said(task("package.install-requirements", question, fake, library))


def test_a_python_whose_life_has_ended(many: Fake, library: Library) -> None:
    assert "no security fixes since 2024-10" in said(
        task("environment.create", "create an env called old with python 3.8", many, library)
    )
    assert "security" not in said(
        task("environment.create", "create an env called new with python 3.13", many, library)
    )


# GPU.


def pci(fake: Fake, vendor: str) -> None:
    device = fake.root / "sys" / "bus" / "pci" / "devices" / "0000:01:00.0"
    write(device / "class", "0x030000\n")
    write(device / "vendor", f"{vendor}\n")


def test_no_gpu_here(bare: Fake, library: Library) -> None:
    pci(bare, "0x8086")
    notes = said(task("pytorch.install", "install pytorch", bare, library))
    assert "No NVIDIA GPU or driver was found" in notes and "Intel" in notes


def test_a_gpu_without_a_driver(bare: Fake, library: Library) -> None:
    pci(bare, "0x10de")
    assert "has an NVIDIA GPU, but no NVIDIA driver is loaded" in said(
        task("pytorch.install", "install pytorch", bare, library)
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 01:15:15 UTC 2023",
            ("535.104.05", "12.x"),
        ),
        ("NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  595.58.03  Release Build", ("595.58.03", "13.x")),
    ],
)
def test_the_loaded_driver(bare: Fake, library: Library, line: str, words: tuple[str, ...]) -> None:
    pci(bare, "0x10de")
    write(bare.root / "proc" / "driver" / "nvidia" / "version", line + "\nGCC version: gcc 12\n")
    notes = said(task("pytorch.install", "install pytorch", bare, library))
    assert all(word in notes for word in words) and "No NVIDIA" not in notes


def test_a_gpu_that_cannot_be_ruled_out_is_not(bare: Fake, library: Library) -> None:
    bare.env["WSL_DISTRO_NAME"] = "Ubuntu"
    assert "NVIDIA" not in said(task("pytorch.install", "install pytorch", bare, library))


def test_a_mac_has_no_cuda(tmp_path: Path, library: Library) -> None:
    fake = Fake(tmp_path, "macos")
    fake.machine = "arm64"
    fake.path = [tmp_path]
    assert "CUDA does not exist for it" in said(task("pytorch.install", "install pytorch", fake, library))


# Silence.


@pytest.mark.parametrize("option", [{"os": "windows"}, {"shell": "fish"}, {"tool": "venv"}, {"os": "linux"}])
def test_an_override_leaves_the_machine_out(library: Library, option: dict[str, str]) -> None:
    options = Namespace(**{"os": "", "shell": "", "tool": "", "why": False, **option})
    for question in ("activate my env", "create an env called demo", "install pytorch", "list my environments"):
        alone = Asked(system=option.get("os", "linux"), shell=option.get("shell", "bash"), tool=option.get("tool", ""))
        assert said(answer(question, library, asked_from(options))) == said(answer(question, library, alone))


def test_another_system_in_the_question_leaves_the_machine_out(many: Fake, library: Library) -> None:
    assert said(task("environment.activate", "activate my env on Windows", many, library)) == ""
    assert said(task("environment.create", "create an env called ml in powershell", many, library)) == ""


def test_questions_that_are_about_no_environment_get_no_remark(many: Fake, library: Library) -> None:
    for question in ("conda vs venv", "what is a channel", "which installer should I take"):
        answered = ask(question, many, library)
        assert "You have" not in answer_text(answered) and "active here" not in answer_text(answered)


def test_first_sentence_and_commands_stay(many: Fake, library: Library) -> None:
    plain = answer("create an env called ml", library, Asked(system="linux", shell="bash", tool="conda"))
    fitted = task("environment.create", "create an env called ml", many, library)
    assert fitted.blocks[0] == plain.blocks[0]
    assert runs(fitted)[:1] == runs(plain)[:1]
    assert len(said(fitted).splitlines()) <= 2


def test_in_a_conversation_too(many: Fake, library: Library) -> None:
    talk = Conversation(library, Asked(machine=quick_machine(many.roots())))
    assert "Did you mean `my-project`" in said(talk.turn("activate my-projct"))
    assert runs(talk.turn("activate ml"))[0] == "conda activate ml"
    assert "You have: `base`" in said(talk.turn("activate my env"))
    assert said(talk.turn("on Windows?")) == ""


def test_one_shot_in_a_real_process(many: Fake) -> None:
    many.leave()
    environment = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("CONDA", "VIRTUAL", "MAMBA"))},
        "HOME": str(many.home),
        "PATH": f"{many.conda}/condabin:/usr/bin:/bin",
        "PYTHONPATH": str(Path.cwd()),
    }
    command = [sys.executable, "-m", "assistant", "ask", "activate", "my-projct"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, cwd=many.cwd)
    assert done.returncode == 0, done.stderr
    assert "Did you mean `my-project`?" in done.stdout.replace("\n", " ")


def test_a_version_of_conda_that_no_file_tells(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    for path in (fake.conda / "conda-meta").glob("conda-26*"):
        path.unlink()
    record(fake.conda, "conda-content-trust", "0.2.0")
    conda = quick_machine(fake.roots()).tool("conda")
    assert conda is not None and not conda.version
