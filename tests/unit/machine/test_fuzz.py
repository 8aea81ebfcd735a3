"""Every parser of files and outputs that others write, on anything at all: it gives an answer and never raises."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.machine import (
    condarc,
    condas,
    display,
    environments,
    gpu,
    kernels,
    layout,
    packages,
    pipconf,
    pythons,
    rcfiles,
    records,
    redact,
    system,
    torch_probe,
    versions,
    windows,
)
from assistant.machine.context import Completed
from assistant.machine.doctor import run_checks
from assistant.machine.doctor.report import report
from assistant.machine.files import decode, parse_json_object, parse_yaml_mapping, read_text
from assistant.machine.model import to_plain
from assistant.machine.probe import probe
from assistant.machine.quick import quick_machine
from assistant.render.doctor import doctor_text
from assistant.render.layout import Style
from tests.unit.machine.fakes import Fake, conda_root, program, system_python, write

# Text as it comes: anything, and pieces of the real thing put together wrongly.
PIECES = [
    "channels:",
    "  - conda-forge\n",
    "envs_dirs: [",
    "]",
    "ssl_verify: !!python/object:os.system x",
    "\t",
    "\n",
    "---\n",
    "&a *a",
    "{",
    "}",
    "home = ",
    "version_info = 3.1",
    "=",
    "# >>> conda initialize >>>\n",
    "# <<< conda initialize <<<\n",
    "#region conda initialize\n",
    "#endregion",
    "'/a/bin/conda' 'shell.bash'",
    "MAMBA_ROOT_PREFIX='",
    "alias python=",
    "export PATH=/conda:",
    '"',
    "'",
    "\\",
    "\0",
    '{"argv": ["',
    '"display_name": ',
    '"channel": "',
    "https://",
    "/t/x/",
    "@",
    ":",
    "==> ",
    "# cmd: x install y\n",
    "# update specs: [",
    "__version__ = '",
    "cuda: Optional[str] = '12",
    "[global]\n",
    "index-url = ",
    "%(x)s",
    "Scope  ",
    "NVRM version: ",
    " 535.104.05 ",
    "PRETTY_NAME=",
    "MachinePolicy  Restricted\n",
    "!!int x",
    "2026-99-99",
    "1e999",
    "<<: *a",
    "? ",
    "!!binary =",
    "~",
    "\ufeff",
    "\x85",
    "\u2028",
    "é",
    "𝔘",
    "9" * 30,
    "-" * 10,
]
TEXT = st.one_of(st.text(max_size=400), st.lists(st.sampled_from(PIECES), max_size=25).map("".join))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["argv", "base_url", "version", "x"]), inner, max_size=4)
    ),
    max_leaves=12,
)
MANY = settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])

PARSERS: dict[str, Any] = {
    "condarc": condarc.parse_condarc,
    "yaml": parse_yaml_mapping,
    "environments.txt": layout.parse_environments_txt,
    "condarc by lines": lambda text: layout.configured_folders("envs_dirs", text),
    "pyvenv.cfg": environments.parse_pyvenv,
    "kernel.json": lambda text: kernels.parse_kernel(text, "x", "/x"),
    "shell file": lambda text: rcfiles.parse(text, "/x", "bash", home="/home/sam"),
    "init block": lambda text: rcfiles.block_root(text, "/home/sam"),
    "record name": records.parse_record_name,
    "history": lambda text: records.requested(text, {"x", "y"}),
    "spec": records.spec_name,
    "channel": lambda text: (records.channel_name(text), records.channel_platform(text)),
    "terms": condas.parse_terms,
    "metadata name": packages.parse_metadata_name,
    "pip.conf": pipconf.parse_config,
    "script": pipconf.script_python,
    ".python-version": pythons.parse_python_version,
    "torch version": torch_probe.parse_version_file,
    "torch answer": torch_probe.parse_answer,
    "nvidia-smi": gpu.parse_smi,
    "policies": windows.parse_policies,
    "os-release": system.parse_os_release,
    "loaded driver": display.parse_driver_version,
    "version": lambda text: (versions.numbers(text), versions.minor(text), versions.at_least(text, text)),
    "redaction": lambda text: redact.redact(text, home="/home/sam", user="sam", host="box"),
    "json": parse_json_object,
}


@pytest.mark.parametrize("name", PARSERS)
@given(text=TEXT)
@MANY
def test_any_text(name: str, text: str) -> None:
    json.dumps(to_plain(PARSERS[name](text)))


@pytest.mark.parametrize("name", ["kernel.json", "terms", "json", "torch answer"])
@given(value=JSON)
@MANY
def test_any_json(name: str, value: object) -> None:
    PARSERS[name](json.dumps(value))
    PARSERS[name]("@@" + json.dumps(value))


@given(data=st.binary(max_size=400))
@MANY
def test_any_bytes(data: bytes) -> None:
    assert isinstance(decode(data), str)


# What breaks paths, numbers and decoders.
SAMPLES = [
    b"",
    b"\0",
    b"\xff\xfe\x00\xd8",
    b"\xef\xbb\xbf- a\n",
    "".join(PIECES).encode(),
    b"[" * 5000,
    b"9" * 5000,
    b"\r\n" * 50,
    b"1 (((( 2 3 4\n",
    b"a,b,c,d,e,f,g,h\n,,,,,,\n",
]
HOME = [
    "miniforge3/.condarc",
    ".condarc",
    ".conda/environments.txt",
    ".conda/tos/x/1.json",
    "work/project/.venv/pyvenv.cfg",
    "work/project/.venv/bin/activate",
    "work/project/.python-version",
    ".bashrc",
    ".python-version",
    ".pyenv/version",
    ".pyenv/versions/3.12.1/pyvenv.cfg",
    ".config/pip/pip.conf",
    ".config/uv/uv.toml",
    "work/project/uv.toml",
    "work/project/pixi.toml",
    "work/project/.pixi/envs/default/conda-meta/history",
    ".local/share/jupyter/kernels/x/kernel.json",
    "miniforge3/conda-meta/history",
    "miniforge3/conda-meta/conda-26.7.1-py313h1_0.json",
    "miniforge3/conda-meta/python-3.13.5-h2_0_cpython.json",
    "miniforge3/conda-meta/conda-.json",
    "miniforge3/bin/pip",
    "miniforge3/lib/python3.13/site-packages/x-1.dist-info/INSTALLER",
    "miniforge3/lib/python3.13/site-packages/torch/version.py",
]
ROOT = [
    "etc/os-release",
    "etc/conda/.condarc",
    "etc/pip.conf",
    "proc/100/stat",
    "proc/version",
    "proc/driver/nvidia/version",
    "sys/bus/pci/devices/0/class",
    "usr/include/python3.12/patchlevel.h",
    "System/Library/CoreServices/SystemVersion.plist",
]


@pytest.mark.parametrize("place", [*(f"~/{place}" for place in HOME), *ROOT])
def test_any_file_in_its_place(place: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The readers around the parsers, too: the whole probe meets the file, and the checks what came of it."""
    fake = Fake(tmp_path_factory.mktemp("fuzz"), "macos" if place.startswith("System") else "linux")
    root = conda_root(fake.home / "miniforge3")
    fake.path = [root / "bin", system_python(fake.root) / "bin"]
    (fake.home / ".pyenv" / "shims").mkdir(parents=True)
    looks = {"condas", "environments", "packages", "kernels", "pip", "shell", "pythons", "system", "network"}
    if not place.endswith(("torch/version.py", ".dist-info/INSTALLER")):
        looks.add("torch")
    for sample in SAMPLES:
        file = write(fake.home / place[2:] if place.startswith("~") else fake.root / place, "")
        file.write_bytes(sample)
        machine = probe(looks, roots=fake.roots().replace(run=_nothing), timeout=30)
        assert machine.problems == (), (place, sample[:40])
        quick_machine(fake.roots())
        failed = [one for one in run_checks(machine).failed if "not checked" not in one.reason]
        assert failed == [], (place, sample[:40])


