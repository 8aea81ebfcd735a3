"""The one gate: nothing is run, written or deleted without a permit, and only the gate gives permits.

The plan is confirmed once (or step by step); deleting and administrator steps are always asked on their own and
named. What was not shown when the plan was confirmed is asked on its own too. Silence, end of input and anything
unclear mean no.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Literal

from assistant.content.frozen import Frozen
from assistant.errors import UsageError
from assistant.runner.events import Fix, Question, QuestionKind, Reply
from assistant.runner.param_types import Choice
from assistant.runner.plan import Plan, PlannedStep

Cover = Literal["steps", "delete", "admin"]
Verdict = Literal["yes", "no", "skip", "stop", "edit", "retry"]


class Policy(Frozen):
    """What is agreed to beforehand. `yes`: nothing, or `steps`, `delete`, `admin`.

    `interactive`: somebody can answer. Without that, what is not covered is declined.
    """

    yes: frozenset[Cover] = frozenset()
    step_by_step: bool = False
    interactive: bool = True


def parse_yes(option: str | None) -> frozenset[Cover]:
    """The value of `--yes`: None without it, empty for `--yes` alone, else a list such as `delete` or `delete,admin`.

    Raises:
        UsageError: it names something else.
    """
    if option is None:
        return frozenset()
    covers: set[Cover] = {"steps"}
    for word in filter(None, (part.strip() for part in option.split(","))):
        if word not in ("delete", "admin"):
            raise UsageError(
                f"`--yes={option}` is not known", "use --yes, --yes=delete, --yes=admin or --yes=delete,admin"
            )
        covers.add(word)  # type: ignore[arg-type]
    return frozenset(covers)


class Permit:
    """Leave to do exactly one thing once. Only `Gate` makes them."""

    __slots__ = ("digest", "step")

    def __init__(self, step: str, digest: str) -> None:
        self.step = step
        self.digest = digest


class Refused(Exception):
    """The person (or the lack of one) said no, or stop."""

    def __init__(self, verdict: Verdict, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.verdict = verdict
        self.message = message
        self.hint = hint


class EditWanted(Exception):
    """The person wants other params."""

    def __init__(self, values: dict[str, str]) -> None:
        super().__init__("other values")
        self.values = values


class Gate:
    """Asks through `ask` and keeps what was permitted. One for each run."""

    def __init__(self, policy: Policy, ask: Callable[[Question], Reply]) -> None:
        self.policy = policy
        self._ask = ask
        self.asked = 0  # questions so far
        self._shown: set[str] = set()
        self._issued: set[Permit] = set()
        self._each = policy.step_by_step

    def next_number(self) -> int:
        """The number of the next question of this run."""
        self.asked += 1
        return self.asked

    def confirm(self, plan: Plan) -> None:
        """Ask for the plan as a whole.

        Raises:
            Refused: no.
            EditWanted: other params first.
        """
        steps = plan.will_run
        if not steps:
            return
        if "steps" not in self.policy.yes:
            count = sum(step.kind != "note" for step in steps)
            reply = self._question(
                "plan",
                f"Run {'this step' if count == 1 else f'these {count} steps'}?",
                ("yes", "step", "edit", "no"),
                details=tuple(f"{step.title}: {step.command or step.reason}" for step in steps),
            )
            if reply.answer == "edit":
                raise EditWanted(reply.values)
            if reply.answer not in ("yes", "step"):
                raise Refused("no", "not confirmed, nothing was changed", self._how())
            self._each = self._each or reply.answer == "step"
        self._shown = {step.digest for step in steps}

    def permit(self, step: PlannedStep) -> Permit:
        """Leave for one step; asked on its own where it has to be.

        Raises:
            Refused: no, skip or stop.
            EditWanted: other params first.
        """
        if step.unsure:
            self._alone("unsure", step, "It may have been done already. Do it again?", None)
        if step.leftover or step.risk == "deletes":
            names = step.deletes or step.leftover
            text = f"{step.title}: delete {_count(names)}?"
            if step.foreign:
                count = len(step.foreign)
                text = f"{step.title}: {count} file{'s' if count != 1 else ''} in it came later. Delete all the same?"
            self._alone("delete", step, text, None if step.foreign else "delete", names)
        elif step.risk == "admin":
            self._alone("admin", step, f"{step.title}: this needs administrator rights. Run it?", "admin")
        elif (self._each or step.digest not in self._shown) and not (
            "steps" in self.policy.yes and not self.policy.step_by_step
        ):
            self._alone("step", step, f"{step.title}: run it?", "steps")
        permit = Permit(step.id, step.digest)
        self._issued.add(permit)
        return permit

    def spend(self, permit: Permit, step: PlannedStep) -> None:
        """Use up a permit right before acting. What was not permitted so is a mistake in the program, and stops it."""
        if permit not in self._issued or permit.step != step.id or permit.digest != step.digest:
            raise RuntimeError(f"the step {step.id} was not permitted as it is")
        self._issued.discard(permit)

    def after_failure(self, step: PlannedStep, reason: str, fixes: tuple[Fix, ...] = ()) -> Verdict | Fix:
        """What to do about a failed step: run a flow that mends it, retry, skip (where it may be), or stop.

        Raises:
            EditWanted: other params first.
        """
        if not self.policy.interactive:
            return "stop"
        answers = ("retry", "edit", "skip", "stop") if step.optional else ("retry", "edit", "stop")
        reply = self._question(
            "failed", f"{step.title} failed: {reason}", ("fix", *answers) if fixes else answers, default="stop",
            step=step.id, choices=tuple(Choice(value=fix.flow, label=fix.title) for fix in fixes),
        )  # fmt: skip
        if reply.answer == "fix":
            return next((fix for fix in fixes if fix.flow == (reply.value or fixes[0].flow)), "stop")
        if reply.answer == "edit":
            raise EditWanted(reply.values)
        return reply.answer if reply.answer in ("retry", "skip") else "stop"  # type: ignore[return-value]

    def _alone(
        self, kind: QuestionKind, step: PlannedStep, text: str, cover: Cover | None, names: tuple[str, ...] = ()
    ) -> None:
        if cover and cover in self.policy.yes:
            return
        reason = step.reason if step.leftover or step.unsure or step.foreign else ""
        details = tuple(filter(None, (step.command, reason, *step.details, *step.foreign[:20])))
        reply = self._question(
            kind, text, ("yes", "edit", "skip", "no", "stop"), step=step.id, details=details, names=names
        )
        if reply.answer == "edit":
            raise EditWanted(reply.values)
        if reply.answer == "skip":
            raise Refused("skip", "skipped")
        if reply.answer != "yes":
            raise Refused("stop", f"`{step.title}` was not confirmed", self._how(cover))

    def _question(
        self,
        kind: QuestionKind,
        text: str,
        answers: Iterable[str],
        *,
        default: str = "no",
        step: str = "",
        details: tuple[str, ...] = (),
        names: tuple[str, ...] = (),
        choices: tuple[Choice, ...] = (),
    ) -> Reply:
        if not self.policy.interactive:
            return Reply(answer=default)
        question = Question(
            number=self.next_number(), kind=kind, text=text, answers=tuple(answers), default=default, step=step,
            details=details, names=names, choices=choices,
        )  # fmt: skip
        reply = self._ask(question)
        return reply if reply.answer in question.answers else Reply(answer=default)

    def _how(self, cover: Cover | None = "steps") -> str:
        if self.policy.interactive:
            return ""
        if cover is None:
            return "this can only be confirmed by a person; run it in a terminal"
        return "run it in a terminal to confirm, or add --yes" + ("" if cover == "steps" else f"={cover}")


def _count(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{len(names)} things"
