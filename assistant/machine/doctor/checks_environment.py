"""Checks of environments: the active one, virtual environments, and what lies in them."""

from __future__ import annotations

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import (
    conda_program,
    fresh_name,
    move,
    python_of,
    quote,
    remove_folder,
    some,
    target,
)
from assistant.machine.model import Environment, Machine
from assistant.machine.versions import minor

VIRTUAL = ("venv", "uv", "pyenv")


def make_again(one: Environment, machine: Machine) -> tuple[str, ...]:
    """Commands that make a virtual environment again in the same place."""
    path = quote(one.path, machine.shell)
    if one.kind == "uv":
        return (f"uv venv --clear {path}",)
    python = "python" if machine.system == "windows" else "python3"
    return (f"{python} -m venv --clear {path}",)


@check("environment-active-gone", "environment", "an active environment that is no longer there", "environments")
def active_gone(machine: Machine) -> list[Finding]:
    if not machine.active_path or machine.active is not None:
        return []
    virtual = machine.variables.get("VIRTUAL_ENV") == machine.active_path
    return [
        Finding(
            check="environment-active-gone",
            effect=BLOCKS,
            title="the active environment no longer exists",
            evidence=machine.active_path,
            fix=("deactivate" if virtual else "conda deactivate",),
            advice="It was removed or moved while this shell was using it.",
        )
    ]


@check("environment-empty", "environment", "an active environment without Python", "environments")
def empty(machine: Machine) -> list[Finding]:
    one = machine.active
    if one is None or one.kind != "conda" or one.python or one.hollow:
        return []
    return [
        Finding(
            check="environment-empty",
            effect=BLOCKS,
            title="the active environment holds no Python",
            evidence=f"{one.path} has no python: `python` and `pip` are others, further along PATH",
            fix=(f"{conda_program(machine)} install {target(one, machine)} python",),
            advice="conda makes an environment with nothing in it when no package is named.",
        )
    ]


@check("environment-no-pip", "environment", "an active environment without pip", "packages")
def no_pip(machine: Machine) -> list[Finding]:
    one = machine.active
    if one is None or not one.detailed or one.has_pip or not one.python:
        return []
    if one.kind == "uv":
        fix, advice = ("uv pip install PACKAGE",), "uv leaves pip out; a plain `pip` is another Python's."
    elif one.kind == "conda":
        fix, advice = (
            (f"{conda_program(machine)} install {target(one, machine)} pip",),
            "A plain `pip` is another Python's.",
        )
    else:
        fix, advice = (f"{python_of(one, machine)} -m ensurepip --upgrade",), "A plain `pip` is another Python's."
    return [
        Finding(
            check="environment-no-pip",
            effect=MAY_BITE,
            title="the active environment has no pip",
            evidence=one.path,
            fix=fix,
            advice=advice,
        )
    ]


@check("environment-frozen", "environment", "an active environment that may not be changed", "environments")
def frozen(machine: Machine) -> list[Finding]:
    one = machine.active
    if one is None or not one.frozen:
        return []
    return [
        Finding(
            check="environment-frozen",
            effect=NOTE,
            title="the active environment is frozen",
            evidence=f"{one.path}/conda-meta/frozen",
            fix=(
                f"{conda_program(machine)} create -n {fresh_name(one, machine)} "
                f"--clone {quote(one.name, machine.shell)}",
            ),
            advice="conda refuses to change it. Work in a copy.",
            flow="clone-environment",
        )
    ]


@check("environment-two-active", "environment", "a conda and a virtual environment active at once", "network")
def two_active(machine: Machine) -> list[Finding]:
    conda, venv = machine.variables.get("CONDA_PREFIX"), machine.variables.get("VIRTUAL_ENV")
    # base is activated in every shell by default, and a virtual environment on top of it is ordinary.
    if not (conda and venv) or machine.variables.get("CONDA_DEFAULT_ENV", "base") == "base":
        return []
    return [
        Finding(
            check="environment-two-active",
            effect=MAY_BITE,
            title="a conda environment and a virtual environment are active at once",
            evidence=f"CONDA_PREFIX={conda}; VIRTUAL_ENV={venv}",
            fix=("deactivate",),
            advice="conda and pip then work on different ones.",
        )
    ]


@check("environment-venv-broken", "environment", "virtual environments whose Python is gone", "environments")
def venv_broken(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="environment-venv-broken",
            effect=BLOCKS,
            title="a virtual environment has lost its Python",
            evidence=f"{one.path}: made from {one.base or 'an interpreter'}, which is gone",
            fix=make_again(one, machine),
            advice="Its packages must be installed again: list them in requirements.txt.",
            flow="venv-from-requirements",
        )
        for one in machine.environments
        if one.kind in VIRTUAL and not one.works
    ]


@check("environment-venv-upgraded", "environment", "virtual environments whose Python changed version", "environments")
def venv_upgraded(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="environment-venv-upgraded",
            effect=BLOCKS,
            title="the Python behind a virtual environment changed its version",
            evidence=f"{one.path}: packages for {minor(one.python_version)}, interpreter {one.base_version}",
            fix=make_again(one, machine),
            advice="None of its packages can be imported any more.",
            flow="venv-from-requirements",
        )
        for one in machine.environments
        if one.kind in VIRTUAL
        and one.works
        and one.base_version
        and minor(one.python_version)
        and one.base_version != minor(one.python_version)
        and f"python{one.base_version}" not in one.libraries
    ]


