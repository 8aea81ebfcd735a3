"""The whole look at the machine: each probe on its own, in parallel, with a time limit.

A probe that fails or is late is reported in `Machine.problems`; the rest go on.
"""

from __future__ import annotations

import datetime
import os
import queue
import threading
import time
from collections.abc import Callable
from typing import Any

from assistant.machine import (
    caches,
    condas,
    environments,
    gpu,
    kernels,
    network,
    packages,
    pipconf,
    pythons,
    rcfiles,
    system,
    tools,
    torch_probe,
    windows,
)
from assistant.machine.context import Roots, this_machine
from assistant.machine.layout import search_path
from assistant.machine.model import Failure, Machine
from assistant.machine.quick import quick_machine
from assistant.machine.shell import running_shell
from assistant.machine.sizes import folder_size

Facts = dict[str, Any]
# What is known so far and the time (of `time.monotonic`) by which to answer -> further fields of `Machine`.
Look = Callable[[Roots, Machine, float], Facts]


class Probe:
    """One group of facts, and the probes that it builds on."""

    def __init__(self, function: Look, after: tuple[str, ...]) -> None:
        self.function = function
        self.after = after


PROBES: dict[str, Probe] = {}
# Measuring environments reads every file in them: only where it is asked for.
ON_REQUEST = frozenset({"sizes"})


def probe_of(name: str, *after: str) -> Callable[[Look], Look]:
    """Register a probe. It starts when those in `after` have ended, well or not."""

    def register(function: Look) -> Look:
        PROBES[name] = Probe(function, after)
        return function

    return register


def probe(only: set[str] | None = None, timeout: float = 20.0, *, roots: Roots | None = None) -> Machine:
    """Everything that can be found out (but what is in ON_REQUEST), or the probes in `only` and those they build on.

    `timeout` is the time each probe may take, in seconds; what is not finished then is listed in `problems`.
    """
    roots = roots or this_machine()
    wanted = with_needs(set(PROBES) - ON_REQUEST if only is None else only)
    machine = quick_machine(roots).replace(today=datetime.date.today().isoformat())
    answers: queue.Queue[tuple[str, Facts | BaseException]] = queue.Queue()
    waiting = dict.fromkeys(name for name in PROBES if name in wanted)
    running: dict[str, float] = {}
    done: set[str] = set()
    while waiting or running:
        for name in [one for one in waiting if done.issuperset(set(PROBES[one].after) & wanted)]:
            del waiting[name]
            running[name] = time.monotonic() + timeout
            _start(name, roots, machine, running[name], answers)
        try:
            name, answer = answers.get(timeout=max(0.0, min(running.values()) - time.monotonic()))
        except queue.Empty:
            late = [one for one, limit in running.items() if limit <= time.monotonic()]
            for name in late:
                del running[name]
                done.add(name)
                machine = _failed(machine, name, f"no answer after {timeout:g} s")
            continue
        if name not in running:
            continue  # it came after its time and has been reported
        del running[name]
        done.add(name)
        if isinstance(answer, BaseException):
            machine = _failed(machine, name, f"{type(answer).__name__}: {answer}")
        else:
            machine = machine.replace(**answer, looked=(*machine.looked, name))
    return machine


def with_needs(names: set[str]) -> set[str]:
    """The probes with those that they build on. Names that are no probe are left out."""
    found: set[str] = set()
    todo = [name for name in names if name in PROBES]
    while todo:
        name = todo.pop()
        if name not in found:
            found.add(name)
            todo.extend(PROBES[name].after)
    return found


def _start(
    name: str, roots: Roots, machine: Machine, deadline: float, answers: queue.Queue[tuple[str, Facts | BaseException]]
) -> None:
    def work() -> None:
        try:
            answers.put((name, PROBES[name].function(roots, machine, deadline)))
        except BaseException as error:
            answers.put((name, error))

    # A daemon: a probe that hangs (a dead network drive) must not keep the program from ending.
    threading.Thread(target=work, name=f"probe-{name}", daemon=True).start()


def _failed(machine: Machine, name: str, reason: str) -> Machine:
    return machine.replace(problems=(*machine.problems, Failure(probe=name, reason=reason)))


