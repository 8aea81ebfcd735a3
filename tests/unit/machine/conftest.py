"""Tables of their own for the tests of checks, so that a new row in the knowledge changes no test."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.machine import compatibility, tables
from tests.unit.machine.fakes import write

TABLES = """\
cuda:
  as_of: "2026-10-28"
  rows:
    - {cuda: "13.2", minimum: "580", shipped: {linux: "595.45.04"}}
    - {cuda: "13.0", minimum: "580", shipped: {linux: "580.65.06"}}
    - {cuda: "12.8", minimum: {linux: "525", windows: "528.33"}, shipped: {linux: "570.26", windows: "570.65"}}
    - {cuda: "12.6", minimum: {linux: "525", windows: "528.33"}, shipped: {linux: "560.28.03", windows: "560.76"}}
    - {cuda: "11.8", minimum: {linux: "450", windows: "452.39"}, shipped: {linux: "520.61.05", windows: "520.06"}}
gpus:
  rows:
    - {capabilities: ["6.0", "6.1"], generation: Pascal, tags: [cu118, cu126], last_torch: "2.14"}
    - {capabilities: ["7.0"], generation: Volta,
       tags: [cu126, cu128], last_torch: "2.14", since: {cu128: "2.8"}, until: {cu128: "2.10"}}
    - {capabilities: ["7.5"], generation: Turing, tags: [cu126, cu128, cu130, cu132]}
    - {capabilities: ["8.0", "8.6"], generation: Ampere and Ada, tags: [cu118, cu126, cu128, cu130, cu132]}
    - {capabilities: ["9.0"], generation: Hopper, tags: [cu118, cu126, cu128, cu130, cu132]}
    - {capabilities: ["10.0", "12.0"], generation: Blackwell, tags: [cu128, cu130, cu132]}
torch:
  rows:
    - {torch: "2.15", python: ["3.11", "3.12", "3.13", "3.14", "3.15"],
       tags: [cu130, cu132], default_cuda: "13.2", torchvision: "0.29.2"}
    - {torch: "2.14", python: ["3.10", "3.11", "3.12", "3.13", "3.14"],
       tags: [cu126, cu130, cu132], default_cuda: "13.0", torchvision: "0.29"}
    - {torch: "2.10", python: ["3.10", "3.11", "3.12", "3.13", "3.14"],
       tags: [cu126, cu128, cu130], default_cuda: "12.8", torchvision: "0.25"}
    - {torch: "2.7", python: ["3.9", "3.10", "3.11", "3.12", "3.13"],
       tags: [cu118, cu126, cu128], default_cuda: "12.6", torchvision: "0.22"}
    - {torch: "2.2", python: ["3.8", "3.9", "3.10", "3.11", "3.12"],
       tags: [cu118, cu121], default_cuda: "12.1", torchvision: "0.17"}
python:
  rows:
    - {python: "3.13", end_of_life: "2029-10"}
    - {python: "3.12", end_of_life: "2028-10"}
    - {python: "3.10", end_of_life: "2026-10"}
    - {python: "3.9", end_of_life: "2025-10"}
"""


@pytest.fixture
def own_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tables.Table]:
    """The tables above, in place of those of the knowledge."""
    write(tmp_path / "content" / "knowledge" / "compatibility.yaml", TABLES)
    monkeypatch.setenv("ENVGUIDE_CONTENT", str(tmp_path / "content"))
    tables.table.cache_clear()
    yield compatibility.table()
    tables.table.cache_clear()
