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
    "Choice",
    "Table",
    "arches_cover",
    "best",
    "build_covers",
    "driver_runs",
    "end_of_life",
    "for_machine",
    "gpu_named",
    "gpu_row",
    "load_compatibility",
    "minimum_driver",
    "newest_cuda",
    "runs_up_to",
    "table",
    "torchvision_for",
]

INDEX = "https://download.pytorch.org/whl/"
# The Python that is proposed where none is asked for: not the newest, whose packages are still incomplete.
PREFERRED_PYTHON = "3.13"
ARM = ("arm64", "aarch64")


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
    return max((row.version for row in tables.cuda), key=numbers, default="")


def minimum_driver(tables: Table, cuda: str, system: str) -> str:
    """The oldest driver that runs programs of a CUDA version; the empty text where the table does not know it.

    All minor versions of one major version share it (NVIDIA's minor version compatibility).
    """
    for row in tables.drivers:
        if row.cuda == _major(cuda):
            return row.windows if system == "windows" else row.linux
    return next((row.driver for row in tables.cuda if _major(row.version) == _major(cuda)), "")


def driver_runs(tables: Table, driver: str, cuda: str, system: str) -> bool | None:
    """Whether a driver runs programs of a CUDA version; None where the table does not know that CUDA."""
    wanted = minimum_driver(tables, cuda, system)
    return at_least(driver, wanted) if wanted and numbers(driver) else None


def runs_up_to(tables: Table, driver: str, system: str) -> str:
    """The newest major version of CUDA whose programs a driver runs, as text; empty where it is older than the tables."""
    return max(
        (row.cuda for row in tables.drivers if at_least(driver, row.windows if system == "windows" else row.linux)),
        key=numbers,
        default="",
    )


def native_cuda(tables: Table, driver: str, system: str) -> str:
    """The newest CUDA that a driver was made for, by the drivers that shipped with each; empty below the table."""
    rows = [
        row.version
        for row in tables.cuda
        if (shipped := row.windows if system == "windows" else row.linux) and at_least(driver, shipped)
    ]
    return max(rows, key=numbers, default="")


def gpu_row(tables: Table, capability: str) -> Generation | None:
    """The row of a compute capability, else of the next lower one of its generation, whose code runs on it too."""
    wanted = numbers(capability)[:2]
    if len(wanted) < 2:
        return None
    below: list[Generation] = []
    for row in tables.gpus:
        have = numbers(row.capability)[:2]
        if have == wanted:
            return row
        if have[:1] == wanted[:1] and have < wanted and row.tags:
            below.append(row)
    return max(below, key=lambda row: numbers(row.capability), default=None)


def gpu_named(tables: Table, name: str) -> Generation | None:
    """The row of a GPU by the name that the driver shows; special cards stand above general patterns."""
    for row in tables.gpus:
        for pattern in row.names:
            try:
                if re.search(pattern, name, re.IGNORECASE):
                    return row
            except re.error:
                continue
    return None


def arches_cover(arches: tuple[str, ...], capability: str) -> bool:
    """Whether a build runs on a GPU: it holds code of the same major version, or PTX of any lower one."""
    wanted = numbers(capability)[:2]
    for arch in arches:
        found = re.fullmatch(r"(sm|compute)_(\d+)(\d)([af]?)", arch)
        if not found or len(wanted) < 2:
            continue
        have = (int(found[2]), int(found[3]))
        if found[4] == "a" or (wanted == (8, 7) and found[1] == "sm"):  # for that one GPU and no other; 8.7 is Orin
            covers = have == wanted
        elif found[1] == "sm" or found[4] == "f":
            covers = have[0] == wanted[0] and have[1] <= wanted[1]
        else:
            covers = have <= wanted
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


def _tags(row: Generation, architecture: str, system: str) -> tuple[str, ...]:
    return row.arm_tags if architecture in ARM and system == "linux" else row.tags


def build_covers(
    tables: Table, torch: str, cuda: str, capability: str, *, architecture: str = "x86_64", system: str = "linux"
) -> bool | None:
    """Whether the official wheel of a torch and a CUDA holds code for a GPU; None where the tables do not know."""
    row = gpu_row(tables, capability)
    tags = _tags(row, architecture, system) if row is not None else ()
    if row is None or not tags or not any(tag_of(cuda) in release.tags for release in tables.torch):
        return None
    if (row.last_torch and not at_least(row.last_torch, minor(torch))) or not at_least(torch, row.first_torch or "0"):
        return False
    if tag_of(cuda) in tags:
        return True
    highest = max((numbers(cuda_of(tag)) for tag in tags), default=())
    # Later builds for CUDA 12 dropped old GPUs release by release, which the table does not follow.
    return None if numbers(cuda)[0] == 12 and highest[:1] == (12,) and numbers(cuda)[:2] > highest else False


