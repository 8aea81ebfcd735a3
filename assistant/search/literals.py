"""Texts of which every match of a regular expression must hold one: a cheap first test before the pattern is tried.

Used when content is compiled. The patterns are read with Python's own parser.
"""

from __future__ import annotations

import re
from typing import Any

SHORTEST = 3  # a shorter text is in nearly every output
MOST = 40  # more alternatives than that are no longer cheap


SETS = 3  # sets of texts that are kept for a pattern


def required_literals(pattern: str) -> list[list[str]]:
    """Sets of small-letter texts: each match holds at least one of every set. The surest set first; may be empty."""
    try:
        import re._parser as parser  # type: ignore[import-not-found]

        tree = parser.parse(pattern, re.IGNORECASE)
    except (ImportError, re.error, RecursionError):
        return []
    fitting = [sorted(set(one)) for one in _candidates(tree) if _fits(one)]
    return sorted(fitting, key=_sureness, reverse=True)[:SETS]


def _fits(texts: list[str]) -> bool:
    return bool(texts) and min(map(len, texts)) >= SHORTEST and len(texts) <= MOST


def _sureness(texts: list[str]) -> tuple[int, int]:
    return min(map(len, texts)), -len(texts)


def _best(candidates: list[list[str]]) -> list[str]:
    """The set whose shortest text is longest; empty where none is long enough."""
    return max((one for one in candidates if _fits(one)), key=_sureness, default=[])


def _candidates(tree: Any) -> list[list[str]]:
    """Each list: texts of which one must be there."""
    found: list[list[str]] = []
    run = ""

    def end_run() -> None:
        nonlocal run
        if run.strip():
            found.append([run])
        run = ""

    for operation, argument in tree:
        name = str(operation)
        if name == "LITERAL":
            run += chr(argument).lower()
            continue
        if name == "SUBPATTERN":
            inner = argument[-1]
            if all(str(op) == "LITERAL" for op, _ in inner):
                run += "".join(chr(value).lower() for _, value in inner)
                continue
            end_run()
            found.extend(_candidates(inner))
            continue
        end_run()
        if name == "BRANCH":
            branches = [_best(_candidates(branch)) for branch in argument[1]]
            if all(branches):
                found.append([text for branch in branches for text in branch])
        elif name in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and argument[0] >= 1:
            found.extend(_candidates(argument[2]))
        elif name == "ATOMIC_GROUP":
            found.extend(_candidates(argument))
    end_run()
    return found
