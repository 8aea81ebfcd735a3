"""What is read of a real conda, and its settings: shells, channels, terms."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.machine.model import Machine
from assistant.machine.probe import probe
from assistant.runner import facts
from tests.flows_run.conftest import differences
from tests.runner_conda.conftest import PACKAGE, Desk, conda

ROOT = Path(__file__).resolve().parents[2]


def real(paths: list[str]) -> set[str]:
    return {os.path.normcase(os.path.realpath(path)) for path in paths}


def test_what_is_read_from_files_is_what_conda_says(desk: Desk) -> None:
    desk.make("mine", PACKAGE)
    conda("create", "--prefix", str(desk.work / "inside"), "--yes")
    said = conda("info")
    machine = probe()
    own = facts.first_conda(machine)
    assert own is not None
    assert real([own.root]) == real([said["root_prefix"]])
    assert own.version == said["conda_version"] and own.platform == said["platform"]
    assert own.python_version == ".".join(said["python_version"].split(".")[:3])
    assert own.writable == said["root_writable"]
    assert real([own.envs_dirs[0]]) == real([said["envs_dirs"][0]]) == real([str(desk.envs)])
    assert real([own.pkgs_dirs[0]]) == real([said["pkgs_dirs"][0]])
    settings = conda("config", "--show", "channels", "channel_priority", "solver", "auto_activate")
    assert list(own.channels) == settings["channels"]
    assert own.channel_priority == settings["channel_priority"] and own.solver == settings["solver"]
    assert own.auto_activate == settings["auto_activate"]
    listed = conda("env", "list")["envs"]
    found = [one.path for one in machine.environments if one.kind == "conda"]
    assert real(listed) <= real(found)
    mine = machine.environment("mine")
    assert mine is not None and mine.python_version == desk.packages("mine")["python"]


def test_the_doctor_finds_nothing_broken_in_a_fresh_environment(desk: Desk) -> None:
    desk.make("mine", PACKAGE)
    done = subprocess.run(
        [sys.executable, "-m", "assistant", "doctor", "--json"], capture_output=True, text=True, cwd=desk.work,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode in (0, 1) and not done.stderr
    findings = json.loads(done.stdout)["findings"]
    assert [
        one
        for one in findings
        if str(desk.prefix("mine")) in json.dumps(one) and one["effect"] in ("blocks", "may-bite")
    ] == []


@pytest.mark.parametrize("target", ["bash", "zsh", "fish"])
def test_a_shell_is_set_up_and_back(desk: Desk, target: str) -> None:
    if shutil.which(target) is None:
        blocked = desk.run("initialise-shell", target=target)
        assert blocked.end.state == "blocked" and target in blocked.end.message
        pytest.skip(f"{target} is not installed")
    seen = desk.comes_back("initialise-shell", target=target)
    assert any("conda activate" in text for text in seen.end.notes)
    desk.done("initialise-shell", target=target)
    assert desk.plan("initialise-shell", target=target).steps[0].state == "done"


@pytest.mark.parametrize(
    "before", ["channels: [defaults]\n", "channels:\n  - defaults\n  - conda-forge\n# mine\n", "", None]
)
def test_conda_forge_alone_and_back(desk: Desk, before: str | None) -> None:
    """Also where there are no settings yet: conda copies those of the installation into the new file."""
    if before is None:
        (desk.home / ".condarc").unlink()
    else:
        (desk.home / ".condarc").write_text(before)
    start = desk.picture()
    desk.done("switch-to-conda-forge")
    shown = conda("config", "--show", "channels", "channel_priority")
    assert shown["channels"][0] == "conda-forge" and "defaults" not in shown["channels"]
    assert shown["channel_priority"] == "strict"
    assert all(step.state in ("done", "skipped") for step in desk.plan("switch-to-conda-forge").steps)
    desk.undo()
    assert differences(start, desk.picture()) == []


def test_the_folder_for_new_environments_is_the_one_that_conda_takes(desk: Desk) -> None:
    machine: Machine = desk.look()
    said = desk.plan("create-environment", tool="conda", name="demo", python=desk.python).steps[0].makes
    assert said == (str(desk.prefix("demo")),)
    assert facts.facts_of(machine)["conda_envs"] == str(desk.envs)
