"""Which PyTorch a flow installs: the tables' choice for this machine, or what was asked for, as texts for its steps."""

from __future__ import annotations

from assistant.errors import StateError
from assistant.machine import compatibility
from assistant.machine.compatibility import INDEX, Choice, Table
from assistant.machine.model import Machine
from assistant.machine.versions import minor, numbers

AUTO = "auto"
Facts = dict[str, str | tuple[str, ...]]


def torch_facts(machine: Machine, tag: str, *, version: str = "", python: str = "") -> Facts:
    """What a param of the type `cuda-tag` brings with it.

    `known` is empty where the tables do not know what fits; `why` then says what they lack. `device` is what the
    build is to run on here.
    """
    try:
        choice = choose(compatibility.table(), machine, tag, version=version, python=python)
    except StateError as error:
        choice = Choice(known=False, why=(error.message,))
    exact = version if len(numbers(version)) > 2 else f"{minor(version) or choice.torch}.*"
    return {
        "known": "yes" if choice.known else "",
        "tag": choice.tag,
        "torch": choice.torch,
        "packages": (f"torch=={exact}",) if choice.known else (),
        "index": choice.index,
        "device": _device(choice.tag, machine),
        "why": "; ".join(choice.why),
    }


def choose(tables: Table, machine: Machine, tag: str, *, version: str = "", python: str = "") -> Choice:
    """The build for a machine; `tag` is `auto` or one that was asked for, `version` empty for the newest that fits."""
    if version:
        rows = tuple(row for row in tables.torch if row.version == minor(version))
        if not rows:
            as_of = tables.as_of.get("torch") or "no known date"
            return Choice(known=False, why=(f"PyTorch {version} is not in the tables (as of {as_of})",))
        tables = tables.replace(torch=rows)
    if tag in ("", AUTO):
        return compatibility.for_machine(tables, machine, python=python)
    return _asked(tables, machine, tag, python)


def _asked(tables: Table, machine: Machine, tag: str, python: str) -> Choice:
    """A build that was asked for: the newest release that has it for this Python."""
    if machine.system == "macos" and tag not in ("cpu", "mps"):
        return Choice(known=False, why=(f"there is no {tag} build for macOS; `auto` takes the right one",))
    rows = sorted(tables.torch, key=lambda row: numbers(row.version), reverse=True)
    cuda = compatibility.cuda_of(tag)
    serving = [row for row in rows if not python or minor(python) in row.pythons]
    row = next((row for row in serving if not cuda or tag in row.tags), None)
    if row is None:
        there = sorted({one for row in serving for one in row.tags})
        has = f"its builds: cpu, {', '.join(there)}" if there else f"it has no wheels for Python {minor(python)}"
        return Choice(known=False, why=(f"there is no {tag} build of this PyTorch; {has}",))
    why = ["as you asked"]
    driver = machine.driver.version if machine.driver.state == "ok" else ""
    if cuda and not driver:
        why.append("no NVIDIA driver answers here, so it will run on the CPU")
    elif cuda and compatibility.driver_runs(tables, driver, cuda, machine.system) is False:
        wanted = compatibility.minimum_driver(tables, cuda, machine.system)
        why.append(f"driver {driver} does not run it: {wanted} or newer does; until then it runs on the CPU")
    on_pypi = machine.system == "macos" or (tag == "cpu" and machine.system == "windows")
    on_pypi = on_pypi or (machine.system == "linux" and bool(cuda) and row.pypi_cuda == cuda)
    index = "" if on_pypi else INDEX + tag
    return Choice(known=True, torch=row.version, tag=tag, python=minor(python), index=index, why=tuple(why))


def _device(tag: str, machine: Machine) -> str:
    """The device on which a build is to multiply matrices here."""
    if tag == "mps":
        return "mps"
    if tag == "xpu":
        return "xpu"
    if tag.startswith("rocm"):
        return "cuda"  # torch calls AMD's GPUs so
    if not tag.startswith("cu") or machine.driver.state != "ok":
        return "cpu"
    runs = compatibility.driver_runs(
        compatibility.table(), machine.driver.version, compatibility.cuda_of(tag), machine.system
    )
    return "cpu" if runs is False else "cuda"
