"""Which PyTorch build fits a driver, a GPU, a system and a Python. Pure functions over the tables of the knowledge.

Past the last row nothing is guessed: an answer is then None, or a `Choice` whose `known` is false.
"""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.machine.model import Machine
from assistant.machine.tables import Generation, Release, Table, load_compatibility, table
from assistant.machine.versions import at_least, minor, numbers

__all__ = [
    "Choice", "Table", "arches_cover", "best", "build_covers", "driver_runs", "end_of_life", "for_machine", "gpu_row",
    "load_compatibility", "minimum_driver", "newest_cuda", "table", "torchvision_for",
]  # fmt: skip

INDEX = "https://download.pytorch.org/whl/"
# The Python that is proposed where none is asked for: not the newest, whose packages are still incomplete.
PREFERRED_PYTHON = "3.13"
# PyTorch's last release for Intel Macs (macOS wheels from 2.3 on are for Apple processors alone).
LAST_INTEL_MAC = "2.2"


class Choice(Frozen):
    """A build of PyTorch. `tag` is cu130, cpu ...; `index` is empty where PyPI's own wheel is right.

    `why` are reasons; where `known` is false they say what the tables lack.
    """

    known: bool
    torch: str = ""
    tag: str = ""
    python: str = ""
    index: str = ""
    packages: str = ""
    command: str = ""
    why: tuple[str, ...] = ()


def _major(version: str) -> str:
    parts = numbers(version)
    return str(parts[0]) if parts else ""


def newest_cuda(tables: Table) -> str:
    """The newest CUDA in the table."""
    return max((row.cuda for row in tables.cuda), key=numbers, default="")


def minimum_driver(tables: Table, cuda: str, system: str) -> str:
    """The oldest driver that runs programs of a CUDA version; the empty text where the table does not know it.

    All minor versions of one major version share it (NVIDIA's minor version compatibility).
    """
    side = "windows" if system == "windows" else "linux"
    rows = [row for row in tables.cuda if _major(row.cuda) == _major(cuda) and row.minimum.get(side)]
    return rows[0].minimum[side] if rows else ""


def driver_runs(tables: Table, driver: str, cuda: str, system: str) -> bool | None:
    """Whether a driver runs programs of a CUDA version; None where the table does not know that CUDA."""
    wanted = minimum_driver(tables, cuda, system)
    return at_least(driver, wanted) if wanted and numbers(driver) else None


def native_cuda(tables: Table, driver: str, system: str) -> str:
    """The newest CUDA that a driver was made for, by the drivers that shipped with each; empty below the table."""
    side = "windows" if system == "windows" else "linux"
    rows = [row.cuda for row in tables.cuda if row.shipped.get(side) and at_least(driver, row.shipped[side])]
    return max(rows, key=numbers, default="")


def gpu_row(tables: Table, capability: str) -> Generation | None:
    """The row of a compute capability; code for a lower minor version of the same generation runs too (8.9 on 8.6)."""
    wanted = numbers(capability)
    if len(wanted) < 2:
        return None
    found: tuple[tuple[int, ...], Generation] | None = None
    for row in tables.gpus:
        for one in row.capabilities:
            have = numbers(one)
            if len(have) > 1 and have[0] == wanted[0] and have <= wanted and (found is None or have > found[0]):
                found = (have, row)
    return found[1] if found else None


def arches_cover(arches: tuple[str, ...], capability: str) -> bool:
    """Whether a build runs on a GPU: it holds code of the same major version, or PTX of any lower one."""
    wanted = numbers(capability)
    for arch in arches:
        found = re.fullmatch(r"(sm|compute)_(\d+)(\d)([af]?)", arch)
        if not found or len(wanted) < 2:
            continue
        have = (int(found[2]), int(found[3]))
        if found[4] == "a":  # for that one GPU and no other
            covers = have == wanted[:2]
        elif found[1] == "sm" or found[4] == "f":
            covers = have[0] == wanted[0] and have[1] <= wanted[1]
        else:
            covers = have <= wanted[:2]
        if covers:
            return True
    return False


