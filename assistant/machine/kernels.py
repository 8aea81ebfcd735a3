"""Jupyter kernelspecs: where they are, what they start, and whether that still exists."""

from __future__ import annotations

import os
from typing import Any

from assistant.machine.context import Roots
from assistant.machine.files import names_in, parse_json_object, read_text, texts
from assistant.machine.layout import prefix_of, which
from assistant.machine.model import Environment, Kernel
from assistant.machine.packages import find_dist


def kernel_folders(roots: Roots, environments: tuple[Environment, ...] = ()) -> list[tuple[str, str]]:
    """(scope, folder) of each place that Jupyter looks at: user, system, and one for each environment."""
    if roots.system == "windows":
        user = os.path.join(roots.get("APPDATA") or roots.under_home("AppData", "Roaming"), "jupyter")
        system = [os.path.join(roots.get("PROGRAMDATA"), "jupyter")] if roots.get("PROGRAMDATA") else []
    elif roots.system == "macos":
        user = roots.under_home("Library", "Jupyter")
        system = [
            roots.at("/usr/local/share/jupyter"),
            roots.at("/usr/share/jupyter"),
            roots.at("/opt/homebrew/share/jupyter"),
        ]
    else:
        user = os.path.join(roots.get("XDG_DATA_HOME") or roots.under_home(".local", "share"), "jupyter")
        system = [roots.at("/usr/local/share/jupyter"), roots.at("/usr/share/jupyter")]
    user = roots.get("JUPYTER_DATA_DIR") or user
    separator = ";" if roots.system == "windows" else ":"
    places = [("path", entry) for entry in roots.get("JUPYTER_PATH").split(separator) if entry]
    places += [("user", user), *(("system", folder) for folder in system)]
    places += [("environment", os.path.join(one.path, "share", "jupyter")) for one in environments]
    return [(scope, os.path.join(folder, "kernels")) for scope, folder in places]


def find_kernels(roots: Roots, environments: tuple[Environment, ...] = ()) -> tuple[Kernel, ...]:
    """Every kernelspec."""
    found: dict[str, Kernel] = {}
    for scope, folder in kernel_folders(roots, environments):
        for name in names_in(folder):
            path = os.path.join(folder, name)
            text = read_text(os.path.join(path, "kernel.json"))
            if text is not None and path not in found:
                found[path] = _check(parse_kernel(text, name, path, scope), roots)
    return tuple(found.values())


def parse_kernel(text: str, name: str, path: str, scope: str = "user") -> Kernel:
    """One kernel.json as it is written; `error` says what is wrong with it."""
    value: dict[str, Any] | None = parse_json_object(text)
    if value is None:
        return Kernel(name=name, path=path, scope=scope, error="kernel.json holds no object", found=False)
    argv = texts(value.get("argv"))
    return Kernel(
        name=name,
        path=path,
        scope=scope,
        display_name=str(value.get("display_name", name)),
        language=str(value.get("language", "")).lower(),
        interpreter=argv[0] if argv else "",
        error="" if argv else "kernel.json names no program to start",
        found=bool(argv),
    )


def _check(kernel: Kernel, roots: Roots) -> Kernel:
    program = kernel.interpreter
    if kernel.error or "\0" in program:
        return kernel.replace(found=False)
    absolute = os.path.isabs(program) or (len(program) > 2 and program[1] == ":")
    found = os.path.exists(program) if absolute else bool(which(program.removesuffix(".exe"), roots))
    has: bool | None = None
    if found and absolute and kernel.language == "python":
        prefix = prefix_of(program)
        if os.path.isdir(os.path.join(prefix, "conda-meta")) or os.path.isfile(os.path.join(prefix, "pyvenv.cfg")):
            has = bool(find_dist(prefix, "ipykernel", roots.system))
    return kernel.replace(found=found, has_ipykernel=has)
