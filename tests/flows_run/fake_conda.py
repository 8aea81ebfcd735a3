"""A stand-in for conda that keeps to its real habits as far as the flows see them; made by `install(folder)`.

What it holds to (recordings 04, 12, 13, 15, 20-22, 35, 80): `create -y` replaces an environment without a word, and so does
`env create`; prompts take the end of input for yes; `env remove` without `-y` leaves a hollow folder; a step back in the
history is a revision itself; `init` writes one block and `init --reverse` leaves a blank line more; terms stop a create.
Its packages are names with versions; each puts one file into the environment. Python is a real one.
"""

from __future__ import annotations

import sys
from pathlib import Path

PROGRAM = Path(__file__).with_name("conda_program.py")


def install(root: Path, *, terms: bool = False) -> Path:
    """Put the stand-in into a folder that looks like an installation; returns the program. `terms`: its channels have
    terms of service that nobody has accepted.
    """
    for name in ("bin", "condabin", "conda-meta", "envs", "pkgs", "etc/profile.d"):
        (root / name).mkdir(parents=True)
    program = root / "bin" / "conda"
    program.write_text(f"#!{sys.executable}\n{PROGRAM.read_text(encoding='utf-8')}", encoding="utf-8")
    program.chmod(0o755)
    (root / "condabin" / "conda").symlink_to("../bin/conda")
    channel = "pkgs/main" if terms else "conda-forge"
    (root / "conda-meta" / "history").write_text("==> 2026-08-15 10:00:00 <==\n+conda-forge/noarch::conda-26.7.1-0\n")
    for name, version in (
        ("conda", "26.7.1"),
        ("python", "3.13.5"),
        *((("conda-anaconda-tos", "0.2.3"),) if terms else ()),
    ):
        (root / "conda-meta" / f"{name}-{version}-0.json").write_text(
            f'{{"name": "{name}", "version": "{version}", "channel": "https://repo.anaconda.com/{channel}/noarch"}}'
        )
    if terms:
        (root / "terms").touch()
    return program
