"""The completion scripts: bash's is used as bash uses it; the others are read by their shell, where it is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from assistant.arguments import parser
from assistant.search.library import open_library

SHELLS = ("bash", "zsh", "fish", "powershell")


@cache
def script(shell: str) -> str:
    made = subprocess.run(
        [sys.executable, "-m", "assistant", "completion", shell], capture_output=True, text=True, check=True
    )
    return made.stdout


@pytest.fixture(scope="module")
def bash(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("bash") is None:
        pytest.skip("bash is not installed")
    file = tmp_path_factory.mktemp("completion") / "envguide"
    file.write_text(script("bash"), encoding="utf-8")
    return file


def completed(file: Path, *line: str) -> list[str]:
    """What bash offers at the end of a command line."""
    code = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
$(complete -p envguide | sed 's/.*-F \\([^ ]*\\).*/\\1/')
printf '%s\\n' "${COMPREPLY[@]}"
"""
    ran = subprocess.run(
        ["bash", "--norc", "-c", code, "bash", str(file), *line], capture_output=True, text=True, check=True
    )
    assert not ran.stderr, ran.stderr
    return ran.stdout.split()


def test_bash_completes_verbs_options_flows_entries_tools_and_checks(bash: Path) -> None:
    assert {"ask", "run", "undo", "--open", "--accessible"} <= set(completed(bash, "envguide", ""))
    assert completed(bash, "envguide", "as") == ["ask"]
    assert completed(bash, "envguide", "--op") == ["--open"]
    assert "environment.create" in completed(bash, "envguide", "--open", "environment.cr")
    assert completed(bash, "envguide", "--open", "create-env") == ["create-environment"]
    assert completed(bash, "envguide", "run", "create-env") == ["create-environment"]
    assert completed(bash, "envguide", "plan", "create-environment", "--se") == ["--set"]
    assert "name=" in completed(bash, "envguide", "plan", "create-environment", "--set", "na")
    assert completed(bash, "envguide", "compare", "conda", "uv") == ["uv"]
    assert completed(bash, "envguide", "ask", "--os", "w") == ["windows"]
    assert "shell" in completed(bash, "envguide", "doctor", "sh")
    assert completed(bash, "envguide", "translate", "x", "--to", "mic") == ["micromamba"]
    assert completed(bash, "envguide", "completion", "f") == ["fish"]


def test_bash_completes_files_where_nothing_else_fits(bash: Path, tmp_path: Path) -> None:
    (tmp_path / "error.log").touch()
    assert completed(bash, "envguide", "why", f"{tmp_path}/err") == [f"{tmp_path}/error.log"]


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_names_all_verbs_and_flows_and_starts_nothing(shell: str) -> None:
    text = script(shell)
    verbs = next(action.choices for action in parser()._actions if hasattr(action, "choices") and action.choices)
    for word in (*verbs, *open_library().flow_ids(), "environment.create"):
        assert word in text, word
    assert "$(envguide" not in text and "(envguide" not in text


@pytest.mark.parametrize(
    ("shell", "command"),
    [
        ("bash", ["bash", "-n"]),
        ("zsh", ["zsh", "-n"]),
        ("fish", ["fish", "--no-execute"]),
        ("powershell", ["pwsh", "-NoProfile", "-File"]),
    ],
)
def test_the_shell_reads_its_script(tmp_path: Path, shell: str, command: list[str]) -> None:
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    file = tmp_path / ("completion.ps1" if shell == "powershell" else "completion")
    file.write_text(script(shell), encoding="utf-8")
    subprocess.run([*command, str(file)], check=True, capture_output=True, timeout=120)