def tag_of(cuda: str) -> str:
    """12.8 -> cu128; the empty text for none."""
    parts = numbers(cuda)
    return f"cu{parts[0]}{parts[1]}" if len(parts) > 1 else ""


def cuda_of(tag: str) -> str:
    """cu128 -> 12.8; the empty text for cpu and others."""
    found = re.fullmatch(r"cu(\d+)(\d)", tag)
    return f"{found[1]}.{found[2]}" if found else ""


def build_covers(tables: Table, torch: str, cuda: str, capability: str) -> bool | None:
    """Whether the official wheel of a torch and a CUDA holds code for a GPU; None where the tables do not know."""
    row = gpu_row(tables, capability)
    if row is None or not any(tag_of(cuda) in release.tags for release in tables.torch):
        return None
    return _holds(row, torch, tag_of(cuda))


def _holds(row: Generation, torch: str, tag: str) -> bool:
    if row.last_torch and not at_least(row.last_torch, minor(torch)):
        return False
    if tag in row.until:
        return at_least(row.until[tag], minor(torch)) and at_least(torch, row.since.get(tag, "0.0"))
    return tag in row.tags and at_least(torch, row.since.get(tag, "0.0"))


def end_of_life(tables: Table, python: str) -> str:
    """When a Python ended or will end (a month or a day, ISO); empty where the table does not say.

    A Python older than every row has ended at the latest with the oldest row.
    """
    version = minor(python)
    found = next((row.end_of_life for row in tables.python if row.python == version), "")
    if found or not version or not tables.python:
        return found
    oldest = min(tables.python, key=lambda row: numbers(row.python))
    return oldest.end_of_life if numbers(version) < numbers(oldest.python) else ""


def torchvision_for(tables: Table, torch: str) -> str:
    """The torchvision that goes with a PyTorch version; empty where the table does not say."""
    return next((row.torchvision for row in tables.torch if row.torch == minor(torch)), "")


def for_machine(tables: Table, machine: Machine, *, python: str = "") -> Choice:
    """`best` for a probed machine: its first GPU and its driver."""
    has_driver = machine.driver.state == "ok" and bool(machine.gpus)
    return best(
        tables,
        driver=machine.driver.version if has_driver else "",
        capability=machine.gpus[0].capability if has_driver else "",
        system=machine.system,
        architecture=machine.architecture,
        python=python,
    )


def best(
    tables: Table,
    *,
    driver: str = "",
    capability: str = "",
    system: str = "linux",
    architecture: str = "x86_64",
    python: str = "",
) -> Choice:
    """The newest PyTorch that runs on this driver, GPU, system and Python.

    `driver` is empty where there is no NVIDIA driver; `python` where any will do.
    """
    if not tables.torch:
        return _unknown(tables, "there is no table of PyTorch releases")
    if python and (refusal := _python_unknown(tables, python)):
        return refusal
    if system == "macos":
        return _mac(tables, architecture, python)
    if not driver:
        return _plain(tables, "cpu", python, system, ("no NVIDIA driver answers, so this is the CPU build",))
    if not numbers(driver):
        return _unknown(tables, f"the driver's version, {driver!r}, is not one")
    row = gpu_row(tables, capability) if capability else None
    if capability and row is None:
        return _unknown(tables, f"compute capability {capability} is not in them")
    return _cuda(tables, driver, row, capability, system, python)


def _unknown(tables: Table, what: str) -> Choice:
    return Choice(known=False, why=(f"the tables (as of {tables.as_of or 'an unknown date'}) do not reach: {what}",))


def _python_unknown(tables: Table, python: str) -> Choice | None:
    version = minor(python)
    known = [one for release in tables.torch for one in release.pythons]
    if version and numbers(version) > max(numbers(one) for one in known):
        return _unknown(tables, f"Python {version} is newer than they know")
    if version not in known:
        return _unknown(tables, f"no PyTorch in them has wheels for Python {python}")
    return None


def _python(release: Release, wanted: str) -> str:
    if wanted:
        return minor(wanted)
    return PREFERRED_PYTHON if PREFERRED_PYTHON in release.pythons else max(release.pythons, key=numbers)


def _serves(release: Release, python: str) -> bool:
    return not python or minor(python) in release.pythons


