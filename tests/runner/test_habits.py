"""What real tools do that their exit codes do not say: judged on recordings of the real thing."""

import re
from pathlib import Path

import pytest

from assistant.machine.model import Machine
from assistant.runner import habits, preview

RECORDINGS = Path(__file__).parent / "recordings"
CONDA = ("/opt/conda/bin/conda", "create", "-n", "x", "--yes")


def recorded(name: str) -> tuple[str, str, int]:
    """What a recording shows on stdout and stderr, and the exit code."""
    text = (RECORDINGS / f"{name}.txt").read_text(encoding="utf-8")
    code = int(re.findall(r"^# exit code (-?\d+)", text, re.MULTILINE)[-1])
    if "--- stdout" not in text:
        return text.partition("\n--- ")[2].partition("\n")[2], "", code
    out = text.partition("--- stdout")[2].partition("\n")[2].partition("\n--- stderr")[0]
    err = text.partition("--- stderr")[2].partition("\n")[2].partition("\n--- arrival")[0]
    return out, err, code


def judged(name: str, argv: tuple[str, ...] = CONDA) -> habits.Verdict:
    out, err, code = recorded(name)
    return habits.judge(argv, code, (out + "\n" + err).replace("\n", "\r\n").encode())


@pytest.mark.parametrize("name", ["03-create-persona", "04-create-again-dash-y", "08-install-numpy-again"])
def test_done_is_done(name: str) -> None:
    assert judged(name).ok


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("15-env-remove-no-y", "answered no"),
        ("40-prompt-stdin-n", "answered no"),
        ("41-pty-prompt-ctrl-c", "answered no"),
        ("42-dry-run", "dry run"),
    ],
)
def test_exit_code_0_does_not_mean_done(name: str, says: str) -> None:
    assert recorded(name)[2] == 0
    verdict = judged(name)
    assert not verdict.ok and says in verdict.reason


def test_terms_of_service_are_the_persons_to_accept() -> None:
    verdict = judged("80-tos-create-noninteractive")
    assert not verdict.ok and "yours to decide" in verdict.reason
    assert "conda tos accept --override-channels --channel file:///home/user/demo/main" in verdict.hint
    env, said = habits.child_environment(CONDA, {"CI": "true", "PATH": "/bin", "TERM": "dumb", "COLUMNS": "40"})
    assert "CI" not in env and "without asking" in said[0]
    assert env["TERM"] == "xterm-256color" and "COLUMNS" not in env
    assert habits.child_environment(("pip", "install"), {"CI": "true"})[0]["CI"] == "true"


def test_a_login_page_looks_like_a_missing_package_and_is_told_apart() -> None:
    # To conda it looks just like a Python version that the channel does not have, so both are said.
    verdict = judged("51-http-html")
    assert verdict.reason == "the channels do not have python=3.10"
    assert "login page" in verdict.hint and "conda search python" in verdict.hint
    bare = "PackagesNotFoundError: The following packages are not available from current channels:\n\n  - python\n"
    assert "login page" in habits.judge(CONDA, 1, bare.encode()).reason
    assert judged("31-missing-package").reason == "the channels do not have nosuchpackage"


@pytest.mark.parametrize(
    ("name", "says", "again"),
    [
        ("51-http-p404", "404", False), ("51-http-p503", "503", True), ("52-http-no-dns", "no connection", True),
        ("34-disk-full", "disk is full", False), ("90-rattler-conflict", "crashed", True),
    ],
)  # fmt: skip
def test_faults_are_named(name: str, says: str, again: bool) -> None:
    out, err, _ = recorded(name)
    code = recorded(name)[2] or 1
    verdict = habits.judge(CONDA, code, (out + err).encode())
    assert not verdict.ok and says in verdict.reason
    assert verdict.again is again
    assert verdict.hint


def test_a_package_that_was_half_unpacked_is_named_once() -> None:
    said = "\n".join(
        "CondaVerificationError: The package for big-data located at /opt/conda/pkgs/big-data-1.0-h0_0\n"
        f"appears to be corrupted. The path 'share/{n}.txt'\nspecified in the package manifest cannot be found.\n"
        for n in range(3)
    )
    verdict = habits.judge(CONDA, 1, said.replace("\n", "\r\n").encode())
    assert verdict.reason.count("big-data") == 1 and "conda clean --packages --tarballs" in verdict.hint
    assert not verdict.again


def test_downloading_done_is_not_believed() -> None:
    out, _, _ = recorded("51-http-p404")
    assert "Downloading and Extracting Packages: ...working... done" in out
    assert not judged("51-http-p404").ok


