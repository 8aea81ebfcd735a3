"""The compiled file: one header and many small records, read in milliseconds, trusted only when whole.

Layout: a magic line; a header line (JSON: what it was made from, names and lengths of the records, checksum); the payload.
"""

from __future__ import annotations

import json
import os
import zlib

from assistant.content.frozen import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAGIC = b"envguide compiled content 19\n"
LINES = "lines:"  # records of this prefix are lists of plain lines, several times faster to read than JSON


def to_plain(value: Any) -> Any:
    """A frozen record as JSON data; fields that keep their default are left out."""
    if isinstance(value, Frozen):
        cls = type(value)
        return {
            name: to_plain(item)
            for name, item in value.fields().items()
            if not (hasattr(cls, name) and getattr(cls, name) == item)
        }
    if isinstance(value, (list, tuple)):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    return value


def encode(records: dict[str, Any], made_from: dict[str, Any]) -> bytes:
    """The bytes of a compiled file that holds `records` (name -> JSON data, or a list of lines for `lines:` names)."""
    chunks = []
    for name, record in records.items():
        if name.startswith(LINES):
            chunk = "\n".join(record).encode()
        else:
            chunk = json.dumps(record, ensure_ascii=False, separators=(",", ":")).encode()
        chunks.append(chunk)
    payload = b"".join(chunks)
    header = {
        "made_from": made_from,
        "names": list(records),
        "lengths": [len(chunk) for chunk in chunks],
        "size": len(payload),
        "crc": zlib.crc32(payload),
    }
    return MAGIC + json.dumps(header, separators=(",", ":")).encode() + b"\n" + payload


class Compiled:
    """An opened compiled file. `record(name)` decodes one record; KeyError where there is none of that name."""

    def __init__(self, data: bytes) -> None:
        if not data.startswith(MAGIC):
            raise ValueError("not a compiled content file of this version")
        end = data.index(b"\n", len(MAGIC))
        header = json.loads(data[len(MAGIC) : end])
        self._payload = memoryview(data)[end + 1 :]
        if len(self._payload) != header["size"] or zlib.crc32(self._payload) != header["crc"]:
            raise ValueError("the compiled content file is damaged")
        self.made_from: dict[str, Any] = header["made_from"]
        self._places: dict[str, tuple[int, int]] = {}
        offset = 0
        for name, length in zip(header["names"], header["lengths"], strict=True):
            self._places[name] = (offset, length)
            offset += length

    def names(self) -> list[str]:
        """The names of all records."""
        return list(self._places)

    def record(self, name: str) -> Any:
        """The data of one record."""
        offset, length = self._places[name]
        data = bytes(self._payload[offset : offset + length])
        return data.decode().split("\n") if name.startswith(LINES) else json.loads(data)


class Index(dict):  # type: ignore[type-arg]
    """The search index: a dict whose parts are decoded when they are first asked for."""

    def __init__(self, compiled: Compiled) -> None:
        super().__init__()
        self._compiled = compiled
        self._names = {name.partition("index:")[2]: name for name in compiled.names() if "index:" in name}

    def __missing__(self, key: str) -> Any:
        value = self[key] = self._compiled.record(self._names[key])
        return value


def read_compiled(path: str) -> Compiled | None:
    """The compiled file at `path`, or None where it is missing, damaged or of another version."""
    try:
        with open(path, "rb") as file:
            return Compiled(file.read())
    except (OSError, ValueError, KeyError, TypeError):
        return None


def write_compiled(path: str, data: bytes) -> bool:
    """Write atomically; False where the folder cannot be written (the caller then goes on from memory)."""
    folder, name = os.path.split(path)
    temporary = os.path.join(folder, f".{name}.{os.getpid()}")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
        os.replace(temporary, path)
    except OSError:
        if os.path.exists(temporary):
            os.unlink(temporary)
        return False
    return True


def stamp(knowledge: str, flows: str) -> list[list[Any]]:
    """[name, size, mtime in ns] of every YAML file, in a stable order; cheap enough for each start."""
    found: list[list[Any]] = []
    for root, label in ((knowledge, "knowledge"), (flows, "flows")):
        _scan(root, label, found)
    found.sort()
    return found


def _scan(folder: str, label: str, found: list[list[Any]]) -> None:
    try:
        with os.scandir(folder) as items:
            for item in items:
                if item.is_dir():
                    _scan(item.path, f"{label}/{item.name}", found)
                elif item.name.endswith((".yaml", ".yml")):
                    status = item.stat()
                    found.append([f"{label}/{item.name}", status.st_size, status.st_mtime_ns])
    except OSError:
        return
