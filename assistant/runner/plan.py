"""A plan: what each step would do on this machine, and why. Data alone; there is nothing in it that could run."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import subprocess
from typing import Any, Literal

from assistant.content.compiled import to_plain
from assistant.content.frozen import Frozen
from assistant.runner.compose import Bound
from assistant.runner.flow import ALONE, Flow, Kind, Risk
from assistant.runner.param_types import Checked

State = Literal["will-run", "done", "blocked", "skipped"]


class PlannedStep(Frozen):
    """One step of a plan. `id` is the bound id; texts are filled; `argv` is empty for what is not a program."""

    id: str
    title: str
    why: str
    kind: Kind
    state: State
    reason: str
    help: str = ""
    command: str = ""
    argv: tuple[str, ...] = ()
    cwd: str = ""
    risk: Risk = "reads"
    undo: str = ""
    undoable: bool = False
    downloads: str = ""
    changes: tuple[str, ...] = ()
    deletes: tuple[str, ...] = ()
    details: tuple[str, ...] = ()
    """Lines that show it: the difference of an edit, the words of a note."""
    commands: tuple[str, ...] = ()
    """Commands of a note, to copy."""
    makes: tuple[str, ...] = ()
    touches: tuple[str, ...] = ()
    keeps: tuple[str, ...] = ()
    """Folders that are kept whole before the step and come back on undo."""
    leaves: tuple[str, ...] = ()
    leftover: tuple[str, ...] = ()
    """What an interrupted try of this run left half-made; it is deleted before the step begins again."""
    foreign: tuple[str, ...] = ()
    """Files below what is deleted that were added or changed since the run made it; no `--yes` covers these."""
    unsure: bool = False
    """It was begun once, and nothing can tell whether it was done."""
    optional: bool = False
    can_preview: bool = False
    on_error: tuple[str, ...] = ()
    digest: str = ""
    """What would be done, as a hash: a permission holds for exactly this."""

    @property
    def alone(self) -> bool:
        """Whether it is always confirmed on its own: it deletes, or needs an administrator."""
        return self.risk in ALONE or bool(self.leftover)

    def to_plain(self) -> dict[str, Any]:
        """The fields of the contract first, then what else there is."""
        fields: dict[str, Any] = {
            name: getattr(self, name) for name in ("id", "title", "why", "state", "reason", "command", "risk", "undo")
        }
        more = to_plain(self)
        return {**fields, **{name: value for name, value in more.items() if name not in fields and name != "digest"}}


class Plan(Frozen):
    """What a run would do. `fingerprint` changes when anything that matters does."""

    flow: Flow
    params: dict[str, Checked]
    sources: dict[str, str]
    facts: dict[str, Any]
    steps: tuple[PlannedStep, ...]
    bound: tuple[Bound, ...]
    answers: dict[str, Checked] = {}
    known: dict[str, dict[str, str]] = {}
    """Environments that were looked up, so that a run still knows one that it has removed."""
    fingerprint: str = ""

    @property
    def will_run(self) -> tuple[PlannedStep, ...]:
        """The steps that would be run."""
        return tuple(step for step in self.steps if step.state == "will-run")

    @property
    def blocked(self) -> tuple[PlannedStep, ...]:
        """The steps that cannot be run now."""
        return tuple(step for step in self.steps if step.state == "blocked")

    def step(self, step_id: str) -> PlannedStep:
        """A step by its id; KeyError where there is none."""
        for one in self.steps:
            if one.id == step_id:
                return one
        raise KeyError(step_id)

    def to_plain(self) -> dict[str, Any]:
        """`plan --json`."""
        return {
            "schema": 1,
            "flow": self.flow.id,
            "title": self.flow.title,
            "params": to_plain(self.params),
            "facts": to_plain(self.facts),
            "steps": [step.to_plain() for step in self.steps],
            "fingerprint": self.fingerprint,
        }


def digest(*parts: Any) -> str:
    """A short hash of plain data."""
    text = json.dumps(to_plain(parts), sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def fingerprint(flow: Flow, values: dict[str, Checked], steps: tuple[PlannedStep, ...]) -> str:
    """The hash of a whole plan: flow, values, and state and action of each step."""
    return digest(flow.id, values, [(step.id, step.state, step.digest) for step in steps])


def differences(old: Plan, new: Plan) -> tuple[str, ...]:
    """What changed between two plans of the same flow, in words."""
    before = {step.id: step for step in old.steps}
    after = {step.id: step for step in new.steps}
    found = []
    for step_id, step in after.items():
        was = before.get(step_id)
        if was is None:
            found.append(f"new step: {step.title}")
        elif was.state != step.state:
            found.append(f"{step.title}: was {was.state}, is {step.state} ({step.reason})")
        elif was.digest != step.digest and step.state == "will-run":
            found.append(f"{step.title}: now {step.command or step.reason}")
    found += [f"no longer a step: {step.title}" for step_id, step in before.items() if step_id not in after]
    return tuple(found)


def shown(argv: tuple[str, ...], system: str = "") -> str:
    """A command as a person would type it."""
    if system == "windows" or (not system and os.name == "nt"):
        return subprocess.list2cmdline(argv)
    return " ".join(map(_quoted, argv))


def _quoted(word: str) -> str:
    """A word as a POSIX shell reads it; in double quotes where it has single ones and nothing that acts in double ones."""
    return f'"{word}"' if "'" in word and not set(word) & set('"$`\\!') else shlex.quote(word)
