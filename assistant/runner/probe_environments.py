"""The probes that look into environments: whole or half made, which Python, what can be imported, what torch can do."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

from assistant.machine.layout import is_program
from assistant.machine.probe import probe as look_at
from assistant.machine.versions import at_least, numbers
from assistant.runner import facts
from assistant.runner.flow import Probe
from assistant.runner.package_files import requirements
from assistant.runner.probe_core import Context, Result, kind
from assistant.runner.template import interpreter_in

_MATMUL = Path(__file__).with_name("torch_matmul.py")
_VERSION = "import sys; sys.stdout.write('@@' + '.'.join(map(str, sys.version_info[:3])) + ' ' + sys.prefix)"
_IMPORT = """
import importlib, sys
for name in sys.argv[1:]:
    try:
        importlib.import_module(name)
    except BaseException as error:
        sys.exit("%s: %s: %s" % (name, type(error).__name__, error))
"""
_PACKAGES = """
import json, sys
from importlib import metadata
found = {}
for name in sys.argv[1:]:
    try:
        found[name] = metadata.version(name)
    except metadata.PackageNotFoundError:
        found[name] = ""
sys.stdout.write("@@" + json.dumps(found))
"""


def python_of(prefix: str, context: Context) -> str:
    """The interpreter of the environment in a folder, or the empty text."""
    path = interpreter_in(prefix, context.machine.system)
    return path if is_program(path) else ""


def _answer(text: str) -> str:
    return next((line[2:] for line in reversed(text.splitlines()) if line.startswith("@@")), "")


def _kind_of(prefix: str) -> str:
    place = Path(prefix)
    if (place / "conda-meta" / "history").is_file():
        return "conda"
    return "venv" if (place / "pyvenv.cfg").is_file() else ""


@kind("env-exists", "prefix")
def _env_exists(probe: Probe, context: Context) -> Result:
    found = _kind_of(probe.prefix)
    if found:
        return Result(ok=True, reason=f"{probe.prefix} is a {found} environment")
    if Path(probe.prefix, "conda-meta").is_dir():
        return Result(ok=False, reason=f"{probe.prefix} is a half-made conda environment")
    return Result(
        ok=False, reason=f"{probe.prefix} is {'no environment' if os.path.lexists(probe.prefix) else 'not there'}"
    )


@kind("env-complete", "prefix")
def _env_complete(probe: Probe, context: Context) -> Result:
    there = _env_exists(probe, context)
    if not there.ok:
        return there
    python = python_of(probe.prefix, context)
    if not python:
        return Result(ok=False, reason=f"the environment {probe.prefix} has no Python")
    answer = context.run([python, "-I", "-B", "-c", _VERSION])
    version, _, prefix = _answer(answer.out).partition(" ")
    if answer.code or not version:
        said = (answer.err or answer.out).strip().splitlines()
        return Result(ok=False, reason=f"{python} does not run: {said[-1][:200] if said else answer.code}")
    if os.path.realpath(prefix) != os.path.realpath(probe.prefix):
        return Result(ok=False, reason=f"{python} belongs to {prefix}, not to {probe.prefix}")
    return Result(ok=True, reason=f"the environment {probe.prefix} runs Python {version}", evidence=version)


@kind("python-version", "prefix", "version")
def _python_version(probe: Probe, context: Context) -> Result:
    python = python_of(probe.prefix, context)
    if not python:
        return Result(ok=False, reason=f"there is no Python in {probe.prefix}")
    answer = context.run([python, "-I", "-B", "-c", _VERSION])
    version = _answer(answer.out).partition(" ")[0]
    wanted = numbers(probe.version)
    ok = answer.code == 0 and bool(version) and numbers(version)[: len(wanted)] == wanted
    if not version:
        return Result(ok=False, reason=f"{python} does not run")
    return Result(ok=ok, reason=f"{python} is Python {version}", evidence=version)


@kind("name-free", "name")
def _name_free(probe: Probe, context: Context) -> Result:
    """No conda environment of that name, in any folder where conda would find it: conda replaces one without a word."""
    for conda in context.machine.condas:
        for folder in conda.envs_dirs or (f"{conda.root}/envs",):
            path = Path(folder, probe.name)
            if os.path.lexists(path):
                return Result(ok=False, reason=f"there is already an environment or a folder {path}")
    taken = context.machine.environment(probe.name)
    if taken and taken.kind == "conda" and taken.name == probe.name and Path(taken.path).exists():
        return Result(ok=False, reason=f"there is already an environment {probe.name} in {taken.path}")
    program = facts.program(context.machine, "conda")
    if context.fresh and program:
        # The folders above come from conda's settings as we read them; what conda itself says counts more.
        answer = context.run([program, "env", "list", "--json"])
        for path_text in _listed(answer.out):
            if re.split(r"[\\/]", path_text)[-1] == probe.name:
                return Result(ok=False, reason=f"there is already an environment {probe.name} in {path_text}")
    return Result(ok=True, reason=f"no conda environment is called {probe.name}")


def _listed(text: str) -> list[str]:
    try:
        found = json.loads(text)["envs"]
    except (ValueError, KeyError, TypeError):
        return []
    return [str(path) for path in found] if isinstance(found, list) else []


@kind("imports", "prefix", "imports")
def _imports(probe: Probe, context: Context) -> Result:
    python = python_of(probe.prefix, context)
    if not python:
        return Result(ok=False, reason=f"there is no Python in {probe.prefix}")
    answer = context.run([python, "-I", "-B", "-c", _IMPORT, *probe.imports], timeout=180.0)
    if answer.code == 0:
        return Result(ok=True, reason=f"{', '.join(probe.imports)} can be imported in {probe.prefix}")
    said = (answer.err or answer.out).strip().splitlines()
    return Result(
        ok=False,
        reason=f"importing fails: {said[-1][:300] if said else f'exit {answer.code}'}",
        evidence=answer.err[-2000:],
    )


@kind("packages-installed", "prefix", "packages")
def _packages_installed(probe: Probe, context: Context) -> Result:
    """Each package is there, and its version fits what was asked (`name`, `name==1.2`, `name>=1,<2`, `name=1.2`).

    conda's own records count first: a conda package may have another name than the Python project in it.
    """
    python = python_of(probe.prefix, context)
    if not python:
        return Result(ok=False, reason=f"there is no Python in {probe.prefix}")
    wanted = [(re.split(r"[\[=<>!~]", spec, maxsplit=1)[0], spec) for spec in probe.packages]
    versions = _conda_packages(probe.prefix)
    rest = [name for name, _ in wanted if name not in versions]
    if rest:
        answer = context.run([python, "-I", "-B", "-c", _PACKAGES, *rest])
        try:
            versions |= json.loads(_answer(answer.out))
        except ValueError:
            said = answer.err.strip()[-200:]
            return Result(ok=False, reason=f"{python} does not tell its packages: {said}")
    for name, spec in wanted:
        if not versions.get(name):
            return Result(ok=False, reason=f"{name} is not installed in {probe.prefix}")
        if not fits(versions[name], spec):
            return Result(ok=False, reason=f"{name} is {versions[name]}, asked for was {spec}")
    shown = ", ".join(f"{name} {versions[name]}" for name, _ in wanted)
    return Result(ok=True, reason=f"installed in {probe.prefix}: {shown}", evidence=shown)


@kind("packages-absent", "prefix", "packages")
def _packages_absent(probe: Probe, context: Context) -> Result:
    """None of the packages is there, neither in conda's records nor as a Python project."""
    names = [re.split(r"[\[=<>!~]", spec, maxsplit=1)[0] for spec in probe.packages]
    for name in names:
        found = _packages_installed(probe.replace(packages=(name,)), context)
        if found.ok or not found.reason.endswith(f"is not installed in {probe.prefix}"):
            return Result(ok=False, reason=found.reason)
    return Result(ok=True, reason=f"not in {probe.prefix}: {', '.join(names)}")


