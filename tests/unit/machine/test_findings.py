"""For each check: a machine on which it finds something, and one on which it does not.

The cases are in the folder `cases`: each changes the well machine of `fakes.py`.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from assistant.machine.doctor import CHECKS, EFFECTS, Finding, probes_for, run_checks
from assistant.machine.model import Cache, Disk, Machine
from assistant.machine.probe import probe
from assistant.machine.tables import Table
from tests.unit.machine.cases import conda, environment, jupyter, python, shell, torch
from tests.unit.machine.changes import Case, in_shell, in_windows
from tests.unit.machine.fakes import Fake, conda_environment, conda_root, init_block, write

CASES = [*conda.CASES, *environment.CASES, *shell.CASES, *python.CASES, *torch.CASES, *jupyter.CASES]


def findings(fake: Fake, check: str) -> tuple[Finding, ...]:
    machine = probe(probes_for([check]), roots=fake.roots(), timeout=30)
    assert machine.problems == ()
    results = run_checks(machine, [check])
    assert results.failed == () and results.checked == (check,)
    return results.findings


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_it_is_found(case: Case, tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    case.wrong(fake)
    found = findings(fake, case.check)
    assert found
    assert case.effect in {one.effect for one in found}
    assert any(case.evidence in one.evidence for one in found), [one.evidence for one in found]
    commands = [command for one in found for command in one.fix]
    assert not case.fix or any(case.fix in command for command in commands), commands
    assert {one.flow for one in found} == {case.flow}
    for one in found:
        assert one.check == case.check and one.effect in EFFECTS
        assert one.title[-1] not in ".!" and (one.fix or one.advice or one.flow)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.check)
def test_what_is_right_is_left_alone(case: Case, tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    case.right(fake)
    assert findings(fake, case.check) == ()


def of(check: str, **facts: Any) -> tuple[Finding, ...]:
    """A check on facts that no test can bring about on a real disk."""
    machine = Machine(
        system=facts.pop("system", "linux"), home="/home/sam", shell="bash", looked=CHECKS[check].needs, **facts
    )
    return run_checks(machine, [check]).findings


GB = 1024**3


def disk(free: float, used_for: str = "home", device: int = 1, inodes: int | None = None) -> Disk:
    return Disk(
        path=f"/{used_for}", used_for=used_for, total=500 * GB, free=int(free * GB), device=device, inodes_free=inodes
    )


def test_low_disks() -> None:
    assert of("disk-low", disks=(disk(50),)) == ()
    (tight,) = of("disk-low", disks=(disk(5), disk(5, "conda")))
    assert tight.effect == "may-bite" and "5.0 GB" in tight.title and "home, conda" in tight.evidence
    assert tight.flow == "clean-up" and "pip cache purge" in tight.fix[0]
    assert of("disk-low", disks=(disk(0.5),))[0].effect == "blocks"


def test_a_small_place_for_temporary_files() -> None:
    assert of("disk-temporary", disks=(disk(50), disk(1, "temporary files"))) == ()
    (found,) = of("disk-temporary", disks=(disk(50), disk(1, "temporary files", device=2)))
    assert "TMPDIR=/home/sam/temporary" in found.fix[1]


def test_file_systems_without_inodes() -> None:
    assert of("disk-inodes", disks=(disk(50, inodes=10_000_000), disk(50, device=2))) == ()
    assert "120 left" in of("disk-inodes", disks=(disk(50, inodes=120),))[0].evidence


def test_large_caches() -> None:
    pip, conda = Cache(tool="pip", path="/p", size=8 * GB), Cache(tool="conda", path="/c", size=9 * GB, complete=False)
    assert of("cache-size", caches=(pip,)) == ()
    (found,) = of("cache-size", caches=(pip, conda))
    assert "17.0 GB or more" in found.title and found.fix == ("conda clean --all", "python -m pip cache purge")


def test_a_cache_on_another_disk() -> None:
    cache = Cache(tool="conda", path="/c", size=1, device=2)
    assert of("cache-other-disk", caches=(cache.replace(device=1),), disks=(disk(50, "conda environments"),)) == ()
    assert len(of("cache-other-disk", caches=(cache,), disks=(disk(50, "conda environments"),))) == 1


def test_a_base_of_another_account(tmp_path: Path) -> None:
    machine = probe({"condas"}, roots=Fake.well(tmp_path).roots())
    conda = machine.condas[0]
    assert run_checks(machine, ["conda-unwritable"]).findings == ()
    changed = machine.replace(condas=(conda.replace(writable=False),))
    assert "cannot be written" in run_checks(changed, ["conda-unwritable"]).findings[0].evidence


def test_a_start_up_file_of_another_account(tmp_path: Path) -> None:
    machine = probe({"shell", "condas"}, roots=Fake.well(tmp_path).roots())
    assert run_checks(machine, ["shell-file-unwritable"]).findings == ()
    changed = machine.replace(shell_files=tuple(file.replace(writable=False) for file in machine.shell_files))
    (found,) = run_checks(changed, ["shell-file-unwritable"]).findings
    assert found.fix[0].startswith('sudo chown "$USER" ')


@pytest.mark.parametrize(("release", "count"), [("Windows 10.0.19045", 1), ("Windows 10.0.26100", 0), ("Windows", 0)])
def test_windows_without_new_packages(release: str, count: int) -> None:
    assert len(of("windows-release", system="windows", release=release)) == count


def test_long_paths(tmp_path: Path) -> None:
    environment = conda_environment(tmp_path / "envs" / ("x" * 120))
    machine = probe({"environments"}, roots=Fake(tmp_path).roots().replace(env={"CONDA_PREFIX": str(environment)}))
    assert run_checks(machine, ["windows-long-paths"]).findings == ()
    assert len(run_checks(machine.replace(system="windows"), ["windows-long-paths"]).findings) == 1


def test_the_policy_of_an_organisation_is_not_ours_to_change(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    in_windows(machine="AllSigned")(fake)
    (found,) = findings(fake, "shell-execution-policy")
    assert found.fix == () and "organisation" in found.advice


def test_pythonhome_blocks(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.env["PYTHONHOME"] = "/usr"
    assert [one.effect for one in findings(fake, "environment-pythonpath")] == ["blocks"]


def test_a_moved_environment_goes_back(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.leave()
    fake.demo.rename(fake.conda / "envs" / "renamed")
    (found,) = findings(fake, "environment-moved")
    assert found.fix == (f"mv {fake.conda}/envs/renamed {fake.demo}",)


def test_a_stale_block_alone_blocks(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.home / ".bashrc", init_block("/gone/conda"))
    assert findings(fake, "shell-init-stale")[0].effect == "blocks"


def test_fixes_fit_the_shell(tmp_path: Path) -> None:
    for name, command in (("fish", "set -e PYTHONPATH"), ("pwsh", "Remove-Item Env:PYTHONPATH")):
        fake = Fake.well(tmp_path / name)
        fake.env["PYTHONPATH"] = "/x"
        in_shell(name)(fake)
        machine = probe({"network", "shell"}, roots=fake.roots())
        assert run_checks(machine, ["environment-pythonpath"]).findings[0].fix == (command,)


def test_an_initialised_other_shell_is_named(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.env.pop("CONDA_SHLVL")
    in_shell("fish")(fake)
    (found,) = findings(fake, "shell-init-missing")
    assert "it is set up for bash" in found.evidence and found.params == {"shell": "fish"}


def test_environments_of_the_same_name_are_told_apart_in_commands(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    other = conda_root(fake.home / "anaconda3")
    conda_environment(other / "envs" / "demo", None)
    shutil.rmtree(fake.demo)
    conda_environment(fake.demo, None)
    (found,) = findings(fake, "environment-empty")
    assert f"-p {fake.demo}" in found.fix[0]


def test_every_check_has_its_case() -> None:
    by_hand = {
        "disk-low",
        "disk-temporary",
        "disk-inodes",
        "cache-size",
        "cache-other-disk",
        "conda-unwritable",
        "shell-file-unwritable",
        "windows-release",
        "windows-long-paths",
    }
    assert {case.check for case in CASES} | by_hand == set(CHECKS)


def test_a_channel_is_taken_out_of_the_file_that_names_it(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.conda / ".condarc", "channels: [conda-forge, pytorch]\n")
    (found,) = findings(fake, "conda-pytorch-channel")
    assert found.fix == (f"conda config --file {fake.conda}/.condarc --remove channels pytorch",)
    write(fake.home / ".condarc", "channels: [pytorch]\n")
    assert findings(fake, "conda-pytorch-channel")[0].fix == ("conda config --remove channels pytorch",)


def test_the_systems_pip_settings_need_an_administrator(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.root / "etc" / "pip.conf", "[global]\nno-index = true\n")
    assert findings(fake, "pip-indexes")[0].fix == ("sudo python3 -m pip config --global unset global.no-index",)


def test_a_successor_never_takes_a_name_that_exists(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    conda_environment(fake.conda / "envs" / "demo-2")
    write(fake.demo / "conda-meta" / "frozen", "{}")
    assert "create -n demo-3 --clone demo" in findings(fake, "environment-frozen")[0].fix[0]
