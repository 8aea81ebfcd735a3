"""No test can reach the real home: every run has its own state folders, and a home that is a temporary folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
_VARIABLES = (
    "NO_COLOR",
    "FORCE_COLOR",
    "ACCESSIBLE",
    "ENVGUIDE_CONTENT",
    "CONDA_PREFIX",
    "CONDA_DEFAULT_ENV",
    "VIRTUAL_ENV",
    "CONDA_SHLVL",
)


@pytest.fixture(scope="session")
def compiled_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A state folder for the whole session, so that the content is compiled once."""
    return tmp_path_factory.mktemp("envguide-home")


@pytest.fixture(autouse=True)
def own_home(compiled_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """HOME and all state folders are temporary; the compiled content is shared by the session."""
    home = tmp_path / "home"
    home.mkdir()
    for name in _VARIABLES:
        monkeypatch.delenv(name, raising=False)
    for name in list(os.environ):
        if name.startswith(("XDG_", "PIP_", "UV_", "CONDA_", "MAMBA_")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    state = tmp_path / "envguide"
    (state / "cache").parent.mkdir(exist_ok=True)
    cache = compiled_home / "cache"
    cache.mkdir(exist_ok=True)
    state.mkdir(exist_ok=True)
    (state / "cache").symlink_to(cache, target_is_directory=True)
    monkeypatch.setenv("ENVGUIDE_HOME", str(state))
    yield home
