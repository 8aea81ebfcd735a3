"""Answers about a whole system from the compatibility tables: a Mac, the C library, the machine this runs on."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, ShownCommand
from assistant.dialogue.hardware_rows import (
    build_blocks,
    gpu_and_torch,
    newest_torch,
    release_fits,
    release_of,
    table_answer,
    unknown_torch,
)
from assistant.machine import compatibility as compat
from assistant.machine.tables import System
from assistant.machine.versions import at_least, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.hardware import Named
    from assistant.machine.model import Machine
    from assistant.machine.tables import Table as Tables
    from assistant.search.library import Library


def glibc_for_torch(named: Named, tables: Tables, library: Library) -> Answer:
    """The C library that PyTorch's Linux wheels need."""
    row = next(one for one in tables.systems if one.system == "linux" and one.machine == "x86_64")
    lead = f"PyTorch's Linux wheels need {row.needs} or newer."
    show = Block(kind="commands", text="Yours", commands=(ShownCommand(run="ldd --version", tool="ldd"),))
    return table_answer(named.text, "The C library for PyTorch", lead, [show], "systems", library)


def for_mac(named: Named, tables: Tables, library: Library) -> Answer:
    """CUDA and PyTorch on a Mac."""
    intel = "intel" in named.lowered or "x86" in named.lowered
    machine = "x86_64" if intel else "arm64"
    rows = [row for row in tables.systems if (row.system, row.machine) == ("macos", machine)]
    newest = newest_torch(tables)
    title = "PyTorch on an Intel Mac" if intel else "PyTorch on a Mac"
    see = ("pytorch.macos", "ml.no-nvidia", "pytorch.install")
    if named.torch and numbers(named.torch) > numbers(newest):
        return table_answer(named.text, title, unknown_torch(named.torch, tables), [], "systems", library, see)
    cuda = "CUDA does not exist for Macs. " if "cuda" in named.lowered else ""
    if intel:
        lead = cuda + _until(rows[0], named.torch, "Intel Macs")
    elif named.torch or named.macos:
        lead = cuda + _apple(rows, named.torch, named.macos, newest)
    else:
        lead = (
            f"{cuda}On Apple Silicon PyTorch uses the GPU through MPS; PyTorch {newest} needs {rows[0].needs} or newer."
        )
    blocks = []
    if not intel:
        install = ShownCommand(run="pip install torch torchvision", tool="pip", risk="installs")
        check = ShownCommand(run='python -c "import torch; print(torch.backends.mps.is_available())"', tool="python")
        blocks.append(Block(kind="commands", commands=(install, check)))
    elif rows[0].note:
        blocks.append(Block(kind="text", text=rows[0].note + "."))
    return table_answer(named.text, title, lead, blocks, "systems", library, see)


def _until(row: System, torch: str, who: str) -> str:
    last = f"PyTorch {row.last_torch} was the last with wheels for {who}."
    if not torch:
        return last
    return ("Yes. " if at_least(row.last_torch, torch) else "No. ") + last


def _apple(rows: list[System], torch: str, macos: str, newest: str) -> str:
    """`rows` are those of Apple Silicon, the newest system first."""
    wanted = torch or newest
    row = next((one for one in reversed(rows) if not one.last_torch or at_least(one.last_torch, wanted)), rows[0])
    needs = row.needs.removeprefix("macOS").strip()
    lead = f"PyTorch {wanted} needs macOS {needs} or newer on Apple Silicon."
    if not macos or (torch and numbers(macos) == numbers(needs)):
        return ("Yes: " if macos else "") + lead
    if at_least(macos, needs):
        return "Yes: " + lead
    older = next(
        (one for one in rows if one.last_torch and at_least(macos, one.needs.removeprefix("macOS").strip())), None
    )
    return f"No: {lead}" + (f" On macOS {macos} the last is {older.last_torch}." if older else "")


def for_this_machine(named: Named, tables: Tables, library: Library) -> Answer:
    """The PyTorch that fits the machine this runs on, looked at now; first whether a PyTorch that was named does."""
    machine = look_at_gpu()
    choice = compat.for_machine(tables, machine)
    names = ", ".join(gpu.name for gpu in machine.gpus)
    if machine.system == "macos":
        names = "Apple's GPU" if machine.architecture == "arm64" else "no GPU that PyTorch uses"
    driver = f", driver {machine.driver.version}" if machine.driver.version else ""
    has = f"This machine has {names or 'no NVIDIA GPU that answers'}{driver}"
    if choice.known:
        lead = f"{has}: take PyTorch {choice.torch} ({choice.tag or 'the PyPI wheel'}) with Python {choice.python}."
    else:
        lead = f"{has}; which PyTorch fits I cannot tell."
    gpu = machine.gpus[0] if machine.gpus else None
    row = (compat.gpu_row(tables, gpu.capability) or compat.gpu_named(tables, gpu.name)) if gpu else None
    if row is not None and release_of(named.torch, tables):
        lead = gpu_and_torch(row, named.torch, [one for one in tables.torch if release_fits(row, one)]) + " " + lead
    return table_answer(named.text, "What this machine can run", lead, build_blocks(choice), "torch", library)


def look_at_gpu() -> Machine:
    """The machine with its driver and GPUs looked at."""
    from assistant.machine.probe import probe

    return probe({"gpu", "system"}, timeout=5.0)
