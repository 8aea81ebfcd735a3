"""A shell inside an environment: real shells where they are installed; paths never become code."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.machine.model import Environment, Machine
from assistant.machine.subshell import subshell


def environment(path: Path, kind: str = "venv") -> Environment:
    return Environment(name="demo", path=str(path), kind=kind, base="/opt/conda")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_a_real_shell_has_the_environment_active(tmp_path: Path, shell: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    place = tmp_path / "it's here; touch made"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(place)], check=True)
    made = subshell(environment(place), Machine(system="linux", shell=shell))
    asked = 'echo "in=$VIRTUAL_ENV"; exit\n'
    ran = subprocess.run(
        made.argv, env=made.env, input=asked, capture_output=True, text=True, cwd=tmp_path, timeout=60, check=False
    )
    assert f"in={place}" in ran.stdout, ran
    assert not (tmp_path / "made").exists()
    if made.folder:
        shutil.rmtree(made.folder)


def test_no_path_stands_in_what_a_shell_reads(tmp_path: Path) -> None:
    odd = tmp_path / "a'b\"c;d"
    for shell, system in (
        ("bash", "linux"),
        ("zsh", "macos"),
        ("fish", "linux"),
        ("powershell", "windows"),
        ("cmd", "windows"),
    ):
        for kind in ("venv", "conda"):
            made = subshell(environment(odd, kind), Machine(system=system, shell=shell), {})
            texts = [*made.argv]
            if made.folder:
                texts += [file.read_text() for file in Path(made.folder).iterdir()]
                shutil.rmtree(made.folder)
            assert not any(str(odd) in text for text in texts)
            assert made.env["ENVGUIDE_PREFIX"] == str(odd)


def test_what_cannot_be_opened_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="not activated"):
        subshell(environment(tmp_path, "pyenv"), Machine(system="linux", shell="bash"))
    with pytest.raises(UsageError, match="cannot be opened"):
        subshell(environment(tmp_path), Machine(system="linux", shell="tcsh"))
