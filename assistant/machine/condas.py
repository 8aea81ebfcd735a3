"""Every conda installation: kind, version, settings in force, terms accepted. Read from files alone."""

from __future__ import annotations

import os
import re
from typing import Any

from assistant.machine import condarc, records
from assistant.machine.context import Roots
from assistant.machine.files import names_in, parse_json_object, read_text
from assistant.machine.layout import conda_roots
from assistant.machine.model import Conda, ConfigFile, Terms
from assistant.machine.versions import at_least

# The channels behind `defaults`, as conda's own constants name them; msys2 on Windows alone.
DEFAULTS = ("main", "r", "msys2")
# What belongs into base and says nothing when it was installed there by name.
OWN = frozenset(
    {
        "conda",
        "mamba",
        "python",
        "pip",
        "anaconda",
        "miniconda",
        "setuptools",
        "wheel",
        "ca-certificates",
        "certifi",
        "openssl",
    }
)
OWN_PREFIXES = ("conda-", "anaconda-", "libmamba", "menuinst")


def find_condas(roots: Roots) -> tuple[Conda, ...]:
    """All conda installations, the one in use first."""
    return tuple(read_conda(root, roots) for root in conda_roots(roots))


def read_conda(root: str, roots: Roots) -> Conda:
    """One installation from its own files and the configuration that it reads."""
    packages = records.installed(root)
    version = packages.get("conda", ("", ""))[0]
    files = condarc.read_condarcs(root, roots)
    writable = os.access(os.path.join(root, "conda-meta") if packages else root, os.W_OK)
    plugin = "conda-anaconda-tos" in packages
    channels = condarc.list_in_force("channels", files, roots)
    if not channels and version and not at_least(version, "25.9"):
        channels = ("defaults",)  # implied until conda 25.9
    history = read_text(os.path.join(root, "conda-meta", "history")) or ""
    return Conda(
        root=root,
        kind=_kind(root, packages),
        version=version,
        python_version=packages.get("python", ("", ""))[0],
        platform=_platform(packages),
        writable=writable,
        channels=channels,
        channel_priority=_priority(condarc.in_force("channel_priority", files, roots)),
        solver=_solver(condarc.in_force("solver", files, roots), version),
        ssl_verify=_text(condarc.in_force("ssl_verify", files, roots), "true"),
        offline=condarc.as_bool(condarc.in_force("offline", files, roots), False),
        auto_activate=_auto_activate(files, roots),
        envs_dirs=_environment_folders(root, writable, files, roots),
        pkgs_dirs=_package_folders(root, files, roots),
        terms_plugin=plugin,
        terms=read_terms(root, channels, files, roots) if plugin else (),
        files=files,
        requested_in_base=tuple(
            name
            for name in records.requested(history, set(packages))
            if name not in OWN and not name.startswith(OWN_PREFIXES)
        ),
    )


def _environment_folders(root: str, writable: bool, files: tuple[ConfigFile, ...], roots: Roots) -> tuple[str, ...]:
    """Where conda puts and looks for environments, in its order: the configured folders, then its own and the person's."""
    fixed = [os.path.join(root, "envs"), roots.under_home(".conda", "envs")]
    if not writable:
        fixed.reverse()
    if roots.system == "windows" and roots.get("LOCALAPPDATA"):
        fixed.append(os.path.join(roots.get("LOCALAPPDATA"), "conda", "conda", "envs"))
    configured = condarc.list_in_force("envs_dirs", files, roots)
    return tuple(dict.fromkeys([*(_expanded(one, roots) for one in configured), *fixed]))


def _package_folders(root: str, files: tuple[ConfigFile, ...], roots: Roots) -> tuple[str, ...]:
    """Where conda keeps packages: the configured folders and no others, else its own and the person's."""
    if configured := condarc.list_in_force("pkgs_dirs", files, roots):
        return tuple(dict.fromkeys(_expanded(one, roots) for one in configured))
    fixed = [os.path.join(root, "pkgs"), roots.under_home(".conda", "pkgs")]
    if roots.system == "windows" and roots.get("LOCALAPPDATA"):
        fixed.append(os.path.join(roots.get("LOCALAPPDATA"), "conda", "conda", "pkgs"))
    return tuple(fixed)


def _expanded(path: str, roots: Roots) -> str:
    """A path of a configuration with `~` and variables filled in, as conda does it."""
    if path.startswith("~"):
        path = roots.home + path[1:]
    return os.path.normpath(re.sub(r"\$\{?(\w+)\}?", lambda found: roots.get(found[1]) or found[0], path))


