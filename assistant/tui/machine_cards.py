"""What the Machine tab shows of one thing: an environment, a finding, the GPUs, the system, the disks."""

from __future__ import annotations

from collections.abc import Sequence

from textual.content import Content
from textual.widget import Widget

from assistant.dialogue.answer import ShownCommand
from assistant.errors import GuideError
from assistant.machine.doctor.finding import Finding, Results
from assistant.machine.model import Driver, Environment, Failure, Gpu, Machine, Torch
from assistant.machine.sizes import human_size
from assistant.render.layout import markdown, table, wrap
from assistant.render.machine_line import SYSTEMS
from assistant.runner.catalog import Catalog
from assistant.tui.pieces import CommandLine, Lines, Link, Words
from assistant.tui.safe import MARKED, safe_line

# How much a finding matters: a sign that does without colour, and its colour.
SIGNS = {"blocks": ("✗", "bold $error"), "may-bite": ("!", "bold $warning"), "note": ("-", "$text-muted")}
EFFECTS = {"blocks": "Blocks you now", "may-bite": "May bite later", "note": "Good to know"}


def _title(text: str, note: str = "") -> Words:
    return Words(
        Content.assemble((safe_line(text), "bold"), (f"   {safe_line(note)}" if note else "", "$text-muted")),
        classes="title",
    )


def _facts(rows: Sequence[tuple[str, str]]) -> Lines:
    kept = [(label, value) for label, value in rows if value]
    return Lines(lambda width: table(("", ""), kept, width, MARKED), classes="block")


def _text(text: str, classes: str = "block") -> Lines:
    return Lines(lambda width: markdown(text, width, MARKED), classes=classes)


def shown_name(one: Environment, machine: Machine | None) -> str:
    """Its name; for one that goes by its folder the end of that, with `~` for the home folder."""
    home = machine.home if machine else ""
    if one.name != one.path:
        return one.name
    return "~" + one.path[len(home) :] if home and one.path.startswith((f"{home}/", f"{home}\\")) else one.path


def environment(one: Environment, machine: Machine, size: tuple[int, bool] | None, flows: Catalog) -> list[Widget]:
    """An environment: what it is, what is in it, what is wrong with it, what can be done with it."""
    measured = "measuring ..." if size is None else human_size(size[0]) + ("" if size[1] else " so far; it has more")
    packages = ", ".join(f"{package.name} {package.version}" for package in one.packages)
    counts = [
        f"{one.conda_count} from conda" if one.conda_count else "",
        f"{len(one.pip_packages)} from pip" if one.pip_packages else "",
    ]
    rows = [
        ("Kind", one.kind + (", active" if one.path == machine.active_path else "")),
        ("Python", one.python_version),
        ("Folder", one.path),
        ("Size", measured),
        ("Made by", one.base),
        ("Packages", ", ".join(count for count in counts if count)),
        ("Of note", packages),
        ("Channels", ", ".join(f"{name} ({count})" for name, count in one.channels)),
    ]
    widgets: list[Widget] = [_title(shown_name(one, machine), one.kind), _facts(rows)]
    faults = [
        (
            "it holds no Python: `python` and `pip` in it are others, further along PATH",
            one.kind == "conda"
            and one.works
            and not one.python
            and not one.hollow
            and "environments" in machine.looked,
        ),
        ("its Python is gone: it cannot start", not one.works),
        ("the folder holds no environment", one.hollow),
        (f"it was moved here from {one.made_at}", bool(one.made_at and one.made_at != one.path)),
        (f"pip replaced what conda had installed: {', '.join(one.overwritten[:8])}", bool(one.overwritten)),
        (f"left over from an interrupted pip: {', '.join(one.leftovers[:8])}", bool(one.leftovers)),
    ]
    for words, wrong in faults:
        if wrong:
            widgets.append(Lines(lambda width, words=words: wrap(words, width, "! ", "  "), classes="reason"))  # type: ignore[misc]
    activate = _activate(one, machine)
    if activate:
        widgets.append(CommandLine(ShownCommand(run=activate)))
    widgets.append(
        Link(
            "Open a shell here (s)",
            "shell",
            one.path,
            classes="related",
            tip="leave it with exit, and you are back here",
        )
    )
    widgets.append(Words(Content.styled("Step by step, a plan first:", "$text-muted"), classes="also"))
    twins = sum(other.name == one.name for other in machine.environments) > 1
    value = one.path if twins or not one.name else one.name
    widgets += [
        Link(title, "flow", name, params={param: value}, classes="related", tip="shows its plan first")
        for name, title, param in environment_flows(flows)
        if _fits(name, one)
    ]
    return widgets


