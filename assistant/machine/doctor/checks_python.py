"""Checks of interpreters and of pip: which one answers, whether it is supported, what its settings do."""

from __future__ import annotations

from assistant.machine import compatibility
from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import conda_program, export, move, quote, some, target, unset
from assistant.machine.layout import prefix_of
from assistant.machine.model import Machine
from assistant.machine.pythons import first_python
from assistant.machine.versions import at_least, minor

TRUE = ("1", "true", "yes", "on", "y", "t")


@check("python-none", "python", "a machine without Python", "pythons", "environments")
def none(machine: Machine) -> list[Finding]:
    if any(not one.stub for one in machine.pythons) or any(one.python for one in machine.environments):
        return []
    uv = machine.tool("uv") is not None
    return [
        Finding(
            check="python-none",
            effect=NOTE if uv else MAY_BITE,
            title="there is no Python on this machine",
            evidence=f"none in the {len(machine.path)} folders of PATH",
            fix=("uv python install",) if uv else (),
            advice="" if uv else "Miniforge brings one, with conda to make environments.",
            flow="" if uv else "install-miniforge",
        )
    ]


@check("python-store-stub", "python", "the Windows Store's stand-in for Python", "pythons")
def store_stub(machine: Machine) -> list[Finding]:
    first = first_python(machine.pythons)
    if first is None or not first.stub:
        return []
    return [
        Finding(
            check="python-store-stub",
            effect=BLOCKS,
            title="`python` opens the Microsoft Store",
            evidence=f"{first.path} comes first on PATH and is empty",
            fix=(r"Remove-Item $Env:LOCALAPPDATA\Microsoft\WindowsApps\python*.exe",),
            advice="Or switch it off in Settings, Apps, Advanced app settings, App execution aliases.",
        )
    ]


@check("python-end-of-life", "python", "Pythons that get no more fixes", "pythons", "environments")
def end_of_life(machine: Machine) -> list[Finding]:
    table = compatibility.table()
    first = first_python(machine.pythons)
    seen: list[tuple[str, str]] = [(one.name, one.python_version) for one in machine.environments]
    if first is not None and not any(first.path.startswith(f"{one.path}/") for one in machine.environments):
        seen.append((f"`python` ({first.path})", first.version))
    gone = [(name, version, compatibility.end_of_life(table, version)) for name, version in seen if version]
    ended = [(name, version, end) for name, version, end in gone if end and machine.today[: len(end)] > end]
    if not ended:
        return []
    active = machine.active
    hits = active is not None and any(name == active.name for name, _, _ in ended)
    return [
        Finding(
            check="python-end-of-life",
            effect=MAY_BITE if hits else NOTE,
            title="a Python that gets no more security fixes",
            evidence=some([f"{name}: {version} (ended {end})" for name, version, end in ended]),
            advice="New versions of packages stop supporting it one by one.",
            flow="change-python",
        )
    ]


@check("python-externally-managed", "python", "a system Python that pip may not change", "pythons", "environments")
def externally_managed(machine: Machine) -> list[Finding]:
    first = first_python(machine.pythons)
    if first is None or not first.externally_managed or machine.active is not None:
        return []
    return [
        Finding(
            check="python-externally-managed",
            effect=NOTE,
            title="pip will refuse to install into this Python, and is right to",
            evidence=f"{first.path} belongs to the system (PEP 668) and no environment is active",
            fix=("python3 -m venv .venv",),
            advice="Install into an environment; applications go with pipx or `uv tool install`.",
            flow="create-environment",
        )
    ]


@check("python-no-ensurepip", "python", "a system Python that cannot make environments", "pythons")
def no_ensurepip(machine: Machine) -> list[Finding]:
    first = first_python(machine.pythons)
    if first is None or first.has_venv is not False or first.source != "system":
        return []
    debian = machine.tool("apt") is not None
    return [
        Finding(
            check="python-no-ensurepip",
            effect=MAY_BITE,
            title="the system's Python cannot make virtual environments",
            evidence=f"{first.path} has no ensurepip",
            fix=("sudo apt install python3-venv",) if debian else (),
            advice=("Or make" if debian else "Make") + " them with uv or conda, which need nothing from the system.",
        )
    ]


