"""Questions whose answer is a row of the compatibility tables: driver and CUDA, a GPU and PyTorch, PyTorch and Python.

"which cuda for driver 535", "can a GTX 1080 run torch 2.15", "what can this machine run", "torch 2.13 python versions".
Past the tables' last row the answer says that it does not know.
"""

from __future__ import annotations

import re

from assistant.dialogue.answer import Answer, Block, Link, ShownCommand, Table
from assistant.dialogue.compose import source_notes
from assistant.machine import compatibility as compat
from assistant.machine.tables import Generation, Release, read_tables
from assistant.machine.versions import at_least, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.engine import Asked
    from assistant.machine.model import Machine
    from assistant.machine.tables import Table as Tables
    from assistant.search.library import Library

_DRIVER = (
    r"\bdriver(?:s)?\s*(?:version\s*|is\s*|:\s*)?v?(\d{3}(?:\.\d{1,3}){0,2})\b|\b(\d{3}\.\d{2,3}(?:\.\d{2})?)\s+driver"
)
_CUDA = r"\bcuda\s*(?:version\s*|toolkit\s*)?(1\d(?:\.\d{1,2})?)\b|\bcu(1\d)(\d)\b"
_TORCH = r"\b(?:py)?torch\s*(?:version\s*)?(?:==?\s*)?v?(\d\.\d{1,2})(?:\.\d+)?\b"
_CAPABILITY = r"\b(?:compute\s+capability|capability|sm)[\s_]*(\d{1,2})\.?(\d)\b"
_CARD = re.compile(
    r"\b(?:rtx|gtx|geforce|titan|quadro|tesla)\b|\b(?:[ahvtlb]\d{2,3}[gs]?|p100|v100|k80|mx\d{3}|gb10)\b", re.IGNORECASE
)
_THIS_MACHINE = re.compile(
    r"\b(?:this|my) (?:machine|computer|gpu|pc|card|graphics card|laptop)\b.*\b(?:run|support|torch|pytorch|cuda)\b"
    r"|\b(?:torch|pytorch|cuda)\b.*\b(?:for|on) (?:this|my) (?:machine|computer|gpu|pc|card|graphics card|laptop|driver)\b"
)


def hardware_answer(text: str, library: Library, asked: Asked) -> Answer | None:
    """The answer from the tables; None where the question is none of theirs."""
    lowered = re.sub(r"(?<=[a-z])(?=\d{3,4}(?:\s*ti|\s*super|\b))", " ", text.lower())
    if len(lowered) > 300 or any(
        word in lowered for word in ("error", "traceback", "failed", "no kernel", "not compiled")
    ):
        return None
    tables = read_tables(library.record("compatibility"))
    system = asked.system or (asked.machine.system if asked.machine else "") or "linux"
    driver = re.search(_DRIVER, lowered)
    cuda = re.search(_CUDA, lowered)
    torch = re.search(_TORCH, lowered)
    row = _gpu(lowered, tables)
    wants_driver = "driver" in lowered
    if driver and ("cuda" in lowered or "torch" in lowered):
        return _for_driver(driver[1] or driver[2], row, cuda, text, system, tables, library)
    if row and ("torch" in lowered or "cuda" in lowered):
        return _for_gpu(row, torch[1] if torch else "", text, system, tables, library)
    if cuda and wants_driver:
        return _driver_for(_cuda_version(cuda), text, tables, library)
    if (
        torch
        and re.search(r"\b(?:python|pythons|cuda|torchvision|tag|tags|wheels?)\b", lowered)
        and _asks_which(lowered)
    ):
        return _for_torch(torch[1], text, tables, library)
    if _THIS_MACHINE.search(lowered) and _asks_which(lowered):
        return _for_machine(text, tables, library)
    return None


def _asks_which(lowered: str) -> bool:
    return bool(
        re.search(
            r"\b(?:which|what|can|does|do|support|supports|version|versions|run|runs|need|needs|best|newest|latest|for)\b",
            lowered,
        )
    )


def _cuda_version(found: re.Match[str]) -> str:
    return found[1] or f"{found[2]}.{found[3]}"


def _gpu(lowered: str, tables: Tables) -> Generation | None:
    capability = re.search(_CAPABILITY, lowered)
    if capability:
        return compat.gpu_row(tables, f"{capability[1]}.{capability[2]}")
    if not _CARD.search(lowered):
        return None
    return compat.gpu_named(tables, re.sub(r"\b(gtx|rtx)\s*", lambda found: found[1].upper() + " ", lowered))


