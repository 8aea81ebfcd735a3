"""What is on this machine, where it changes the advice: tools that are missing, a conda too old, no GPU, an ended Python."""

from __future__ import annotations

from assistant.machine.versions import at_least, minor

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.dialogue.compose import Composer, View
    from assistant.machine.model import Machine
    from assistant.search.library import Library

CONDAS = ("conda", "mamba", "micromamba")
# Tools of their own that a command needs; venv and pip come with Python.
OWN = (*CONDAS, "pixi", "uv", "poetry", "pipx")
GPU_TASKS = ("pytorch.install", "pytorch.switch-build", "pytorch.check", "gpu.check-driver", "unsloth.install")
NOT_ABOUT_GPU = ("pytorch.install-cpu",)
# Entries that are no task, but that the GPU of this machine bears on.
ABOUT_GPU = (
    "gpu.cuda-for-driver", "gpu.why-not-used", "gpu.install-driver", "gpu.old-cards", "ml.driver-and-cuda", "ml.what-pytorch",
    "ml.cuda-by-hand", "plan.cuda", "pytorch.conda-channel", "cuda.driver-", "cuda.no-gpu-visible", "torch.cpu-only-build",
)  # fmt: skip
VENDORS = {"amd": "AMD", "intel": "Intel", "apple": "Apple"}


def about_tools(entry: Entry, view: View, machine: Machine, composer: Composer, library: Library) -> list[str]:
    """What the tools, the GPU and the Pythons of this machine add to an answer; empty where they change nothing."""
    remarks = []
    if entry.id.startswith((*ABOUT_GPU, *GPU_TASKS)) and entry.id not in NOT_ABOUT_GPU:
        remarks += _gpu(machine, library)
    if entry.kind != "command":
        return remarks
    remarks += _ended_python(view, library)
    if entry.forms and not entry.id.startswith("installer."):
        first = composer.tool_order(list(dict.fromkeys(form.tool for form in entry.forms)))[0]
        remarks += _missing(first, entry, machine, composer)
        if first == "conda" and not remarks:
            remarks += _too_old(entry, machine, composer, library)
        if first in ("pip", "venv", "virtualenv"):
            remarks += _refused(first, entry, machine) or _uv_instead(first, entry, machine, composer)
    return remarks


def _run(tool: str, entry: Entry, composer: Composer) -> str:
    """The first command of a tool for this task, filled in; empty where the tool has none."""
    forms = tuple(form for form in entry.forms if form.tool == tool)
    return composer.pick(forms)[0].run if forms else ""


def _missing(tool: str, entry: Entry, machine: Machine, composer: Composer) -> list[str]:
    """That the tool of the commands is not on PATH, and what is there instead or how to get it."""
    if tool not in OWN or machine.tool(tool):
        return []
    if tool not in CONDAS:
        return [f"{tool} was not found on this machine. How to get it: `envguide ask install {tool}`."]
    for other in CONDAS:
        if machine.tool(other) and (run := _run(other, entry, composer)):
            return [f"{tool} was not found on this machine, but {other} is here: `{run}`."]
    base = next((one.path for one in machine.environments if one.name == "base" and one.kind == "conda"), "")
    if tool == "conda" and base:
        if machine.active_path and any(
            one.path == machine.active_path and one.kind == "conda" for one in machine.environments
        ):
            return []  # it is in use here: `conda` is a function of the shell
        windows = machine.system == "windows"
        program = f"{base}\\Scripts\\conda.exe" if windows else f"{base}/bin/conda"
        shell = composer.view.shell or ("powershell" if windows else "bash")
        if " " in program:
            quoted = f'"{program}"' if shell == "cmd" else f"'{program}'"
            program = f"& {quoted}" if shell == "powershell" else quoted
        shell = "cmd.exe" if shell == "cmd" else shell
        return [
            f"conda is installed here, but this terminal does not find it. Once: `{program} init {shell}`, then open a "
            "new terminal."
        ]
    instead = next(
        (
            (name, run)
            for name in ("uv", "venv", "pip")
            if (machine.tool(name) if name == "uv" else machine.tool("python3") or machine.tool("python"))
            and (run := _run(name, entry, composer))
        ),
        None,
    )
    text = f"{tool} was not found on this machine. `envguide run install-miniforge` installs it"
    return [f"{text}. With {instead[0]} instead: `{instead[1]}`." if instead else f"{text}."]


