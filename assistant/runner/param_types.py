"""The types of params: how a text is checked and brought to its normal form, what there is to choose from.

A value is refused with what is wrong with it and what would be right. Everything ends as one argument of a program,
never in a shell; still no value may look like an option.
"""

from __future__ import annotations

import difflib
import ntpath
import posixpath
import re
from collections.abc import Callable, Iterable
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath

from assistant.content.frozen import Frozen
from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.machine.versions import numbers
from assistant.runner import facts

Checked = str | tuple[str, ...]


class Choice(Frozen):
    """A value to choose, and what to say beside it."""

    value: str
    label: str = ""


class ParamType(Frozen):
    """`check` gives the normal form or raises UsageError; `choices` are real things of this machine."""

    title: str
    check: Callable[[str, Machine], Checked]
    choices: Callable[[Machine], tuple[Choice, ...]] = staticmethod(lambda machine: ())
    default: Callable[[Machine], str] = staticmethod(lambda machine: "")


RESERVED_NAMES = frozenset({"base", "root"})
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}
)
_NAME = re.compile(r"\.?[A-Za-z0-9_][A-Za-z0-9._-]*")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_PROJECT = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_RELATION = r"(?:===|==|=|!=|<=|>=|~=|<|>)\s*[A-Za-z0-9][A-Za-z0-9.*+!_-]*"
_SPEC = re.compile(rf"{_PROJECT}(?:\[{_PROJECT}(?:,{_PROJECT})*\])?(?:{_RELATION}(?:,{_RELATION})*)?(?:={_PROJECT})?")
_CHANNEL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*(?:/[A-Za-z0-9_.-]+)*")
_MAX_NAME = 64
_MAX_TEXT = 1000


def wrong(value: str, what: str, why: str, hint: str) -> UsageError:
    """The error for a value: what was given, why not, what helps."""
    shown = value if len(value) <= 40 else value[:37] + "..."
    return UsageError(f"`{_CONTROL.sub('?', shown)}` is not a valid {what}: {why}", hint)


def _plain(value: str, what: str, example: str, limit: int = _MAX_TEXT) -> str:
    """A single line that is no option."""
    text = value.strip()
    if not text:
        raise UsageError(f"the {what} is empty", f"for example {example}")
    if _CONTROL.search(text):
        raise wrong(
            text, what, "it holds line breaks or control characters", f"write it on one line, such as {example}"
        )
    if text.startswith("-"):
        raise wrong(text, what, "it starts with `-` and would be read as an option", f"for example {example}")
    if len(text) > limit:
        raise wrong(text, what, f"it has {len(text)} characters", f"use at most {limit}")
    return text


def new_env_name(value: str, machine: Machine) -> str:
    """A name for a new environment. Whether it is taken is the plan's business: it says what can be done."""
    what = "name for an environment"
    text = _plain(value, what, "`myenv`", _MAX_NAME)
    if text.lower() in RESERVED_NAMES:
        raise wrong(text, what, "conda keeps that name for itself", "choose another, such as `myenv`")
    if "/" in text or "\\" in text:
        raise wrong(text, what, "it holds a path separator", "give the name alone; the place is a param of its own")
    if not _NAME.fullmatch(text):
        bad = sorted({char for char in text if not re.match(r"[A-Za-z0-9._-]", char)})
        listed = " ".join("blank" if char == " " else char for char in bad) or "its first characters"
        raise wrong(
            text, what, f"not allowed here: {listed}", "use letters, digits, `_`, `-` and `.` only, such as `my-env`"
        )
    if machine.system == "windows" and text.lower().partition(".")[0] in _DEVICES:
        raise wrong(text, what, "Windows keeps that name for a device", "choose another, such as `myenv`")
    return text


def env_name(value: str, machine: Machine) -> str:
    """An environment that exists, by name or folder."""
    text = _plain(value, "environment", "`myenv`", _MAX_TEXT)
    found = machine.environment(text) or facts.environment(machine, str(_absolute(text, machine)))
    if found:
        return text if found.name == text else found.path
    names = [one.name for one in machine.environments]
    close = difflib.get_close_matches(text, names, n=3, cutoff=0.6)
    hint = f"did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else _listed(names)
    raise UsageError(f"there is no environment `{text}`", hint)


