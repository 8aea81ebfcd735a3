"""Answers from rows of the compatibility tables: driver and CUDA, a GPU and PyTorch, PyTorch and Python.

Each is dated and names its sources. Past the last row they say that it is not known.
"""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, Link, ShownCommand, Table
from assistant.dialogue.compose import source_notes
from assistant.machine import compatibility as compat
from assistant.machine.tables import Generation, Release
from assistant.machine.versions import at_least, numbers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.hardware import Named
    from assistant.machine.tables import Table as Tables
    from assistant.search.library import Library

RELATED = ("gpu.three-cudas", "pytorch.which-build", "pytorch.install", "gpu.cuda-for-driver", "pytorch.check")


def table_answer(
    text: str, title: str, lead: str, blocks: list[Block], table: str, library: Library, see: tuple[str, ...] = RELATED
) -> Answer:
    part = library.record("compatibility")[table]
    related = [name for name in see if _known(name, library)]
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


def build_blocks(choice: compat.Choice) -> list[Block]:
    blocks = [Block(kind="list", text="Because", items=tuple(choice.why))] if choice.why else []
    if choice.known and choice.command:
        title = f"The newest that fits: PyTorch {choice.torch}, {choice.tag or 'PyPI wheel'}, Python {choice.python}"
        command = ShownCommand(run=choice.command, tool="pip", risk="installs")
        blocks.append(Block(kind="commands", text=title, commands=(command,)))
    return blocks


def newest_torch(tables: Tables) -> str:
    """The newest PyTorch in the table."""
    return max((one.version for one in tables.torch), key=numbers)


def release_of(version: str, tables: Tables) -> Release | None:
    return next((one for one in tables.torch if one.version == version), None)


def unknown_torch(version: str, tables: Tables) -> str:
    known = sorted((one.version for one in tables.torch), key=numbers)
    return f"I don't know PyTorch {version}: the tables hold {known[0]} to {known[-1]}."


def _last_driver(row: Generation) -> str:
    """Which driver branch is the last that knows a card; empty where the newest does."""
    known = f"Driver branch {row.last_driver} is the last for {_card(row)}; newer ones ignore the card."
    return known if row.last_driver else ""


def for_driver(named: Named, tables: Tables, library: Library) -> Answer:
    """What a driver runs: any CUDA, one CUDA, one PyTorch."""
    driver, system = named.driver, named.system
    # A branch alone ("535", "535.104") means its newest driver.
    full = driver if driver.count(".") == 2 else f"{driver}.999"
    title = f"CUDA for driver {driver}"
    major = compat.runs_up_to(tables, full, system)
    if not major:
        oldest = min((one.linux for one in tables.drivers), key=numbers, default="")
        lead = f"Driver {driver} is older than the tables reach (their oldest is {oldest}); update the driver."
        return table_answer(named.text, title, lead, [], "cuda", library)
    native = compat.native_cuda(tables, full, system)
    newest = max((row.linux for row in tables.cuda), key=numbers)
    if numbers(driver)[0] > numbers(newest)[0]:
        lead = (
            f"Driver {driver} is newer than the tables, which end at driver {newest} and CUDA {compat.newest_cuda(tables)}: "
            f"it runs all CUDA in them, {major}.x included. What newer CUDA it runs I don't know; nvidia-smi shows it."
        )
    else:
        lead = f"Driver {driver} runs programs of any CUDA {major}.x and older"
        lead += f"; it was made for CUDA {native}, which is about what nvidia-smi shows." if native else "."
    if named.torch:
        lead = _driver_and_torch(named, full, tables) + " " + lead
    elif named.cuda:
        runs = compat.driver_runs(tables, full, named.cuda, system)
        if runs is None or numbers(named.cuda) > numbers(compat.newest_cuda(tables)):
            lead = f"I don't know CUDA {named.cuda}: the tables end at {compat.newest_cuda(tables)}."
        else:
            least = compat.minimum_driver(tables, named.cuda, system)
            yes = "Yes" if runs else "No"
            lead = f"{yes}: CUDA {named.cuda} needs driver {least} or newer, and this one is {driver}."
    if named.row and named.row.last_driver and numbers(driver)[0] > numbers(named.row.last_driver)[0]:
        lead = f"No, not with driver {driver}. {_last_driver(named.row)}"
        return table_answer(named.text, title, lead, [], "gpus", library)
    choice = compat.best(tables, driver=full, capability=named.row.capability if named.row else "", system=system)
    choice = choice.replace(why=tuple(reason.replace(full, driver) for reason in choice.why))
    return table_answer(named.text, title, lead, build_blocks(choice), "cuda", library)


