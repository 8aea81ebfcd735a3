"""Caches, free space, proxies and the variables that change what tools do."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from assistant.machine.caches import find_caches, find_disks
from assistant.machine.condas import find_condas
from assistant.machine.network import find_proxies, find_variables
from assistant.machine.sizes import folder_size, human_size
from tests.unit.machine.fakes import Fake, write


def test_sizes_count_hard_links_once_and_follow_no_link(tmp_path: Path) -> None:
    write(tmp_path / "a" / "one", "x" * 100_000)
    alone, complete = folder_size(str(tmp_path / "a"))
    os.link(tmp_path / "a" / "one", tmp_path / "a" / "two")
    (tmp_path / "a" / "up").symlink_to("..", target_is_directory=True)
    assert complete and alone >= 100_000
    assert folder_size(str(tmp_path / "a"))[0] == alone


def test_a_walk_ends_at_its_deadline(tmp_path: Path) -> None:
    write(tmp_path / "a" / "b" / "c", "x")
    assert folder_size(str(tmp_path), deadline=time.monotonic() - 1) == (0, False)


def test_a_folder_that_is_not_there() -> None:
    assert folder_size("/nowhere/at/all") == (0, True)


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (1536, "1.5 KB"), (150 << 20, "150 MB"), (int(12.3 * (1 << 30)), "12.3 GB"), (5 << 40, "5.0 TB")],
)
def test_sizes_for_people(size: int, text: str) -> None:
    assert human_size(size) == text


def test_caches(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    write(fake.home / ".cache" / "pip" / "http" / "x", "x" * 50_000)
    write(fake.conda / "pkgs" / "numpy" / "x", "x" * 20_000)
    write(tmp_path / "uv" / "x", "x")
    fake.env["UV_CACHE_DIR"] = str(tmp_path / "uv")
    found = {one.tool: one for one in find_caches(fake.roots(), find_condas(fake.roots()))}
    assert set(found) == {"pip", "uv", "conda"}
    assert found["pip"].size >= 50_000 and found["pip"].complete
    assert found["conda"].path == str(fake.conda / "pkgs")


@pytest.mark.parametrize(
    ("system", "folder"), [("macos", "Library/Caches/pip"), ("windows", "AppData/Local/pip/Cache")]
)
def test_caches_of_other_systems(tmp_path: Path, system: str, folder: str) -> None:
    fake = Fake(tmp_path, system)
    write(fake.home / folder / "x", "x")
    assert [one.tool for one in find_caches(fake.roots())] == ["pip"]


def test_disks(tmp_path: Path) -> None:
    fake = Fake.well(tmp_path)
    fake.env["TMPDIR"] = str(tmp_path)
    found = {one.used_for: one for one in find_disks(fake.roots(), find_condas(fake.roots()))}
    assert {"home", "the working directory", "temporary files", "conda", "conda environments"} == set(found)
    assert 0 < found["home"].free <= found["home"].total and found["home"].device


def test_proxies_lose_their_passwords(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env |= {
        "HTTPS_PROXY": "http://sam:geheim@proxy:8080",
        "http_proxy": "sam:geheim@proxy:8080",
        "NO_PROXY": "localhost",
    }
    found = {one.variable: one.value for one in find_proxies(fake.roots())}
    assert found == {"HTTPS_PROXY": "http://***@proxy:8080", "http_proxy": "***@proxy:8080", "NO_PROXY": "localhost"}


def test_certificates(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    write(tmp_path / "ca.pem", "x")
    fake.env |= {
        "SSL_CERT_FILE": str(tmp_path / "ca.pem"),
        "REQUESTS_CA_BUNDLE": "/nowhere.pem",
        "SSL_CERT_DIR": f"/nowhere:{tmp_path}",
        "CONDA_SSL_VERIFY": "false",
    }
    found = {one.variable: one.exists for one in find_proxies(fake.roots())}
    assert found == {"SSL_CERT_FILE": True, "REQUESTS_CA_BUNDLE": False, "SSL_CERT_DIR": True}


def test_variables(tmp_path: Path) -> None:
    fake = Fake(tmp_path)
    fake.env |= {"CUDA_VISIBLE_DEVICES": "", "PIP_INDEX_URL": "https://u:geheim@x/simple", "MY_TOKEN": "geheim"}
    assert find_variables(fake.roots()) == {"CUDA_VISIBLE_DEVICES": "", "PIP_INDEX_URL": "https://***@x/simple"}
