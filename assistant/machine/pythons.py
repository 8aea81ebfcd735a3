"""The interpreters on this machine: along PATH, pyenv's, uv's, and the Store's stand-in on Windows. None is run."""

from __future__ import annotations

import os
import re

from assistant.machine.context import Roots
from assistant.machine.files import names_in, read_text
from assistant.machine.layout import executables, is_program, library_folders, prefix_of, search_path
from assistant.machine.model import Python

_NAME = re.compile(r"python(?:3(?:\.\d{1,2})?)?(?:\.exe|\.bat)?$")
_VERSION_LINE = re.compile(r"^(\d+\.\d+(?:\.\d+)?)")


def find_pythons(roots: Roots) -> tuple[Python, ...]:
    """Each interpreter once, those on PATH first and in its order."""
    found: list[Python] = []
    seen: set[str] = set()
    for order, folder in enumerate(search_path(roots)):
        names = sorted((name for name in names_in(folder) if _NAME.match(name.lower())), key=_preference)
        if os.path.basename(folder) == "shims":  # one stand-in for each version: the two that are typed are enough
            names = [name for name in names if name in ("python", "python3", "python.bat", "python3.bat")]
        for name in names:
            path = os.path.join(folder, name)
            if not is_program(path):
                continue
            real = os.path.realpath(path)
            key = path if is_shim(path) else real
            if key not in seen:
                seen.add(key)
                found.append(describe(path, roots, order=order))
    for source, folder in (("pyenv", pyenv_root(roots) + "/versions"), ("uv", uv_pythons(roots))):
        for name in names_in(folder):
            prefix = os.path.join(folder, name)
            if os.path.islink(prefix) or os.path.isfile(os.path.join(prefix, "pyvenv.cfg")):
                continue
            path = (
                os.path.join(prefix, "python.exe")
                if roots.system == "windows"
                else os.path.join(prefix, "bin", "python3")
            )
            if os.path.exists(path) and (real := os.path.realpath(path)) not in seen:
                seen.add(real)
                found.append(describe(path, roots, source=source))
    return tuple(found)


def _preference(name: str) -> tuple[int, int, str]:
    return (0 if name.lower().removesuffix(".exe") == "python" else 1, len(name), name)


def first_python(pythons: tuple[Python, ...], names: tuple[str, ...] = ("python", "python3")) -> Python | None:
    """What `python` starts, else what `python3` starts."""
    for name in names:
        for one in pythons:
            if one.order >= 0 and os.path.basename(one.path).lower().removesuffix(".exe").removesuffix(".bat") == name:
                return one
    return None


def is_shim(path: str) -> bool:
    """Whether a program is pyenv's stand-in, which chooses a version when it is started."""
    return os.path.basename(os.path.dirname(path)) == "shims"


def pyenv_root(roots: Roots) -> str:
    """Where pyenv keeps its versions."""
    if roots.get("PYENV_ROOT"):
        return roots.get("PYENV_ROOT")
    return roots.under_home(".pyenv", "pyenv-win") if roots.system == "windows" else roots.under_home(".pyenv")


def uv_pythons(roots: Roots) -> str:
    """Where uv installs interpreters."""
    if given := roots.get("UV_PYTHON_INSTALL_DIR"):
        return given
    if roots.system == "windows":
        return os.path.join(roots.get("APPDATA") or roots.under_home("AppData", "Roaming"), "uv", "python")
    return os.path.join(roots.get("XDG_DATA_HOME") or roots.under_home(".local", "share"), "uv", "python")


def describe(path: str, roots: Roots, *, order: int = -1, source: str = "path") -> Python:
    """One interpreter from the files around it."""
    if roots.system == "windows" and "windowsapps" in path.lower() and _size(path) == 0:
        return Python(path=path, source="store", order=order, stub=True)
    if is_shim(path):
        version = pyenv_version(roots)
        prefix = os.path.join(pyenv_root(roots), "versions", version) if version else ""
        return Python(path=path, source="pyenv", version=version, order=order, prefix=prefix)
    real = os.path.realpath(path)
    prefix = prefix_of(real)
    version = version_of(real, prefix, roots)
    if source == "path" and (os.path.isfile(os.path.join(prefix_of(path), "pyvenv.cfg")) or _is_conda(prefix_of(path))):
        prefix = os.path.realpath(prefix_of(path))
    library = _library(real, version, roots)
    return Python(
        path=path,
        source="system" if source == "path" and prefix in ("/usr", roots.at("/usr")) else source,
        version=version,
        order=order,
        prefix=prefix,
        externally_managed=bool(library)
        and os.path.isfile(os.path.join(library, "EXTERNALLY-MANAGED"))
        and prefix == prefix_of(real),
        has_venv=os.path.isdir(os.path.join(library, "ensurepip")) if library else None,
    )


