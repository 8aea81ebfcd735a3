"""The Python in use: whose it is, what it lacks, what it imports instead."""

from __future__ import annotations

import os

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here, listing
from assistant.machine.layout import prefix_of, site_packages
from assistant.machine.versions import at_least, minor, numbers

MOST_SEARCHED = 40  # environments in which a module is looked for


def externally_managed(here: Here, _: str) -> Verdict | None:
    """No environment is active and the system's Python refuses pip."""
    if here.active is not None:
        return no(f"the environment `{here.active.name}` is active, and pip may change it")
    first = here.first_python
    if first is None:
        return None
    if first.externally_managed:
        return yes(f"{first.path} belongs to the system and no environment is active")
    return no(f"{first.path} carries no mark of a system's Python")


def no_ensurepip(here: Here, _: str) -> Verdict | None:
    """The system's Python has no ensurepip."""
    first = next((one for one in here.pythons if one.source == "system" and one.order >= 0), here.first_python)
    if first is None or first.has_venv is None:
        return None
    return no(f"{first.path} has ensurepip") if first.has_venv else yes(f"{first.path} has no ensurepip")


def ended(here: Here, _: str) -> Verdict | None:
    """The Python in use gets no more fixes, so that packages stop supporting it."""
    from assistant.machine import compatibility

    version = _version(here)
    end = compatibility.end_of_life(compatibility.table(), version) if version else ""
    import datetime

    if not end or datetime.date.today().isoformat()[: len(end)] <= end:
        return None
    return yes(f"the Python in use is {version}, which ended {end}")


def _version(here: Here) -> str:
    """The version of the Python in use; empty where files do not tell."""
    for one in here.environments:
        if one.path == here.prefix and one.python_version:
            return one.python_version
    first = here.first_python
    return first.version if first is not None else ""


def without_distutils(here: Here, _: str) -> Verdict | None:
    """The Python in use is 3.12 or newer, which has no distutils, imp or asyncore."""
    version = _version(here)
    if not version:
        return None
    where = f"the Python in use is {version}"
    return yes(where) if at_least(version, "3.12") else no(where)


def variables(here: Here, _: str) -> Verdict | None:
    """PYTHONHOME or PYTHONPATH is set."""
    for name in ("PYTHONHOME", "PYTHONPATH"):
        if value := here.roots.get(name):
            return yes(f"{name}={value} is set")
    return no("neither PYTHONHOME nor PYTHONPATH is set in this shell")


def user_packages(here: Here, _: str) -> Verdict | None:
    """Packages of the user folder are seen by every Python of that version."""
    from assistant.machine.pipconf import user_sites

    if here.roots.get("PYTHONNOUSERSITE"):
        return no("PYTHONNOUSERSITE is set")
    found = user_sites(here.roots)
    return yes(f"{here.short(found[0])} holds packages") if found else no("no package is in the user folder")


def shadowed(here: Here, _: str) -> Verdict | None:
    """A file in the working directory has the module's name."""
    cwd = here.roots.cwd
    module = here.slot("module").partition(".")[0]
    if not cwd or not module:
        return None
    for name in (f"{module}.py", os.path.join(module, "__init__.py")):
        if os.path.isfile(path := os.path.join(cwd, name)):
            return yes(f"there is {here.short(path)}")
    return no(f"{here.short(cwd)} holds no {module}.py")


def _has_module(folders: tuple[str, ...], module: str) -> bool:
    return any(os.path.exists(os.path.join(folder, name)) for folder in folders for name in (module, f"{module}.py"))


def module_missing(here: Here, _: str) -> Verdict | None:
    """The module is not in the Python in use; where else it is, is said too."""
    module = here.slot("module").partition(".")[0]
    if not module or not here.sites:
        return None
    if _has_module(here.sites, module):
        return no(f"`{module}` is in {here.prefix_name}, so another Python was run")
    others = [
        one.name
        for one in here.environments[:MOST_SEARCHED]
        if one.path != here.prefix and _has_module(site_packages(one.path, here.roots.system), module)
    ]
    elsewhere = f", but in {listing(others, 3)}" if others else ""
    return yes(f"`{module}` is not in {here.prefix_name}{elsewhere}")


def module_here(here: Here, _: str) -> Verdict | None:
    """The module is in the environment of this terminal: what lacks it is another Python."""
    found = module_missing(here, _)
    if found is None:
        return None
    return no(found.because) if found.holds else yes(found.because.partition(",")[0])


def in_environment(here: Here, _: str) -> Verdict | None:
    """A virtual environment is active."""
    if value := here.roots.get("VIRTUAL_ENV"):
        return yes(f"the virtual environment {here.short(value)} is active")
    return no("no virtual environment is active in this terminal")


