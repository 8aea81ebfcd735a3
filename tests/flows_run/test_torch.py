"""The flows of PyTorch, Unsloth and Jupyter, and the whole set-up: real environments and a real pip with stand-ins for the
large packages. Each is taken back, and the disk looked at before and after. One test installs the real PyTorch.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.runner import api
from tests.flows_run import stand_ins
from tests.flows_run.conftest import CondaDesk, Desk, differences

pytestmark = [pytest.mark.skipif(os.name != "posix", reason="looks at POSIX paths"), pytest.mark.slow]
OWN = dict(os.environ)  # with the person's pip settings: a company's index, a wheel folder
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def with_env(desk: Desk, packages: Path) -> Desk:
    """A desk with an empty virtual environment, and an index that has the stand-ins."""
    stand_ins.write_all(packages)
    desk.done("create-environment", tool="venv", name=".venv")
    return desk


def evidence(seen: object) -> str:
    return " ".join(text for event in seen.of(api.StepVerified) for text in event.evidence)  # type: ignore[attr-defined]


def test_pytorch_is_chosen_installed_proved_and_taken_back(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    plan = with_env.plan("install-pytorch", env=env, version="2.13", build="cpu")
    assert "torch==2.13.*" in plan.step("install").command and "whl/cpu" in plan.step("install").command
    seen = with_env.comes_back("install-pytorch", env=env, version="2.13", build="cpu")
    assert "multiplied two matrices on cpu" in evidence(seen)
    unknown = with_env.plan("install-pytorch", env=env, version="1.2", build="cpu")
    assert unknown.blocked and "not in the tables" in unknown.blocked[0].reason


def test_another_torch_than_was_chosen_is_no_success(with_env: Desk, packages: Path) -> None:
    """The index gives a broken one: pip is content, the proof is not."""
    env = str(with_env.work / ".venv")
    before = with_env.picture()
    stand_ins.wheels.write(packages, "torch", "2.13.0", files={"torch/__init__.py": "raise ImportError('libcudart')\n"})
    seen = with_env.run("install-pytorch", env=env, version="2.13", build="cpu", also="")
    assert seen.end.exit == 3 and "it ended well, but" in seen.end.message
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_unsloth_and_what_goes_with_it_and_back(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    seen = with_env.comes_back("install-unsloth", env=env, torch="2.13", build="cpu")
    assert [event.step for event in seen.of(api.StepVerified)] == ["pytorch/install", "unsloth"]
    assert "transformers" in evidence(seen)


def test_looking_at_the_gpu_changes_nothing(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    with_env.done("install-pytorch", env=env, version="2.13", build="cpu")
    before = with_env.picture()
    seen = with_env.run("verify-gpu", env=env)
    assert b"torch 2.13.0" in seen.output and seen.end.state == "done"
    assert not seen.end.undo and differences(before, with_env.picture()) == []


def test_a_kernel_is_registered_and_goes_again(with_env: Desk) -> None:
    env = with_env.work / ".venv"
    with_env.comes_back("register-jupyter-kernel", env=str(env), name="mine", display="Mine")
    with_env.done("register-jupyter-kernel", env=str(env), name="mine", display="Mine")
    kernel = with_env.home / ".local/share/jupyter/kernels/mine/kernel.json"
    assert json.loads(kernel.read_text())["argv"][0] == str(env / "bin" / "python")
    assert with_env.run("register-jupyter-kernel", env=str(env), name="mine", display="Mine").end.message.startswith(
        "nothing"
    )


def test_the_whole_set_up_and_back(with_terms: CondaDesk, packages: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From a conda with open terms to the proof, and every byte of it back."""
    monkeypatch.setenv("FAKE_CONDA_PIP", "1")
    stand_ins.write_all(packages, torch="2.14.0")
    before = with_terms.picture()
    given = {"terms": "conda-forge", "python": VERSION, "target": "bash", "build": "cpu"}
    seen = with_terms.done("set-up-persona", **given)
    steps = [event.step for event in seen.of(api.StepVerified)]
    assert steps == [
        "conda-forge/add", "conda-forge/drop", "conda-forge/strict", "shell/init", "environment/create",
        "unsloth/pytorch/install", "unsloth/unsloth", "proof/torch",
    ]  # fmt: skip
    again = with_terms.run("set-up-persona", **given)
    assert again.end.state == "done" and [event.step for event in again.of(api.StepVerified)] in ([], ["proof/torch"])
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def cpu_wheels(folder: Path, version: str) -> None:
    """Real PyTorch for the CPU with all that it needs, from PyPI; skips where PyPI has a CUDA build for this system."""
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
    wanted = [f"torch=={version}", "torchvision"]
    asked = [*pip, "install", "--quiet", "--dry-run", "--ignore-installed", "--report", "-", *wanted]
    found = json.loads(subprocess.run(asked, check=True, capture_output=True, env=OWN).stdout)["install"]
    if any(item["metadata"]["name"].startswith(("nvidia", "cuda")) for item in found):
        pytest.skip("PyPI's PyTorch for this system is a CUDA build")
    subprocess.run([*pip, "download", "--quiet", "--dest", folder, *wanted], check=True, env=OWN)


@pytest.mark.network
@pytest.mark.skipif(not os.environ.get("ENVGUIDE_TORCH"), reason="downloads 200 MB: set ENVGUIDE_TORCH=2.13.0 for it")
def test_the_real_pytorch_for_the_cpu(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    wanted = os.environ["ENVGUIDE_TORCH"]
    wheels_of_torch = tmp_path / "torch"
    cpu_wheels(wheels_of_torch, wanted)
    request.getfixturevalue("packages")  # from here on without the network
    monkeypatch.setenv("PIP_FIND_LINKS", str(wheels_of_torch))
    desk.done("create-environment", tool="venv", name=".venv", python=VERSION)
    env = str(desk.work / ".venv")
    before = desk.picture()
    seen = desk.done("install-pytorch", env=env, build="cpu", version=wanted.rpartition(".")[0])
    assert "multiplied two matrices on cpu" in evidence(seen)
    desk.undo()
    assert differences(before, desk.picture()) == []