def _is_conda(prefix: str) -> bool:
    return os.path.isdir(os.path.join(prefix, "conda-meta"))


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return -1


def _library(real: str, version: str, roots: Roots) -> str:
    prefix = prefix_of(real)
    if roots.system == "windows":
        folder = os.path.join(prefix, "Lib")
    else:
        folder = os.path.join(prefix, "lib", "python" + ".".join(version.split(".")[:2]))
    return folder if version and os.path.isdir(folder) else ""


def version_of(real: str, prefix: str, roots: Roots) -> str:
    """The version from the files next to an interpreter: conda's record, pyvenv.cfg, patchlevel.h, names of folders."""
    for name in names_in(os.path.join(prefix, "conda-meta")):
        if name.startswith("python-") and name[7:8].isdigit():
            return name[7:].partition("-")[0]
    settings = read_text(os.path.join(prefix, "pyvenv.cfg"), 20_000) or ""
    if found := re.search(r"(?m)^version(?:_info)?\s*=\s*(\d+\.\d+\.\d+)", settings):
        return found[1]
    short = re.search(r"python(\d\.\d{1,2})(?:\.exe)?$", os.path.basename(real))
    folders = [f"python{short[1]}"] if short else list(library_folders(prefix, roots.system))
    for folder in reversed(folders):
        header = read_text(os.path.join(prefix, "include", folder, "patchlevel.h"), 10_000) or ""
        if found := re.search(r'PY_VERSION\s+"([^"]+)"', header):
            return found[1]
    # pyenv and uv name the prefix after the version.
    if found := re.search(r"(?:^|cpython-)(\d+\.\d+\.\d+)", os.path.basename(prefix)):
        return found[1]
    if roots.system == "windows":
        for name in names_in(prefix):
            if found := re.fullmatch(r"python3(\d{1,2})\.dll", name.lower()):
                return f"3.{found[1]}"
    if short:
        return short[1]
    return folders[-1].removeprefix("python") if folders else ""


def pyenv_version(roots: Roots) -> str:
    """The version that pyenv's stand-ins would start, from PYENV_VERSION, .python-version files and pyenv's own."""
    versions = set(names_in(os.path.join(pyenv_root(roots), "versions")))
    for wanted in pyenv_chain(roots):
        if wanted in versions:
            return wanted
        if matching := sorted(name for name in versions if name.startswith(f"{wanted}.")):
            return matching[-1]
        if wanted == "system":
            return ""
    return ""


def pyenv_chain(roots: Roots) -> tuple[str, ...]:
    """The names that decide: the first source that says anything is the one that counts."""
    if given := roots.get("PYENV_VERSION"):
        return tuple(given.split(":"))
    folder = roots.cwd
    while folder:
        if (text := read_text(os.path.join(folder, ".python-version"), 4000)) is not None:
            return parse_python_version(text)
        parent = os.path.dirname(folder)
        if parent == folder:
            break
        folder = parent
    return parse_python_version(read_text(os.path.join(pyenv_root(roots), "version"), 4000) or "")


def parse_python_version(text: str) -> tuple[str, ...]:
    """The names in a .python-version file, one or more to a line; comments are passed over."""
    lines = (line.partition("#")[0] for line in text.splitlines())
    return tuple(
        name for line in lines for name in line.replace(":", " ").split() if "/" not in name and "\0" not in name
    )


def pyenv_missing(roots: Roots) -> tuple[str, ...]:
    """Names that a .python-version file asks for and pyenv does not have. Empty where pyenv is not on PATH."""
    if not any(
        is_program(os.path.join(folder, name))
        for folder in search_path(roots)
        for name in executables("pyenv", roots.system)
    ):
        return ()
    versions = names_in(os.path.join(pyenv_root(roots), "versions"))
    chain = pyenv_chain(roots)
    return tuple(
        name
        for name in chain
        if name != "system"
        and _VERSION_LINE.match(name)
        and name not in versions
        and not any(one.startswith(f"{name}.") for one in versions)
    )
