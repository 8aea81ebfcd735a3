"""The whole look: every probe on its own, with a limit; failures are reported and the rest go on."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from typing import Any

import pytest

from assistant.machine import probe as module
from assistant.machine.context import Completed, run_command
from assistant.machine.doctor import run_checks
from assistant.machine.model import Machine, to_plain
from assistant.machine.probe import PROBES, Probe, probe, with_needs
from assistant.render.doctor import doctor_text
from assistant.render.layout import Style
from tests.unit.machine.fakes import DEFAULTS, Fake, FakeNvml, conda_root

POLICIES = """\
        Scope ExecutionPolicy
        ----- ---------------
  MachinePolicy       Undefined
     UserPolicy       Undefined
        Process       Undefined
    CurrentUser    RemoteSigned
   LocalMachine       Undefined
"""


def test_a_well_machine_is_found_out_whole(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.nvml = FakeNvml([{"name": "NVIDIA T4", "capability": (7, 5)}])
    machine = probe(roots=fake.roots())
    assert machine.problems == () and set(machine.looked) == set(PROBES) - {"sizes"}
    assert machine.release == "Ubuntu 24.04.3 LTS" and machine.glibc == "2.39" and machine.today
    assert machine.active is not None and machine.active.detailed
    assert machine.condas[0].kind == "miniforge" and machine.gpus[0].name == "NVIDIA T4"
    assert machine.tool("conda").version == "26.7.1"
    json.dumps(to_plain(machine))


def test_only_what_is_asked_for_and_what_it_builds_on(tmp_path: Path) -> None:
    machine = probe({"kernels"}, roots=Fake.well(tmp_path).roots())
    assert set(machine.looked) == {"kernels", "environments"}
    assert with_needs({"pip", "nothing"}) == {"pip", "pythons"}


def test_a_probe_that_raises_is_reported_and_the_rest_go_on(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.nvml = ZeroDivisionError("driver fell over")
    machine = probe(roots=fake.roots())
    assert [(one.probe, one.reason) for one in machine.problems] == [("gpu", "ZeroDivisionError: driver fell over")]
    assert "gpu" not in machine.looked and "environments" in machine.looked


def test_a_probe_that_hangs_is_reported_and_the_rest_go_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake.well(tmp_path)
    gate = threading.Event()

    def hang(*_: Any) -> dict[str, Any]:
        gate.wait(30)
        return {"condas": ()}

    monkeypatch.setitem(PROBES, "condas", Probe(hang, ()))
    # What builds on the late one goes on with what there is. Few and quick ones: a busy machine makes nobody else late.
    machine = probe({"disks", "environments", "network"}, timeout=5.0, roots=fake.roots())
    gate.set()
    assert [one.probe for one in machine.problems] == ["condas"] and "5 s" in machine.problems[0].reason
    assert set(machine.looked) == {"disks", "environments", "network"}
    text = doctor_text(machine, run_checks(machine, ["conda-several", "disk-low"]), 100, Style(colour=False))
    assert "Could not be looked at" in text and "condas: no answer after 5 s" in text


def test_several_that_hang_cost_the_time_of_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """All three are running when the first runs out of time: they did not wait for each other."""
    gate = threading.Event()
    running: set[str] = set()

    def hang(name: str) -> Any:
        def look(*_: Any) -> dict[str, Any]:
            running.add(name)
            gate.wait(60)
            return {}

        return look

    names = {"system", "network", "gpu"}
    for name in names:
        monkeypatch.setitem(PROBES, name, Probe(hang(name), ()))
    machine = probe(names, timeout=2.0, roots=Fake(tmp_path).roots())
    assert running == names and not gate.is_set()
    gate.set()
    assert {one.probe for one in machine.problems} == names and machine.looked == ()


def test_probes_run_side_by_side(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    meeting = threading.Barrier(2, timeout=20)

    def meet(*_: Any) -> dict[str, Any]:
        meeting.wait()
        return {}

    for name in ("system", "network"):
        monkeypatch.setitem(PROBES, name, Probe(meet, ()))
    machine = probe({"system", "network"}, roots=Fake(tmp_path).roots())
    assert machine.problems == () and set(machine.looked) == {"system", "network"}


def test_an_empty_home(tmp_path: Path) -> None:
    machine = probe(roots=Fake(tmp_path).roots())
    assert machine.problems == () and machine.condas == () and machine.environments == ()


def test_packages_that_time_does_not_reach_stay_undescribed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    fake = Fake.well(tmp_path)
    roots = fake.roots()
    machine = probe({"environments"}, roots=roots)
    facts = PROBES["packages"].function(roots, machine, time.monotonic())
    assert not any(one.detailed for one in facts["environments"])


def test_windows(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    fake.env = {"LOCALAPPDATA": str(fake.home / "Local"), "USERNAME": "sam", "PSMODULEPATH": ""}
    conda_root(fake.home / "Local" / "miniconda3", channel=DEFAULTS, system="windows")

    def powershell(argv: list[str]) -> Completed:
        if "Get-ExecutionPolicy" in argv[-1]:
            return Completed(code=0, out=POLICIES)
        return Completed(code=0, out="python.exe\r\npwsh.exe\r\nWindowsTerminal.exe\r\n")

    fake.answers["powershell"] = powershell
    machine = probe(roots=fake.roots())
    assert machine.problems == ()
    assert machine.shell == "powershell" and machine.user == "sam"
    assert [(one.scope, one.policy) for one in machine.execution_policy][3] == ("CurrentUser", "RemoteSigned")
    assert machine.condas[0].kind == "miniconda"


def test_a_program_that_takes_too_long_is_ended_with_its_children(tmp_path: Path) -> None:
    marker = tmp_path / "alive"
    answer = run_command(["sh", "-c", f"(sleep 2; touch {marker}) & sleep 20"], timeout=0.3)
    assert answer.code == 124 and "0.3 s" in answer.err
    time.sleep(2.5)
    assert not marker.exists()


@pytest.mark.parametrize("argv", [["/nowhere/program"], ["a\0b"], ["/tmp"]])
def test_a_program_that_cannot_be_started(argv: list[str]) -> None:
    assert run_command(argv).code == 127


def test_nothing_is_written(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    before = {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")}
    probe(roots=fake.roots())
    assert {path: path.lstat().st_mtime_ns for path in tmp_path.rglob("*")} == before


def test_the_real_machine() -> None:
    machine = probe(timeout=60)
    assert machine.problems == ()
    assert isinstance(machine, Machine) and machine.pythons
    assert module.PROBES
