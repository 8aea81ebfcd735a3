"""Where tools keep things: folders of a prefix, roots of conda installations, folders that hold environments.

Only `os` is imported here, since a one-shot answer needs it; paths are texts in this whole package for the same reason
(`pathlib` alone costs such an answer some 13 ms). Every function takes its surroundings as an argument.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.machine.context import Roots

# Programs worth knowing about, in the order in which they are shown.
TOOLS = (
    "conda", "mamba", "micromamba", "pixi", "uv", "python", "python3", "pip", "pip3", "pipx", "poetry", "pyenv", "py",
    "jupyter", "git", "nvidia-smi", "code", "winget", "brew", "apt", "dnf",
)  # fmt: skip
INSTALLERS = ("miniconda3", "miniforge3", "anaconda3", "mambaforge", "miniconda", "anaconda", "miniforge")
VENV_FOLDERS = (".venv", "venv", "env", ".env")


def executables(name: str, system: str) -> tuple[str, ...]:
    """The file names under which a program may be found."""
    return (f"{name}.exe", f"{name}.bat", f"{name}.cmd") if system == "windows" else (name,)


def is_program(path: str) -> bool:
    """Whether this is a file that may be started."""
    return os.access(path, os.X_OK) and not os.path.isdir(path)


def which(name: str, roots: Roots) -> str:
    """The first program of that name on PATH, or the empty text."""
    for folder in search_path(roots):
        for file in executables(name, roots.system):
            if is_program(path := os.path.join(folder, file)):
                return path
    return ""


def search_path(roots: Roots) -> tuple[str, ...]:
    """PATH without the Windows drives that WSL adds: each look there costs as much as a hundred others."""
    if roots.get("WSL_DISTRO_NAME"):
        return tuple(entry for entry in roots.path if not (entry.startswith("/mnt/") and entry[6:7] in ("/", "")))
    return roots.path


def binaries(prefix: str, system: str) -> str:
    """The folder of a prefix that holds its programs."""
    return os.path.join(prefix, "Scripts" if system == "windows" else "bin")


def python_in(prefix: str, system: str, kind: str = "conda") -> str:
    """Where the interpreter of a prefix is, whether or not it is there."""
    if system == "windows":
        return os.path.join(prefix if kind in ("conda", "pixi") else binaries(prefix, system), "python.exe")
    return os.path.join(prefix, "bin", "python")


def prefix_of(program: str) -> str:
    """The prefix that a program in bin, Scripts, condabin or the prefix itself belongs to."""
    folder = os.path.dirname(program)
    if os.path.basename(folder).lower() in ("bin", "scripts", "condabin", "shims"):
        return os.path.dirname(folder)
    return folder


def library_folders(prefix: str, system: str) -> tuple[str, ...]:
    """The names of the `pythonX.Y` folders below `lib`."""
    if system == "windows":
        return ()
    try:
        names = os.listdir(os.path.join(prefix, "lib"))
    except OSError:
        return ()
    return tuple(sorted(name for name in names if name.startswith("python") and name[6:7].isdigit()))


def site_packages(prefix: str, system: str) -> tuple[str, ...]:
    """The folders of a prefix that hold installed packages."""
    if system == "windows":
        folders = [os.path.join(prefix, "Lib", "site-packages")]
    else:
        folders = [os.path.join(prefix, "lib", name, "site-packages") for name in library_folders(prefix, system)]
    return tuple(folder for folder in folders if os.path.isdir(folder))


def is_conda_root(path: str) -> bool:
    """Whether a conda or micromamba lives here (and not only an environment)."""
    if os.path.isdir(os.path.join(path, "condabin")):
        return os.path.isdir(os.path.join(path, "conda-meta"))
    return any(os.path.isfile(os.path.join(path, *parts)) for parts in (("bin", "conda"), ("Scripts", "conda.exe")))


def is_micromamba_root(path: str) -> bool:
    """Whether micromamba keeps its environments here: a root without a conda of its own."""
    return os.path.isdir(os.path.join(path, "envs")) and not is_conda_root(path)


def conda_roots(roots: Roots) -> tuple[str, ...]:
    """The root of each conda that can be found from variables, PATH, the usual places and environments.txt."""
    found: dict[str, str] = {}

    def consider(path: str, *, micromamba: bool = False) -> None:
        path = path.rstrip("/\\")
        parent = os.path.dirname(path)
        if os.path.basename(parent) == "envs" and is_conda_root(os.path.dirname(parent)):
            return  # an environment that somebody installed conda into
        if path and (is_conda_root(path) or (micromamba and is_micromamba_root(path))):
            found.setdefault(os.path.realpath(path), path)

    for name in ("CONDA_ROOT", "_CONDA_ROOT"):
        consider(roots.get(name))
    for name in ("CONDA_EXE", "_CONDA_EXE"):
        if roots.get(name):
            consider(prefix_of(roots.get(name)))
    for name in ("conda", "mamba"):
        if program := which(name, roots):
            consider(prefix_of(program))
            consider(prefix_of(os.path.realpath(program)))
    consider(roots.get("MAMBA_ROOT_PREFIX"), micromamba=True)
    for place in usual_places(roots):
        consider(place, micromamba=place.endswith(("micromamba", "mamba")))
    for line in registered(roots):
        consider(line)
    return tuple(found.values())


def usual_places(roots: Roots) -> Iterator[str]:
    """Where installers put conda when nobody says otherwise."""
    for name in INSTALLERS:
        yield roots.under_home(name)
    if roots.system == "windows":
        for variable in ("LOCALAPPDATA", "PROGRAMDATA"):
            if base := roots.get(variable):
                yield from (os.path.join(base, name) for name in INSTALLERS)
        yield roots.under_home("micromamba")
        return
    yield from (roots.under_home("opt", name) for name in INSTALLERS)
    yield from (roots.at(f"/opt/{name}") for name in ("conda", *INSTALLERS))
    yield roots.under_home("micromamba")
    yield roots.under_home(".local/share/mamba")
    versions = os.path.join(roots.get("PYENV_ROOT") or roots.under_home(".pyenv"), "versions")
    try:
        names = sorted(os.listdir(versions))
    except OSError:
        names = []
    yield from (os.path.join(versions, name) for name in names if name.startswith(INSTALLERS))
    if roots.system == "macos":
        for base in ("/opt/homebrew/Caskroom", "/usr/local/Caskroom"):
            for name in ("miniconda", "miniforge", "mambaforge", "anaconda"):
                yield roots.at(f"{base}/{name}/base")


def registered(roots: Roots) -> tuple[str, ...]:
    """The prefixes that conda wrote to environments.txt, whether or not they still exist."""
    try:
        with open(roots.under_home(".conda", "environments.txt"), "rb") as file:
            text = file.read(1_000_000).decode("utf-8", "replace")
    except OSError:
        return ()
    return parse_environments_txt(text)


def parse_environments_txt(text: str) -> tuple[str, ...]:
    """One prefix a line; blank lines, comments and lines that cannot be a path are passed over."""
    lines = (line.strip().lstrip("\ufeff") for line in text.splitlines())
    return tuple(dict.fromkeys(line for line in lines if line and not line.startswith("#") and "\0" not in line))


def configured_folders(key: str, text: str) -> tuple[str, ...]:
    """The paths that a .condarc lists under `key`, read line by line: enough for the lists that tools write."""
    found: list[str] = []
    inside = False
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("- ") and inside:
            found.append(_bare(stripped[2:]))
        elif stripped and not stripped.startswith("#"):
            inside = stripped.startswith(f"{key}:")
            value = stripped[len(key) + 1 :].strip() if inside else ""
            found.extend(_bare(one) for one in value.partition(" #")[0].strip().strip("[]").split(",") if one.strip())
    return tuple(one for one in found if one)


def _bare(value: str) -> str:
    """A YAML text without its comment and quotes."""
    return value.partition(" #")[0].strip().strip("'\"")


def environment_folders(roots: Roots, condas: tuple[str, ...]) -> tuple[str, ...]:
    """The folders whose subfolders are conda environments."""
    places = [os.path.join(root, "envs") for root in condas]
    places.append(roots.under_home(".conda", "envs"))
    if roots.system == "windows" and roots.get("LOCALAPPDATA"):
        places.append(os.path.join(roots.get("LOCALAPPDATA"), "conda", "conda", "envs"))
    separator = ";" if roots.system == "windows" else ":"
    for name in ("CONDA_ENVS_PATH", "CONDA_ENVS_DIRS"):
        places.extend(entry for entry in roots.get(name).split(separator) if entry)
    for file_name in (roots.under_home(".condarc"), *(os.path.join(root, ".condarc") for root in condas)):
        for folder in configured_folders("envs_dirs", _start_of(file_name)):
            if "\0" not in folder:
                places.append(roots.home + folder[1:] if folder.startswith("~") else folder)
    return tuple(dict.fromkeys(os.path.normpath(place) for place in places))


def _start_of(path: str) -> str:
    """The first 100 kB of a text file; empty where it cannot be read."""
    try:
        with open(path, "rb") as file:
            return file.read(100_000).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
