"""GPUs: through a fake binding, the real binding with a fake driver library, nvidia-smi, and for real."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from assistant.machine.context import Completed, load_nvml, this_machine
from assistant.machine.gpu import GpuWatch, cuda_text, find_gpus, parse_smi
from tests.unit.machine.fakes import Fake, FakeNvml, program

A100 = {"name": "NVIDIA A100-SXM4-80GB", "memory": 80 << 30, "used": 3 << 30, "capability": (8, 0), "load": 12}
SMI = """\
NVIDIA GeForce RTX 4090, 24564, 1021, 8.9, 3, [N/A], 550.54.14
NVIDIA H100, 81559, 4, 9.0, [N/A], Enabled, 550.54.14
"""


def looked(tmp_path: Path, nvml: Any):
    fake = Fake(tmp_path)
    fake.nvml = nvml
    return find_gpus(fake.roots())


@pytest.mark.parametrize(
    ("driver", "cuda", "text"), [("580.95.05", 13000, "13.0"), ("528.33", 12000, "12.0"), ("595.45.04", 13020, "13.2")]
)
def test_driver_versions(tmp_path: Path, driver: str, cuda: int, text: str) -> None:
    nvml = FakeNvml([A100], driver=driver, cuda=cuda)
    found, gpus = looked(tmp_path, nvml)
    assert (found.state, found.version, found.cuda, found.source) == ("ok", driver, text, "nvml")
    (gpu,) = gpus
    assert (gpu.name, gpu.capability, gpu.memory_total, gpu.memory_used, gpu.utilisation) == (
        A100["name"],
        "8.0",
        80 << 30,
        3 << 30,
        12,
    )
    assert not gpu.mig and nvml.opened == nvml.closed == 1


def test_several_gpus_and_questions_that_are_refused(tmp_path: Path) -> None:
    odd = {"name": "Tesla T4", "capability": (7, 5), "refuses": ("load", "memory")}
    _, gpus = looked(tmp_path, FakeNvml([A100, odd, {"refuses": ("handle",)}]))
    assert [gpu.index for gpu in gpus] == [0, 1, 2]
    assert (gpus[1].capability, gpus[1].utilisation, gpus[1].memory_total) == ("7.5", None, 0)
    assert "no answer" in gpus[2].name


def test_mig(tmp_path: Path) -> None:
    slices = [{"name": "A100 MIG 1g.10gb", "memory": 10 << 30}, {"name": "A100 MIG 2g.20gb", "memory": 20 << 30}]
    _, gpus = looked(tmp_path, FakeNvml([A100 | {"mig": slices}, A100 | {"mig": []}, A100 | {"mig": None}]))
    assert [gpu.mig for gpu in gpus] == [True, True, False]
    assert [piece.memory_total >> 30 for piece in gpus[0].slices] == [10, 20] and gpus[1].slices == ()


@pytest.mark.parametrize(
    ("code", "state"), [(12, "absent"), (9, "not-loaded"), (18, "mismatch"), (4, "refused"), (999, "unknown")]
)
def test_a_driver_that_does_not_answer(tmp_path: Path, code: int, state: str) -> None:
    driver, gpus = looked(tmp_path, FakeNvml(fails=code))
    assert driver.state == state and driver.detail and gpus == ()


def test_without_the_binding_nvidia_smi_answers(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.nvml = ImportError("no pynvml")
    assert find_gpus(fake.roots())[0].state == "absent"
    program(tmp_path / "bin" / "nvidia-smi")
    fake.path = [tmp_path / "bin"]
    header = "| NVIDIA-SMI 550.54.14   Driver Version: 550.54.14   CUDA Version: 12.4 |\n"
    fake.answers["nvidia-smi"] = lambda argv: Completed(code=0, out=SMI if len(argv) > 1 else header)
    driver, gpus = find_gpus(fake.roots())
    assert (driver.state, driver.version, driver.cuda, driver.source) == ("ok", "550.54.14", "12.4", "nvidia-smi")
    assert [(gpu.name, gpu.capability, gpu.utilisation, gpu.mig) for gpu in gpus] == [
        ("NVIDIA GeForce RTX 4090", "8.9", 3, False),
        ("NVIDIA H100", "9.0", None, True),
    ]


@pytest.mark.parametrize(
    ("said", "state"),
    [
        ("Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 580.95", "mismatch"),
        ("NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.", "not-loaded"),
        ("Failed to initialize NVML: Insufficient Permissions", "refused"),
        ("something else", "unknown"),
    ],
)
def test_an_nvidia_smi_that_fails(tmp_path: Path, said: str, state: str) -> None:
    fake = Fake(tmp_path)
    fake.nvml = FakeNvml(fails=12)
    program(tmp_path / "bin" / "nvidia-smi")
    fake.path = [tmp_path / "bin"]
    fake.answers["nvidia-smi"] = Completed(code=9, out=said)
    assert find_gpus(fake.roots())[0].state == state


@pytest.mark.parametrize("text", ["", "a,b\n", ",,,,,,\n", "x, 1e9, -1, 8, nan, , \n", "\0\n", '"unclosed, 1\n'])
def test_odd_answers_of_nvidia_smi(text: str) -> None:
    for gpu in parse_smi(text)[1]:
        assert gpu.memory_total == 0


def test_cuda_numbers() -> None:
    assert [cuda_text(number) for number in (0, 11080, 12060, 13020)] == ["", "11.8", "12.6", "13.2"]


def test_watching(tmp_path: Path) -> None:
    nvml = FakeNvml([dict(A100), {"refuses": ("load", "power", "temperature")}])
    with GpuWatch(lambda: nvml) as watch:
        first, second = watch.sample()
        nvml.gpus[0]["load"] = 99
        assert watch.sample()[0].utilisation == 99
    assert (first.utilisation, first.temperature, first.power, first.memory_used) == (12, 41, 25, 3 << 30)
    assert (second.utilisation, second.power, second.temperature) == (None, None, None)
    assert nvml.opened == nvml.closed == 1
    watch.close()
    assert watch.sample() == () and nvml.closed == 1


def test_watching_nothing() -> None:
    def missing() -> Any:
        raise ImportError("no binding")

    for load in (missing, lambda: FakeNvml(fails=9)):
        with GpuWatch(load) as watch:
            assert len(watch) == 0 and watch.sample() == ()


LOOK = """
import json
from assistant.machine.context import this_machine, load_nvml
from assistant.machine.gpu import GpuWatch, find_gpus
from assistant.machine.model import to_plain
driver, gpus = find_gpus(this_machine().replace(path=()))
with GpuWatch(load_nvml) as watch:
    print(json.dumps({"driver": to_plain(driver), "gpus": to_plain(gpus), "live": to_plain(watch.sample())}))
