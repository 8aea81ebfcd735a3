"""The machine as it will be once a used flow is done, so that the steps after it can be planned before it has run."""

from __future__ import annotations

from assistant.machine.model import Conda, Environment, Machine, Terms, Tool
from assistant.runner import template
from assistant.runner.flow import Gives

# Channels in force right after an installer, and those of them that ask for terms (Windows adds msys2).
_ANACONDA = ("anaconda", "miniconda")
_TERMS = ("main", "r")


def ahead(machine: Machine, gives: Gives, scope: template.Values) -> Machine:
    """The machine with what a flow gives; what is there already stays as it was found.

    Raises:
        template.UnknownNameError: a text needs an answer that is still to come.
    """
    told = {name: template.fill(text, scope) for name, text in gives.fields().items()}
    if told["conda_root"]:
        machine = _with_conda(machine, told["conda_root"], told["conda_kind"])
    path = told["env_path"]
    if path and not any(one.path == path for one in machine.environments):
        base = machine.condas[0].root if machine.condas and told["env_kind"] == "conda" else ""
        made = Environment(
            name=told["env"],
            path=path,
            kind=told["env_kind"],
            python_version=told["env_python"],
            base=base,
            python=template.interpreter_in(path, machine.system),
        )
        machine = machine.replace(environments=(*machine.environments, made))
    return machine


def _with_conda(machine: Machine, root: str, kind: str) -> Machine:
    if any(one.root == root for one in machine.condas):
        return machine
    windows = machine.system == "windows"
    separator = "\\" if windows else "/"
    names = (*_TERMS, "msys2") if windows else _TERMS
    conda = Conda(
        root=root,
        kind=kind,
        channels=("defaults",) if kind in _ANACONDA else ("conda-forge",),
        envs_dirs=(f"{root}{separator}envs",),
        pkgs_dirs=(f"{root}{separator}pkgs",),
        terms_plugin=kind in _ANACONDA,
        terms=tuple(Terms(channel=f"https://repo.anaconda.com/pkgs/{name}", state="pending") for name in names)
        if kind in _ANACONDA
        else (),
    )
    tools = machine.tools
    if machine.tool("conda") is None:
        parts = ("Scripts", "conda.exe") if windows else ("bin", "conda")
        tools = (*tools, Tool(name="conda", path=separator.join((root, *parts))))
    return machine.replace(condas=(*machine.condas, conda), tools=tools)
