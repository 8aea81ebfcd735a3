"""What the doctor finds: environments."""

from __future__ import annotations

import shutil

from tests.unit.machine.changes import Case, does, has_venv, loses_base, nothing, sets, upgrades_base
from tests.unit.machine.fakes import conda_environment, dist, record, site, venv, write

CASES = [
    Case(
        "environment-active-gone", "blocks", lambda f: shutil.rmtree(f.demo), nothing, "envs/demo", "conda deactivate"
    ),
    Case(
        "environment-empty",
        "blocks",
        lambda f: (shutil.rmtree(f.demo), conda_environment(f.demo, None)),
        nothing,
        "no python",
        "conda install -n demo python",
    ),
    Case("environment-no-pip", "may-bite", has_venv(by="uv"), has_venv(), ".venv", "uv pip install"),
    Case(
        "environment-frozen",
        "note",
        lambda f: write(f.demo / "conda-meta/frozen", "{}"),
        lambda f: write(f.conda / "conda-meta/frozen", "{}"),
        "frozen",
        "--clone demo",
        "clone-environment",
    ),
    Case(
        "environment-two-active",
        "may-bite",
        lambda f: f.env.update(VIRTUAL_ENV=str(venv(f.cwd / ".venv", f.root / "usr"))),
        lambda f: f.env.update(VIRTUAL_ENV=str(venv(f.cwd / ".venv", f.root / "usr")), CONDA_DEFAULT_ENV="base"),
        "VIRTUAL_ENV=",
        "deactivate",
    ),
    Case(
        "environment-venv-broken",
        "blocks",
        loses_base,
        has_venv(),
        "gone/bin, which is gone",
        "python3 -m venv --clear",
        "venv-from-requirements",
    ),
    Case(
        "environment-venv-upgraded",
        "blocks",
        upgrades_base,
        has_venv(),
        "packages for 3.11, interpreter 3.13",
        "--clear",
        "venv-from-requirements",
    ),
    Case(
        "environment-moved",
        "may-bite",
        lambda f: shutil.copytree(f.demo, f.conda / "envs" / "other", symlinks=True),
        lambda f: conda_environment(f.conda / "envs" / "other"),
        "still name",
        "create -n other-2 --clone",
    ),
    Case(
        "environment-on-conda",
        "note",
        lambda f: venv(f.cwd / ".venv", f.conda, "3.13.5"),
        lambda f: venv(f.cwd / ".venv", f.root / "usr"),
        "stands on",
    ),
    Case(
        "environment-overwritten",
        "may-bite",
        lambda f: (record(f.demo, "numpy", "2.1.0"), dist(site(f.demo), "numpy", "1.26.4")),
        lambda f: (record(f.demo, "numpy", "2.1.0"), dist(site(f.demo), "numpy", "2.1.0", "conda")),
        "conda 2.1.0, pip 1.26.4",
        "--from-history",
        "recreate-from-file",
    ),
    Case(
        "environment-duplicates",
        "may-bite",
        lambda f: (dist(site(f.demo), "rich", "1.0"), dist(site(f.demo), "rich", "2.0")),
        lambda f: dist(site(f.demo), "rich", "1.0"),
        "rich",
        "-m pip uninstall rich",
    ),
    Case(
        "environment-leftovers",
        "note",
        lambda f: write(site(f.demo) / "~ich-1.0.dist-info" / "METADATA", ""),
        nothing,
        "~ich",
        "rm -r ",
    ),
    Case(
        "environment-hollow",
        "note",
        lambda f: write(f.conda / "envs" / "rest" / "data", ""),
        lambda f: conda_environment(f.conda / "envs" / "rest"),
        "envs/rest",
        "rm -r ",
    ),
    Case(
        "environment-system-site",
        "note",
        does(
            has_venv(),
            lambda f: write(
                f.cwd / ".venv/pyvenv.cfg",
                f"home = {f.root}/usr/bin\nversion = 3.12.7\ninclude-system-site-packages = true\n",
            ),
        ),
        has_venv(),
        "include-system-site-packages",
    ),
    Case(
        "environment-in-cloud",
        "may-bite",
        lambda f: (
            conda_environment(f.home / "OneDrive - Firm" / "env"),
            write(f.home / ".conda/environments.txt", f"{f.home}/OneDrive - Firm/env\n"),
        ),
        nothing,
        "OneDrive - Firm",
    ),
    Case(
        "environment-odd-path",
        "note",
        does(
            lambda f: f.leave(), lambda f: f.env.update(CONDA_PREFIX=str(conda_environment(f.home / "my envs" / "é")))
        ),
        nothing,
        "my envs",
    ),
    Case(
        "environment-shadow",
        "may-bite",
        lambda f: write(f.cwd / "torch.py", ""),
        lambda f: write(f.cwd / "torch_example.py", ""),
        "torch.py",
        "torch_mine.py",
    ),
    Case(
        "environment-pythonpath",
        "may-bite",
        sets(PYTHONPATH="/home/sam/lib"),
        sets(PYTHONPATH=""),
        "/home/sam/lib",
        "unset PYTHONPATH",
    ),
]
