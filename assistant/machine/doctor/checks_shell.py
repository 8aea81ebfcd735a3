"""Checks of the shell: init blocks, PATH order, aliases; on Windows the execution policy and the profile."""

from __future__ import annotations

import re

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import LINES_MOVE, conda_program, delete_lines, quote
from assistant.machine.model import Conda, Machine, ShellFile
from assistant.machine.pythons import first_python
from assistant.machine.windows import effective_policy

_TOOL_FOLDER = re.compile(r"(?i)conda|mamba|miniforge|python|pyenv|cuda")


def with_init(machine: Machine, shell: str) -> list[ShellFile]:
    """The files of a shell that start a conda or mamba which exists."""
    return [
        file
        for file in machine.shell_files
        if file.shell == shell and (file.sourced or any(block.root_exists for block in file.blocks))
    ]


def startable(machine: Machine) -> Conda | None:
    """The first conda that `conda init` could set up."""
    return next((conda for conda in machine.condas if conda.version), None)


@check("shell-init-missing", "shell", "a conda that this shell does not know", "shell", "condas", "network")
def init_missing(machine: Machine) -> list[Finding]:
    conda = startable(machine)
    # CONDA_SHLVL is set by conda's own shell function: where it is, activation works.
    if conda is None or not machine.shell or "CONDA_SHLVL" in machine.variables:
        return []
    if machine.shell == "cmd" or with_init(machine, machine.shell):
        return []
    others = sorted({file.shell for file in machine.shell_files if with_init(machine, file.shell)})
    elsewhere = f"; it is set up for {', '.join(others)}" if others else ""
    return [
        Finding(
            check="shell-init-missing",
            effect=BLOCKS,
            title=f"`conda activate` does not work in {machine.shell}",
            evidence=f"{conda.root} is installed, and no start-up file of {machine.shell} loads it{elsewhere}",
            fix=(f"{conda_program(machine, conda)} init {machine.shell}",),
            advice="Then open a new terminal.",
            flow="initialise-shell",
            params={"shell": machine.shell},
        )
    ]


@check("shell-init-stale", "shell", "init blocks of a conda that was removed", "shell")
def init_stale(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="shell-init-stale",
            effect=BLOCKS if file.shell == machine.shell and not with_init(machine, file.shell) else MAY_BITE,
            title=f"{file.shell} still starts a {block.tool} that is gone",
            evidence=f"{file.path}, line {block.start}: {block.root}",
            fix=delete_lines(file.path, block.start, block.end or block.start, machine),
            advice=f"The block does nothing but slow each new shell. {LINES_MOVE}",
            flow="initialise-shell" if startable(machine) else "",
        )
        for file in machine.shell_files
        for block in file.blocks
        if block.root and not block.root_exists
    ]


@check("shell-init-several", "shell", "init blocks of several condas in one shell", "shell")
def init_several(machine: Machine) -> list[Finding]:
    found = []
    for shell in dict.fromkeys(file.shell for file in machine.shell_files):
        blocks = [
            (file, block)
            for file in machine.shell_files
            if file.shell == shell
            for block in file.blocks
            if block.root_exists and block.root and block.tool == "conda"
        ]
        if len({block.root for _, block in blocks}) > 1:
            file, block = blocks[0]
            found.append(
                Finding(
                    check="shell-init-several",
                    effect=MAY_BITE,
                    title=f"{shell} starts more than one conda",
                    evidence="; ".join(f"{one.path}, line {two.start}: {two.root}" for one, two in blocks),
                    fix=delete_lines(file.path, block.start, block.end or block.start, machine),
                    advice=f"The last one wins. Keep the block of the conda that you use. {LINES_MOVE}",
                )
            )
    return found


@check("shell-init-damaged", "shell", "init blocks that lack their end mark", "shell")
def init_damaged(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="shell-init-damaged",
            effect=MAY_BITE,
            title=f"the {block.tool} block in a {file.shell} file has no end mark",
            evidence=f"{file.path}, from line {block.start}",
            fix=(f"{'notepad' if machine.system == 'windows' else 'nano'} {quote(file.path, machine.shell)}",),
            advice="conda cannot remove such a block and adds a second one. Delete it by hand, then run conda init.",
        )
        for file in machine.shell_files
        for block in file.blocks
        if not block.end
    ]


@check("shell-file-unwritable", "shell", "a start-up file that cannot be changed", "shell", "condas")
def file_unwritable(machine: Machine) -> list[Finding]:
    if not machine.condas or machine.system == "windows":
        return []
    return [
        Finding(
            check="shell-file-unwritable",
            effect=MAY_BITE,
            title=f"a start-up file of {file.shell} cannot be written",
            evidence=file.path,
            fix=(f'sudo chown "$USER" {quote(file.path, machine.shell)}',),
            advice="conda init would ask for an administrator's password.",
        )
        for file in machine.shell_files
        if file.shell == machine.shell and file.exists and not file.writable
    ]


@check("shell-path-order", "shell", "a `python` that is not the active environment's", "pythons", "environments")
def path_order(machine: Machine) -> list[Finding]:
    one = machine.active
    first = first_python(machine.pythons)
    if one is None or first is None or not one.python or not one.works:
        return []
    if _inside(first.path, one.path) or (first.prefix and first.prefix == machine.active_real):
        return []
    name = quote(one.name, machine.shell)
    again = ("conda deactivate", f"conda activate {name}") if one.kind == "conda" else ()
    return [
        Finding(
            check="shell-path-order",
            effect=BLOCKS,
            title="`python` is not the active environment's",
            evidence=f"`python` is {first.path}; the active environment is {one.path}",
            fix=again or (_activate(one.path, machine),),
            advice="Something put another folder in front of PATH: a start-up file, pyenv, or an editor's terminal.",
        )
    ]