def end_of_life(tables: Table, python: str) -> str:
    """When a Python ended or will end (a month, ISO); empty where the table does not say.

    A Python older than every row has ended at the latest with the oldest row.
    """
    version = minor(python)
    found = next((row.end_of_life for row in tables.python if row.version == version), "")
    if found or not version or not tables.python:
        return found
    oldest = min(tables.python, key=lambda row: numbers(row.version))
    return oldest.end_of_life if numbers(version) < numbers(oldest.version) else ""


def torchvision_for(tables: Table, torch: str) -> str:
    """The torchvision that goes with a PyTorch version; empty where the table does not say."""
    return next((row.torchvision for row in tables.torch if row.version == minor(torch)), "")


def for_machine(tables: Table, machine: Machine, *, python: str = "") -> Choice:
    """`best` for a probed machine: its driver, its first GPU (by name where the capability is unknown), its system."""
    gpu = machine.gpus[0] if machine.driver.state == "ok" and machine.gpus else None
    capability = gpu.capability if gpu is not None else ""
    if gpu is not None and not capability:
        row = gpu_named(tables, gpu.name)
        capability = row.capability if row is not None else ""
    return best(
        tables,
        driver=machine.driver.version if gpu is not None else "",
        capability=capability,
        system=machine.system,
        architecture=machine.architecture or "x86_64",
        python=python,
        release=machine.release.removeprefix("macOS").strip() if machine.system == "macos" else "",
        glibc=machine.glibc,
    )


def best(
    tables: Table,
    *,
    driver: str = "",
    capability: str = "",
    system: str = "linux",
    architecture: str = "x86_64",
    python: str = "",
    release: str = "",
    glibc: str = "",
) -> Choice:
    """The newest PyTorch that runs on this driver, GPU, system and Python.

    `driver` is empty where there is no NVIDIA driver, `python` where any will do; `release` is the version of macOS.
    """
    if not tables.torch:
        return _unknown(tables, "torch", "there is no table of PyTorch releases")
    if python and (refusal := _python_unknown(tables, python)):
        return refusal
    if system == "macos":
        return _mac(tables, architecture, python, release)
    if glibc and not at_least(glibc, "2.28"):
        return _unknown(tables, "systems", f"their wheels need glibc 2.28, this system has {glibc}")
    if system == "windows" and architecture in ARM:
        return _unknown(tables, "systems", "Windows on ARM is not in them")
    if not driver:
        return _plain(tables, python, system)
    if not numbers(driver):
        return _unknown(tables, "cuda", f"the driver's version, {driver!r}, is not one")
    row = gpu_row(tables, capability) if capability else None
    if capability and row is None:
        return _unknown(tables, "gpus", f"compute capability {capability} is not in them")
    if row is not None and not _tags(row, architecture, system):
        return _unknown(tables, "gpus", f"they name no wheel for {row.generation} ({capability}) on {architecture}")
    return _cuda(tables, driver, row, capability, system, architecture, python)


def _unknown(tables: Table, name: str, what: str) -> Choice:
    return Choice(
        known=False, why=(f"the tables (as of {tables.as_of.get(name) or 'no known date'}) end here: {what}",)
    )


def _python_unknown(tables: Table, python: str) -> Choice | None:
    version = minor(python)
    known = [one for release in tables.torch for one in release.pythons]
    if version and numbers(version) > max((numbers(one) for one in known), default=()):
        return _unknown(tables, "torch", f"Python {version} is newer than they know")
    if version not in known:
        return _unknown(tables, "torch", f"no PyTorch in them has wheels for Python {python}")
    return None


def _serves(release: Release, python: str) -> bool:
    return not python or minor(python) in release.pythons


def _newest_first(tables: Table) -> list[Release]:
    return sorted(tables.torch, key=lambda release: numbers(release.version), reverse=True)


def _held_back(tables: Table, release: Release, python: str) -> tuple[str, ...]:
    newest = _newest_first(tables)[0]
    if newest.version == release.version or _serves(newest, python):
        return ()
    return (f"PyTorch {newest.version} has no wheels for Python {minor(python)}",)


