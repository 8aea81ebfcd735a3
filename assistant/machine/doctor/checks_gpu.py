"""Checks of NVIDIA GPUs and their driver."""

from __future__ import annotations

from assistant.machine import compatibility
from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import unset
from assistant.machine.model import Machine
from assistant.machine.sizes import human_size


@check("gpu-driver-missing", "gpu", "an NVIDIA GPU without a driver", "gpu", "system")
def driver_missing(machine: Machine) -> list[Finding]:
    if machine.driver.state != "absent" or "nvidia" not in machine.adapters or machine.wsl:
        return []
    ubuntu = "ubuntu" in machine.release.lower()
    return [
        Finding(
            check="gpu-driver-missing",
            effect=BLOCKS,
            title="there is an NVIDIA GPU and no driver for it",
            evidence="the system lists an NVIDIA display adapter; NVML and nvidia-smi do not answer",
            fix=("sudo ubuntu-drivers install",) if ubuntu else (),
            advice="Install the driver from the system's own packages. No conda or pip package contains it.",
        )
    ]


@check("gpu-driver-state", "gpu", "a driver that does not answer", "gpu")
def driver_state(machine: Machine) -> list[Finding]:
    texts = {
        "mismatch": (
            "the NVIDIA driver was updated and not yet loaded",
            "sudo reboot",
            "The loaded kernel module and the library differ in version until the machine starts again.",
        ),
        "not-loaded": (
            "the NVIDIA driver is installed and not loaded",
            "sudo modprobe nvidia",
            "After a kernel update the driver may have to be installed again; Secure Boot may refuse to load it.",
        ),
        "refused": (
            "this account may not use the GPU",
            "ls -l /dev/nvidia*",
            "The device files must be readable and writable for you; on clusters a job must ask for a GPU.",
        ),
    }
    driver = machine.driver
    if driver.state not in texts:
        return []
    title, command, why = texts[driver.state]
    return [
        Finding(
            check="gpu-driver-state",
            effect=BLOCKS,
            title=title,
            evidence=driver.detail or f"the driver's state is {driver.state}",
            fix=() if machine.system == "windows" else (command,),
            advice=why,
        )
    ]


@check("gpu-driver-old", "gpu", "a driver too old for the newest packages", "gpu")
def driver_old(machine: Machine) -> list[Finding]:
    driver = machine.driver
    if driver.state != "ok" or not machine.gpus or not driver.version:
        return []
    table = compatibility.table()
    newest = compatibility.newest_cuda(table)
    wanted = compatibility.minimum_driver(table, newest, machine.system)
    if not wanted or compatibility.driver_runs(table, driver.version, newest, machine.system):
        return []
    return [
        Finding(
            check="gpu-driver-old",
            effect=MAY_BITE,
            title=f"the driver is too old for CUDA {newest.partition('.')[0]}",
            evidence=f"driver {driver.version}; CUDA {newest.partition('.')[0]} needs {wanted} or newer",
            advice="The newest PyTorch will not see the GPU. Update the driver, or take a build for an older CUDA.",
            flow="install-pytorch",
        )
    ]


@check("gpu-hidden", "gpu", "GPUs hidden by a variable", "gpu", "network")
def hidden(machine: Machine) -> list[Finding]:
    value = machine.variables.get("CUDA_VISIBLE_DEVICES")
    if value is None or not machine.gpus:
        return []
    first = value.split(",")[0].strip()
    # CUDA reads the list up to the first number that is no device.
    none = not first or first == "-1" or (first.isdecimal() and int(first) >= len(machine.gpus))
    if not none:
        return []
    return [
        Finding(
            check="gpu-hidden",
            effect=MAY_BITE,
            title="CUDA_VISIBLE_DEVICES hides every GPU",
            evidence=f"CUDA_VISIBLE_DEVICES={value!r}, {len(machine.gpus)} GPU(s) present",
            fix=(unset("CUDA_VISIBLE_DEVICES", machine.shell),),
        )
    ]


@check("gpu-mig", "gpu", "MIG switched on without a slice", "gpu")
def mig(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="gpu-mig",
            effect=BLOCKS,
            title=f"GPU {gpu.index} is divided (MIG) and has no slice to compute on",
            evidence=gpu.name,
            fix=("nvidia-smi -L",),
            advice="An administrator must make slices or switch MIG off.",
        )
        for gpu in machine.gpus
        # nvidia-smi's short answer does not tell the slices.
        if gpu.mig and not gpu.slices and machine.driver.source == "nvml"
    ]


@check("gpu-memory", "gpu", "GPUs whose memory is taken", "gpu")
def memory(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="gpu-memory",
            effect=MAY_BITE,
            title=f"the memory of GPU {gpu.index} is nearly full",
            evidence=f"{gpu.name}: {human_size(gpu.memory_used)} of {human_size(gpu.memory_total)} in use",
            fix=("nvidia-smi",),
            advice="Another program holds it; a forgotten notebook kernel is the usual one.",
        )
        for gpu in machine.gpus
        if gpu.memory_total and gpu.memory_used > 0.9 * gpu.memory_total
    ]


@check("gpu-library-path", "gpu", "CUDA libraries put in front by LD_LIBRARY_PATH", "gpu", "network")
def library_path(machine: Machine) -> list[Finding]:
    entries = machine.variables.get("LD_LIBRARY_PATH", "").split(":")
    named = [entry for entry in entries if any(word in entry.lower() for word in ("cuda", "cudnn", "nccl"))]
    if not named or not machine.gpus:
        return []
    return [
        Finding(
            check="gpu-library-path",
            effect=MAY_BITE,
            title="LD_LIBRARY_PATH puts other CUDA libraries before those of your packages",
            evidence="; ".join(named),
            fix=(unset("LD_LIBRARY_PATH", machine.shell),),
            advice="Wheels and conda packages bring the CUDA libraries that they need.",
        )
    ]


@check("gpu-generation", "gpu", "a GPU that new PyTorch no longer supports", "gpu")
def generation(machine: Machine) -> list[Finding]:
    table = compatibility.table()
    found = []
    for gpu in machine.gpus:
        row = compatibility.gpu_row(table, gpu.capability) or compatibility.gpu_named(table, gpu.name)
        if row is not None and row.last_torch:
            tags = ", ".join(row.tags)
            found.append(
                Finding(
                    check="gpu-generation",
                    effect=NOTE,
                    title=f"PyTorch {row.last_torch} is the last for this GPU",
                    evidence=f"{gpu.name}, compute capability {gpu.capability or row.capability} ({row.generation})",
                    advice=f"Builds that still run on it: {tags}." if tags else "",
                    flow="install-pytorch",
                )
            )
    return found
