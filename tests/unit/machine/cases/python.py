"""What the doctor finds: interpreters and pip."""

from __future__ import annotations

import shutil

from tests.unit.machine.changes import (
    Case,
    does,
    has_venv,
    in_windows,
    nothing,
    pip_at,
    sets,
    store_first,
    system_only,
    user_package,
    wants_pyenv,
    writes,
)
from tests.unit.machine.fakes import conda_environment, write

CASES = [
    Case(
        "python-none",
        "may-bite",
        lambda f: (f.leave(), shutil.rmtree(f.root / "usr"), [path.unlink() for path in f.conda.rglob("bin/python*")]),
        nothing,
        "none in the",
        "",
        "install-miniforge",
    ),
    Case(
        "python-store-stub",
        "blocks",
        does(in_windows(), store_first),
        in_windows(),
        "comes first on PATH",
        "Remove-Item",
    ),
    Case(
        "python-end-of-life",
        "note",
        lambda f: conda_environment(f.conda / "envs" / "old", "3.9.2"),
        lambda f: conda_environment(f.conda / "envs" / "new", "3.13.1"),
        "old: 3.9.2 (ended 2025-10)",
        "",
        "change-python",
    ),
    Case(
        "python-externally-managed",
        "note",
        system_only(managed=True),
        system_only(),
        "PEP 668",
        "python3 -m venv .venv",
        "create-environment",
    ),
    Case("python-no-ensurepip", "may-bite", system_only(ensurepip=False), system_only(), "no ensurepip"),
    Case(
        "python-pyenv-version",
        "blocks",
        wants_pyenv("3.9.1"),
        wants_pyenv("3.12.7"),
        "asks for 3.9.1",
        "pyenv install 3.9.1",
    ),
    Case(
        "python-c-library",
        "may-bite",
        lambda f: (shutil.rmtree(f.root / "lib"), write(f.root / "lib64/libc-2.17.so", "")),
        nothing,
        "glibc 2.17",
    ),
    Case(
        "pip-other-python",
        "blocks",
        pip_at("/opt/other/bin/python3"),
        pip_at("DEMO/bin/python3.12"),
        "/opt/other/bin/python3",
        "python -m pip install",
    ),
    Case(
        "pip-user-site",
        "may-bite",
        user_package("3.12"),
        user_package("3.9"),
        ".local/lib/python3.12",
        "PYTHONNOUSERSITE",
    ),
    Case(
        "pip-config-broken",
        "blocks",
        writes(".config/pip/pip.conf", "index-url = x\n"),
        writes(".config/pip/pip.conf", "[global]\n"),
        "pip.conf",
        "pip.conf.broken",
    ),
    Case(
        "pip-indexes",
        "may-bite",
        writes(".config/pip/pip.conf", "[global]\nextra-index-url = https://x/simple\n"),
        writes(".config/pip/pip.conf", "[global]\ntimeout = 5\n"),
        "https://x/simple",
        "python3 -m pip config --user unset global.extra-index-url",
    ),
    Case("pip-places", "blocks", sets(PIP_TARGET="/srv/lib"), sets(PIP_USER="0"), "/srv/lib", "unset PIP_TARGET"),
    Case(
        "pip-break-system",
        "may-bite",
        writes(".config/pip/pip.conf", "[install]\nbreak-system-packages = true\n"),
        writes(".config/pip/pip.conf", "[install]\nbreak-system-packages = false\n"),
        "break-system-packages",
        "--user unset install.break-system-packages",
    ),
    Case(
        "pip-needs-environment",
        "note",
        sets(PIP_REQUIRE_VIRTUALENV="1"),
        does(has_venv(), sets(PIP_REQUIRE_VIRTUALENV="1")),
        "none is active",
        "python -m venv",
    ),
]
