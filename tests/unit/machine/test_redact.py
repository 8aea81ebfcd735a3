"""What must not leave the machine, and what must stay readable."""

from __future__ import annotations

import pytest

from assistant.machine.redact import redact, redact_secrets

SECRETS = [
    "https://sam:geheim1@proxy.example.org:8080",
    "socks5://geheim1@host:1080",
    "sam:geheim1@proxy:3128",
    "https://conda.example.org/t/geheim1-abc/channel/linux-64",
    "HF_TOKEN=geheim1",
    "export AWS_SECRET_ACCESS_KEY='geheim1 x'",
    'password = "geheim1 with spaces"',
    '{"api_key": "geheim1"}',
    "Authorization: Bearer geheim1geheim1",
    "pip install --token geheim1 x",
    "UV_PUBLISH_PASSWORD: geheim1",
    "git+https://geheim1@github.com/a/b",
]
SHAPES = [
    "hf_abcdefghijklmnopqrstuv",
    "ghp_abcdefghijklmnopqrstuvwxyz012345",
    "github_pat_11ABCDEFG0abcdefghijkl",
    "glpat-abcdefghijklmnopqrst",
    "pypi-AgEIcHlwaS5vcmcCJDAwMDAwMDAw",
    "sk-proj-abcdefghijklmnop",
    "AKIAABCDEFGHIJKLMNOP",
    "xoxb-1234567890-abcdef",
    "eyJhbGciOiJIUzI1.eyJzdWIiOiIxMjM0.SflKxwRJSMeKKF2QT4",
]


@pytest.mark.parametrize("text", SECRETS)
def test_secrets_go(text: str) -> None:
    assert "geheim1" not in redact_secrets(text), redact_secrets(text)
    assert "***" in redact_secrets(text)


@pytest.mark.parametrize("token", SHAPES)
def test_tokens_are_known_by_their_shape(token: str) -> None:
    assert redact_secrets(f"got {token} here") == "got *** here"


@pytest.mark.parametrize(
    "text",
    [
        "tokenizers==0.22.1",
        "secretstorage 3.4.0",
        "https://conda.anaconda.org/conda-forge/linux-64",
        "torch==2.15.0+cu130",
        "author: a person",
        "numpy[version='>=1.2']",
        "pkg @ git+https://host/repo.git@0123456789abcdef",
        "CONDA_SHLVL=2",
        "conda-forge/noarch::pip-26.3-pyh1",
        "/opt/t/est",
        "line 3: channels: [a",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact_secrets(text) == text


def test_the_home_becomes_a_tilde() -> None:
    text = "/home/sam/miniforge3 /home/sam /home/samantha/x /home/sam-old"
    assert redact(text, home="/home/sam") == "~/miniforge3 ~ /home/user/x /home/user"


@pytest.mark.parametrize(
    "path", [r"C:\Users\Sam Doe\x", r"C:\\Users\\Sam Doe\\x", "C:/Users/Sam Doe/x", r"c:\users\sam doe\x"]
)
def test_a_windows_home_in_every_spelling(path: str) -> None:
    assert "oe" not in redact(f"at {path}", home=r"C:\Users\Sam Doe").replace("x", "")
    assert redact(path, home=r"C:\Users\Sam Doe").startswith("~")


def test_names_and_mail() -> None:
    text = "sam@example.org on box17: user sam, samba, SAM_X; /data/sam/x"
    cleaned = redact(text, user="sam", host="box17")
    assert cleaned == "<mail> on host: user user, samba, SAM_X; /data/user/x"


def test_common_names_are_no_secret() -> None:
    assert redact("the user root of ubuntu", user="root") == "the user root of ubuntu"
    assert redact("a b c", user="b") == "a b c"


def test_it_is_quick_on_long_lines() -> None:
    for text in (
        "a" * 200_000,
        "a." * 100_000,
        "token" * 40_000,
        "=" * 100_000,
        "://" * 50_000,
        "@" * 100_000,
        "a:b" * 60_000,
    ):
        redact(text, home="/home/sam", user="sam")
