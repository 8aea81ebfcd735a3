"""The compatibility tables as frozen records: CUDA and drivers, GPU generations, PyTorch releases, Pythons.

Every version is text: `3.10` as a number would be 3.1.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from assistant.content.frozen import Frozen
from assistant.errors import StateError
from assistant.machine.files import texts
from assistant.paths import content_dir


class Cuda(Frozen):
    """One CUDA release: the oldest driver that runs its programs, and the driver that shipped with it, by system."""

    cuda: str
    minimum: dict[str, str]
    shipped: dict[str, str] = {}


class Generation(Frozen):
    """GPUs of some compute capabilities. `tags`: wheels with code for them; `last_torch` is empty while supported.

    `until` names the last PyTorch whose wheels of one tag still hold the code; `since` the first.
    """

    capabilities: tuple[str, ...]
    generation: str
    tags: tuple[str, ...]
    last_torch: str = ""
    since: dict[str, str] = {}
    until: dict[str, str] = {}


class Release(Frozen):
    """One PyTorch release. `default_cuda` is the CUDA of PyPI's Linux wheel."""

    torch: str
    pythons: tuple[str, ...]
    tags: tuple[str, ...]
    default_cuda: str = ""
    torchvision: str = ""


class PythonRelease(Frozen):
    """One Python. `end_of_life` is a month (2026-10) or a date."""

    python: str
    end_of_life: str = ""
    status: str = ""


class Table(Frozen):
    """All tables, newest rows first. `as_of` is the date up to which they are known to hold."""

    cuda: tuple[Cuda, ...] = ()
    gpus: tuple[Generation, ...] = ()
    torch: tuple[Release, ...] = ()
    python: tuple[PythonRelease, ...] = ()
    as_of: str = ""


def load_compatibility(path: Path) -> Table:
    """Read the tables. Raises StateError where the file is missing, damaged or of another shape."""
    import yaml

    try:
        # BaseLoader leaves every scalar as text.
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)  # noqa: S506
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise StateError(f"the compatibility tables cannot be read: {error}", "run `envguide kb check`") from error
    return read_tables(data)


@cache
def table() -> Table:
    """The tables of this installation."""
    return load_compatibility(content_dir("knowledge") / "compatibility.yaml")


def read_tables(data: Any) -> Table:
    """The tables from plain data whose scalars are text. Raises StateError where it has another shape."""
    if not isinstance(data, dict):
        raise StateError("the compatibility tables are no mapping", "run `envguide kb check`")
    dates: list[str] = []

    def rows(name: str) -> list[dict[str, Any]]:
        part = data.get(name) or []
        if isinstance(part, dict):
            dates.append(str(part.get("as_of", "")))
            part = part.get("rows") or []
        if not isinstance(part, list) or not all(isinstance(row, dict) for row in part):
            raise StateError(f"the table `{name}` is no list of rows", "run `envguide kb check`")
        return part

    tables = Table(
        cuda=tuple(
            Cuda(
                cuda=_text(row, "cuda"), minimum=_by_system(row.get("minimum")), shipped=_by_system(row.get("shipped"))
            )
            for row in rows("cuda")
        ),
        gpus=tuple(
            Generation(
                capabilities=texts(row.get("capabilities")),
                generation=_text(row, "generation"),
                tags=texts(row.get("tags")),
                last_torch=_text(row, "last_torch"),
                since=_mapping(row.get("since")),
                until=_mapping(row.get("until")),
            )
            for row in rows("gpus")
        ),
        torch=tuple(
            Release(
                torch=_text(row, "torch"),
                pythons=texts(row.get("python")),
                tags=texts(row.get("tags")),
                default_cuda=_text(row, "default_cuda"),
                torchvision=_text(row, "torchvision"),
            )
            for row in rows("torch")
        ),
        python=tuple(
            PythonRelease(
                python=_text(row, "python"), end_of_life=_text(row, "end_of_life"), status=_text(row, "status")
            )
            for row in rows("python")
        ),
    )
    return tables.replace(as_of=max((date for date in dates if date), default=_text(data, "as_of")))


def _text(row: dict[str, Any], key: str) -> str:
    value = row.get(key)
    return value.strip() if isinstance(value, str) else ""


def _mapping(value: Any) -> dict[str, str]:
    return {str(key): str(one) for key, one in value.items()} if isinstance(value, dict) else {}


def _by_system(value: Any) -> dict[str, str]:
    """A version for each system, or one for both."""
    return {"linux": value, "windows": value} if isinstance(value, str) and value else _mapping(value)
