"""Every recording of the real tools, judged: what was done, what was not although the exit code says so, and what an error
is told as; every plan that a tool printed as JSON, read.
"""

import json
import re
from pathlib import Path

import pytest

from assistant.dialogue.engine import Asked
from assistant.machine.model import Machine
from assistant.render import failures
from assistant.runner import api, habits, preview
from assistant.search.library import Library, open_library

RECORDINGS = Path(__file__).parent / "recordings"
NAMES = sorted(path.stem for path in RECORDINGS.glob("*.txt"))
PLANS = sorted(path.name for path in RECORDINGS.glob("*.json"))

# What is not done, and the beginning of what is said about it. All others are done.
SAID = {
    "04-create-again-dry-run": "CondaValueError: Cannot `create --dry-run` with an existing",
    "04-create-again-no-y-stdin-null": "conda asked and was answered no, so nothing was done",
    "07-run-exit3": "ERROR conda.cli.main_run:execute(148): `conda run python -c",
    "07-run-missing-env": "EnvironmentLocationNotFound: Not a conda environment: /home/",
    "07-run-missing-program": "`conda` was not found (exit code 127)",
    "07-run-no-capture": "ERROR conda.cli.main_run:execute(148): `conda run python -c",
    "11-env-create-bad-yml": "libmambapy.bindings.specs.ParseError: Error parsing version",
    "11-env-create-missing-file": "EnvironmentFileNotFound: '/home/user/demo/work/nosuch.yml' f",
    "12-clone-exists": "conda asked and was answered no, so nothing was done",
    "13-update-all-dry-run": "conda only showed what it would do: a dry run",
    "14-rename-missing": "EnvironmentLocationNotFound: Not a conda environment: /home/",
    "15-env-remove-base": "CondaEnvironmentError: Cannot remove current environment. De",
    "15-env-remove-missing": "EnvironmentLocationNotFound: Not a conda environment: /home/",
    "15-env-remove-no-y": "conda asked and was answered no, so nothing was done",
    "16-clean-dry-run": "conda only showed what it would do: a dry run",
    "30-conflict-json": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "30-conflict-missing-dep": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "30-conflict-python": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "30-conflict-virtual-package": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "30-conflict": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "31-install-missing-env": "EnvironmentLocationNotFound: Not a conda environment: /home/",
    "31-missing-package-json": "PackagesNotFoundInChannelsError: The following packages are",
    "31-missing-package": "the channels do not have nosuchpackage",
    "31-missing-python-version": "the channels do not have python=3.9",
    "31-missing-typo": "the channels do not have pyhton",
    "32-bad-command": "conda: error: argument COMMAND: invalid choice: 'frobnicate'",
    "32-bad-name-base": "CondaValueError: 'base' is a reserved environment name",
    "32-bad-name-slash": "CondaValueError: Environment names cannot contain path separ",
    "32-bad-name-space": "CondaValueError: Environment names cannot contain any of the",
    "32-bad-option": "conda: error: unrecognized arguments: --nosuchoption",
    "33-bad-channel-path": "UnavailableInvalidChannel: HTTP 404 UNAVAILABLE OR INVALID f",
    "33-bad-channel": "UnavailableInvalidChannel: HTTP 404 UNAVAILABLE OR INVALID f",
    "36-search-missing": "the channels do not have nosuchpackage",
    "40-prompt-stdin-closed": "conda asked and was answered no, so nothing was done",
    "40-prompt-stdin-n": "conda asked and was answered no, so nothing was done",
    "41-pty-prompt-ctrl-c": "conda asked and was answered no, so nothing was done",
    "41-pty-prompt-exists-n": "conda asked and was answered no, so nothing was done",
    "42-dry-run": "conda only showed what it would do: a dry run",
    "51-http-bad": "ChecksumMismatchError: Conda detected a mismatch between the",
    "51-http-cut": "('Connection broken: IncompleteRead(60757 bytes read, 60757",
    "51-http-e401": "the channel answered 401 Unauthorized",
    "51-http-e403": "the channel answered 403 Forbidden",
    "51-http-e404": "UnavailableInvalidChannel: HTTP 404 Not Found for channel e4",
    "51-http-e429": "the channel answered 429 Too Many Requests",
    "51-http-e503": "the channel answered 503 Service Unavailable",
    "51-http-html": "the channels do not have python=3.10",
    "51-http-p404": "the channel answered 404 Not Found",
    "51-http-p503-json": "the channel answered 503 Service Unavailable",
    "51-http-p503": "the channel answered 503 Service Unavailable",
    "52-http-hang": "no connection to the channel",
    "52-http-no-dns-json": "no connection to the channel",
    "52-http-no-dns": "no connection to the channel",
    "52-http-refused": "no connection to the channel",
    "60-int-download-json": "CondaSignalInterrupt: Signal interrupt SIGINT",
    "60-int-download-pipe": "CondaSignalInterrupt: Signal interrupt SIGINT",
    "60-int-download-pty": "CondaSignalInterrupt: Signal interrupt SIGINT",
    "60-term-download-pipe": "CondaSignalInterrupt: Signal interrupt SIGTERM",
    "61-int-executing": "CondaSignalInterrupt: Signal interrupt SIGINT",
    "61-int-solving": "CondaError: KeyboardInterrupt",
    "61-int-verify": "CondaError: KeyboardInterrupt",
    "80-tos-create-after-reject": "CondaToSRejectedError: Terms of Service has been rejected fo",
    "80-tos-create-no-y": "the channel's terms of service have not been accepted; that",
    "80-tos-create-noninteractive-json": "the channel's terms of service have not been accepted; that",
    "80-tos-create-noninteractive": "the channel's terms of service have not been accepted; that",
    "80-tos-create-pty-view-reject": "CondaToSRejectedError: Terms of Service has been rejected fo",
    "90-classic-conflict-installed": "UnsatisfiableError: Conda could not find a compatible set of",
    "90-classic-conflict-json": "UnsatisfiableError: The following specifications were found",
    "90-classic-conflict-python": "UnsatisfiableError: Conda could not find a compatible set of",
    "90-classic-conflict": "UnsatisfiableError: Conda could not find a compatible set of",
    "90-classic-missing": "the channels do not have nosuchpackage",
    "90-libmamba-conflict-installed": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "90-libmamba-conflict-json": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "90-libmamba-conflict-python": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "90-libmamba-conflict": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "90-libmamba-missing": "the channels do not have nosuchpackage",
    "90-rattler-conflict-installed": "RattlerUnsatisfiableError: Cannot solve the request because",
    "90-rattler-conflict-json": "RattlerUnsatisfiableError: Cannot solve the request because",
    "90-rattler-conflict-python": "RattlerUnsatisfiableError: Cannot solve the request because",
    "90-rattler-conflict": "conda crashed (its solver does that now and then)",
    "90-rattler-missing": "the channels do not have nosuchpackage",
    "a0-venv-missing-python": "`python3.9` was not found (exit code 127)",
    "a1-pip-conflict": "ERROR: ResolutionImpossible: for help visit https://pip.pypa",
    "a1-pip-debian-externally-managed": "error: externally-managed-environment",
    "a1-pip-install-rawbar-pipe": "option --progress-bar: invalid choice: 'raw' (choose from 'o",
    "a1-pip-missing-version": "ERROR: No matching distribution found for numpy==99",
    "a1-pip-missing": "ERROR: No matching distribution found for nosuchpackage-real",
    "a1-pip-no-network": "ERROR: No matching distribution found for nosuch",
    "a2-uv-int-pty": "`uv` was ended by SIGINT",
    "a2-uv-pip-conflict": "error: No solution found when resolving dependencies",
    "a2-uv-pip-missing": "dependencies: Because nosuchpackage-realconda-test was not found",
    "a2-uv-venv-again-pty": "error: Failed to create virtual environment",
    "a2-uv-venv-again": "error: Failed to create virtual environment",
    "a2-uv-venv-missing-python": "error: No interpreter found for Python 3.7 in managed instal",
    "c1-run-stdin": "ERROR conda.cli.main_run:execute(148): `conda run python -c",
    "c5-install-base": "conda only showed what it would do: a dry run",
    "c6-mamba-conflict": "critical libmamba Could not solve for environment specs",
    "c6-mamba-exists": "conda asked and was answered no, so nothing was done",
    "c6-mamba-missing": "critical libmamba Could not solve for environment specs",
    "d0-old-bad-spec": "conda only showed what it would do: a dry run",
    "d0-old-conflict": "LibMambaUnsatisfiableError: Encountered problems while solvi",
    "d0-old-create-exists-stdin-null": "conda asked and was answered no, so nothing was done",
    "d0-old-dry-run": "conda only showed what it would do: a dry run",
    "d0-old-env-create-bad": "libmambapy.bindings.specs.ParseError: Error parsing version",
    "d0-old-env-remove-stdin-null": "conda asked and was answered no, so nothing was done",
    "d0-old-missing-json": "PackagesNotFoundError: The following packages are not availa",
    "d0-old-missing": "the channels do not have nosuchpackage",
    "a1-pip-int-pty": "ERROR: Operation cancelled by user",
}
# Not done, and yet nothing failed: somebody stopped it, or answered no.
STOPPED = "int-|term-|prompt|-no-y|stdin-null|dry-run|exists-n|c5-install-base|d0-old-bad-spec|clone-exists"


