"""Which shell is really running, and in which terminal. $SHELL names the login shell, which is often another one."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.context import Roots

# Program name -> the shell whose commands it takes.
SHELLS = {
    "bash": "bash",
    "zsh": "zsh",
    "fish": "fish",
    "pwsh": "powershell",
    "pwsh-preview": "powershell",
    "powershell": "powershell",
    "cmd": "cmd",
}
# Shells whose commands are none of the five, and that scripts put between the person's shell and us.
PLAIN = ("sh", "dash", "ash", "busybox", "ksh", "tcsh", "csh", "nu", "xonsh")
# How far up the process tree the shell may be: launchers such as uv run or npx come between.
ANCESTORS = 12


def shell_of(program: str) -> str:
    """The shell that a program name or path stands for, or the empty text: `-zsh` and `pwsh.exe` are known."""
    name = program.replace("\\", "/").rpartition("/")[2].lower().lstrip("-").removesuffix(".exe")
    return SHELLS.get(name, "")


def running_shell(roots: Roots, ancestors: list[str] | None = None) -> tuple[str, str]:
    """The shell and how it is known. `ancestors` are program names, nearest first, where somebody read them already."""
    if roots.system == "windows" and not ancestors:
        return _windows_shell(roots)
    if ancestors is None and roots.system == "linux":
        ancestors = linux_ancestors(roots)
    plain = ""
    for name in ancestors or []:
        if shell := shell_of(name):
            return shell, f"an ancestor process is {name}"
        plain = plain or (name.lstrip("-") if name.lstrip("-") in PLAIN else "")
    login = roots.get("SHELL")
    if shell := shell_of(login):
        return shell, f"SHELL is {login} (the login shell; the running one could not be read)"
    return (
        "",
        f"an ancestor process is {plain}" if plain else "no shell among the ancestor processes, and SHELL is not set",
    )


def linux_ancestors(roots: Roots) -> list[str]:
    """The program names of the processes above this one, nearest first, from /proc."""
    names: list[str] = []
    process = roots.parent
    while process > 0 and len(names) < ANCESTORS:
        try:
            with open(roots.at(f"/proc/{process}/stat"), "rb") as file:
                stat = file.read(1000).decode("utf-8", "replace")
        except OSError:
            break
        # "pid (name) state parent ...": the name may itself hold spaces and brackets.
        names.append(stat[stat.find("(") + 1 : stat.rfind(")")])
        rest = stat[stat.rfind(")") + 1 :].split()
        process = int(rest[1]) if len(rest) > 1 and rest[1].isdigit() else 0
    return names


def _windows_shell(roots: Roots) -> tuple[str, str]:
    login = roots.get("SHELL")
    if roots.get("MSYSTEM") and shell_of(login):
        return shell_of(login), f"MSYSTEM is {roots.get('MSYSTEM')} and SHELL is {login}"
    # PowerShell puts the person's own module folder in front; cmd inherits the system's folders alone.
    modules = roots.get("PSMODULEPATH").replace("\\", "/").lower()
    if roots.home and roots.home.replace("\\", "/").lower() in modules:
        return "powershell", "PSModulePath holds the person's own module folder"
    if roots.get("PROMPT"):
        return "cmd", "PROMPT is set, as cmd does"
    return "", "neither PSModulePath nor PROMPT tells the shell"


def terminal_name(roots: Roots) -> str:
    """The terminal program, as far as its variables tell."""
    if roots.get("WT_SESSION"):
        return "Windows Terminal"
    if program := roots.get("TERM_PROGRAM"):
        return f"{program} {roots.get('TERM_PROGRAM_VERSION')}".strip()
    for variable, name in (
        ("KITTY_WINDOW_ID", "kitty"),
        ("ALACRITTY_WINDOW_ID", "Alacritty"),
        ("KONSOLE_VERSION", "Konsole"),
        ("GNOME_TERMINAL_SCREEN", "GNOME Terminal"),
        ("VTE_VERSION", "a VTE terminal"),
        ("CONEMUANSI", "ConEmu"),
        ("SSH_TTY", "an SSH session"),
    ):
        if roots.get(variable):
            return name
    return roots.get("TERM")
