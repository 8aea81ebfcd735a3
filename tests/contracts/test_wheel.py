"""The wheel that users get: built, opened, installed into a new virtual environment, asked a question there."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
import zipfile
from pathlib import Path

import pytest

from tests.conftest import ROOT

pytestmark = [pytest.mark.slow, pytest.mark.network]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built wheel. Building needs hatchling and the content's compiler, which the test extra installs."""
    out = tmp_path_factory.mktemp("dist")
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(out), str(ROOT)],
        check=True, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    return next(out.glob("*.whl"))


def test_it_holds_the_package_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"assistant", "envguide"}
    assert "assistant/_content/compiled.dat" in names
    assert "assistant/_content/knowledge/document.yaml" in names
    assert any(name.startswith("assistant/_content/flows/") for name in names)


def test_it_answers_in_a_new_environment(wheel: Path, tmp_path: Path) -> None:
    """Installed with its dependencies from PyPI; the compiled content of the wheel is used as it is."""
    target = tmp_path / "venv"
    venv.create(target, with_pip=True)
    binary = target / ("Scripts" if os.name == "nt" else "bin")
    subprocess.run([binary / "python", "-m", "pip", "install", "--quiet", str(wheel)], check=True, timeout=600)
    home = tmp_path / "state"
    environment = {**os.environ, "ENVGUIDE_HOME": str(home)}
    done = subprocess.run(
        [binary / "envguide", "ask", "--json", "conda vs venv"],
        capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["status"] == "answered"
    assert answer["citations"]
    assert not (home / "cache").exists(), "the wheel's compiled content was not trusted"
