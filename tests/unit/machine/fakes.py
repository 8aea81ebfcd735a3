"""Machines made of files as the real tools write them, and an NVML that says what it is told.

Nothing here replaces code of the package: probes read these files as they read a person's.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, ClassVar

from assistant.machine.context import Completed, Roots, run_command

FORGE = "https://conda.anaconda.org/conda-forge"
DEFAULTS = "https://repo.anaconda.com/pkgs/main"


def write(path: Path, text: str, *, mode: int = 0o644) -> Path:
    """A file with its folders."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(textwrap.dedent(text), encoding="utf-8")
    path.chmod(mode)
    return path


def program(path: Path, text: str = "#!/bin/sh\nexit 0\n") -> Path:
    """A file that may be started."""
    return write(path, text, mode=0o755)


def record(
    prefix: Path, name: str, version: str, *, channel: str = FORGE, platform: str = "linux-64", build: str = "h1_0"
) -> None:
    """A package as conda records it: keys sorted, the channel's address with its platform."""
    body = {
        "arch": "x86_64",
        "build": build,
        "build_number": 0,
        "channel": f"{channel}/{platform}",
        "constrains": [],
        "depends": ["python >=3.10"],
        "files": [f"lib/python3.12/site-packages/{name}/{number}.py" for number in range(30)],
        "fn": f"{name}-{version}-{build}.conda",
        "name": name,
        "subdir": platform,
        "version": version,
    }
    write(prefix / "conda-meta" / f"{name}-{version}-{build}.json", json.dumps(body, indent=2, sort_keys=True))


