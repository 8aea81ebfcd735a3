"""NVIDIA GPUs, their driver and the torch in use, from the files that Linux's driver shows; NVML where it was asked."""

from __future__ import annotations

import os
import re

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here
from assistant.machine.files import names_in, read_text
from assistant.machine.model import Environment, Torch
from assistant.machine.sizes import human_size

LIBRARIES = ("/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/lib", "/usr/lib/wsl/lib")
_MODULE = re.compile(r"Kernel Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)")
_LIBRARY = re.compile(r"libnvidia-ml\.so\.(\d+\.\d+(?:\.\d+)?)$")


def _loaded(here: Here) -> str:
    """The version of the driver in the kernel; empty where it is not loaded or cannot be read."""
    if here.looked("gpu") and here.machine.driver.version:
        return here.machine.driver.version
    found = _MODULE.search(read_text(here.roots.at("/proc/driver/nvidia/version"), 2000) or "")
    return found[1] if found else ""


def _library(here: Here) -> str:
    """The version of the driver's libraries on disk."""
    for folder in LIBRARIES:
        for name in names_in(here.roots.at(folder)):
            if found := _LIBRARY.match(name):
                return found[1]
    return ""


def _names(here: Here) -> list[str]:
    """The GPUs that the driver shows."""
    if here.looked("gpu"):
        return [gpu.name for gpu in here.machine.gpus]
    folder = here.roots.at("/proc/driver/nvidia/gpus")
    texts = (read_text(os.path.join(folder, name, "information"), 2000) or "" for name in names_in(folder))
    return [found[1].strip() for text in texts if (found := re.search(r"^Model:\s*(.+)$", text, re.MULTILINE))]


def _can_tell(here: Here) -> bool:
    """Whether the absence of a driver would show: on Linux in files, elsewhere only where it was asked."""
    return here.roots.system == "linux" or here.looked("gpu")


def _wsl(here: Here) -> bool:
    return os.path.exists(here.roots.at("/dev/dxg"))


def _torch(here: Here) -> Torch | None:
    """The torch of the Python in use, from its own files."""
    from assistant.machine.torch_probe import read_torch

    for known in here.machine.torch:
        if known.path == here.prefix:
            return known
    return (
        read_torch(Environment(name=here.prefix_name, path=here.prefix, kind="venv"), here.roots)
        if here.prefix
        else None
    )


def driver_missing(here: Here, _: str) -> Verdict | None:
    """No NVIDIA driver is loaded."""
    if version := _loaded(here):
        return no(f"the NVIDIA driver {version} is loaded")
    if not _can_tell(here) or _wsl(here):
        return None
    from assistant.machine.display import adapters

    seen = "nvidia" in adapters(here.roots)
    return yes(
        "there is an NVIDIA GPU and no driver is loaded"
        if seen
        else "no NVIDIA driver is loaded and no NVIDIA GPU is listed"
    )


def no_gpu(here: Here, _: str) -> Verdict | None:
    """No NVIDIA GPU can be used, or the torch in use is a build without CUDA."""
    torch = _torch(here)
    if torch is not None and not torch.cuda and not torch.hip and here.roots.system != "macos":
        return yes(f"torch {torch.version} in {here.prefix_name} is a build without CUDA")
    found = driver_missing(here, _)
    return found if found and found.holds else None


def not_loaded(here: Here, _: str) -> Verdict | None:
    """The driver's libraries are there, and its module is not loaded."""
    if version := _loaded(here):
        return no(f"the NVIDIA driver {version} is loaded")
    library = _library(here)
    return yes(f"the libraries of driver {library} are installed and its module is not loaded") if library else None


def mismatch(here: Here, _: str) -> Verdict | None:
    """The module in the kernel and the libraries on disk are of different versions."""
    if here.looked("gpu") and here.machine.driver.state == "mismatch":
        return yes(here.machine.driver.detail or "NVML says that driver and library differ")
    loaded, library = _loaded(here), _library(here)
    if not loaded or not library:
        return None
    if loaded == library:
        return no(f"the loaded module and the library are both {loaded}")
    return yes(f"the loaded module is {loaded} and the library is {library}")