def _inside(path: str, folder: str) -> bool:
    return path.replace("\\", "/").lower().startswith(folder.replace("\\", "/").lower().rstrip("/") + "/")


def _activate(path: str, machine: Machine) -> str:
    if machine.system == "windows":
        script = f"{path}\\Scripts\\" + ("Activate.ps1" if machine.shell == "powershell" else "activate.bat")
        return quote(script, machine.shell)
    ending = {"fish": ".fish", "powershell": ".ps1"}.get(machine.shell, "")
    script = f"{path}/bin/" + ("Activate.ps1" if machine.shell == "powershell" else f"activate{ending}")
    return f"source {quote(script, machine.shell)}" if machine.shell != "powershell" else quote(script, machine.shell)


@check("shell-aliases", "shell", "aliases for python or pip", "shell")
def aliases(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="shell-aliases",
            effect=MAY_BITE,
            title=f"{file.shell} has an alias for python or pip",
            evidence=f"{file.path}, {line}",
            fix=delete_lines(file.path, _line(line), _line(line), machine),
            advice=f"An alias is stronger than the active environment. {LINES_MOVE}",
        )
        for file in machine.shell_files
        if file.shell == machine.shell
        for line in file.aliases
    ]


@check("shell-path-by-hand", "shell", "conda or Python put on PATH by hand", "shell")
def path_by_hand(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="shell-path-by-hand",
            effect=NOTE,
            title=f"a {file.shell} file puts conda on PATH by hand",
            evidence=f"{file.path}, {line}",
            fix=delete_lines(file.path, _line(line), _line(line), machine),
            advice=f"conda init does this in a way that activation can undo. {LINES_MOVE}",
        )
        for file in machine.shell_files
        if file.shell == machine.shell
        for line in file.path_edits
        if re.search("(?i)conda|mamba|miniforge", line)
    ]


def _line(text: str) -> int:
    found = re.match(r"line (\d+):", text)
    return int(found[1]) if found else 1


@check("shell-path-missing", "shell", "PATH entries of tools that are gone", "shell")
def path_missing(machine: Machine) -> list[Finding]:
    gone = [entry for entry in machine.path_missing if _TOOL_FOLDER.search(entry)]
    if not gone:
        return []
    return [
        Finding(
            check="shell-path-missing",
            effect=NOTE,
            title="PATH names folders that do not exist",
            evidence="; ".join(gone[:5]),
            advice="Harmless, but a sign of something removed. Look for them in the shell's start-up files.",
        )
    ]


@check("shell-execution-policy", "windows", "PowerShell's execution policy", "shell")
def execution_policy(machine: Machine) -> list[Finding]:
    policy = effective_policy(machine.execution_policy)
    if policy not in ("Restricted", "AllSigned"):
        return []
    by_group = any(
        one.scope in ("MachinePolicy", "UserPolicy") and one.policy != "Undefined" for one in machine.execution_policy
    )
    return [
        Finding(
            check="shell-execution-policy",
            effect=BLOCKS if machine.shell in ("powershell", "") else MAY_BITE,
            title="PowerShell may not run scripts",
            evidence=f"the execution policy is {policy}",
            fix=() if by_group else ("Set-ExecutionPolicy -Scope CurrentUser RemoteSigned",),
            advice=(
                "Your organisation sets it: ask its administrators, or use cmd."
                if by_group
                else "Profiles and Activate.ps1 are scripts: neither conda nor a virtual environment can be activated."
            ),
        )
    ]


@check("shell-onedrive-profile", "windows", "a PowerShell profile inside OneDrive", "shell")
def onedrive_profile(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="shell-onedrive-profile",
            effect=MAY_BITE,
            title="the PowerShell profile lies in OneDrive",
            evidence=file.path,
            advice="It is shared with your other computers, where this conda is not, and may be missing while offline.",
        )
        for file in machine.shell_files
        if file.shell == "powershell" and file.exists and re.search(r"(?i)[/\\]OneDrive", file.path)
    ]


@check("windows-release", "windows", "a Windows that gets no new packages from Anaconda", "system")
def windows_release(machine: Machine) -> list[Finding]:
    found = re.search(r"Windows 10\.0\.(\d+)", machine.release)
    # 26100 is Windows 11 24H2; Anaconda stops for older ones with 10 November 2026, for Windows 10 with 30 June 2026.
    if machine.system != "windows" or not found or int(found[1]) >= 26100:
        return []
    return [
        Finding(
            check="windows-release",
            effect=NOTE,
            title="Anaconda no longer builds packages for this Windows",
            evidence=machine.release,
            advice="What is there keeps installing. conda-forge still supports Windows 10.",
        )
    ]


@check("windows-long-paths", "windows", "environments with very long paths", "environments")
def long_paths(machine: Machine) -> list[Finding]:
    # Packages add up to about 150 letters below an environment, and Windows stops at 260 by default.
    names = [one.path for one in machine.environments if len(one.path) > 110]
    if machine.system != "windows" or not names:
        return []
    return [
        Finding(
            check="windows-long-paths",
            effect=MAY_BITE,
            title="an environment lies so deep that its files may pass the 260-letter limit",
            evidence=names[0],
            advice="Make it again in a shorter place, such as a folder right under the drive.",
        )
    ]
