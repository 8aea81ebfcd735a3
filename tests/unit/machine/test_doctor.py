"""How checks are chosen and run. What each finds is in test_findings.py."""

from __future__ import annotations

import socket
from argparse import Namespace
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.machine.doctor import CHECKS, EFFECTS, groups, probes_for, run_checks, select
from assistant.machine.doctor.finding import Check
from assistant.machine.doctor.report import report
from assistant.machine.model import Machine
from assistant.machine.probe import PROBES, probe
from assistant.machine.tables import Table
from assistant.render.doctor import doctor_text
from assistant.render.layout import Style
from assistant.verbs.doctor import doctor
from tests.unit.machine.fakes import Fake, FakeNvml, init_block, write


def test_there_are_many_and_each_is_described() -> None:
    assert len(CHECKS) >= 40
    for check in CHECKS.values():
        assert check.title and check.group and check.title[-1] not in ".!"
        assert set(check.needs) <= set(PROBES), check.id


def test_they_are_chosen_by_group_and_by_id() -> None:
    assert {check.group for check in select(["gpu"])} == {"gpu"}
    assert [check.id for check in select(["conda-terms", "CONDA-TERMS"])] == ["conda-terms"]
    assert len(select()) == len(CHECKS)
    assert "shell" in groups() and "torch" in groups()
    assert probes_for(["gpu"]) == {"gpu", "system", "network"}


@pytest.mark.parametrize(("name", "hint"), [("gpus", "`gpu`"), ("terms", "`conda-terms`"), ("zzz", "the groups are")])
def test_an_unknown_name_is_an_error_with_the_nearest(name: str, hint: str) -> None:
    with pytest.raises(UsageError) as caught:
        run_checks(Machine(system="linux"), [name])
    assert name in caught.value.message and hint in caught.value.hint


def test_a_well_machine_is_calm(tmp_path: Path, own_tables: Table) -> None:
    results = run_checks(probe(roots=Fake.well(tmp_path).roots()))
    serious = [(one.check, one.evidence) for one in results.findings if one.check not in DEPENDS_ON_THE_DISK]
    assert serious == [] and results.failed == ()
    assert set(results.checked) == set(CHECKS)


# The fake machines lie on the disk of this one, which may be full.
DEPENDS_ON_THE_DISK = ("disk-low", "disk-temporary", "disk-inodes")


def test_an_empty_machine_is_no_crash(tmp_path: Path, own_tables: Table) -> None:
    for system in ("linux", "macos", "windows"):
        results = run_checks(probe(roots=Fake(tmp_path / system, system).roots()))
        assert results.failed == ()


def test_a_machine_of_which_nothing_is_known_gives_no_findings() -> None:
    results = run_checks(Machine(system="linux"))
    assert results.findings == () and results.checked == () and len(results.failed) == len(CHECKS)
    assert "no answer from" in results.failed[0].reason


