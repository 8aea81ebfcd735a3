"""What a step would install, as the tool itself tells beforehand: names, versions, sizes. On request only.

The tools' caches and temporary files go to a folder that is deleted afterwards, so that nothing on the machine
changes; what is already in conda's cache is still seen, and need not be downloaded.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

from assistant.content.frozen import Frozen
from assistant.machine.context import run_command
from assistant.machine.model import Machine
from assistant.runner import habits, template
from assistant.runner.facts import first_conda
from assistant.runner.lines import strip_controls
from assistant.runner.plan import Plan
from assistant.runner.planner import resolve

TIMEOUT = 180.0  # seconds; solving a large environment with a cold cache takes that long


class PackageChange(Frozen):
    """A package that would be installed or removed. `size` is the download in bytes, None where the tool does not
    tell.
    """

    name: str
    version: str
    action: str = "install"
    size: int | None = None
    source: str = ""


class Preview(Frozen):
    """What a step would do to packages; `error` says why that is not known."""

    step: str
    packages: tuple[PackageChange, ...] = ()
    download: int | None = None
    error: str = ""
    hint: str = ""


def preview(plan: Plan, step_id: str, machine: Machine) -> Preview:
    """Ask the tool of one step. May take a minute and the network."""
    bound = next((one for one in plan.bound if one.id == step_id), None)
    given = next((one for one in bound.step.preview if template.holds(one.when, bound.scope)), None) if bound else None
    if bound is None or given is None:
        return Preview(step=step_id, error="this step cannot tell beforehand")
    argv = list(template.fill_items(given.run, bound.scope))
    program = resolve(argv[0], machine)
    if not program:
        return Preview(step=step_id, error=f"`{argv[0]}` is not on this machine")
    with tempfile.TemporaryDirectory(prefix="envguide-") as folder:
        env, _ = habits.child_environment(tuple(argv), dict(os.environ))
        answer = run_command(
            [program, *argv[1:]], timeout=TIMEOUT, env={**env, **_aside(given.kind, Path(folder), machine)}
        )
    parse = {"conda": parse_conda, "pip": parse_pip, "uv": parse_uv}[given.kind]
    packages, error = parse(answer.out, answer.err)
    if error or (answer.code != 0 and not packages):
        verdict = habits.judge(tuple(argv), answer.code or 1, (answer.out + "\n" + answer.err).encode())
        return Preview(step=step_id, error=error or verdict.reason, hint=verdict.hint)
    sizes = [package.size for package in packages if package.size is not None and package.action == "install"]
    return Preview(step=step_id, packages=tuple(packages), download=sum(sizes) if sizes else None)


def _aside(kind: str, folder: Path, machine: Machine) -> dict[str, str]:
    """Variables that send a tool's caches aside."""
    if kind == "conda":
        conda = first_conda(machine)
        # conda writes to the first folder and still reads the others.
        places = [str(folder / "pkgs"), *(conda.pkgs_dirs if conda else ())]
        return {"CONDA_PKGS_DIRS": ",".join(places), "CONDA_JSON": "true", "CONDA_NUMBER_CHANNEL_NOTICES": "0"}
    if kind == "pip":
        return {"PIP_CACHE_DIR": str(folder / "pip"), "PIP_DISABLE_PIP_VERSION_CHECK": "1", "TMPDIR": str(folder)}
    return {"UV_CACHE_DIR": str(folder / "uv"), "NO_COLOR": "1"}


def parse_conda(out: str, err: str) -> tuple[list[PackageChange], str]:
    """`conda create|install --dry-run --json` (conda 25-26, mamba 2): one object, `actions` with FETCH, LINK,
    UNLINK.
    """
    data = _object(out)
    if data is None:
        return [], ""
    if data.get("success") is False or "exception_name" in data or "error" in data:
        return [], str(data.get("message") or data.get("error") or "conda gave an error").strip().splitlines()[0]
    actions = data.get("actions")
    if not isinstance(actions, dict):
        return [], ""
    sizes = {str(one.get("name")): one.get("size") for one in actions.get("FETCH", []) if isinstance(one, dict)}
    found = [
        PackageChange(
            name=str(one["name"]),
            version=str(one.get("version", "")),
            size=sizes.get(str(one["name"]), 0),
            source=str(one.get("channel", "")),
        )
        for one in actions.get("LINK", [])
        if isinstance(one, dict) and "name" in one
    ]
    for one in actions.get("UNLINK", []):
        if isinstance(one, dict) and "name" in one:
            found.append(PackageChange(name=str(one["name"]), version=str(one.get("version", "")), action="remove"))
    return found, ""


def parse_pip(out: str, err: str) -> tuple[list[PackageChange], str]:
    """`pip install --dry-run --quiet --report -` (pip 22.2 and newer): `install`, a list with `metadata`. No sizes
    there.
    """
    data = _object(out)
    if data is None:
        return [], ""
    return [
        PackageChange(name=str(one["metadata"]["name"]), version=str(one["metadata"]["version"]), source="PyPI")
        for one in data.get("install", [])
        if isinstance(one, dict) and isinstance(one.get("metadata"), dict) and "name" in one["metadata"]
    ], ""


_UV_LINE = re.compile(r"^ ([+~-]) ([A-Za-z0-9][A-Za-z0-9._-]*)==(\S+)", re.MULTILINE)


def parse_uv(out: str, err: str) -> tuple[list[PackageChange], str]:
    """`uv pip install --dry-run` (uv 0.4-0.13): on stderr, a line ` + name==version` for each package. No sizes
    there.
    """
    text = "\n".join(line.rstrip() for line in strip_controls(err + "\n" + out).splitlines())
    actions = {"+": "install", "-": "remove", "~": "reinstall"}
    return [
        PackageChange(name=name, version=version, action=actions[sign], source="PyPI")
        for sign, name, version in _UV_LINE.findall(text)
    ], ""


def _object(text: str) -> dict[str, Any] | None:
    """The JSON object in an output, also behind warnings that were printed before it."""
    at = text.find("{")
    while at >= 0:
        try:
            found, _ = json.JSONDecoder().raw_decode(text, at)
        except ValueError:
            at = text.find("\n{", at + 1)
            at = at + 1 if at >= 0 else -1
            continue
        return found if isinstance(found, dict) else None
    return None
