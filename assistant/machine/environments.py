"""Every environment that can be found on disk: conda's, pixi's, pyenv's, virtual environments near by.

No tool is called. `find` is cheap enough for a one-shot answer; `fill` reads the environment's own files.
"""

from __future__ import annotations

import os

from assistant.machine.layout import (
    VENV_FOLDERS,
    binaries,
    conda_roots,
    environment_folders,
    library_folders,
    prefix_of,
    python_in,
    registered,
)
from assistant.machine.model import Environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from assistant.machine.context import Roots

# How many folders above the working directory may hold the project's environment.
PARENTS = 4
# Subfolders of the working directory that are looked at for environments of other names.
CHILDREN = 200


def list_environments(roots: Roots, *, condas: tuple[str, ...] | None = None) -> tuple[Environment, ...]:
    """All environments with what their own files say: version, base, whether the interpreter is there."""
    return tuple(fill(one, roots) for one in find(roots, condas=condas))


def find(roots: Roots, *, condas: tuple[str, ...] | None = None) -> tuple[Environment, ...]:
    """All environments by name, path and kind. The active conda's own come first."""
    if condas is None:
        condas = conda_roots(roots)
    found: dict[str, Environment] = {}
    parents: dict[str, str] = {}

    def key(path: str) -> str:
        return _key(path, parents)

    def add(environment: Environment) -> None:
        found.setdefault(key(environment.path), environment)

    for one in _conda(roots, condas):
        add(one)
    for one in _pixi(roots):
        add(one)
    for path in _venv_places(roots):
        if (settings := read_pyvenv(path)) is not None:
            add(Environment(name=_venv_name(path, roots), path=path, kind="uv" if "uv" in settings else "venv"))
    for one in _pyenv(roots):
        add(one)
    active = active_prefix(roots)
    if active and os.path.isdir(os.path.join(active, "conda-meta")):
        folders = environment_folders(roots, condas)
        add(
            Environment(
                name=_conda_name(active, folders, condas), path=active, kind="conda", base=owner(active, condas)
            )
        )
    elif active and (settings := read_pyvenv(active)) is not None:
        add(Environment(name=_venv_name(active, roots), path=active, kind="uv" if "uv" in settings else "venv"))
    if active and key(active) in found:
        # In the spelling of the variables and of PATH, whatever links lie between.
        found[key(active)] = found[key(active)].replace(path=active)
    return tuple(found.values())


def at(path: str, roots: Roots) -> Environment | None:
    """The environment in a folder, wherever that lies; None where the folder holds none."""
    name = os.path.basename(path.rstrip("/\\"))
    if os.path.isdir(os.path.join(path, "conda-meta")):
        return fill(Environment(name=name, path=path, kind="conda"), roots)
    settings = read_pyvenv(path)
    if settings is None:
        return None
    return fill(Environment(name=name, path=path, kind="uv" if "uv" in settings else "venv"), roots)


def _key(path: str, parents: dict[str, str]) -> str:
    """The real path. `parents` keeps those of folders, so that a hundred environments in one cost one look at it."""
    parent, name = os.path.split(path)
    if not parent or name in ("", ".", "..") or os.path.islink(path):
        return os.path.normcase(os.path.realpath(path))
    if parent not in parents:
        parents[parent] = os.path.realpath(parent)
    return os.path.normcase(os.path.join(parents[parent], name))


def active_prefix(roots: Roots) -> str:
    """The environment that is active; where a conda and a venv both are, the one that comes first on PATH."""
    conda, venv = roots.get("CONDA_PREFIX"), roots.get("VIRTUAL_ENV")
    if not (conda and venv):
        return (venv or conda).rstrip("/\\")
    for entry in roots.path:
        owner = os.path.dirname(entry) if os.path.basename(entry).lower() in ("bin", "scripts") else entry
        for prefix in (venv, conda):
            if os.path.normcase(owner.rstrip("/\\")) == os.path.normcase(prefix.rstrip("/\\")):
                return prefix.rstrip("/\\")
    return venv.rstrip("/\\")


