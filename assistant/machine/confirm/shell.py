"""The shell: is conda loaded and found, may PowerShell run scripts, where does its profile lie?"""

from __future__ import annotations

import re

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here


def not_initialised(here: Here, _: str) -> Verdict | None:
    """A conda is installed and no start-up file of this shell loads it."""
    conda, shell = here.conda, here.machine.shell
    # CONDA_SHLVL is set by conda's own shell function: where it is, activation works.
    if here.roots.get("CONDA_SHLVL"):
        return no("conda's shell function is loaded in this terminal")
    if conda is None or not shell or shell == "cmd":
        return None
    loads = [
        file
        for file in here.shell_files
        if file.shell == shell
        and (file.sourced or any(block.root_exists and block.tool == "conda" for block in file.blocks))
    ]
    if loads:
        return yes(
            f"{here.short(loads[0].path)} loads conda, and this terminal was opened before that or did not read it"
        )
    return yes(f"conda is in {here.short(conda.root)}, and no start-up file of {shell} loads it")


def conda_not_found(here: Here, _: str) -> Verdict | None:
    """`conda` is not on PATH: installed elsewhere, or not at all."""
    if found := here.on_path("conda"):
        return no(f"`conda` is {here.short(found)}")
    if here.condas:
        return yes(f"conda is in {here.short(here.condas[0].root)}, and that is not on PATH")
    return yes("no conda is on PATH or in the usual folders: it is not installed")


def execution_policy(here: Here, _: str) -> Verdict | None:
    """PowerShell runs no scripts. Only the full look asks PowerShell."""
    from assistant.machine.windows import effective_policy

    policy = effective_policy(here.machine.execution_policy)
    if not policy:
        return None
    if policy in ("Restricted", "AllSigned"):
        return yes(f"the execution policy is {policy}")
    return no(f"the execution policy is {policy}")


def onedrive_profile(here: Here, _: str) -> Verdict | None:
    """The PowerShell profile lies in OneDrive."""
    if here.roots.system != "windows":
        return None
    profiles = [file for file in here.shell_files if file.shell == "powershell" and file.exists]
    for file in profiles:
        if re.search(r"(?i)[/\\]OneDrive", file.path):
            return yes(f"the profile is {here.short(file.path)}")
    return no(f"the profile is {here.short(profiles[0].path)}") if profiles else None


def other_shell(here: Here, _: str) -> Verdict | None:
    """The shell is none that a plain `activate` script is written for."""
    shell = here.machine.shell
    return yes(f"this shell is {shell}") if shell in ("fish", "powershell", "cmd") else None


def pyenv(here: Here, _: str) -> Verdict | None:
    """pyenv is asked for a Python that it does not have."""
    from assistant.machine.pythons import pyenv_missing

    missing = pyenv_missing(here.roots)
    if missing:
        return yes(f"Python {missing[0]} is asked for and pyenv does not have it")
    return no("pyenv has every Python that is asked for") if here.on_path("pyenv") else None


def store_alias(here: Here, _: str) -> Verdict | None:
    """`python` is the Microsoft Store's placeholder."""
    if here.roots.system != "windows" or here.first_python is None:
        return None
    first = here.first_python
    return yes(f"`python` is {first.path}, which opens the Store") if first.stub else no(f"`python` is {first.path}")


LOOKS = {
    "not-initialised": not_initialised,
    "conda-not-found": conda_not_found,
    "execution-policy": execution_policy,
    "onedrive-profile": onedrive_profile,
    "other-shell": other_shell,
    "pyenv": pyenv,
    "store-alias": store_alias,
}
