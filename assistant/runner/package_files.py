"""Files that list packages: which kind one is, and what a requirements file asks for."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.machine.files import read_text

KINDS = ("environment-yaml", "explicit", "requirements", "pylock", "conda-lock", "pyproject")
LIMIT = 2_000_000  # bytes that are looked at
_NAME = re.compile(r"\s*([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)(?:\[[^\]]*\])?\s*([^;#@]*)")


def package_file(path: str) -> str:
    """What a file holds, by its name and its first lines: one of KINDS, or the empty text."""
    name, text = Path(path).name.lower(), read_text(path, LIMIT) or ""
    if name == "pyproject.toml":
        return "pyproject"
    if re.fullmatch(r"pylock(?:\.[^.]+)?\.toml", name):
        return "pylock"
    if re.search(r"^@EXPLICIT\s*$", text, re.MULTILINE):
        return "explicit"  # conda takes it under any name
    if name.endswith((".yml", ".yaml")):
        if re.search(r"^(?:metadata|lock_set):", text, re.MULTILINE) and re.search(r"^package:", text, re.MULTILINE):
            return "conda-lock"
        return "environment-yaml" if re.search(r"^(?:dependencies|channels):", text, re.MULTILINE) else ""
    return "requirements" if name.endswith((".txt", ".in")) else ""


def requirements(path: str) -> tuple[str, ...]:
    """The packages that a requirements file names, with their versions; options, links and files are left out, and so
    is what holds on other systems only (a line with a marker).
    """
    text = (read_text(path, LIMIT) or "").replace("\\\n", " ")
    found = []
    for line in text.splitlines():
        bare = line.strip()
        if not bare or bare.startswith(("#", "-")) or "://" in bare or ";" in bare:
            continue
        match = _NAME.match(bare)
        if match:
            versions = re.sub(r"\s|--hash=\S+", "", match[2])
            found.append(match[1] + versions)
    return tuple(found)
