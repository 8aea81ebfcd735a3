"""NVIDIA GPUs and their driver, through NVML; nvidia-smi where the binding to it is missing or fails.

NVML's own numbers (nvml.h): CUDA 12.8 is told as 12080; error 4 is a lack of permission, 9 a driver that is not loaded,
12 a missing library, 18 a library of another version than the kernel's driver.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable
from typing import Any, Self

from assistant.content.frozen import Frozen
from assistant.machine.context import Roots
from assistant.machine.layout import which
from assistant.machine.model import Driver, Gpu, Mig

NVML_STATES = {9: "not-loaded", 12: "absent", 18: "mismatch", 4: "refused"}
SMI_FIELDS = (
    "name",
    "memory.total",
    "memory.used",
    "compute_cap",
    "utilization.gpu",
    "mig.mode.current",
    "driver_version",
)
MIB = 1024 * 1024


def find_gpus(roots: Roots) -> tuple[Driver, tuple[Gpu, ...]]:
    """The driver and its GPUs. A machine without an NVIDIA driver gives a driver in the state `absent`."""
    try:
        nvml = roots.load_nvml()
    except (ImportError, OSError) as error:
        return from_smi(roots) or (Driver(detail=f"NVML's binding cannot be loaded: {error}"), ())
    try:
        nvml.nvmlInit()
    except nvml.NVMLError as error:
        code = getattr(error, "value", None)
        # Where the library is not on the loader's path (some containers), nvidia-smi may still answer.
        answer = from_smi(roots) if code == 12 else None
        return answer or (Driver(state=NVML_STATES.get(code or 0, "unknown"), source="nvml", detail=_words(error)), ())
    try:
        return _driver(nvml), tuple(
            _gpu(nvml, index) for index in range(_ask(nvml, nvml.nvmlDeviceGetCount, default=0))
        )
    finally:
        _ask(nvml, nvml.nvmlShutdown, default=None)


def _ask(nvml: Any, function: Callable[..., Any], *arguments: Any, default: Any) -> Any:
    """One question to NVML. Many are not supported on some GPUs, or refused while MIG is on."""
    try:
        return function(*arguments)
    except nvml.NVMLError:
        return default


def _driver(nvml: Any) -> Driver:
    version = _text(_ask(nvml, nvml.nvmlSystemGetDriverVersion, default=""))
    cuda = _ask(nvml, nvml.nvmlSystemGetCudaDriverVersion_v2, default=0)
    return Driver(state="ok", version=version, cuda=cuda_text(cuda), source="nvml")


def cuda_text(number: int) -> str:
    """12080 -> `12.8`; the empty text for 0."""
    return f"{number // 1000}.{number % 1000 // 10}" if number else ""


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)


def _words(error: Exception) -> str:
    return str(error).strip() or type(error).__name__


def _gpu(nvml: Any, index: int) -> Gpu:
    try:
        handle = nvml.nvmlDeviceGetHandleByIndex(index)
    except nvml.NVMLError as error:
        return Gpu(index=index, name=f"(no answer: {_words(error)})")
    memory = _ask(nvml, nvml.nvmlDeviceGetMemoryInfo, handle, default=None)
    major, minor = _ask(nvml, nvml.nvmlDeviceGetCudaComputeCapability, handle, default=(0, 0))
    load = _ask(nvml, nvml.nvmlDeviceGetUtilizationRates, handle, default=None)
    mig = bool(_ask(nvml, nvml.nvmlDeviceGetMigMode, handle, default=(0, 0))[0])
    return Gpu(
        index=index,
        name=_text(_ask(nvml, nvml.nvmlDeviceGetName, handle, default="NVIDIA GPU")),
        memory_total=int(memory.total) if memory else 0,
        memory_used=int(memory.used) if memory else 0,
        capability=f"{major}.{minor}" if major else "",
        utilisation=int(load.gpu) if load else None,
        mig=mig,
        slices=_slices(nvml, handle) if mig else (),
    )


def _slices(nvml: Any, handle: Any) -> tuple[Mig, ...]:
    found = []
    for index in range(_ask(nvml, nvml.nvmlDeviceGetMaxMigDeviceCount, handle, default=0)):
        # Free places raise: a GPU has up to seven slices and seldom all of them.
        piece = _ask(nvml, nvml.nvmlDeviceGetMigDeviceHandleByIndex, handle, index, default=None)
        if piece is not None:
            memory = _ask(nvml, nvml.nvmlDeviceGetMemoryInfo, piece, default=None)
            name = _text(_ask(nvml, nvml.nvmlDeviceGetName, piece, default="MIG slice"))
            found.append(Mig(name=name, memory_total=int(memory.total) if memory else 0))
    return tuple(found)


def from_smi(roots: Roots) -> tuple[Driver, tuple[Gpu, ...]] | None:
    """The same from nvidia-smi; None where it is not installed."""
    program = which("nvidia-smi", roots)
    if not program:
        return None
    answer = roots.run([program, f"--query-gpu={','.join(SMI_FIELDS)}", "--format=csv,noheader,nounits"], timeout=10.0)
    if answer.code != 0:
        return smi_failure(answer.out + answer.err), ()
    version, gpus = parse_smi(answer.out)
    header = roots.run([program], timeout=10.0)
    found = re.search(r"CUDA(?: UMD)? Version:\s*(\d+\.\d+)", header.out)
    return Driver(state="ok", version=version, cuda=found[1] if found else "", source="nvidia-smi"), gpus


def smi_failure(text: str) -> Driver:
    """The driver's state from the words of an nvidia-smi that failed."""
    lowered = text.lower()
    state = "unknown"
    if "version mismatch" in lowered:
        state = "mismatch"
    elif "couldn't communicate" in lowered or "driver not loaded" in lowered:
        state = "not-loaded"
    elif "insufficient permissions" in lowered:
        state = "refused"
    return Driver(state=state, source="nvidia-smi", detail=" ".join(text.split())[:300])


