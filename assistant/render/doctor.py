"""The doctor's findings as text: calm, the worst first, each with what helps."""

from __future__ import annotations

from assistant.machine.doctor.finding import Finding, Results
from assistant.machine.model import Machine
from assistant.render.layout import Style, wrap
from assistant.render.machine_line import machine_line

HEADS = {"blocks": "Blocks you now", "may-bite": "May bite later", "note": "Good to know"}


def doctor_text(machine: Machine, results: Results, width: int, style: Style) -> str:
    """The machine in one line, the findings by effect, how many checks there were."""
    lines = [style.mark(machine_line(machine), "dim"), ""]
    for effect, head in HEADS.items():
        found = [finding for finding in results.findings if finding.effect == effect]
        if found:
            lines += [style.mark(f"{head} ({len(found)})", "title"), ""]
            for finding in found:
                lines += [*finding_lines(finding, width, style), ""]
    if results.well and not results.findings:
        lines.append(f"All is well: {len(results.checked)} checks, nothing found.")
    elif results.well:
        lines.append(f"All is well: {len(results.checked)} checks, nothing that blocks or may bite.")
    else:
        lines.append(f"{len(results.checked)} checks. Everything not listed here is well.")
    failures = [*machine.problems, *results.failed]
    if failures:
        lines += ["", "Could not be looked at:"]
        for failure in failures:
            lines += wrap(f"{failure.probe}: {failure.reason}", width, "- ", "  ")
    return "\n".join(lines)


def finding_lines(finding: Finding, width: int, style: Style) -> list[str]:
    """One finding: what, the evidence, what helps."""
    mark = {"blocks": "x", "may-bite": "!", "note": "-"}[finding.effect]
    lines = wrap(style.mark(finding.title, "bold"), width, f"{mark} ", "  ")
    lines += [style.mark(line, "dim") for line in wrap(f"seen: {finding.evidence}", width, "  ", "  ")]
    if finding.advice:
        lines += wrap(style.inline(finding.advice), width, "  ", "  ")
    lines += ["    " + style.mark(command, "command") for command in finding.fix]
    if finding.flow:
        settings = "".join(f" --set {name}={value}" for name, value in finding.params.items())
        lines += wrap(f"step by step: `envguide run {finding.flow}{settings}`", width, "  ", "  ")
    return lines
