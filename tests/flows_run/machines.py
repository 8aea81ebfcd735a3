"""Described machines: three systems, each with conda, with Python alone, or with nothing; and what a person would type."""

from __future__ import annotations

from pathlib import Path

from assistant.machine.model import Conda, Driver, Environment, Gpu, Machine, Python, ShellFile, Terms, Tool

SYSTEMS = ("linux", "macos", "windows")
EQUIPMENT = ("conda", "venv", "nothing")
SHELLS = {"linux": "bash", "macos": "zsh", "windows": "powershell"}
GPU = {
    "driver": Driver(state="ok", version="580.95.05", cuda="13.0", source="nvml"),
    "gpus": (Gpu(index=0, name="NVIDIA GeForce RTX 4090", memory_total=24 << 30, capability="8.9"),),
}


def machine(system: str, equipment: str, home: Path, work: Path, *, gpu: bool = False) -> Machine:
    """A machine that is described, not looked at. On Linux its home and working folder are real."""
    here, cwd, slash = str(home), str(work), "/"
    if system == "windows":
        here, cwd, slash = r"C:\Users\user", r"C:\Users\user\project", "\\"
    elif system == "macos":
        here, cwd = "/Users/user", "/Users/user/project"
    files = {
        "linux": (ShellFile(path=f"{here}/.bashrc", shell="bash"), ShellFile(path=f"{here}/.zshrc", shell="zsh")),
        "macos": (ShellFile(path=f"{here}/.bash_profile", shell="bash"), ShellFile(path=f"{here}/.zshrc", shell="zsh")),
        "windows": (ShellFile(path=rf"{here}\Documents\PowerShell\profile.ps1", shell="powershell"),),
    }
    found = Machine(
        system=system,
        architecture="arm64" if system == "macos" else "x86_64",
        release="macOS 15.1" if system == "macos" else "",
        glibc="2.36" if system == "linux" else "",
        today="2026-11-22",
        shell=SHELLS[system],
        home=here,
        cwd=cwd,
        shell_files=files[system],
    )
    if gpu:
        found = found.replace(**GPU)
    if equipment == "nothing":
        return found
    program = r"C:\Python313\python.exe" if system == "windows" else "/usr/bin/python3.13"
    venv = Environment(
        name="project", path=f"{cwd}{slash}.venv", kind="venv", python_version="3.13.5", base=str(Path(program).parent)
    )
    found = found.replace(
        pythons=(Python(path=program, source="path", version="3.13.5", order=0, has_venv=True),), environments=(venv,)
    )
    if equipment == "venv":
        return found
    root = f"{here}{slash}miniconda3"
    conda = Conda(
        root=root,
        kind="miniconda",
        version="26.3.2",
        python_version="3.13.5",
        channels=("defaults",),
        envs_dirs=(f"{root}{slash}envs",),
        pkgs_dirs=(f"{root}{slash}pkgs",),
        terms_plugin=True,
        terms=(Terms(channel="https://repo.anaconda.com/pkgs/main", state="pending"),),
    )
    own = Environment(
        name="persona", path=f"{root}{slash}envs{slash}persona", kind="conda", python_version="3.12.9", base=root
    )
    base = Environment(name="base", path=root, kind="conda", python_version="3.13.5", base=root)
    tool = rf"{root}\condabin\conda.bat" if system == "windows" else f"{root}/condabin/conda"
    return found.replace(condas=(conda,), environments=(base, own, venv), tools=(Tool(name="conda", path=tool),))


def given(flow: str, found: Machine, files: dict[str, str]) -> dict[str, str]:
    """What a person would type for a flow on this machine: only what has no default."""
    env = {"env": "persona" if found.condas else "project"} if found.environments else {"env": "project"}
    by_flow: dict[str, dict[str, str]] = {
        "create-environment": {"name": "demo"},
        "install-packages": {**env, "packages": "six"},
        "update-packages": {**env, "packages": "six"},
        "remove-package": {**env, "packages": "six"},
        "change-python": {**env, "python": "3.12"},
        "rename-environment": {**env, "name": "other"},
        "roll-back-environment": {**env, "revision": "1"},
        "recreate-from-file": {"file": files["yaml"], "name": "again"},
        "venv-from-requirements": {"file": files["requirements"]},
    }
    needs_env = (
        "clone-environment", "export-environment", "install-pytorch", "install-unsloth", "open-shell-in-environment",
        "register-jupyter-kernel", "remove-environment", "verify-gpu",
    )  # fmt: skip
    return by_flow.get(flow, env if flow in needs_env else {})