def active_name(roots: Roots, environments: tuple[Environment, ...]) -> str:
    """The active environment's name as the person knows it."""
    prefix = active_prefix(roots)
    if not prefix:
        return ""
    found = next((one.name for one in environments if one.path == prefix), "")
    if found:
        return found
    given = roots.get("CONDA_DEFAULT_ENV") if prefix == roots.get("CONDA_PREFIX").rstrip("/\\") else ""
    return given or os.path.basename(prefix)


def _subfolders(folder: str, limit: int = 10_000) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.path for entry, _ in zip(entries, range(limit), strict=False) if _is_folder(entry)]
    except OSError:
        return []
    return sorted(names)


def _is_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:
        return False


def _conda(roots: Roots, condas: tuple[str, ...]) -> Iterator[Environment]:
    for root in condas:
        if os.path.isdir(os.path.join(root, "conda-meta")):
            yield Environment(name="base", path=root, kind="conda", base=root)
    folders = environment_folders(roots, condas)
    for folder in folders:
        for path in _subfolders(folder):
            name = os.path.basename(path)
            if name.startswith("."):
                continue
            hollow = not os.path.isdir(os.path.join(path, "conda-meta"))
            if hollow and read_pyvenv(path) is not None:
                continue
            yield Environment(name=name, path=path, kind="conda", base=owner(path, condas), hollow=hollow)
    for line in registered(roots):
        if os.path.isdir(os.path.join(line, "conda-meta")):
            yield Environment(
                name=_conda_name(line, folders, condas), path=line, kind="conda", base=owner(line, condas)
            )


def owner(path: str, condas: tuple[str, ...]) -> str:
    """The conda root whose `envs` folder holds a prefix; the first conda for one that lies elsewhere."""
    parent = os.path.dirname(path)
    inside = next((root for root in condas if parent == os.path.join(root, "envs") or path == root), "")
    return inside or (condas[0] if condas else "")


def _conda_name(path: str, folders: tuple[str, ...], condas: tuple[str, ...]) -> str:
    # As conda does: an environment outside the environment folders has no name but its path.
    if path in condas:
        return "base"
    if os.path.normpath(os.path.dirname(path)) in folders:
        return os.path.basename(path)
    if os.path.basename(os.path.dirname(path)) == "envs":  # belongs to a conda that was not found
        return os.path.basename(path)
    return path


def _above(folder: str) -> Iterator[str]:
    for _ in range(PARENTS + 1):
        if not folder:
            return
        yield folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return
        folder = parent


def _pixi(roots: Roots) -> Iterator[Environment]:
    for folder in _above(roots.cwd):
        for path in _subfolders(os.path.join(folder, ".pixi", "envs"), CHILDREN):
            if os.path.isdir(os.path.join(path, "conda-meta")):
                yield Environment(name=os.path.basename(path), path=path, kind="pixi", base=folder)


def _venv_places(roots: Roots) -> Iterator[str]:
    for folder in _above(roots.cwd):
        yield folder
        yield from (os.path.join(folder, name) for name in VENV_FOLDERS)
    if roots.cwd and roots.cwd != roots.home:
        yield from _subfolders(roots.cwd, CHILDREN)
    if own := roots.get("UV_PROJECT_ENVIRONMENT"):
        yield own if os.path.isabs(own) else os.path.join(roots.cwd, own)
    yield from _subfolders(roots.get("WORKON_HOME") or roots.under_home(".virtualenvs"), CHILDREN)
    if roots.system == "windows":
        poetry = os.path.join(roots.get("LOCALAPPDATA") or roots.home, "pypoetry", "Cache")
    elif roots.system == "macos":
        poetry = roots.under_home("Library", "Caches", "pypoetry")
    else:
        poetry = os.path.join(roots.get("XDG_CACHE_HOME") or roots.under_home(".cache"), "pypoetry")
    yield from _subfolders(os.path.join(poetry, "virtualenvs"), CHILDREN)


def _venv_name(path: str, roots: Roots) -> str:
    parent, name = os.path.split(path)
    if name in VENV_FOLDERS and parent != roots.cwd:
        return os.path.join(os.path.basename(parent), name)
    return name