def _answer(text: str, title: str, lead: str, blocks: list[Block], table: str, library: Library) -> Answer:
    part = library.record("compatibility")[table]
    related = [
        name
        for name in ("gpu.three-cudas", "pytorch.which-build", "pytorch.install", "gpu.driver", "pytorch.verify")
        if _known(name, library)
    ]
    note = Block(kind="note", text=f"From the compatibility table, as of {part['as_of']}.")
    return Answer(
        question=text,
        status="answered",
        entry=Link(id=f"compatibility:{table}", title=title),
        kind="topic",
        title=title,
        blocks=(Block(kind="lead", text=lead), *blocks, note),
        sources=source_notes(tuple(part.get("sources", ())), library),
        related=tuple(Link(id=name, title=library.title(name)) for name in related[:3]),
        confidence=0.95,
    )


def _known(entry_id: str, library: Library) -> bool:
    try:
        library.number(entry_id)
    except KeyError:
        return False
    return True


def _build_blocks(choice: compat.Choice) -> list[Block]:
    blocks = [Block(kind="list", text="Because", items=tuple(choice.why))] if choice.why else []
    if choice.known and choice.command:
        title = f"The newest that fits: PyTorch {choice.torch}, {choice.tag or 'PyPI wheel'}, Python {choice.python}"
        blocks.append(
            Block(
                kind="commands", text=title, commands=(ShownCommand(run=choice.command, tool="pip", risk="installs"),)
            )
        )
    return blocks


def _for_driver(
    driver: str,
    row: Generation | None,
    cuda: re.Match[str] | None,
    text: str,
    system: str,
    tables: Tables,
    library: Library,
) -> Answer:
    # A branch alone ("535") means its newest driver.
    driver_full = driver if "." in driver else f"{driver}.999"
    native = compat.native_cuda(tables, driver_full, system)
    major = max(
        (
            one.cuda
            for one in tables.drivers
            if at_least(driver_full, one.windows if system == "windows" else one.linux)
        ),
        key=numbers,
        default="",
    )
    if not major:
        oldest = min((one.linux for one in tables.drivers), key=numbers, default="")
        lead = f"Driver {driver} is older than the tables reach (their oldest is {oldest}); update the driver."
        return _answer(text, f"CUDA for driver {driver}", lead, [], "cuda", library)
    lead = f"Driver {driver} runs programs of any CUDA {major}.x and older"
    lead += f"; it was made for CUDA {native}, which is about what nvidia-smi shows." if native else "."
    if cuda:
        wanted = _cuda_version(cuda)
        runs = compat.driver_runs(tables, driver_full, wanted, system)
        if runs is None:
            lead = f"I don't know CUDA {wanted}: the tables end at {compat.newest_cuda(tables)}."
        else:
            least = compat.minimum_driver(tables, wanted, system)
            lead = f"{'Yes' if runs else 'No'}: CUDA {wanted} needs driver {least} or newer, and this one is {driver}."
    choice = compat.best(tables, driver=driver, capability=row.capability if row else "", system=system)
    return _answer(text, f"CUDA for driver {driver}", lead, _build_blocks(choice), "cuda", library)


def _driver_for(cuda: str, text: str, tables: Tables, library: Library) -> Answer:
    title = f"Driver for CUDA {cuda}"
    row = next((one for one in tables.cuda if one.version == cuda), None)
    least = {system: compat.minimum_driver(tables, cuda, system) for system in ("linux", "windows")}
    if not least["linux"] or numbers(cuda) > numbers(compat.newest_cuda(tables)):
        lead = f"I don't know CUDA {cuda}: the tables end at {compat.newest_cuda(tables)}."
        return _answer(text, title, lead, [], "cuda", library)
    lead = (
        f"Programs and wheels for CUDA {cuda} run from driver {least['linux']} on (Linux) and {least['windows']} on (Windows); "
        f"that holds for every CUDA {cuda.split('.')[0]}.x."
    )
    blocks = []
    if row and (row.linux or row.windows):
        shipped = "; ".join(
            f"{name} {value}" for name, value in (("Linux", row.linux), ("Windows", row.windows)) if value
        )
        blocks.append(
            Block(
                kind="text",
                text=f"The toolkit itself shipped with driver {shipped}. Only its newest features need that one.",
            )
        )
    blocks.append(
        Block(kind="commands", text="Your driver", commands=(ShownCommand(run="nvidia-smi", tool="nvidia-smi"),))
    )
    return _answer(text, title, lead, blocks, "cuda", library)


