"""The system: space, memory, limits, processor, C library, Apple's tools."""

from __future__ import annotations

import os
import re

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here
from assistant.machine.files import names_in, read_text
from assistant.machine.sizes import human_size
from assistant.machine.versions import at_least

GB = 1024**3
# Below this a package with its dependencies may not fit.
FULL = 1 * GB
FEW_FILES = 1_000
# A build or a solve takes a GB and more.
LITTLE_MEMORY = 1 * GB
# pip and conda keep some hundred files open at once.
FEW_OPEN = 512


def disk_full(here: Here, _: str) -> Verdict | None:
    """A file system that installs use has no room."""
    if not here.disks:
        return None
    for disk in sorted(here.disks, key=lambda one: one.free):
        if disk.free < FULL:
            return yes(f"{human_size(disk.free)} is free for {disk.used_for} ({here.short(disk.path)})")
        if disk.inodes_free is not None and disk.inodes_free < FEW_FILES:
            return yes(f"{here.short(disk.path)} can hold no more files")
    least = min(here.disks, key=lambda one: one.free)
    return no(f"{human_size(least.free)} is free for {least.used_for} ({here.short(least.path)})")


def memory(here: Here, _: str) -> Verdict | None:
    """Little memory is free now. Much free memory now does not tell how it was then."""
    text = read_text(here.roots.at("/proc/meminfo"), 4000) or ""
    found = re.search(r"^MemAvailable:\s+(\d+) kB", text, re.MULTILINE)
    if not found or int(found[1]) * 1024 >= LITTLE_MEMORY:
        return None
    return yes(f"only {human_size(int(found[1]) * 1024)} of memory is free")


def open_files(here: Here, _: str) -> Verdict | None:
    """A process may open few files at once."""
    try:
        import resource
    except ImportError:
        return None
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY or limit > FEW_OPEN:
        return None
    return yes(f"a process may open {limit} files at once")


def read_only(here: Here, _: str) -> Verdict | None:
    """A folder that installs write to is on a read-only file system."""
    if not hasattr(os, "statvfs"):
        return None
    seen = [path for path in (here.roots.cwd, here.roots.home, here.prefix) if path and os.path.isdir(path)]
    for path in seen:
        if os.statvfs(path).f_flag & os.ST_RDONLY:
            return yes(f"{here.short(path)} is on a read-only file system")
    return no("the working directory, the home folder and the Python in use can be written") if seen else None


def c_library(here: Here, _: str) -> Verdict | None:
    """The C library is older than what the output asks for, or than packages of today need."""
    from assistant.machine.system import glibc

    own = glibc(here.roots)
    if not own:
        return None
    if own == "musl":
        return yes("this Linux uses musl and not glibc")
    named = re.search(r"\d+\.\d+", here.slot("value", "version"))
    wanted = named[0] if named else "2.28"
    if at_least(own, wanted):
        return no(f"glibc is {own}")
    return yes(f"glibc is {own}, and {wanted} is needed")


def no_avx(here: Here, _: str) -> Verdict | None:
    """The processor lacks AVX2, which many packages are built for."""
    text = read_text(here.roots.at("/proc/cpuinfo"), 20_000) or ""
    found = re.search(r"^flags\s*:(.*)$", text, re.MULTILINE)
    if not found:
        return None
    flags = set(found[1].split())
    for name in ("avx", "avx2"):
        if name not in flags:
            return yes(f"the processor has no {name.upper()}")
    return no("the processor has AVX2")


def processor(here: Here, _: str) -> Verdict | None:
    """A conda or a Python here is made for another processor."""
    if here.machine.system != "macos" or here.machine.architecture != "arm64":
        return None
    for conda in here.condas:
        if conda.platform == "osx-64":
            return yes(f"{here.short(conda.root)} is the edition for Intel, and this Mac has an Apple processor")
    return no(f"{here.short(here.condas[0].root)} is for Apple processors") if here.condas else None


