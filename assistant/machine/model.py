"""The facts about one computer, as frozen records. Paths are texts, sizes bytes, versions as the tools write them.

Kept light: a one-shot answer imports this module. What a probe did not look at stays at its default.
"""

from __future__ import annotations

from assistant.content.frozen import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Tool(Frozen):
    """A program found on PATH (the first of its name)."""

    name: str
    path: str
    version: str | None = None


class Python(Frozen):
    """An interpreter. `source`: path, pyenv, uv, store, system. `order` counts from 0 along PATH; -1 is not on PATH."""

    path: str
    source: str
    version: str = ""
    order: int = -1
    prefix: str = ""
    stub: bool = False
    """The Windows Store's placeholder: it opens the Store and runs nothing."""
    externally_managed: bool = False
    """PEP 668: pip refuses to install into it."""
    has_venv: bool | None = None
    """Whether `python -m venv` can give an environment pip (Debian splits that off)."""


class Terms(Frozen):
    """Terms of service of one channel. `state`: accepted, rejected, pending, automatic (a setting accepts them)."""

    channel: str
    state: str
    version: str = ""


class ConfigFile(Frozen):
    """A configuration file that was read. `error` says why it could not be, when it could not."""

    path: str
    values: dict[str, Any] = {}
    error: str = ""


class Conda(Frozen):
    """One conda installation. `kind`: anaconda, miniconda, miniforge, mambaforge, micromamba, conda."""

    root: str
    kind: str
    version: str = ""
    python_version: str = ""
    platform: str = ""
    writable: bool = True
    channels: tuple[str, ...] = ()
    channel_priority: str = "flexible"
    solver: str = ""
    ssl_verify: str = "true"
    offline: bool = False
    auto_activate: bool = True
    envs_dirs: tuple[str, ...] = ()
    pkgs_dirs: tuple[str, ...] = ()
    terms_plugin: bool = False
    terms: tuple[Terms, ...] = ()
    files: tuple[ConfigFile, ...] = ()
    requested_in_base: tuple[str, ...] = ()
    """Packages that somebody asked for in base, beyond what the installer put there."""


class Package(Frozen):
    """An installed package. `source`: conda, pip, uv or whatever installed it."""

    name: str
    version: str
    source: str = ""


class Environment(Frozen):
    """An environment. `kind`: conda, venv, uv, pixi, pyenv. What follows `detailed` is known where that is true."""

    name: str
    path: str
    kind: str
    python_version: str = ""
    base: str = ""
    """The conda root it belongs to; for a virtual environment the folder of the interpreter that made it."""
    size: int | None = None
    python: str = ""
    """Its interpreter; empty where it has none."""
    works: bool = True
    """False where the interpreter is a link or a launcher to one that is gone."""
    hollow: bool = False
    """A folder among the environments that holds no environment."""
    frozen: bool = False
    system_site: bool = False
    base_version: str = ""
    """For a virtual environment: the version that the name of the interpreter behind it says (3.12)."""
    made_at: str = ""
    """Where it was made, if its own files say so: another place than `path` means that it was moved."""
    libraries: tuple[str, ...] = ()
    """The `pythonX.Y` folders under its `lib`."""
    detailed: bool = False
    packages: tuple[Package, ...] = ()
    """Packages of interest (see `packages.INTEREST`)."""
    conda_count: int = 0
    pip_packages: tuple[str, ...] = ()
    overwritten: tuple[str, ...] = ()
    """Packages that conda installed and pip replaced by another version."""
    duplicates: tuple[str, ...] = ()
    leftovers: tuple[str, ...] = ()
    """Folders such as `~umpy` that an interrupted pip left."""
    channels: tuple[tuple[str, int], ...] = ()
    """Channels its packages came from, with how many packages each."""
    has_pip: bool = True

    def package(self, name: str) -> Package | None:
        """The package of that name, if it is here and of interest."""
        return next((package for package in self.packages if package.name == name), None)


class InitBlock(Frozen):
    """A managed block in a shell's file. `tool`: conda, mamba. Lines count from 1; `end` is 0 without an end mark."""

    tool: str
    root: str
    start: int
    end: int = 0
    root_exists: bool = True


class ShellFile(Frozen):
    """A file that a shell reads when it starts."""

    path: str
    shell: str
    exists: bool = False
    writable: bool = True
    blocks: tuple[InitBlock, ...] = ()
    sourced: tuple[str, ...] = ()
    """conda.sh, conda.fish or a hook that somebody called by hand."""
    path_edits: tuple[str, ...] = ()
    """Lines that put a conda or Python folder on PATH by hand."""
    aliases: tuple[str, ...] = ()
    """Lines that rename python or pip."""
    pyenv: bool = False
    tools: tuple[str, ...] = ()
    """Further names that a hook here defines: micromamba, mamba."""


class Kernel(Frozen):
    """A Jupyter kernelspec. `interpreter` is what it starts; `found` whether that exists."""

    name: str
    path: str
    display_name: str = ""
    interpreter: str = ""
    language: str = ""
    scope: str = "user"
    found: bool = True
    has_ipykernel: bool | None = None
    error: str = ""


