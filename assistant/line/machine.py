"""What is on this machine, as lines; and a shell in one of its environments."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable

from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.machine.sizes import human_size
from assistant.machine.subshell import named_environment, subshell
from assistant.render.layout import Style, table, wrap
from assistant.render.machine_line import machine_line


def machine_lines(machine: Machine, width: int, style: Style) -> list[str]:
    """The machine in one line, then environments, GPU and driver, tools, disks and caches; tables or sentences."""
    lines = wrap(machine_line(machine), width)

    def part(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
        if rows:
            lines.extend(["", style.mark(title, "title"), *table(heads, rows, width, style)])

    part(
        f"Environments ({len(machine.environments)})",
        ("Name", "Kind", "Python", "Folder"),
        [
            (
                one.name
                + (" (active)" if one.path == machine.active_path else "")
                + ("" if one.works else " (broken)"),
                one.kind,
                one.python_version,
                one.path,
            )
            for one in machine.environments
        ],
    )
    part("Tools", ("Tool", "Version", "Where"), [(one.name, one.version or "", one.path) for one in machine.tools])
    if machine.driver.state == "ok":
        cuda = f", runs programs built for CUDA up to {machine.driver.cuda}" if machine.driver.cuda else ""
        lines += ["", *wrap(f"NVIDIA driver {machine.driver.version}{cuda}.", width)]
    part(
        "GPUs",
        ("GPU", "Memory"),
        [(one.name, f"{human_size(one.memory_used)} used of {human_size(one.memory_total)}") for one in machine.gpus],
    )
    if not machine.gpus and machine.driver.state == "absent":
        lines += ["", "There is no NVIDIA driver on this machine."]
    part(
        "Disks",
        ("Disk", "Space", "Folder"),
        [(one.used_for, f"{human_size(one.free)} free of {human_size(one.total)}", one.path) for one in machine.disks],
    )
    part(
        "Caches",
        ("Cache", "Size", "Folder"),
        [(one.tool, "not measured" if one.size is None else human_size(one.size), one.path) for one in machine.caches],
    )
    return lines


def enter(name: str, machine: Machine, say: Callable[[str], None]) -> None:
    """Hand the terminal to a shell with an environment active, until it ends.

    Raises:
        UsageError: there is no such environment, or it cannot be opened.
    """
    found = named_environment(name, machine)
    shell = subshell(found, machine)
    say(f"A shell in {found.name}. `exit` comes back here.")
    try:
        subprocess.run(shell.argv, env=shell.env, cwd=machine.cwd or os.curdir, check=False)
    except OSError as error:
        raise UsageError(f"the shell cannot be started: {error}", "") from None
    finally:
        if shell.folder:
            shutil.rmtree(shell.folder, ignore_errors=True)
    say("Back in envguide.")
