"""What can be answered to a run's questions, in words; and the packages of a plan, asked of the tools while it waits."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.render.previews import preview_lines
from assistant.runner import api, facts

WORD = "packages"  # the answer that asks what would be installed

# What each answer to a failed step does.
WHAT_NOW = {
    "retry": "try the step again",
    "edit": "change the values, then try again",
    "skip": "leave this step out and go on",
    "stop": "end here; envguide resume goes on later, envguide undo takes back what was done",
}

# The same for the other questions.
MEANING = {
    "yes": "go ahead",
    "step": "ask before each step",
    "edit": "change the values; the plan is shown again",
    "no": "leave it; nothing is changed",
    "skip": "leave this step out and go on",
    "stop": "end here; what was done stays, and can be taken back",
    WORD: "ask the tools what they would install; changes nothing, can take a minute",
}


def answers_with_packages(question: api.Question, plan: api.Plan | None) -> tuple[str, ...]:
    """The answers to a question, with the one that asks for the packages where a step of the plan can tell."""
    tells = question.kind == "plan" and plan is not None and any(step.can_preview for step in plan.will_run)
    return (*question.answers[:-1], WORD, question.answers[-1]) if tells else question.answers


def packages_of(plan: api.Plan | None, width: int) -> Iterator[str]:
    """The packages of each step that can tell, as lines."""
    for step in plan.will_run if plan else ():
        if plan and step.can_preview:
            yield f"{step.title}: asking the tool, this can take a minute"
            for line in preview_lines(api.preview(plan, step.id, facts.look()), width - 2):
                yield f"  {line}"