def driver_old(here: Here, _: str) -> Verdict | None:
    """The driver does not run the CUDA that the torch in use is built for."""
    from assistant.machine import compatibility

    loaded, torch = _loaded(here), _torch(here)
    if not loaded or torch is None or not torch.cuda:
        return None
    table = compatibility.table()
    runs = compatibility.driver_runs(table, loaded, torch.cuda, here.roots.system)
    if runs is None:
        return None
    facts = f"torch {torch.version} is built for CUDA {torch.cuda}, and the driver is {loaded}"
    if runs:
        return no(facts)
    return yes(f"{facts}; it needs {compatibility.minimum_driver(table, torch.cuda, here.roots.system)}")


def cpu_torch(here: Here, _: str) -> Verdict | None:
    """The torch in use is a build without CUDA."""
    torch = _torch(here)
    if torch is None:
        return None
    if torch.cuda or torch.hip:
        return no(
            f"torch {torch.version} in {here.prefix_name} is built for {'CUDA ' + torch.cuda if torch.cuda else 'ROCm'}"
        )
    gpus = _names(here)
    beside = f", and {gpus[0]} is there" if gpus else ""
    return yes(f"torch {torch.version} in {here.prefix_name} is a build without CUDA{beside}")


def generation(here: Here, _: str) -> Verdict | None:
    """The torch in use has no code for a GPU of this machine."""
    from assistant.machine import compatibility

    torch, gpus = _torch(here), _names(here)
    if torch is None or not torch.cuda:
        return None
    table = compatibility.table()
    answers = []
    for name in gpus:
        row = compatibility.gpu_named(table, name)
        if row is None:
            continue
        covered = compatibility.build_covers(
            table,
            torch.version,
            torch.cuda,
            row.capability,
            architecture=here.machine.architecture,
            system=here.roots.system,
        )
        facts = f"{name} is of compute capability {row.capability}, torch is {torch.version} for CUDA {torch.cuda}"
        if covered is False:
            return yes(facts)
        if covered:
            answers.append(no(facts))
    return answers[0] if answers else None


def hidden(here: Here, _: str) -> Verdict | None:
    """CUDA_VISIBLE_DEVICES hides GPUs."""
    value = here.roots.env.get("CUDA_VISIBLE_DEVICES")
    if value is None:
        return no("CUDA_VISIBLE_DEVICES is not set in this shell")
    first, count = value.split(",")[0].strip(), len(_names(here))
    if not first or first == "-1" or (count and first.isdecimal() and int(first) >= count):
        return yes(f"CUDA_VISIBLE_DEVICES={value!r} hides every GPU")
    return yes(f"CUDA_VISIBLE_DEVICES={value!r} is set, so the programs count GPUs anew from 0")


def memory(here: Here, _: str) -> Verdict | None:
    """The memory of a GPU is taken now; only NVML tells, so this speaks where the whole machine was looked at."""
    for gpu in here.machine.gpus if here.looked("gpu") else ():
        if gpu.memory_total and gpu.memory_used > 0.9 * gpu.memory_total:
            used, total = human_size(gpu.memory_used), human_size(gpu.memory_total)
            return yes(f"{used} of {total} of GPU {gpu.index} is in use now")
    return None


def library_path(here: Here, _: str) -> Verdict | None:
    """LD_LIBRARY_PATH puts other CUDA libraries first."""
    if here.roots.system != "linux":
        return None
    entries = here.roots.get("LD_LIBRARY_PATH").split(":")
    for entry in entries:
        if any(word in entry.lower() for word in ("cuda", "cudnn", "nccl")):
            return yes(f"LD_LIBRARY_PATH holds {entry}")
    return no("LD_LIBRARY_PATH names no CUDA folder in this shell")


def no_devices(here: Here, _: str) -> Verdict | None:
    """The driver is loaded and shows no GPU."""
    version, gpus = _loaded(here), _names(here)
    if not version:
        return None
    if gpus:
        return no(f"the driver {version} shows {gpus[0]}")
    return yes(f"the driver {version} is loaded and shows no GPU")