def _driver_and_torch(named: Named, full: str, tables: Tables) -> str:
    release = release_of(named.torch, tables)
    if release is None:
        return unknown_torch(named.torch, tables)
    runs = [tag for tag in release.tags if compat.driver_runs(tables, full, compat.cuda_of(tag), named.system)]
    if runs:
        return f"Yes: PyTorch {named.torch} runs on driver {named.driver} with its {', '.join(runs)} build."
    least = min((_least(tag, named.system, tables) for tag in release.tags), key=numbers)
    return f"No: PyTorch {named.torch} needs driver {least} or newer ({', '.join(release.tags)}); this one is {named.driver}."


def _least(tag: str, system: str, tables: Tables) -> str:
    return compat.minimum_driver(tables, compat.cuda_of(tag), system)


def driver_for(cuda: str, named: Named, tables: Tables, library: Library) -> Answer:
    """The driver that a CUDA needs."""
    title = f"Driver for CUDA {cuda}"
    row = next((one for one in tables.cuda if one.version == cuda), None)
    least = {system: compat.minimum_driver(tables, cuda, system) for system in ("linux", "windows")}
    if not least["linux"] or numbers(cuda) > numbers(compat.newest_cuda(tables)):
        lead = f"I don't know CUDA {cuda}: the tables end at {compat.newest_cuda(tables)}."
        return table_answer(named.text, title, lead, [], "cuda", library)
    where = (
        f"{least['linux']} on (Linux and Windows)"
        if least["linux"] == least["windows"]
        else f"{least['linux']} on (Linux) and {least['windows']} on (Windows)"
    )
    lead = f"Programs and wheels for CUDA {cuda} run from driver {where}; that holds for every CUDA {cuda.split('.')[0]}.x."
    blocks = []
    if row and (row.linux or row.windows):
        both = (("Linux", row.linux), ("Windows", row.windows))
        shipped = "; ".join(f"{name} {value}" for name, value in both if value)
        text = f"The toolkit itself shipped with driver {shipped}. Only its newest features need that one."
        blocks.append(Block(kind="text", text=text))
    show = ShownCommand(run="nvidia-smi", tool="nvidia-smi")
    blocks.append(Block(kind="commands", text="Your driver", commands=(show,)))
    return table_answer(named.text, title, lead, blocks, "cuda", library)


def driver_for_torch(named: Named, tables: Tables, library: Library) -> Answer:
    """The driver that the builds of a PyTorch need."""
    title = f"Driver for PyTorch {named.torch}"
    release = release_of(named.torch, tables)
    if release is None:
        return table_answer(named.text, title, unknown_torch(named.torch, tables), [], "torch", library)
    by_driver: dict[str, list[str]] = {}
    for tag in release.tags:
        by_driver.setdefault(_least(tag, named.system, tables), []).append(tag)
    parts = [f"driver {least} or newer for {', '.join(tags)}" for least, tags in by_driver.items()]
    lead = f"PyTorch {named.torch} needs {'; '.join(parts)}."
    show = ShownCommand(run="nvidia-smi", tool="nvidia-smi")
    return table_answer(
        named.text, title, lead, [Block(kind="commands", text="Your driver", commands=(show,))], "torch", library
    )


def strange_card(named: Named, tables: Tables, library: Library) -> Answer:
    """The admission that a GPU is in no row."""
    known = max((row.capability for row in tables.gpus), key=numbers)
    lead = f"I don't know {named.strange_card}: the table of GPUs has no row for it (its newest compute capability is {known})."
    ask = ShownCommand(run="nvidia-smi --query-gpu=name,compute_cap --format=csv", tool="nvidia-smi")
    blocks = [Block(kind="commands", text="What your card says of itself", commands=(ask,))]
    return table_answer(named.text, f"PyTorch on {named.strange_card}", lead, blocks, "gpus", library)


def _card(row: Generation) -> str:
    return f"{row.generation} (compute capability {row.capability})"


