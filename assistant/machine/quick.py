"""The cheap look at the machine for a one-shot answer: no other program, no version, no size; a few milliseconds.

Imports stay at `os`, `sys` and this package's own light modules (a test holds that).
"""

from __future__ import annotations

import os

from assistant.machine.context import this_machine
from assistant.machine.layout import TOOLS, executables, is_program, prefix_of, search_path
from assistant.machine.model import Driver, Machine, Tool
from assistant.machine.shell import running_shell, terminal_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.context import Roots
    from assistant.machine.model import Environment

ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64"}


def quick_machine(roots: Roots | None = None, *, environments: bool = True) -> Machine:
    """System, shell, tools on PATH, names of environments and the active one, the loaded NVIDIA driver.

    Without `environments` only the first three, for answers that need no more: see `with_environments`.
    """
    roots = roots or this_machine()
    shell, evidence = running_shell(roots)
    machine = Machine(
        system=roots.system,
        architecture=architecture(roots.machine),
        wsl=bool(roots.get("WSL_DISTRO_NAME")),
        shell=shell,
        shell_evidence=evidence,
        login_shell=os.path.basename(roots.get("SHELL")),
        terminal=terminal_name(roots),
        home=roots.home,
        cwd=roots.cwd,
        user=roots.get("USER") or roots.get("USERNAME"),
        path=roots.path,
        tools=tools_on_path(roots),
    )
    return with_environments(machine, roots) if environments else machine


def with_environments(machine: Machine, roots: Roots | None = None) -> Machine:
    """The same machine with its environments listed, and what else an answer about them may need."""
    from assistant.machine.display import adapters, loaded_driver
    from assistant.machine.environments import active_name, active_prefix, find

    roots = roots or this_machine()
    listed, active = find(roots), active_prefix(roots)
    driver = loaded_driver(roots)
    return machine.replace(
        listed=True,
        environments=listed,
        active_environment=active_name(roots, listed),
        active_path=active,
        active_real=os.path.realpath(active) if active else "",
        tools=tuple(_dated(tool, listed) for tool in machine.tools),
        pip_refuses=_managed(machine),
        driver=Driver(state="ok", version=driver, source="/proc") if driver else Driver(),
        adapters=adapters(roots),
    )


def _dated(tool: Tool, environments: tuple[Environment, ...]) -> Tool:
    """conda with its version, where the file of its own package says it."""
    if tool.name != "conda":
        return tool
    bases = {one.path for one in environments if one.name == "base"}
    for program in (tool.path, os.path.realpath(tool.path)):
        root = prefix_of(program)
        if root in bases or os.path.isdir(os.path.join(root, "conda-meta")):
            return tool.replace(version=_conda_version(root) or None)
    return tool


def _conda_version(root: str) -> str:
    try:
        names = os.listdir(os.path.join(root, "conda-meta"))
    except OSError:
        return ""
    for name in names:
        if name.startswith("conda-") and name.endswith(".json"):
            package, _, rest = name.removesuffix(".json").rpartition("-")[0].rpartition("-")
            if package == "conda" and rest[:1].isdigit():
                return rest
    return ""


def _managed(machine: Machine) -> str:
    """The interpreter that `python3` on PATH is, where its folder holds the mark that makes pip refuse."""
    for name in ("python3", "python"):
        tool = machine.tool(name)
        if tool is None or os.path.exists(os.path.join(prefix_of(tool.path), "pyvenv.cfg")):
            continue
        real = os.path.realpath(tool.path)
        library = os.path.join(prefix_of(real), "lib", os.path.basename(real))
        return tool.path if os.path.isfile(os.path.join(library, "EXTERNALLY-MANAGED")) else ""
    return ""


def architecture(machine: str) -> str:
    """One name for each processor family: x86_64, arm64, or what the system says."""
    return ARCHITECTURES.get(machine.lower(), machine.lower())


def tools_on_path(roots: Roots) -> tuple[Tool, ...]:
    """The first program of each known name, in one pass over PATH; micromamba also where its shell function alone calls it."""
    wanted = {name: executables(name, roots.system) for name in TOOLS}
    found: dict[str, str] = {}
    for folder in search_path(roots):
        if not os.path.isdir(folder):
            continue
        for name, files in wanted.items():
            if name not in found:
                for file in files:
                    if is_program(path := os.path.join(folder, file)):
                        found[name] = path
                        break
    program = roots.get("MAMBA_EXE")
    name = os.path.basename(program).lower().removesuffix(".exe")
    if name in ("mamba", "micromamba") and name not in found and is_program(program):
        found[name] = program
    return tuple(Tool(name=name, path=found[name]) for name in TOOLS if name in found)
