"""Checks of space: free disk, temporary files, caches."""

from __future__ import annotations

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import conda_program, export
from assistant.machine.model import Machine
from assistant.machine.sizes import human_size

GB = 1024**3
# A PyTorch environment with CUDA takes some 6 to 8 GB while it is installed.
TIGHT, FULL = 10 * GB, 1 * GB
CACHE = 10 * GB
EMPTYING = {
    "pip": "python -m pip cache purge",
    "uv": "uv cache prune",
    "pixi": "pixi clean cache",
}


def cleaning(machine: Machine, tools: set[str]) -> tuple[str, ...]:
    """The commands that empty the caches of these tools."""
    commands = [f"{conda_program(machine)} clean --all"] if "conda" in tools else []
    return (*commands, *(command for tool, command in EMPTYING.items() if tool in tools))


@check("disk-low", "disk", "file systems that are nearly full", "disks")
def low(machine: Machine) -> list[Finding]:
    found = []
    for device in dict.fromkeys(
        (disk.device, disk.free) for disk in machine.disks if disk.used_for != "temporary files"
    ):
        disks = [
            disk for disk in machine.disks if (disk.device, disk.free) == device and disk.used_for != "temporary files"
        ]
        free = disks[0].free
        if free < TIGHT:
            found.append(
                Finding(
                    check="disk-low",
                    effect=BLOCKS if free < FULL else MAY_BITE,
                    title=f"only {human_size(free)} free",
                    evidence=f"{disks[0].path} ({', '.join(dict.fromkeys(disk.used_for for disk in disks))})",
                    fix=cleaning(machine, {cache.tool for cache in machine.caches} or {"pip"}),
                    advice="An environment with PyTorch and CUDA takes 6 to 8 GB.",
                    flow="clean-up",
                )
            )
    return found


@check("disk-temporary", "disk", "a small place for temporary files", "disks")
def temporary(machine: Machine) -> list[Finding]:
    found = []
    homes = {disk.device for disk in machine.disks if disk.used_for == "home"}
    for disk in machine.disks:
        if disk.used_for == "temporary files" and disk.free < 4 * GB and disk.device not in homes:
            folder = machine.home + ("\\temporary" if machine.system == "windows" else "/temporary")
            variable = "TEMP" if machine.system == "windows" else "TMPDIR"
            found.append(
                Finding(
                    check="disk-temporary",
                    effect=MAY_BITE,
                    title=f"only {human_size(disk.free)} for temporary files",
                    evidence=disk.path,
                    fix=(f"mkdir {folder}", export(variable, folder, machine.shell)),
                    advice="pip unpacks there: large packages fail with 'No space left on device'.",
                )
            )
    return found


@check("disk-inodes", "disk", "file systems that can hold no more files", "disks")
def inodes(machine: Machine) -> list[Finding]:
    seen = {disk.device: disk for disk in machine.disks if disk.inodes_free is not None and disk.inodes_free < 50_000}
    return [
        Finding(
            check="disk-inodes",
            effect=MAY_BITE,
            title="the file system can hold few more files",
            evidence=f"{disk.path}: {disk.inodes_free} left, whatever space is free",
            fix=cleaning(machine, {cache.tool for cache in machine.caches} or {"pip"}),
            advice="One conda environment takes 10,000 files and more.",
            flow="clean-up",
        )
        for disk in seen.values()
    ]


@check("cache-size", "disk", "large package caches", "caches")
def cache_size(machine: Machine) -> list[Finding]:
    sizes = [(cache, cache.size) for cache in machine.caches if cache.size]
    total = sum(size for _, size in sizes)
    if total < CACHE:
        return []
    largest = sorted(sizes, key=lambda pair: -pair[1])
    more = "" if all(cache.complete for cache, _ in sizes) else " or more"
    return [
        Finding(
            check="cache-size",
            effect=NOTE,
            title=f"caches take {human_size(total)}{more}",
            evidence="; ".join(f"{cache.tool} {human_size(size)} ({cache.path})" for cache, size in largest[:5]),
            fix=cleaning(machine, {cache.tool for cache, size in largest if size > GB // 2}),
            advice="Package caches can be emptied at any time; what is needed again is downloaded again.",
            flow="clean-up",
        )
    ]


@check("cache-other-disk", "disk", "a conda cache on another file system than the environments", "caches", "disks")
def cache_other_disk(machine: Machine) -> list[Finding]:
    homes = {disk.device for disk in machine.disks if disk.used_for == "conda environments"}
    return [
        Finding(
            check="cache-other-disk",
            effect=NOTE,
            title="conda copies every file instead of linking it",
            evidence=f"{cache.path} is on another file system than the environments",
            advice="Environments take more space and longer to make. Set pkgs_dirs to a folder beside them.",
        )
        for cache in machine.caches
        if cache.tool == "conda" and cache.device and homes and cache.device not in homes
    ]
