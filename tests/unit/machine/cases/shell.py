"""What the doctor finds: the shell."""

from __future__ import annotations

from tests.unit.machine.changes import Case, does, drops, in_windows, nothing, python_first, writes
from tests.unit.machine.fakes import conda_root, init_block, write

CASES = [
    Case(
        "shell-init-missing",
        "blocks",
        does(writes(".bashrc", "export A=1\n"), drops("CONDA_SHLVL")),
        drops("CONDA_SHLVL"),
        "no start-up file of bash",
        "init bash",
        "initialise-shell",
    ),
    Case(
        "shell-init-stale",
        "may-bite",
        lambda f: write(f.home / ".bashrc", init_block("/gone/conda") + init_block(str(f.conda))),
        nothing,
        "line 1: /gone/conda",
        "sed -i.bak '1,",
    ),
    Case(
        "shell-init-several",
        "may-bite",
        lambda f: write(
            f.home / ".bashrc", init_block(str(conda_root(f.home / "anaconda3"))) + init_block(str(f.conda))
        ),
        lambda f: write(f.home / ".bash_profile", init_block(str(f.conda))),
        "anaconda3",
        "sed -i.bak",
    ),
    Case(
        "shell-init-damaged",
        "may-bite",
        lambda f: write(f.home / ".bashrc", init_block(str(f.conda)).replace("# <<<", "# <")),
        nothing,
        "from line 1",
        "nano ",
    ),
    Case(
        "shell-path-order",
        "blocks",
        python_first("bin"),
        nothing,
        "bin/python; the active environment is",
        "conda activate demo",
    ),
    Case(
        "shell-aliases",
        "may-bite",
        lambda f: write(f.home / ".bashrc", "alias python=python3\n" + init_block(str(f.conda))),
        lambda f: write(f.home / ".zshrc", "alias python=python3\n"),
        "alias python=python3",
        "sed -i.bak '1,1d'",
    ),
    Case(
        "shell-path-by-hand",
        "note",
        lambda f: write(f.home / ".bashrc", 'export PATH="/opt/miniconda3/bin:$PATH"\n' + init_block(str(f.conda))),
        lambda f: write(f.home / ".bashrc", "export PATH=~/bin:$PATH\n" + init_block(str(f.conda))),
        "miniconda3",
        "sed -i.bak '1,1d'",
    ),
    Case(
        "shell-path-missing",
        "note",
        lambda f: f.path.append(f.home / "anaconda3" / "bin"),
        lambda f: f.path.append(f.home / "games"),
        "anaconda3",
    ),
    Case(
        "shell-execution-policy",
        "blocks",
        in_windows(user="Undefined"),
        in_windows(),
        "Restricted",
        "Set-ExecutionPolicy -Scope CurrentUser RemoteSigned",
    ),
    Case(
        "shell-onedrive-profile",
        "may-bite",
        does(in_windows(), writes("OneDrive/Documents/PowerShell/profile.ps1", "# mine\n")),
        does(in_windows(), writes("Documents/PowerShell/profile.ps1", "# mine\n")),
        "OneDrive",
        "",
    ),
]
