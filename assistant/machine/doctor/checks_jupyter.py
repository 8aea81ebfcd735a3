"""Checks of Jupyter kernelspecs: do they start, and do they start what their name says."""

from __future__ import annotations

import os

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import program, quote, remove_folder, some
from assistant.machine.model import Kernel, Machine


def removal(kernel: Kernel, machine: Machine) -> str:
    """The command that takes a kernelspec away."""
    if machine.tool("jupyter") is not None and kernel.scope != "environment":
        return f"jupyter kernelspec remove {quote(kernel.name, machine.shell)}"
    return remove_folder(kernel.path, machine.shell)


@check("kernel-stale", "jupyter", "kernels whose Python is gone", "kernels")
def stale(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="kernel-stale",
            effect=BLOCKS,
            title=f"the kernel '{kernel.display_name}' starts a program that is gone",
            evidence=f"{kernel.path}: {kernel.interpreter}",
            fix=(removal(kernel, machine),),
            advice="Removing an environment leaves its kernel behind. Register the one that you use.",
            flow="register-jupyter-kernel",
        )
        for kernel in machine.kernels
        if not kernel.found and not kernel.error
    ]


@check("kernel-broken", "jupyter", "kernelspecs that cannot be read", "kernels")
def broken(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="kernel-broken",
            effect=MAY_BITE,
            title=f"the kernelspec '{kernel.name}' is damaged",
            evidence=f"{kernel.path}: {kernel.error}",
            fix=(removal(kernel, machine),),
        )
        for kernel in machine.kernels
        if kernel.error
    ]


@check("kernel-no-ipykernel", "jupyter", "kernels whose environment lacks ipykernel", "kernels")
def no_ipykernel(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="kernel-no-ipykernel",
            effect=BLOCKS,
            title=f"the kernel '{kernel.display_name}' cannot start",
            evidence=f"{kernel.interpreter} has no ipykernel",
            fix=(f"{program(kernel.interpreter, machine.shell)} -m pip install ipykernel",),
            flow="register-jupyter-kernel",
        )
        for kernel in machine.kernels
        if kernel.found and kernel.has_ipykernel is False
    ]


@check("kernel-default-elsewhere", "jupyter", "a default kernel tied to one environment", "kernels")
def default_elsewhere(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="kernel-default-elsewhere",
            effect=MAY_BITE,
            title="the default kernel python3 always starts one environment",
            evidence=f"{kernel.path}: {kernel.interpreter}",
            fix=(removal(kernel, machine),),
            advice="It hides the python3 kernel of every other environment. Register it under its own name.",
            flow="register-jupyter-kernel",
        )
        for kernel in machine.kernels
        if kernel.name == "python3" and kernel.scope == "user" and kernel.found and os.path.isabs(kernel.interpreter)
    ]


@check("kernel-same-name", "jupyter", "kernels that cannot be told apart", "kernels")
def same_name(machine: Machine) -> list[Finding]:
    found = []
    for title in dict.fromkeys(kernel.display_name for kernel in machine.kernels):
        twins = [kernel for kernel in machine.kernels if kernel.display_name == title and kernel.scope != "environment"]
        if len({kernel.interpreter for kernel in twins}) > 1:
            found.append(
                Finding(
                    check="kernel-same-name",
                    effect=NOTE,
                    title=f"{len(twins)} kernels are called '{title}'",
                    evidence=some([f"{kernel.name}: {kernel.interpreter}" for kernel in twins]),
                    advice="Give each a --display-name of its own.",
                    flow="register-jupyter-kernel",
                )
            )
    return found


@check("jupyter-outside", "jupyter", "a Jupyter that is not the active environment's", "tools", "packages", "kernels")
def outside(machine: Machine) -> list[Finding]:
    one, tool = machine.active, machine.tool("jupyter")
    if one is None or tool is None or not one.detailed or not one.python or tool.path.startswith(one.path):
        return []
    # A kernel of this environment makes it right.
    if any(kernel.interpreter.startswith(one.path) and kernel.found for kernel in machine.kernels):
        return []
    return [
        Finding(
            check="jupyter-outside",
            effect=MAY_BITE,
            title="Jupyter does not run in the active environment",
            evidence=f"`jupyter` is {tool.path}; the active environment is {one.path} and has no kernel",
            fix=(
                "python -m pip install ipykernel",
                f"python -m ipykernel install --user --name {quote(os.path.basename(one.path), machine.shell)}",
            ),
            advice="Notebooks would import packages of another environment.",
            flow="register-jupyter-kernel",
        )
    ]
