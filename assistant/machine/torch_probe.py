"""torch in each environment: its build from its own files; what it can do by running that environment's Python."""

from __future__ import annotations

import os
import re

from assistant.machine.context import Roots
from assistant.machine.files import parse_json_object, read_text, texts
from assistant.machine.layout import site_packages
from assistant.machine.model import Environment, Torch
from assistant.machine.packages import find_dist

# Run with -I -B: nothing of the person's settings, nothing written. One line of JSON is the answer.
PROBE = """
import json, os, sys
os.environ.setdefault("PYTORCH_NVML_BASED_CUDA_CHECK", "1")
answer = {}
try:
    import torch
    answer["version"] = torch.__version__
    answer["cuda"] = torch.version.cuda or ""
    answer["hip"] = getattr(torch.version, "hip", None) or ""
    answer["available"] = bool(torch.cuda.is_available())
    answer["arches"] = torch.cuda.get_arch_list() if answer["cuda"] else []
    mps = getattr(torch.backends, "mps", None)
    if mps is not None and mps.is_available():
        answer["available"] = True
except BaseException as error:
    answer["error"] = type(error).__name__ + ": " + str(error)[:500]
sys.stdout.write("\\n@@" + json.dumps(answer) + "\\n")
"""

_VERSION = re.compile(r"^__version__\s*(?::[^=]+)?=\s*['\"]([^'\"]+)['\"]", re.MULTILINE)
_BUILD = re.compile(r"^(cuda|hip)\s*(?::[^=]+)?=\s*(?:None|['\"]([^'\"]*)['\"])", re.MULTILINE)


def find_torch(roots: Roots, environments: tuple[Environment, ...]) -> tuple[Torch, ...]:
    """torch wherever it is installed, from files alone."""
    found = []
    for one in environments:
        if (torch := read_torch(one, roots)) is not None:
            found.append(torch)
    return tuple(found)


def read_torch(environment: Environment, roots: Roots) -> Torch | None:
    """The build that lies in one environment; None where there is no torch."""
    for folder in site_packages(environment.path, roots.system):
        text = read_text(os.path.join(folder, "torch", "version.py"), 20_000)
        if text is not None:
            version, cuda, hip = parse_version_file(text)
            version = version or find_dist(environment.path, "torch", roots.system)
            return Torch(environment=environment.name, path=environment.path, version=version, cuda=cuda, hip=hip)
    return None


def parse_version_file(text: str) -> tuple[str, str, str]:
    """Version, CUDA and HIP from torch/version.py; empty texts where it names none."""
    version = _VERSION.search(text)
    builds = {found[1]: found[2] or "" for found in _BUILD.finditer(text)}
    return (version[1] if version else ""), builds.get("cuda", ""), builds.get("hip", "")


def try_torch(torch: Torch, environment: Environment, roots: Roots, *, timeout: float = 60.0) -> Torch:
    """The same with what importing it shows. Importing may take many seconds; a failure is kept as `error`."""
    if not environment.python:
        return torch.replace(tried=True, error="the environment has no Python")
    answer = roots.run([environment.python, "-I", "-B", "-c", PROBE], timeout=timeout)
    facts = parse_answer(answer.out)
    if facts is None:
        said = (answer.err or answer.out).strip().splitlines()
        return torch.replace(tried=True, error=said[-1][:500] if said else f"Python ended with code {answer.code}")
    available = facts.get("available")
    return torch.replace(
        tried=True,
        version=str(facts.get("version") or torch.version),
        cuda=str(facts.get("cuda", torch.cuda)),
        hip=str(facts.get("hip", torch.hip)),
        available=available if isinstance(available, bool) else None,
        arches=texts(facts.get("arches")),
        error=str(facts.get("error", "")),
    )


def parse_answer(text: str) -> dict[str, object] | None:
    """The probe's line of JSON, among whatever else the import printed."""
    for line in reversed(text.splitlines()):
        if line.startswith("@@"):
            return parse_json_object(line[2:])
    return None
