"""The probes of a conda installation: its terms, its channels, its blocks in shell files, an environment's history."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

from assistant.machine.condas import find_condas
from assistant.machine.context import this_machine
from assistant.machine.files import read_text, texts
from assistant.machine.model import Conda
from assistant.machine.rcfiles import shell_files
from assistant.runner import facts
from assistant.runner.flow import Probe
from assistant.runner.probe_core import Context, Result, kind

_REVISION = re.compile(r"^==> .* <==$")


def _conda(context: Context) -> Conda | None:
    """The conda in use, looked at anew where a step has just changed it."""
    known = facts.first_conda(context.machine)
    if not context.fresh or known is None:
        return known
    return next((one for one in find_condas(this_machine()) if one.root == known.root), known)


@kind("terms-accepted", "name")
def _terms_accepted(probe: Probe, context: Context) -> Result:
    """The terms of one channel (its address) are accepted, or that channel is not in use."""
    conda = _conda(context)
    if conda is None:
        return Result(ok=False, reason="there is no conda here")
    found = next((one for one in conda.terms if one.channel == probe.name.rstrip("/")), None)
    if found is None:
        what = "no terms are recorded for it" if conda.terms_plugin else "this conda does not ask for terms"
        return Result(ok=True, reason=f"{probe.name}: {what}, or it is not in use")
    ok = found.state in ("accepted", "automatic")
    return Result(ok=ok, reason=f"the terms of {probe.name} are {found.state}", evidence=found.version)


@kind("channel-in-use", "name", may=("path",))
def _channel_in_use(probe: Probe, context: Context) -> Result:
    """conda takes packages from the channel; with `path`: that settings file names it."""
    conda = _conda(context)
    if conda is None:
        return Result(ok=False, reason="there is no conda here")
    if probe.path:
        return _named_in(probe, conda, context)
    there = probe.name in conda.channels
    shown = ", ".join(conda.channels) or "none"
    return Result(ok=there, reason=f"conda's channels are {shown}", evidence=shown)


def _named_in(probe: Probe, conda: Conda, context: Context) -> Result:
    """A ~/.condarc without channels may get those in force when conda first writes to it, so it counts as naming them."""
    wanted = os.path.normpath(probe.path)
    file = next((one for one in conda.files if os.path.normpath(one.path) == wanted), None)
    if file is not None and "channels" in file.values:
        there = probe.name in texts(file.values.get("channels"))
    else:
        there = Path(wanted) == Path(context.machine.home, ".condarc") and probe.name in conda.channels
    named = "names" if there else "does not name"
    return Result(ok=there, reason=f"{probe.path} {named} the channel {probe.name}")


@kind("channel-first", "name")
def _channel_first(probe: Probe, context: Context) -> Result:
    conda = _conda(context)
    channels = conda.channels if conda else ()
    ok = channels[:1] == (probe.name,)
    return Result(ok=ok, reason=f"conda's channels are {', '.join(channels) or 'none'}")


@kind("channel-priority", "text")
def _channel_priority(probe: Probe, context: Context) -> Result:
    conda = _conda(context)
    found = conda.channel_priority if conda else ""
    return Result(ok=found == probe.text, reason=f"the channel priority is {found or 'not known'}")


@kind("shell-block", may=("shell", "path"))
def _shell_block(probe: Probe, context: Context) -> Result:
    """A start file of the shell (of any where none is named) holds the whole block of `conda init` or `mamba shell
    init`, for the installation in `path` where that is given.
    """
    files = shell_files(this_machine()) if context.fresh else context.machine.shell_files
    for file in files:
        for block in file.blocks:
            ours = not probe.path or os.path.normpath(block.root) == os.path.normpath(probe.path)
            if probe.shell in ("", file.shell) and block.end and ours:
                return Result(ok=True, reason=f"{file.path} sets up {block.tool} for {file.shell}", evidence=file.path)
    return Result(ok=False, reason=f"no start file of {probe.shell or 'any shell'} sets up conda")


@kind("env-removable", "prefix")
def _env_removable(probe: Probe, context: Context) -> Result:
    """It is not base, and nothing of it is in use."""
    if os.path.realpath(probe.prefix) in {os.path.realpath(one.root) for one in context.machine.condas}:
        return Result(ok=False, reason=f"{probe.prefix} is conda's base environment")
    return _not_in_use(probe, context)


@kind("not-in-use", "prefix")
def _not_in_use(probe: Probe, context: Context) -> Result:
    """Nothing in the folder is active, nobody stands in it, and envguide itself does not run from it."""
    path = os.path.realpath(probe.prefix)
    active = os.path.realpath(context.machine.active_path) if context.machine.active_path else ""
    cwd = os.path.realpath(context.machine.cwd) if context.machine.cwd else ""
    for other, why in (
        (sys.prefix, "envguide itself runs from it"),
        (active, "it is active in this terminal"),
        (cwd, "you are in that folder"),
    ):
        if other and (Path(path) == Path(other) or Path(path) in Path(other).parents):
            return Result(ok=False, reason=f"{probe.prefix} is not removed: {why}")
    return Result(ok=True, reason=f"nothing here uses {probe.prefix}")


@kind("env-is-base", "prefix")
def _env_is_base(probe: Probe, context: Context) -> Result:
    roots = {os.path.normpath(one.root) for one in context.machine.condas}
    ok = os.path.normpath(probe.prefix) in roots
    return Result(ok=ok, reason=f"{probe.prefix} is {'' if ok else 'not '}conda's base environment")


def revisions(prefix: str) -> list[set[str]]:
    """What was installed (name-version-build) after each revision, as conda's own history tells it."""
    states: list[set[str]] = []
    for line in (read_text(str(Path(prefix, "conda-meta", "history")), 20_000_000) or "").splitlines():
        if _REVISION.match(line):
            states.append(set(states[-1]) if states else set())
        elif states and line[:1] in "+-" and line.strip():
            name = line[1:].rpartition("::")[2].rpartition("/")[2]
            (states[-1].add if line[0] == "+" else states[-1].discard)(name)
        elif states and line.strip() and not line.startswith("#"):
            states[-1].add(line.strip().rpartition("::")[2].rpartition("/")[2])  # the oldest form: the whole list
    return states


@kind("revision-exists", "prefix", "version")
def _revision_exists(probe: Probe, context: Context) -> Result:
    states = revisions(probe.prefix)
    if not states:
        return Result(ok=False, reason=f"{probe.prefix} has no history of its packages")
    ok = int(probe.version) < len(states) if probe.version.isdecimal() else False
    return Result(ok=ok, reason=f"the revisions of {probe.prefix} are 0 to {len(states) - 1}")


@kind("at-revision", "prefix", "version")
def _at_revision(probe: Probe, context: Context) -> Result:
    """The conda packages that are installed are those of the revision."""
    states = revisions(probe.prefix)
    if not probe.version.isdecimal() or int(probe.version) >= len(states):
        return Result(ok=False, reason=f"there is no revision {probe.version}")
    wanted = states[int(probe.version)]
    there = {path.stem for path in Path(probe.prefix, "conda-meta").glob("*.json")}
    different = sorted(wanted ^ there)
    if different:
        return Result(ok=False, reason=f"not as in revision {probe.version}: {', '.join(different[:5])}")
    return Result(ok=True, reason=f"the {len(there)} conda packages are those of revision {probe.version}")
