"""Package caches with their sizes, and the file systems that everything lies on."""

from __future__ import annotations

import os
import shutil
import tempfile

from assistant.machine.context import Roots
from assistant.machine.model import Cache, Conda, Disk
from assistant.machine.sizes import folder_size


def cache_places(roots: Roots, condas: tuple[Conda, ...] = ()) -> tuple[tuple[str, str], ...]:
    """(tool, folder) of each cache, whether or not it exists."""
    if roots.system == "windows":
        local = roots.get("LOCALAPPDATA") or roots.under_home("AppData", "Local")
        base = local
        pip, uv, rattler = (
            os.path.join(local, "pip", "Cache"),
            os.path.join(local, "uv", "cache"),
            os.path.join(local, "rattler", "cache"),
        )
    elif roots.system == "macos":
        base = roots.under_home("Library", "Caches")
        pip, uv, rattler = (
            os.path.join(base, "pip"),
            roots.under_home(".cache", "uv"),
            os.path.join(base, "rattler", "cache"),
        )
    else:
        base = roots.get("XDG_CACHE_HOME") or roots.under_home(".cache")
        pip, uv, rattler = os.path.join(base, "pip"), os.path.join(base, "uv"), os.path.join(base, "rattler", "cache")
    home_cache = roots.get("XDG_CACHE_HOME") or roots.under_home(".cache")
    hugging = roots.get("HF_HOME") or os.path.join(home_cache, "huggingface")
    places = [
        ("pip", roots.get("PIP_CACHE_DIR") or pip),
        ("uv", roots.get("UV_CACHE_DIR") or uv),
        ("pixi", roots.get("PIXI_CACHE_DIR") or roots.get("RATTLER_CACHE_DIR") or rattler),
        ("poetry", roots.get("POETRY_CACHE_DIR") or os.path.join(base, "pypoetry")),
        ("huggingface", roots.get("HF_HUB_CACHE") or os.path.join(hugging, "hub")),
        ("torch", roots.get("TORCH_HOME") or os.path.join(home_cache, "torch")),
    ]
    places += [("conda", folder) for conda in condas for folder in conda.pkgs_dirs]
    return tuple(dict.fromkeys((tool, os.path.normpath(path)) for tool, path in places if path and "\0" not in path))


def find_caches(roots: Roots, condas: tuple[Conda, ...] = (), *, deadline: float | None = None) -> tuple[Cache, ...]:
    """The caches that are there, measured as far as the time allows."""
    found = []
    for tool, path in cache_places(roots, condas):
        if os.path.isdir(path):
            size, complete = folder_size(path, deadline=deadline)
            found.append(Cache(tool=tool, path=path, size=size, complete=complete, device=device_of(path)))
    return tuple(found)


def device_of(path: str) -> int:
    """The number of the file system that a path is on, or 0."""
    try:
        return os.stat(path).st_dev
    except OSError:
        return 0


def find_disks(roots: Roots, condas: tuple[Conda, ...] = ()) -> tuple[Disk, ...]:
    """Free space where environments, caches and temporary files go, each file system once for each use."""
    uses = [(roots.home, "home"), (roots.cwd, "the working directory")]
    uses.append((roots.get("TMPDIR") or roots.get("TEMP") or tempfile.gettempdir(), "temporary files"))
    uses += [(conda.root, "conda") for conda in condas]
    uses += [(folder, "conda environments") for conda in condas for folder in conda.envs_dirs]
    found: dict[tuple[int, str], Disk] = {}
    for path, used_for in uses:
        if not path or "\0" in path or not os.path.isdir(path):
            continue
        try:
            usage = shutil.disk_usage(path)
        except OSError:
            continue
        device = device_of(path)
        found.setdefault(
            (device, used_for),
            Disk(
                path=path,
                used_for=used_for,
                total=usage.total,
                free=usage.free,
                inodes_free=_inodes(path),
                device=device,
            ),
        )
    return tuple(found.values())


def _inodes(path: str) -> int | None:
    if not hasattr(os, "statvfs"):
        return None
    status = os.statvfs(path)
    return status.f_favail if status.f_files else None  # file systems such as btrfs count none
