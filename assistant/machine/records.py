"""What conda writes into `conda-meta`: one record a package, and the history of what somebody asked for."""

from __future__ import annotations

import ast
import os
import re

from assistant.machine.files import names_in, parse_json_object, read_text

# Enough of a record to hold its channel: conda sorts the keys and the file list comes later.
HEAD = 16_384
PLATFORMS = re.compile(r"/(?:noarch|(?:linux|osx|win|emscripten|wasi|freebsd|zos)-[a-z0-9_]+)/?$")
_CHANNEL = re.compile(r'"channel"\s*:\s*"((?:[^"\\]|\\.)*)"')
_SPECS = re.compile(r"^#\s*(update|install|remove|neutered)\s+specs:\s*(.*)$")


def installed(prefix: str) -> dict[str, tuple[str, str]]:
    """Name -> (version, file of its record) for each conda package, from the file names alone."""
    folder = os.path.join(prefix, "conda-meta")
    found: dict[str, tuple[str, str]] = {}
    for file in names_in(folder):
        if (parsed := parse_record_name(file)) is not None:
            found[parsed[0]] = (parsed[1], os.path.join(folder, file))
    return found


def parse_record_name(file: str) -> tuple[str, str, str] | None:
    """`name-version-build.json` -> name, version, build; None for other files."""
    if not file.endswith(".json"):
        return None
    parts = file[: -len(".json")].rsplit("-", 2)
    return (parts[0], parts[1], parts[2]) if len(parts) == 3 and all(parts) else None


def record_channel(path: str) -> str:
    """The address of the channel that a package came from, as its record says it; empty where it does not."""
    head = read_text(path, HEAD)
    if head is None:
        return ""
    if found := _CHANNEL.search(head):
        return found[1].replace("\\/", "/")
    if len(head) < HEAD:
        return ""
    record = parse_json_object(read_text(path, 50_000_000) or "")
    channel = record.get("channel") if record else ""
    return channel if isinstance(channel, str) else ""


def channel_name(address: str) -> str:
    """The short name of a channel: `defaults` for Anaconda's own (pkgs/main, r, msys2, free), else its last part."""
    address = PLATFORMS.sub("", address.strip().rstrip("/"))
    if not address or address.startswith("<"):
        return ""
    parts = [part for part in address.split("/") if part]
    if "pkgs" in parts[:-1] and parts[-1] in ("main", "r", "msys2", "free", "pro"):
        return "defaults"
    if "label" in parts[1:]:
        parts = parts[: parts.index("label", 1)]
    return parts[-1]


def channel_platform(address: str) -> str:
    """The platform at the end of a channel's address: linux-64, osx-arm64 ... or the empty text."""
    found = PLATFORMS.search(address.strip())
    return found[0].strip("/") if found else ""


def requested(history: str, present: set[str]) -> tuple[str, ...]:
    """The packages that somebody installed by name, after the installer's own first revision, and that are still there.

    `history` is the text of conda-meta/history; `present` are the names of installed packages.
    """
    names: dict[str, None] = {}
    command = ""
    for line in history.splitlines():
        if line.startswith("# cmd:"):
            command = line
        elif line.startswith("==>"):
            command = ""
        elif (found := _SPECS.match(line)) and " install" in command:
            for spec in _spec_list(found[2]):
                name = spec_name(spec)
                if found[1] == "remove":
                    names.pop(name, None)
                elif name:
                    names[name] = None
    return tuple(name for name in names if name in present)


def _spec_list(text: str) -> list[str]:
    try:
        value = ast.literal_eval(text.strip())
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return [part.strip() for part in text.split(",") if part.strip()]
    return [one for one in value if isinstance(one, str)] if isinstance(value, (list, tuple)) else []


def spec_name(spec: str) -> str:
    """The package name in a conda spec such as `conda-forge::numpy[version='>=1.2']` or `numpy=1.26`."""
    found = re.match(r"(?:[^:\s]+::?)*\s*([A-Za-z0-9_.-]+)", spec.strip())
    return found[1].lower() if found else ""