def _pyenv(roots: Roots) -> Iterator[Environment]:
    versions = os.path.join(roots.get("PYENV_ROOT") or roots.under_home(".pyenv"), "versions")
    for path in _subfolders(versions):
        if read_pyvenv(path) is not None:
            yield Environment(name=os.path.basename(path), path=path, kind="pyenv")


def read_pyvenv(path: str) -> dict[str, str] | None:
    """The settings of a virtual environment; None where the folder is not one."""
    try:
        with open(os.path.join(path, "pyvenv.cfg"), "rb") as file:
            text = file.read(20_000).decode("utf-8", "replace")
    except (OSError, ValueError):
        return None
    return parse_pyvenv(text)


def parse_pyvenv(text: str) -> dict[str, str]:
    """`key = value` lines; keys in small letters, the last one wins, everything else is passed over."""
    pairs = (line.partition("=") for line in text.lstrip("\ufeff").splitlines())
    return {key.strip().lower(): value.strip() for key, mark, value in pairs if mark and key.strip()}


def fill(environment: Environment, roots: Roots) -> Environment:
    """The same environment with its version, base and state, read from its own files."""
    if environment.hollow:
        return environment
    system = roots.system
    python = python_in(environment.path, system, environment.kind)
    libraries = library_folders(environment.path, system)
    if environment.kind in ("conda", "pixi"):
        return environment.replace(
            python_version=_conda_python(environment.path),
            python=python if os.path.lexists(python) else "",
            works=os.path.exists(python) or not os.path.lexists(python),
            frozen=os.path.exists(os.path.join(environment.path, "conda-meta", "frozen")),
            libraries=libraries,
            made_at=_script_prefix(os.path.join(environment.path, "bin", "pip")) if system != "windows" else "",
        )
    settings = read_pyvenv(environment.path) or {}
    version = settings.get("version") or settings.get("version_info", "")
    return environment.replace(
        python_version=".".join(version.split(".")[:3]),
        base=settings.get("home", ""),
        python=python if os.path.lexists(python) else "",
        works=_venv_works(python, settings.get("home", ""), system),
        base_version=_named_version(python),
        system_site=settings.get("include-system-site-packages", "").lower() == "true",
        made_at=_made_at(environment.path, system),
        libraries=libraries,
    )


def _conda_python(prefix: str) -> str:
    try:
        names = os.listdir(os.path.join(prefix, "conda-meta"))
    except OSError:
        return ""
    for name in names:
        if name.startswith("python-") and name.endswith(".json") and name[7:8].isdigit():
            return name[7:].partition("-")[0]
    return ""


def _venv_works(python: str, home: str, system: str) -> bool:
    if not os.path.exists(python):
        return False
    if os.path.islink(python) or not home:
        return True
    # A copy or a launcher needs the interpreter that it was made from.
    names = ("python.exe",) if system == "windows" else ("python3", "python")
    return any(os.path.exists(os.path.join(home, name)) for name in names)


def _named_version(python: str) -> str:
    """The version in the name of the interpreter that a link ends at: /usr/bin/python3.12 -> 3.12."""
    name = os.path.basename(os.path.realpath(python))
    version = name.removeprefix("python")
    major, _, minor = version.partition(".")
    return version if name.startswith("python") and major.isdigit() and minor.isdigit() else ""


def _script_prefix(script: str) -> str:
    """The prefix in the first line of a script that an installer wrote; empty where it has another form."""
    try:
        with open(script, "rb") as file:
            line = file.readline(1000).decode("utf-8", "replace").strip()
    except (OSError, ValueError):
        return ""
    return prefix_of(line[2:]) if line.startswith("#!/") and "/bin/python" in line and " " not in line else ""


def _made_at(prefix: str, system: str) -> str:
    """The place that the activation script names; empty where it works it out by itself."""
    try:
        with open(os.path.join(binaries(prefix, system), "activate"), "rb") as file:
            text = file.read(20_000).decode("utf-8", "replace")
    except (OSError, ValueError):
        return ""
    for line in text.splitlines():
        stripped = line.strip().removeprefix("export ")
        if stripped.startswith("VIRTUAL_ENV="):
            value = stripped[len("VIRTUAL_ENV=") :].strip("'\"")
            if value and "$" not in value:
                return value
    return ""