def _fits(flow: str, one: Environment) -> bool:
    """Whether a flow can do anything with an environment: conda's base stays, a hollow folder can only go."""
    if one.hollow or not one.works:
        return flow == "remove-environment"
    if flow == "open-shell-in-environment":
        return False  # the tab does that itself
    if one.name == "base" and one.kind == "conda":
        return flow not in ("remove-environment", "rename-environment")
    return flow != "roll-back-environment" or one.kind == "conda"


def environment_flows(flows: Catalog) -> list[tuple[str, str, str]]:
    """The flows that work on an existing environment: id, title, and the param that takes it."""
    found = []
    for name in flows.ids:
        try:
            flow = flows.get(name)
        except GuideError:
            continue
        param = next((key for key, param in flow.params.items() if param.type == "env-name"), "")
        if param:
            found.append((name, flow.title, param))
    return found


def _activate(one: Environment, machine: Machine) -> str:
    from assistant.machine.doctor.fixes import quote

    if one.kind == "conda":
        first = machine.environment(one.name)  # of two of one name conda finds the first
        named = one.name and (first is None or first.path == one.path)
        return f"conda activate {quote(one.name if named else one.path, machine.shell)}"
    if one.kind not in ("venv", "uv"):
        return ""
    if machine.system == "windows":
        script = one.path + ("\\Scripts\\activate.bat" if machine.shell == "cmd" else "\\Scripts\\Activate.ps1")
        return f"& {quote(script, machine.shell)}" if machine.shell == "powershell" else quote(script, machine.shell)
    return f"source {quote(one.path + '/bin/activate' + ('.fish' if machine.shell == 'fish' else ''), machine.shell)}"


def finding(one: Finding, flows: Catalog) -> list[Widget]:
    """A finding: what, how it shows, what helps."""
    widgets: list[Widget] = [_title(one.title, EFFECTS[one.effect]), _text(f"Seen: {one.evidence}", "block note-text")]
    if one.advice:
        widgets.append(_text(one.advice))
    widgets += [CommandLine(ShownCommand(run=command)) for command in one.fix]
    if one.flow in flows.ids:
        try:
            title = flows.get(one.flow).title
        except GuideError:
            title = one.flow
        widgets.append(
            Link(
                f"Run: {title}",
                "flow",
                one.flow,
                params=dict(one.params),
                classes="chip main",
                tip="shows its plan first",
            )
        )
    widgets.append(Words(Content.styled(f"Check: {one.check}", "$text-muted"), classes="also"))
    return widgets


def checked(results: Results) -> list[Widget]:
    """That all is well."""
    return [
        _title("All is well", f"{len(results.checked)} checks"),
        _text("Nothing was found that blocks you or may bite later."),
    ]


def failures(results: Results, machine: Machine | None) -> list[Failure]:
    """Looks and checks that gave no answer."""
    return [*(machine.problems if machine else ()), *results.failed]


def unanswered(results: Results, machine: Machine) -> list[Widget]:
    """What could not be looked at, and why."""
    lines = "\n".join(f"- {one.probe}: {one.reason}" for one in failures(results, machine))
    return [_title("Could not be looked at"), _text(lines), _text("The rest was looked at. To try again: F8.")]


def gpu_head(machine: Machine) -> list[Widget]:
    """The title, and PyTorch's own CUDA in each environment."""
    widgets: list[Widget] = [_title("GPU and driver")]
    rows = [(one.environment, f"torch {one.version}", _built_for(one)) for one in machine.torch]
    if rows:
        widgets.append(_table(("Environment", "PyTorch", "Built for"), rows))
    return widgets


