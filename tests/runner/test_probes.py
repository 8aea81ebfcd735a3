"""Probes answer on real files and real interpreters, and change nothing."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.machine.model import Conda, Environment, Machine, Python, Tool
from assistant.runner import probes
from assistant.runner.flow import Probe
from tests.runner.conftest import tree


def ask(machine: Machine, probe: str, **fields: object) -> probes.Result:
    return probes.ask(Probe(probe=probe, **fields), probes.Context(machine=machine))


@pytest.fixture(scope="module")
def venv(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real environment, made without pip to be quick."""
    folder = tmp_path_factory.mktemp("venv") / "env"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
    info = folder / "lib" / f"python3.{sys.version_info[1]}" / "site-packages" / "Fake_Pkg-1.2.3.dist-info"
    if os.name == "posix":
        info.mkdir(parents=True)
        (info / "METADATA").write_text("Metadata-Version: 2.1\nName: fake-pkg\nVersion: 1.2.3\n")
    return folder


def test_files_and_folders(machine: Machine, work: Path) -> None:
    (work / "f").write_text("export A=1\n")
    assert ask(machine, "file-exists", path=str(work / "f")).ok
    assert not ask(machine, "file-exists", path=str(work)).ok
    assert ask(machine, "folder-exists", path=str(work)).ok
    assert ask(machine, "path-exists", path=str(work / "gone"), expect=False).ok
    assert ask(machine, "text-in-file", path=str(work / "f"), text="A=1").ok
    missing = ask(machine, "text-in-file", path=str(work / "gone"), text="x")
    assert not missing.ok and "is not there" in missing.reason
    assert ask(machine, "can-write", path=str(work / "a" / "b")).ok
    assert ask(machine, "disk-free", path=str(work / "new"), megabytes=1).ok
    assert not ask(machine, "disk-free", path=str(work), megabytes=10**9).ok


def test_the_reason_is_the_authors_where_there_is_one(machine: Machine, work: Path) -> None:
    result = ask(machine, "file-exists", path=str(work / "f"), says="the notebook is missing")
    assert result.reason == "the notebook is missing"
    assert not ask(machine, "no-such-probe").ok


def test_a_whole_environment(machine: Machine, venv: Path) -> None:
    before = tree(venv)
    found = ask(machine, "env-complete", prefix=str(venv))
    version = ".".join(str(part) for part in sys.version_info[:3])
    assert found.ok and found.evidence == version
    assert ask(machine, "python-version", prefix=str(venv), version=version.rpartition(".")[0]).ok
    assert not ask(machine, "python-version", prefix=str(venv), version="3.1").ok
    assert ask(machine, "imports", prefix=str(venv), imports=("json", "email.mime")).ok
    failed = ask(machine, "imports", prefix=str(venv), imports=("json", "no_such_module"))
    assert not failed.ok and "ModuleNotFoundError" in failed.reason
    assert ask(machine, "packages-installed", prefix=str(venv), packages=("fake-pkg>=1.2,<2",)).ok
    wrong = ask(machine, "packages-installed", prefix=str(venv), packages=("fake-pkg==2.0",))
    assert not wrong.ok and "fake-pkg is 1.2.3, asked for was fake-pkg==2.0" in wrong.reason
    assert "is not installed" in ask(machine, "packages-installed", prefix=str(venv), packages=("numpy",)).reason
    assert tree(venv) == before


def test_a_file_in_the_working_folder_does_not_shadow_a_module(machine: Machine, venv: Path, work: Path) -> None:
    (work / "json.py").write_text("raise SystemExit('shadowed')")
    assert ask(machine, "imports", prefix=str(venv), imports=("json",)).ok


