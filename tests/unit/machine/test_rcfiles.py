"""Start-up files of shells: init blocks as conda and mamba write them, and what people add by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.machine.rcfiles import block_root, parse, shell_files
from tests.unit.machine.fakes import Fake, init_block, write

MAMBA = """\
# >>> mamba initialize >>>
# !! Contents within this block are managed by 'micromamba shell init' !!
export MAMBA_EXE='/home/user/.local/bin/micromamba';
export MAMBA_ROOT_PREFIX='/home/user/micromamba';
__mamba_setup="$("$MAMBA_EXE" shell hook --shell bash --root-prefix "$MAMBA_ROOT_PREFIX" 2> /dev/null)"
if [ $? -eq 0 ]; then
    eval "$__mamba_setup"
else
    alias micromamba="$MAMBA_EXE"  # Fallback on help from micromamba activate
fi
unset __mamba_setup
# <<< mamba initialize <<<
"""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_condas_block(shell: str) -> None:
    file = parse("export A=1\n" + init_block("/home/user/miniforge3", shell), shell=shell)
    (block,) = file.blocks
    assert (block.tool, block.root, block.start) == ("conda", "/home/user/miniforge3", 2)
    assert block.end > block.start
    assert file.path_edits == () and file.sourced == () and file.aliases == ()


def test_condas_block_in_powershell() -> None:
    (block,) = parse(init_block(r"C:\Users\sam\miniconda3", "powershell"), shell="powershell").blocks
    assert block.root == "C:/Users/sam/miniconda3" and block.end == 6


def test_mambas_block() -> None:
    file = parse(MAMBA)
    (block,) = file.blocks
    assert (block.tool, block.root, block.end) == ("mamba", "/home/user/micromamba", 12)
    assert "micromamba" in file.tools and file.aliases == ()


def test_two_blocks_and_one_without_end() -> None:
    text = init_block("/a/conda") + "\n" + init_block("/b/conda").rsplit("\n", 2)[0]
    first, second = parse(text).blocks
    assert (first.root, second.root, second.end) == ("/a/conda", "/b/conda", 0)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        (". /opt/conda/etc/profile.d/conda.sh", "sourced"),
        ("source ~/miniforge3/etc/profile.d/conda.sh", "sourced"),
        ('eval "$(/opt/conda/bin/conda shell.bash hook)"', "sourced"),
        ('eval "$(micromamba shell hook --shell zsh)"', "sourced"),
        ('export PATH="/home/sam/anaconda3/bin:$PATH"', "path_edits"),
        ("PATH=$HOME/miniconda3/bin:$PATH", "path_edits"),
        ("set -gx PATH /opt/miniforge3/bin $PATH", "path_edits"),
        ("$Env:PATH += ';C:\\miniconda3'", "path_edits"),
        ("alias python=python3", "aliases"),
        ("  alias pip='python3 -m pip'", "aliases"),
        ("Set-Alias python C:\\Python312\\python.exe", "aliases"),
    ],
)
def test_lines_by_hand(line: str, field: str) -> None:
    file = parse(f"# first\n{line}\n")
    assert getattr(file, field) == (f"line 2: {line.strip()}",)


@pytest.mark.parametrize(
    "line",
    [
        "# export PATH=/opt/conda/bin:$PATH",
        "export PATH=$HOME/bin:$PATH",
        "alias ll='ls -l'",
        "alias pythonic=1",
        "echo conda.sh",
        "export EDITOR=vim",
    ],
)
def test_ordinary_lines(line: str) -> None:
    file = parse(line)
    assert (file.sourced, file.path_edits, file.aliases) == ((), (), ())


def test_pyenv_is_seen() -> None:
    assert parse('eval "$(pyenv init -)"\n').pyenv and not parse("# pyenv init\n").pyenv


@pytest.mark.parametrize("home_word", ["$HOME", "${HOME}", "~"])
def test_the_home_in_a_block_is_filled_in(home_word: str) -> None:
    assert block_root(f"x=\"$('{home_word}/conda/bin/conda' 'shell.bash' 'hook')\"", "/home/sam") == "/home/sam/conda"


def test_lines_without_end_are_no_burden() -> None:
    for line in (" " * 300_000, "a" * 300_000, "alias python=" * 20_000, " conda shell." * 20_000):
        parse(line)


def test_a_root_in_other_variables_is_not_guessed() -> None:
    assert block_root("\"$ROOT/bin/conda\" 'shell.bash'", "/home/sam") == ""


def test_files_of_every_shell_are_listed(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.home / ".config" / "fish" / "conf.d" / "conda.fish", init_block("/gone/conda", "fish"))
    files = {file.path: file for file in shell_files(fake.roots())}
    assert {file.shell for file in files.values()} == {"bash", "zsh", "fish", "powershell"}
    assert files[str(fake.home / ".bashrc")].blocks[0].root_exists
    assert not files[str(fake.home / ".config/fish/conf.d/conda.fish")].blocks[0].root_exists
    assert not files[str(fake.home / ".zshrc")].exists


def test_zsh_may_keep_its_files_elsewhere(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env["ZDOTDIR"] = str(fake.home / "z")
    write(fake.home / "z" / ".zshrc", "alias python=python3\n")
    assert [file.path for file in shell_files(fake.roots()) if file.aliases] == [str(fake.home / "z" / ".zshrc")]


def test_windows_profiles_may_lie_in_onedrive(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    fake.env["ONEDRIVE"] = str(fake.home / "OneDrive")
    profile = fake.home / "OneDrive" / "Documents" / "PowerShell" / "profile.ps1"
    profile.parent.mkdir(parents=True)
    profile.write_text(init_block(r"C:\conda", "powershell"), encoding="utf-16")
    found = [file for file in shell_files(fake.roots()) if file.exists]
    assert [file.path for file in found] == [str(profile)] and found[0].blocks[0].root == "C:/conda"