@check("python-pyenv-version", "python", "a .python-version that pyenv cannot serve", "pythons")
def pyenv_version(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="python-pyenv-version",
            effect=BLOCKS,
            title=f"pyenv has no Python {name}",
            evidence=f"a .python-version file or PYENV_VERSION asks for {name}",
            fix=(f"pyenv install {quote(name, machine.shell)}",),
        )
        for name in machine.pyenv_wanted
    ]


@check("python-c-library", "python", "a C library too old for current packages", "system")
def c_library(machine: Machine) -> list[Finding]:
    if machine.system != "linux" or not machine.glibc or at_least(machine.glibc, "2.28"):
        return []
    musl = machine.glibc == "musl"
    return [
        Finding(
            check="python-c-library",
            effect=MAY_BITE,
            title="many packages have no build for this system's C library",
            evidence="this Linux uses musl"
            if musl
            else f"glibc {machine.glibc}; Miniconda and current wheels need 2.28",
            advice="PyTorch and others must then be compiled. "
            + ("A Debian-based image avoids it." if musl else "Miniforge still runs with glibc 2.17 and later."),
        )
    ]


@check("pip-other-python", "pip", "a `pip` of another Python than `python`", "pip")
def other_python(machine: Machine) -> list[Finding]:
    first = first_python(machine.pythons, ("python",)) or first_python(machine.pythons)
    if first is None or first.stub or not machine.pip_python:
        return []
    owners = {_place(prefix_of(first.path)), _place(first.prefix)}
    if _place(prefix_of(machine.pip_python)) in owners:
        return []
    return [
        Finding(
            check="pip-other-python",
            effect=BLOCKS,
            title="`pip` installs into another Python than `python` starts",
            evidence=f"`pip` is of {machine.pip_python}; `python` is {first.path}",
            fix=("python -m pip install PACKAGE",),
            advice="Written this way pip always belongs to the Python that you start.",
        )
    ]


def _place(prefix: str) -> str:
    # /bin and /usr/bin are one folder on current systems.
    return prefix.replace("\\", "/").rstrip("/").lower() or "/usr"


@check(
    "pip-user-site",
    "pip",
    "packages installed with --user that leak into environments",
    "pip",
    "environments",
    "network",
)
def user_site(machine: Machine) -> list[Finding]:
    if machine.variables.get("PYTHONNOUSERSITE"):
        return []
    found = []
    for one in machine.environments:
        # A virtual environment hides them by itself.
        if one.kind not in ("conda", "pixi") or one.name == "base" or not one.python:
            continue
        version = minor(one.python_version)
        folder = next((place for place in machine.user_site if version and _names(place, version)), "")
        if folder:
            found.append((one, folder))
    if not found:
        return []
    chosen = next((pair for pair in found if pair[0].path == machine.active_path), found[0])
    one, folder = chosen
    return [
        Finding(
            check="pip-user-site",
            effect=MAY_BITE if one.path == machine.active_path else NOTE,
            title="packages installed with --user are seen inside conda environments",
            evidence=f"{folder} is seen by {some([pair[0].name for pair in found])}",
            fix=(
                export("PYTHONNOUSERSITE", "1", machine.shell),
                f"{conda_program(machine)} env config vars set PYTHONNOUSERSITE=1 {target(one, machine)}",
            ),
            advice="They come before the environment's own packages.",
        )
    ]


def _names(folder: str, version: str) -> bool:
    parts = folder.replace("\\", "/").split("/")
    return f"python{version}" in parts or version in parts or f"Python{version.replace('.', '')}" in parts


