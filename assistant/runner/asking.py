"""A question in the middle of a run: asked again until the answer is valid, or declined."""

from __future__ import annotations

from assistant.errors import GuideError
from assistant.machine.model import Machine
from assistant.runner import params
from assistant.runner.compose import Bound
from assistant.runner.events import Question
from assistant.runner.flow import Param
from assistant.runner.gate import Gate, Refused
from assistant.runner.param_types import Checked
from assistant.runner.session import Session


def ask_value(bound: Bound, machine: Machine, session: Session, gate: Gate) -> Checked:
    """The answer, in its normal form. Where nobody can answer, the suggestion is taken if there is one.

    Raises:
        Refused: not answered.
        UsageError: nobody can answer, and the suggestion is not valid.
    """
    param = bound.step.ask
    if param is None:
        raise RuntimeError(f"the step {bound.id} asks nothing")
    suggested, _ = params.suggestion(param, bound.scope, machine)
    if not gate.policy.interactive:
        if not suggested:
            outer, _, name = bound.id.rpartition("/")
            option = f"--set {name.replace('-', '_')}=..."
            hint = (
                f"answer it first with `envguide run {bound.flow} {option}`, then resume" if outer else f"add {option}"
            )
            raise Refused("stop", f"nobody is there to answer: {param.title}", hint)
        return params.check(param, suggested, machine)
    return ask_for(params.ask_for(bound.id, param, machine, suggested), param, machine, session, gate)


def ask_for(asked: params.Asked, param: Param, machine: Machine, session: Session, gate: Gate) -> Checked:
    """Ask for a param until the answer is valid.

    Raises:
        Refused: not answered.
    """
    text = param.title
    while True:
        question = Question(
            number=gate.next_number(),
            kind="value",
            text=text,
            answers=("value", "stop"),
            default="stop",
            step=asked.name,
            choices=asked.choices,
            suggestion=asked.suggestion,
        )
        reply = session.ask(question)
        if reply.answer == "stop":
            raise Refused("stop", f"`{param.title}` was not answered")
        try:
            return params.check(param, reply.value or asked.suggestion, machine)
        except GuideError as error:
            text = f"{error.message}. {param.title}"
