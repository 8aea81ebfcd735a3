"""Questions whose answer is a row of the compatibility tables: which of the tables, and which row.

"which cuda for driver 535", "can a GTX 1080 run torch 2.15", "what can this machine run", "torch 2.13 python versions". The
answers themselves are made in `hardware_rows`; past the tables' last row they say that it is not known.
"""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.dialogue import hardware_rows as rows
from assistant.dialogue import hardware_systems as systems
from assistant.machine import compatibility as compat
from assistant.machine.tables import read_tables
from assistant.search.text import STOP_WORDS, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer
    from assistant.dialogue.engine import Asked
    from assistant.machine.tables import Generation
    from assistant.machine.tables import Table as Tables
    from assistant.search.library import Library

_TROUBLE = ("error", "traceback", "failed", "no kernel", "not compiled", "exception", "not working", "doesn't work")
_DRIVER = (
    r"\bdriver(?:s)?\s*(?:version\s*|is\s*|:\s*)?v?(\d{3}(?:\.\d{1,3}){0,2})\b|\b(\d{3}\.\d{2,3}(?:\.\d{2})?)\s+driver"
)
_CUDA = r"\bcuda\s*(?:version\s*|toolkit\s*)?(\d{2}(?:\.\d{1,2})?)\b|\bcu(\d{2})(\d)\b"
_TORCH = r"\b(?:py)?torch\s*(?:version\s*)?(?:==?\s*)?v?(\d\.\d{1,2})(?:\.\d+)?\b"
_PYTHON = r"\bpython\s*(?:version\s*)?(3\.\d{1,2})\b"
_MACOS = r"\bmac\s?os\s*(?:x\s*)?(\d{2}(?:\.\d+)?)\b"
_CAPABILITY = r"\b(?:compute\s+capability|capability|sm)[\s_]*(\d{1,2})\.?(\d)\b"
_SERIES = r"\b(?:(?:rtx|gtx|gt|geforce)\s*(?:rtx|gtx)?\s*\d{3,4}|b[1-9]00|h[12]00|rubin|r[12]00)\b"
_CARD = re.compile(
    r"\b(?:rtx|gtx|gt|geforce|titan|quadro|tesla|orin|thor|jetson|spark)\b"
    r"|\b(?:g?[ahvtlbr]\d{2,3}[gs]?|p100|k80|mx\d{3}|gb10|[pmt]4)\b",
    re.IGNORECASE,
)
_MAC = re.compile(
    r"\b(?:mac|macs|macbook|imac|macos|apple silicon|apple m[1-6]|m[1-6] (?:pro|max|ultra|mac|macbook))\b"
)
_THIS_MACHINE = re.compile(
    r"\b(?:this|my) (?:machine|computer|gpu|pc|card|graphics card|laptop)\b.*\b(?:runs?|supports?|torch|pytorch|cuda)\b"
    r"|\b(?:torch|pytorch|cuda)\b.*\b(?:for|on|in) (?:this|my) (?:machine|computer|gpu|pc|card|graphics card|laptop|driver)\b"
    r"|\b(?:runs? on|fits?|fits? on|works? on|works? for) (?:this|my) (?:machine|computer|gpu|pc|card|graphics card|laptop)\b"
)
_ASKS = re.compile(
    r"\b(?:which|what|can|does|do|is|are|will|support|supports|supported|versions?|runs?|needs?|enough|best|newest|latest"
    r"|last|oldest|minimum|for|on|with)\b"
)


MOST_BESIDE = 1  # words about something else, in a question that a row still answers
_OF_THE_TABLES = frozenset(
    """driver drivers cuda torch pytorch python gpu gpus card cards graphics version versions which support supports supported run
    runs running rtx gtx gt geforce titan quadro tesla nvidia amd capability compute newest latest old oldest minimum last machine
    computer laptop pc mac macs macbook macos apple silicon intel wheel wheels toolkit work works need needs enough ok fine
    compatible compatibility torchvision windows linux ubuntu glibc install sm does can build builds best tag tags match matches
    right correct not says jetson orin thor spark""".split()
)


# What a number is by its shape, where it does not stand beside its word ("570 is the driver I have, is cuda 13 ok").
_ALONE = (
    ("driver", _DRIVER, r"(?<![\d.])([3-6]\d\d(?:\.\d{1,3}){0,2})(?![\d.])"),
    ("cuda", _CUDA, r"(?<![\d.])(1[0-4](?:\.\d)?)(?![\d.])"),
    ("torch", _TORCH, r"(?<![\d.])([12]\.\d{1,2})(?![\d.])"),
    ("python", _PYTHON, r"(?<![\d.])(3\.\d{1,2})(?![\d.])"),
    ("rtx", _SERIES, r"(?<![\d.])([2-6]0\d0)(?![\d.])"),
    ("gtx", _SERIES, r"(?<![\d.])((?:10|16)\d0)(?![\d.])"),
)


