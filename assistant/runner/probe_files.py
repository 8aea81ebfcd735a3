"""The probes of files, folders, tools and new shells."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from assistant.machine.versions import at_least, numbers
from assistant.runner import facts
from assistant.runner.flow import Probe
from assistant.runner.probe_core import Context, Result, kind

# Files and folders


@kind("path-exists", "path")
def _path_exists(probe: Probe, context: Context) -> Result:
    there = os.path.lexists(probe.path)
    return Result(ok=there, reason=f"{probe.path} {'exists' if there else 'does not exist'}")


@kind("file-exists", "path")
def _file_exists(probe: Probe, context: Context) -> Result:
    there = Path(probe.path).is_file()
    return Result(ok=there, reason=f"{probe.path} {'is there' if there else 'is not there'}")


@kind("folder-exists", "path")
def _folder_exists(probe: Probe, context: Context) -> Result:
    there = Path(probe.path).is_dir()
    return Result(ok=there, reason=f"the folder {probe.path} {'is there' if there else 'is not there'}")


@kind("text-in-file", "path", "text")
def _text_in_file(probe: Probe, context: Context) -> Result:
    try:
        there = probe.text in Path(probe.path).read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return Result(ok=False, reason=f"{probe.path} is not there")
    shown = probe.text.strip().splitlines()[0] if probe.text.strip() else probe.text
    return Result(ok=there, reason=f"{probe.path} {'holds' if there else 'does not hold'} `{shown}`")


@kind("can-write", "path")
def _can_write(probe: Probe, context: Context) -> Result:
    place = Path(probe.path)
    while not place.exists() and place != place.parent:
        place = place.parent
    ok = os.access(place, os.W_OK)
    return Result(ok=ok, reason=f"{place} {'can' if ok else 'cannot'} be written")


@kind("disk-free", "path", "megabytes")
def _disk_free(probe: Probe, context: Context) -> Result:
    place = Path(probe.path)
    while not place.exists() and place != place.parent:
        place = place.parent
    free = shutil.disk_usage(place).free // 1_000_000
    ok = free >= probe.megabytes
    return Result(ok=ok, reason=f"{free:,} MB are free at {place}, {probe.megabytes:,} MB are needed")


# Tools


@kind("command-on-path", "command", may=("version",))
def _command_on_path(probe: Probe, context: Context) -> Result:
    path = facts.program(context.machine, probe.command) or shutil.which(probe.command) or ""
    if not path:
        return Result(ok=False, reason=f"`{probe.command}` is not on this machine")
    if not probe.version:
        return Result(ok=True, reason=f"`{probe.command}` is at {path}")
    answer = context.run([path, "--version"])
    ok = answer.code == 0 and any(at_least(word, probe.version) for word in answer.out.split() if numbers(word))
    return Result(
        ok=ok,
        reason=f"`{probe.command} --version` says {answer.out.strip() or answer.err.strip()}",
        evidence=answer.out,
    )


@kind("exit-zero", "run")
def _exit_zero(probe: Probe, context: Context) -> Result:
    answer = context.run(list(probe.run))
    said = (answer.err or answer.out).strip().splitlines()
    detail = f": {said[-1][:200]}" if said and answer.code else ""
    return Result(
        ok=answer.code == 0,
        reason=f"`{' '.join(probe.run)}` ended with {answer.code}{detail}",
        evidence=answer.out[-2000:],
    )


@kind("interpreter-here", "version")
def _interpreter_here(probe: Probe, context: Context) -> Result:
    path = facts.interpreter(context.machine, probe.version)
    if path:
        return Result(ok=True, reason=f"Python {probe.version} is at {path}")
    here = sorted({one.version for one in facts.usable_pythons(context.machine)}, key=numbers)
    return Result(ok=False, reason=f"there is no Python {probe.version} here (there is: {', '.join(here) or 'none'})")


# New shells. The name to find goes through a variable, so that no shell line is ever built.
SHELL_LINES = {
    "bash": ["bash", "-i", "-c", 'type "$ENVGUIDE_FIND"'],
    "zsh": ["zsh", "-i", "-c", 'whence -w -- "$ENVGUIDE_FIND"'],
    "fish": ["fish", "-i", "-c", "type $ENVGUIDE_FIND"],
    "powershell": [
        "powershell",
        "-NonInteractive",
        "-Command",
        "Get-Command -Name $env:ENVGUIDE_FIND -ErrorAction Stop",
    ],
    "cmd": ["cmd", "/c", "where %ENVGUIDE_FIND%"],
}


@kind("new-shell-finds", "command", may=("shell",))
def _new_shell_finds(probe: Probe, context: Context) -> Result:
    shell = probe.shell or str(facts.facts_of(context.machine)["shell"])
    if shell not in SHELL_LINES:
        return Result(ok=False, reason=f"new {shell} shells are not known here")
    argv = list(SHELL_LINES[shell])
    if shell == "powershell" and not shutil.which("powershell"):
        argv[0] = "pwsh"
    if context.machine.system == "macos" and shell in ("bash", "zsh"):
        argv.insert(1, "-l")  # Terminal starts login shells there
    answer = context.run(argv, ENVGUIDE_FIND=probe.command)
    if answer.code == 127 and not shutil.which(argv[0]):
        return Result(ok=False, reason=f"{shell} is not installed")
    ok = answer.code == 0
    return Result(
        ok=ok,
        reason=f"a new {shell} {'finds' if ok else 'does not find'} `{probe.command}`",
        evidence=answer.out[-500:],
    )
