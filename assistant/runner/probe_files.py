"""The probes of files, folders, tools and new shells."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from assistant.machine.context import Completed
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


@kind("files-absent", "path", "text")
def _files_absent(probe: Probe, context: Context) -> Result:
    """No file of that pattern lies in the folder itself."""
    found = next(Path(probe.path).glob(probe.text), None)
    return Result(ok=found is None, reason=f"{found} is there" if found else f"{probe.path} holds no {probe.text}")


@kind("path-plain", "path")
def _path_plain(probe: Probe, context: Context) -> Result:
    """Fit for an installation of conda: some of its programs fail in a path with blanks or letters beyond ASCII, and
    Windows in a long one.
    """
    bad = re.search(r"[^!-~]", probe.path)
    if bad:
        what = "a blank" if bad[0] == " " else f"`{bad[0]}`"
        return Result(ok=False, reason=f"{probe.path} holds {what}, with which conda's programs do not all work")
    if context.machine.system == "windows" and len(probe.path) > 100:
        return Result(ok=False, reason=f"{probe.path} is so long that files in it would pass Windows' limit of 260")
    return Result(ok=True, reason=f"{probe.path} is plain")


@kind("value-given", "text")
def _value_given(probe: Probe, context: Context) -> Result:
    return Result(ok=bool(probe.text), reason="given" if probe.text else "there is no value for it")


# Tools


@kind("command-on-path", "command", may=("version",))
def _command_on_path(probe: Probe, context: Context) -> Result:
    path = facts.program(context.machine, probe.command) or shutil.which(probe.command) or ""
    if not path and probe.command in (context.machine.shell, context.machine.login_shell):
        return Result(ok=True, reason=f"`{probe.command}` is the shell here")
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
    answer = _in_new_shell(SHELL_LINES[shell], shell, probe.command, context)
    if isinstance(answer, Result):
        return answer
    ok = answer.code == 0
    return Result(
        ok=ok,
        reason=f"a new {shell} {'finds' if ok else 'does not find'} `{probe.command}`",
        evidence=answer.out[-500:],
    )


def _in_new_shell(line: list[str], shell: str, value: str, context: Context) -> Completed | Result:
    """What a shell says that knows nothing of the environment that is active here; a result where there is no such
    shell.
    """
    argv = list(line)
    if shell == "powershell" and not shutil.which("powershell"):
        argv[0] = "pwsh"
    if context.machine.system == "macos" and shell in ("bash", "zsh"):
        argv.insert(1, "-l")  # Terminal starts login shells there
    env = {
        name: text
        for name, text in (context.env or os.environ).items()
        if not name.upper().startswith(("CONDA_", "_CONDA", "_CE_")) and name.upper() != "VIRTUAL_ENV"
    }
    answer = context.replace(env=env).run(argv, ENVGUIDE_FIND=value)
    if answer.code == 127 and not shutil.which(argv[0]):
        return Result(ok=False, reason=f"{shell} is not installed")
    return answer


_ACTIVATE = 'conda activate "$ENVGUIDE_FIND" && printf "\\nCONDA_PREFIX=%s\\n" "$CONDA_PREFIX"'
_ACTIVATE_LINES = {
    "bash": ["bash", "-i", "-c", _ACTIVATE],
    "zsh": ["zsh", "-i", "-c", _ACTIVATE],
    "fish": ["fish", "-i", "-c", 'conda activate $ENVGUIDE_FIND; and printf "\\nCONDA_PREFIX=%s\\n" $CONDA_PREFIX'],
    "powershell": [
        "powershell",
        "-NonInteractive",
        "-Command",
        "conda activate $env:ENVGUIDE_FIND; Write-Output CONDA_PREFIX=$env:CONDA_PREFIX",
    ],
    "cmd": ["cmd", "/c", "conda activate %ENVGUIDE_FIND% && set CONDA_PREFIX"],
}


@kind("new-shell-activates", "prefix", may=("shell",))
def _new_shell_activates(probe: Probe, context: Context) -> Result:
    """In a new shell `conda activate` works, for the environment in the folder."""
    shell = probe.shell or str(facts.facts_of(context.machine)["shell"])
    if shell not in _ACTIVATE_LINES:
        return Result(ok=False, reason=f"new {shell} shells are not known here")
    answer = _in_new_shell(_ACTIVATE_LINES[shell], shell, probe.prefix, context)
    if isinstance(answer, Result):
        return answer
    found = re.findall(r"^CONDA_PREFIX=(.*?)\r?$", answer.out, re.MULTILINE)
    if found and os.path.realpath(found[-1]) == os.path.realpath(probe.prefix):
        return Result(ok=True, reason=f"in a new {shell} `conda activate` works", evidence=found[-1])
    said = (answer.err or answer.out).strip().splitlines()
    detail = f": {said[-1][:200]}" if said else ""
    return Result(ok=False, reason=f"in a new {shell} `conda activate` does not work{detail}")
