"""The flows of this project, run for real: in homes and folders of their own, with pictures of the disk before and
after.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import pytest

from assistant.machine.model import Machine
from assistant.runner import api, catalog, engine, facts, session
from tests.flows_run import fake_conda, wheels
from tests.runner.conftest import QUICK, Answers, Driven, drive

# Interpreters beside the system's own, looked for before a test takes the home away.
PYENV = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
MORE_PYTHONS = [str(place) for place in sorted(PYENV.glob("3.1[0-9]*/bin"))]
HERE = f"{sys.version_info.major}.{sys.version_info.minor}"  # the one Python that is surely there
ROOT = Path(__file__).resolve().parents[2]
FLOWS = catalog.from_folder(ROOT / "flows")
# Folders of caches and of envguide itself, which no undo has to bring back.
ASIDE = (".cache", "envguide", "pkgs", "__pycache__", ".conda-cache", "start")


def picture(*roots: Path) -> dict[str, tuple[object, ...]]:
    """Kind, mode and content of everything below some folders, but for caches."""
    found: dict[str, tuple[object, ...]] = {}
    for root in roots:
        for folder, folders, names in os.walk(root):
            folders[:] = [name for name in folders if name not in ASIDE]
            for name in (*folders, *names):
                path = Path(folder, name)
                status = path.lstat()
                if stat.S_ISLNK(status.st_mode):
                    found[str(path)] = ("link", str(path.readlink()))
                elif stat.S_ISDIR(status.st_mode):
                    found[str(path)] = ("folder", stat.S_IMODE(status.st_mode))
                else:
                    digest = hashlib.sha256(path.read_bytes()).hexdigest()
                    found[str(path)] = ("file", stat.S_IMODE(status.st_mode), digest)
    return found


def differences(before: Mapping[str, object], after: Mapping[str, object]) -> list[str]:
    """What is new, gone or changed between two pictures."""
    return sorted(
        f"{'new' if name not in before else 'gone' if name not in after else 'changed'} {name}"
        for name in {*before, *after}
        if before.get(name) != after.get(name)
    )


class Desk:
    """One person's home and working folder, and the flows that they run there."""

    def __init__(self, home: Path, work: Path) -> None:
        self.home, self.work = home, work
        self.look: Callable[[], Machine] = facts.look
        self.flows = FLOWS
        self.mending: api.Mending | None = None

    def plan(self, flow: str, **given: str) -> api.Plan:
        # The flow's own choice may not be on this machine, and nothing is downloaded.
        if flow == "create-environment" and given.get("tool") == "uv":
            given.setdefault("python", HERE)
        return api.make_plan(flow, given, flows=self.flows, machine=self.look())

    def run(
        self,
        flow: str,
        answers: Answers | None = None,
        policy: api.Policy | None = None,
        on: Callable[[api.Session, api.Event], None] | None = None,
        **given: str,
    ) -> Driven:
        made = self.plan(flow, **given)
        work = engine.Engine(
            made, self.flows, policy or api.Policy(), look=self.look, patience=QUICK, mending=self.mending
        )
        running = session.Session(work)
        return drive(running, answers, on=(lambda event: on(running, event)) if on else None)

    def done(self, flow: str, answers: Answers | None = None, **given: str) -> Driven:
        """Run it and expect that all goes well."""
        seen = self.run(flow, answers, **given)
        failed = [(event.step, event.reason, event.tail) for event in seen.of(api.StepFailed)]
        assert seen.end.state == "done", (seen.end, failed)
        return seen

    def undo(self, answers: Answers | None = None) -> Driven:
        """Take the last run back and expect that all goes well."""
        seen = drive(api.undo("", api.Policy(), look=self.look), answers)
        failed = [(event.step, event.reason, event.tail) for event in seen.of(api.StepFailed)]
        assert seen.end.state == "done", (seen.end, failed)
        return seen

    def run_undo(self, answers: Answers | None = None) -> Driven:
        """Take the last run back, however that ends."""
        return drive(api.undo("", api.Policy(), look=self.look), answers)

    def resume(self) -> Driven:
        """Go on with the last run."""
        return drive(api.resume("", api.Policy(), look=self.look))

    def picture(self) -> dict[str, tuple[object, ...]]:
        return picture(self.home, self.work)

    def comes_back(self, flow: str, answers: Answers | None = None, **given: str) -> Driven:
        """Run it, take it back, and expect every byte as before."""
        before = self.picture()
        seen = self.done(flow, answers, **given)
        assert differences(before, self.picture()), "the flow changed nothing"
        self.undo(answers)
        assert differences(before, self.picture()) == []
        return seen


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the person is in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def desk(own_home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A home with a few files in it, and a PATH with the system's programs alone."""
    (own_home / ".bashrc").write_text("# mine\nexport A=1\n")
    (own_home / "thesis.txt").write_text("do not lose this")
    (own_home / "thesis.txt").chmod(0o640)
    cache = own_home.parent / "envguide" / "cache"
    cache.unlink()  # the one that all tests share would hold what another test has downloaded
    cache.mkdir()
    for name in ("CI", "PYTHONPATH", "PYTHONHOME", "ZDOTDIR"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("SHELL", "/bin/bash")
    if os.name == "posix":
        monkeypatch.setenv("PATH", os.pathsep.join(["/usr/local/bin", "/usr/bin", "/bin", *MORE_PYTHONS]))
    return Desk(own_home, work)


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Small packages of our own in a folder that pip and uv take instead of PyPI."""
    folder = tmp_path / "index"
    wheels.write_all(folder)
    for name, value in (
        ("PIP_NO_INDEX", "1"), ("PIP_FIND_LINKS", str(folder)), ("PIP_CONFIG_FILE", os.devnull),
        ("PIP_DISABLE_PIP_VERSION_CHECK", "1"), ("UV_FIND_LINKS", str(folder)), ("UV_OFFLINE", "1"),
        ("UV_PYTHON_DOWNLOADS", "never"), ("UV_CACHE_DIR", str(tmp_path / "uv-cache")),
    ):  # fmt: skip
        monkeypatch.setenv(name, value)
    return folder


UV = shutil.which("uv", path=str(Path(sys.executable).parent)) or shutil.which("uv")


@pytest.fixture
def uv(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """uv on PATH, wherever the tests' own environment has it."""
    found = UV
    assert found, "uv comes with the extra `test`: pip install -e '.[test]'"
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "uv").symlink_to(found)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    yield str(folder / "uv")


class CondaDesk(Desk):
    """A desk with a conda in the home folder."""

    root: Path

    @property
    def calls(self) -> list[list[str]]:
        """What the stand-in was asked to do, without what only reads."""
        lines = (self.root / "calls").read_text().splitlines() if (self.root / "calls").exists() else []
        asked = [json.loads(line) for line in lines]
        return [words for words in asked if words[:2] != ["env", "list"] and "--dry-run" not in words]

    def picture(self) -> dict[str, tuple[object, ...]]:
        found = super().picture()
        return {name: value for name, value in found.items() if name != str(self.root / "calls")}


@pytest.fixture
def conda(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> CondaDesk:
    made = CondaDesk(desk.home, desk.work)
    made.root = desk.home / "miniforge3"
    fake_conda.install(made.root)
    return made


@pytest.fixture
def with_terms(desk: Desk) -> CondaDesk:
    """A conda whose channels have terms."""
    made = CondaDesk(desk.home, desk.work)
    made.root = desk.home / "miniconda3"
    fake_conda.install(made.root, terms=True)
    (desk.home / ".condarc").write_text("# my settings\nchannels:\n  - defaults\n")
    return made