def _for_gpu(row: Generation, torch: str, text: str, system: str, tables: Tables, library: Library) -> Answer:
    newest = max((one.version for one in tables.torch), key=numbers)
    title = f"PyTorch on compute capability {row.capability} ({row.generation})"
    if torch and numbers(torch) > numbers(newest):
        lead = f"I don't know PyTorch {torch}: the tables end at {newest}."
        return _answer(text, title, lead, [], "gpus", library)
    fits = [one for one in tables.torch if _release_fits(row, one)]
    if not fits:
        lead = f"No official wheel holds code for compute capability {row.capability}."
        return _answer(text, title, lead, [], "gpus", library)
    best = max(fits, key=lambda one: numbers(one.version))
    card = f"{row.generation} (compute capability {row.capability})"
    if torch:
        chosen = next((one for one in fits if one.version == torch), None)
        if chosen is None:
            reason = (
                f"its last is {row.last_torch}"
                if row.last_torch and at_least(torch, row.last_torch)
                else f"its first is {row.first_torch}"
            )
            lead = f"No. PyTorch {torch} has no wheels with code for {card}; {reason}."
        else:
            tags = ", ".join(_common_tags(row, chosen))
            lead = f"Yes. PyTorch {torch} holds code for {card} in its {tags} wheels."
    else:
        state = f"up to PyTorch {row.last_torch}" if row.last_torch else f"by the newest PyTorch ({best.version})"
        tags = ", ".join(_common_tags(row, best))
        lead = f"{card} is supported {state}; the wheels with code for it are {tags}."
    tag = max(_common_tags(row, best), key=lambda one: numbers(compat.cuda_of(one)))
    least = compat.minimum_driver(tables, compat.cuda_of(tag), system)
    choice = compat.best(tables, driver=least, capability=row.capability, system=system)
    blocks = _build_blocks(choice.replace(why=()))
    if least:
        blocks.append(Block(kind="text", text=f"It needs driver {least} or newer."))
    return _answer(text, title, lead, blocks, "gpus", library)


def _common_tags(row: Generation, release: Release) -> list[str]:
    return [tag for tag in release.tags if tag in row.tags]


def _release_fits(row: Generation, release: Release) -> bool:
    if row.last_torch and not at_least(row.last_torch, release.version):
        return False
    return at_least(release.version, row.first_torch or "0") and bool(_common_tags(row, release))


def _for_torch(version: str, text: str, tables: Tables, library: Library) -> Answer:
    title = f"What PyTorch {version} goes with"
    release = next((one for one in tables.torch if one.version == version), None)
    if release is None:
        known = sorted((one.version for one in tables.torch), key=numbers)
        lead = f"I don't know PyTorch {version}: the tables hold {known[0]} to {known[-1]}."
        return _answer(text, title, lead, [], "torch", library)
    pythons = f"{release.pythons[0]} to {release.pythons[-1]}"
    lead = f"PyTorch {version} has wheels for Python {pythons} and for the CUDA tags {', '.join(release.tags)}."
    rows = [
        ("Python", pythons),
        ("CUDA tags", ", ".join(release.tags)),
        ("CUDA of PyPI's Linux wheel", release.pypi_cuda),
        ("torchvision", release.torchvision),
    ]
    table = Table(heads=("", f"PyTorch {version}"), rows=tuple((name, value) for name, value in rows if value))
    return _answer(text, title, lead, [Block(kind="table", table=table)], "torch", library)


def _for_machine(text: str, tables: Tables, library: Library) -> Answer:
    machine = look_at_gpu()
    choice = compat.for_machine(tables, machine)
    names = ", ".join(gpu.name for gpu in machine.gpus) or "no NVIDIA GPU that answers"
    driver = f", driver {machine.driver.version}" if machine.driver.version else ""
    if choice.known:
        build = choice.tag or "the PyPI wheel"
        lead = f"This machine has {names}{driver}: take PyTorch {choice.torch} ({build}) with Python {choice.python}."
    else:
        lead = f"This machine has {names}{driver}; which PyTorch fits I cannot tell."
    return _answer(text, "What this machine can run", lead, _build_blocks(choice), "torch", library)


def look_at_gpu() -> Machine:
    """The machine with its driver and GPUs looked at."""
    from assistant.machine.probe import probe

    return probe({"gpu"}, timeout=5.0)