def recorded(name: str) -> tuple[tuple[str, ...], int, str]:
    """The command, its exit code, and what it wrote."""
    text = (RECORDINGS / f"{name}.txt").read_text(encoding="utf-8")
    words = text.split("\n")[0].removeprefix("$ ").split()
    while len(words) > 1 and "=" in words[0]:  # variables in front of the command
        del words[0]
    code = int(re.findall(r"^# exit code (-?\d+)", text, re.MULTILINE)[-1])
    if "--- stdout" in text:
        out = text.partition("--- stdout")[2].partition("\n")[2].partition("\n--- stderr")[0]
        err = text.partition("--- stderr")[2].partition("\n")[2].partition("\n--- arrival")[0]
        return tuple(words), code, f"{out}\n{err}"
    shown = text.partition("\n--- ")[2].partition("\n")[2]
    return tuple(words), code, re.sub(r"(?m)^# .*\n?", "", shown)


@pytest.mark.parametrize("name", NAMES)
def test_each_recording_is_judged_as_it_was(name: str) -> None:
    argv, code, said = recorded(name)
    verdict = habits.judge(argv, code, said.replace("\n", "\r\n").encode())
    assert verdict.ok == (name not in SAID)
    if code:
        assert not verdict.ok
    if not verdict.ok:
        assert SAID[name] in verdict.reason
        assert "Traceback" not in verdict.reason and "\n" not in verdict.reason
    shown = habits.last_lines(said.replace("\n", "\r\n").encode(), 15)
    assert len(shown) <= 15 and all(line.strip() and "\x1b" not in line for line in shown)