"""


@pytest.fixture(scope="module")
def driver_library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a driver library of our own, made with the C compiler."""
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None or not sys.platform.startswith("linux"):
        pytest.skip("needs Linux and a C compiler")
    pytest.importorskip("pynvml")
    folder = tmp_path_factory.mktemp("nvml")
    source = Path(__file__).with_name("fake_nvml.c")
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(folder / "libnvidia-ml.so.1"), str(source)], check=True)
    return folder


def through_the_binding(folder: Path, **settings: str) -> dict[str, Any]:
    env = {
        **os.environ,
        "LD_LIBRARY_PATH": str(folder),
        **{f"FAKE_NVML_{name}": value for name, value in settings.items()},
    }
    done = subprocess.run(
        [sys.executable, "-c", LOOK], env=env, capture_output=True, text=True, check=True, cwd=Path.cwd()
    )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer


def test_the_real_binding_on_a_fake_driver(driver_library: Path) -> None:
    answer = through_the_binding(driver_library, GPUS="2", DRIVER="535.104.05", CUDA="12020")
    assert answer["driver"] == {"state": "ok", "version": "535.104.05", "cuda": "12.2", "source": "nvml", "detail": ""}
    assert [gpu["name"] for gpu in answer["gpus"]] == ["Fake GPU 0", "Fake GPU 1"]
    assert answer["gpus"][0]["capability"] == "9.0" and answer["gpus"][0]["memory_total"] == 80 << 30
    assert answer["live"][1]["temperature"] == 44 and answer["live"][1]["power"] == 71


def test_the_real_binding_with_mig(driver_library: Path) -> None:
    (gpu,) = through_the_binding(driver_library, MIG="3")["gpus"]
    assert gpu["mig"] and len(gpu["slices"]) == 3 and gpu["utilisation"] is None


@pytest.mark.parametrize(("code", "state"), [("18", "mismatch"), ("9", "not-loaded"), ("4", "refused")])
def test_the_real_binding_with_a_driver_that_fails(driver_library: Path, code: str, state: str) -> None:
    answer = through_the_binding(driver_library, INIT=code)
    assert answer["driver"]["state"] == state and answer["gpus"] == [] and answer["live"] == []


@pytest.mark.gpu
def test_a_real_gpu() -> None:
    driver, gpus = find_gpus(this_machine())
    if driver.state == "absent":
        pytest.skip("there is no NVIDIA GPU here")
    assert driver.state == "ok" and driver.version and driver.cuda
    assert gpus and all(gpu.memory_total > 0 and gpu.capability for gpu in gpus)
    with GpuWatch(load_nvml) as watch:
        assert len(watch.sample()) == len(gpus)