def _listed(names: Iterable[str]) -> str:
    found = sorted(set(names))
    return f"there are: {', '.join(found[:12])}{' ...' if len(found) > 12 else ''}" if found else "there is none yet"


def environments(machine: Machine) -> tuple[Choice, ...]:
    """The environments to choose from; two of one name are told apart by their folders."""
    names = [one.name for one in machine.environments]
    return tuple(
        Choice(
            value=one.name if names.count(one.name) == 1 else one.path,
            label=" ".join(
                part
                for part in (one.kind, f"Python {one.python_version}" if one.python_version else "", one.path)
                if part
            ),
        )
        for one in machine.environments
        if not one.hollow
    )


def _supported() -> str:
    return ", ".join(
        f"{facts.OLDEST_PYTHON[0]}.{minor}" for minor in range(facts.OLDEST_PYTHON[1], facts.NEWEST_PYTHON[1] + 1)
    )


def python_version(value: str, machine: Machine) -> str:
    """`3.12` or `3.12.4`; also written `python3.12`, `py312`, `312`."""
    text = _plain(value, "Python version", "`3.12`", 40)
    bare = re.sub(r"(?i)^(?:cpython|python|py)?[\s=]*v?", "", text)
    if re.fullmatch(r"3\d{1,2}", bare):
        bare = f"3.{bare[1:]}"
    if not re.fullmatch(r"\d+(?:\.\d+){1,2}", bare):
        raise wrong(text, "Python version", "it is not of the form 3.12 or 3.12.4", f"supported: {_supported()}")
    wanted = numbers(bare)
    if not facts.OLDEST_PYTHON <= wanted[:2] <= facts.NEWEST_PYTHON:
        meant = f"; did you mean {bare}0?" if bare == "3.1" else ""
        raise wrong(
            text, "Python version", "it cannot be installed by the tools today", f"supported: {_supported()}{meant}"
        )
    return bare


def python_versions(machine: Machine) -> tuple[Choice, ...]:
    """The supported versions, newest first, with the interpreters that are here."""
    found = []
    for minor in range(facts.NEWEST_PYTHON[1], facts.OLDEST_PYTHON[1] - 1, -1):
        version = f"3.{minor}"
        here = facts.interpreter(machine, version)
        found.append(Choice(value=version, label=f"here: {here}" if here else ""))
    return tuple(found)


def _absolute(text: str, machine: Machine) -> PurePath:
    kind = PureWindowsPath if machine.system == "windows" else PurePosixPath
    if text == "~" or text.startswith(("~/", "~\\")):
        return kind(machine.home) / text[2:]
    return kind(machine.cwd or machine.home) / text


def _path(value: str, machine: Machine, what: str) -> PurePath:
    text = _plain(value, what, "`~/projects/demo`")
    if text.startswith("~") and text[1:2] not in ("", "/", "\\"):
        raise wrong(text, what, "other people's folders are not resolved", "write the whole path")
    found = _absolute(text, machine)
    return type(found)((ntpath if machine.system == "windows" else posixpath).normpath(found))


def path(value: str, machine: Machine) -> str:
    """Any path, made absolute from the working directory."""
    return str(_path(value, machine, "path"))


def new_path(value: str, machine: Machine) -> str:
    """A folder that the flow will make: not the home folder, not a root, not the folder one is in nor one above it."""
    found = _path(value, machine, "new folder")
    kept = [type(found)(machine.home), type(found)(machine.cwd or machine.home)]
    if any(found == place or found in place.parents for place in kept):
        raise wrong(
            str(found),
            "new folder",
            "it is the home or working folder, or above it",
            "give a new folder, such as `.venv`",
        )
    return str(found)