def _newest_first(tables: Table) -> list[Release]:
    return sorted(tables.torch, key=lambda release: numbers(release.torch), reverse=True)


def _held_back(tables: Table, release: Release, python: str) -> tuple[str, ...]:
    newest = _newest_first(tables)[0]
    if newest.torch == release.torch or _serves(newest, python):
        return ()
    return (f"PyTorch {newest.torch} has no wheels for Python {minor(python)}",)


def _mac(tables: Table, architecture: str, python: str) -> Choice:
    intel = architecture in ("x86_64", "amd64")
    for release in _newest_first(tables):
        if _serves(release, python) and (not intel or at_least(LAST_INTEL_MAC, release.torch)):
            why = (
                f"PyTorch {LAST_INTEL_MAC} is the last for Intel Macs"
                if intel
                else "on Apple processors PyPI's own wheel uses the GPU through MPS"
            )
            return _choice(release, "cpu" if intel else "mps", "", python, (why, *_held_back(tables, release, python)))
    return _unknown(tables, f"no PyTorch for this Mac has wheels for Python {python}")


def _plain(tables: Table, tag: str, python: str, system: str, why: tuple[str, ...]) -> Choice:
    release = next(release for release in _newest_first(tables) if _serves(release, python))
    # On Windows PyPI's own wheel is the CPU build already.
    index = "" if system == "windows" else INDEX + tag
    return _choice(release, tag, index, python, (*why, *_held_back(tables, release, python)))


def _cuda(tables: Table, driver: str, row: Generation | None, capability: str, system: str, python: str) -> Choice:
    refused: list[str] = []
    native = native_cuda(tables, driver, system)
    for release in _newest_first(tables):
        if not _serves(release, python):
            continue
        runs = [tag for tag in release.tags if driver_runs(tables, driver, cuda_of(tag), system)]
        fits = [tag for tag in runs if row is None or _holds(row, release.torch, tag)]
        if not fits:
            refused = refused or [_refusal(tables, release, runs, driver, capability, system)]
            continue
        # A build for a CUDA newer than the driver's own runs, but cannot compile code for the GPU: prefer one below.
        own = [tag for tag in fits if native and numbers(cuda_of(tag)) <= numbers(native)]
        tag = (
            max(own, key=lambda one: numbers(cuda_of(one))) if own else min(fits, key=lambda one: numbers(cuda_of(one)))
        )
        wanted = minimum_driver(tables, cuda_of(tag), system)
        why = [f"driver {driver} runs CUDA {_major(cuda_of(tag))} programs ({wanted} or newer does)"]
        if row is not None:
            why.append(f"the {tag} build holds code for compute capability {capability} ({row.generation})")
        why += [*refused, *_held_back(tables, release, python)]
        index = "" if system == "linux" and release.default_cuda == cuda_of(tag) else INDEX + tag
        return _choice(release, tag, index, python, tuple(dict.fromkeys(why)))
    oldest = min((row.minimum.get("linux", "") for row in tables.cuda), key=numbers, default="")
    return _unknown(
        tables, f"no build in them runs on driver {driver}" + (f" (the oldest needs {oldest})" if oldest else "")
    )


def _refusal(tables: Table, release: Release, runs: list[str], driver: str, capability: str, system: str) -> str:
    if runs:
        return f"PyTorch {release.torch} has no build with code for compute capability {capability}"
    wanted = minimum_driver(tables, cuda_of(release.tags[0]), system) if release.tags else ""
    return f"PyTorch {release.torch} needs driver {wanted} or newer; this one is {driver}"


def _choice(release: Release, tag: str, index: str, python: str, why: tuple[str, ...]) -> Choice:
    # Without further words pip would take the newest; a held-back release must be named.
    names = ["torch", "torchvision"]
    pinned = [f'"{names[0]}=={release.torch}.*"', *names[1:]]
    packages = " ".join(pinned)
    return Choice(
        known=True,
        torch=release.torch,
        tag=tag,
        python=_python(release, python),
        index=index,
        packages=packages,
        command=f"pip install {packages}" + (f" --index-url {index}" if index else ""),
        why=why,
    )
