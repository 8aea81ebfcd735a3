"""Machines on which a problem can be seen, and machines on which it cannot, for the tests of the looks."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path

from tests.unit.machine.fakes import (
    DEFAULTS,
    Fake,
    conda_environment,
    conda_root,
    dist,
    init_block,
    program,
    site,
    system_python,
    terms,
    venv,
    write,
)

Build = Callable[[Fake], object]
MODULE = "NVRM version: NVIDIA UNIX x86_64 Kernel Module  {}  Sat Aug 19 01:15:15 UTC 2026\n"


def in_use(fake: Fake) -> Path:
    """A virtual environment that is active."""
    base = system_python(fake.root)
    path = venv(fake.cwd / ".venv", base)
    fake.env["VIRTUAL_ENV"] = str(path)
    fake.path = [path / "bin", base / "bin"]
    return path


def with_torch(fake: Fake, version: str, cuda: str | None) -> Path:
    path = in_use(fake)
    packages = site(path)
    dist(packages, "torch", version)
    write(packages / "torch" / "version.py", f"__version__ = '{version}'\ncuda = {cuda!r}\nhip = None\n")
    return path


def driver(fake: Fake, loaded: str = "", library: str = "", gpu: str = "") -> None:
    if loaded:
        write(fake.root / "proc/driver/nvidia/version", MODULE.format(loaded))
    if library:
        write(fake.root / f"usr/lib/x86_64-linux-gnu/libnvidia-ml.so.{library}", "")
    if gpu:
        write(fake.root / "proc/driver/nvidia/gpus/0000:01:00.0/information", f"Model: \t\t {gpu}\nIRQ: 12\n")


def conda(fake: Fake, **options: str) -> Path:
    return conda_root(fake.home / "miniforge3", **options)


def named(fake: Fake, name: str) -> Path:
    return conda_environment(conda(fake) / "envs" / name)


def package(name: str, version: str) -> Build:
    return lambda fake: dist(site(in_use(fake)), name, version)


def file(name: str, text: str = "") -> Build:
    return lambda fake: write(fake.cwd / name, text)


def variable(name: str, value: str) -> Build:
    return lambda fake: fake.env.update({name: value})


def condarc(text: str) -> Build:
    def build(fake: Fake) -> None:
        conda(fake)
        write(fake.home / ".condarc", text)

    return build


def nothing(fake: Fake) -> None:
    """An empty machine."""


def bash_loads(fake: Fake) -> None:
    root = conda(fake)
    write(fake.home / ".bashrc", init_block(str(root)))


def conda_on_path(fake: Fake) -> None:
    fake.path = [conda(fake) / "condabin"]


def git_on_path(fake: Fake) -> None:
    fake.path = [program(fake.root / "usr/bin/git").parent]


def defaults(accepted: bool | None) -> Build:
    def build(fake: Fake) -> None:
        conda(fake, channel=DEFAULTS)
        for name in ("main", "r") if accepted is not None else ():
            terms(fake.home / ".conda" / "tos", f"https://repo.anaconda.com/pkgs/{name}", bool(accepted))

    return build


def managed(active: bool) -> Build:
    def build(fake: Fake) -> None:
        usr = system_python(fake.root, managed=True)
        fake.path = [usr / "bin"]
        if active:
            path = venv(fake.cwd / ".venv", usr)
            fake.env["VIRTUAL_ENV"] = str(path)
            fake.path.insert(0, path / "bin")

    return build


def ensurepip(there: bool) -> Build:
    return lambda fake: fake.path.append(system_python(fake.root, ensurepip=there) / "bin")


def glibc(version: str) -> Build:
    def build(fake: Fake) -> None:
        (fake.root / "lib/x86_64-linux-gnu/libc-2.39.so").unlink()
        write(fake.root / f"lib/x86_64-linux-gnu/libc-{version}.so", "")

    return build


def kernel(interpreter: str) -> Build:
    body = {"argv": [interpreter, "-m", "ipykernel_launcher"], "display_name": "Demo", "language": "python"}
    return lambda fake: write(fake.home / ".local/share/jupyter/kernels/demo/kernel.json", json.dumps(body))


def broken_venv(fake: Fake) -> None:
    (in_use(fake) / "bin" / "python").unlink()


def pip_of_another(fake: Fake) -> None:
    usr = system_python(fake.root)
    (usr / "bin" / "python").symlink_to("python3")
    other = conda(fake)
    fake.path = [program(fake.home / "bin" / "pip", f"#!{other}/bin/python\n").parent, usr / "bin"]


def leftovers(fake: Fake) -> None:
    (site(in_use(fake)) / "~umpy").mkdir()


def nvcc(fake: Fake) -> None:
    fake.path = [program(fake.root / "usr/local/cuda/bin/nvcc").parent]


def efi(value: bytes) -> Build:
    def build(fake: Fake) -> None:
        place = fake.root / "sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c"
        place.parent.mkdir(parents=True)
        place.write_bytes(b"\x06\x00\x00\x00" + value)

    return build


def vision(own: str) -> Build:
    return lambda fake: dist(site(with_torch(fake, "2.10.0+cu128", "12.8")), "torchvision", own)


def active_conda(fake: Fake) -> None:
    path = named(fake, "demo")
    fake.env["CONDA_PREFIX"] = str(path)


def frozen(fake: Fake) -> None:
    active_conda(fake)
    write(Path(fake.env["CONDA_PREFIX"]) / "conda-meta" / "frozen", "{}")


def base_without_python(fake: Fake) -> None:
    for path in (conda(fake) / "bin").glob("python*"):
        path.unlink()


def cpu(flags: str) -> Build:
    return lambda fake: write(fake.root / "proc/cpuinfo", f"processor : 0\nflags\t\t: fpu {flags}\n")


def meminfo(free: int) -> Build:
    return lambda fake: write(fake.root / "proc/meminfo", f"MemTotal: 16000000 kB\nMemAvailable:   {free} kB\n")


def docker_socket(fake: Fake) -> None:
    write(fake.root / "var/run/docker.sock", "")


def library(fake: Fake) -> None:
    write(site(in_use(fake)) / "nvidia/cuda_runtime/lib/libcudart.so.12", "")


def wsl_without_gpu(fake: Fake) -> None:
    fake.env["WSL_DISTRO_NAME"] = "Ubuntu"


def utf16(fake: Fake) -> None:
    (fake.cwd / "requirements.txt").write_bytes("six\n".encode("utf-16"))


def old_conda(fake: Fake) -> None:
    conda(fake, version="4.12.0")


def elsewhere(fake: Fake) -> None:
    """pandas lies in a conda environment, and a virtual environment is active."""
    in_use(fake)
    (site(named(fake, "demo")) / "pandas").mkdir()


def headers(fake: Fake) -> None:
    in_use(fake)
    write(fake.root / "usr/include/python3.12/Python.h", "")


def token(fake: Fake) -> None:
    write(fake.home / ".cache/huggingface/token", "hf_x")


def python_3_11(fake: Fake) -> None:
    fake.path = [system_python(fake.root, "3.11.2") / "bin"]


def pandas_here(fake: Fake) -> None:
    (site(in_use(fake)) / "pandas").mkdir()


def without_pip(fake: Fake) -> None:
    fake.env["VIRTUAL_ENV"] = str(venv(fake.cwd / "e", system_python(fake.root), by="uv"))


def venv_at(name: str) -> Build:
    return lambda fake: venv(fake.cwd / name, system_python(fake.root))


def pip_conf(line: str) -> Build:
    return lambda fake: write(fake.home / ".config/pip/pip.conf", f"[global]\n{line}\n")


def torch(version: str, cuda: str | None) -> Build:
    return lambda fake: with_torch(fake, version, cuda)


def modules(name: str) -> Build:
    return lambda fake: write(fake.root / "proc/modules", f"{name} 1 0 - Live 0x0\n")


def with_driver(loaded: str = "", library: str = "", gpu: str = "") -> Build:
    return lambda fake: driver(fake, loaded, library, gpu)


def fish(fake: Fake) -> None:
    (fake.root / "proc/100/stat").write_text("100 (fish) S 50 100 100 34816 0 4194304 100 0\n")


# (look, values that the output named, machine where it is there, what is seen, machine where it is not or None)
Case = tuple[str, dict[str, str], Build, str, Build | None]
CASES: list[Case] = [
    ("shell.not-initialised", {}, conda, "no start-up file of bash", variable("CONDA_SHLVL", "1")),
    ("shell.not-initialised", {}, bash_loads, "this terminal was opened before", None),
    ("shell.conda-not-found", {}, conda, "not on PATH", conda_on_path),
    ("shell.conda-not-found", {}, nothing, "not installed", None),
    ("shell.other-shell", {}, fish, "this shell is fish", None),
    ("program.git", {}, lambda fake: fake.path.append(fake.root / "usr/bin"), "no `git`", git_on_path),
    ("conda.environment-missing", {"name": "demo"}, conda, "`base`", lambda fake: named(fake, "demo")),
    ("conda.environment-exists", {"name": "demo"}, lambda fake: named(fake, "demo"), "envs/demo", conda),
    ("conda.environment-active", {"name": "demo"}, active_conda, "active in this terminal", conda),
    (
        "conda.no-environment-in-folder",
        {"path": "~/plain"},
        lambda fake: (fake.home / "plain").mkdir(),
        "no folder conda-meta",
        lambda fake: conda_environment(fake.home / "plain"),
    ),
    ("conda.terms", {}, defaults(None), "pending", defaults(True)),
    ("conda.terms-rejected", {}, defaults(False), "rejected", defaults(True)),
    ("conda.channels-none", {}, lambda fake: (conda(fake) / ".condarc").unlink(), "no channel", conda),
    ("conda.offline", {}, condarc("offline: true\n"), "offline: true", conda),
    ("conda.old", {}, old_conda, "4.12.0", conda),
    ("conda.config-broken", {}, condarc("channels: [\n"), ".condarc", conda),
    ("conda.setting", {"key": "chanels"}, condarc("chanels: [x]\n"), "sets chanels", None),
    ("conda.solver-set", {}, condarc("solver: rattler\n"), "rattler", None),
    ("conda.solver-classic", {}, condarc("solver: classic\n"), "classic", conda),
    ("conda.strict-priority", {}, condarc("channel_priority: strict\n"), "strict", conda),
    ("conda.pinned", {}, condarc("pinned_packages: [numpy=1.26]\n"), "numpy=1.26", None),
    ("conda.frozen", {}, frozen, "conda-meta/frozen", active_conda),
    ("conda.base-broken", {}, base_without_python, "no working Python", None),
    ("conda.channel-configured", {"channel": "https://x.example/lab"}, condarc("channels: [lab]\n"), "`lab`", None),
    ("conda.env-file-missing", {"file": "env.yml"}, nothing, "env.yml", file("env.yml")),
    ("conda-channels-mixed", {}, condarc("channels: [defaults, conda-forge]\n"), "conda-forge", conda),
    ("python.externally-managed", {}, managed(False), "belongs to the system", managed(True)),
    ("python.no-ensurepip", {}, ensurepip(False), "no ensurepip", ensurepip(True)),
    ("python.without-distutils", {}, in_use, "3.12", python_3_11),
    ("python.variables", {}, variable("PYTHONHOME", "/x"), "PYTHONHOME=/x", nothing),
    (
        "python.user-packages",
        {},
        lambda fake: dist(fake.home / ".local/lib/python3.12/site-packages", "numpy", "1.26"),
        ".local",
        nothing,
    ),
    ("python.shadowed", {"module": "random"}, file("random.py"), "random.py", nothing),
    ("python.module-missing", {"module": "pandas.core"}, elsewhere, "but in `demo`", pandas_here),
    ("python.module-here", {"module": "pandas"}, pandas_here, "`pandas` is in", in_use),
    ("python.other-pip", {}, pip_of_another, "`pip` belongs to", in_use),
    ("python.leftovers", {}, leftovers, "~umpy", in_use),
    ("python.in-environment", {}, in_use, "is active", nothing),
    ("python.numpy-2", {}, package("numpy", "2.1.0"), "NumPy 2.1.0", None),
    ("python.numpy-old", {}, package("numpy", "1.26.4"), "NumPy 1.26.4", None),
    ("python.numpy-new", {}, package("numpy", "1.26.4"), "NumPy 1.26.4", package("numpy", "1.21.0")),
    ("python.numpy-for-torch", {}, in_use, "not installed", None),
    ("python.protobuf-new", {}, package("protobuf", "5.1"), "protobuf 5.1", package("protobuf", "3.20.3")),
    ("python.supported", {"python": ">=3.9,<3.12"}, in_use, "takes >=3.9,<3.12", package("six", "1")),
    ("package.peft", {}, in_use, "peft is not installed", package("peft", "0.1")),
    ("package.pip", {}, without_pip, "pip is not installed", in_use),
    ("project.no-pyproject", {}, nothing, "pyproject.toml", file("pyproject.toml")),
    ("project.not-installable", {}, nothing, "neither", file("setup.py")),
    ("project.requirements-missing", {"requirements": "r.txt"}, file("requirements.txt"), "but `requirements.txt`", file("r.txt")),
    ("project.utf16", {}, utf16, "UTF-16", file("requirements.txt", "six\n")),
    ("project.no-environment", {}, nothing, "holds none", in_use),
    ("project.activate-missing", {"path": "venv/bin/activate"}, venv_at(".venv"), "`.venv`", venv_at("venv")),
    ("project.environment-in-the-way", {"path": ".venv"}, in_use, ".venv is there", nothing),
    ("project.no-lock", {}, file("pyproject.toml"), "no uv.lock", None),
    ("project.broken-environment", {}, broken_venv, "is gone", in_use),
    ("project.interpreter-gone", {"path": "/opt/none/python"}, nothing, "no /opt/none", None),
    ("system.c-library", {"value": "GLIBC_2.38"}, glibc("2.31"), "2.38 is needed", nothing),
    ("system.c-library", {}, glibc("2.17"), "2.28 is needed", nothing),
    ("system.no-avx", {}, cpu("sse2"), "no AVX", cpu("sse2 avx avx2")),
    ("system.memory", {}, meminfo(300_000), "of memory is free", None),
    ("system.docker-down", {}, nothing, "docker.sock", None),
    ("system.no-headers", {}, in_use, "no Python.h", headers),
    ("network.proxy", {}, variable("HTTPS_PROXY", "http://sam:secret@p.example:3128"), "HTTPS_PROXY=", nothing),
    ("network.proxy", {}, condarc("proxy_servers: {https: 'http://p.example:3128'}\n"), "proxy_servers", nothing),
    ("network.proxy-address", {}, variable("https_proxy", "p.example:3128:1"), "not written as", nothing),
    ("network.proxy-address", {}, variable("all_proxy", "socks5://p.example:1080"), "SOCKS", nothing),
    ("network.certificate-file", {}, variable("SSL_CERT_FILE", "/none/ca.pem"), "no such file", nothing),
    ("network.certificate-file", {}, pip_conf("cert = /none/ca.pem"), "global.cert", nothing),
    ("jupyter.kernel-missing", {"kernel": "old"}, kernel("/none/python"), "`demo`", None),
    ("jupyter.kernel-missing", {"kernel": "demo"}, nothing, "no kernel", kernel("/none/python")),
    ("jupyter.stale", {}, kernel("/none/python"), "/none/python", kernel(sys.executable)),
    ("hub.no-token", {}, nothing, "no Hugging Face token", None),
    ("hub.token", {}, token, "huggingface/token", nothing),
    ("hub.offline", {}, variable("HF_HUB_OFFLINE", "1"), "HF_HUB_OFFLINE=1", None),
    ("gpu.driver-missing", {}, nothing, "no NVIDIA driver", with_driver("580.95.05")),
    ("gpu.not-loaded", {}, with_driver(library="580.95.05"), "not loaded", with_driver("580.95.05")),
    ("gpu.mismatch", {}, with_driver("570.86.10", "580.95.05"), "570.86.10", with_driver("580.95.05", "580.95.05")),
    ("gpu.cpu-torch", {}, torch("2.10.0+cpu", None), "without CUDA", torch("2.10.0+cu128", "12.8")),
    ("gpu.no-gpu", {}, torch("2.10.0+cpu", None), "without CUDA", None),
    ("gpu.hidden", {}, variable("CUDA_VISIBLE_DEVICES", ""), "hides every GPU", nothing),
    ("gpu.library-path", {}, variable("LD_LIBRARY_PATH", "/usr/local/cuda-11.8/lib64"), "cuda-11.8", nothing),
    ("gpu.library-missing", {"value": "libcudart.so.12"}, in_use, "no libcudart.so.12", library),
    ("gpu.no-toolkit", {}, nothing, "no `nvcc`", nvcc),
    ("gpu.nouveau", {}, modules("nouveau"), "nouveau is loaded", modules("nvidia")),
    ("gpu.secure-boot", {}, efi(b"\x01"), "is on", efi(b"\x00")),
    ("gpu.no-devices", {}, with_driver("580.95.05"), "shows no GPU", with_driver("580.95.05", gpu="NVIDIA A100")),
    ("gpu.wsl", {}, wsl_without_gpu, "/dev/dxg", nothing),
]  # fmt: skip
