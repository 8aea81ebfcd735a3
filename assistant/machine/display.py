"""Display adapters and the loaded NVIDIA driver, from the kernel's own files. Light: a one-shot answer may ask."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.context import Roots

# PCI vendor numbers of display adapters.
VENDORS = {"0x10de": "nvidia", "0x1002": "amd", "0x8086": "intel"}
CLASSES = ("0x0300", "0x0302", "0x0380")


def adapters(roots: Roots) -> tuple[str, ...]:
    """Vendors of the display adapters that the system lists, with or without a driver."""
    if roots.system == "macos":
        return ("apple",) if roots.machine.lower() in ("arm64", "aarch64") else ()
    if roots.system != "linux":
        return ()
    devices = roots.at("/sys/bus/pci/devices")
    try:
        names = os.listdir(devices)
    except OSError:
        return ()
    found: set[str] = set()
    for name in names:
        if first_line(os.path.join(devices, name, "class")).startswith(CLASSES):
            vendor = first_line(os.path.join(devices, name, "vendor"))
            if vendor in VENDORS:
                found.add(VENDORS[vendor])
    return tuple(sorted(found))


def loaded_driver(roots: Roots) -> str:
    """The version of the NVIDIA driver that the Linux kernel has loaded; empty where there is none or it cannot be told."""
    if roots.system != "linux":
        return ""
    return parse_driver_version(first_line(roots.at("/proc/driver/nvidia/version")))


def parse_driver_version(line: str) -> str:
    """`NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.104.05  Sat Aug 19 ...` -> 535.104.05."""
    if "NVRM" not in line:
        return ""
    for word in line.split():
        parts = word.split(".")
        if len(parts) in (2, 3) and all(part.isascii() and part.isdecimal() for part in parts) and len(parts[0]) == 3:
            return word
    return ""


def first_line(path: str) -> str:
    """The first line of a small file of the system, empty where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.readline(500).decode("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""
