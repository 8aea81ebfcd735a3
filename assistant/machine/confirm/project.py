"""Files and folders of the project in the working directory."""

from __future__ import annotations

import os

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here, listing
from assistant.machine.environments import active_prefix, read_pyvenv
from assistant.machine.layout import VENV_FOLDERS


def _above(folder: str) -> list[str]:
    """A folder and those above it."""
    found = []
    while folder:
        found.append(folder)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return found


def no_pyproject(here: Here, _: str) -> Verdict | None:
    """There is no pyproject.toml here or above."""
    if not here.roots.cwd:
        return None
    for folder in _above(here.roots.cwd):
        if os.path.isfile(path := os.path.join(folder, "pyproject.toml")):
            return no(f"there is {here.short(path)}")
    return yes(f"neither {here.short(here.roots.cwd)} nor a folder above holds a pyproject.toml")


def not_installable(here: Here, _: str) -> Verdict | None:
    """The working directory is no project that pip can install."""
    cwd = here.roots.cwd
    if not cwd:
        return None
    for name in ("pyproject.toml", "setup.py"):
        if os.path.isfile(os.path.join(cwd, name)):
            return no(f"{here.short(cwd)} holds a {name}")
    return yes(f"{here.short(cwd)} holds neither pyproject.toml nor setup.py")


def requirements_missing(here: Here, _: str) -> Verdict | None:
    """The requirements file is not there."""
    path = here.at(here.slot("requirements", "file"))
    if not path:
        return None
    if os.path.exists(path):
        return no(f"{here.short(path)} is there")
    near = sorted(
        name
        for name in (os.listdir(os.path.dirname(path)) if os.path.isdir(os.path.dirname(path)) else [])
        if name.endswith(".txt") and "req" in name.lower()
    )
    return yes(f"there is no {here.short(path)}" + (f", but {listing(near)}" if near else ""))


def utf16(here: Here, _: str) -> Verdict | None:
    """A requirements file here begins as UTF-16 files do."""
    names = [here.slot("requirements", "file") or "requirements.txt"]
    for name in names:
        path = here.at(name)
        try:
            with open(path, "rb") as file:
                start = file.read(2)
        except (OSError, ValueError):
            continue
        if start in (b"\xff\xfe", b"\xfe\xff"):
            return yes(f"{here.short(path)} is written in UTF-16")
        return no(f"{here.short(path)} is not written in UTF-16")
    return None


def _environments_here(here: Here) -> list[str]:
    return [
        name for name in VENV_FOLDERS if here.roots.cwd and read_pyvenv(os.path.join(here.roots.cwd, name)) is not None
    ]


def no_environment(here: Here, _: str) -> Verdict | None:
    """No environment is active and none lies in the working directory."""
    if active := active_prefix(here.roots):
        return no(f"{here.short(active)} is active")
    found = _environments_here(here)
    if found:
        return no(f"there is an environment `{found[0]}` here")
    return yes(f"no environment is active, and {here.short(here.roots.cwd)} holds none") if here.roots.cwd else None


def activate_missing(here: Here, _: str) -> Verdict | None:
    """The activate script is not where it was looked for."""
    found = _environments_here(here)
    wanted = here.at(here.slot("path"))
    scripts = [
        os.path.join(folder, part, "activate")
        for folder in (wanted, os.path.dirname(os.path.dirname(wanted)))
        for part in ("bin", "Scripts")
    ]
    if wanted and (os.path.isfile(wanted) or any(os.path.isfile(script) for script in scripts)):
        return no(f"{here.short(wanted)} is there")
    if found:
        return yes(f"the environments here are {listing(found)}")
    return yes(f"{here.short(here.roots.cwd)} holds no virtual environment") if here.roots.cwd else None


def environment_in_the_way(here: Here, _: str) -> Verdict | None:
    """The folder for the new environment exists."""
    path = here.at(here.slot("path") or ".venv")
    if not path:
        return None
    return yes(f"{here.short(path)} is there") if os.path.exists(path) else no(f"there is no {here.short(path)}")


def no_lock(here: Here, _: str) -> Verdict | None:
    """There is no uv.lock beside the project's file."""
    for folder in _above(here.roots.cwd) if here.roots.cwd else ():
        if os.path.isfile(os.path.join(folder, "pyproject.toml")):
            if os.path.isfile(os.path.join(folder, "uv.lock")):
                return None
            return yes(f"{here.short(folder)} holds no uv.lock")
    return None


def broken_environment(here: Here, _: str) -> Verdict | None:
    """An environment here lost its interpreter."""
    near = [one for one in here.environments if one.kind in ("venv", "uv", "pyenv")]
    wanted = here.slot("path")
    if wanted:
        near = [one for one in near if here.at(wanted).startswith(one.path + os.sep)] or near
    broken = [one for one in near if not one.works]
    if broken:
        return yes(f"{here.short(broken[0].path)} starts a Python that is gone")
    return no(f"the Python of {listing([one.name for one in near])} is there") if near else None


def interpreter_gone(here: Here, _: str) -> Verdict | None:
    """The program that was named is not there."""
    path = here.at(here.slot("path"))
    if not path:
        return None
    return no(f"{here.short(path)} is there") if os.path.exists(path) else yes(f"there is no {here.short(path)}")


LOOKS = {
    "no-pyproject": no_pyproject,
    "not-installable": not_installable,
    "requirements-missing": requirements_missing,
    "utf16": utf16,
    "no-environment": no_environment,
    "activate-missing": activate_missing,
    "environment-in-the-way": environment_in_the_way,
    "no-lock": no_lock,
    "broken-environment": broken_environment,
    "interpreter-gone": interpreter_gone,
}
