"""The cheap look at the machine for a one-shot answer: no other program, no version, no size; a few milliseconds.

Imports stay at `os`, `sys` and this package's own light modules (a test holds that).
"""

from __future__ import annotations

import os

from assistant.machine.context import this_machine
from assistant.machine.layout import TOOLS, executables, is_program, search_path
from assistant.machine.model import Machine, Tool
from assistant.machine.shell import running_shell, terminal_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from assistant.machine.context import Roots

ARCHITECTURES = {"amd64": "x86_64", "x64": "x86_64", "aarch64": "arm64"}


def quick_machine(roots: Roots | None = None, *, environments: bool = True) -> Machine:
    """System, shell, tools on PATH, names of environments and the active one. Everything else stays unknown.

    Without `environments` these are left out, for answers that name none.
    """
    roots = roots or this_machine()
    shell, evidence = running_shell(roots)
    found: dict[str, Any] = {}
    if environments:
        from assistant.machine.environments import active_name, active_prefix, find

        listed, active = find(roots), active_prefix(roots)
        found = {
            "environments": listed,
            "active_environment": active_name(roots, listed),
            "active_path": active,
            "active_real": os.path.realpath(active) if active else "",
        }
    return Machine(
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
        **found,
    )


def architecture(machine: str) -> str:
    """One name for each processor family: x86_64, arm64, or what the system says."""
    return ARCHITECTURES.get(machine.lower(), machine.lower())


def tools_on_path(roots: Roots) -> tuple[Tool, ...]:
    """The first program of each known name, in one pass over PATH."""
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
    return tuple(Tool(name=name, path=found[name]) for name in TOOLS if name in found)
