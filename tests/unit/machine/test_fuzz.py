"""Every parser of files and outputs that others write, on anything at all: it gives an answer and never raises."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.machine import (
    condarc,
    condas,
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
from assistant.machine.files import decode, parse_json_object, parse_yaml_mapping, read_text
from assistant.machine.model import to_plain
from tests.unit.machine.fakes import Fake, conda_root, write

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


@pytest.mark.parametrize(
    "place",
    [
        "miniforge3/.condarc",
        ".condarc",
        ".conda/environments.txt",
        "work/project/.venv/pyvenv.cfg",
        ".bashrc",
        ".python-version",
        ".config/pip/pip.conf",
        ".local/share/jupyter/kernels/x/kernel.json",
        "miniforge3/conda-meta/history",
        "miniforge3/conda-meta/conda-26.7.1-py313h1_0.json",
        "work/project/.venv/bin/activate",
    ],
)
def test_any_file_in_its_place(place: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The readers around the parsers, too: the whole probe meets the file."""
    from assistant.machine.probe import probe

    folder = tmp_path_factory.mktemp("fuzz")
    fake = Fake(folder)
    conda_root(fake.home / "miniforge3")
    # The samples end in what breaks paths, numbers and decoders.
    samples = [
        b"",
        b"\0",
        b"\xff\xfe\x00\xd8",
        b"\xef\xbb\xbf- a\n",
        "".join(PIECES).encode(),
        b"[" * 5000,
        b"9" * 5000,
        b"\r\n" * 50,
    ]
    for sample in samples:
        file = write(fake.home / place, "")
        file.write_bytes(sample)
        machine = probe(
            {"condas", "environments", "packages", "kernels", "pip", "shell"},
            roots=fake.roots().replace(run=_silent),
            timeout=30,
        )
        assert machine.problems == (), (place, sample[:40])


def _silent(argv: list[str], **_: Any) -> Any:
    raise AssertionError(f"a program was started: {argv}")


def test_files_that_are_no_files(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    assert read_text(str(tmp_path / "folder")) is None
    assert read_text(str(tmp_path / "none")) is None
    assert read_text("a\0b") is None
    write(tmp_path / "long", "x" * 5000)
    assert len(read_text(str(tmp_path / "long"), 100) or "") == 100
