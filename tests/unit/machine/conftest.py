"""Tables of their own for the tests of checks, so that a new row in the knowledge changes no test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.machine import compatibility, tables
from assistant.search.library import Library, open_library
from tests.unit.machine.fakes import Fake, conda_environment, system_python, venv, write

TABLES = """\
cuda:
  as_of: 2026-08
  rows:
    - {version: "13.2", driver: "580", linux: "595.45.04", windows: ""}
    - {version: "13.0", driver: "580", linux: "580.65.06", windows: ""}
    - {version: "12.8", driver: "525", linux: "570.26", windows: "570.65"}
    - {version: "12.6", driver: "525", linux: "560.28.03", windows: "560.76"}
    - {version: "11.8", driver: "450", linux: "520.61.05", windows: "520.06"}
drivers:
  rows:
    - {cuda: "13", linux: "580", windows: "580"}
    - {cuda: "12", linux: "525.60.13", windows: "528.33"}
gpus:
  as_of: 2026-11
  rows:
    - {capability: "12.0", generation: Blackwell, names: ['RTX 50[5-9]0'], tags: [cu128, cu130, cu132],
       first_torch: "2.7"}
    - {capability: "9.0", generation: Hopper, tags: [cu118, cu126, cu128, cu130, cu132],
       arm_tags: [cu126, cu130, cu132]}
    - {capability: "8.7", generation: Orin, tags: []}
    - {capability: "8.6", generation: Ampere, names: ['['], tags: [cu118, cu126, cu128, cu130, cu132]}
    - {capability: "7.5", generation: Turing, names: ['\\bT4\\b'], tags: [cu118, cu126, cu128, cu130, cu132]}
    - {capability: "7.0", generation: Volta, tags: [cu118, cu126], last_torch: "2.14.1"}
    - {capability: "6.1", generation: Pascal, tags: [cu118, cu126], last_torch: "2.14.1"}
torch:
  as_of: 2026-10
  rows:
    - {version: "2.15", python: ["3.11", "3.15"], tags: [cu130, cu132], pypi_cuda: "13.2", torchvision: "0.29.2"}
    - {version: "2.14", python: ["3.10", "3.14"], tags: [cu126, cu130, cu132], pypi_cuda: "13.0", torchvision: "0.29"}
    - {version: "2.10", python: ["3.10", "3.14"], tags: [cu126, cu128, cu130], pypi_cuda: "12.8", torchvision: "0.25"}
    - {version: "2.7", python: ["3.9", "3.13"], tags: [cu118, cu126, cu128], pypi_cuda: "12.6", torchvision: "0.22"}
    - {version: "2.2", python: ["3.8", "3.12"], tags: [cu118, cu121], pypi_cuda: "12.1", torchvision: "0.17"}
systems:
  as_of: 2026-11
  rows:
    - {system: macos, machine: arm64, needs: macOS 14, last_torch: ""}
    - {system: macos, machine: arm64, needs: macOS 11, last_torch: "2.11.0", note: newer ones need macOS 14}
    - {system: macos, machine: x86_64, needs: macOS 10.9, last_torch: "2.2.2", note: no newer wheels}
python:
  as_of: 2026-11
  rows:
    - {version: "3.13", end_of_life: 2029-10}
    - {version: "3.12", end_of_life: 2028-10}
    - {version: "3.10", end_of_life: 2026-10}
    - {version: "3.9", end_of_life: 2025-10}
"""


@pytest.fixture
def own_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tables.Table]:
    """The tables above, in place of those of the knowledge."""
    write(tmp_path / "content" / "knowledge" / "compatibility.yaml", TABLES)
    monkeypatch.setenv("ENVGUIDE_CONTENT", str(tmp_path / "content"))
    tables.table.cache_clear()
    yield compatibility.table()
    tables.table.cache_clear()


@pytest.fixture(scope="session")
def library(compiled_home: Path) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(compiled_home))
        return open_library()


@pytest.fixture
def many(tmp_path: Path) -> Fake:
    """Miniforge with base, demo (active), ml, my-project and scratch; two virtual environments in the working directory."""
    fake = Fake.well(tmp_path)
    for name in ("ml", "my-project", "scratch"):
        conda_environment(fake.conda / "envs" / name)
    venv(fake.cwd / ".venv", fake.root / "usr")
    venv(fake.cwd / "web", fake.root / "usr")
    return fake


@pytest.fixture
def bare(tmp_path: Path) -> Fake:
    """A system with nothing but its own Python."""
    fake = Fake(tmp_path)
    fake.path = [system_python(fake.root) / "bin"]
    return fake
