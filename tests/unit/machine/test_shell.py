"""Which shell is running: from the processes above, from Windows' variables, else from $SHELL."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.machine.context import Completed
from assistant.machine.probe import mac_ancestors
from assistant.machine.shell import linux_ancestors, running_shell, shell_of, terminal_name
from tests.unit.machine.fakes import Fake, process, write


@pytest.mark.parametrize(
    ("program", "shell"),
    [
        ("bash", "bash"),
        ("-zsh", "zsh"),
        ("/usr/bin/fish", "fish"),
        ("pwsh", "powershell"),
        ("powershell.exe", "powershell"),
        (r"C:\Windows\System32\cmd.exe", "cmd"),
        ("python3.12", ""),
        ("", ""),
    ],
)
def test_shell_names(program: str, shell: str) -> None:
    assert shell_of(program) == shell


def test_launchers_between_are_passed_over(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    process(fake.root, 100, "uv", 90)
    process(fake.root, 90, "sh", 80)
    process(fake.root, 80, "tmux: server (1)", 70)
    process(fake.root, 70, "zsh", 1)
    assert linux_ancestors(fake.roots())[:4] == ["uv", "sh", "tmux: server (1)", "zsh"]
    assert running_shell(fake.roots()) == ("zsh", "an ancestor process is zsh")


def test_the_login_shell_stands_in_and_says_so(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    process(fake.root, 100, "python3", 1)
    fake.env["SHELL"] = "/usr/bin/zsh"
    shell, evidence = running_shell(fake.roots())
    assert shell == "zsh" and "login shell" in evidence


def test_a_plain_shell_is_named_and_not_taken_for_bash(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    process(fake.root, 100, "dash", 1)
    fake.env["SHELL"] = "/bin/sh"
    assert running_shell(fake.roots()) == ("", "an ancestor process is dash")


def test_no_sign_of_any_shell(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    process(fake.root, 100, "systemd", 1)
    del fake.env["SHELL"]
    shell, evidence = running_shell(fake.roots())
    assert shell == "" and "no shell" in evidence


@pytest.mark.parametrize("text", ["", "100", "100 (bash", "100 (bash) S x", "100 (bash) S 100 1", "\x00\xff"])
def test_a_damaged_process_file_ends_the_walk(tmp_path: Path, text: str) -> None:
    fake = Fake(tmp_path)
    write(fake.root / "proc" / "100" / "stat", text)
    running_shell(fake.roots())


@pytest.mark.parametrize(
    ("variables", "shell"),
    [
        (
            {"PSMODULEPATH": r"C:\Users\Sam\Documents\PowerShell\Modules;C:\Program Files\PowerShell\Modules"},
            "powershell",
        ),
        ({"PSMODULEPATH": r"C:\Program Files\WindowsPowerShell\Modules;C:\Windows\system32", "PROMPT": "$P$G"}, "cmd"),
        ({"MSYSTEM": "MINGW64", "SHELL": "/usr/bin/bash"}, "bash"),
        ({}, ""),
    ],
)
def test_windows_by_its_variables(tmp_path: Path, variables: dict[str, str], shell: str) -> None:
    roots = Fake(tmp_path, "windows").roots().replace(env=variables, home=r"C:\Users\Sam")
    assert running_shell(roots)[0] == shell


def test_windows_by_the_processes_above(tmp_path: Path) -> None:
    roots = Fake(tmp_path, "windows").roots().replace(env={"PROMPT": "$P$G"})
    assert running_shell(roots, ["python.exe", "pwsh.exe", "WindowsTerminal.exe"])[0] == "powershell"


def test_macos_by_ps(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "macos")
    fake.answers["ps"] = Completed(
        code=0, out="    1     0 /sbin/launchd\n  100    90 -zsh\n   90     1 /Apps/iTerm2\nodd line\n"
    )
    assert mac_ancestors(fake.roots()) == ["-zsh", "iTerm2", "launchd"]
    assert running_shell(fake.roots(), mac_ancestors(fake.roots()))[0] == "zsh"


@pytest.mark.parametrize(
    ("variables", "name"),
    [
        ({"WT_SESSION": "x", "TERM": "xterm"}, "Windows Terminal"),
        ({"TERM_PROGRAM": "vscode", "TERM_PROGRAM_VERSION": "1.105"}, "vscode 1.105"),
        ({"KITTY_WINDOW_ID": "1"}, "kitty"),
        ({"TERM": "dumb"}, "dumb"),
        ({}, ""),
    ],
)
def test_terminals(tmp_path: Path, variables: dict[str, str], name: str) -> None:
    assert terminal_name(Fake(tmp_path).roots().replace(env=variables)) == name