def parse_smi(text: str) -> tuple[str, tuple[Gpu, ...]]:
    """The driver version and the GPUs from nvidia-smi's comma-separated answer (memory in MiB)."""
    gpus: list[Gpu] = []
    version = ""
    for row in csv.reader(line for line in text.replace("\0", "").splitlines() if line.strip()):
        cells = [cell.strip() for cell in row]
        if len(cells) != len(SMI_FIELDS):
            continue
        name, total, used, capability, load, mig, driver = cells
        version = driver
        gpus.append(
            Gpu(
                index=len(gpus),
                name=name,
                memory_total=_number(total) * MIB,
                memory_used=_number(used) * MIB,
                capability=capability if re.fullmatch(r"\d+\.\d+", capability) else "",
                utilisation=_number(load) if load.isdecimal() and load.isascii() else None,
                mig=mig.lower() == "enabled",
            )
        )
    return version, tuple(gpus)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and text.isascii() and len(text) < 15 else 0


class Sample(Frozen):
    """One GPU at one moment. Memory in bytes, utilisation per cent, temperature in degrees Celsius, power in watts."""

    index: int
    name: str
    memory_total: int = 0
    memory_used: int = 0
    utilisation: int | None = None
    temperature: int | None = None
    power: int | None = None


class GpuWatch:
    """Live figures of the GPUs. NVML is opened once; a sample costs a few calls and starts no program.

    Use it as a context manager, or call `close`. Without a working driver it is empty and `sample` gives nothing.
    """

    def __init__(self, load: Callable[[], Any]) -> None:
        self._nvml: Any = None
        self._gpus: list[tuple[int, Any, str]] = []
        try:
            nvml = load()
            nvml.nvmlInit()
        except Exception:  # no binding, no library, no driver: all mean that there is nothing to watch
            return
        self._nvml = nvml
        for index in range(_ask(nvml, nvml.nvmlDeviceGetCount, default=0)):
            handle = _ask(nvml, nvml.nvmlDeviceGetHandleByIndex, index, default=None)
            if handle is not None:
                name = _text(_ask(nvml, nvml.nvmlDeviceGetName, handle, default="NVIDIA GPU"))
                self._gpus.append((index, handle, name))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __len__(self) -> int:
        return len(self._gpus)

    def sample(self) -> tuple[Sample, ...]:
        """The figures of this moment; empty where there is nothing to watch or after `close`."""
        nvml = self._nvml
        found = []
        for index, handle, name in self._gpus:
            memory = _ask(nvml, nvml.nvmlDeviceGetMemoryInfo, handle, default=None)
            load = _ask(nvml, nvml.nvmlDeviceGetUtilizationRates, handle, default=None)
            heat = _ask(nvml, nvml.nvmlDeviceGetTemperature, handle, nvml.NVML_TEMPERATURE_GPU, default=None)
            power = _ask(nvml, nvml.nvmlDeviceGetPowerUsage, handle, default=None)
            found.append(
                Sample(
                    index=index,
                    name=name,
                    memory_total=int(memory.total) if memory else 0,
                    memory_used=int(memory.used) if memory else 0,
                    utilisation=int(load.gpu) if load else None,
                    temperature=int(heat) if heat is not None else None,
                    power=round(power / 1000) if power is not None else None,
                )
            )
        return tuple(found)

    def close(self) -> None:
        """Let NVML go. Safe to call twice."""
        if self._nvml is not None:
            _ask(self._nvml, self._nvml.nvmlShutdown, default=None)
        self._nvml, self._gpus = None, []
