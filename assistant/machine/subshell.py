"""A shell inside an environment: what to start, with which variables. Fixed texts; paths go in as variables only."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from assistant.content.frozen import Frozen
from assistant.errors import UsageError
from assistant.machine.model import Environment, Machine

_BASH = """[ -f "$HOME/.bashrc" ] && . "$HOME/.bashrc"
"""
_ZSH = """[ -f "${ENVGUIDE_ZDOTDIR:-$HOME}/.zshrc" ] && . "${ENVGUIDE_ZDOTDIR:-$HOME}/.zshrc"
"""
_VENV = '. "$ENVGUIDE_PREFIX/bin/activate"\n'
_CONDA = 'eval "$("$ENVGUIDE_CONDA/bin/conda" shell.{shell} hook)" && conda activate "$ENVGUIDE_PREFIX"\n'
_FISH_VENV = 'source "$ENVGUIDE_PREFIX/bin/activate.fish"'
_FISH_CONDA = '"$ENVGUIDE_CONDA/bin/conda" shell.fish hook | source; and conda activate "$ENVGUIDE_PREFIX"'
_POWERSHELL_VENV = '& "$Env:ENVGUIDE_PREFIX\\Scripts\\Activate.ps1"'
_POWERSHELL_CONDA = '& "$Env:ENVGUIDE_CONDA\\shell\\condabin\\conda-hook.ps1"; conda activate "$Env:ENVGUIDE_PREFIX"'
_CMD_VENV = '"%ENVGUIDE_PREFIX%\\Scripts\\activate.bat"'
_CMD_CONDA = '"%ENVGUIDE_CONDA%\\condabin\\conda.bat" activate "%ENVGUIDE_PREFIX%"'


class Subshell(Frozen):
    """A program to start, and its variables. `folder` holds its start file and can be deleted afterwards."""

    argv: tuple[str, ...]
    env: dict[str, str]
    folder: str = ""


def named_environment(name: str, machine: Machine) -> Environment:
    """The environment of that name or folder.

    Raises:
        UsageError: no name was given, or there is no such environment.
    """
    from assistant.content.schema import nearest

    names = [one.name for one in machine.environments]
    if not name:
        raise UsageError("say which environment", f"there are: {', '.join(names)}" if names else "none was found")
    found = next((one for one in machine.environments if name in (one.name, one.path)), None)
    if found is None:
        raise UsageError(f"there is no environment `{name}`{nearest(name, names)}", "/machine lists them")
    return found


def subshell(environment: Environment, machine: Machine, variables: Mapping[str, str] | None = None) -> Subshell:
    """How to open the person's shell with an environment active.

    Raises:
        UsageError: this environment or this shell cannot be opened so.
    """
    variables = dict(os.environ if variables is None else variables)
    conda = environment.kind == "conda"
    if environment.kind not in ("conda", "venv", "uv") or environment.hollow:
        raise UsageError(f"`{environment.name}` is of the kind {environment.kind}, which is not activated", "")
    env = {**variables, "ENVGUIDE_PREFIX": environment.path, "ENVGUIDE_CONDA": environment.base or environment.path}
    shell = machine.shell or machine.login_shell or ("powershell" if machine.system == "windows" else "bash")
    if shell in ("bash", "zsh"):
        folder = tempfile.mkdtemp(prefix="envguide-shell-")
        text = (_BASH if shell == "bash" else _ZSH) + (_CONDA.format(shell=shell) if conda else _VENV)
        if shell == "bash":
            file = Path(folder, "bashrc")
            file.write_text(text, encoding="utf-8")
            return Subshell(argv=("bash", "--rcfile", str(file), "-i"), env=env, folder=folder)
        Path(folder, ".zshrc").write_text(text, encoding="utf-8")
        env |= {"ENVGUIDE_ZDOTDIR": variables.get("ZDOTDIR", ""), "ZDOTDIR": folder}
        return Subshell(argv=("zsh", "-i"), env=env, folder=folder)
    if shell == "fish":
        return Subshell(argv=("fish", "--interactive", "--init-command", _FISH_CONDA if conda else _FISH_VENV), env=env)
    if shell == "powershell":
        program = "powershell" if machine.system == "windows" else "pwsh"
        return Subshell(
            argv=(program, "-NoExit", "-Command", _POWERSHELL_CONDA if conda else _POWERSHELL_VENV), env=env
        )
    if shell == "cmd":
        return Subshell(argv=("cmd", "/k", _CMD_CONDA if conda else _CMD_VENV), env=env)
    raise UsageError(f"a shell of the kind `{shell}` cannot be opened from here", "activate it by hand")
