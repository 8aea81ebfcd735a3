"""YAML files as trees of text that remember their lines.

PyYAML's `compose` gives nodes with marks; its constructors are not used, so `3.10`, `on` and `12:30` stay text. Only
`true` and `false` become booleans. Duplicate keys, tags, anchors and non-text keys are mistakes, not surprises.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import yaml

PLAIN_TAGS = {
    f"tag:yaml.org,2002:{kind}"
    for kind in ("str", "int", "float", "bool", "null", "timestamp", "seq", "map", "merge", "value")
}
Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True)
class Mark:
    """A value of a YAML file: text, a boolean, None, a tuple of marks or a dict of them; `line` starts at 1."""

    value: str | bool | tuple[Mark, ...] | dict[str, Mark] | None
    line: int


class Problems:
    """Collects mistakes of the form `file:line: what, and what would be right`."""

    def __init__(self) -> None:
        self._found: set[tuple[str, int, str]] = set()

    def add(self, file: str, line: int, message: str) -> None:
        self._found.add((file, line, message))

    def lines(self) -> list[str]:
        return [f"{file}:{line}: {message}" for file, line, message in sorted(self._found)]

    def __len__(self) -> int:
        return len(self._found)


def load_marked(path: Path, file: str, problems: Problems) -> Mark | None:
    """Read one YAML file; None (and a problem) where it is not readable as YAML. `file` is the name to report."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        problems.add(file, 1, f"not UTF-8 text (byte {error.start}); save the file as UTF-8")
        return None
    except OSError as error:
        problems.add(file, 1, f"cannot be read: {error.strerror or error}")
        return None
    try:
        node = yaml.compose(text, Loader=Loader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        problems.add(file, line, f"not valid YAML: {error.problem or error.context}; check indentation and quotes here")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        problems.add(file, 1, f"not valid YAML: {str(error).splitlines()[0]}; remove what cannot be read")
        return None
    if node is None:
        problems.add(file, 1, "the file is empty; write at least one entry or delete it")
        return None
    return _convert(node, file, problems, ())


def _convert(node: yaml.Node, file: str, problems: Problems, above: tuple[int, ...]) -> Mark:
    line = node.start_mark.line + 1
    if id(node) in above:
        problems.add(file, line, "an alias that holds itself; write the value out")
        return Mark(None, line)
    inside = (*above, id(node))
    if node.tag not in PLAIN_TAGS:
        problems.add(file, line, f"the tag `{node.tag}` is not allowed; write plain text, lists and mappings")
    if isinstance(node, yaml.ScalarNode):
        # A plain scalar has the style None, or an empty one from the C parser.
        if not node.style and node.value in ("", "~", "null"):
            return Mark(None, line)
        if not node.style and node.value in ("true", "false"):
            return Mark(node.value == "true", line)
        return Mark(node.value, line)
    if isinstance(node, yaml.SequenceNode):
        return Mark(tuple(_convert(item, file, problems, inside) for item in node.value), line)
    result: dict[str, Mark] = {}
    for key_node, value_node in node.value:
        key_line = key_node.start_mark.line + 1
        if not isinstance(key_node, yaml.ScalarNode):
            problems.add(file, key_line, "a key must be plain text")
            continue
        if key_node.value in result:
            first = result[key_node.value].line
            problems.add(file, key_line, f"`{key_node.value}` stands twice (first near line {first}); keep one")
            continue
        result[key_node.value] = _convert(value_node, file, problems, inside)
    return Mark(result, line)
