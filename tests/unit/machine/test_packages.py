"""What is installed, who installed it, and the traces that mixing leaves."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from assistant.machine.environments import list_environments
from assistant.machine.packages import describe, find_dist, parse_metadata_name
from tests.unit.machine.fakes import DEFAULTS, Fake, dist, record, site, venv, write


def described(fake: Fake, name: str):
    return describe(next(one for one in list_environments(fake.roots()) if one.name == name), fake.roots())


def test_a_clean_conda_environment(tmp_path: Path) -> None:
    one = described(Fake.well(tmp_path), "demo")
    assert one.detailed and one.has_pip and one.conda_count == 2
    assert one.channels == (("conda-forge", 2),)
    assert (one.pip_packages, one.overwritten, one.duplicates, one.leftovers) == ((), (), (), ())


def test_conda_and_pip_packages_are_told_apart(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    record(fake.demo, "numpy", "2.1.0")
    dist(site(fake.demo), "numpy", "2.1.0", "conda")
    record(fake.demo, "pytorch", "2.9.0")
    dist(site(fake.demo), "torch", "2.9.0", "conda")
    dist(site(fake.demo), "scikit-learn", "1.7.0", "pip")
    dist(site(fake.demo), "rich", "14.0", "uv")
    one = described(fake, "demo")
    assert one.pip_packages == ("rich 14.0", "scikit-learn 1.7.0")
    assert one.package("numpy").source == "conda" and one.package("torch").version == "2.9.0"
    assert one.package("scikit-learn").source == "pip" and one.package("rich") is None


def test_what_pip_replaced(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    record(fake.demo, "numpy", "2.1.0")
    dist(site(fake.demo), "numpy", "1.26.4", "pip")
    one = described(fake, "demo")
    assert one.overwritten == ("numpy: conda 2.1.0, pip 1.26.4",)
    assert one.package("numpy").version == "1.26.4"


def test_twins_and_leftovers(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    dist(site(fake.demo), "pandas", "2.2.0")
    dist(site(fake.demo), "pandas", "2.3.0")
    write(site(fake.demo) / "~umpy-1.26.4.dist-info" / "METADATA", "")
    one = described(fake, "demo")
    assert one.duplicates == ("pandas",) and one.leftovers == (str(site(fake.demo) / "~umpy-1.26.4.dist-info"),)


def test_channels_are_counted(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    for name in ("a", "b", "c"):
        record(fake.demo, name, "1", channel=DEFAULTS)
    assert described(fake, "demo").channels == (("defaults", 3), ("conda-forge", 2))


def test_a_uv_environment_has_no_pip(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    venv(fake.cwd / ".venv", fake.root / "usr", by="uv")
    assert not described(fake, ".venv").has_pip


def test_a_real_environment(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    subprocess.run([sys.executable, "-m", "venv", str(fake.cwd / ".venv")], check=True)
    one = described(fake, ".venv")
    assert one.has_pip and one.package("pip").version
    assert find_dist(one.path, "pip", "linux") == one.package("pip").version


@pytest.mark.parametrize(
    ("entry", "parsed"),
    [
        ("scikit_learn-1.5.0.dist-info", ("scikit-learn", "1.5.0")),
        ("PyYAML-6.0-py3.12.egg-info", ("pyyaml", "6.0")),
        ("numpy", None),
        (".dist-info", None),
        ("-1.dist-info", None),
        ("x.dist-info", None),
        ("a-b", None),
    ],
)
def test_metadata_names(entry: str, parsed: tuple[str, str] | None) -> None:
    assert parse_metadata_name(entry) == parsed


def test_a_hollow_folder_is_left_alone(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    (fake.conda / "envs" / "hollow").mkdir()
    assert not described(fake, "hollow").detailed