def _kind(root: str, packages: dict[str, tuple[str, str]]) -> str:
    folder = os.path.basename(root).lower()
    if "conda" not in packages:
        return "micromamba" if "mamba" in folder and not packages else "conda"
    if "anaconda" in packages or "anaconda-navigator" in packages or "_anaconda_depends" in packages:
        return "anaconda"
    if "mambaforge" in folder:
        return "mambaforge"
    channel = records.channel_name(records.record_channel(packages["conda"][1]))
    if channel == "conda-forge" or "miniforge" in folder:
        return "miniforge"
    if channel == "defaults" or "miniconda" in folder:
        return "miniconda"
    return "anaconda" if "anaconda" in folder else "conda"


def _platform(packages: dict[str, tuple[str, str]]) -> str:
    for name in ("python", "openssl", "conda"):
        if name in packages:
            platform = records.channel_platform(records.record_channel(packages[name][1]))
            if platform and platform != "noarch":
                return platform
    return ""


def _priority(value: Any) -> str:
    if isinstance(value, bool):  # the old spelling
        return "flexible" if value else "disabled"
    text = _text(value, "flexible").lower()
    return text if text in ("strict", "flexible", "disabled") else "flexible"


def _solver(value: Any, version: str) -> str:
    # libmamba became the default with 23.10.
    return _text(value, "libmamba" if at_least(version, "23.10") else "classic") if version else ""


def _text(value: Any, default: str) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) and str(value) else default


def _auto_activate(files: tuple[ConfigFile, ...], roots: Roots) -> bool:
    value = condarc.in_force("auto_activate", files, roots)
    if value is None:
        value = condarc.in_force("auto_activate_base", files, roots)
    return condarc.as_bool(value, True)


def terms_channels(channels: tuple[str, ...], files: tuple[ConfigFile, ...], roots: Roots) -> tuple[str, ...]:
    """The channels in force that have terms of service: Anaconda's own, by their addresses."""
    found: list[str] = []
    for channel in channels:
        if channel == "defaults":
            own = condarc.list_in_force("default_channels", files, roots)
            names = DEFAULTS if roots.system == "windows" else DEFAULTS[:2]
            found += own or [f"https://repo.anaconda.com/pkgs/{name}" for name in names]
        elif records.channel_name(channel) == "defaults":
            found.append(channel if "://" in channel else f"https://repo.anaconda.com/{channel}")
    return tuple(dict.fromkeys(address.rstrip("/") for address in found))


def read_terms(root: str, channels: tuple[str, ...], files: tuple[ConfigFile, ...], roots: Roots) -> tuple[Terms, ...]:
    """The state of the terms of each channel in force, from the records that conda's plug-in keeps."""
    wanted = terms_channels(channels, files, roots)
    if not wanted:
        return ()
    plugins = condarc.in_force("plugins", files, roots)
    configured = plugins.get("auto_accept_tos") if isinstance(plugins, dict) else None
    automatic = roots.get("CONDA_PLUGINS_AUTO_ACCEPT_TOS") or configured or roots.get("CI")
    known: dict[str, tuple[str, bool]] = {}
    for folder in _terms_folders(root, roots):
        for channel in names_in(folder):
            for file in names_in(os.path.join(folder, channel)):
                if file.endswith(".json") and (
                    parsed := parse_terms(read_text(os.path.join(folder, channel, file)) or "")
                ):
                    address, version, accepted = parsed
                    if version >= known.get(address, ("", False))[0]:
                        known[address] = (version, accepted)
    states = []
    for address in wanted:
        version, accepted = known.get(address, ("", False))
        state = ("accepted" if accepted else "rejected") if address in known else "pending"
        if state == "pending" and condarc.as_bool(automatic, False):
            state = "automatic"
        # A channel of the person's own may have no terms at all: only a record tells.
        if address in known or re.search(r"//repo\.anaconda\.com/", address):
            states.append(Terms(channel=address, state=state, version=version))
    return tuple(states)


def parse_terms(text: str) -> tuple[str, str, bool] | None:
    """Channel, version and whether accepted, from one record; None where it is something else."""
    record = parse_json_object(text)
    if not record or not isinstance(record.get("base_url"), str):
        return None
    return record["base_url"].rstrip("/"), str(record.get("version", "")), record.get("tos_accepted") is True


def _terms_folders(root: str, roots: Roots) -> list[str]:
    folders = [os.path.join(root, "conda-meta", "tos")]
    if roots.system == "windows":
        if base := roots.get("PROGRAMDATA"):
            folders.insert(0, os.path.join(base, "conda", "tos"))
    else:
        folders = [roots.at("/etc/conda/tos"), roots.at("/var/lib/conda/tos"), *folders]
    if config := roots.get("XDG_CONFIG_HOME"):
        folders.append(os.path.join(config, "conda", "tos"))
    folders += [roots.under_home(".config", "conda", "tos"), roots.under_home(".conda", "tos")]
    if prefix := roots.get("CONDA_PREFIX"):
        folders.append(os.path.join(prefix, "conda-meta", "tos"))
    if extra := roots.get("CONDATOS"):
        folders.append(extra)
    return folders