def test_other_tools_errors_are_quoted() -> None:
    assert "No matching distribution" in judged("a1-pip-missing", ("pip", "install", "x")).reason
    assert "error: No solution found" in judged("a2-uv-pip-missing", ("uv", "pip", "install", "x")).reason
    assert (
        judged("c6-mamba-exists", ("mamba", "create")).reason == "conda asked and was answered no, so nothing was done"
    )
    assert "SIGKILL" in habits.judge(("x",), -9, b"").reason
    assert "not found" in habits.judge(("x",), 127, b"").reason


def test_the_second_ctrl_c_is_for_conda_that_says_it_was_interrupted() -> None:
    out, _, _ = recorded("61-int-verify")
    assert habits.needs_second_interrupt(CONDA, out.encode())
    assert not habits.needs_second_interrupt(CONDA, b"Verifying transaction: | ")
    assert not habits.needs_second_interrupt(("pip", "install"), out.encode())


@pytest.mark.parametrize(
    ("line", "certain", "empty_means"),
    [
        ("Proceed ([y]/n)? ", True, "yes"),
        (" (y/[n])? ", True, "no"),
        ("Overwrite?: [y/N] ", True, "no"),
        ("Do you want to continue [Y/n]? ", True, "yes"),
        ("[sudo] password for ada: ", True, ""),
        ("Do you accept the Terms of Service (ToS) for x? [(a)ccept/(r)eject/(v)iew]:", True, ""),
        ("Do you want to replace it? [y/n] › yes", True, ""),
        ("Are you sure (yes/no/[fingerprint])? ", True, ""),
        ("Your name: ", False, ""),
        (">>> ", False, ""),
    ],
)
def test_prompts_are_seen_and_what_enter_means(line: str, certain: bool, empty_means: str) -> None:
    prompt = habits.prompt_in(line)
    assert prompt is not None
    assert (prompt.certain, prompt.empty_means) == (certain, empty_means)


@pytest.mark.parametrize(
    "line",
    ["", "Collecting package metadata (repodata.json): ", "Executing transaction: ", "100% ####", "done", "Packages: "],
)
def test_work_going_on_is_no_prompt(line: str) -> None:
    assert habits.prompt_in(line) is None


def test_the_tool_behind_a_command() -> None:
    assert habits.tool_of(("C:\\miniconda3\\Scripts\\conda.exe", "list")) == "conda"
    assert habits.tool_of(("/env/bin/python3.12", "-m", "pip", "install")) == "pip"
    assert habits.tool_of(("uv", "pip")) == "uv"


# What a tool tells beforehand


def test_conda_tells_packages_and_sizes() -> None:
    packages, error = preview.parse_conda((RECORDINGS / "fetch.json").read_text(), "")
    assert error == ""
    assert ("pip", "25.3", 1_328_007) in [(one.name, one.version, one.size) for one in packages]
    cached, _ = preview.parse_conda(
        "WARNING: something\n" + (RECORDINGS / "42-dry-run-json.stdout.json").read_text(), ""
    )
    assert [one.name for one in cached] == ["python_abi", "tzdata", "python", "numpy", "pip"]
    assert {one.size for one in cached} == {0}
    _, error = preview.parse_conda((RECORDINGS / "31-missing-package-json.stdout.json").read_text(), "")
    assert "not available" in error


def test_pip_and_uv_tell_packages() -> None:
    report = '{"version": "1", "install": [{"metadata": {"name": "click", "version": "8.5.1"}, "requested": true}]}'
    packages, _ = preview.parse_pip(report, "")
    assert [(one.name, one.version, one.size) for one in packages] == [("click", "8.5.1", None)]
    said = (
        "Resolved 2 packages in 9ms\n\x1b[2mWould install\x1b[0m\n"
        " \x1b[32m+\x1b[39m \x1b[1mclick\x1b[0m\x1b[2m==8.5.1\x1b[0m\n - rich==14.0\n"
    )
    found, _ = preview.parse_uv("", said)
    assert [(one.action, one.name, one.version) for one in found] == [
        ("install", "click", "8.5.1"),
        ("remove", "rich", "14.0"),
    ]


def test_caches_of_a_preview_go_aside(tmp_path: Path) -> None:
    from assistant.machine.model import Conda

    machine = Machine(system="linux", condas=(Conda(root="/c", kind="miniforge", pkgs_dirs=("/c/pkgs",)),))
    assert preview._aside("conda", tmp_path, machine)["CONDA_PKGS_DIRS"] == f"{tmp_path}/pkgs,/c/pkgs"
    assert preview._aside("uv", tmp_path, machine)["UV_CACHE_DIR"] == f"{tmp_path}/uv"
    assert preview._aside("pip", tmp_path, machine)["PIP_CACHE_DIR"] == f"{tmp_path}/pip"
