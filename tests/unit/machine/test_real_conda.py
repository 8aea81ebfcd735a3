"""What the files say beside what a real conda says of itself: skipped where there is none on PATH."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from assistant.machine.context import this_machine
from assistant.machine.model import Machine
from assistant.machine.probe import probe

CONDA = shutil.which("conda")
pytestmark = [
    pytest.mark.conda,
    pytest.mark.slow,
    pytest.mark.skipif(CONDA is None, reason="needs a real conda on PATH"),
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home of its own, with a configuration; nothing active."""
    for name in list(os.environ):
        if name.startswith(("CONDA", "_CONDA", "MAMBA", "VIRTUAL_ENV", "XDG_CONFIG")):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    text = f"channel_priority: strict\nenvs_dirs:\n  - {tmp_path}/more\nssl_verify: false\nauto_activate: false\n"
    (tmp_path / ".condarc").write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def ask(*arguments: str) -> Any:
    """What conda itself says, as data."""
    done = subprocess.run([str(CONDA), *arguments, "--json"], capture_output=True, text=True, timeout=300, check=True)
    return json.loads(done.stdout)


def look() -> Machine:
    machine = probe({"condas", "environments", "tools"}, roots=this_machine(), timeout=120)
    assert machine.problems == ()
    return machine


def test_information_and_configuration(home: Path) -> None:
    info, settings, machine = ask("info"), ask("config", "--show"), look()
    conda = machine.condas[0]
    assert conda.root == info["root_prefix"] and conda.version == info["conda_version"]
    assert info["python_version"].startswith(conda.python_version)
    assert conda.platform in ("", info["platform"]) and conda.writable == info["root_writable"]
    assert [file.path for file in conda.files] == info["config_files"]
    assert list(conda.channels) == list(settings["channels"])
    assert conda.channel_priority == settings["channel_priority"] == "strict"
    assert conda.envs_dirs == tuple(settings["envs_dirs"]) and conda.envs_dirs[0] == str(home / "more")
    assert conda.pkgs_dirs == tuple(settings["pkgs_dirs"])
    assert conda.solver == settings["solver"]
    assert conda.ssl_verify == str(settings["ssl_verify"]).lower() == "false"
    assert conda.offline == settings["offline"]
    assert conda.auto_activate == settings.get("auto_activate", settings.get("auto_activate_base"))
    assert machine.active_path == (info["active_prefix"] or "")


def test_environments(home: Path) -> None:
    # An empty environment is made from nothing that would have to be downloaded.
    for arguments in (("-n", "one"), ("-p", str(home / "elsewhere"))):
        subprocess.run([str(CONDA), "create", *arguments, "--yes", "--offline", "--quiet"], check=True, timeout=300)
    theirs, ours = set(ask("env", "list")["envs"]), {one.path: one for one in look().environments if not one.hollow}
    # As an administrator conda reads the list in the homes of the system's accounts, not in $HOME.
    assert theirs | {str(home / "elsewhere")} == {path for path, one in ours.items() if one.kind == "conda"}
    assert ours[str(home / "more" / "one")].name == "one"
    assert ours[str(home / "elsewhere")].name == str(home / "elsewhere"), (
        "one outside the folders has no name but its path"
    )
    base = ask("info")["root_prefix"]
    assert ours[base].name == "base"


def test_an_active_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    subprocess.run([str(CONDA), "create", "-n", "one", "--yes", "--offline", "--quiet"], check=True, timeout=300)
    prefix = str(home / "more" / "one")
    monkeypatch.setenv("CONDA_PREFIX", prefix)
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "one")
    monkeypatch.setenv("CONDA_SHLVL", "1")
    machine, info = look(), ask("info")
    assert (machine.active_environment, machine.active_path) == (info["active_prefix_name"], info["active_prefix"])
    assert machine.tool("conda") is not None and machine.tool("conda").version == info["conda_version"]
