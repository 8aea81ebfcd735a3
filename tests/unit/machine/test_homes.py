"""The doctor on whole machines as people have them: it finds what is there to find, in the right order, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.machine.context import Completed
from assistant.machine.doctor import run_checks
from assistant.machine.doctor.finding import Finding
from assistant.machine.probe import probe
from assistant.machine.tables import Table
from assistant.render.doctor import doctor_text
from assistant.render.layout import Style
from tests.unit.machine.fakes import (
    DEFAULTS,
    FORGE,
    Fake,
    FakeNvml,
    conda_environment,
    conda_root,
    dist,
    init_block,
    program,
    record,
    site,
    system_python,
    terms,
    venv,
    write,
)

# The fake machines lie on the disk of this one, which may be full.
OF_THE_DISK = ("disk-low", "disk-temporary", "disk-inodes")


def findings(fake: Fake) -> list[Finding]:
    """What the doctor says of a fake machine; every check must have been carried out."""
    machine = probe(roots=fake.roots())
    results = run_checks(machine)
    assert not results.failed and not machine.problems, (results.failed, machine.problems)
    text = doctor_text(machine, results, 100, Style(colour=False))
    assert "  seen: \n" not in text and "None" not in text
    return [one for one in results.findings if one.check not in OF_THE_DISK]


def ids(fake: Fake) -> list[tuple[str, str]]:
    return [(one.check, one.effect) for one in findings(fake)]


def ubuntu(folder: Path) -> Fake:
    """A fresh Ubuntu: its own Python, without venv, and nothing else."""
    fake = Fake(folder)
    usr = system_python(fake.root, managed=True, ensurepip=False)
    program(usr / "bin" / "apt")
    fake.path = [usr / "bin", fake.root / "usr" / "local" / "bin"]
    write(fake.home / ".bashrc", "# ~/.bashrc\ncase $- in *i*) ;; *) return;; esac\nalias ls='ls --color=auto'\n")
    write(fake.home / ".profile", ". ~/.bashrc\n")
    return fake


def pyenv(folder: Path) -> Fake:
    """pyenv with one Python, poetry with one project."""
    fake = Fake(folder)
    usr = system_python(fake.root, managed=True)
    version = fake.home / ".pyenv" / "versions" / "3.12.7"
    program(version / "bin" / "python3.12")
    (version / "bin" / "python").symlink_to("python3.12")
    (version / "lib" / "python3.12" / "ensurepip").mkdir(parents=True)
    for name in ("python", "python3", "pip"):
        program(fake.home / ".pyenv" / "shims" / name)
    program(fake.home / ".pyenv" / "bin" / "pyenv")
    program(fake.home / ".local" / "bin" / "poetry")
    write(fake.home / ".pyenv" / "version", "3.12.7\n")
    venv(fake.home / ".cache" / "pypoetry" / "virtualenvs" / "proj-abc-py3.12", version)
    write(fake.home / ".bashrc", 'export PYENV_ROOT="$HOME/.pyenv"\neval "$(pyenv init -)"\n')
    fake.env["PYENV_ROOT"] = str(fake.home / ".pyenv")
    fake.path = [
        fake.home / ".pyenv" / "shims",
        fake.home / ".pyenv" / "bin",
        fake.home / ".local" / "bin",
        usr / "bin",
    ]
    return fake


def mac(folder: Path) -> Fake:
    """An Apple Silicon Mac with Miniforge in zsh."""
    fake = Fake(folder, "macos")
    fake.machine = "arm64"
    fake.env["SHELL"] = "/bin/zsh"
    fake.answers = {"ps": Completed(code=0, out="100 50 -zsh\n50 1 Terminal\n")}
    write(
        fake.root / "System" / "Library" / "CoreServices" / "SystemVersion.plist",
        "<plist><dict><key>ProductVersion</key>\n<string>15.1</string></dict></plist>",
    )
    root = conda_root(fake.home / "miniforge3")
    active = conda_environment(root / "envs" / "ml")
    write(fake.home / ".zshrc", init_block(str(root), "zsh"))
    fake.path = [active / "bin", root / "condabin", system_python(fake.root) / "bin"]
    fake.env |= {
        "CONDA_PREFIX": str(active),
        "CONDA_DEFAULT_ENV": "ml",
        "CONDA_EXE": str(root / "bin" / "conda"),
        "CONDA_SHLVL": "2",
    }
    return fake


def messy(folder: Path) -> Fake:
    """Years of conda and pip: two installations, pip in base, a dead init block, an old driver."""
    fake = Fake(folder)
    usr = system_python(fake.root)
    root = conda_root(fake.home / "anaconda3", "23.1.0", channel=DEFAULTS, python="3.10.9")
    record(root, "numpy", "1.26.0", channel=DEFAULTS)
    for name, version in (("numpy", "2.1.0"), ("pandas", "2.2.0")):
        dist(site(root, "3.10"), name, version)
    other = conda_root(fake.home / "miniconda3", channel=DEFAULTS)
    mixed = conda_environment(root / "envs" / "dl", "3.9.18")
    record(mixed, "scipy", "1.13", channel=DEFAULTS)
    record(mixed, "numpy", "1.26", channel=FORGE)
    (root / "envs" / "half").mkdir()
    gone = init_block(str(fake.home / "gone"))
    write(fake.home / ".bashrc", f"{init_block(str(root))}\n{gone}\nalias python=python3\n")
    write(fake.home / ".condarc", "channels:\n  - conda-forge\n  - defaults\nssl_verify: false\n")
    write(
        fake.home / ".local" / "share" / "jupyter" / "kernels" / "old" / "kernel.json",
        '{"argv":["/gone/bin/python","-m","ipykernel_launcher"],"display_name":"Old","language":"python"}',
    )
    fake.path = [root / "bin", other / "bin", usr / "bin"]
    fake.env |= {
        "CONDA_PREFIX": str(root),
        "CONDA_DEFAULT_ENV": "base",
        "CONDA_EXE": str(root / "bin" / "conda"),
        "CONDA_SHLVL": "1",
    }
    fake.nvml = FakeNvml([{"name": "NVIDIA GeForce GTX 1080", "capability": (6, 1)}], driver="470.82", cuda=11040)
    return fake


def test_a_miniforge_user_is_told_that_all_is_well(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    conda_environment(fake.conda / "envs" / "analysis")
    fake.nvml = FakeNvml([{"name": "NVIDIA GeForce RTX 3060", "capability": (8, 6)}])
    assert ids(fake) == []


def test_a_mac_with_miniforge_is_well(tmp_path: Path, own_tables: Table) -> None:
    assert ids(mac(tmp_path)) == []


def test_pyenv_and_poetry_are_well(tmp_path: Path, own_tables: Table) -> None:
    assert ids(pyenv(tmp_path)) == []


def test_pyenv_lacks_the_version_of_a_project(tmp_path: Path, own_tables: Table) -> None:
    fake = pyenv(tmp_path)
    write(fake.cwd / ".python-version", "3.13.1\n")
    assert ids(fake) == [("python-pyenv-version", "blocks")]


def test_a_fresh_ubuntu(tmp_path: Path, own_tables: Table) -> None:
    found = findings(ubuntu(tmp_path))
    assert [(one.check, one.effect) for one in found] == [
        ("python-no-ensurepip", "may-bite"),
        ("python-externally-managed", "note"),
    ]
    assert found[0].fix == ("sudo apt install python3-venv",)


def test_years_of_conda_and_pip(tmp_path: Path, own_tables: Table) -> None:
    found = findings(messy(tmp_path))
    by_effect: dict[str, set[str]] = {}
    for one in found:
        by_effect.setdefault(one.effect, set()).add(one.check)
    assert by_effect["blocks"] == {"conda-terms", "kernel-stale"}
    assert {
        "conda-base-pip", "conda-channels-mixed", "conda-environments-mixed", "conda-several", "conda-old", "conda-ssl-off",
        "environment-overwritten", "gpu-driver-old", "python-end-of-life", "shell-init-stale", "shell-aliases",
    } <= by_effect["may-bite"], by_effect["may-bite"]  # fmt: skip
    assert "environment-hollow" in by_effect["note"]
    mixed = next(one for one in found if one.check == "conda-environments-mixed")
    assert " -n dl " in mixed.fix[0], "the environment that can be made again, not base"
    assert all(one.fix or one.advice for one in found)


def test_base_is_never_made_again_beside_itself(tmp_path: Path, own_tables: Table) -> None:
    fake = Fake.well(tmp_path)
    record(fake.conda, "openssl", "3.5", channel=DEFAULTS)
    record(fake.conda, "numpy", "1.26.0")
    dist(site(fake.conda, "3.13"), "numpy", "2.1.0")
    found = {one.check: one for one in findings(fake)}
    assert found["conda-environments-mixed"].effect == "note" and found["conda-environments-mixed"].fix == ()
    back = found["environment-overwritten"]
    assert back.fix[0].endswith("-m pip uninstall numpy")
    assert back.fix[1].endswith("install -n base --force-reinstall numpy")
    assert not any("base-2" in command for one in found.values() for command in one.fix)


def test_lines_are_shown_before_they_are_deleted(tmp_path: Path, own_tables: Table) -> None:
    for one in findings(messy(tmp_path)):
        if any(command.startswith("sed -i") for command in one.fix):
            assert one.fix[0].startswith("sed -n ") and "run the doctor again" in one.advice


@pytest.mark.parametrize("accepted", [True, False])
def test_windows_with_miniconda(tmp_path: Path, own_tables: Table, accepted: bool) -> None:
    fake = Fake(tmp_path, "windows")
    local = fake.home / "AppData" / "Local"
    fake.env = {
        "USERPROFILE": str(fake.home),
        "LOCALAPPDATA": str(local),
        "APPDATA": str(fake.home / "AppData" / "Roaming"),
        "PSMODULEPATH": f"{fake.home}/Documents/PowerShell/Modules;C:\\x",
        "USERNAME": "sam",
        "CONDA_SHLVL": "0",
    }
    root = conda_root(local / "miniconda3", channel=DEFAULTS, system="windows")
    for path in (root / "conda-meta").glob("*.json"):  # Anaconda's Miniconda holds Anaconda's packages alone
        path.write_text(path.read_text(encoding="utf-8").replace(FORGE, DEFAULTS), encoding="utf-8")
    conda_environment(root / "envs" / "ml", system="windows")
    fake.path = [root / "condabin"]
    for channel in ("main", "r", "msys2"):
        terms(fake.home / ".conda" / "tos", f"https://repo.anaconda.com/pkgs/{channel}", accepted)
    assert [one for one, effect in ids(fake) if effect == "blocks"] == ([] if accepted else ["conda-terms"])