def no_torch_wheel(here: Here, _: str) -> Verdict | None:
    """The newest PyTorch has no wheel for the Python in use."""
    from assistant.machine import compatibility

    version, releases = _version(here), compatibility.table().torch
    if not version or not releases:
        return None
    newest = max(releases, key=lambda one: numbers(one.version))
    name = minor(version)
    if any(name in release.pythons for release in releases):
        return None
    return yes(
        f"the Python in use is {version}, and PyTorch {newest.version} has wheels for {newest.pythons[0]} and newer"
    )


def other_pip(here: Here, _: str) -> Verdict | None:
    """`pip` belongs to another Python than `python`."""
    from assistant.machine.pipconf import pip_owner

    first = here.first_python
    owner = pip_owner(here.roots, here.machine.replace(pythons=here.pythons))
    if first is None or not owner:
        return None
    same = os.path.realpath(prefix_of(owner)) in {
        os.path.realpath(prefix_of(first.path)),
        os.path.realpath(prefix_of(os.path.realpath(first.path))),
    }
    if same or os.path.realpath(owner) == os.path.realpath(first.path):
        return no(f"`pip` and `python` both belong to {here.short(prefix_of(first.path))}")
    return yes(f"`pip` belongs to {here.short(owner)} and `python` is {here.short(first.path)}")


def not_writable(here: Here, _: str) -> Verdict | None:
    """The packages of the Python in use belong to another account."""
    if not here.sites:
        return None
    folder = here.sites[0]
    if os.access(folder, os.W_OK):
        return no(f"{here.short(folder)} can be written")
    return yes(f"{here.short(folder)} cannot be written by this account")


def leftovers(here: Here, _: str) -> Verdict | None:
    """A folder such as ~umpy is left of an interrupted install."""
    from assistant.machine.packages import read_site

    if not here.sites:
        return None
    for folder in here.sites:
        if left := read_site(folder)[1]:
            return yes(f"there is {here.short(left[0])}")
    return no(f"no remains are in {here.prefix_name}")


def numpy_2(here: Here, _: str) -> Verdict | None:
    """NumPy 2 is here, which packages built for NumPy 1 do not work with."""
    version = here.version_of("numpy")
    return yes(f"NumPy {version} is in {here.prefix_name}") if version and at_least(version, "2.0") else None


def numpy_old(here: Here, _: str) -> Verdict | None:
    """NumPy 1 is here."""
    version = here.version_of("numpy")
    if not version:
        return None
    where = f"NumPy {version} is in {here.prefix_name}"
    return None if at_least(version, "2.0") else yes(where)


def numpy_new(here: Here, _: str) -> Verdict | None:
    """NumPy is 1.24 or newer, which dropped the names that had long been deprecated."""
    version = here.version_of("numpy")
    if not version:
        return None
    where = f"NumPy {version} is in {here.prefix_name}"
    return yes(where) if at_least(version, "1.24") else no(where)


def numpy_for_torch(here: Here, _: str) -> Verdict | None:
    """NumPy is missing, or so new that an older torch cannot use it."""
    version = here.version_of("numpy")
    if version == "":
        return yes(f"numpy is not installed in {here.prefix_name}")
    torch = here.version_of("torch")
    # PyTorch works with NumPy 2 since 2.3.
    if not version or not torch or not at_least(version, "2.0") or at_least(torch, "2.3"):
        return None
    return yes(f"NumPy {version} is beside torch {torch} in {here.prefix_name}")


def protobuf_new(here: Here, _: str) -> Verdict | None:
    """protobuf is 4 or newer."""
    version = here.version_of("protobuf")
    if not version:
        return None
    where = f"protobuf {version} is in {here.prefix_name}"
    return yes(where) if at_least(version, "4") else no(where)


def supported(here: Here, _: str) -> Verdict | None:
    """The Python in use is outside of what the output says the package takes (`>=3.9,<3.15`)."""
    version, spec = _version(here), here.slot("python")
    if not version or spec[:1] not in "<>=!~":
        return None
    for part in spec.replace(" ", "").split(","):
        name, wanted = part.rstrip("0123456789."), part.lstrip("<>=!~")
        if not wanted:
            return None
        reached = at_least(minor(version) if wanted.count(".") < 2 else version, wanted)
        if (name == ">=" and not reached) or (name == "<" and reached):
            return yes(f"the Python in use is {version}, and the package takes {spec}")
    return no(f"the Python in use is {version}")


LOOKS = {
    "externally-managed": externally_managed,
    "no-ensurepip": no_ensurepip,
    "ended": ended,
    "without-distutils": without_distutils,
    "variables": variables,
    "user-packages": user_packages,
    "shadowed": shadowed,
    "module-missing": module_missing,
    "module-here": module_here,
    "in-environment": in_environment,
    "no-torch-wheel": no_torch_wheel,
    "other-pip": other_pip,
    "not-writable": not_writable,
    "leftovers": leftovers,
    "numpy-2": numpy_2,
    "numpy-old": numpy_old,
    "numpy-new": numpy_new,
    "numpy-for-torch": numpy_for_torch,
    "protobuf-new": protobuf_new,
    "supported": supported,
}
