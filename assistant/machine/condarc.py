"""What .condarc files say: which are read, in which order, and the settings that are in force.

Order and rules follow conda's own documentation of its configuration files (as of August 2026): system, root, home,
environment, then the file in CONDARC, then CONDA_* variables; lists are joined with the strongest source first.
"""

from __future__ import annotations

import os
from typing import Any

from assistant.machine.context import Roots
from assistant.machine.files import names_in, parse_yaml_mapping, read_text, texts
from assistant.machine.model import ConfigFile
from assistant.machine.redact import redact_secrets

# The settings that the checks and the answers use.
KEYS = (
    "channels", "default_channels", "channel_priority", "solver", "ssl_verify", "offline", "auto_activate",
    "auto_activate_base", "envs_dirs", "pkgs_dirs", "proxy_servers", "custom_channels", "channel_alias",
    "denylist_channels", "allowlist_channels", "pinned_packages", "create_default_packages", "always_copy", "plugins",
)  # fmt: skip
FILE_NAMES = (".condarc", "condarc", "condarc.d")
ALIASES = {"channel": "channels", "verify_ssl": "ssl_verify", "envs_path": "envs_dirs", "experimental_solver": "solver"}


def condarc_paths(root: str, roots: Roots) -> tuple[str, ...]:
    """The files and folders that the conda at `root` reads, weakest first."""
    if roots.system == "windows":
        folders = [os.path.join(roots.get("PROGRAMDATA"), "conda")] if roots.get("PROGRAMDATA") else []
    else:
        folders = [roots.at("/etc/conda"), roots.at("/var/lib/conda")]
    folders.append(root)
    if config := roots.get("XDG_CONFIG_HOME"):
        folders.append(os.path.join(config, "conda"))
    folders += [roots.under_home(".config", "conda"), roots.under_home(".conda")]
    paths = [os.path.join(folder, name) for folder in folders for name in FILE_NAMES]
    paths.append(roots.under_home(".condarc"))
    active = roots.get("CONDA_PREFIX")
    if active and os.path.normpath(active) != os.path.normpath(root):
        paths += [os.path.join(active, name) for name in FILE_NAMES]
    if extra := roots.get("CONDARC"):
        paths.append(extra)
    return tuple(dict.fromkeys(paths))


def read_condarcs(root: str, roots: Roots) -> tuple[ConfigFile, ...]:
    """Every configuration file that is there, weakest first."""
    found: list[ConfigFile] = []
    for path in condarc_paths(root, roots):
        if os.path.isdir(path):
            files = [os.path.join(path, name) for name in names_in(path) if name.endswith((".yml", ".yaml"))]
        else:
            files = [path]
        for file in files:
            if (text := read_text(file)) is not None:
                found.append(parse_condarc(text, file))
    return tuple(found)


def parse_condarc(text: str, path: str = "") -> ConfigFile:
    """The known settings of one file. Tokens and passwords in channel addresses are taken out."""
    values, error = parse_yaml_mapping(text)
    known = {ALIASES.get(key, key): value for key, value in values.items()}
    return ConfigFile(
        path=path, values={key: _clean(known[key]) for key in KEYS if key in known}, error=redact_secrets(error)
    )


def _clean(value: Any) -> Any:
    """Plain data without secrets; dates and other YAML inventions become text."""
    if isinstance(value, dict):
        return {str(key): _clean(one) for key, one in value.items()}
    if isinstance(value, (list, tuple, set)):
        return tuple(_clean(one) for one in value)
    if isinstance(value, str):
        return redact_secrets(value)
    return value if value is None or isinstance(value, (bool, int, float)) else str(value)


def in_force(key: str, files: tuple[ConfigFile, ...], roots: Roots) -> Any:
    """The value of a single setting: the variable CONDA_KEY, else the strongest file that has it, else None."""
    if given := roots.get(f"CONDA_{key.upper()}"):
        return given
    return next((file.values[key] for file in reversed(files) if key in file.values), None)


def list_in_force(key: str, files: tuple[ConfigFile, ...], roots: Roots) -> tuple[str, ...]:
    """The joined value of a list setting, strongest source first."""
    separator = "," if key == "channels" else (";" if roots.system == "windows" else ":")
    joined = [one for one in roots.get(f"CONDA_{key.upper()}").split(separator) if one]
    if key == "envs_dirs":
        joined += [one for one in roots.get("CONDA_ENVS_PATH").split(separator) if one]
    for file in reversed(files):
        joined += texts(file.values.get(key))
    return tuple(dict.fromkeys(redact_secrets(one) for one in joined))


def as_bool(value: Any, default: bool) -> bool:
    """A YAML or environment value as conda understands it."""
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in ("true", "yes", "on", "1", "y"):
        return True
    if isinstance(value, str) and value.strip().lower() in ("false", "no", "off", "0", "n", "none", ""):
        return False
    return default
