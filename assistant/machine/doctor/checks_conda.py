"""Checks of conda itself: its configuration, channels, terms, age, and what lies in base."""

from __future__ import annotations

from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, NOTE, Finding, check
from assistant.machine.doctor.fixes import conda_program, fresh_name, move, python_of, quote, some, target, unset
from assistant.machine.files import texts
from assistant.machine.model import Conda, Machine
from assistant.machine.records import channel_name
from assistant.machine.versions import at_least, numbers

# These in base from pip are no trouble: they replace what conda put there by the same tool, or only serve it.
HARMLESS = frozenset({"pip", "setuptools", "wheel", "uv", "pipx", "conda"})
# Channels whose last builds are from 2024 (PyTorch ended its own with 2.5).
FROZEN_CHANNELS = ("pytorch", "pytorch-nightly")
OLD_MONTHS = 12


def in_use(machine: Machine) -> Conda | None:
    """The conda that a plain `conda` starts."""
    return next((conda for conda in machine.condas if conda.version), None)


def channel_removal(conda: Conda, machine: Machine, channel: str) -> str:
    """The command that takes a channel out of the file that names it (conda itself looks in ~/.condarc alone)."""
    places = [file.path for file in conda.files if channel in texts(file.values.get("channels"))]
    separator = "\\" if "\\" in machine.home else "/"
    own = f"{machine.home}{separator}.condarc"
    option = "" if not places or own in places else f"--file {quote(places[-1], machine.shell)} "
    return f"{conda_program(machine)} config {option}--remove channels {quote(channel, machine.shell)}"


@check("conda-base-pip", "conda", "packages that pip put into base", "condas", "packages")
def base_pip(machine: Machine) -> list[Finding]:
    found = []
    for one in machine.environments:
        names = [text for text in one.pip_packages if text.partition(" ")[0] not in HARMLESS]
        if one.kind == "conda" and one.name == "base" and names:
            plain = " ".join(quote(text.partition(" ")[0], machine.shell) for text in names)
            found.append(
                Finding(
                    check="conda-base-pip",
                    effect=MAY_BITE,
                    title="pip installed packages into base",
                    evidence=f"{one.path}: {some(names)}",
                    fix=(f"{python_of(one, machine)} -m pip uninstall {plain}",),
                    advice="conda lives in base and shares it with these. Install them into an environment first.",
                    flow="create-environment",
                )
            )
    return found


@check("conda-base-packages", "conda", "packages that were asked for in base", "condas")
def base_packages(machine: Machine) -> list[Finding]:
    found = []
    for conda in machine.condas:
        if conda.requested_in_base and conda.kind != "anaconda":
            names = " ".join(conda.requested_in_base)
            program = conda_program(machine, conda)
            found.append(
                Finding(
                    check="conda-base-packages",
                    effect=NOTE,
                    title="base is used as a working environment",
                    evidence=f"{conda.root}: {some(conda.requested_in_base)}",
                    fix=(f"{program} create -n work {names}", f"{program} remove -n base {names}"),
                    advice="A broken base breaks conda itself; an environment can be made again.",
                    flow="create-environment",
                )
            )
    return found


