"""Flows for tests: written as YAML in the test, run on a described machine or on this one, driven like a face would."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from assistant.machine.model import Machine
from assistant.runner import api, catalog, engine, pump, session

HEAD = """
id: {id}
title: A flow for tests
why: Because it is tested.
ask: [a, b, c, d, e]
sources: [test]
"""

# Short waits, so that tests of prompts and stops do not take long.
QUICK = pump.Patience(second_known=0.5, second=1.0, terminate=2.0, kill=4.0, prompt=0.2, unanswered=0.5)

PY = sys.executable
SIMPLE = """
params:
  name: {type: new-env-name, title: Name, default: demo}
vars: {file: '{cwd}/{name}.txt'}
steps:
  - id: make
    title: Make {name}
    run: [touch, '{file}']
    makes: '{file}'
    verify: [{probe: file-exists, path: '{file}'}]
    risk: user-files
    undo: {remove: '{file}'}
  - id: say
    title: Say it
    run: [PYTHON, -c, "import sys; print('hello', sys.argv[1])", '{name}']
    risk: reads
after: [{text: 'made {file}', commands: ['cat {file}']}]
""".replace("PYTHON", PY)

Answers = Mapping[str, str | api.Reply] | Callable[[api.Question], "str | api.Reply"]


@dataclass
class Driven:
    """All events of a session, and the ones that tests ask for most."""

    events: list[api.Event] = field(default_factory=list)

    @property
    def end(self) -> api.FlowFinished:
        last = self.events[-1]
        assert isinstance(last, api.FlowFinished)
        return last

    def of(self, *kinds: type) -> list:  # type: ignore[type-arg]
        return [event for event in self.events if isinstance(event, kinds)]

    @property
    def output(self) -> bytes:
        return b"".join(event.text for event in self.of(api.Output))


def drive(
    running: api.Session, answers: Answers | None = None, on: Callable[[api.Event], None] | None = None
) -> Driven:
    """Take every event; answer questions by their kind (or by a function), `yes` where nothing is said."""
    seen = Driven()
    for event in running.events():
        seen.events.append(event)
        if on is not None:
            on(event)
        if isinstance(event, api.Question):
            if callable(answers):
                running.reply(answers(event))
            else:
                running.reply((answers or {}).get(event.kind, "yes"))
    return seen


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder that the person is in."""
    folder = tmp_path / "work"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
def machine(own_home: Path, work: Path) -> Machine:
    """A Linux machine with nothing on it but the home and the working folder."""
    return Machine(system="linux", shell="bash", home=str(own_home), cwd=str(work))


class Flows:
    """Writes flows and runs them."""

    def __init__(self, folder: Path, machine: Machine) -> None:
        self.folder, self.machine = folder, machine
        folder.mkdir(exist_ok=True)

    def write(self, text: str, flow_id: str = "test-flow") -> api.Catalog:
        """A flow whose id, title and phrasings are given already."""
        body = HEAD.format(id=flow_id) + textwrap.dedent(text)
        (self.folder / f"{flow_id}.yaml").write_text(body, encoding="utf-8")
        return catalog.from_folder(self.folder)

    def plan(self, known: api.Catalog, flow_id: str = "test-flow", **given: str) -> api.Plan:
        return api.make_plan(flow_id, given, flows=known, machine=self.machine)

    def session(
        self, known: api.Catalog, flow_id: str = "test-flow", *, plan: api.Plan | None = None,
        policy: api.Policy | None = None, **given: str,
    ) -> api.Session:  # fmt: skip
        made = plan or self.plan(known, flow_id, **given)
        work = engine.Engine(made, known, policy or api.Policy(), look=lambda: self.machine, patience=QUICK)
        return session.Session(work)

    def run(self, known: api.Catalog, answers: Answers | None = None, **more: object) -> Driven:
        return drive(self.session(known, **more), answers)  # type: ignore[arg-type]

    def resume(self, run: str = "", answers: Answers | None = None, policy: api.Policy | None = None) -> Driven:
        return drive(api.resume(run, policy or api.Policy(), look=lambda: self.machine), answers)

    def undo(self, run: str = "", answers: Answers | None = None, policy: api.Policy | None = None) -> Driven:
        return drive(api.undo(run, policy or api.Policy(), look=lambda: self.machine), answers)


@pytest.fixture
def flows(tmp_path: Path, machine: Machine) -> Iterator[Flows]:
    """A folder of flows for this test alone."""
    yield Flows(tmp_path / "flows", machine)


def tree(folder: Path) -> dict[str, bytes | None]:
    """Every file below a folder with its bytes: to see that nothing has changed."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() and not path.is_symlink() else None
        for path in sorted(folder.rglob("*"))
    }
