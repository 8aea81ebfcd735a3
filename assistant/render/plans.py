"""A plan as text: what each step would do and why, what it downloads, changes and deletes, and the way back."""

from __future__ import annotations

from assistant.render.answers import RISK_WORDS
from assistant.render.layout import Style, wrap
from assistant.runner.plan import Plan, PlannedStep

STATES = {"will-run": "will run", "done": "already done", "blocked": "blocked", "skipped": "does not apply"}
MARKS = {"will-run": ">", "done": "=", "blocked": "x", "skipped": "-"}


def plan_text(plan: Plan, width: int, style: Style) -> str:
    """The whole plan, step by step."""
    lines = [style.mark(plan.flow.title, "title"), ""]
    values = ", ".join(
        f"{name} = {value if isinstance(value, str) else ' '.join(value)}" + _source(plan.sources.get(name, ""))
        for name, value in plan.params.items()
        if value
    )
    if values:
        lines += [*wrap(f"with {values}", width, "", "  "), ""]
    for number, step in enumerate(plan.steps, 1):
        lines += step_lines(number, step, width, style)
    running = plan.will_run
    if plan.blocked:
        lines += ["", f"{len(plan.blocked)} of {len(plan.steps)} steps are blocked; nothing has been changed."]
    elif running:
        undoable = sum(1 for step in running if step.undoable)
        lines += ["", f"{len(running)} of {len(plan.steps)} steps will run; {undoable} of them can be undone."]
    else:
        lines += ["", "There is nothing to do: everything is done already."]
    return "\n".join(lines)


def _source(source: str) -> str:
    return " (chosen here)" if source in ("machine", "default") else ""


def step_lines(number: int, step: PlannedStep, width: int, style: Style) -> list[str]:
    """One step: its state and reason, the command, what it does to the machine."""
    state = STATES[step.state]
    sign = "Step" if style.accessible else MARKS[step.state]
    head = f"{sign} {number}. {step.title}: {state}"
    reason = f", because {_lower(step.reason)}" if step.reason and step.state != "will-run" else ""
    lines = wrap(style.mark(head, "bold") + reason, width, "", "     ")
    if step.help and step.state == "blocked":
        lines += wrap(f"what helps: {step.help}", width, "     ", "     ")
    if step.state != "will-run":
        return lines
    if step.why:
        lines += [style.mark(line, "dim") for line in wrap(step.why, width, "     ", "     ")]
    if step.command:
        lines.append("       " + style.mark(step.command, "command"))
    for label, value in (
        ("risk", RISK_WORDS.get(step.risk, "")),
        ("downloads", step.downloads),
        ("changes", "; ".join(step.changes)),
        ("deletes", "; ".join(step.deletes)),
        ("undo", step.undo),
    ):
        if value:
            lines += wrap(f"{label}: {value}", width, "     ", "       ")
    lines += [f"       {line}" for line in step.details[:40]]
    return lines


def _lower(text: str) -> str:
    return text[:1].lower() + text[1:] if text[1:2].islower() else text