@check("pip-config-broken", "pip", "settings that pip cannot read", "pip")
def config_broken(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="pip-config-broken",
            effect=BLOCKS,
            title="pip's configuration file cannot be read",
            evidence=f"{file.path}: {file.error}",
            fix=(move(file.path, f"{file.path}.broken", machine.shell),),
            advice="Correct the line, or put the file aside: pip stops at every command until then.",
        )
        for file in machine.pip_config
        if file.error
    ]


def settings(machine: Machine, name: str) -> list[tuple[str, str, str]]:
    """(value, where, command that takes it away) of a pip setting, from variables and files."""
    variable = "PIP_" + name.upper().replace("-", "_")
    found = []
    if value := machine.variables.get(variable):
        found.append((value, variable, unset(variable, machine.shell)))
    for file in machine.pip_config:
        for key, value in file.values.items():
            section, _, setting = key.rpartition(".")
            if setting == name and section in ("global", "install", "download", "wheel") and value:
                found.append((value, f"{file.path}, {key}", _unset(file.path, key, machine)))
    return found


def _unset(path: str, key: str, machine: Machine) -> str:
    """pip changes one of three files: the environment's, the person's, the system's."""
    if machine.active_path and path.startswith(machine.active_path):
        level = "--site"
    elif machine.home and path.startswith(machine.home):
        level = "--user"
    else:
        level = "--global"
    sudo = "sudo " if level == "--global" and machine.system != "windows" else ""
    return f"{sudo}python3 -m pip config {level} unset {key}"


@check("pip-indexes", "pip", "indexes that pip asks besides PyPI", "pip", "network")
def indexes(machine: Machine) -> list[Finding]:
    found = []
    for name, effect, title, why in (
        (
            "extra-index-url",
            MAY_BITE,
            "pip asks further indexes",
            "pip takes the highest version from any of them: a stranger's package of the same name may win.",
        ),
        ("index-url", NOTE, "pip asks another index than PyPI", "Packages that it does not carry cannot be found."),
        (
            "trusted-host",
            MAY_BITE,
            "pip does not check the certificate of a host",
            "Anyone on the way can change a download.",
        ),
        ("no-index", MAY_BITE, "pip asks no index at all", "Only local files can be installed."),
    ):
        found += [
            Finding(
                check="pip-indexes",
                effect=effect,
                title=title,
                evidence=f"{where}: {value}",
                fix=(command,),
                advice=why,
            )
            for value, where, command in settings(machine, name)
            if name != "no-index" or value.lower() in TRUE
        ]
    return found


@check("pip-places", "pip", "settings that send packages elsewhere", "pip", "network")
def places(machine: Machine) -> list[Finding]:
    found = []
    for name in ("target", "prefix", "user", "root"):
        for value, where, command in settings(machine, name):
            if name == "user" and value.lower() not in TRUE:
                continue
            found.append(
                Finding(
                    check="pip-places",
                    effect=BLOCKS,
                    title="pip does not install into the active environment",
                    evidence=f"{where}: {value}",
                    fix=(command,),
                    advice="Packages land in another folder, or pip stops inside a virtual environment.",
                )
            )
    return found


@check("pip-break-system", "pip", "the guard of the system's Python switched off", "pip", "network")
def break_system(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="pip-break-system",
            effect=MAY_BITE,
            title="pip is allowed to change the system's Python",
            evidence=f"{where}: {value}",
            fix=(command,),
            advice="A changed package there can break tools of the system.",
        )
        for value, where, command in settings(machine, "break-system-packages")
        if value.lower() in TRUE
    ]


@check("pip-needs-environment", "pip", "pip told to work in environments only", "pip", "network", "environments")
def needs_environment(machine: Machine) -> list[Finding]:
    if machine.variables.get("VIRTUAL_ENV"):
        return []
    return [
        Finding(
            check="pip-needs-environment",
            effect=NOTE,
            title="pip works in virtual environments only",
            evidence=f"{where}: {value}, and none is active",
            fix=("python -m venv .venv",),
            advice="A conda environment does not count as one for this setting.",
        )
        for value, where, command in settings(machine, "require-virtualenv")
        if value.lower() in TRUE
    ]