@pytest.mark.skipif(os.name != "posix", reason="builds prefixes as POSIX has them")
def test_half_made_and_borrowed_environments_are_not_whole(machine: Machine, venv: Path, tmp_path: Path) -> None:
    half = tmp_path / "half"
    (half / "conda-meta").mkdir(parents=True)
    (half / "bin").mkdir()
    assert "half-made" in ask(machine, "env-complete", prefix=str(half)).reason
    (half / "conda-meta" / "history").touch()
    assert ask(machine, "env-exists", prefix=str(half)).ok
    assert "has no Python" in ask(machine, "env-complete", prefix=str(half)).reason
    (half / "bin" / "python").symlink_to(venv / "bin" / "python")
    assert "belongs to" in ask(machine, "env-complete", prefix=str(half)).reason
    (half / "bin" / "python").unlink()
    (half / "bin" / "python").write_text("#!/bin/sh\nexit 1\n")
    (half / "bin" / "python").chmod(0o755)
    assert "does not run" in ask(machine, "env-complete", prefix=str(half)).reason
    (half / "conda-meta" / "numpy-2.2.6-py310h0_0.json").write_text("{}")
    (half / "conda-meta" / "python-dateutil-2.9.0.post0-py_0.json").write_text("{}")
    found = ask(machine, "packages-installed", prefix=str(half), packages=("numpy=2.2", "python-dateutil"))
    assert found.ok and "python-dateutil 2.9.0.post0" in found.reason


@pytest.mark.parametrize(
    ("version", "spec", "fits"),
    [
        ("2.2.6", "numpy", True), ("2.2.6", "numpy==2.2.6", True), ("2.2.6", "numpy==2.2", False),
        ("2.2.6", "numpy==2.2.*", True), ("2.2.6", "numpy=2.2", True), ("2.2.6", "numpy>=2,<3", True),
        ("2.2.6", "numpy>2.2.6", False), ("2.2.6", "numpy~=2.1", True), ("3.0", "numpy~=2.1", False),
        ("2.2.6", "numpy!=2.2.6", False), ("2.9.0+cu130", "torch==2.9.0", True), ("1.0", "x[a,b]>=1", True),
    ],
)  # fmt: skip
def test_versions_fit_specifiers(version: str, spec: str, fits: bool) -> None:
    assert probes.fits(version, spec) is fits


def test_a_conda_name_is_free_only_if_no_folder_has_it(machine: Machine, tmp_path: Path) -> None:
    envs = tmp_path / "conda" / "envs"
    envs.mkdir(parents=True)
    conda = machine.replace(condas=(Conda(root=str(tmp_path / "conda"), kind="miniforge", envs_dirs=(str(envs),)),))
    assert ask(conda, "name-free", name="demo").ok
    (envs / "demo").mkdir()
    taken = ask(conda, "name-free", name="demo")
    assert not taken.ok and str(envs / "demo") in taken.reason
    elsewhere = conda.replace(environments=(Environment(name="far", path=str(envs), kind="conda"),))
    assert not ask(elsewhere, "name-free", name="far").ok


@pytest.mark.skipif(os.name != "posix", reason="a program written in sh")
def test_right_at_the_step_conda_itself_is_asked(machine: Machine, tmp_path: Path) -> None:
    program = tmp_path / "conda"
    program.write_text('#!/bin/sh\necho \'{"envs": ["/far/away/demo"]}\'\n')
    program.chmod(0o755)
    here = machine.replace(tools=(Tool(name="conda", path=str(program)),))
    fresh = probes.Context(machine=here, fresh=True)
    assert not probes.ask(Probe(probe="name-free", name="demo"), fresh).ok
    assert probes.ask(Probe(probe="name-free", name="other"), fresh).ok
    assert probes.ask(Probe(probe="name-free", name="demo"), probes.Context(machine=here)).ok


def test_tools_and_interpreters(machine: Machine) -> None:
    here = machine.replace(
        tools=(Tool(name="python3", path=sys.executable),),
        pythons=(Python(path=sys.executable, source="path", version="3.11.7", order=0),),
    )
    assert ask(here, "command-on-path", command="python3").ok
    assert ask(here, "command-on-path", command="python3", version="3.8").ok
    assert not ask(here, "command-on-path", command="python3", version="99").ok
    assert not ask(here, "command-on-path", command="no-such-tool-here").ok
    assert ask(here.replace(shell="no-such-tool-here"), "command-on-path", command="no-such-tool-here").ok
    assert ask(here, "interpreter-here", version="3.11").ok
    missing = ask(here, "interpreter-here", version="3.9")
    assert not missing.ok and "there is: 3.11.7" in missing.reason
    assert ask(here, "exit-zero", run=(sys.executable, "-c", "")).ok
    failed = ask(here, "exit-zero", run=(sys.executable, "-c", "raise SystemExit('no good')"))
    assert not failed.ok and "no good" in failed.reason