@check("environment-moved", "environment", "environments that were moved or renamed by hand", "environments")
def moved(machine: Machine) -> list[Finding]:
    found = []
    for one in machine.environments:
        if not one.made_at or _same(one.made_at, one.path) or one.name == "base":
            continue
        original = machine.environment(one.made_at)
        if one.kind in VIRTUAL:
            fix = make_again(one, machine)
        elif original is not None:  # it was copied, and conda can copy it right
            copy = fresh_name(one, machine)
            fix = (f"{conda_program(machine)} create -n {copy} --clone {quote(original.path, machine.shell)}",)
        else:
            fix = (move(one.path, one.made_at, machine.shell),)
        found.append(
            Finding(
                check="environment-moved",
                effect=MAY_BITE,
                title="an environment was moved or copied by hand",
                evidence=f"{one.path}: its programs still name {one.made_at}",
                fix=fix,
                advice="Programs such as pip in it start the wrong Python or none.",
            )
        )
    return found


def _same(one: str, other: str) -> bool:
    # macOS reaches /tmp and /var through /private.
    return one.rstrip("/").removeprefix("/private") == other.rstrip("/").removeprefix("/private")


@check("environment-on-conda", "environment", "virtual environments that hang on a conda environment", "environments")
def on_conda(machine: Machine) -> list[Finding]:
    conda = [one.path for one in machine.environments if one.kind == "conda"]
    found = []
    for one in machine.environments:
        owner = next((path for path in conda if one.base == path or one.base.startswith((f"{path}/", f"{path}\\"))), "")
        if one.kind in VIRTUAL and owner and one.works:
            found.append(
                Finding(
                    check="environment-on-conda",
                    effect=NOTE,
                    title="a virtual environment uses the Python of a conda environment",
                    evidence=f"{one.path} stands on {owner}",
                    advice="It stops working when that environment is removed or gets another Python.",
                )
            )
    return found


@check("environment-overwritten", "environment", "conda's packages replaced by pip", "packages")
def overwritten(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="environment-overwritten",
            effect=MAY_BITE,
            title="pip replaced packages that conda installed",
            evidence=f"{one.name}: {some(one.overwritten, 3)}",
            fix=_restore(one, machine) if one.name == "base" else _rebuild(one, machine),
            advice="conda does not know, and its next update may break the environment. "
            + ("The second command brings conda's own back." if one.name == "base" else "Build it again, pip last."),
            flow="" if one.name == "base" else "recreate-from-file",
        )
        for one in machine.environments
        if one.overwritten and one.kind == "conda"
    ]


def _rebuild(one: Environment, machine: Machine) -> tuple[str, ...]:
    program = conda_program(machine)
    return (
        f"{program} env export {target(one, machine)} --from-history --file environment.yml",
        f"{program} env create -n {fresh_name(one, machine)} --file environment.yml",
    )


def _restore(base: Environment, machine: Machine) -> tuple[str, ...]:
    # base cannot be made again beside itself: take pip's copies out and put conda's back.
    names = " ".join(quote(text.partition(":")[0], machine.shell) for text in base.overwritten)
    owner = next((conda for conda in machine.condas if conda.root == base.path), None)
    return (
        f"{python_of(base, machine)} -m pip uninstall {names}",
        f"{conda_program(machine, owner)} install -n base --force-reinstall {names}",
    )


@check("environment-duplicates", "environment", "packages that are there twice", "packages")
def duplicates(machine: Machine) -> list[Finding]:
    found = []
    for one in machine.environments:
        if one.duplicates:
            names = " ".join(one.duplicates)
            python = python_of(one, machine)
            found.append(
                Finding(
                    check="environment-duplicates",
                    effect=MAY_BITE,
                    title="a package is registered twice",
                    evidence=f"{one.name}: {some(one.duplicates)}",
                    fix=(f"{python} -m pip uninstall {names}", f"{python} -m pip install --force-reinstall {names}"),
                    advice="Which version is imported and which one pip reports may differ.",
                )
            )
    return found


@check("environment-leftovers", "environment", "remains of interrupted installs", "packages")
def leftovers(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="environment-leftovers",
            effect=NOTE,
            title="pip left half-removed packages",
            evidence=some(one.leftovers, 3),
            fix=tuple(remove_folder(path, machine.shell) for path in one.leftovers[:5]),
            advice="They cause the warning about an invalid distribution, nothing else.",
        )
        for one in machine.environments
        if one.leftovers
    ]


@check("environment-hollow", "environment", "folders among the environments that hold none", "environments")
def hollow(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="environment-hollow",
            effect=NOTE,
            title="a folder among the environments is no environment",
            evidence=one.path,
            fix=(remove_folder(one.path, machine.shell),),
            advice="Usually the rest of an interrupted removal. Look into it first.",
        )
        for one in machine.environments
        if one.hollow
    ]


@check(
    "environment-system-site",
    "environment",
    "an active environment that lets the system's packages through",
    "environments",
)
def system_site(machine: Machine) -> list[Finding]:
    one = machine.active
    if one is None or not one.system_site:
        return []
    return [
        Finding(
            check="environment-system-site",
            effect=NOTE,
            title="the active environment also sees the packages of its base Python",
            evidence=f"{one.path}/pyvenv.cfg: include-system-site-packages = true",
            advice="What works here may fail elsewhere for lack of a package.",
        )
    ]
