"""Is a program on PATH? The sign of the problem is that it is not."""

from __future__ import annotations

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here

OTHER_NAMES = {
    "pip": ("pip", "pip3"),
    "python": ("python", "python3", "py"),
    "compiler": ("cc", "gcc", "clang", "cl"),
    "c++": ("c++", "g++", "clang++", "cl"),
    "rust": ("cargo", "rustc"),
}
WINDOWS_ONLY = ("py", "cl")


def missing(here: Here, name: str) -> Verdict | None:
    """The program is in no folder of PATH."""
    if not here.roots.path or (name in WINDOWS_ONLY and here.roots.system != "windows"):
        return None
    wanted = OTHER_NAMES.get(name, (name,))
    if found := here.on_path(*wanted):
        return no(f"there is {here.short(found)}")
    words = " or ".join(f"`{one}`" for one in wanted[:2])
    return yes(f"no {words} is in the {here.folders_of_path()} folders of PATH")


LOOKS = {"*": missing}