def test_a_check_that_raises_is_reported_and_the_rest_go_on(
    tmp_path: Path, own_tables: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fall_over(machine: Machine) -> list[object]:
        raise KeyError("odd")

    broken = Check(id="conda-terms", group="conda", title="x", needs=("condas",), function=fall_over)
    monkeypatch.setitem(CHECKS, "conda-terms", broken)
    results = run_checks(probe(roots=Fake.well(tmp_path).roots()))
    assert [(one.probe, one.reason) for one in results.failed] == [("conda-terms", "KeyError: 'odd'")]
    assert len(results.checked) == len(CHECKS) - 1


def test_the_serious_come_first(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    write(fake.home / ".bashrc", init_block("/gone/conda"))
    write(fake.cwd / "torch.py", "")
    write(fake.home / ".condarc", "channels: [a\n")
    results = run_checks(probe(roots=fake.roots()))
    order = [EFFECTS.index(one.effect) for one in results.findings]
    assert order == sorted(order) and 0 in order and 1 in order and not results.well


def test_the_report_is_markdown_without_private_things(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    fake.nvml = FakeNvml([{"name": "NVIDIA T4", "capability": (7, 5)}])
    fake.env |= {
        "USER": "samantha",
        "HTTPS_PROXY": "http://samantha:geheim@proxy:1",
        "PIP_INDEX_URL": "https://geheim@mirror/simple",
        "PYTHONPATH": str(fake.home / "lib"),
    }
    write(fake.home / ".condarc", "channels:\n  - https://conda.example.org/t/geheim/team\n")
    machine = probe(roots=fake.roots())
    text = report(machine, run_checks(machine), version="1.2.3", host="box17")
    assert "geheim" not in text and "samantha" not in text and str(fake.home) not in text
    assert "| envguide | 1.2.3 |" in text and "NVIDIA T4" in text and "~/miniforge3" in text
    assert "### May bite" in text and "PYTHONPATH" in text and "| demo (active) | conda | 3.12.7 |" in text


SECRET = "geheim"


@pytest.mark.parametrize(
    "place",
    [
        ("env", "HTTPS_PROXY", f"http://proxyuser:{SECRET}@proxy.example.org:3128"),
        ("env", "https_proxy", f"http://proxyuser:{SECRET}@proxy.example.org:3128"),
        ("env", "PIP_INDEX_URL", f"https://{SECRET}@mirror.example.org/simple"),
        ("env", "PIP_EXTRA_INDEX_URL", f"https://a:{SECRET}@one.example.org/x https://b:{SECRET}@two.example.org/y"),
        ("env", "UV_DEFAULT_INDEX", f"https://token:{SECRET}@mirror.example.org/simple"),
        ("env", "CONDA_CHANNELS", f"https://conda.example.org/t/{SECRET}/team"),
        ("env", "REQUESTS_CA_BUNDLE", "/gone/samantha/ca.pem"),
        ("home", ".condarc", f"channels:\n  - https://conda.example.org/t/{SECRET}/team\n"),
        ("home", ".condarc", f"channels:\n  - https://me:{SECRET}@conda.example.org/team\n"),
        (
            "home",
            ".condarc",
            f"proxy_servers:\n  https: http://me:{SECRET}@proxy.example.org:3128\nssl_verify: false\n",
        ),
        ("home", ".condarc", f"channels: [https://me:{SECRET}@x.example.org/team\n"),
        (
            "home",
            ".config/pip/pip.conf",
            f"[global]\nindex-url = https://me:{SECRET}@mirror.example.org/simple\nuser = true\n",
        ),
        ("home", ".config/pip/pip.conf", f"[global\nindex-url = https://me:{SECRET}@mirror.example.org/simple\n"),
        ("home", ".config/pip/pip.conf", f"[global]\nextra-index-url = https://{SECRET}@mirror.example.org/simple\n"),
        (
            "home",
            ".bashrc",
            f"export PATH=/home/samantha/miniconda3/bin:$PATH\nexport HF_TOKEN={SECRET}\nalias pip=pip3\n",
        ),
    ],
)
def test_no_secret_of_any_place_gets_into_the_report(
    tmp_path: Path, own_tables: Table, place: tuple[str, str, str]
) -> None:
    fake = Fake.well(tmp_path)
    fake.env["USER"] = "samantha"
    kind, name, text = place
    if kind == "env":
        fake.env[name] = text
    else:
        write(fake.home / name, text)
    machine = probe(roots=fake.roots())
    results = run_checks(machine)
    for shown in (
        report(machine, results, host="box17.corp.example.org"),
        doctor_text(machine, results, 100, Style(False)),
    ):
        assert SECRET not in shown
    shown = report(machine, results, host="box17.corp.example.org")
    assert "samantha" not in shown and str(fake.home) not in shown


def test_names_of_the_person_and_the_computer_are_taken_out(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    machine = probe(roots=fake.roots()).replace(home="/srv/people/samantha", user="", cwd="")
    machine = machine.replace(variables={"TMPDIR": "/data/samantha/tmp on box17 and box17.corp.example.org"})
    text = report(machine, run_checks(machine), host="box17.corp.example.org")
    assert "samantha" not in text and "box17" not in text and "corp.example" not in text
    assert "/data/user/tmp on host and host" in text


def test_the_verb_takes_the_computers_name_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "samantha").mkdir()
    monkeypatch.setattr(socket, "gethostname", lambda: "box17.example.org")
    for name, value in {
        "HOME": str(tmp_path / "samantha"),
        "USER": "samantha",
        "TMPDIR": "/tmp/box17/x",
        "HTTPS_PROXY": f"http://me:{SECRET}@proxy.example.org:1",
    }.items():
        monkeypatch.setenv(name, value)
    assert doctor(Namespace(list=False, checks=["network"], json=False, report=True)) in (0, 1)
    text = capsys.readouterr().out
    assert "## Machine" in text and "TMPDIR=/tmp/host/x" in text
    assert "box17" not in text and SECRET not in text and "samantha" not in text


def test_the_report_names_what_was_not_found_out(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    fake.nvml = ZeroDivisionError("no")
    machine = probe(roots=fake.roots())
    text = report(machine, run_checks(machine, ["gpu"]))
    assert "## Not found out" in text and "ZeroDivisionError" in text and "gpu-mig: not checked" in text
