"""Commands as the person's shell takes them. Text from the machine is always quoted."""

from __future__ import annotations

import re
import shlex

from assistant.machine.model import Conda, Environment, Machine

_PLAIN = re.compile(r"[A-Za-z0-9_@%+=:,./~^\\-]+")


def quote(text: str, shell: str) -> str:
    """A path or name as one argument."""
    if shell == "powershell":
        return text if _PLAIN.fullmatch(text) else "'" + text.replace("'", "''") + "'"
    if shell == "cmd":
        return text if _PLAIN.fullmatch(text) else '"' + text.replace('"', '""') + '"'
    return shlex.quote(text)


def program(path: str, shell: str) -> str:
    """A program's path as the first word of a command: PowerShell needs its call operator before a quoted one."""
    quoted = quote(path, shell)
    return f"& {quoted}" if shell == "powershell" and quoted != path else quoted


def unset(variable: str, shell: str) -> str:
    """Take a variable out of this shell."""
    forms = {"fish": f"set -e {variable}", "powershell": f"Remove-Item Env:{variable}", "cmd": f"set {variable}="}
    return forms.get(shell, f"unset {variable}")


def export(variable: str, value: str, shell: str) -> str:
    """Set a variable in this shell."""
    quoted = quote(value, shell)
    forms = {
        "fish": f"set -gx {variable} {quoted}",
        "powershell": f"$Env:{variable} = '{value}'",
        "cmd": f"set {variable}={value}",
    }
    return forms.get(shell, f"export {variable}={quoted}")


def remove_folder(path: str, shell: str) -> str:
    """Delete a folder with all it holds."""
    forms = {"powershell": "Remove-Item -Recurse", "cmd": "rmdir /s"}
    return f"{forms.get(shell, 'rm -r')} {quote(path, shell)}"


def move(path: str, target: str, shell: str) -> str:
    """Rename a file or folder."""
    forms = {"powershell": "Move-Item", "cmd": "move"}
    return f"{forms.get(shell, 'mv')} {quote(path, shell)} {quote(target, shell)}"


# Two findings may name lines of one file: after the first deletion the numbers of the second hold no longer.
LINES_MOVE = "See what the first command shows. After a change the line numbers move: run the doctor again."


def delete_lines(path: str, start: int, end: int, machine: Machine) -> tuple[str, ...]:
    """Show lines of a text file, then delete them, keeping a copy of it (on Windows: open it)."""
    quoted = quote(path, machine.shell)
    if machine.system == "windows":
        return (f"notepad {quoted}",)
    return f"sed -n '{start},{end}p' {quoted}", f"sed -i.bak '{start},{end}d' {quoted}"


def conda_program(machine: Machine, conda: Conda | None = None) -> str:
    """`conda`, or its whole path where the plain name is unknown or would start another installation."""
    first = machine.condas[0] if machine.condas else None
    known = machine.tool("conda") is not None or "CONDA_SHLVL" in machine.variables
    if known and (conda is None or first is None or conda.root == first.root):
        return "conda"
    chosen = conda or first
    if chosen is None:
        return "conda"
    parts = ("Scripts", "conda.exe") if machine.system == "windows" else ("bin", "conda")
    separator = "\\" if "\\" in chosen.root else "/"
    return program(separator.join((chosen.root, *parts)), machine.shell)


def target(environment: Environment, machine: Machine) -> str:
    """`-n NAME` or `-p PATH` for a conda environment."""
    named = environment.name and environment.name != environment.path
    twins = [one for one in machine.environments if one.name == environment.name and one.kind == "conda"]
    if named and len(twins) < 2:
        return f"-n {quote(environment.name, machine.shell)}"
    return f"-p {quote(environment.path, machine.shell)}"


def fresh_name(environment: Environment, machine: Machine) -> str:
    """A name for its successor, as one argument, that no environment has: conda may replace one of the same name."""
    base = (
        environment.path.replace("\\", "/").rpartition("/")[2]
        if environment.name == environment.path
        else environment.name
    )
    taken = {one.name for one in machine.environments}
    number = 2
    while f"{base}-{number}" in taken:
        number += 1
    return quote(f"{base}-{number}", machine.shell)


def python_of(environment: Environment, machine: Machine) -> str:
    """The interpreter of an environment as the first word of a command: `python` in the active one."""
    if environment.path == machine.active_path:
        return "python"
    return program(environment.python or "python", machine.shell)


def some(names: list[str] | tuple[str, ...], most: int = 5) -> str:
    """A few names and how many more there are."""
    shown = ", ".join(names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown
