"""The command line: reads the arguments, calls the verb, turns errors into messages and exit codes.

A verb is a function in `assistant.verbs`, imported when it is called, so that no verb pays for another's imports.
"""

from __future__ import annotations

import os
import sys

from assistant.errors import ContentError, ExitCode, GuideError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

VERBS = (
    "ask", "chat", "ref", "translate", "compare", "why", "doctor", "flows", "plan", "run", "resume", "undo", "redo",
    "runs", "log", "kb", "completion",
)  # fmt: skip


def main(argv: list[str] | None = None) -> int:
    """Run one command line; the exit code. Without a verb the rest is a question; without anything the TUI opens."""
    arguments = sys.argv[1:] if argv is None else argv
    try:
        return _dispatch(arguments)
    except ContentError as error:
        from assistant.render.out import talk

        for line in error.problems[:20]:
            talk(line)
        talk(f"envguide: {error}")
        return int(error.code)
    except GuideError as error:
        from assistant.render.out import talk

        talk(f"envguide: {error}")
        return int(error.code)
    except KeyboardInterrupt:
        sys.stderr.write("\n")
        return int(ExitCode.INTERRUPTED)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return int(ExitCode.OK)


def _dispatch(arguments: list[str]) -> int:
    if not arguments or arguments[0] in ("--open", "--accessible", "--theme"):
        return _open_face(arguments)
    if arguments[0] in ("--version", "-V"):
        from assistant import __version__
        from assistant.render.out import emit

        emit(f"envguide {__version__}")
        return 0
    if arguments[0] not in (*VERBS, "-h", "--help"):
        if len(arguments) == 1 and " " not in arguments[0] and not arguments[0].startswith("-"):
            _refuse_near_verb(arguments[0])
        # A question without the verb: `envguide how do I remove an env`.
        arguments = ["ask", *arguments]
    if arguments[0] == "ask" and not any(word.startswith("-") for word in arguments[1:]) and len(arguments) > 1:
        return _ask_plainly(arguments[1:])
    from assistant.arguments import parser

    return _verb(parser().parse_args(arguments))


def _ask_plainly(words: list[str]) -> int:
    """A question without options: the usual case, spared the argument parser."""
    from assistant.verbs.ask import Options, ask

    return ask(Options(question=words))


def _refuse_near_verb(word: str) -> None:
    """`envguide doctr` is a slip of the verb, not a question."""
    import difflib

    from assistant.errors import UsageError

    close = difflib.get_close_matches(word, VERBS, n=1, cutoff=0.75)
    if close:
        raise UsageError(f"no verb `{word}`", f"did you mean `envguide {close[0]}`? To ask it: envguide ask {word}")


def _verb(options: argparse.Namespace) -> int:
    if options.verb == "ask":
        from assistant.verbs.ask import ask

        return ask(options)
    import importlib

    module = importlib.import_module(f"assistant.verbs.{options.module}")
    return int(getattr(module, options.function)(options))


def _open_face(arguments: list[str]) -> int:
    from assistant.verbs.face import open_face

    return open_face(arguments)
