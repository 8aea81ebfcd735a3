"""The system itself: release, C library, WSL, and files that hide packages. Read from files."""

from __future__ import annotations

import os
import re

from assistant.machine.context import Roots
from assistant.machine.display import adapters as adapters
from assistant.machine.files import names_in, read_text
from assistant.machine.packages import INTEREST

# Modules that people often name a script after, besides the packages of interest.
STANDARD = frozenset(
    "random json string types typing copy code token calendar email logging queue select socket ssl "
    "statistics tokenize time enum threading struct operator secrets inspect platform test math datetime "
    "csv io abc ast dis".split()
)
IMPORT_NAMES = {
    "scikit-learn": "sklearn",
    "opencv-python": "cv2",
    "flash-attn": "flash_attn",
    "jupyter-client": "jupyter_client",
}


def release(roots: Roots) -> str:
    """The system's name and version as people know it."""
    if roots.system == "linux":
        return parse_os_release(read_text(roots.at("/etc/os-release"), 20_000) or "")
    if roots.system == "macos":
        text = read_text(roots.at("/System/Library/CoreServices/SystemVersion.plist"), 20_000) or ""
        found = re.search(r"<key>ProductVersion</key>\s*<string>([^<]+)</string>", text)
        return f"macOS {found[1]}" if found else "macOS"
    import platform

    return f"Windows {platform.win32_ver()[1]}".strip() if os.name == "nt" else "Windows"


def parse_os_release(text: str) -> str:
    """PRETTY_NAME of /etc/os-release."""
    for line in text.splitlines():
        key, _, value = line.partition("=")
        if key.strip() == "PRETTY_NAME":
            return value.strip().strip("\"'")
    return "Linux"


def is_wsl(roots: Roots) -> bool:
    """Whether this Linux runs inside Windows."""
    if roots.get("WSL_DISTRO_NAME"):
        return True
    return roots.system == "linux" and "microsoft" in (read_text(roots.at("/proc/version"), 2000) or "").lower()


def glibc(roots: Roots) -> str:
    """The version of the GNU C library; `musl` where that is used instead; empty outside Linux."""
    if roots.system != "linux":
        return ""
    for folder in ("/lib64", "/lib/x86_64-linux-gnu", "/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/lib"):
        for name in names_in(roots.at(folder)):
            if name.startswith("ld-musl-"):
                return "musl"
            if found := re.fullmatch(r"libc-(\d+\.\d+)\.so", name):
                return found[1]
    if roots.root:
        return ""
    try:
        # The C library of the running Python is the system's own.
        text = os.confstr("CS_GNU_LIBC_VERSION") or ""
    except (ValueError, OSError, AttributeError):
        return ""
    return text.removeprefix("glibc").strip()


def shadows(roots: Roots) -> tuple[str, ...]:
    """Files and folders in the working directory that Python would import in place of a package or standard module."""
    names = {IMPORT_NAMES.get(name, name.replace("-", "_")) for name in INTEREST} | STANDARD
    found = []
    for entry in names_in(roots.cwd) if roots.cwd else []:
        path = os.path.join(roots.cwd, entry)
        stem = entry.removesuffix(".py")
        if (entry.endswith(".py") and stem in names) or (
            entry in names and os.path.isfile(os.path.join(path, "__init__.py"))
        ):
            found.append(path)
    return tuple(found)
