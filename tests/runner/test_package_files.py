"""Which kind of list a file is: by its name and by what it holds."""

from pathlib import Path

import pytest

from assistant.runner.package_files import package_file, requirements

EXPLICIT = "# platform: linux-64\n@EXPLICIT\nfile:///opt/channel/noarch/tiny-1.0-0.conda\n"


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("environment.yml", "name: a\ndependencies:\n  - python\n", "environment-yaml"),
        ("a.yaml", "channels: [conda-forge]\n", "environment-yaml"),
        ("other.yml", "hello: you\n", ""),
        ("conda-lock.yml", "metadata:\n  x: 1\npackage:\n- name: a\n", "conda-lock"),
        ("lock.txt", EXPLICIT, "explicit"),
        ("lock.yml", EXPLICIT, "explicit"),
        ("lock", EXPLICIT.replace("\n", "\r\n"), "explicit"),
        ("requirements.txt", "numpy\n", "requirements"),
        ("requirements.in", "", "requirements"),
        ("pylock.toml", "", "pylock"),
        ("pylock.dev.toml", "", "pylock"),
        ("pyproject.toml", "[project]\n", "pyproject"),
        ("notes.md", "numpy\n", ""),
    ],
)
def test_the_kind_of_a_file(tmp_path: Path, name: str, text: str, kind: str) -> None:
    path = tmp_path / name
    path.write_text(text, newline="")
    assert package_file(str(path)) == kind


def test_a_file_that_is_not_there_is_no_list(tmp_path: Path) -> None:
    assert package_file(str(tmp_path / "gone.yml")) == ""
    assert requirements(str(tmp_path / "gone.txt")) == ()


def test_what_a_requirements_file_asks_for(tmp_path: Path) -> None:
    path = tmp_path / "requirements.txt"
    path.write_text(
        "# a comment\n-r other.txt\nnumpy >= 2, <3  # why\nrequests[socks]==2.32.0 \\\n    --hash=sha256:abc\n"
        "pywin32; sys_platform == 'win32'\ntool @ git+https://example.org/tool\nsix\n"
    )
    assert requirements(str(path)) == ("numpy>=2,<3", "requests==2.32.0", "six")