class Cache(Frozen):
    """A package cache. `size` is None where it was not measured; `complete` is false where time ran out."""

    tool: str
    path: str
    size: int | None = None
    complete: bool = True
    device: int = 0


class Disk(Frozen):
    """A file system that matters: `used_for` says why."""

    path: str
    used_for: str
    total: int
    free: int
    inodes_free: int | None = None
    device: int = 0


class Proxy(Frozen):
    """A proxy or certificate variable, with its password taken out."""

    variable: str
    value: str
    exists: bool | None = None
    """For a variable that names a file: whether the file is there."""


class Mig(Frozen):
    """One MIG slice of a GPU."""

    name: str
    memory_total: int = 0


class Gpu(Frozen):
    """An NVIDIA GPU. Capability is text such as 8.6; utilisation is per cent."""

    index: int
    name: str
    memory_total: int = 0
    memory_used: int = 0
    capability: str = ""
    utilisation: int | None = None
    mig: bool = False
    slices: tuple[Mig, ...] = ()


class Driver(Frozen):
    """The NVIDIA driver. `state`: ok, absent, not-loaded, mismatch, refused, unknown. `cuda`: the newest it runs."""

    state: str = "absent"
    version: str = ""
    cuda: str = ""
    source: str = ""
    detail: str = ""


class Torch(Frozen):
    """torch in one environment. `cuda` is empty for a CPU build. From `tried` on: only where its Python was run."""

    environment: str
    path: str
    version: str
    cuda: str = ""
    hip: str = ""
    tried: bool = False
    available: bool | None = None
    arches: tuple[str, ...] = ()
    error: str = ""


class ExecutionPolicy(Frozen):
    """PowerShell's policy in one scope."""

    scope: str
    policy: str


class Failure(Frozen):
    """A probe that gave no answer, and why."""

    probe: str
    reason: str


class Machine(Frozen):
    """Everything that was found out. `looked` names the probes that answered."""

    system: str
    """linux, macos, windows"""
    architecture: str = ""
    release: str = ""
    glibc: str = ""
    wsl: bool = False
    today: str = ""
    """The date of the look, ISO; empty where only a quick look was taken."""
    shell: str = ""
    """bash, zsh, fish, powershell, cmd, or empty where it could not be told"""
    shell_evidence: str = ""
    login_shell: str = ""
    terminal: str = ""
    home: str = ""
    cwd: str = ""
    user: str = ""
    variables: dict[str, str] = {}
    """Environment variables that change what Python tools do; secrets are taken out."""
    path: tuple[str, ...] = ()
    path_missing: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    pythons: tuple[Python, ...] = ()
    pyenv_wanted: tuple[str, ...] = ()
    """Versions that a .python-version file asks for and pyenv does not have."""
    pip_python: str = ""
    """The interpreter that `pip` on PATH belongs to."""
    pip_config: tuple[ConfigFile, ...] = ()
    user_site: tuple[str, ...] = ()
    """User-level site-packages folders that hold packages."""
    condas: tuple[Conda, ...] = ()
    environments: tuple[Environment, ...] = ()
    active_environment: str = ""
    active_path: str = ""
    active_real: str = ""
    """`active_path` with all links followed."""
    shell_files: tuple[ShellFile, ...] = ()
    kernels: tuple[Kernel, ...] = ()
    caches: tuple[Cache, ...] = ()
    disks: tuple[Disk, ...] = ()
    proxies: tuple[Proxy, ...] = ()
    driver: Driver = Driver()
    gpus: tuple[Gpu, ...] = ()
    adapters: tuple[str, ...] = ()
    """Vendors of the display adapters that the system lists: nvidia, amd, intel, apple."""
    torch: tuple[Torch, ...] = ()
    execution_policy: tuple[ExecutionPolicy, ...] = ()
    shadows: tuple[str, ...] = ()
    """Files in the working directory that hide a package of the same name."""
    listed: bool = False
    """Whether environments were looked for, so that finding none means something."""
    pip_refuses: str = ""
    """The Python that `python3` on PATH is, where pip refuses to install into it (PEP 668)."""
    looked: tuple[str, ...] = ()
    problems: tuple[Failure, ...] = ()

    def tool(self, name: str) -> Tool | None:
        """The first program of that name on PATH."""
        return next((tool for tool in self.tools if tool.name == name), None)

    def environment(self, name: str) -> Environment | None:
        """An environment by its name or its path; the active conda's comes first where two share a name."""
        found = [one for one in self.environments if name in (one.name, one.path)]
        return found[0] if found else None

    @property
    def active(self) -> Environment | None:
        """The active environment, where it was found on disk."""
        if not self.active_path:
            return None
        return next((one for one in self.environments if one.path == self.active_path), None)


def to_plain(value: Any) -> Any:
    """Records as dicts and lists, ready for JSON."""
    if isinstance(value, Frozen):
        return {name: to_plain(one) for name, one in value.fields().items()}
    if isinstance(value, dict):
        return {str(name): to_plain(one) for name, one in value.items()}
    if isinstance(value, (list, tuple)):
        return [to_plain(one) for one in value]
    return value if value is None or isinstance(value, (str, int, float, bool)) else str(value)
