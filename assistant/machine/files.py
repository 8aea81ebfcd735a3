"""Reading files that other tools wrote: bounded, tolerant, never raising. What cannot be read is None or says why."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

# No file of settings is larger; a bigger one is read up to here.
LIMIT = 2_000_000


def read_text(path: str, limit: int = LIMIT) -> str | None:
    """The text of a file (UTF-8, or UTF-16 with a mark, as Windows PowerShell writes); None if unreadable."""
    try:
        with Path(path).open("rb") as file:
            data = file.read(limit)
    except (OSError, ValueError):
        return None
    return decode(data)


def decode(data: bytes) -> str:
    """Bytes as text, whatever they hold."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    return data.decode("utf-8-sig", "replace")


def parse_json_object(text: str) -> dict[str, Any] | None:
    """The object that a JSON text holds; None where it holds something else or is damaged."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def parse_yaml_mapping(text: str) -> tuple[dict[str, Any], str]:
    """The mapping that a YAML text holds, and what is wrong with it (empty where nothing is)."""
    import yaml

    try:
        value = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        where = f"line {mark.line + 1}: " if mark is not None else ""
        return {}, where + (getattr(error, "problem", None) or "this is not YAML")
    except (ValueError, RecursionError, OverflowError, AttributeError, TypeError) as error:
        return {}, f"this is not YAML ({type(error).__name__})"  # PyYAML lets a few through, e.g. for `!!int` and dates
    if value is None:
        return {}, ""
    if not isinstance(value, dict):
        return {}, "this is not a list of keys and values"
    return {str(key): one for key, one in value.items()}, ""


def texts(value: Any) -> tuple[str, ...]:
    """A value that should be a list of texts: a single text counts as one, None as none, anything odd is left out."""
    if value is None:
        return ()
    if isinstance(value, str):
        return (value,)
    if isinstance(value, (list, tuple)):
        return tuple(str(one) for one in value if isinstance(one, (str, int, float)))
    return ()


def names_in(folder: str) -> list[str]:
    """The names in a folder, sorted; none where it cannot be read."""
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []


def writable(path: str) -> bool:
    """Whether this, or the nearest folder above it that exists, may be written."""
    while path and not os.path.exists(path):
        parent = os.path.dirname(path)
        if parent == path:
            return False
        path = parent
    return os.access(path or ".", os.W_OK)
