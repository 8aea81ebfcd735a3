"""Errors that a person may see, and the exit codes of the command line.

An error says what happened, why, and what helps: `message` is the first two, `hint` the last.
"""

from enum import IntEnum


class ExitCode(IntEnum):
    """What the process returns to the shell; a contract that scripts rely on."""

    OK = 0  # done, or answered
    NOTHING = 1  # no answer, or a check found something
    USAGE = 2  # bad usage or bad input
    STEP_FAILED = 3  # a step of a flow failed
    DECLINED = 4  # the person said no, or the content is not trusted
    INTERRUPTED = 130  # Ctrl+C


class GuideError(Exception):
    """Anything expected that stops the work: shown without a traceback."""

    code: ExitCode = ExitCode.USAGE

    def __init__(self, message: str, hint: str = "", *, code: ExitCode | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.message}\n  {self.hint}" if self.hint else self.message


class UsageError(GuideError):
    """The command line or an input value was not understood."""


class ContentError(GuideError):
    """Knowledge or flows hold mistakes; `problems` are lines of the form `file:line: what`."""

    code = ExitCode.NOTHING

    def __init__(self, problems: list[str]) -> None:
        count = len(problems)
        super().__init__(f"the content has {count} problem{'s' if count != 1 else ''}", "run `envguide kb check`")
        self.problems = problems


class StateError(GuideError):
    """State on disk cannot be read or written (read-only folder, full disk, damaged file)."""
