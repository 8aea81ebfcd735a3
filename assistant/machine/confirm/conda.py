"""conda: its environments, channels, terms, settings, and what of it can be written."""

from __future__ import annotations

import os

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here, listing
from assistant.machine.files import read_text, texts
from assistant.machine.model import Environment
from assistant.machine.versions import at_least


def _named(here: Here) -> tuple[str, Environment | None]:
    """What the output calls the environment, and the environment of that name or path."""
    wanted = here.slot("name", "prefix", "env_path", "path").rstrip("/\\")
    path = here.at(wanted) if wanted else ""
    found = next((one for one in here.environments if wanted and (one.name == wanted or one.path == path)), None)
    return wanted, found


def environment_missing(here: Here, _: str) -> Verdict | None:
    """No conda environment has that name."""
    wanted, found = _named(here)
    if not wanted:
        return None
    if found is not None:
        others = " of another conda" if here.conda and found.base and found.base != here.conda.root else ""
        return no(f"`{wanted}` is there{others}: {here.short(found.path)}")
    names = [one.name for one in here.environments if one.kind == "conda" and not one.hollow]
    return yes(f"the environments here are {listing(names)}" if names else "there is no conda environment here")


def environment_exists(here: Here, _: str) -> Verdict | None:
    """An environment of that name is there already."""
    wanted, found = _named(here)
    if not wanted:
        return None
    return yes(f"it is {here.short(found.path)}") if found else no(f"there is no environment `{wanted}`")


def no_environment_in_folder(here: Here, _: str) -> Verdict | None:
    """The folder exists and holds no environment."""
    wanted, found = _named(here)
    path = found.path if found else here.at(wanted)
    if not path:
        hollow = [one for one in here.environments if one.hollow]
        return yes(f"{here.short(hollow[0].path)} holds no environment") if hollow else None
    if not os.path.isdir(path):
        return None
    if os.path.isdir(os.path.join(path, "conda-meta")):
        return no(f"{here.short(path)} is an environment")
    return yes(f"{here.short(path)} has no folder conda-meta")


def environment_active(here: Here, _: str) -> Verdict | None:
    """The environment that is to be removed is the active one."""
    wanted, found = _named(here)
    active = here.active
    if active is None:
        return no("no environment is active in this terminal")
    if not wanted:
        return None
    if found is not None and found.path == active.path:
        return yes(f"`{active.name}` is active in this terminal")
    return no(f"the active environment is `{active.name}`")


def terms(here: Here, _: str) -> Verdict | None:
    """The terms of a channel wait for an answer, or were rejected."""
    conda = here.conda
    if conda is None or not conda.terms_plugin:
        return None
    waiting = [one for one in conda.terms if one.state in ("pending", "rejected")]
    if waiting:
        return yes(f"the terms of {waiting[0].channel} are {waiting[0].state}")
    if not conda.terms:
        return no("no channel that is set has terms of service")
    return no(f"the terms of {len(conda.terms)} channels are accepted")


def terms_rejected(here: Here, _: str) -> Verdict | None:
    """The terms of a channel were rejected."""
    conda = here.conda
    if conda is None or not conda.terms_plugin:
        return None
    for one in conda.terms:
        if one.state == "rejected":
            return yes(f"the terms of {one.channel} are recorded as rejected")
    return no("no rejection is recorded")


def not_writable(here: Here, _: str) -> Verdict | None:
    """The environment in use, or base, belongs to somebody else."""
    target = here.active.path if here.active and here.active.kind == "conda" else here.conda.root if here.conda else ""
    meta = os.path.join(target, "conda-meta")
    if not target or not os.path.isdir(meta):
        return None
    if os.access(meta, os.W_OK):
        return no(f"{here.short(target)} can be written")
    return yes(f"{here.short(target)} cannot be written by this account")


def channels_none(here: Here, _: str) -> Verdict | None:
    """No channel is configured."""
    conda = here.conda
    if conda is None or any(file.error for file in conda.files):
        return None
    if conda.channels:
        return no(f"the channels are {listing(list(conda.channels))}")
    return yes(f"conda {conda.version} and no channel in its {len(conda.files)} configuration files")


def channel_configured(here: Here, _: str) -> Verdict | None:
    """The channel comes from a configuration file, and not from the command alone."""
    wanted = here.slot("channel").rstrip("/")
    if not wanted or here.conda is None:
        return None
    short = wanted.rpartition("/")[2]
    for file in here.conda.files:
        for name in texts(file.values.get("channels")):
            if name.rstrip("/") in (wanted, short):
                return yes(f"{here.short(file.path)} lists `{name}`")
    return None


def offline(here: Here, _: str) -> Verdict | None:
    """conda is told to stay offline."""
    if here.roots.get("CONDA_OFFLINE").lower() in ("1", "true", "yes", "on"):
        return yes("CONDA_OFFLINE is set")
    conda = here.conda
    if conda is None:
        return None
    return yes("its configuration says offline: true") if conda.offline else no("no setting keeps conda offline")


