"""Marked YAML -> frozen records, driven by their type hints; every mistake is reported, none stops the run.

A record is a `Frozen` class or a dataclass. A field named `from_` is written `from`. Fields listed in `ONE_OR_MANY` may
be a single value instead of a list; a class with `SHORT = "run"` may be written as plain text that fills that field.
"""

from __future__ import annotations

import dataclasses
import difflib
import functools
import types
import typing
from typing import Any

from assistant.content.frozen import Frozen
from assistant.content.marks import Mark, Problems


def nearest(word: str, known: typing.Iterable[str]) -> str:
    """` (did you mean `x`?)`, or nothing where no known word is near."""
    close = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return f"; did you mean `{close[0]}`?" if close else ""


@functools.cache
def _fields(cls: type) -> dict[str, tuple[str, Any, bool, bool]]:
    """YAML key -> (field name, type hint, required, may be one or many)."""
    many = getattr(cls, "ONE_OR_MANY", ())
    if dataclasses.is_dataclass(cls):
        optional = {
            field.name
            for field in dataclasses.fields(cls)
            if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        }
    else:
        optional = {name for name in typing.get_type_hints(cls) if hasattr(cls, name)}
    return {
        name.rstrip("_"): (name, hint, name not in optional, name in many)
        for name, hint in typing.get_type_hints(cls).items()
        if typing.get_origin(hint) is not typing.ClassVar
    }


def _is_record(hint: Any) -> bool:
    return isinstance(hint, type) and (issubclass(hint, Frozen) or dataclasses.is_dataclass(hint))


def kind_of(mark: Mark) -> str:
    """How an author would call a value: text, true/false, nothing, a list, a mapping."""
    value = mark.value
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, str):
        return "text"
    return "a list" if isinstance(value, tuple) else "a mapping"


def convert(mark: Mark, cls: type, file: str, problems: Problems, where: str = "") -> Any:
    """The dataclass instance that `mark` describes, or None where it cannot be made (the reasons are in `problems`)."""
    short = getattr(cls, "SHORT", None)
    if short and isinstance(mark.value, str):
        mark = Mark({short: mark}, mark.line)
    if not isinstance(mark.value, dict):
        problems.add(file, mark.line, f"{where or 'this'} is {kind_of(mark)}; write a mapping with {_names(cls)}")
        return None
    fields = _fields(cls)
    values: dict[str, Any] = {}
    complete = True
    for key, item in mark.value.items():
        if key not in fields:
            hint = nearest(key, fields) or f"; known here: {', '.join(fields)}"
            problems.add(file, item.line, f"unknown key `{key}`{hint}")
            continue
        name, hint_type, _, one_or_many = fields[key]
        ok, value = _value(item, hint_type, file, problems, key, one_or_many)
        if ok:
            values[name] = value
        else:
            complete = False
    for key, (name, _, required, _) in fields.items():
        if required and name not in values:
            if key not in mark.value:
                problems.add(file, mark.line, f"`{key}` is missing{' in ' + where if where else ''}; add it")
            complete = False
    return cls(**values) if complete else None


def _names(cls: type) -> str:
    needed = [key for key, (_, _, required, _) in _fields(cls).items() if required]
    return ", ".join(f"`{key}`" for key in needed) or "its keys"


def _value(mark: Mark, hint: Any, file: str, problems: Problems, key: str, one_or_many: bool) -> tuple[bool, Any]:
    origin = typing.get_origin(hint)
    if origin is types.UnionType or origin is typing.Union:
        options = [option for option in typing.get_args(hint) if option is not type(None)]
        if mark.value is None and len(options) < len(typing.get_args(hint)):
            return True, None
        for option in options:
            if _fits(mark, option):
                return _value(mark, option, file, problems, key, one_or_many)
        return _value(mark, options[0], file, problems, key, one_or_many)
    if origin is tuple:
        item_hint = typing.get_args(hint)[0]
        items = mark.value
        if not isinstance(items, tuple):
            if not one_or_many or items is None or isinstance(items, dict):
                problems.add(file, mark.line, f"`{key}` is {kind_of(mark)}; write a list: `[...]` or lines with `- `")
                return False, ()
            items = (mark,)
        pairs = [_value(item, item_hint, file, problems, key, False) for item in items]
        return all(ok for ok, _ in pairs), tuple(value for ok, value in pairs if ok)
    if origin is dict:
        if not isinstance(mark.value, dict):
            problems.add(file, mark.line, f"`{key}` is {kind_of(mark)}; write a mapping `name: value`")
            return False, {}
        value_hint = typing.get_args(hint)[1]
        done = {name: _value(item, value_hint, file, problems, name, one_or_many) for name, item in mark.value.items()}
        return all(ok for ok, _ in done.values()), {name: value for name, (ok, value) in done.items() if ok}
    if origin is typing.Literal:
        allowed = typing.get_args(hint)
        if mark.value not in allowed:
            hint_text = nearest(str(mark.value), [str(option) for option in allowed])
            listed = ", ".join(str(option) for option in allowed)
            problems.add(file, mark.line, f"`{key}` is `{mark.value}`{hint_text}; it must be one of: {listed}")
            return False, None
        return True, mark.value
    if _is_record(hint):
        value = convert(mark, hint, file, problems, f"`{key}`")
        return value is not None, value
    if hint is bool:
        if not isinstance(mark.value, bool):
            problems.add(file, mark.line, f"`{key}` is {kind_of(mark)}; write true or false")
            return False, False
        return True, mark.value
    if hint is int or hint is float:
        try:
            return True, hint(str(mark.value))
        except ValueError:
            problems.add(file, mark.line, f"`{key}` is `{mark.value}`; write a number")
            return False, 0
    if hint is Any:
        return True, plain(mark)
    if not isinstance(mark.value, str):
        problems.add(
            file, mark.line, f"`{key}` is {kind_of(mark)}; write text (quote it where YAML reads it otherwise)"
        )
        return False, ""
    return True, mark.value.strip() if key != "output" else mark.value.rstrip()


def _fits(mark: Mark, hint: Any) -> bool:
    origin = typing.get_origin(hint)
    if origin is tuple:
        return isinstance(mark.value, tuple)
    if origin is dict or _is_record(hint):
        return isinstance(mark.value, dict)
    if hint is bool:
        return isinstance(mark.value, bool)
    return isinstance(mark.value, str)


def plain(mark: Mark) -> Any:
    """The value without its lines: str, bool, None, list, dict."""
    if isinstance(mark.value, tuple):
        return [plain(item) for item in mark.value]
    if isinstance(mark.value, dict):
        return {key: plain(item) for key, item in mark.value.items()}
    return mark.value
