"""Which PyTorch fits: over tables of the tests' own, and some plain answers from those of the knowledge."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.errors import StateError
from assistant.machine import compatibility as c
from assistant.machine.model import Driver, Gpu, Machine
from assistant.machine.tables import Table, load_compatibility, read_tables
from assistant.paths import content_dir

NEW = "595.58.03"


def best(tables: Table, **facts: str) -> tuple[str, str, str]:
    choice = c.best(tables, **facts)
    assert choice.known, choice.why
    assert choice.why and choice.command.startswith("pip install ")
    return choice.torch, choice.tag, choice.index.rpartition("/")[2]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        # A driver made for CUDA 13.2 takes PyPI's own wheel; one made for 13.0 the build that it can compile for.
        ({"driver": NEW, "capability": "8.6"}, ("2.15", "cu132", "")),
        ({"driver": "580.95.05", "capability": "8.9"}, ("2.15", "cu130", "cu130")),
        # Too old for CUDA 13: the last release with CUDA 12.
        ({"driver": "550.54.14", "capability": "8.6"}, ("2.14", "cu126", "cu126")),
        ({"driver": "570.26", "capability": "12.0"}, ("2.10", "cu128", "")),
        ({"driver": "470.82", "capability": "8.6"}, ("2.7", "cu118", "cu118")),
        # GPUs that newer releases left behind.
        ({"driver": NEW, "capability": "6.1"}, ("2.14", "cu126", "cu126")),
        ({"driver": NEW, "capability": "7.0"}, ("2.14", "cu126", "cu126")),
        # Pythons that do.
        ({"driver": NEW, "capability": "8.6", "python": "3.10.13"}, ("2.14", "cu132", "cu132")),
        ({"driver": NEW, "capability": "8.6", "python": "3.15"}, ("2.15", "cu132", "")),
        # Other systems.
        ({"driver": "581.15", "capability": "8.6", "system": "windows"}, ("2.15", "cu130", "cu130")),
        ({"system": "windows"}, ("2.15", "cpu", "")),
        ({}, ("2.15", "cpu", "cpu")),
        ({"system": "macos", "architecture": "arm64"}, ("2.15", "mps", "")),
        ({"system": "macos", "architecture": "arm64", "release": "15.1"}, ("2.15", "mps", "")),
        ({"system": "macos", "architecture": "arm64", "release": "13.6"}, ("2.10", "mps", "")),
        ({"system": "macos", "architecture": "x86_64"}, ("2.2", "cpu", "")),
        ({"driver": "580.95.05", "capability": "9.0", "architecture": "arm64"}, ("2.15", "cu130", "cu130")),
        # A driver newer than every row still runs what is in them.
        ({"driver": "700.10", "capability": "9.0"}, ("2.15", "cu132", "")),
        ({"driver": NEW}, ("2.15", "cu132", "")),
    ],
)
def test_the_best_build(own_tables: Table, facts: dict[str, str], expected: tuple[str, str, str]) -> None:
    assert best(own_tables, **facts) == expected


@pytest.mark.parametrize(
    ("facts", "word"),
    [
        ({"driver": NEW, "capability": "13.0"}, "compute capability 13.0"),
        ({"driver": NEW, "capability": "8.7"}, "no wheel for Orin"),
        ({"driver": NEW, "capability": "7.5", "architecture": "aarch64"}, "Turing"),
        ({"driver": NEW, "capability": "8.6", "glibc": "2.17"}, "glibc 2.28"),
        ({"system": "windows", "architecture": "arm64"}, "Windows on ARM"),
        ({"system": "macos", "architecture": "arm64", "release": "10.15"}, "macOS 10.15"),
        ({"driver": NEW, "capability": "8.6", "python": "3.16"}, "newer"),
        ({"driver": NEW, "capability": "8.6", "python": "3.7"}, "no PyTorch in them has wheels"),
        ({"driver": "390.10", "capability": "6.1"}, "390.10"),
        ({"driver": "unknown", "capability": "8.6"}, "is not one"),
        ({"system": "macos", "architecture": "x86_64", "python": "3.13"}, "this Mac"),
    ],
)
def test_past_the_last_row_it_says_so(own_tables: Table, facts: dict[str, str], word: str) -> None:
    choice = c.best(own_tables, **facts)
    assert not choice.known and choice.torch == "" and choice.command == ""
    assert word in choice.why[0] and "as of 2026-" in choice.why[0]


def test_empty_tables_know_nothing() -> None:
    assert not c.best(Table()).known
    assert c.minimum_driver(Table(), "13.0", "linux") == "" and c.end_of_life(Table(), "3.10") == ""
    assert c.driver_runs(Table(), NEW, "13.0", "linux") is None and c.newest_cuda(Table()) == ""


def test_what_held_a_choice_back_is_said(own_tables: Table) -> None:
    why = " ".join(c.best(own_tables, driver="550.54.14", capability="8.6").why)
    assert "PyTorch 2.15 needs driver 580" in why and "driver 550.54.14 runs CUDA 12" in why
    assert "has no wheels for Python 3.10" in " ".join(c.best(own_tables, driver=NEW, python="3.10").why)
    assert "has no build with code for compute capability 6.1" in " ".join(
        c.best(own_tables, driver=NEW, capability="6.1").why
    )


def test_the_command_can_be_run_as_it_stands(own_tables: Table) -> None:
    choice = c.best(own_tables, driver="580.95.05", capability="8.6", python="3.12.7")
    assert choice.python == "3.12"
    assert (
        choice.command == 'pip install "torch==2.15.*" torchvision --index-url https://download.pytorch.org/whl/cu130'
    )


def test_for_a_machine(own_tables: Table) -> None:
    gpu = Gpu(index=0, name="T4", capability="7.5")
    machine = Machine(system="linux", driver=Driver(state="ok", version=NEW), gpus=(gpu,))
    assert c.for_machine(own_tables, machine).tag == "cu132"
    assert c.for_machine(own_tables, machine.replace(driver=Driver(state="mismatch"))).tag == "cpu"
    unknown = Gpu(index=0, name="NVIDIA GeForce RTX 5080")
    old = machine.replace(gpus=(unknown,), driver=Driver(state="ok", version="570.86"))
    assert c.for_machine(own_tables, old).tag == "cu128"


def test_gpus_by_name(own_tables: Table) -> None:
    found = c.gpu_named(own_tables, "Tesla T4")
    assert found is not None and found.capability == "7.5"
    assert c.gpu_named(own_tables, "Radeon") is None
    for name, capability in (
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "8.9"),
        ("NVIDIA H100 80GB HBM3", "9.0"),
        ("NVIDIA A100-SXM4-80GB", "8.0"),
        ("NVIDIA GeForce GTX 1080 Ti", "6.1"),
        ("Tesla V100-SXM2-16GB", "7.0"),
        ("NVIDIA GeForce RTX 5090", "12.0"),
        ("NVIDIA B200", "10.0"),
        ("NVIDIA L4", "8.9"),
        ("NVIDIA A10G", "8.6"),
    ):
        row = c.gpu_named(KNOWN, name)
        assert row is not None and row.capability == capability, name


@pytest.mark.parametrize(
    ("driver", "cuda", "system", "runs"),
    [
        ("580.65.06", "13.2", "linux", True),
        ("575.57.08", "13.0", "linux", False),
        ("525.60.13", "12.9", "linux", True),
        ("527.41", "12.0", "windows", False),
        ("450.80", "11.4", "linux", True),
        ("580.1", "14.0", "linux", None),
        ("", "12.0", "linux", None),
    ],
)
def test_drivers(own_tables: Table, driver: str, cuda: str, system: str, runs: bool | None) -> None:
    assert c.driver_runs(own_tables, driver, cuda, system) is runs


@pytest.mark.parametrize(
    ("arches", "capability", "covers"),
    [
        ("sm_80 sm_90", "8.6", True),
        ("sm_86", "8.0", False),
        ("sm_80", "8.9", True),
        ("sm_80 sm_90", "12.0", False),
        ("sm_80 compute_90", "12.0", True),
        ("sm_100 sm_120", "12.1", True),
        ("sm_90a", "9.0", True),
        ("sm_100a", "10.3", False),
        ("sm_100f", "10.3", True),
        ("sm_80 sm_86", "8.7", False),
        ("odd", "8.0", False),
        ("sm_80", "", False),
    ],
)
def test_architectures(arches: str, capability: str, covers: bool) -> None:
    assert c.arches_cover(tuple(arches.split()), capability) is covers


@pytest.mark.parametrize(
    ("torch", "cuda", "capability", "covers"),
    [
        # Wheels for CUDA 12.8 held code for Volta in some releases: the table does not say in which.
        ("2.9.1+cu128", "12.8", "7.0", None),
        ("2.14.1", "12.6", "6.1", True),
        ("2.14.0", "13.0", "6.1", False),
        ("2.15.0", "13.0", "6.1", False),
        ("2.14.0", "12.6", "12.0", False),
        ("2.6.0", "12.8", "12.0", False),
        ("2.15.0", "13.0", "8.9", True),
        ("2.15.0", "13.0", "13.0", None),
        ("2.15.0", "13.0", "8.7", None),
        ("2.16.0", "14.0", "8.6", None),
    ],
)
def test_builds(own_tables: Table, torch: str, cuda: str, capability: str, covers: bool | None) -> None:
    assert c.build_covers(own_tables, torch, cuda, capability) is covers


def test_ends_of_pythons(own_tables: Table) -> None:
    assert [c.end_of_life(own_tables, version) for version in ("3.10.4", "3.13", "3.7.1", "3.99", "odd")] == [
        "2026-10",
        "2029-10",
        "2025-10",
        "",
        "",
    ]


@given(
    driver=st.text(max_size=12),
    capability=st.sampled_from(["", "8.6", "6.1", "99.9", "x"]),
    system=st.sampled_from(["linux", "windows", "macos"]),
    python=st.sampled_from(["", "3.12", "3.10.1", "2.7", "x"]),
)
@settings(max_examples=200, deadline=None)
def test_any_machine_gets_an_answer(driver: str, capability: str, system: str, python: str) -> None:
    choice = c.best(KNOWN, driver=driver, capability=capability, system=system, python=python)
    assert choice.known == bool(choice.torch) == bool(choice.command) and choice.why


@pytest.mark.parametrize("data", [None, [], "x", {"cuda": "x"}, {"torch": {"rows": ["x"]}}, {"gpus": {"rows": 3}}])
def test_tables_of_another_shape_are_an_error(data: object) -> None:
    with pytest.raises(StateError):
        read_tables(data)


def test_a_missing_and_a_damaged_file_are_errors(tmp_path: Path) -> None:
    (tmp_path / "bad.yaml").write_text("a: [", encoding="utf-8")
    for name in ("none.yaml", "bad.yaml"):
        with pytest.raises(StateError):
            load_compatibility(tmp_path / name)


KNOWN = load_compatibility(content_dir("knowledge") / "compatibility.yaml")


def test_the_tables_of_the_knowledge_are_whole() -> None:
    assert KNOWN.cuda and KNOWN.drivers and KNOWN.gpus and KNOWN.torch and KNOWN.systems and KNOWN.python
    assert set(KNOWN.as_of) == {"cuda", "drivers", "gpus", "torch", "systems", "python", "conda"} and all(
        KNOWN.as_of.values()
    )
    tags = {tag for release in KNOWN.torch for tag in release.tags}
    for release in KNOWN.torch:
        assert release.pythons and release.tags and release.pypi_cuda and release.torchvision, release
        assert all(c.cuda_of(tag) for tag in release.tags), release
    for row in KNOWN.gpus:
        assert row.generation and set(row.tags) | set(row.arm_tags) <= tags, row
        assert c.gpu_row(KNOWN, row.capability) is row
    for cuda in KNOWN.cuda:
        assert c.minimum_driver(KNOWN, cuda.version, "linux") and c.minimum_driver(KNOWN, cuda.version, "windows")
    assert c.end_of_life(KNOWN, "3.10") == "2026-10"


def test_the_tables_of_the_knowledge_give_the_known_answers() -> None:
    assert c.best(KNOWN, driver="550.54.14", capability="8.6").tag == "cu126"
    assert c.best(KNOWN, driver="580.95.05", capability="12.0").tag == "cu130"
    assert c.best(KNOWN, driver="580.95.05", capability="6.1").torch == "2.14"
    assert c.best(KNOWN, driver="580.95.05", capability="8.6", python="3.10").torch == "2.14"
    assert c.best(KNOWN, system="macos", architecture="x86_64").torch == "2.2"
    assert not c.best(KNOWN, driver="600", capability="15.0").known
