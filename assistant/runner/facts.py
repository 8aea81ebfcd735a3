"""What the texts of a flow may know of the machine, as names and texts; and which probes of the machine that takes."""

from __future__ import annotations

import datetime
import os
import re
from pathlib import Path

from assistant import paths
from assistant.machine.context import system_name, this_machine
from assistant.machine.environments import at
from assistant.machine.model import Conda, Environment, Machine, Python
from assistant.machine.probe import probe
from assistant.machine.versions import minor, numbers

# The probes of the machine that a plan rests on; all of them only read files.
NEEDED = frozenset({"system", "shell", "pythons", "condas", "environments", "gpu"})

# Versions that conda-forge or uv offer. As of 2026-11, from `uv python list` (uv 0.13.9); 3.16 is a preview there.
OLDEST_PYTHON = (3, 8)
NEWEST_PYTHON = (3, 15)
# Tools that make environments, the one to take first where several are there.
ENVIRONMENT_TOOLS = ("conda", "mamba", "micromamba", "uv", "venv")


def look() -> Machine:
    """The machine as a plan needs it: about a tenth of a second, nothing is run."""
    return probe(set(NEEDED))


def facts_of(machine: Machine) -> dict[str, str | tuple[str, ...]]:
    """Names that every text of a flow may use."""
    conda = first_conda(machine)
    newest = newest_python(machine)
    return {
        "os": machine.system,
        "arch": machine.architecture,
        "shell": machine.shell or machine.login_shell or ("powershell" if machine.system == "windows" else "bash"),
        "home": machine.home,
        "cwd": machine.cwd or machine.home,
        "tools": environment_tools(machine),
        "conda_root": conda.root if conda else "",
        "conda_envs": environments_folder(conda) if conda else "",
        "conda_kind": conda.kind if conda else "",
        "newest_python": minor(newest.version) if newest else "",
        "active": machine.active_environment,
        "conda_pkgs": conda.pkgs_dirs[0] if conda and conda.pkgs_dirs else "",
        "conda_python": minor(conda.python_version) if conda else "",
        "conda_others": tuple(one.name for one in machine.environments if conda and _belongs(one, conda)),
        "open_terms": tuple(one.channel for one in conda.terms if one.state == "pending") if conda else (),
        "driver": machine.driver.version if machine.driver.state == "ok" else "",
        "gpu": machine.gpus[0].name if machine.driver.state == "ok" and machine.gpus else "",
        "newest_interpreter": newest.path if newest else "",
        "start_files": tuple(file.path for file in machine.shell_files if file.blocks),
        "kept_folders": tuple(sorted(str(place) for place in paths.runs_dir().glob("*/kept/*"))),
        "downloads": str(paths.cache_dir() / "downloads"),
        "today": machine.today or datetime.date.today().isoformat(),
    }


def _belongs(environment: Environment, conda: Conda) -> bool:
    """Whether an environment lies in the folder of an installation and goes away with it."""
    return environment.path.startswith((f"{conda.root}/", f"{conda.root}\\")) and not environment.hollow


def first_conda(machine: Machine) -> Conda | None:
    """The conda installation in use."""
    return machine.condas[0] if machine.condas else None


def environments_folder(conda: Conda) -> str:
    """Where this conda puts a new named environment: the first of its folders that can be written."""
    for folder in conda.envs_dirs:
        place = Path(folder)
        while not place.exists() and place != place.parent:
            place = place.parent
        if os.access(place, os.W_OK):
            return folder
    return conda.envs_dirs[0] if conda.envs_dirs else str(Path(conda.root) / "envs")


def environment_tools(machine: Machine) -> tuple[str, ...]:
    """The tools here that make environments, the best first."""
    found = [name for name in ENVIRONMENT_TOOLS if name != "venv" and machine.tool(name)]
    if machine.condas and "conda" not in found and program(machine, "conda"):
        found.insert(0, "conda")
    if newest_python(machine):
        found.append("venv")
    return tuple(found)


def program(machine: Machine, name: str) -> str:
    """Where a tool is: on PATH, else inside the conda installation (which is often not on PATH). Empty where it is
    not.
    """
    tool = machine.tool(name)
    if tool:
        return tool.path
    if name in ("conda", "mamba"):
        for conda in machine.condas:
            for parts in (("condabin", name), ("bin", name), ("Scripts", f"{name}.exe"), ("condabin", f"{name}.bat")):
                path = Path(conda.root, *parts)
                if path.is_file():
                    return str(path)
    return ""


def usable_pythons(machine: Machine) -> list[Python]:
    """Interpreters that can make an environment: no stand-ins, none inside an environment, newest first."""
    inside = tuple(one.path + os.sep for one in machine.environments if one.kind != "pyenv" and one.name != "base")
    found = [
        one
        for one in machine.pythons
        if re.match(r"\d+\.\d+", one.version)
        and not one.stub
        and one.has_venv is not False
        and not one.path.startswith(inside)
    ]
    return sorted(found, key=lambda one: (numbers(one.version), -max(one.order, 0)), reverse=True)


def newest_python(machine: Machine) -> Python | None:
    """The newest interpreter here that makes environments, of the versions that packages are built for."""
    return next((one for one in usable_pythons(machine) if numbers(one.version)[:2] <= NEWEST_PYTHON), None)


def interpreter(machine: Machine, version: str) -> str:
    """The interpreter here for a version such as 3.12 or 3.12.4; empty where there is none."""
    wanted = numbers(version)
    for one in usable_pythons(machine):
        if wanted and numbers(one.version)[: len(wanted)] == wanted:
            return one.path
    return ""


def environment(machine: Machine, text: str) -> Environment | None:
    """An environment by its name or folder; a folder that nobody keeps a list of is looked at on disk."""
    known = machine.environment(text)
    if known or not Path(text).is_absolute() or machine.system != system_name():
        return known
    return at(text, this_machine())


def environment_facts(environment: Environment | None) -> dict[str, str]:
    """What a param `env` of type env-name brings with it: `{env_path}`, `{env_kind}`, `{env_python}`, `{env_name}`."""
    return {
        "name": environment.name if environment else "",
        "path": environment.path if environment else "",
        "kind": environment.kind if environment else "",
        "python": environment.python_version if environment else "",
    }