def dist(site: Path, name: str, version: str, installer: str = "pip") -> None:
    """The metadata folder of an installed package."""
    folder = site / f"{name.replace('-', '_')}-{version}.dist-info"
    write(folder / "METADATA", f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n")
    write(folder / "INSTALLER", f"{installer}\n")


def site(prefix: Path, version: str = "3.12", system: str = "linux") -> Path:
    """The site-packages folder of a prefix."""
    return (
        prefix / "Lib" / "site-packages"
        if system == "windows"
        else prefix / "lib" / f"python{version}" / "site-packages"
    )


def conda_python(prefix: Path, version: str, system: str = "linux") -> None:
    """A Python in a conda prefix."""
    short = ".".join(version.split(".")[:2])
    record(prefix, "python", version, build="h2_0_cpython", platform="win-64" if system == "windows" else "linux-64")
    if system == "windows":
        program(prefix / "python.exe")
    else:
        program(prefix / "bin" / f"python{short}")
        (prefix / "bin" / "python").symlink_to(f"python{short}")
        (prefix / "bin" / "python3").symlink_to(f"python{short}")
    site(prefix, short, system).mkdir(parents=True, exist_ok=True)
    write(prefix / "conda-meta" / "history", "")


def conda_environment(prefix: Path, python: str | None = "3.12.7", *, pip: bool = True, system: str = "linux") -> Path:
    """A conda environment, with pip in it as conda puts it."""
    write(prefix / "conda-meta" / "history", "==> 2026-11-01 10:00:00 <==\n# cmd: conda create -n x python\n")
    if python is not None:
        conda_python(prefix, python, system)
        if pip:
            short = ".".join(python.split(".")[:2])
            record(prefix, "pip", "26.3", platform="noarch", build="pyh1_0")
            dist(site(prefix, short, system), "pip", "26.3", "conda")
            pip_program = prefix / "Scripts" / "pip.exe" if system == "windows" else prefix / "bin" / "pip"
            program(pip_program, f"#!{prefix}/bin/python{short}\nimport pip\n")
    return prefix


def conda_root(
    root: Path, version: str = "26.7.1", *, channel: str = FORGE, python: str = "3.13.5", system: str = "linux"
) -> Path:
    """A conda installation as Miniforge (or with Anaconda's channel: Miniconda) leaves it."""
    conda_environment(root, python, system=system)
    record(root, "conda", version, channel=channel, build="py313h1_0")
    if channel == DEFAULTS:
        record(root, "conda-anaconda-tos", "0.2.2", channel=channel, platform="noarch")
        write(root / ".condarc", "channels:\n  - defaults\n")
    else:
        write(root / ".condarc", "channels:\n  - conda-forge\n")
    (root / "condabin").mkdir(parents=True, exist_ok=True)
    (root / "envs").mkdir(exist_ok=True)
    (root / "pkgs").mkdir(exist_ok=True)
    if system == "windows":
        program(root / "Scripts" / "conda.exe")
        program(root / "condabin" / "conda.bat")
    else:
        program(root / "bin" / "conda", f"#!{root}/bin/python\n")
        program(root / "condabin" / "conda", f"#!{root}/bin/python\n")
    return root


def terms(folder: Path, channel: str, accepted: bool, version: str = "2025-07-15T00:00:00Z") -> None:
    """A record of terms of service as conda's plug-in writes it."""
    name = hashlib.sha256(channel.encode()).hexdigest()
    body = {
        "version": version,
        "text": "terms",
        "base_url": channel,
        "tos_accepted": accepted,
        "acceptance_timestamp": version,
    }
    write(folder / name / "1752537600.0.json", json.dumps(body))


def init_block(root: str, shell: str = "bash") -> str:
    """What `conda init` writes."""
    if shell == "powershell":
        return (
            "#region conda initialize\n# !! Contents within this block are managed by 'conda init' !!\n"
            f'If (Test-Path "{root}\\Scripts\\conda.exe") {{\n'
            f'    (& "{root}\\Scripts\\conda.exe" "shell.powershell" "hook") | Out-String | ?{{$_}} | '
            "Invoke-Expression\n}\n#endregion\n"
        )
    if shell == "fish":
        return (
            "# >>> conda initialize >>>\n# !! Contents within this block are managed by 'conda init' !!\n"
            f'if test -f {root}/bin/conda\n    eval {root}/bin/conda "shell.fish" "hook" $argv | source\n'
            "end\n# <<< conda initialize <<<\n"
        )
    return (
        "# >>> conda initialize >>>\n# !! Contents within this block are managed by 'conda init' !!\n"
        f"__conda_setup=\"$('{root}/bin/conda' 'shell.{shell}' 'hook' 2> /dev/null)\"\n"
        'if [ $? -eq 0 ]; then\n    eval "$__conda_setup"\nelse\n'
        f'    if [ -f "{root}/etc/profile.d/conda.sh" ]; then\n        . "{root}/etc/profile.d/conda.sh"\n'
        f'    else\n        export PATH="{root}/bin:$PATH"\n    fi\nfi\n'
        "unset __conda_setup\n# <<< conda initialize <<<\n"
    )


def venv(
    path: Path, base: Path, version: str = "3.12.7", *, by: str = "venv", made_at: Path | None = None, pip: bool = True
) -> Path:
    """A virtual environment on top of a base prefix, as venv or uv writes it."""
    short = ".".join(version.split(".")[:2])
    lines = [f"home = {base}/bin", "include-system-site-packages = false"]
    if by == "uv":
        lines += ["implementation = CPython", "uv = 0.13.9", f"version_info = {version}"]
    else:
        lines += [
            f"version = {version}",
            f"executable = {base}/bin/python{short}",
            f"command = {base}/bin/python3 -m venv {path}",
        ]
    write(path / "pyvenv.cfg", "\n".join(lines) + "\n")
    (path / "bin").mkdir(parents=True, exist_ok=True)
    (path / "bin" / "python").symlink_to(base / "bin" / f"python{short}")
    (path / "bin" / "python3").symlink_to("python")
    write(path / "bin" / "activate", f"deactivate () {{\n:\n}}\nVIRTUAL_ENV='{made_at or path}'\nexport VIRTUAL_ENV\n")
    site(path, short).mkdir(parents=True)
    if pip and by != "uv":
        dist(site(path, short), "pip", "26.3")
        program(path / "bin" / "pip", f"#!{made_at or path}/bin/python\n")
    return path


def system_python(root: Path, version: str = "3.12.3", *, managed: bool = False, ensurepip: bool = True) -> Path:
    """The system's own Python below a fake file system."""
    usr = root / "usr"
    short = ".".join(version.split(".")[:2])
    program(usr / "bin" / f"python{short}")
    (usr / "bin" / "python3").symlink_to(f"python{short}")
    write(usr / "include" / f"python{short}" / "patchlevel.h", f'#define PY_VERSION              "{version}"\n')
    library = usr / "lib" / f"python{short}"
    library.mkdir(parents=True)
    if managed:
        write(library / "EXTERNALLY-MANAGED", "[externally-managed]\nError=no\n")
    if ensurepip:
        (library / "ensurepip").mkdir()
    return usr


def process(root: Path, number: int, name: str, parent: int) -> None:
    """A process in /proc."""
    write(
        root / "proc" / str(number) / "stat", f"{number} ({name}) S {parent} {number} {number} 34816 0 4194304 100 0\n"
    )


class FakeRun:
    """Programs that are not on this machine: their answers by name. Others run for real."""

    def __init__(self, answers: Mapping[str, Completed | Callable[[list[str]], Completed]] | None = None) -> None:
        self.answers = dict(answers or {})
        self.calls: list[list[str]] = []

    def __call__(self, argv: list[str], *, timeout: float = 10.0, env: Mapping[str, str] | None = None) -> Completed:
        self.calls.append(argv)
        name = Path(argv[0]).name
        if name in self.answers:
            answer = self.answers[name]
            return answer(argv) if callable(answer) else answer
        return run_command(argv, timeout=timeout, env=env)


class FakeNvml:
    """NVIDIA's binding with the functions that are used, answering from a description of the machine."""

    class NVMLError(Exception):
        names: ClassVar[dict[int, str]] = {
            3: "Not Supported", 4: "Insufficient Permissions", 6: "Not Found", 9: "Driver Not Loaded",
            12: "NVML Shared Library Not Found", 18: "Driver/library version mismatch",
        }  # fmt: skip

        def __init__(self, value: int) -> None:
            super().__init__(self.names.get(value, "Unknown Error"))
            self.value = value

    NVML_TEMPERATURE_GPU = 0

    def __init__(
        self, gpus: list[dict[str, Any]] | None = None, *, driver: str = "580.95.05", cuda: int = 13000, fails: int = 0
    ) -> None:
        self.gpus = gpus or []
        self.driver, self.cuda, self.fails = driver, cuda, fails
        self.opened = self.closed = 0

    def nvmlInit(self) -> None:
        if self.fails:
            raise self.NVMLError(self.fails)
        self.opened += 1

    def nvmlShutdown(self) -> None:
        self.closed += 1

    def nvmlSystemGetDriverVersion(self) -> str:
        return self.driver

    def nvmlSystemGetCudaDriverVersion_v2(self) -> int:
        return self.cuda

    def nvmlDeviceGetCount(self) -> int:
        return len(self.gpus)

    def nvmlDeviceGetHandleByIndex(self, index: int) -> dict[str, Any]:
        return self._of(self.gpus[index], "handle", self.gpus[index])

    def _of(self, gpu: dict[str, Any], key: str, default: Any) -> Any:
        value = gpu.get(key, default)
        if isinstance(value, int) and key in gpu.get("refuses", ()):
            raise self.NVMLError(3)
        if key in gpu.get("refuses", ()):
            raise self.NVMLError(3)
        return value

    def nvmlDeviceGetName(self, gpu: dict[str, Any]) -> str:
        return self._of(gpu, "name", "NVIDIA GPU")

    def nvmlDeviceGetMemoryInfo(self, gpu: dict[str, Any]) -> Any:
        total = self._of(gpu, "memory", 8 << 30)
        return SimpleNamespace(total=total, used=gpu.get("used", total // 10))

    def nvmlDeviceGetCudaComputeCapability(self, gpu: dict[str, Any]) -> tuple[int, int]:
        return self._of(gpu, "capability", (8, 6))

    def nvmlDeviceGetUtilizationRates(self, gpu: dict[str, Any]) -> Any:
        return SimpleNamespace(gpu=self._of(gpu, "load", 5), memory=1)

    def nvmlDeviceGetTemperature(self, gpu: dict[str, Any], kind: int) -> int:
        return self._of(gpu, "temperature", 41)

    def nvmlDeviceGetPowerUsage(self, gpu: dict[str, Any]) -> int:
        return self._of(gpu, "power", 25_400)

    def nvmlDeviceGetMigMode(self, gpu: dict[str, Any]) -> list[int]:
        if "mig" not in gpu:
            raise self.NVMLError(3)
        return [1, 1] if gpu["mig"] is not None else [0, 0]

    def nvmlDeviceGetMaxMigDeviceCount(self, gpu: dict[str, Any]) -> int:
        return 7

    def nvmlDeviceGetMigDeviceHandleByIndex(self, gpu: dict[str, Any], index: int) -> dict[str, Any]:
        if index >= len(gpu["mig"]):
            raise self.NVMLError(6)
        return gpu["mig"][index]


class Fake:
    """One machine under a temporary folder: a home, a file system root, PATH and variables."""

    def __init__(self, folder: Path, system: str = "linux") -> None:
        self.system = system
        self.root = folder / "root"
        self.home = folder / "people" / "sam"
        self.cwd = self.home / "work" / "project"
        self.cwd.mkdir(parents=True)
        self.env: dict[str, str] = {"HOME": str(self.home), "SHELL": "/bin/bash", "TERM": "xterm-256color"}
        self.path: list[Path] = []
        self.answers: dict[str, Any] = {}
        self.nvml: Any = FakeNvml(fails=12)
        self.machine = "x86_64"
        process(self.root, 100, "bash", 50)
        process(self.root, 50, "gnome-terminal-server", 1)
        write(self.root / "etc" / "os-release", 'NAME="Ubuntu"\nPRETTY_NAME="Ubuntu 24.04.3 LTS"\n')
        write(self.root / "lib" / "x86_64-linux-gnu" / "libc-2.39.so", "")

    @classmethod
    def well(cls, folder: Path) -> Fake:
        """All is well here: Miniforge, one environment, active in an initialised bash."""
        fake = cls(folder)
        usr = system_python(fake.root)
        root = conda_root(fake.home / "miniforge3")
        demo = conda_environment(root / "envs" / "demo")
        write(fake.home / ".bashrc", "export A=1\n\n" + init_block(str(root)))
        fake.path = [demo / "bin", root / "condabin", usr / "bin"]
        fake.env |= {
            "CONDA_PREFIX": str(demo),
            "CONDA_DEFAULT_ENV": "demo",
            "CONDA_SHLVL": "2",
            "CONDA_EXE": str(root / "bin" / "conda"),
        }
        return fake

    @property
    def conda(self) -> Path:
        """The root of the conda of a machine made by `well`."""
        return self.home / "miniforge3"

    @property
    def demo(self) -> Path:
        """Its active environment."""
        return self.conda / "envs" / "demo"

    def leave(self) -> None:
        """Deactivate what is active."""
        for name in ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "VIRTUAL_ENV"):
            self.env.pop(name, None)
        self.path = [entry for entry in self.path if entry != self.demo / "bin"]

    def roots(self) -> Roots:
        """The surroundings that the probes take."""

        def load() -> Any:
            if isinstance(self.nvml, Exception):
                raise self.nvml
            return self.nvml

        return Roots(
            system=self.system,
            home=str(self.home),
            cwd=str(self.cwd),
            env=dict(self.env),
            path=tuple(str(entry) for entry in self.path),
            run=FakeRun(self.answers),
            load_nvml=load,
            root=str(self.root),
            parent=100,
            machine=self.machine,
        )