def _built_for(torch: Torch) -> str:
    return f"CUDA {torch.cuda}" if torch.cuda else f"ROCm {torch.hip}" if torch.hip else "CPU only"


def _table(heads: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> Lines:
    return Lines(lambda width: table(heads, rows, width, MARKED), classes="block")


def gpu_lines(driver: Driver, gpus: Sequence[Gpu], machine: Machine, width: int) -> list[str]:
    """Driver and GPUs as they are at this moment."""
    if driver.state == "absent" and not gpus:
        others = f" The system lists: {', '.join(machine.adapters)}." if machine.adapters else ""
        return wrap(f"There is no NVIDIA driver on this machine.{others}", width)
    if driver.state != "ok":
        return wrap(f"The NVIDIA driver does not answer: {driver.state}. {driver.detail}", width)
    lines = wrap(
        f"Driver {driver.version}: runs programs built for CUDA up to {driver.cuda or 'an unknown version'}.", width
    )
    for gpu in gpus:
        lines += ["", MARKED.mark(f"{gpu.index}  {safe_line(gpu.name)}", "bold")]
        if gpu.capability:
            lines.append(f"   compute capability {gpu.capability}" + (", MIG is on" if gpu.mig else ""))
        if gpu.memory_total:
            gauge = _gauge(gpu.memory_used / gpu.memory_total, width)
            lines.append(f"   memory {gauge} {human_size(gpu.memory_used)} of {human_size(gpu.memory_total)}")
        if gpu.utilisation is not None:
            lines.append(f"   busy   {_gauge(gpu.utilisation / 100, width)} {gpu.utilisation} %")
        lines += [f"   slice  {safe_line(part.name)} {human_size(part.memory_total)}" for part in gpu.slices]
    return lines


def _gauge(share: float, width: int) -> str:
    size = max(6, min(24, width - 44))
    full = round(max(0.0, min(1.0, share)) * size)
    return MARKED.mark("█" * full, "code") + MARKED.mark("░" * (size - full), "dim")


def system(machine: Machine) -> list[Widget]:
    """System, shell, tools, interpreters."""
    shell = machine.shell + (f" ({machine.shell_evidence})" if machine.shell_evidence else "")
    rows = [
        (
            "System",
            f"{SYSTEMS.get(machine.system, machine.system)} {machine.release} {machine.architecture}"
            + (", WSL" if machine.wsl else ""),
        ),
        ("Shell", shell),
        ("Terminal", machine.terminal),
        ("Active", machine.active_environment or "no environment"),
        *((tool.name, f"{tool.version or ''}  {tool.path}".strip()) for tool in machine.tools),
        *((one.kind, f"{one.version}  {one.root}  channels: {', '.join(one.channels)}") for one in machine.condas),
    ]
    widgets: list[Widget] = [_title("System and tools"), _facts(rows)]
    pythons = [
        (one.version or "?", one.source + ("" if one.order < 0 else ", on PATH"), one.path)
        for one in machine.pythons[:30]
    ]
    if pythons:
        widgets.append(Lines(lambda width: table(("Python", "From", "Where"), pythons, width, MARKED), classes="block"))
    return widgets


def disk(machine: Machine) -> list[Widget]:
    """Free space where it matters, and the package caches."""
    disks = [
        (one.used_for, f"{human_size(one.free)} free of {human_size(one.total)}", one.path) for one in machine.disks
    ]
    caches = [
        (
            one.tool,
            "not measured" if one.size is None else human_size(one.size) + ("" if one.complete else " at least"),
            one.path,
        )
        for one in machine.caches
    ]
    widgets: list[Widget] = [_title("Disk and caches")]
    if disks:
        widgets.append(_table(("Disk", "Space", "Folder"), disks))
    if caches:
        widgets.append(_table(("Cache", "Size", "Folder"), caches))
    if len(widgets) == 1:
        widgets.append(_text("Not looked at yet."))
    return widgets
