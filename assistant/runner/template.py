"""`{name}` in the texts of a flow: filled into single arguments, never into a line that a shell would read.

`{name}` is a param, a var, the answer of an `ask` step, or a fact (`os`, `shell`, `home`, `cwd`, `conda_envs` ...).
`{name|python}` is the interpreter of the environment in that folder, `{name|name}` the last part of a path,
`{name|parent}` the folder above. A literal brace is doubled. An item that is one placeholder alone becomes no item
where the value is empty, and several where it is a list.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import PurePosixPath, PureWindowsPath

from assistant.errors import UsageError
from assistant.machine.layout import python_in
from assistant.runner.flow import When

Values = Mapping[str, str | tuple[str, ...]]

_PLACEHOLDER = re.compile(r"\{\{|\}\}|\{([a-z][a-z0-9_-]*)(?:\|([a-z]+))?\}")
FILTERS = ("python", "name", "parent")


class UnknownNameError(UsageError):
    """A text uses a name that has no value (yet)."""

    def __init__(self, name: str) -> None:
        super().__init__(f"no value for `{{{name}}}`", "see flows/README.md for the names that a text may use")
        self.name = name


def names(text: str) -> set[str]:
    """The names that a text uses."""
    return {match[1] for match in _PLACEHOLDER.finditer(text) if match[1]}


def filters(text: str) -> set[str]:
    """The filters that a text uses."""
    return {match[2] for match in _PLACEHOLDER.finditer(text) if match[2]}


def fill(text: str, values: Values) -> str:
    """The text with its placeholders filled; a list is joined by blanks.

    Raises:
        UnknownNameError: a name has no value.
    """

    def one(match: re.Match[str]) -> str:
        if not match[1]:
            return match[0][0]
        value = _value(match[1], values)
        text = value if isinstance(value, str) else " ".join(value)
        return _filtered(text, match[2], values) if match[2] and text else text

    return _PLACEHOLDER.sub(one, text)


def fill_items(items: Iterable[str], values: Values) -> tuple[str, ...]:
    """Arguments with their placeholders filled, one item each whatever the values hold.

    Raises:
        UnknownNameError: a name has no value.
    """
    filled: list[str] = []
    for item in items:
        match = _PLACEHOLDER.fullmatch(item)
        if match and match[1] and not match[2]:
            value = _value(match[1], values)
            filled.extend([value] if isinstance(value, str) and value else value)
        else:
            filled.append(fill(item, values))
    return tuple(filled)


def begins_empty(text: str, values: Values) -> bool:
    """Whether a text begins with a placeholder that is empty: `{folder}/x` without a folder would be `/x`."""
    match = _PLACEHOLDER.match(text)
    return bool(match and match[1] and not any(_texts(match[1], values)))


def holds(when: When, values: Values) -> bool:
    """Whether a condition holds: for each name one of the texts given.

    `*` is any value, the empty text no value, `!x` anything but x.
    """
    return all(any(_matches(wanted, _texts(name, values)) for wanted in allowed) for name, allowed in when.items())


def reason(when: When, values: Values) -> str:
    """Why a condition does not hold, for a skipped step."""
    for name, allowed in when.items():
        texts = _texts(name, values)
        if not any(_matches(wanted, texts) for wanted in allowed):
            shown = " ".join(texts)
            if not shown:
                return f"no {name.replace('_', ' ')}"
            wanted = " or ".join(f"not {one[1:]}" if one.startswith("!") else one or "empty" for one in allowed)
            return f"{name.replace('_', ' ')} is {shown}, this is for {wanted}"
    return ""


def _matches(wanted: str, texts: Sequence[str]) -> bool:
    if wanted == "*":
        return any(texts)
    if wanted.startswith("!"):
        return wanted[1:] not in texts
    return wanted in texts or (not wanted and not any(texts))


def _texts(name: str, values: Values) -> Sequence[str]:
    value = _value(name, values)
    return (value,) if isinstance(value, str) else value


def _value(name: str, values: Values) -> str | tuple[str, ...]:
    if name not in values:
        raise UnknownNameError(name)
    return values[name]


def _filtered(text: str, name: str, values: Values) -> str:
    system = str(values.get("os", "linux"))
    path = PureWindowsPath(text) if system == "windows" else PurePosixPath(text)
    if name == "python":
        return interpreter_in(text, system)
    if name == "parent":
        return str(path.parent)
    return path.name


def interpreter_in(prefix: str, system: str) -> str:
    """The interpreter of the environment in a folder: the one that is there, else where it would be."""
    from pathlib import Path

    places = [python_in(prefix, system, kind) for kind in ("conda", "venv")]
    return next((place for place in places if Path(place).exists()), places[0])