def file(value: str, machine: Machine) -> str:
    """A file that exists."""
    found = Path(_path(value, machine, "file"))
    if not found.exists():
        raise wrong(
            str(found), "file", "it does not exist", "check the spelling; paths count from the folder you are in"
        )
    if found.is_dir():
        raise wrong(str(found), "file", "it is a folder", "give a file in it")
    return str(found)


def package_specs(value: str, machine: Machine) -> tuple[str, ...]:
    """Packages with optional versions, separated by blanks: `numpy pandas>=2 torch==2.1`."""
    text = _plain(value, "list of packages", "`numpy pandas>=2`", 4000)
    joined = re.sub(r"\s*(===|==|!=|<=|>=|~=|=(?!>)|<|>)\s*", r"\1", text)
    words = [word for word in re.split(r"[\s;]+|,(?=\s)|,(?=[A-Za-z])(?![^\[]*\])", joined) if word]
    return tuple(package_spec(word) for word in words)


def package_spec(word: str) -> str:
    """One package with an optional version."""
    what = "package"
    if "://" in word or word.startswith((".", "/", "~", "git+")):
        raise wrong(word, what, "addresses and paths are not taken here", "give the package's name, such as `numpy`")
    if "=>" in word or "=<" in word:
        right = word.replace("=>", ">=").replace("=<", "<=")
        raise wrong(word, what, "the signs are the wrong way round", f"write `{right}`")
    if word.startswith("-"):
        raise wrong(word, what, "it starts with `-` and would be read as an option", "give names only, such as `numpy`")
    if not _SPEC.fullmatch(word):
        raise wrong(
            word,
            what,
            "it is not a name with an optional version",
            "write for example `numpy`, `numpy>=2` or `torch==2.9.1`",
        )
    return word


def package_name(value: str, machine: Machine) -> str:
    """One package without a version."""
    text = _plain(value, "package", "`numpy`")
    if not re.fullmatch(_PROJECT, text):
        raise wrong(text, "package", "it is not a name alone", "give the name without a version, such as `numpy`")
    return text


def channel(value: str, machine: Machine) -> str:
    """A conda channel by name or address."""
    text = _plain(value, "channel", "`conda-forge`")
    if "@" in text.partition("://")[2].partition("/")[0]:
        raise wrong(
            "(address)", "channel", "it holds a login", "keep logins in the tool's own settings, not in commands"
        )
    if not _CHANNEL.fullmatch(text) and not re.fullmatch(r"(?:https?|file)://[^\s'\"`$\\]+", text):
        raise wrong(text, "channel", "it is neither a name nor an address", "for example `conda-forge`")
    return text


def word(value: str, machine: Machine) -> str:
    """One word: letters, digits and `._-+:/`."""
    text = _plain(value, "word", "`myenv`", 200)
    if not re.fullmatch(r"[A-Za-z0-9_.][A-Za-z0-9._+:/-]*", text):
        raise wrong(text, "word", "only letters, digits and `._-+:/` are allowed", "for example `myenv`")
    return text


def version(value: str, machine: Machine) -> str:
    """A version number."""
    text = _plain(value, "version", "`1.26.4`", 60)
    if not re.fullmatch(r"\d+(?:[.!+-]?[A-Za-z0-9]+)*", text):
        raise wrong(text, "version", "it does not look like one", "for example `1.26.4`")
    return text


def number(value: str, machine: Machine) -> str:
    """A whole number, not negative."""
    text = _plain(value, "number", "`2`", 18)
    if not re.fullmatch(r"\d+", text):
        raise wrong(text, "number", "it is not a whole number", "for example `2`")
    return str(int(text))


def cuda_tag(value: str, machine: Machine) -> str:
    """A build tag of PyTorch: cpu, auto, cu130, rocm7.2, xpu, mps."""
    text = _plain(value, "CUDA tag", "`cu130`", 20).lower()
    if not re.fullmatch(r"cpu|auto|xpu|mps|cu\d{2,3}|rocm\d+(?:\.\d+){0,2}", text):
        raise wrong(text, "CUDA tag", "it is not of the form cu130", "use `auto`, `cpu`, or a tag such as `cu130`")
    return text