def for_gpu(named: Named, tables: Tables, library: Library) -> Answer:
    """Whether a GPU is supported: by a PyTorch, by a CUDA, at all."""
    row = named.row
    assert row is not None  # noqa: S101 - the caller chose by it; this tells the type checker
    newest = newest_torch(tables)
    title = f"PyTorch on compute capability {row.capability} ({row.generation})"
    if named.torch and (numbers(named.torch) > numbers(newest) or release_of(named.torch, tables) is None):
        return table_answer(named.text, title, unknown_torch(named.torch, tables), [], "gpus", library)
    fits = [one for one in tables.torch if release_fits(row, one)]
    if not fits:
        arm = f" On ARM Linux {', '.join(row.arm_tags)} do." if row.arm_tags else ""
        first = f"No official wheel for x86_64 holds code for {_card(row)}.{arm}"
        return table_answer(named.text, title, first, [], "gpus", library)
    best = max(fits, key=lambda one: numbers(one.version))
    if named.torch:
        lead = gpu_and_torch(row, named.torch, fits)
    elif named.cuda:
        lead = _gpu_and_cuda(row, named.cuda, tables)
    else:
        state = f"up to PyTorch {row.last_torch}" if row.last_torch else f"by the newest PyTorch ({best.version})"
        lead = f"{_card(row)} is supported {state}; the wheels with code for it are {', '.join(_common(row, best))}."
    tag = max(_common(row, best), key=lambda one: numbers(compat.cuda_of(one)))
    least = _least(tag, named.system, tables)
    choice = compat.best(tables, driver=least, capability=row.capability, system=named.system)
    blocks = build_blocks(choice.replace(why=()))
    if least:
        text = f"It needs driver {least} or newer."
        blocks.append(Block(kind="text", text=f"{text} {_last_driver(row)}".rstrip()))
    return table_answer(named.text, title, lead, blocks, "gpus", library)


def gpu_and_torch(row: Generation, torch: str, fits: list[Release]) -> str:
    chosen = next((one for one in fits if one.version == torch), None)
    if chosen is not None:
        return f"Yes. PyTorch {torch} holds code for {_card(row)} in its {', '.join(_common(row, chosen))} wheels."
    ended = row.last_torch and at_least(torch, row.last_torch)
    reason = f"its last is {row.last_torch}" if ended else f"its first is {row.first_torch}"
    return f"No. PyTorch {torch} has no wheels with code for {_card(row)}; {reason}."


def _gpu_and_cuda(row: Generation, cuda: str, tables: Tables) -> str:
    published = {tag for release in tables.torch for tag in release.tags}
    wanted = {tag for tag in published if compat.cuda_of(tag) == cuda or compat.cuda_of(tag).split(".")[0] == cuda}
    if numbers(cuda) > numbers(compat.newest_cuda(tables)):
        return f"I don't know CUDA {cuda}: the tables end at {compat.newest_cuda(tables)}."
    if not wanted:
        return (
            f"There are no PyTorch wheels for CUDA {cuda} in the tables; for {_card(row)} take {', '.join(row.tags)}."
        )
    have = sorted(wanted & set(row.tags), key=lambda tag: numbers(compat.cuda_of(tag)))
    if have:
        return f"Yes. PyTorch's {', '.join(have)} wheels hold code for {_card(row)}."
    return f"No. PyTorch's wheels for CUDA {cuda} hold no code for {_card(row)}; those with code for it are {', '.join(row.tags)}."


def _common(row: Generation, release: Release) -> list[str]:
    return [tag for tag in release.tags if tag in row.tags]


def release_fits(row: Generation, release: Release) -> bool:
    if row.last_torch and not at_least(row.last_torch, release.version):
        return False
    return at_least(release.version, row.first_torch or "0") and bool(_common(row, release))


def for_capability(named: Named, tables: Tables, library: Library) -> Answer:
    """Which compute capability a card has, or which cards have one."""
    row = named.row
    assert row is not None  # noqa: S101 - see for_gpu
    part = next(one for one in library.record("compatibility")["gpus"]["rows"] if one["capability"] == row.capability)
    lead = f"Compute capability {row.capability} is {row.generation}: {', '.join(part['examples'])}."
    tags = ", ".join(row.tags) or "none for x86_64"
    blocks = [Block(kind="text", text=f"PyTorch wheels with code for it: {tags}.")]
    see = ("gpu.compute-capability", *RELATED)
    return table_answer(named.text, f"Compute capability {row.capability}", lead, blocks, "gpus", library, see)


