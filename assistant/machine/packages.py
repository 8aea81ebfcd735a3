"""What is installed in an environment: from conda's records and the metadata in site-packages. No Python is run."""

from __future__ import annotations

import os
import re
from collections import Counter

from assistant.machine import records
from assistant.machine.context import Roots
from assistant.machine.files import names_in, read_text
from assistant.machine.layout import site_packages
from assistant.machine.model import Environment, Package

# Packages that answers and checks speak about, by their PyPI name.
INTEREST = frozenset(
    {
        "torch", "torchvision", "torchaudio", "numpy", "pandas", "scipy", "scikit-learn", "matplotlib",
        "tensorflow", "keras", "jax", "jaxlib", "transformers", "datasets", "accelerate", "unsloth",
        "bitsandbytes", "xformers", "triton", "flash-attn", "peft", "trl", "vllm", "ipykernel", "ipython",
        "jupyter", "jupyterlab", "notebook", "jupyter-client", "pip", "uv", "setuptools", "wheel", "conda",
        "mamba", "pysocks", "opencv-python", "polars", "pytorch-cuda", "cuda-version",
    }
)  # fmt: skip
# conda's name -> PyPI's name, where they differ.
CONDA_NAMES = {
    "pytorch": "torch",
    "pytorch-gpu": "torch",
    "pytorch-cpu": "torch",
    "py-opencv": "opencv-python",
    "flash-attn-2": "flash-attn",
}
BY_CONDA = "conda"


def normalise(name: str) -> str:
    """The name as PyPI compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def describe(environment: Environment, roots: Roots) -> Environment:
    """The environment with its packages, counts, channels and the traces of mixed installers."""
    if environment.hollow or not os.path.isdir(environment.path):
        return environment
    conda = records.installed(environment.path) if environment.kind in ("conda", "pixi") else {}
    dists: list[tuple[str, str, str]] = []
    leftovers: list[str] = []
    for folder in site_packages(environment.path, roots.system):
        found, left = read_site(folder)
        dists += found
        leftovers += left
    by_pip = [(name, version, by) for name, version, by in dists if by != BY_CONDA and by]
    versions = {normalise(CONDA_NAMES.get(name, name)): version for name, (version, _) in conda.items()}
    overwritten = tuple(
        f"{name}: conda {versions[name]}, {by} {version}"
        for name, version, by in by_pip
        if conda and name in versions and versions[name] != version
    )
    pip_packages = tuple(f"{name} {version}" for name, version, _ in by_pip if versions.get(name) != version)
    counts = Counter(name for name, _, _ in dists)
    channels: Counter[str] = Counter(
        name for _, path in conda.values() if (name := records.channel_name(records.record_channel(path)))
    )
    return environment.replace(
        detailed=True,
        packages=_of_interest(conda, dists),
        conda_count=len(conda),
        pip_packages=pip_packages,
        overwritten=overwritten,
        duplicates=tuple(sorted(name for name, count in counts.items() if count > 1)),
        leftovers=tuple(leftovers),
        channels=tuple(sorted(channels.items(), key=lambda item: (-item[1], item[0]))),
        has_pip="pip" in counts or "pip" in conda,
    )


def _of_interest(conda: dict[str, tuple[str, str]], dists: list[tuple[str, str, str]]) -> tuple[Package, ...]:
    found: dict[str, Package] = {}
    for name, (version, _) in conda.items():
        known = normalise(CONDA_NAMES.get(name, name))
        if known in INTEREST and not (name != known and known in found):
            found[known] = Package(name=known, version=version, source="conda")
    for name, version, by in dists:
        # What lies in site-packages is what is imported: it wins over conda's record.
        if name in INTEREST and (by != BY_CONDA or name not in found):
            found[name] = Package(
                name=name, version=version, source=by or (found[name].source if name in found else "")
            )
    return tuple(found[name] for name in sorted(found))


def read_site(folder: str) -> tuple[list[tuple[str, str, str]], list[str]]:
    """(name, version, installer) of each package in a site-packages folder, and leftovers of interrupted installs."""
    dists: list[tuple[str, str, str]] = []
    leftovers: list[str] = []
    for entry in names_in(folder):
        if entry.startswith("~"):
            leftovers.append(os.path.join(folder, entry))
            continue
        parsed = parse_metadata_name(entry)
        if parsed is None:
            continue
        by = ""
        if entry.endswith(".dist-info"):
            by = (read_text(os.path.join(folder, entry, "INSTALLER"), 100) or "").strip().lower()
        dists.append((*parsed, by))
    return dists, leftovers


def parse_metadata_name(entry: str) -> tuple[str, str] | None:
    """`scikit_learn-1.5.0.dist-info` -> (scikit-learn, 1.5.0); None for other names."""
    for ending in (".dist-info", ".egg-info"):
        if entry.endswith(ending):
            name, mark, version = entry[: -len(ending)].partition("-")
            if name and mark and version:
                return normalise(name), version.partition("-py")[0]
    return None


def find_dist(prefix: str, name: str, system: str) -> str:
    """The version of one package in a prefix; the empty text where it is not there."""
    for folder in site_packages(prefix, system):
        for entry in names_in(folder):
            if (parsed := parse_metadata_name(entry)) is not None and parsed[0] == name:
                return parsed[1]
    return ""