def url(value: str, machine: Machine) -> str:
    """An http or https address without a login."""
    text = _plain(value, "address", "`https://example.com/file`")
    if not re.fullmatch(r"https?://[^\s@'\"`$\\<>]+", text):
        raise wrong(
            text,
            "address",
            "it is not an http or https address, or it holds a login",
            "for example `https://example.com/file`",
        )
    return text


def text(value: str, machine: Machine) -> str:
    """Any single line."""
    return _plain(value, "text", "`something`")


def boolean(value: str, machine: Machine) -> str:
    """Yes or no; the value is `yes` or `no`."""
    given = _plain(value, "answer", "`yes`", 10).lower()
    if given in ("yes", "y", "true", "on", "1"):
        return "yes"
    if given in ("no", "n", "false", "off", "0"):
        return "no"
    raise wrong(given, "answer", "it is neither yes nor no", "write `yes` or `no`")


def one_of(value: str, allowed: tuple[str, ...], what: str) -> str:
    """One of a fixed list, whatever its case."""
    given = _plain(value, what, f"`{allowed[0]}`" if allowed else "none is possible", 200)
    for option in allowed:
        if option.lower() == given.lower():
            return option
    close = difflib.get_close_matches(given.lower(), allowed, n=1)
    listed = ", ".join(allowed) or "none on this machine"
    raise wrong(
        given,
        what,
        "it is not one of the choices",
        f"{f'did you mean `{close[0]}`? ' if close else ''}choices: {listed}",
    )


SHELLS = ("bash", "zsh", "fish", "powershell", "cmd")


def shell(value: str, machine: Machine) -> str:
    """A shell that envguide knows."""
    given = {"pwsh": "powershell", "cmd.exe": "cmd", "prompt": "cmd"}.get(value.strip().lower(), value)
    return one_of(given, SHELLS, "shell")


def env_tool(value: str, machine: Machine) -> str:
    """A tool that makes environments; the plan says whether it is here."""
    return one_of(value, facts.ENVIRONMENT_TOOLS, "tool")


def _tools_here(machine: Machine) -> tuple[Choice, ...]:
    here = facts.environment_tools(machine)
    return tuple(Choice(value=name) for name in here)


def _active(machine: Machine) -> str:
    name = machine.active_environment
    return name if name and name != "base" and machine.environment(name) else ""


def _fixed(*values: str) -> Callable[[Machine], tuple[Choice, ...]]:
    return lambda machine: tuple(Choice(value=value) for value in values)


TYPES: dict[str, ParamType] = {
    "env-name": ParamType(title="environment", check=env_name, choices=environments, default=_active),
    "new-env-name": ParamType(title="name of a new environment", check=new_env_name),
    "python-version": ParamType(title="Python version", check=python_version, choices=python_versions),
    "path": ParamType(title="path", check=path),
    "new-path": ParamType(title="new folder", check=new_path),
    "file": ParamType(title="existing file", check=file),
    "package-specs": ParamType(title="packages", check=package_specs),
    "package-name": ParamType(title="package", check=package_name),
    "channel": ParamType(title="channel", check=channel),
    "choice": ParamType(title="choice", check=text),
    "env-tool": ParamType(
        title="tool",
        check=env_tool,
        choices=_tools_here,
        default=lambda machine: next(iter(facts.environment_tools(machine)), ""),
    ),
    "shell": ParamType(
        title="shell",
        check=shell,
        choices=_fixed(*SHELLS),
        default=lambda machine: machine.shell or machine.login_shell,
    ),
    "bool": ParamType(title="yes or no", check=boolean, choices=_fixed("yes", "no")),
    "word": ParamType(title="word", check=word),
    "version": ParamType(title="version", check=version),
    "number": ParamType(title="number", check=number),
    "cuda-tag": ParamType(
        title="build of PyTorch", check=cuda_tag, choices=_fixed("auto", "cpu", "cu126", "cu130", "cu132")
    ),
    "url": ParamType(title="address", check=url),
    "text": ParamType(title="text", check=text),
}
