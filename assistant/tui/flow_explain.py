"""What a flow's screen explains: what a step does, what went wrong and what mends it, the report at the end."""

from __future__ import annotations

from collections.abc import Iterator

from textual.content import Content
from textual.widget import Widget

from assistant.dialogue.answer import ShownCommand
from assistant.dialogue.engine import Asked
from assistant.machine.sizes import human_size
from assistant.render.answers import RISK_WORDS
from assistant.render.layout import markdown, wrap
from assistant.runner.events import FlowFinished, StepFailed
from assistant.runner.plan import Plan
from assistant.runner.preview import Preview
from assistant.search.library import Library
from assistant.tui.cards import AnswerCard
from assistant.tui.flow_state import WORDS, FlowState, StepState
from assistant.tui.pieces import CommandLine, Lines, Link, Words
from assistant.tui.safe import MARKED, plain, safe_line

STATES = {
    "done": "Done", "failed": "Failed", "declined": "Nothing was changed", "stopped": "Stopped", "blocked": "Blocked",
    "error": "Failed",
}  # fmt: skip


def explanation(
    state: FlowState, place: int, *, report: bool, preview: Preview | None, library: Library | None, asked: Asked
) -> list[Widget]:
    """What stands beside the steps: the report where there is one, else what the step at `place` does."""
    widgets: list[Widget] = []
    if state.changes and not state.run:
        words = "Something changed since the plan was made: " + "; ".join(state.changes)
        widgets.append(Lines(lambda width: wrap(words, width), classes="reason"))
    if report and state.finished:
        widgets += report_widgets(state.finished, state.failure)
    if report and state.failure and library:
        widgets += diagnosis(state.failure, library, asked)
    if not (report and state.finished):
        widgets += step_widgets(place, state.steps[place], len(state.steps), preview)
    values = "" if state.run else values_line(state.plan)
    if values:
        widgets.append(Lines(lambda width: _pairs([("With", values)], width), classes="facts"))
    return widgets


def diagnosis(failure: StepFailed, library: Library, asked: Asked) -> list[Widget]:
    """What a failed step's output shows, with what mends it; else what this step is known to fail for."""
    from assistant.render.failures import answer_to, often

    answer = answer_to(failure, library, asked)
    if answer:
        return [AnswerCard(answer.replace(question=""))]
    known = often(failure, library)
    head = Words(Content("Its output shows nothing that I know. This step is known to fail for:"), classes="also")
    return [head, *(Link(title, "entry", name, classes="related") for name, title in known)] if known else []


def problem(words: str) -> list[Widget]:
    """Why there is no plan."""
    return [
        Words(Content.styled("This cannot be planned", "bold $warning"), classes="title"),
        Words(Content(plain(words, 2000))),
    ]


def head(plan: Plan) -> Content:
    """The flow's title and the values of the plan, for the line at the top."""
    return Content.assemble(
        (f" {safe_line(plan.flow.title)}", "bold $accent"), (f"   {safe_line(values_line(plan))}", "$text-muted")
    )


def step_widgets(place: int, step: StepState, of: int, preview: Preview | None) -> Iterator[Widget]:
    """What a step is for, what it runs, what that changes, and the way back."""
    planned = step.planned
    head = Content.assemble(
        (f"{place + 1}/{of}  {safe_line(planned.title)}", "bold"), (f"   {WORDS[step.state]}", "$text-muted")
    )
    yield Words(head, classes="title")
    if step.reason and step.state not in ("will-run", "verified"):
        yield Lines(lambda width: wrap(MARKED.inline(_sentence(step.reason)), width), classes="reason")
    if planned.help and step.state in ("blocked", "failed"):
        yield Lines(lambda width: wrap(MARKED.inline(f"What helps: {planned.help}"), width), classes="reason")
    if planned.why:
        yield Lines(lambda width: wrap(MARKED.inline(planned.why), width))
    if planned.command:
        yield CommandLine(ShownCommand(run=planned.command))
    rows = [
        ("Risk", RISK_WORDS.get(planned.risk, "reads only")),
        ("Downloads", planned.downloads),
        ("Changes", "; ".join(planned.changes)),
        ("Deletes", "; ".join(planned.deletes or planned.leftover)),
        ("Undo", planned.undo),
        ("Proved", "; ".join(step.evidence)),
    ]
    yield Lines(lambda width: _pairs(rows, width), classes="facts")
    if planned.details:
        yield Lines(lambda width: [line for text in planned.details[:60] for line in text.split("\n")], classes="facts")
    for command in planned.commands:
        yield CommandLine(ShownCommand(run=command))
    if preview:
        yield Lines(lambda width: preview_lines(preview, width), classes="facts")
    elif planned.can_preview and step.state == "will-run":
        yield Link(
            "What would it install? (p)",
            "preview",
            planned.id,
            classes="related",
            tip="asks the tool; may take a minute",
        )


def _pairs(rows: list[tuple[str, str]], width: int) -> list[str]:
    lines: list[str] = []
    for label, value in rows:
        if value:
            lines += wrap(MARKED.inline(value), width, MARKED.mark(f"{label:<10} ", "dim"), " " * 11)
    return lines


def preview_lines(preview: Preview, width: int) -> list[str]:
    """What a step would install, as its tool says."""
    if preview.error:
        return wrap(f"The tool cannot tell: {preview.error}. {preview.hint}".rstrip(". ") + ".", width)
    if not preview.packages:
        return ["Nothing would be installed."]
    size = f", {human_size(preview.download)} to download" if preview.download else ""
    lines = [MARKED.mark(f"{len(preview.packages)} packages{size}:", "bold")]
    names = [
        f"{'' if one.action == 'install' else one.action + ' '}{one.name} {one.version}"
        for one in preview.packages[:200]
    ]
    return lines + wrap(", ".join(name.replace(" ", "\u00a0") for name in names), width)


def values_line(plan: Plan) -> str:
    """The values that a plan was made with."""
    return ", ".join(
        f"{name} = {value if isinstance(value, str) else ' '.join(value)}"
        + (" (chosen here)" if plan.sources.get(name) in ("machine", "default") else "")
        for name, value in plan.params.items()
        if value
    )


def report_widgets(finished: FlowFinished, failure: StepFailed | None) -> Iterator[Widget]:
    """The end of a run: what came of it, what to do next."""
    style = (
        "$success"
        if finished.state == "done"
        else "$warning"
        if finished.state in ("stopped", "declined")
        else "$error"
    )
    yield Words(
        Content.assemble((STATES[finished.state], f"bold {style}"), (f"  {safe_line(finished.message)}", "")),
        classes="title",
    )
    if finished.hint:
        yield Lines(lambda width: markdown(_sentence(finished.hint), width, MARKED))
    if failure and failure.hint and failure.hint != finished.hint:
        yield Lines(lambda width: wrap(MARKED.inline(_sentence(failure.hint)), width))
    for said in finished.after:
        yield Lines(lambda width, text=said.text: markdown(text, width, MARKED), classes="next")  # type: ignore[misc]
        for command in said.commands:
            yield CommandLine(ShownCommand(run=command))
    if failure and failure.log:
        yield Lines(lambda width: wrap(f"The whole output: {failure.log}", width), classes="note")


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!", ":")) else ".")