def for_torch(named: Named, tables: Tables, library: Library) -> Answer:
    """What a PyTorch goes with; the sentence is about what was asked for."""
    version, lowered = named.torch, named.lowered
    title = f"What PyTorch {version} goes with"
    release = release_of(version, tables)
    if release is None:
        return table_answer(named.text, title, unknown_torch(version, tables), [], "torch", library)
    oldest, newest = release.pythons[0], release.pythons[-1]
    pythons, tags = f"{oldest} to {newest}", ", ".join(release.tags)
    if named.python:
        yes = "Yes" if named.python in release.pythons else "No"
        lead = f"{yes}: PyTorch {version} has wheels for Python {pythons}."
    elif "torchvision" in lowered and release.torchvision:
        lead = f"torchvision {release.torchvision} goes with PyTorch {version}."
    elif "python" in lowered and any(word in lowered for word in ("newest", "latest", "highest")):
        lead = f"Python {newest} is the newest for PyTorch {version}, which has wheels for Python {pythons}."
    elif named.cuda:
        have = [
            tag
            for tag in release.tags
            if compat.cuda_of(tag) == named.cuda or compat.cuda_of(tag).startswith(f"{named.cuda}.")
        ]
        lead = (
            f"Yes: PyTorch {version} has {', '.join(have)} wheels."
            if have
            else f"No: PyTorch {version} has wheels for the CUDA tags {tags} only."
        )
    else:
        lead = f"PyTorch {version} has wheels for Python {pythons} and for the CUDA tags {tags}."
    rows = [
        ("Python", pythons),
        ("CUDA tags", tags),
        ("CUDA of PyPI's Linux wheel", release.pypi_cuda),
        ("torchvision", release.torchvision),
    ]
    table = Table(heads=("", f"PyTorch {version}"), rows=tuple((name, value) for name, value in rows if value))
    return table_answer(named.text, title, lead, [Block(kind="table", table=table)], "torch", library)


def torch_for_python(named: Named, tables: Tables, library: Library) -> Answer:
    """The PyTorch releases with wheels for a Python."""
    python = named.python
    title = f"PyTorch for Python {python}"
    have = sorted((one.version for one in tables.torch if python in one.pythons), key=numbers)
    every = sorted({one for release in tables.torch for one in release.pythons}, key=numbers)
    if have:
        others = (
            f" (PyTorch {have[0]} to {have[-1]} have them)" if have[0] != have[-1] else ", the only one in the tables"
        )
        lead = f"The newest PyTorch with wheels for Python {python} is {have[-1]}{others}."
    elif numbers(python) > numbers(every[-1]):
        lead = f"I don't know PyTorch for Python {python}: the tables end at Python {every[-1]}."
    else:
        lead = f"No PyTorch in the tables ({tables.torch[-1].version} and newer) has wheels for Python {python}."
    blocks = []
    if have and have[-1] != newest_torch(tables):
        pin = ShownCommand(run=f'python -m pip install "torch=={have[-1]}.*"', tool="pip", risk="installs")
        blocks.append(Block(kind="commands", text=f"In an environment with Python {python}", commands=(pin,)))
    return table_answer(named.text, title, lead, blocks, "torch", library, ("ml.python-for-pytorch", *RELATED))


def torch_for_cuda(named: Named, tables: Tables, library: Library) -> Answer:
    """The PyTorch releases with wheels for a CUDA."""
    cuda = named.cuda
    title = f"PyTorch for CUDA {cuda}"
    found = [
        (release, tag)
        for release in tables.torch
        for tag in release.tags
        if compat.cuda_of(tag) == cuda or compat.cuda_of(tag).split(".")[0] == cuda
    ]
    if not found:
        newest = compat.newest_cuda(tables)
        reason = (
            f"the tables end at CUDA {newest}" if numbers(cuda) > numbers(newest) else "no release in the tables has it"
        )
        lead = f"I don't know PyTorch wheels for CUDA {cuda}: {reason}."
        return table_answer(named.text, title, lead, [], "torch", library)
    versions = sorted({release.version for release, _ in found}, key=numbers)
    last = max(found, key=lambda pair: (numbers(pair[0].version), numbers(compat.cuda_of(pair[1]))))
    others = f"; PyTorch {versions[0]} to {versions[-1]} have them" if versions[0] != versions[-1] else ""
    lead = f"The newest PyTorch with wheels for CUDA {cuda} is {last[0].version} ({last[1]}){others}."
    run = f'pip install "torch=={last[0].version}.*" torchvision --index-url {compat.INDEX}{last[1]}'
    blocks = [Block(kind="commands", commands=(ShownCommand(run=run, tool="pip", risk="installs"),))]
    return table_answer(named.text, title, lead, blocks, "torch", library)