@pytest.mark.parametrize("name", ["ps", "powershell", "nvidia-smi", "uv", "micromamba", "git", "python3"])
def test_any_output_of_another_program(name: str, tmp_path: Path) -> None:
    """Programs that are asked may say anything, fail or crash."""
    for kind in ("linux", "macos", "windows"):
        fake = Fake(tmp_path / kind, kind)
        ending = ".exe" if kind == "windows" else ""
        fake.path = [program(tmp_path / kind / "bin" / f"{name}{ending}").parent]
        for sample in SAMPLES:
            for code in (0, 1, 127, -9):
                text = sample.decode("utf-8", "replace")
                fake.answers = {
                    f"{name}{ending}": Completed(code=code, out=text, err=text),
                    name: Completed(code=code, out=text),
                }
                machine = probe({"gpu", "shell", "tools"}, roots=fake.roots(), timeout=30)
                assert machine.problems == (), (kind, sample[:40])


def test_names_that_are_no_text(tmp_path: Path) -> None:
    """File names of any bytes: on Linux they need not be UTF-8."""
    fake = Fake.well(tmp_path)
    odd = fake.conda / "envs" / os.fsdecode(b"caf\xe9")
    try:
        odd.mkdir()
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    (odd / "conda-meta").mkdir()
    machine = probe(roots=fake.roots())
    assert machine.problems == () and len(machine.environments) == 3
    results = run_checks(machine)
    doctor_text(machine, results, 80, Style(colour=False)).encode("utf-8", "surrogateescape")
    report(machine, results).encode("utf-8", "surrogateescape")


def test_the_verb_prints_names_that_are_no_text(tmp_path: Path) -> None:
    odd = tmp_path / ".conda" / "envs" / os.fsdecode(b"caf\xe9")
    try:
        (odd / "conda-meta").mkdir(parents=True)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    environment = {"HOME": str(tmp_path), "ENVGUIDE_HOME": str(tmp_path / "s"), "PATH": os.environ["PATH"]}
    environment |= {"PYTHONPATH": str(Path.cwd()), "LC_ALL": "C.UTF-8"}
    for option in ([], ["--json"], ["--report"]):
        command = [sys.executable, "-m", "assistant", "doctor", "environment", *option]
        done = subprocess.run(command, env=environment, capture_output=True, check=False)
        assert done.returncode in (0, 1) and b"Traceback" not in done.stderr, done.stderr
        assert b"caf" in done.stdout or not option


def _nothing(argv: list[str], **_: Any) -> Completed:
    return Completed(code=127, err=f"{argv[0]}: not found")


def test_files_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert read_text(str(tmp_path / "folder")) is None
    assert read_text(str(tmp_path / "none")) is None
    assert read_text("a\0b") is None
    write(tmp_path / "long", "x" * 5000)
    assert len(read_text(str(tmp_path / "long"), 100) or "") == 100
