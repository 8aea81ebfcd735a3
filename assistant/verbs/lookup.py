"""`envguide ref`, `translate` and `compare`: looking things up without asking in words."""

from __future__ import annotations

import argparse
import sys

from assistant.dialogue import compare as comparing
from assistant.dialogue.translate import translate as translating
from assistant.errors import ExitCode
from assistant.render.layout import Style, table
from assistant.render.out import emit, emit_json, terminal_width, wants_accessible, wants_colour
from assistant.search.library import open_library
from assistant.verbs.ask import asked_from, show


def compare(options: argparse.Namespace) -> int:
    """Print a comparison table."""
    result = comparing.compare(options.things, open_library(), asked_from(options))
    show(result, options)
    return int(ExitCode.OK)


def translate(options: argparse.Namespace) -> int:
    """Print the command in the other tool; exit code 1 where the command is not known."""
    result = translating(" ".join(options.command), options.to, open_library(), asked_from(options))
    show(result, options)
    return int(ExitCode.OK if result.status == "answered" else ExitCode.NOTHING)


def ref(options: argparse.Namespace) -> int:
    """Print the tasks that fit the words (one in full), or all of them."""
    from assistant.dialogue.reference import find_tasks, task_answer

    library, asked = open_library(), asked_from(options)
    found = find_tasks(" ".join(options.words), library, options.tool and asked.tool)
    if options.words and found and (len(found) == 1 or found[0].sure):
        result = task_answer(found[0].id, " ".join(options.words), library, asked)
        show(result, options)
        others = found[1:6]
        if others and not options.json:
            emit("\nOther tasks: " + "; ".join(item.title for item in others))
        return int(ExitCode.OK)
    if options.json:
        emit_json(
            {"schema": 1, "tasks": [{"id": item.id, "title": item.title, "command": item.command} for item in found]}
        )
    elif found:
        style = Style(wants_colour(sys.stdout), accessible=wants_accessible())
        rows = [(item.title, f"`{item.command}`") for item in found]
        emit("\n".join(table(("Task", "Command"), rows, terminal_width(), style)))
    else:
        emit("No such task. `envguide ref` lists all of them.")
    return int(ExitCode.OK if found else ExitCode.NOTHING)