@kind("requirements-installed", "prefix", "path")
def _requirements_installed(probe: Probe, context: Context) -> Result:
    """What a requirements file names is installed, in versions that fit."""
    wanted = requirements(probe.path)
    if not wanted:
        return Result(ok=True, reason=f"{probe.path} names no package that can be checked by its name")
    return _packages_installed(probe.replace(packages=wanted), context)


def _conda_packages(prefix: str) -> dict[str, str]:
    """Packages that conda has recorded in an environment; the file names say name, version and build."""
    found = {}
    for path in Path(prefix, "conda-meta").glob("*.json"):
        name, _, rest = path.stem.rpartition("-")[0].rpartition("-")
        if name:
            found[name] = rest
    return found


def fits(version: str, spec: str) -> bool:
    """Whether a version fits a specifier, by its numbers; what cannot be compared counts as fitting."""
    for sign, wanted in re.findall(
        r"(===|==|~=|!=|<=|>=|=|<|>)\s*([A-Za-z0-9.*+!_-]+)", re.sub(r"\[[^\]]*\]", "", spec)
    ):
        ours, theirs = numbers(version), numbers(wanted)
        if not ours or not theirs:
            continue
        length = max(len(ours), len(theirs))
        left, right = ours + (0,) * (length - len(ours)), theirs + (0,) * (length - len(theirs))
        if sign == "=" or (sign in ("==", "===") and wanted.endswith("*")):
            ok = ours[: len(theirs)] == theirs
        elif sign == "~=":
            ok = at_least(version, wanted) and ours[: len(theirs) - 1] == theirs[:-1]
        else:
            ok = {
                "==": left == right, "===": left == right, "!=": left != right,
                ">=": left >= right, "<=": left <= right, ">": left > right, "<": left < right,
            }[sign]  # fmt: skip
        if not ok:
            return False
    return True