@pytest.mark.skipif(os.name != "posix", reason="bash is needed")
def test_a_new_shell_is_asked_and_no_line_is_built(machine: Machine, own_home: Path) -> None:
    (own_home / ".bashrc").write_text("mytool() { :; }\n")
    assert ask(machine, "new-shell-finds", command="mytool", shell="bash").ok
    assert not ask(machine, "new-shell-finds", command="othertool", shell="bash").ok
    assert not ask(machine, "new-shell-finds", command="x; touch " + str(own_home / "pwned"), shell="bash").ok
    assert not (own_home / "pwned").exists()
    assert not ask(machine, "new-shell-finds", command="x", shell="tcsh").ok


FAKE_TORCH = """
class _Device:
    type = 'cpu'
class _Tensor:
    def __init__(self, value): self.value = value; self.device = _Device()
    def to(self, device): return self
    def cpu(self): return self
    def __matmul__(self, other): return _Tensor(self.value * other.value)
    def __sub__(self, other): return _Tensor(self.value - other.value)
    def abs(self): return _Tensor(abs(self.value))
    def max(self): return self
    def item(self): return self.value
class _Cuda:
    @staticmethod
    def is_available(): return False
class version: cuda = None
class backends: pass
cuda = _Cuda; __version__ = '2.9.0+cpu'
def manual_seed(number): pass
def randn(*shape): return _Tensor(2.0)
"""


@pytest.mark.skipif(os.name != "posix", reason="builds prefixes as POSIX has them")
def test_torch_is_asked_for_a_product_and_what_it_says_is_told(machine: Machine, venv: Path) -> None:
    """With a stand-in for torch: the script itself runs in the environment; a real torch is the GPU tests' business."""
    site = venv / "lib" / f"python3.{sys.version_info[1]}" / "site-packages"
    missing = ask(machine, "torch-matmul", prefix=str(venv))
    assert not missing.ok and "No module named 'torch'" in missing.reason
    (site / "torch.py").write_text(FAKE_TORCH)
    found = ask(machine, "torch-matmul", prefix=str(venv))
    assert found.ok and found.reason == "torch 2.9.0+cpu multiplied two matrices on cpu"
    assert json.loads(found.evidence)["built_for"] == "cpu"
    gpu = ask(machine, "torch-matmul", prefix=str(venv), device="cuda")
    assert not gpu.ok and gpu.reason == "torch sees no cuda device"
    (site / "torch.py").write_text(FAKE_TORCH.replace("self.value - other.value", "1.0"))
    assert "differs" in ask(machine, "torch-matmul", prefix=str(venv), device="cpu").reason
    (site / "torch.py").unlink()


def test_a_kernel_belongs_to_the_environment_it_starts(machine: Machine, own_home: Path, venv: Path) -> None:
    folder = own_home / ".local" / "share" / "jupyter" / "kernels" / "demo"
    folder.mkdir(parents=True)
    interpreter = str(venv / "bin" / "python")
    (folder / "kernel.json").write_text(
        json.dumps({"argv": [interpreter, "-m", "x"], "display_name": "Demo", "language": "python"})
    )
    fresh = probes.Context(machine=machine, fresh=True)
    assert probes.ask(Probe(probe="kernel-registered", name="demo", prefix=str(venv)), fresh).ok
    other = probes.ask(Probe(probe="kernel-registered", name="demo", prefix=str(own_home)), fresh)
    assert not other.ok and interpreter in other.reason
    assert not probes.ask(Probe(probe="kernel-registered", name="none"), fresh).ok