@probe_of("system")
def _system(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {
        "release": system.release(roots),
        "glibc": system.glibc(roots),
        "wsl": system.is_wsl(roots),
        "adapters": system.adapters(roots),
        "shadows": system.shadows(roots),
    }


@probe_of("shell")
def _shell(roots: Roots, machine: Machine, deadline: float) -> Facts:
    above: list[str] | None = None
    if roots.system == "windows":
        above = windows.ancestors(roots)
    elif roots.system == "macos":
        above = mac_ancestors(roots)
    shell, evidence = running_shell(roots, above)
    return {
        "shell": shell,
        "shell_evidence": evidence,
        "shell_files": rcfiles.shell_files(roots),
        "execution_policy": windows.execution_policies(roots),
        "path_missing": missing_entries(roots),
    }


@probe_of("pythons")
def _pythons(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"pythons": pythons.find_pythons(roots), "pyenv_wanted": pythons.pyenv_missing(roots)}


@probe_of("tools")
def _tools(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"tools": tools.tool_versions(roots, machine)}


@probe_of("pip", "pythons")
def _pip(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {
        "pip_python": pipconf.pip_owner(roots, machine),
        "pip_config": pipconf.read_config(roots),
        "user_site": pipconf.user_sites(roots),
    }


@probe_of("condas")
def _condas(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"condas": condas.find_condas(roots)}


@probe_of("environments")
def _environments(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"environments": environments.list_environments(roots)}


@probe_of("packages", "environments")
def _packages(roots: Roots, machine: Machine, deadline: float) -> Facts:
    # The active environment and the bases first: when time runs out the others stay undescribed, and say so.
    first = sorted(range(len(machine.environments)), key=lambda index: _rank(machine, index))
    found = list(machine.environments)
    for index in first:
        if time.monotonic() > deadline - 0.5:
            break
        found[index] = packages.describe(found[index], roots)
    return {"environments": tuple(found)}


def _rank(machine: Machine, index: int) -> int:
    one = machine.environments[index]
    return 0 if one.path == machine.active_path else 1 if one.name == "base" else 2


@probe_of("sizes", "packages")
def _sizes(roots: Roots, machine: Machine, deadline: float) -> Facts:
    # Files that conda links from its cache count here too, as `du` counts them.
    found = list(machine.environments)
    for index in sorted(range(len(found)), key=lambda index: _rank(machine, index)):
        size, complete = folder_size(found[index].path, deadline=deadline - 0.5)
        if not complete:
            break
        found[index] = found[index].replace(size=size)
    return {"environments": tuple(found)}


@probe_of("kernels", "environments")
def _kernels(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"kernels": kernels.find_kernels(roots, machine.environments)}


@probe_of("caches", "condas")
def _caches(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"caches": caches.find_caches(roots, machine.condas, deadline=deadline - 0.5)}


@probe_of("disks", "condas")
def _disks(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"disks": caches.find_disks(roots, machine.condas)}


@probe_of("network")
def _network(roots: Roots, machine: Machine, deadline: float) -> Facts:
    return {"proxies": network.find_proxies(roots), "variables": network.find_variables(roots)}


@probe_of("gpu")
def _gpu(roots: Roots, machine: Machine, deadline: float) -> Facts:
    driver, gpus = gpu.find_gpus(roots)
    return {"driver": driver, "gpus": gpus}


@probe_of("torch", "environments")
def _torch(roots: Roots, machine: Machine, deadline: float) -> Facts:
    found = list(torch_probe.find_torch(roots, machine.environments))
    order = sorted(range(len(found)), key=lambda index: found[index].path != machine.active_path)
    for index in order:
        left = deadline - time.monotonic() - 1.0
        environment = next(one for one in machine.environments if one.path == found[index].path)
        # A base interpreter that is gone cannot be asked; without time left the facts from the files stand.
        if left > 2.0 and environment.works:
            found[index] = torch_probe.try_torch(found[index], environment, roots, timeout=left)
    return {"torch": tuple(found)}


def missing_entries(roots: Roots) -> tuple[str, ...]:
    """PATH entries that are no folder."""
    return tuple(entry for entry in search_path(roots) if "\0" in entry or not os.path.isdir(entry))


def mac_ancestors(roots: Roots) -> list[str]:
    """The program names of the processes above this one on macOS, nearest first, from one `ps`."""
    answer = roots.run(["ps", "-axo", "pid=,ppid=,comm="], timeout=5.0)
    rows = {}
    for line in answer.out.splitlines():
        parts = line.split(None, 2)
        if len(parts) == 3 and parts[0].isdecimal() and parts[1].isdecimal():
            rows[int(parts[0])] = (int(parts[1]), parts[2])
    names: list[str] = []
    process = roots.parent
    while process in rows and len(names) < 12:
        process, name = rows[process]
        names.append(name.rpartition("/")[2])
    return names
