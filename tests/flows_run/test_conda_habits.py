"""Habits of conda that a guided set-up has to know, beyond those that the other tests meet on their way."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from assistant.runner import api
from tests.flows_run.conftest import FLOWS, CondaDesk, Desk, differences

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a POSIX program")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"

# What conda prints when its settings are broken: a report with the whole environment in it.
REPORT = """
# >>>>>>>>>>>>>>>>>>>>>> ERROR REPORT <<<<<<<<<<<<<<<<<<<<<<
  environment variables:
        ANACONDA_API_TOKEN=an-0123456789abcdef
               HTTPS_PROXY=http://ada:geheim@proxy.example:8080
                  HF_TOKEN=hf_0123456789abcdefghij
     channel URLs : https://conda.example/t/an-fedcba9876543210/main
       user config file : HOME/.condarc
LoadError: Load Error: in HOME/.condarc on line 1
"""


def test_no_flow_goes_through_conda_run() -> None:
    """It costs seconds, holds output back and gives no input: flows start the environment's own programs."""
    for flow in FLOWS.all():
        for step in flow.steps:
            runs = [step.run, *(form.run for form in step.forms), *(one.run for one in step.preview)]
            for argv in filter(None, runs):
                words = [word for word in argv if isinstance(word, str)]
                assert not ("run" in words[1:2] and "conda" in words[0]), (flow.id, step.id)


def test_an_environment_without_python_is_not_filled_by_another_ones_pip(conda: CondaDesk) -> None:
    subprocess.run([conda.root / "bin" / "conda", "create", "--name", "bare", "--yes"], check=True, capture_output=True)
    before = conda.picture()
    seen = conda.run("install-packages", env="bare", packages="six", source="pypi")
    assert seen.end.state == "blocked" and "no Python" in seen.end.message
    assert conda.run("register-jupyter-kernel", env="bare").end.state in ("blocked", "failed")
    assert differences(before, conda.picture()) == []


def test_settings_that_are_not_there_yet_come_and_go(with_terms: CondaDesk) -> None:
    """conda writes the file anew then, with more in it than was asked for."""
    (with_terms.home / ".condarc").unlink()
    before = with_terms.picture()
    with_terms.done("switch-to-conda-forge")
    text = (with_terms.home / ".condarc").read_text()
    assert "- conda-forge" in text and "defaults" not in text
    with_terms.undo()
    assert not (with_terms.home / ".condarc").exists()
    assert differences(before, with_terms.picture()) == []


@pytest.mark.parametrize(
    "own", ["channels:\n  - defaults\n", "channels:\n  - conda-forge\n", "channel_priority: strict\n", ""]
)
def test_channels_that_the_installation_itself_names_go_and_come_back(with_terms: CondaDesk, own: str) -> None:
    """As Miniconda's do: its .condarc counts beside the person's own."""
    theirs = with_terms.root / ".condarc"
    theirs.write_text("channels:\n  - defaults\n")
    (with_terms.home / ".condarc").write_text(own)
    before = with_terms.picture()
    with_terms.done("switch-to-conda-forge")
    assert "defaults" not in theirs.read_text() + (with_terms.home / ".condarc").read_text()
    assert with_terms.look().condas[0].channels == ("conda-forge",)
    assert with_terms.run("switch-to-conda-forge").end.message.startswith("nothing to do")
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def test_channels_of_a_file_that_the_flow_does_not_write_are_told(with_terms: CondaDesk) -> None:
    (with_terms.root / "condarc.d").mkdir()
    (with_terms.root / "condarc.d" / "site.yml").write_text("channels:\n  - defaults\n")
    seen = with_terms.run("switch-to-conda-forge")
    assert seen.end.state == "failed" and "defaults" in seen.end.message
    assert "conda config --show-sources" in str(seen.end)


def test_a_start_file_of_somebody_else_is_not_asked_administrator_rights_for(
    conda: CondaDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """conda itself would call sudo, and end in a traceback where there is none."""
    real, mine = os.access, str(conda.home / ".bashrc")

    def access(path: str, mode: int, **more: bool) -> bool:
        return False if str(path) == mine and mode & os.W_OK else real(path, mode, **more)

    monkeypatch.setattr(os, "access", access)
    plan = conda.plan("initialise-shell", target="bash")
    assert plan.blocked and ".bashrc" in plan.blocked[0].reason and "write-protected" in plan.blocked[0].help
    assert conda.run("initialise-shell", target="bash").end.state == "blocked" and conda.calls == []


def test_a_report_of_conda_is_shared_without_what_is_private(
    desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from assistant.runner import catalog

    monkeypatch.setenv("LOGNAME", "adalovelace")
    report = tmp_path / "report"
    report.write_text(REPORT.replace("HOME", str(desk.home)))
    folder = tmp_path / "flows"
    folder.mkdir()
    (folder / "broken.yaml").write_text(
        "id: broken\ntitle: Broken\nwhy: Because it is tested.\nask: [a, b, c, d, e]\nsources: [test]\n"
        f"steps: [{{id: fails, title: Fails, run: [sh, -c, 'cat {report}; exit 1'], risk: reads}}]\n"
    )
    desk.flows = catalog.from_folder(folder)
    run = desk.run("broken", {"failed": "stop"}).end.run
    for form in ("markdown", "script"):
        text = api.log(run, form)
        for private in ("0123456789abcdef", "fedcba", "geheim", "hf_0", str(desk.home), "adalovelace"):
            assert private not in text, (form, private)
    assert "ERROR REPORT" in api.log(run, "markdown") and "~/.condarc" in api.log(run, "markdown")
