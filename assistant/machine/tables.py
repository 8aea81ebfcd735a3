"""The compatibility tables as frozen records: CUDA and drivers, GPU generations, PyTorch releases, systems, Pythons.

knowledge/compatibility.yaml says what each column means. Every version is text: `3.10` as a number would be 3.1.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assistant.content.frozen import Frozen
from assistant.errors import StateError
from assistant.machine.files import texts
from assistant.machine.versions import numbers
from assistant.paths import content_dir


class Cuda(Frozen):
    """One CUDA release with the oldest driver that runs its programs, and the drivers that shipped with it."""

    version: str
    driver: str
    linux: str = ""
    windows: str = ""


class Drivers(Frozen):
    """The oldest driver for a major version of CUDA, to the last digit."""

    cuda: str
    linux: str
    windows: str


class Generation(Frozen):
    """The GPUs of one compute capability. `tags`: wheels with code for them (`arm_tags` on ARM Linux).

    `names` are regular expressions for the name that a driver shows. `last_torch` and `last_driver` (the last driver
    branch that knows the card) are empty while supported.
    """

    capability: str
    generation: str
    names: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    arm_tags: tuple[str, ...] = ()
    first_torch: str = ""
    last_torch: str = ""
    last_driver: str = ""


class Release(Frozen):
    """One PyTorch release. `pypi_cuda` is the CUDA of PyPI's own wheel for Linux."""

    version: str
    pythons: tuple[str, ...]
    tags: tuple[str, ...]
    pypi_cuda: str = ""
    torchvision: str = ""


class System(Frozen):
    """What one system needs, and the last PyTorch for it (empty while supported)."""

    system: str
    machine: str
    needs: str = ""
    last_torch: str = ""
    note: str = ""


class PythonRelease(Frozen):
    """One Python. `end_of_life` is a month, ISO."""

    version: str
    end_of_life: str = ""
    status: str = ""


class Table(Frozen):
    """All tables, newest rows first. `as_of` says for each up to when it is known to hold."""

    cuda: tuple[Cuda, ...] = ()
    drivers: tuple[Drivers, ...] = ()
    gpus: tuple[Generation, ...] = ()
    torch: tuple[Release, ...] = ()
    systems: tuple[System, ...] = ()
    python: tuple[PythonRelease, ...] = ()
    as_of: dict[str, str] = {}


def load_compatibility(path: Path) -> Table:
    """Read the tables as the rest of the knowledge is read. Raises StateError where the file is missing or damaged."""
    from assistant.content.marks import Problems, load_marked
    from assistant.content.schema import plain

    problems = Problems()
    mark = load_marked(path, path.name, problems)
    if mark is None or len(problems):
        raise StateError(f"the compatibility tables cannot be read: {problems.lines()[0]}", "run `envguide kb check`")
    return read_tables(plain(mark))


@cache
def table() -> Table:
    """The tables of this installation. Raises StateError as `load_compatibility` does."""
    return load_compatibility(content_dir("knowledge") / "compatibility.yaml")


def read_tables(data: Any) -> Table:
    """The tables from plain data whose scalars are text. Raises StateError where it has another shape."""
    if not isinstance(data, dict):
        raise StateError("the compatibility tables are no mapping", "run `envguide kb check`")

    def rows(name: str) -> list[dict[str, Any]]:
        part = data.get(name) or {}
        found = part.get("rows") or [] if isinstance(part, dict) else None
        if not isinstance(found, list) or not all(isinstance(row, dict) for row in found):
            raise StateError(f"the table `{name}` has no list of rows", "run `envguide kb check`")
        return found

    return Table(
        cuda=tuple(Cuda(**_texts(row, "version", "driver", "linux", "windows")) for row in rows("cuda")),
        drivers=tuple(Drivers(**_texts(row, "cuda", "linux", "windows")) for row in rows("drivers")),
        gpus=tuple(
            Generation(
                **_texts(row, "capability", "generation", "first_torch", "last_torch", "last_driver"),
                names=texts(row.get("names")),
                tags=texts(row.get("tags")),
                arm_tags=texts(row.get("arm_tags")),
            )
            for row in rows("gpus")
        ),
        torch=tuple(
            Release(
                **_texts(row, "version", "pypi_cuda", "torchvision"),
                pythons=_range(texts(row.get("python"))),
                tags=texts(row.get("tags")),
            )
            for row in rows("torch")
        ),
        systems=tuple(
            System(**_texts(row, "system", "machine", "needs", "last_torch", "note")) for row in rows("systems")
        ),
        python=tuple(PythonRelease(**_texts(row, "version", "end_of_life", "status")) for row in rows("python")),
        as_of={
            name: str(part.get("as_of", "")) for name, part in data.items() if isinstance(part, dict) and "rows" in part
        },
    )


def _texts(row: dict[str, Any], *keys: str) -> dict[str, str]:
    return {key: row[key].strip() if isinstance(row.get(key), str) else "" for key in keys}


def _range(ends: tuple[str, ...]) -> tuple[str, ...]:
    """The Pythons from the oldest to the newest: (3.9, 3.12) -> 3.9, 3.10, 3.11, 3.12."""
    if len(ends) != 2 or len(numbers(ends[0])) < 2 or len(numbers(ends[1])) < 2:
        return ()
    (major, oldest), newest = numbers(ends[0])[:2], numbers(ends[1])[1]
    return tuple(f"{major}.{minor}" for minor in range(oldest, min(newest, oldest + 50) + 1))
