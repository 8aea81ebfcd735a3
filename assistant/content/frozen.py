"""A base for frozen records that costs nothing to import.

`dataclasses` would spend a third of a one-shot answer's time on importing `inspect` and compiling methods (measured:
about 20 ms of 60 for the models of this package). A `Frozen` class has annotations and class-level defaults; instances are
made with keywords, cannot be changed, and compare by value.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Self, dataclass_transform
else:

    def dataclass_transform(**_):
        """Means something to type checkers only."""
        return lambda cls: cls


@dataclass_transform(frozen_default=True, kw_only_default=True, eq_default=True)
class Frozen:
    """Subclass it, annotate the fields, give defaults (immutable ones) where a field may be left out."""

    def __init__(self, **values: Any) -> None:
        self.__dict__.update(values)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__}.{name} cannot be changed")

    def fields(self) -> dict[str, Any]:
        """Every field that has a value, given or default."""
        names: dict[str, None] = {}
        for cls in reversed(type(self).__mro__):
            names.update(dict.fromkeys(vars(cls).get("__annotations__", {})))
        return {name: getattr(self, name) for name in names if hasattr(self, name)}

    def replace(self, **changes: Any) -> Self:
        """A copy with some fields changed."""
        return type(self)(**{**self.__dict__, **changes})

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and isinstance(other, Frozen) and self.fields() == other.fields()

    def __hash__(self) -> int:
        return hash(tuple((name, repr(value)) for name, value in self.fields().items()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in self.__dict__.items())})"