def old(here: Here, _: str) -> Verdict | None:
    """conda is older than 23.10."""
    conda = here.conda
    if conda is None:
        return None
    where = f"conda {conda.version} is in {here.short(conda.root)}"
    return no(where) if at_least(conda.version, "23.10") else yes(where)


def config_broken(here: Here, _: str) -> Verdict | None:
    """A configuration file cannot be read."""
    files = [file for conda in here.condas for file in conda.files]
    for file in files:
        if file.error:
            return yes(f"{here.short(file.path)}: {file.error}")
    return no(f"all {len(files)} configuration files can be read") if files else None


def setting(here: Here, _: str) -> Verdict | None:
    """A configuration file holds the setting that was refused."""
    key = here.slot("key")
    for conda in here.condas if key else ():
        for file in conda.files:
            lines = (read_text(file.path, 200_000) or "").splitlines()
            if any(line.partition(":")[0].strip() == key for line in lines):
                return yes(f"{here.short(file.path)} sets {key}")
    return None


def solver_set(here: Here, _: str) -> Verdict | None:
    """A variable or a configuration file chooses the solver."""
    if value := here.roots.get("CONDA_SOLVER"):
        return yes(f"CONDA_SOLVER={value} is set")
    for file in here.conda.files if here.conda else ():
        if "solver" in file.values:
            return yes(f"{here.short(file.path)} sets solver: {file.values['solver']}")
    return None


def solver_classic(here: Here, _: str) -> Verdict | None:
    """conda solves with its old solver."""
    conda = here.conda
    if conda is None or not conda.solver:
        return None
    where = f"conda {conda.version} solves with {conda.solver}"
    return yes(where) if conda.solver == "classic" else no(where)


def strict_priority(here: Here, _: str) -> Verdict | None:
    """Channel priority is strict."""
    conda = here.conda
    if conda is None:
        return None
    where = f"channel_priority is {conda.channel_priority}"
    return yes(where) if conda.channel_priority == "strict" else no(where)


def pinned(here: Here, _: str) -> Verdict | None:
    """A package is pinned in the environment or in the configuration."""
    one = here.active
    target = one.path if one and one.kind == "conda" else here.conda.root if here.conda else ""
    if not target:
        return None
    path = os.path.join(target, "conda-meta", "pinned")
    lines = [line.strip() for line in (read_text(path) or "").splitlines() if line.strip() and not line.startswith("#")]
    if lines:
        return yes(f"{here.short(path)} holds {listing(lines)}")
    for file in here.conda.files if here.conda else ():
        if names := texts(file.values.get("pinned_packages")):
            return yes(f"{here.short(file.path)} pins {listing(list(names))}")
    return None


def frozen(here: Here, _: str) -> Verdict | None:
    """The environment in use may not be changed."""
    one = here.active
    if one is None or one.kind != "conda":
        return None
    path = os.path.join(one.path, "conda-meta", "frozen")
    return yes(f"there is {here.short(path)}") if os.path.exists(path) else no(f"`{one.name}` is not frozen")


def base_broken(here: Here, _: str) -> Verdict | None:
    """The Python that conda runs with is gone."""
    for root in (conda.root for conda in here.condas):
        names = ("python.exe",) if here.roots.system == "windows" else ("bin/python", "bin/python3")
        if not any(os.path.exists(os.path.join(root, name)) for name in names):
            return yes(f"{here.short(root)} has no working Python")
        if not here.version_of("conda", root):
            return yes(f"the Python of {here.short(root)} has no package conda")
    return None


def several(here: Here, _: str) -> Verdict | None:
    """More than one conda is installed."""
    roots = [here.short(conda.root) for conda in here.condas if conda.version]
    return yes(f"there are {len(roots)}: {', '.join(roots[:3])}") if len(roots) > 1 else None


def env_file_missing(here: Here, _: str) -> Verdict | None:
    """The environment file is not in the working directory."""
    path = here.at(here.slot("file") or "environment.yml")
    if not path:
        return None
    if os.path.exists(path):
        return no(f"{here.short(path)} is there")
    return yes(f"there is no {here.short(path)}")


LOOKS = {
    "environment-missing": environment_missing,
    "environment-exists": environment_exists,
    "no-environment-in-folder": no_environment_in_folder,
    "environment-active": environment_active,
    "terms": terms,
    "terms-rejected": terms_rejected,
    "not-writable": not_writable,
    "channels-none": channels_none,
    "channel-configured": channel_configured,
    "offline": offline,
    "old": old,
    "config-broken": config_broken,
    "setting": setting,
    "solver-set": solver_set,
    "solver-classic": solver_classic,
    "strict-priority": strict_priority,
    "pinned": pinned,
    "frozen": frozen,
    "base-broken": base_broken,
    "several": several,
    "env-file-missing": env_file_missing,
}
