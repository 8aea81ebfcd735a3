"""What probes are made of: their answers, what they may use, how one is registered and asked.

A probe changes nothing: it reads files, or runs the asked environment's own Python without writing bytecode. `reason`
is a statement of what was found, true whether the step wanted it or not.
"""

from __future__ import annotations

import os
from collections.abc import Callable

from assistant.content.frozen import Frozen
from assistant.machine.context import Completed, run_command
from assistant.machine.model import Machine
from assistant.runner import habits, template
from assistant.runner.flow import Probe

TIMEOUT = 60.0  # seconds that a probe's program may take; importing torch from a cold disk is slow
DEVICES = ("auto", "cpu", "cuda", "mps", "xpu")


class Result(Frozen):
    """What a probe found."""

    ok: bool
    reason: str
    evidence: str = ""


class Context(Frozen):
    """What a probe may use. `fresh`: right at a step, when facts that were taken earlier may be old."""

    machine: Machine
    fresh: bool = False
    env: dict[str, str] = {}

    def run(self, argv: list[str], timeout: float = TIMEOUT, **variables: str) -> Completed:
        """Run a program that only reads, without leaving compiled modules behind."""
        env, _ = habits.child_environment(tuple(argv), {**(self.env or os.environ), **variables})
        env["PYTHONDONTWRITEBYTECODE"] = "1"
        for name in ("PYTHONHOME", "PYTHONPATH", "PYTHONSTARTUP"):
            env.pop(name, None)
        return run_command(argv, timeout=timeout, env=env)


class Kind(Frozen):
    """A probe's function, the fields it needs, and those it may have."""

    answer: Callable[[Probe, Context], Result]
    needs: tuple[str, ...]
    may: tuple[str, ...] = ()


KINDS: dict[str, Kind] = {}


def kind(
    name: str, *needs: str, may: tuple[str, ...] = ()
) -> Callable[[Callable[[Probe, Context], Result]], Callable[[Probe, Context], Result]]:
    """Register a probe by its name in YAML."""

    def register(function: Callable[[Probe, Context], Result]) -> Callable[[Probe, Context], Result]:
        KINDS[name] = Kind(answer=function, needs=needs, may=may)
        return function

    return register


TEXT_FIELDS = ("path", "prefix", "version", "command", "name", "text", "shell", "device", "says", "otherwise")
LIST_FIELDS = ("imports", "packages", "run")


def filled(probe: Probe, values: template.Values) -> Probe:
    """The probe with its texts filled.

    Raises:
        template.UnknownNameError: a text needs a value that is not known yet.
    """
    changes: dict[str, object] = {name: template.fill(getattr(probe, name), values) for name in TEXT_FIELDS}
    changes |= {name: template.fill_items(getattr(probe, name), values) for name in LIST_FIELDS}
    return probe.replace(**changes, when={})


def ask(probe: Probe, context: Context) -> Result:
    """Answer one filled probe. A probe that fails itself counts as not holding, with the error as its reason."""
    known = KINDS.get(probe.probe)
    if known is None:
        return Result(ok=False, reason=f"there is no probe `{probe.probe}`")
    try:
        result = known.answer(probe, context)
    except OSError as error:
        result = Result(ok=not probe.expect, reason=f"{probe.probe}: {error.strerror or error}")
    ok = result.ok == probe.expect
    return result.replace(ok=ok, reason=probe.says if probe.says and not ok else result.reason)


def ask_all(probes: tuple[Probe, ...], values: template.Values, context: Context) -> list[tuple[Probe, Result]]:
    """Answer probes in order and stop at the first that does not hold; those whose condition does not hold are left
    out.
    """
    answers = []
    for one in probes:
        if template.holds(one.when, values):
            probe = filled(one, values)
            answers.append((probe, ask(probe, context)))
            if not answers[-1][1].ok:
                break
    return answers