class Named(Frozen):
    """What a question names. Versions are text, empty where none is named; `row` is the generation of a named GPU."""

    text: str
    lowered: str
    system: str
    driver: str = ""
    cuda: str = ""
    torch: str = ""
    python: str = ""
    macos: str = ""
    row: Generation | None = None
    strange_card: str = ""
    """A card of a series that exists, or may come, and that no row names."""


def hardware_answer(text: str, library: Library, asked: Asked) -> Answer | None:
    """The answer from the tables; None where the question is none of theirs."""
    # `rtx5090` is read as `rtx 5090`.
    lowered = re.sub(r"\b(rtx|gtx|gt)(?=\d{3,4})", r"\1 ", text.lower())
    said = set(re.findall(r"[a-z']+", lowered))
    if any(said.issuperset(trouble.split()) for trouble in _TROUBLE):
        return None
    if len(_beside_the_tables(lowered)) > MOST_BESIDE:
        return None  # "xformers says it was built for PyTorch 2.6+cu124 but I have 2.7" is about more than a row
    lowered = _side_by_side(lowered)
    tables = read_tables(library.record("compatibility"))
    system = asked.system or (asked.machine.system if asked.machine else "") or "linux"
    return _choose(_read(text, lowered, system, tables), tables, library)


def _beside_the_tables(lowered: str) -> list[str]:
    """The words of a question that the tables know nothing about."""
    return [
        word
        for word in words(lowered)
        if word not in STOP_WORDS and word not in _OF_THE_TABLES and not any(char.isdigit() for char in word)
    ]


def _side_by_side(lowered: str) -> str:
    """The question with each number also beside its word, so that the order of the words does not matter."""
    added = [
        f"{word} {found[1]}"
        for word, beside, shape in _ALONE
        if re.search(rf"\b(?:py)?{word}\b", lowered)
        and not re.search(beside, lowered)
        and (found := re.search(shape, lowered))
    ]
    return "; ".join((lowered, *added))


def _choose(named: Named, tables: Tables, library: Library) -> Answer | None:
    lowered = named.lowered
    about_torch, about_cuda = "torch" in lowered, "cuda" in lowered or bool(named.cuda)
    asks = bool(_ASKS.search(lowered))
    if named.driver and (about_cuda or about_torch):
        return rows.for_driver(named, tables, library)
    if named.strange_card and (about_torch or about_cuda):
        return rows.strange_card(named, tables, library)
    if _MAC.search(lowered) and about_torch and "gpu" in lowered:
        return systems.for_mac(named, tables, library)
    if named.row and (about_torch or about_cuda):
        return rows.for_gpu(named, tables, library)
    if named.row and ("capability" in lowered or "sm_" in lowered) and asks:
        return rows.for_capability(named, tables, library)
    if _MAC.search(lowered) and (about_cuda or (about_torch and (named.torch or named.macos or "intel" in lowered))):
        return systems.for_mac(named, tables, library)
    if named.cuda and "driver" in lowered:
        return rows.driver_for(named.cuda, named, tables, library)
    if named.torch and "driver" in lowered:
        return rows.driver_for_torch(named, tables, library)
    if about_torch and "glibc" in lowered and asks:
        return systems.glibc_for_torch(named, tables, library)
    if named.torch and asks and re.search(r"\b(?:pythons?|cuda|torchvision|tags?|wheels?)\b", lowered):
        return rows.for_torch(named, tables, library)
    if about_torch and named.python and not named.torch and asks:
        return rows.torch_for_python(named, tables, library)
    if about_torch and named.cuda and re.search(r"\b(?:which|newest|latest|last|oldest|has|have)\b", lowered):
        return rows.torch_for_cuda(named, tables, library)
    if _THIS_MACHINE.search(lowered) and asks:
        return systems.for_this_machine(named, tables, library)
    return None


def _read(text: str, lowered: str, system: str, tables: Tables) -> Named:
    driver, cuda = re.search(_DRIVER, lowered), re.search(_CUDA, lowered)
    torch, python, macos = (re.search(pattern, lowered) for pattern in (_TORCH, _PYTHON, _MACOS))
    row, strange = _gpu(lowered, tables)
    return Named(
        text=text,
        lowered=lowered,
        system=system,
        driver=(driver[1] or driver[2]) if driver else "",
        cuda=(cuda[1] or f"{cuda[2]}.{cuda[3]}") if cuda else "",
        torch=torch[1] if torch else "",
        python=python[1] if python else "",
        macos=macos[1] if macos else "",
        row=row,
        strange_card=strange,
    )


def _gpu(lowered: str, tables: Tables) -> tuple[Generation | None, str]:
    """The row of the GPU that is named, else the name of one that no row knows."""
    if capability := re.search(_CAPABILITY, lowered):
        version = f"{capability[1]}.{capability[2]}"
        row = compat.gpu_row(tables, version)
        return row, "" if row else f"compute capability {version}"
    if not _CARD.search(lowered):
        return None, ""
    row = compat.gpu_named(tables, re.sub(r"\b(gtx|rtx)\s*", lambda found: found[1].upper() + " ", lowered))
    if row:
        return row, ""
    strange = re.search(_SERIES, lowered)
    return None, strange[0].upper() if strange else ""
