"""Is a package in the Python in use? The sign of the problem is that it is not."""

from __future__ import annotations

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here


def missing(here: Here, name: str) -> Verdict | None:
    """The package is not installed where a plain `python` looks."""
    version = here.version_of(name)
    if version is None:
        return None
    if version:
        return no(f"{name} {version} is in {here.prefix_name}")
    return yes(f"{name} is not installed in {here.prefix_name}")


LOOKS = {"*": missing}