def _mac(tables: Table, architecture: str, python: str, version: str) -> Choice:
    machine = "arm64" if architecture in ARM else "x86_64"
    rows = [row for row in tables.systems if (row.system, row.machine) == ("macos", machine)]
    # The newest row whose macOS this one reaches; the first where the version is not known.
    row = next((row for row in rows if not version or at_least(version, row.needs.removeprefix("macOS").strip())), None)
    if row is None:
        return _unknown(tables, "systems", f"macOS {version} on {machine} is not in them")
    for release in _newest_first(tables):
        if _serves(release, python) and (not row.last_torch or at_least(row.last_torch, release.version)):
            why = [f"PyTorch {release.version} is the last for this Mac: {row.note}"] if row.last_torch else []
            if machine == "arm64":
                why.append("PyPI's own wheel uses the GPU through MPS")
            tag = "mps" if machine == "arm64" else "cpu"
            return _choice(release, tag, "", python, (*why, *_held_back(tables, release, python)))
    return _unknown(tables, "torch", f"no PyTorch for this Mac has wheels for Python {python}")


def _plain(tables: Table, python: str, system: str) -> Choice:
    release = next(release for release in _newest_first(tables) if _serves(release, python))
    why = ("no NVIDIA driver answers, so this is the CPU build", *_held_back(tables, release, python))
    # On Windows PyPI's own wheel is the CPU build already.
    return _choice(release, "cpu", "" if system == "windows" else f"{INDEX}cpu", python, why)


def _cuda(
    tables: Table,
    driver: str,
    row: Generation | None,
    capability: str,
    system: str,
    architecture: str,
    python: str,
) -> Choice:
    refused: list[str] = []
    native = native_cuda(tables, driver, system)
    for release in _newest_first(tables):
        if not _serves(release, python):
            continue
        runs = [tag for tag in release.tags if driver_runs(tables, driver, cuda_of(tag), system)]
        fits = [
            tag
            for tag in runs
            if row is None
            or (
                tag in _tags(row, architecture, system)
                and at_least(row.last_torch or release.version, release.version)
                and at_least(release.version, row.first_torch or "0")
            )
        ]
        if not fits:
            refused = refused or [_refusal(tables, release, runs, driver, capability, system)]
            continue
        # A build for a CUDA newer than the driver's own runs, but cannot compile code for the GPU: prefer one below.
        own = [tag for tag in fits if native and numbers(cuda_of(tag)) <= numbers(native)]
        tag = (
            max(own, key=lambda tag: numbers(cuda_of(tag))) if own else min(fits, key=lambda tag: numbers(cuda_of(tag)))
        )
        wanted = minimum_driver(tables, cuda_of(tag), system)
        why = [f"driver {driver} runs CUDA {_major(cuda_of(tag))} programs ({wanted} or newer does)"]
        if row is not None:
            why.append(f"the {tag} build holds code for compute capability {capability} ({row.generation})")
        why += [*refused, *_held_back(tables, release, python)]
        index = "" if system == "linux" and release.pypi_cuda == cuda_of(tag) else INDEX + tag
        return _choice(release, tag, index, python, tuple(dict.fromkeys(why)))
    return _unknown(tables, "torch", f"no build in them runs on driver {driver} with this GPU and Python")


def _refusal(tables: Table, release: Release, runs: list[str], driver: str, capability: str, system: str) -> str:
    if runs:
        return f"PyTorch {release.version} has no build with code for compute capability {capability}"
    wanted = minimum_driver(tables, cuda_of(release.tags[0]), system) if release.tags else ""
    return f"PyTorch {release.version} needs driver {wanted} or newer; this one is {driver}"


def _choice(release: Release, tag: str, index: str, python: str, why: tuple[str, ...]) -> Choice:
    preferred = PREFERRED_PYTHON if PREFERRED_PYTHON in release.pythons else max(release.pythons, key=numbers)
    # Unpinned, pip would take a newer release where an index has one.
    packages = f'"torch=={release.version}.*" torchvision'
    return Choice(
        known=True,
        torch=release.version,
        tag=tag,
        python=minor(python) if python else preferred,
        index=index,
        packages=packages,
        command=f"pip install {packages}" + (f" --index-url {index}" if index else ""),
        why=why,
    )