def library_missing(here: Here, _: str) -> Verdict | None:
    """The CUDA library is in none of the places where packages and the toolkit put it."""
    wanted = here.slot("value") or "libcudnn.so"
    if here.roots.system != "linux" or not wanted.startswith("lib"):
        return None
    folders = [entry for entry in here.roots.get("LD_LIBRARY_PATH").split(":") if entry]
    for site in here.sites:
        nvidia = os.path.join(site, "nvidia")
        folders += [os.path.join(nvidia, name, "lib") for name in names_in(nvidia)]
        folders.append(os.path.join(site, "torch", "lib"))
    folders += [os.path.join(here.prefix, "lib")] if here.prefix else []
    folders += [here.roots.at(place) for place in ("/usr/local/cuda/lib64", *LIBRARIES)]
    for folder in folders:
        for name in names_in(folder):
            if name.startswith(wanted):
                return no(f"there is {here.short(os.path.join(folder, name))}")
    return yes(
        f"no {wanted} is in {here.prefix_name or 'the Python in use'}, in LD_LIBRARY_PATH or in the system's folders"
    )


def no_toolkit(here: Here, _: str) -> Verdict | None:
    """There is no nvcc."""
    if found := here.on_path("nvcc"):
        return no(f"`nvcc` is {here.short(found)}")
    for place in (here.roots.get("CUDA_HOME"), here.roots.get("CUDA_PATH"), here.roots.at("/usr/local/cuda")):
        if place and os.path.exists(os.path.join(place, "bin", "nvcc")):
            return yes(f"{place}/bin/nvcc is there and not on PATH")
    return yes("no `nvcc` is on PATH or in /usr/local/cuda")


def nouveau(here: Here, _: str) -> Verdict | None:
    """The nouveau driver is loaded."""
    text = read_text(here.roots.at("/proc/modules"), 200_000)
    if text is None:
        return None
    loaded = {line.partition(" ")[0] for line in text.splitlines()}
    return yes("the module nouveau is loaded") if "nouveau" in loaded else no("the module nouveau is not loaded")


def secure_boot(here: Here, _: str) -> Verdict | None:
    """Secure Boot is on."""
    folder = here.roots.at("/sys/firmware/efi/efivars")
    for name in names_in(folder):
        if name.startswith("SecureBoot-"):
            try:
                with open(os.path.join(folder, name), "rb") as file:
                    data = file.read(16)
            except OSError:
                return None
            # Four bytes of attributes, then the value.
            return yes("Secure Boot is on") if data[4:5] == b"\x01" else no("Secure Boot is off")
    return None


def vision(here: Here, _: str) -> Verdict | None:
    """torchvision is made for another torch than the one beside it."""
    from assistant.machine import compatibility
    from assistant.machine.versions import minor

    torch, own = _torch(here), here.version_of("torchvision")
    wanted = compatibility.torchvision_for(compatibility.table(), torch.version) if torch else ""
    if torch is None or not own or not wanted:
        return None
    facts = f"torchvision {own} is beside torch {torch.version}, which goes with {minor(wanted)}"
    return no(facts) if minor(own) == minor(wanted) else yes(facts)


def wsl(here: Here, _: str) -> Verdict | None:
    """This is Linux under Windows, whose driver belongs to Windows."""
    if here.roots.system != "linux":
        return None
    from assistant.machine.system import is_wsl

    if not is_wsl(here.roots):
        return no("this is no WSL")
    return None if _wsl(here) else yes("this is WSL, and /dev/dxg is not there")


LOOKS = {
    "driver-missing": driver_missing,
    "no-gpu": no_gpu,
    "not-loaded": not_loaded,
    "mismatch": mismatch,
    "driver-old": driver_old,
    "cpu-torch": cpu_torch,
    "generation": generation,
    "hidden": hidden,
    "memory": memory,
    "library-path": library_path,
    "no-devices": no_devices,
    "library-missing": library_missing,
    "no-toolkit": no_toolkit,
    "nouveau": nouveau,
    "secure-boot": secure_boot,
    "vision": vision,
    "wsl": wsl,
}
