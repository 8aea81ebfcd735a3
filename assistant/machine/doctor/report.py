"""The machine and the findings as Markdown for a bug report, with private things taken out."""

from __future__ import annotations

from assistant.machine.doctor.finding import EFFECTS, Finding, Results
from assistant.machine.model import Machine
from assistant.machine.redact import redact
from assistant.machine.sizes import human_size

HEADINGS = {"blocks": "Blocks", "may-bite": "May bite", "note": "Notes"}
# A report is read by people: longer lists say how much more there is.
MOST = 30


def report(machine: Machine, results: Results, *, version: str = "", host: str = "") -> str:
    """Markdown: the machine in a table, then findings by effect. Home, names, tokens and passwords are taken out."""
    lines = ["## Machine", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in _facts(machine, version) if value]
    if machine.environments:
        lines += ["", "### Environments", "", "| name | kind | Python | path |", "|---|---|---|---|"]
        for one in machine.environments[:MOST]:
            mark = " (active)" if one.path == machine.active_path else ""
            lines.append(f"| {_cell(one.name + mark)} | {one.kind} | {one.python_version} | {_cell(one.path)} |")
        if len(machine.environments) > MOST:
            lines.append(f"| and {len(machine.environments) - MOST} more | | | |")
    lines += ["", "## Findings", ""]
    if not results.findings:
        lines.append(f"None in {len(results.checked)} checks.")
    for effect in EFFECTS:
        found = [finding for finding in results.findings if finding.effect == effect]
        if found:
            lines += [f"### {HEADINGS[effect]}", ""]
            for finding in found:
                lines += _finding(finding)
    failures = [*machine.problems, *results.failed]
    if failures:
        lines += ["", "## Not found out", "", *(f"- {failure.probe}: {failure.reason}" for failure in failures)]
    # Where no variable names the person, their home folder does.
    user = machine.user or machine.home.replace("\\", "/").rstrip("/").rpartition("/")[2]
    return redact("\n".join(lines).rstrip() + "\n", home=machine.home, user=user, host=host)


def _finding(finding: Finding) -> list[str]:
    lines = [f"- **{finding.title}** (`{finding.check}`)", f"  {finding.evidence}"]
    if finding.fix:
        lines += ["", "  ```", *(f"  {command}" for command in finding.fix), "  ```"]
    return lines


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _facts(machine: Machine, version: str) -> list[tuple[str, str]]:
    gpus = [
        f"{gpu.name}, {human_size(gpu.memory_total)}, compute capability {gpu.capability or 'unknown'}"
        for gpu in machine.gpus
    ]
    driver = machine.driver
    driver_text = " ".join(part for part in (driver.version, driver.cuda and f"(CUDA {driver.cuda})") if part)
    return [
        ("envguide", version),
        ("system", " ".join(part for part in (machine.release or machine.system, machine.architecture) if part)),
        ("C library", f"glibc {machine.glibc}" if machine.glibc and machine.glibc != "musl" else machine.glibc),
        ("WSL", "yes" if machine.wsl else ""),
        ("shell", f"{machine.shell or 'unknown'}: {machine.shell_evidence}"),
        ("terminal", machine.terminal),
        ("tools", ", ".join(f"{tool.name} {tool.version or ''}".strip() for tool in machine.tools)),
        ("conda", "; ".join(f"{one.kind} {one.version} in {one.root}" for one in machine.condas)),
        ("channels", ", ".join(machine.condas[0].channels) if machine.condas else ""),
        ("Pythons", "; ".join(f"{one.version or '?'} {one.path}" for one in machine.pythons[:MOST])),
        ("active environment", machine.active_environment),
        ("GPUs", "; ".join(gpus)),
        ("NVIDIA driver", driver_text or ("" if driver.state == "absent" else driver.state)),
        ("torch", "; ".join(f"{one.environment}: {one.version} (CUDA {one.cuda or 'none'})" for one in machine.torch)),
        ("variables", ", ".join(f"{name}={value}" for name, value in machine.variables.items())),
    ]