def test_every_name_of_the_table_is_a_recording() -> None:
    assert set(SAID) <= set(NAMES) and len(NAMES) > 250


@pytest.fixture(scope="module")
def library() -> Library:
    return open_library()


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_failure_is_diagnosed_and_its_fixes_are_flows_that_there_are(name: str, library: Library) -> None:
    _, code, said = recorded(name)
    failure = api.StepFailed(step="x", reason=SAID[name], exit=code, tail=tuple(said.split("\n")))
    told = failures.mending(library, api.catalog(), lambda: Asked(machine=Machine(system="linux"))).diagnose(failure)
    if code and not re.search(STOPPED, name):
        assert told is not None
    if told is not None:
        assert told.title and told.cause
        assert {fix.flow for fix in told.fixes} <= set(api.catalog().ids)


def test_what_a_person_stopped_is_no_problem(library: Library) -> None:
    mending = failures.mending(library, api.catalog(), lambda: Asked(machine=Machine(system="linux")))
    for name in ("60-int-download-pipe", "61-int-solving", "61-int-verify", "a1-pip-int-pty", "a2-uv-int-pty"):
        told = mending.diagnose(api.StepFailed(step="x", reason="", tail=tuple(recorded(name)[2].split("\n"))))
        assert told is None, name


@pytest.mark.parametrize("name", PLANS)
def test_each_plan_as_json_is_read(name: str) -> None:
    text = (RECORDINGS / name).read_text(encoding="utf-8")
    # What else was printed follows the object; `conda init --json` prints words all the same.
    data = json.JSONDecoder().raw_decode(text)[0] if text.startswith(("{", "[")) else None
    packages, error = preview.parse_conda(text, "")
    actions = data.get("actions") if isinstance(data, dict) else None
    if isinstance(data, dict) and ("exception_name" in data or data.get("error")):
        assert error and not packages and "\n" not in error
    elif isinstance(actions, dict):
        linked = [one["name"] for one in actions.get("LINK", [])]
        assert error == "" and [one.name for one in packages if one.action == "install"] == linked
        assert [one.name for one in packages if one.action == "remove"] == [
            one["name"] for one in actions.get("UNLINK", [])
        ]
        sizes = {one["name"]: one["size"] for one in actions.get("FETCH", [])}
        assert sum(one.size or 0 for one in packages if one.action == "install") == sum(sizes.values())
        assert all(one.version for one in packages)
    else:
        assert (packages, error) == ([], "")


def test_a_report_of_pip_and_a_dry_run_of_conda_on_a_screen() -> None:
    report = recorded("a1-pip-report-json")[2]
    assert [(one.name, one.version) for one in preview.parse_pip(report, "")[0]] == [("click", "8.5.1")]
    assert preview.parse_pip(recorded("a1-pip-missing")[2], "")[0] == []
    assert preview.parse_uv("", recorded("a2-uv-pip-install")[2])[0][0].action == "install"
    assert preview.parse_uv("", recorded("a2-uv-pip-missing")[2])[0] == []
