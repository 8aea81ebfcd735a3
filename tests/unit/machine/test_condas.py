"""conda installations: kind, version, the configuration in force, terms, what is in base."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.machine import records
from assistant.machine.condarc import parse_condarc, read_condarcs
from assistant.machine.condas import find_condas, parse_terms
from assistant.machine.environments import find
from tests.unit.machine.fakes import DEFAULTS, FORGE, Fake, conda_environment, conda_root, record, terms, write

# What an installer leaves in a root, as `conda config --add` copies it into ~/.condarc.
INSTALLER = """\
# what an installer (Miniforge) would leave behind
channels:
  - conda-forge
default_channels:
  - file:///home/user/demo/main
custom_channels:
  conda-forge: file:///home/user/demo
channel_alias: file:///home/user/demo
envs_dirs:
  - /home/user/demo/base/envs
pkgs_dirs:
  - /home/user/demo/base/pkgs
number_channel_notices: 0
auto_update_conda: false
channel_priority: strict
"""
HISTORY = """\
==> 2026-04-28 10:00:00 <==
# cmd: constructor
+defaults/linux-64::python-3.13.5-h1_0
# update specs: ['python', 'conda', 'pip']
==> 2026-05-01 10:00:00 <==
# cmd: /home/user/base/bin/conda install numpy pandas=2 -y
# conda version: 26.3.2
+defaults/linux-64::numpy-2.3.0-py313_0
# update specs: ['numpy', 'pandas=2', 'conda-build']
==> 2026-05-02 10:00:00 <==
# cmd: /home/user/base/bin/conda remove pandas
-defaults/linux-64::pandas-2.3.0-py313_0
# remove specs: ['pandas']
==> 2026-05-03 10:00:00 <==
# cmd: /home/user/base/bin/conda install conda-forge::scipy[version='>=1.2'] requests
# update specs: ["conda-forge::scipy[version='>=1.2']", 'requests']
"""


def only(fake: Fake):
    (conda,) = find_condas(fake.roots())
    return conda


def test_a_miniforge(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    conda = only(fake)
    assert (conda.kind, conda.version, conda.python_version, conda.platform) == (
        "miniforge",
        "26.7.1",
        "3.13.5",
        "linux-64",
    )
    assert conda.channels == ("conda-forge",) and conda.channel_priority == "flexible" and conda.solver == "libmamba"
    assert conda.pkgs_dirs == (str(fake.conda / "pkgs"), str(fake.home / ".conda" / "pkgs"))
    assert conda.envs_dirs == (str(fake.conda / "envs"), str(fake.home / ".conda" / "envs"))
    assert conda.writable and conda.auto_activate
    assert not conda.terms_plugin and conda.terms == ()


def test_folders_as_conda_reads_them(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.env["BIG"] = str(tmp_path / "big")
    text = "envs_dirs:\n  - ~/mine\n  - $BIG/envs\npkgs_dirs:\n  - ${BIG}/pkgs\n  - /x/$UNKNOWN\n"
    write(fake.home / ".condarc", text)
    conda = only(fake)
    own = (str(fake.conda / "envs"), str(fake.home / ".conda" / "envs"))
    assert conda.envs_dirs == (str(fake.home / "mine"), str(tmp_path / "big" / "envs"), *own)
    assert conda.pkgs_dirs == (str(tmp_path / "big" / "pkgs"), "/x/$UNKNOWN")


def test_folders_that_the_installation_itself_names(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.conda / ".condarc", f"channels: [conda-forge]\nenvs_dirs:\n  - {tmp_path}/shared\n")
    conda_environment(tmp_path / "shared" / "theirs")
    assert "theirs" in {one.name for one in find(fake.roots())}


@pytest.mark.parametrize(
    ("folder", "channel", "extra", "kind"),
    [
        ("miniconda3", DEFAULTS, "", "miniconda"),
        ("somewhere", DEFAULTS, "", "miniconda"),
        ("anaconda3", DEFAULTS, "anaconda", "anaconda"),
        ("mambaforge", FORGE, "", "mambaforge"),
        ("miniforge3", FORGE, "mamba", "miniforge"),
    ],
)
def test_kinds(tmp_path: Path, folder: str, channel: str, extra: str, kind: str) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / folder, channel=channel)
    fake.env["CONDA_EXE"] = str(root / "bin" / "conda")
    if extra:
        record(root, extra, "2025.12")
    assert only(fake).kind == kind


def test_files_are_read_in_condas_order(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.root / "etc" / "conda" / ".condarc", "channels: [system]\nsolver: classic\n")
    write(fake.root / "etc" / "conda" / "condarc.d" / "10.yml", "channels: [folder]\n")
    write(
        fake.home / ".condarc",
        "channels: [mine]\nssl_verify: false\nchannel_priority: strict\nauto_activate_base: no\n",
    )
    write(fake.demo / ".condarc", "channels: [of-demo]\n")
    write(tmp_path / "extra.yml", "offline: true\n")
    fake.env |= {"CONDARC": str(tmp_path / "extra.yml"), "CONDA_SOLVER": "rattler"}
    conda = only(fake)
    assert conda.channels == ("of-demo", "mine", "conda-forge", "folder", "system")
    assert (conda.ssl_verify, conda.channel_priority, conda.solver) == ("false", "strict", "rattler")
    assert conda.offline and not conda.auto_activate


def test_the_installers_own_file() -> None:
    file = parse_condarc(INSTALLER, "x")
    assert file.error == "" and file.values["channels"] == ("conda-forge",)
    assert file.values["channel_priority"] == "strict" and "number_channel_notices" not in file.values


def test_a_damaged_file_is_reported_with_its_line(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.home / ".condarc", "channels: [a\n")
    (file,) = [one for one in only(fake).files if one.error]
    assert file.path.endswith(".condarc") and "line 2" in file.error


def test_tokens_in_channels_never_reach_the_model(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(
        fake.home / ".condarc",
        "channels:\n  - https://conda.example.org/t/ab-1234-5678/team\nproxy_servers:\n  https: http://sam:geheim@proxy:8080\n",
    )
    assert "1234" not in repr(only(fake)) and "geheim" not in repr(only(fake))


def test_channels_were_implied_before_25_9(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / "miniconda3", "24.11.0", channel=DEFAULTS)
    (root / ".condarc").unlink()
    assert only(fake).channels == ("defaults",)


def test_an_old_conda_solves_slowly(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    conda_root(fake.home / "miniconda3", "23.1.0")
    assert only(fake).solver == "classic"


def test_terms_of_both_default_channels(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / "miniconda3", channel=DEFAULTS)
    assert [(one.channel, one.state) for one in only(fake).terms] == [
        (DEFAULTS, "pending"),
        (DEFAULTS[:-4] + "r", "pending"),
    ]
    terms(fake.home / ".conda" / "tos", DEFAULTS, True)
    terms(root / "conda-meta" / "tos", DEFAULTS[:-4] + "r", False)
    assert [one.state for one in only(fake).terms] == ["accepted", "rejected"]


def test_the_newest_terms_count(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    root = conda_root(fake.home / "miniconda3", channel=DEFAULTS)
    terms(fake.home / ".conda" / "tos", DEFAULTS, True, "2024-01-01T00:00:00Z")
    terms(root / "conda-meta" / "tos", DEFAULTS, False, "2026-01-01T00:00:00Z")
    assert only(fake).terms[0].state == "rejected"


@pytest.mark.parametrize("variable", [{"CI": "true"}, {"CONDA_PLUGINS_AUTO_ACCEPT_TOS": "yes"}])
def test_terms_that_are_accepted_by_a_setting(tmp_path: Path, variable: dict[str, str]) -> None:
    fake = Fake(tmp_path)
    conda_root(fake.home / "miniconda3", channel=DEFAULTS)
    fake.env |= variable
    assert {one.state for one in only(fake).terms} == {"automatic"}


def test_windows_has_a_third_channel_with_terms(tmp_path: Path) -> None:
    fake = Fake(tmp_path, "windows")
    fake.env["LOCALAPPDATA"] = str(fake.home / "Local")
    conda_root(fake.home / "Local" / "miniconda3", channel=DEFAULTS, system="windows")
    assert [one.channel.rpartition("/")[2] for one in only(fake).terms] == ["main", "r", "msys2"]


def test_without_the_plugin_there_are_no_terms(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.conda / ".condarc", "channels: [defaults]\n")
    assert only(fake).terms == ()


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"base_url": 1}', "{", '{"base_url": "x", "version": [1]}'])
def test_records_of_terms_that_are_none(text: str) -> None:
    assert parse_terms(text) is None or parse_terms(text)[2] is False


def test_what_was_asked_for_in_base(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    for name in ("numpy", "scipy", "requests"):
        record(fake.conda, name, "1.0")
    write(fake.conda / "conda-meta" / "history", HISTORY)
    assert only(fake).requested_in_base == ("numpy", "scipy", "requests")


@pytest.mark.parametrize(
    ("spec", "name"),
    [
        ("numpy", "numpy"),
        ("numpy=1.26", "numpy"),
        ("conda-forge::scipy>=1", "scipy"),
        ("python[version='>=3']", "python"),
        ("conda-forge/linux-64::openssl", "openssl"),
        ("", ""),
        ("::", ""),
    ],
)
def test_names_in_specs(spec: str, name: str) -> None:
    assert records.spec_name(spec) == name


@pytest.mark.parametrize(
    ("address", "name"),
    [
        ("https://conda.anaconda.org/conda-forge/linux-64", "conda-forge"),
        ("https://repo.anaconda.com/pkgs/main/noarch", "defaults"),
        ("https://repo.anaconda.com/pkgs/r/win-64/", "defaults"),
        ("file:///home/user/demo/conda-forge/linux-64", "conda-forge"),
        ("https://conda.anaconda.org/nvidia/label/cuda-12.4.0/linux-64", "nvidia"),
        ("conda-forge", "conda-forge"),
        ("pkgs/main", "defaults"),
        ("<unknown>", ""),
        ("", ""),
    ],
)
def test_channel_names(address: str, name: str) -> None:
    assert records.channel_name(address) == name


def test_a_channel_behind_a_long_record_is_found(tmp_path: Path) -> None:
    # rattler writes the package's own fields first and does not sort.
    text = (
        '{"files": ['
        + ",".join(f'"file{number}"' for number in range(4000))
        + '], "channel": "https://x/conda-forge/linux-64"}'
    )
    write(tmp_path / "a-1-0.json", text)
    assert records.record_channel(str(tmp_path / "a-1-0.json")) == "https://x/conda-forge/linux-64"
    write(tmp_path / "b-1-0.json", text[:-3])
    assert records.record_channel(str(tmp_path / "b-1-0.json")) == ""


def test_no_conda_at_all(tmp_path: Path) -> None:
    assert find_condas(Fake(tmp_path).roots()) == ()


def test_micromamba_is_told_apart(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    conda_environment(fake.home / "micromamba" / "envs" / "demo")
    assert only(fake).kind == "micromamba" and only(fake).version == ""


def test_the_roots_own_file_is_the_weakest_here(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    assert read_condarcs(str(fake.conda), fake.roots())[0].path == str(fake.conda / ".condarc")
