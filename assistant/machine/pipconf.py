"""pip's own settings, and which Python the `pip` on PATH belongs to."""

from __future__ import annotations

import configparser
import os
import re

from assistant.machine.context import Roots
from assistant.machine.files import names_in, read_text
from assistant.machine.layout import is_program, prefix_of, which
from assistant.machine.model import ConfigFile, Machine
from assistant.machine.packages import parse_metadata_name
from assistant.machine.pythons import first_python, is_shim
from assistant.machine.redact import redact_secrets

_SHEBANG = re.compile(r"^#!\s*(?:/usr/bin/env\s+)?(.+?)\s*$")
_TRAMPOLINE = re.compile(r"^''''?exec'? [\"']?(.+?)[\"']? \"\$0\"")


def config_places(roots: Roots) -> tuple[str, ...]:
    """pip's configuration files, weakest first."""
    if roots.system == "windows":
        places = [
            os.path.join(roots.get(name), "pip", "pip.ini") for name in ("PROGRAMDATA", "APPDATA") if roots.get(name)
        ]
        places.append(roots.under_home("pip", "pip.ini"))
    else:
        config = roots.get("XDG_CONFIG_HOME") or roots.under_home(".config")
        places = [
            roots.at("/etc/pip.conf"),
            roots.under_home(".pip", "pip.conf"),
            os.path.join(config, "pip", "pip.conf"),
        ]
        if roots.system == "macos":
            places.insert(1, roots.under_home("Library", "Application Support", "pip", "pip.conf"))
    active = roots.get("VIRTUAL_ENV") or roots.get("CONDA_PREFIX")
    if active:
        places.append(os.path.join(active, "pip.ini" if roots.system == "windows" else "pip.conf"))
    if extra := roots.get("PIP_CONFIG_FILE"):
        places.append(extra)
    return tuple(dict.fromkeys(places))


def read_config(roots: Roots) -> tuple[ConfigFile, ...]:
    """The files that are there, with their values, secrets taken out."""
    return tuple(
        parse_config(text, path) for path in config_places(roots) if (text := read_text(path, 200_000)) is not None
    )


def parse_config(text: str, path: str = "") -> ConfigFile:
    """One pip.conf: `section.key` -> value."""
    parser = configparser.RawConfigParser(strict=False)
    try:
        parser.read_string(text)
    except (configparser.Error, ValueError, TypeError, AttributeError) as error:
        return ConfigFile(
            path=path, error=redact_secrets(str(error).splitlines()[0] if str(error) else type(error).__name__)
        )
    values = {
        f"{section}.{key}": redact_secrets(value or "").strip()
        for section in parser.sections()
        for key, value in parser.items(section)
    }
    return ConfigFile(path=path, values=values)


def pip_owner(roots: Roots, machine: Machine) -> str:
    """The interpreter that `pip` on PATH starts; the empty text where it cannot be told."""
    program = which("pip", roots)
    if not program:
        return ""
    if is_shim(program):
        first = first_python(machine.pythons, ("python",))
        return first.path if first and is_shim(first.path) else ""
    if roots.system == "windows":
        prefix = prefix_of(program)
        for candidate in (os.path.join(prefix, "python.exe"), os.path.join(os.path.dirname(program), "python.exe")):
            if is_program(candidate):
                return candidate
        return ""
    return script_python(read_text(program, 4000) or "")


def script_python(text: str) -> str:
    """The interpreter in a script's first lines; for a long path these call `exec` on the second or third line."""
    lines = text.splitlines()[:4]
    if not lines or not lines[0].startswith("#!"):
        return ""
    for line in lines[1:]:
        if found := _TRAMPOLINE.match(line.strip()):
            return found[1].strip("'\"")
    found = _SHEBANG.match(lines[0])
    program = found[1].split(" -")[0].strip() if found else ""
    return "" if "\0" in program or os.path.basename(program) in ("sh", "bash", "dash") else program


def user_sites(roots: Roots) -> tuple[str, ...]:
    """The user-level site-packages folders that hold at least one package."""
    if roots.system == "windows":
        base = roots.get("PYTHONUSERBASE") or os.path.join(
            roots.get("APPDATA") or roots.under_home("AppData", "Roaming"), "Python"
        )
        places = [os.path.join(base, name, "site-packages") for name in names_in(base)]
    elif roots.system == "macos":
        base = roots.under_home("Library", "Python")
        places = [os.path.join(base, name, "lib", "python", "site-packages") for name in names_in(base)]
    else:
        base = os.path.join(roots.get("PYTHONUSERBASE") or roots.under_home(".local"), "lib")
        places = [os.path.join(base, name, "site-packages") for name in names_in(base) if name.startswith("python")]
    return tuple(place for place in places if any(parse_metadata_name(name) for name in names_in(place)))