def _too_old(entry: Entry, machine: Machine, composer: Composer, library: Library) -> list[str]:
    """That this machine's conda is older than one of its commands in the answer."""
    conda = machine.tool("conda")
    if conda is None or not conda.version:
        return []
    runs = [command.run for command in composer.pick(tuple(form for form in entry.forms if form.tool == "conda"))]
    rows = [
        row
        for row in library.record("compatibility")["conda"]["rows"]
        if any(run.startswith(row["command"]) and row["flag"] in run for run in runs)
    ]
    row = max(rows, key=lambda row: len(row["command"] + row["flag"]), default=None)
    if row is None or at_least(conda.version, row["since"]):
        return []
    what = " ".join(part for part in (row["command"], row["flag"]) if part)
    before = f" Before that: {row['before']}." if row["before"] else ""
    return [
        f"This machine's conda is {conda.version}; `{what}` came with {row['since']}.{before} "
        "To update it: `conda update -n base conda`."
    ]


def _refused(tool: str, entry: Entry, machine: Machine) -> list[str]:
    """That pip refuses to install into the Python that would be used (PEP 668)."""
    if not machine.pip_refuses or machine.active_path or tool != "pip" or not entry.id.startswith("package."):
        return []
    if entry.action not in ("install", "update", "remove"):
        return []
    return [
        f"No environment is active, and pip refuses to change the system's Python here ({machine.pip_refuses}): first "
        "`python3 -m venv .venv` and `source .venv/bin/activate`."
    ]


def _uv_instead(tool: str, entry: Entry, machine: Machine, composer: Composer) -> list[str]:
    """That uv, which is here, does the same; for pip only where uv takes pip's own words."""
    if not machine.tool("uv") or "uv" in composer.view.tools:
        return []
    forms = [form for form in entry.forms if form.tool == "uv" and (tool != "pip" or form.run.startswith("uv pip "))]
    run = composer.pick((forms[0],))[0].run if forms else ""
    return [f"You have uv, which does the same faster: `{run}`."] if run else []


def _ended_python(view: View, library: Library) -> list[str]:
    """That a Python which was asked for gets no more security fixes."""
    version = minor(view.slots.get("python", ""))
    part = library.record("compatibility")["python"] if version else {}
    row = next((row for row in part.get("rows", ()) if row["version"] == version), None)
    if row is None or row["status"] != "end-of-life":
        return []
    return [f"Python {version} has had no security fixes since {row['end_of_life']} (as of {part['as_of']})."]


def _gpu(machine: Machine, library: Library) -> list[str]:
    """What this machine's GPU and driver mean for an answer about CUDA."""
    if machine.system == "macos":
        if machine.architecture == "arm64":
            return ["This is a Mac: CUDA does not exist for it. PyTorch uses its GPU through MPS: `pip install torch`."]
        return ["This is an Intel Mac: CUDA does not exist for it, and PyTorch 2.2.2 was the last with wheels for it."]
    version = machine.driver.version
    if version:
        from assistant.machine.compatibility import runs_up_to
        from assistant.machine.tables import read_tables

        major = runs_up_to(read_tables(library.record("compatibility")), version, machine.system)
        return (
            [f"This machine's NVIDIA driver is {version}: it runs programs built for CUDA {major}.x and older."]
            if major
            else []
        )
    if machine.tool("nvidia-smi") or machine.wsl or machine.system != "linux":
        return []  # there may be a driver that a quick look does not see
    if "nvidia" in machine.adapters:
        return ["This machine has an NVIDIA GPU, but no NVIDIA driver is loaded: install the driver first."]
    others = " and ".join(VENDORS[name] for name in machine.adapters if name in VENDORS)
    seen = f" (its graphics are {others})" if others else ""
    return [f"No NVIDIA GPU or driver was found on this machine{seen}: the CPU build of PyTorch is the one for it."]