@kind("torch-matmul", "prefix", may=("device",))
def _torch_matmul(probe: Probe, context: Context) -> Result:
    python = python_of(probe.prefix, context)
    if not python:
        return Result(ok=False, reason=f"there is no Python in {probe.prefix}")
    answer = context.run([python, "-I", "-B", str(_MATMUL), probe.device or "auto"], timeout=300.0)
    try:
        said = json.loads(_answer(answer.out))
    except ValueError:
        last = (answer.err or answer.out).strip().splitlines()
        return Result(ok=False, reason=f"the test of torch ended with {answer.code}: {last[-1][:300] if last else ''}")
    if answer.code or "error" in said:
        return Result(ok=False, reason=str(said.get("error", f"exit {answer.code}")), evidence=json.dumps(said))
    where = f"{said['ran_on']} ({said['name']})" if said.get("name") else str(said["ran_on"])
    return Result(
        ok=True, reason=f"torch {said['torch']} multiplied two matrices on {where}", evidence=json.dumps(said)
    )


@kind("kernel-registered", "name", may=("prefix",))
def _kernel_registered(probe: Probe, context: Context) -> Result:
    kernels = look_at({"kernels"}).kernels if context.fresh or not context.machine.kernels else context.machine.kernels
    found = [kernel for kernel in kernels if kernel.name.lower() == probe.name.lower()]
    if not found:
        return Result(ok=False, reason=f"Jupyter has no kernel `{probe.name}`")
    if not probe.prefix:
        return Result(ok=True, reason=f"Jupyter has the kernel `{probe.name}`", evidence=found[0].path)
    inside = Path(probe.prefix).resolve()
    for kernel in found:
        if inside in (Path(kernel.interpreter).parent.resolve() / "python").parents:
            return Result(
                ok=True, reason=f"the kernel `{probe.name}` starts {kernel.interpreter}", evidence=kernel.path
            )
    return Result(
        ok=False, reason=f"the kernel `{probe.name}` starts {found[0].interpreter}, which is not in {probe.prefix}"
    )
