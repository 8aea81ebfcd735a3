"""Versions of the tools on PATH: from the files around them, else by asking the few that answer quickly."""

from __future__ import annotations

import os
import re

from assistant.machine import records
from assistant.machine.context import Roots
from assistant.machine.files import names_in, read_text
from assistant.machine.layout import prefix_of
from assistant.machine.model import Machine, Tool
from assistant.machine.packages import find_dist
from assistant.machine.pipconf import script_python
from assistant.machine.pythons import is_shim, version_of

# These start in milliseconds and touch nothing.
ASKED = {"uv": "--version", "pixi": "--version", "micromamba": "--version", "git": "--version", "pyenv": "--version"}
DISTS = {"pip3": "pip", "jupyter": "jupyter-core", "python": "", "python3": "", "py": ""}
_VERSION = re.compile(r"\d+(?:\.\d+)+(?:[a-z0-9.+-]*)")


def with_version(tool: Tool, roots: Roots) -> Tool:
    """The tool with its version, where it can be found out."""
    version = from_files(tool, roots) or asked(tool, roots)
    return tool.replace(version=version) if version else tool


def from_files(tool: Tool, roots: Roots) -> str:
    """The version from conda's records or the metadata of the package that put the tool there."""
    if is_shim(tool.path):
        return ""
    if tool.name in ("python", "python3"):
        real = os.path.realpath(tool.path)
        return version_of(real, prefix_of(real), roots)
    prefix = prefix_of(tool.path)
    for folder in dict.fromkeys((prefix, prefix_of(os.path.realpath(tool.path)))):
        names = records.installed(folder)
        if tool.name in names:
            return names[tool.name][0]
    dist = DISTS.get(tool.name, tool.name)
    if not dist:
        return ""
    if roots.system == "windows":
        return find_dist(prefix, dist, roots.system)
    if python := script_python(read_text(tool.path, 4000) or ""):
        for folder in dict.fromkeys((prefix_of(python), prefix_of(os.path.realpath(python)))):
            if version := find_dist(folder, dist, roots.system) or _debian(folder, dist):
                return version
    return find_dist(prefix, dist, roots.system) if os.path.isfile(os.path.join(prefix, "pyvenv.cfg")) else ""


def _debian(prefix: str, dist: str) -> str:
    # Debian keeps the system's own packages in dist-packages, outside the versioned folder.
    for name in names_in(os.path.join(prefix, "lib", "python3", "dist-packages")):
        if name.lower().startswith(f"{dist}-") and name.endswith((".dist-info", ".egg-info")):
            return name[len(dist) + 1 :].rpartition(".")[0].partition("-py")[0]
    return ""


def asked(tool: Tool, roots: Roots) -> str:
    """The version that the tool itself says."""
    if tool.name not in ASKED:
        return ""
    answer = roots.run([tool.path, ASKED[tool.name]], timeout=3.0)
    found = _VERSION.search(answer.out) if answer.code == 0 else None
    return found[0] if found else ""


def tool_versions(roots: Roots, machine: Machine) -> tuple[Tool, ...]:
    """All tools of the machine with their versions."""
    return tuple(with_version(tool, roots) for tool in machine.tools)
