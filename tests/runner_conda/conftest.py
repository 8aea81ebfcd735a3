"""The conda flows with a real conda: whichever is on PATH, with the channels that it has.

Home, environments and package cache are temporary folders; the installation itself is not changed. Everything here is
marked `conda`, and is skipped with a reason where there is no conda or its channels do not answer.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from assistant.machine.model import Machine
from assistant.machine.versions import numbers
from assistant.runner import api, catalog, facts
from tests.flows_run.conftest import FLOWS, differences, picture
from tests.runner.conftest import Answers, Driven, drive

CONDA = shutil.which("conda")
HERE = Path(__file__).parent
PACKAGE = "six"  # small, pure Python, in every channel, in several versions
ALL = api.Policy(yes=api.parse_yes("delete"), interactive=False)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if HERE in item.path.parents:
            item.add_marker(pytest.mark.conda)
            item.add_marker(pytest.mark.slow)
            if CONDA is None:
                item.add_marker(pytest.mark.skip(reason="needs a real conda on PATH"))


@dataclass(frozen=True)
class Offers:
    """What the channels of this conda have, and the cache that all tests here share."""

    pythons: tuple[str, ...]  # minor versions, the newest first
    versions: tuple[str, ...]  # of PACKAGE, the oldest first
    cache: Path


def conda(*arguments: str) -> dict[str, Any]:
    """Ask conda something with `--json`."""
    done = subprocess.run([str(CONDA), *arguments, "--json"], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout + done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="session")
def offers(tmp_path_factory: pytest.TempPathFactory) -> Offers:
    """Asked once; where the channels do not answer, every test here is skipped."""
    home, cache = tmp_path_factory.mktemp("conda-home"), tmp_path_factory.mktemp("conda-pkgs")
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CONDA_", "PIP_", "PYTHON"))}
    found: dict[str, list[str]] = {}
    for name in ("python", PACKAGE):
        done = subprocess.run(
            [str(CONDA), "search", name, "--json"], capture_output=True, text=True, timeout=600,
            env={**clean, "HOME": str(home), "USERPROFILE": str(home), "CONDA_PKGS_DIRS": str(cache)},
        )  # fmt: skip
        if done.returncode:
            pytest.skip(f"the channels of this conda do not answer: {(done.stderr or done.stdout).strip()[-300:]}")
        found[name] = sorted({row["version"] for row in json.loads(done.stdout)[name]}, key=numbers)
    minors = {numbers(version)[:2] for version in found["python"] if "rc" not in version}
    usable = sorted((one for one in minors if facts.OLDEST_PYTHON <= one <= facts.NEWEST_PYTHON), reverse=True)
    if not usable:
        pytest.skip("the channels of this conda have no Python of use here")
    return Offers(tuple(".".join(map(str, one)) for one in usable), tuple(found[PACKAGE]), cache)


class Desk:
    """One person's home, working folder and conda environments, and the flows that they run there."""

    def __init__(self, home: Path, work: Path, envs: Path, offers: Offers) -> None:
        self.home, self.work, self.envs, self.offers = home, work, envs, offers
        self.python = offers.pythons[min(1, len(offers.pythons) - 1)]  # not the very newest: all packages have it
        self.flows: catalog.Catalog = FLOWS

    def look(self) -> Machine:
        return facts.look()

    def prefix(self, name: str) -> Path:
        return self.envs / name

    def plan(self, flow: str, **given: str) -> api.Plan:
        return api.make_plan(flow, given, flows=self.flows, machine=self.look())

    def session(self, flow: str, policy: api.Policy = ALL, **given: str) -> api.Session:
        return api.start_run(self.plan(flow, **given), policy, flows=self.flows)

    def run(self, flow: str, answers: Answers | None = None, policy: api.Policy = ALL, **given: str) -> Driven:
        return drive(self.session(flow, policy, **given), answers)

    def done(self, flow: str, **given: str) -> Driven:
        """Run it and expect that all goes well."""
        return well(self.run(flow, **given))

    def undo(self) -> Driven:
        """Take the last run back and expect that all goes well."""
        return well(drive(api.undo("", ALL)))

    def picture(self) -> dict[str, tuple[object, ...]]:
        return picture(self.home, self.work, self.envs)

    def comes_back(self, flow: str, **given: str) -> Driven:
        """Run it, take it back, and expect every byte as before."""
        before = self.picture()
        seen = self.done(flow, **given)
        assert differences(before, self.picture()), "the flow changed nothing"
        self.undo()
        assert differences(before, self.picture()) == []
        return seen

    def make(self, name: str, *packages: str) -> Path:
        """An environment made with conda itself, as people have them."""
        conda("create", "--name", name, f"python={self.python}", *packages, "--yes")
        return self.prefix(name)

    def packages(self, name: str) -> dict[str, str]:
        """What conda says is in an environment: name -> version."""
        rows: Any = conda("list", "--prefix", str(self.prefix(name)))
        return {row["name"]: row["version"] for row in rows}


def well(seen: Driven) -> Driven:
    failed = [(event.step, event.reason, event.tail) for event in seen.of(api.StepFailed)]
    assert seen.end.state == "done", (seen.end, failed)
    return seen


@pytest.fixture
def desk(own_home: Path, tmp_path: Path, offers: Offers, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Environments go into a temporary folder, by the settings that a person would write."""
    work, envs = tmp_path / "work", tmp_path / "envs"
    work.mkdir()
    envs.mkdir()
    (envs / ".conda_envs_dir_test").touch()  # what conda leaves in a folder of environments that it has looked at
    monkeypatch.chdir(work)
    for name in ("CI", "PYTHONPATH", "PYTHONHOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    settings = {"envs_dirs": [str(envs)], "pkgs_dirs": [str(offers.cache)], "notify_outdated_conda": False}
    (own_home / ".condarc").write_text(json.dumps(settings) + "\n")  # JSON is YAML, too
    (own_home / ".bashrc").write_text("# mine\nexport A=1\n")
    monkeypatch.setenv("SHELL", "/bin/bash")
    yield Desk(own_home, work, envs, offers)