def no_developer_tools(here: Here, _: str) -> Verdict | None:
    """Apple's command line tools are not installed."""
    if here.roots.system != "macos":
        return None
    for place in ("/Library/Developer/CommandLineTools/usr/bin/clang", "/Applications/Xcode.app"):
        if os.path.exists(here.roots.at(place)):
            return no(f"there is {place}")
    return yes("/Library/Developer/CommandLineTools holds no compiler")


def intel_mac(here: Here, _: str) -> Verdict | None:
    """A Mac without an Apple processor."""
    if here.roots.system != "macos" or not here.machine.architecture:
        return None
    name = here.machine.architecture
    return no(f"this Mac's processor is {name}") if name == "arm64" else yes(f"this Mac's processor is {name}")


def deep_folder(here: Here, _: str) -> Verdict | None:
    """The working directory is so deep that files below it pass 260 letters."""
    if here.roots.system != "windows" or len(here.roots.cwd) < 100:
        return None
    return yes(f"{here.roots.cwd} alone has {len(here.roots.cwd)} letters")


def no_msvc(here: Here, _: str) -> Verdict | None:
    """Microsoft's C++ compiler is in none of the folders where Visual Studio puts it."""
    bases = [here.roots.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)") if here.roots.get(name)]
    if here.roots.system != "windows" or not bases:
        return None
    for base in bases:
        studio = os.path.join(base, "Microsoft Visual Studio")
        for year in names_in(studio):
            for edition in names_in(os.path.join(studio, year)):
                if names_in(os.path.join(studio, year, edition, "VC", "Tools", "MSVC")):
                    return no(f"there is {os.path.join(studio, year, edition)} with a C++ compiler")
    return yes("no Visual Studio with a C++ compiler is in the program folders")


def no_wheels(here: Here, _: str) -> Verdict | None:
    """A system that PyTorch makes no wheels for: musl, an Intel Mac, 32 bits."""
    from assistant.machine.system import glibc

    architecture = here.machine.architecture
    if here.roots.system == "macos" and architecture and architecture != "arm64":
        return yes("this Mac has an Intel processor, and PyTorch for it ended with 2.2.2")
    if here.roots.system == "linux" and glibc(here.roots) == "musl":
        return yes("this Linux uses musl, and PyTorch's wheels need glibc")
    if architecture in ("x86", "i386", "i686", "armv7l", "armv6l"):
        return yes(f"this system is {architecture}, of 32 bits")
    return None


def docker_down(here: Here, _: str) -> Verdict | None:
    """Docker's socket is not there."""
    if here.roots.system == "windows":
        return None
    places = (here.roots.at("/var/run/docker.sock"), here.roots.under_home(".docker", "run", "docker.sock"))
    for place in places:
        if os.path.exists(place):
            if os.access(place, os.W_OK):
                return None
            return yes(f"{place} may not be used by this account")
    return yes(f"there is no {places[0]}")


def no_headers(here: Here, _: str) -> Verdict | None:
    """Python.h of the Python in use is missing."""
    include = os.path.join(here.prefix, "include")
    if not here.prefix or here.roots.system == "windows":
        return None
    base = next((one.base for one in here.environments if one.path == here.prefix and one.kind != "conda"), "")
    folders = [include, os.path.join(os.path.dirname(base), "include")] if base else [include]
    for folder in folders:
        for name in names_in(folder):
            path = os.path.join(folder, name, "Python.h")
            if name.startswith("python") and os.path.isfile(path):
                return no(f"there is {here.short(path)}")
    return yes(f"no Python.h is below {here.short(folders[-1])}")


LOOKS = {
    "disk-full": disk_full,
    "memory": memory,
    "open-files": open_files,
    "read-only": read_only,
    "c-library": c_library,
    "no-avx": no_avx,
    "processor": processor,
    "no-developer-tools": no_developer_tools,
    "intel-mac": intel_mac,
    "deep-folder": deep_folder,
    "no-msvc": no_msvc,
    "no-wheels": no_wheels,
    "docker-down": docker_down,
    "no-headers": no_headers,
}
