"""Checks of what lies around environments: their folder, files that hide packages, variables that every Python reads."""

from __future__ import annotations

import re

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import move, unset
from assistant.machine.model import Machine

CLOUD = re.compile(
    r"[/\\](OneDrive[^/\\]*|Dropbox[^/\\]*|Google ?Drive|My Drive|iCloud ?Drive|Mobile Documents)[/\\]", re.IGNORECASE
)


@check("environment-in-cloud", "environment", "environments inside a synchronised folder", "environments")
def in_cloud(machine: Machine) -> list[Finding]:
    found = []
    for one in machine.environments:
        if place := CLOUD.search(one.path):
            found.append(
                Finding(
                    check="environment-in-cloud",
                    effect=MAY_BITE,
                    title=f"an environment lies in {place[1]}",
                    evidence=one.path,
                    advice="Synchronising its many files is slow and can lock or empty them. Make it again outside.",
                )
            )
    return found


@check(
    "environment-odd-path", "environment", "an active environment with spaces or accents in its path", "environments"
)
def odd_path(machine: Machine) -> list[Finding]:
    one = machine.active
    if one is None or (" " not in one.path and one.path.isascii()):
        return []
    return [
        Finding(
            check="environment-odd-path",
            effect=NOTE,
            title="the path of the active environment has a space or an accented letter",
            evidence=one.path,
            advice="Some build tools fail on such paths. If one does, make the environment elsewhere.",
        )
    ]


@check("environment-shadow", "environment", "files here that hide a package of the same name", "system")
def shadow(machine: Machine) -> list[Finding]:
    found = []
    for path in machine.shadows:
        name = path.replace("\\", "/").rpartition("/")[2].removesuffix(".py")
        ending = ".py" if path.endswith(".py") else ""
        found.append(
            Finding(
                check="environment-shadow",
                effect=MAY_BITE,
                title=f"a file here hides the module {name}",
                evidence=path,
                fix=(move(path, path.removesuffix(".py") + "_mine" + ending, machine.shell),),
                advice=f"Python started here imports this instead of {name}.",
            )
        )
    return found


@check("environment-pythonpath", "environment", "PYTHONPATH and PYTHONHOME", "network")
def pythonpath(machine: Machine) -> list[Finding]:
    found = []
    for name, effect, why in (
        ("PYTHONHOME", BLOCKS, "Every Python but one then looks for its library in the wrong place."),
        ("PYTHONPATH", MAY_BITE, "These folders come before the packages of every environment."),
    ):
        if value := machine.variables.get(name):
            found.append(
                Finding(
                    check="environment-pythonpath",
                    effect=effect,
                    title=f"{name} is set",
                    evidence=f"{name}={value}",
                    fix=(unset(name, machine.shell),),
                    advice=why,
                )
            )
    return found