@check("conda-channels-none", "conda", "a conda without any channel", "condas")
def channels_none(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or conda.channels or any(file.error for file in conda.files):
        return []
    return [
        Finding(
            check="conda-channels-none",
            effect=BLOCKS,
            title="conda has no channel to install from",
            evidence=f"conda {conda.version} and no channels in {len(conda.files)} configuration files",
            fix=(f"{conda_program(machine)} config --add channels conda-forge",),
            advice="Since conda 25.9 no channel is implied.",
            flow="switch-to-conda-forge",
        )
    ]


@check("conda-channels-mixed", "conda", "defaults and conda-forge together without strict priority", "condas")
def channels_mixed(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or conda.channel_priority == "strict":
        return []
    names = {channel_name(channel) for channel in conda.channels}
    if not {"defaults", "conda-forge"} <= names:
        return []
    return [
        Finding(
            check="conda-channels-mixed",
            effect=MAY_BITE,
            title="defaults and conda-forge are mixed",
            evidence=f"channels: {', '.join(conda.channels)}; channel_priority: {conda.channel_priority}",
            fix=(
                *(channel_removal(conda, machine, one) for one in conda.channels if channel_name(one) == "defaults"),
                f"{conda_program(machine)} config --set channel_priority strict",
            ),
            advice="Builds of the two are not made to fit each other: use one of them.",
            flow="switch-to-conda-forge",
        )
    ]


@check("conda-environments-mixed", "conda", "environments with packages of defaults and of conda-forge", "packages")
def environments_mixed(machine: Machine) -> list[Finding]:
    mixed = []
    for one in machine.environments:
        counts = dict(one.channels)
        if one.kind == "conda" and counts.get("defaults") and counts.get("conda-forge"):
            mixed.append((one, counts))
    if not mixed:
        return []
    seen = [f"{one.name} (defaults {counts['defaults']}, conda-forge {counts['conda-forge']})" for one, counts in mixed]
    program = conda_program(machine)
    first = next((one for one, _ in mixed if one.name != "base"), None)
    if first is None:
        return [
            Finding(
                check="conda-environments-mixed",
                effect=NOTE,
                title="base holds packages of two channels that do not fit each other",
                evidence=some(seen),
                advice="Leave base to conda and install into environments; only updating base may become difficult.",
            )
        ]
    return [
        Finding(
            check="conda-environments-mixed",
            effect=MAY_BITE,
            title="environments hold packages of two channels that do not fit each other",
            evidence=some(seen),
            fix=(
                f"{program} env export {target(first, machine)} --from-history --file environment.yml",
                f"{program} env create -n {fresh_name(first, machine)} --file environment.yml",
            ),
            advice="Leave one channel in the file before the second command, and keep the old one until the new works.",
            flow="switch-to-conda-forge",
        )
    ]


@check("conda-pytorch-channel", "conda", "channels that get no new builds", "condas")
def pytorch_channel(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None:
        return []
    names = [channel for channel in conda.channels if channel_name(channel) in FROZEN_CHANNELS]
    if not names:
        return []
    return [
        Finding(
            check="conda-pytorch-channel",
            effect=MAY_BITE,
            title="the pytorch channel is configured, and ended with PyTorch 2.5",
            evidence=f"channels: {', '.join(names)}",
            fix=tuple(channel_removal(conda, machine, name) for name in names),
            advice="Current builds come from conda-forge, or as wheels with pip or uv.",
            flow="install-pytorch",
        )
    ]


@check("conda-several", "conda", "more than one conda", "condas")
def several(machine: Machine) -> list[Finding]:
    condas = [conda for conda in machine.condas if conda.version]
    if len(condas) < 2:
        return []
    windows = machine.system == "windows"
    return [
        Finding(
            check="conda-several",
            effect=MAY_BITE,
            title=f"{len(condas)} conda installations",
            evidence="; ".join(f"{conda.root} ({conda.kind} {conda.version})" for conda in condas),
            fix=("where.exe conda" if windows else "type -a conda",),
            advice="Each has its own base and environments; which one answers depends on the shell. Keep one.",
            flow="uninstall-miniconda",
        )
    ]


@check("conda-old", "conda", "an old conda", "condas")
def old(machine: Machine) -> list[Finding]:
    found = []
    for conda in machine.condas:
        parts = numbers(conda.version)
        if not parts:
            continue
        behind = not at_least(conda.version, "23.10")
        age = _months_old(parts, machine.today)
        if behind or (age is not None and age > OLD_MONTHS):
            found.append(
                Finding(
                    check="conda-old",
                    effect=MAY_BITE if behind else NOTE,
                    title=f"conda {conda.version} is old",
                    evidence=f"{conda.root}: conda {conda.version}" + (f", about {age} months old" if age else ""),
                    fix=(f"{conda_program(machine, conda)} update -n base conda",),
                    advice="Before 23.10 conda solves with its slow solver." if behind else "",
                )
            )
    return found


def _months_old(parts: tuple[int, ...], today: str) -> int | None:
    # conda counts by year and month since 22.9.
    if len(parts) < 2 or parts[0] < 22 or len(today) < 7:
        return None
    return (int(today[:4]) - 2000 - parts[0]) * 12 + int(today[5:7]) - parts[1]


@check("conda-terms", "conda", "terms of service that wait for an answer", "condas")
def terms(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    waiting = [one for one in conda.terms if one.state in ("pending", "rejected")] if conda else []
    if not waiting:
        return []
    return [
        Finding(
            check="conda-terms",
            effect=BLOCKS,
            title="conda will not install before the channels' terms are accepted",
            evidence="; ".join(f"{one.channel}: {one.state}" for one in waiting),
            fix=tuple(
                f"{conda_program(machine)} tos accept --override-channels --channel {quote(one.channel, machine.shell)}"
                for one in waiting
            ),
            advice="Organisations of 200 people and more need a licence for these channels; conda-forge needs neither.",
            flow="accept-terms",
        )
    ]


@check("conda-config-broken", "conda", "configuration files that conda cannot read", "condas")
def config_broken(machine: Machine) -> list[Finding]:
    broken = {file.path: file.error for conda in machine.condas for file in conda.files if file.error}
    return [
        Finding(
            check="conda-config-broken",
            effect=BLOCKS,
            title="a conda configuration file cannot be read",
            evidence=f"{path}: {error}",
            fix=(move(path, f"{path}.broken", machine.shell),),
            advice="Correct the line, or put the file aside: conda stops at every command until then.",
        )
        for path, error in broken.items()
    ]


@check("conda-ssl-off", "conda", "certificate checks switched off", "condas")
def ssl_off(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or conda.ssl_verify.lower() not in ("false", "no", "0"):
        return []
    return [
        Finding(
            check="conda-ssl-off",
            effect=MAY_BITE,
            title="conda does not check certificates",
            evidence=f"ssl_verify: {conda.ssl_verify}",
            fix=(f"{conda_program(machine)} config --set ssl_verify truststore",),
            advice="Anyone on the way can change a download. `truststore` uses the system's own certificates.",
        )
    ]


@check("conda-offline", "conda", "conda told to stay offline", "condas", "network")
def offline(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or not conda.offline:
        return []
    by_variable = "CONDA_OFFLINE" in machine.variables
    fix = (
        unset("CONDA_OFFLINE", machine.shell) if by_variable else f"{conda_program(machine)} config --set offline false"
    )
    return [
        Finding(
            check="conda-offline",
            effect=BLOCKS,
            title="conda is told to stay offline",
            evidence="CONDA_OFFLINE is set" if by_variable else "offline: true in the configuration",
            fix=(fix,),
        )
    ]


@check("conda-solver-classic", "conda", "the slow solver although a fast one is there", "condas")
def solver_classic(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or conda.solver != "classic" or not at_least(conda.version, "23.10"):
        return []
    return [
        Finding(
            check="conda-solver-classic",
            effect=NOTE,
            title="conda solves with its slow solver",
            evidence=f"solver: classic, conda {conda.version}",
            fix=(f"{conda_program(machine)} config --set solver libmamba",),
        )
    ]


@check("conda-retired", "conda", "an installer that is no longer made", "condas")
def retired(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="conda-retired",
            effect=NOTE,
            title="Mambaforge is retired",
            evidence=conda.root,
            advice="It keeps working. Miniforge takes its place and brings mamba too.",
            flow="install-miniforge",
        )
        for conda in machine.condas
        if conda.kind == "mambaforge"
    ]


@check("conda-unwritable", "conda", "a conda that this account cannot change", "condas")
def unwritable(machine: Machine) -> list[Finding]:
    conda = in_use(machine)
    if conda is None or conda.writable:
        return []
    return [
        Finding(
            check="conda-unwritable",
            effect=NOTE,
            title="base belongs to another account",
            evidence=f"{conda.root} cannot be written",
            fix=(f"{conda_program(machine)} create -n work python",),
            advice="Environments of your own go to ~/.conda/envs; only base stays closed.",
        )
    ]


@check("conda-architecture", "conda", "a conda for another processor", "condas")
def architecture(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="conda-architecture",
            effect=MAY_BITE,
            title="an Intel conda on an Apple processor",
            evidence=f"{conda.root} is {conda.platform}, this Mac is {machine.architecture}",
            advice="Everything runs translated, and PyTorch for Intel Macs ended with 2.2. Install the arm64 edition.",
            flow="install-miniforge",
        )
        for conda in machine.condas
        if machine.system == "macos" and machine.architecture == "arm64" and conda.platform == "osx-64"
    ]


@check("conda-overrides", "conda", "variables that pretend another machine", "network")
def overrides(machine: Machine) -> list[Finding]:
    names = [name for name in machine.variables if name.startswith("CONDA_OVERRIDE_") or name == "CONDA_SUBDIR"]
    return [
        Finding(
            check="conda-overrides",
            effect=MAY_BITE,
            title=f"{name} changes what conda installs",
            evidence=f"{name}={machine.variables[name]}",
            fix=(unset(name, machine.shell),),
            advice="conda picks builds for the machine that it is told about, not for this one.",
        )
        for name in names
        if machine.variables[name]
    ]


@check("conda-always-yes", "conda", "conda told never to ask", "network")
def always_yes(machine: Machine) -> list[Finding]:
    value = machine.variables.get("CONDA_ALWAYS_YES", "")
    if value.lower() not in ("1", "true", "yes", "on", "y"):
        return []
    return [
        Finding(
            check="conda-always-yes",
            effect=MAY_BITE,
            title="conda never asks before it deletes",
            evidence=f"CONDA_ALWAYS_YES={value}",
            fix=(unset("CONDA_ALWAYS_YES", machine.shell),),
            advice="`conda create` with the name of an environment that exists then replaces it without a word.",
        )
    ]
