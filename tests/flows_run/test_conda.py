"""The flows of conda with a stand-in that has conda's habits; tests/runner_conda has them with a real conda. Each is run
and taken back, and the disk looked at before and after.
"""

import os
import shutil
import sys
from pathlib import Path

import pytest

from assistant.runner import api
from tests.flows_run.conftest import CondaDesk, differences

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a POSIX program")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"


@pytest.fixture
def with_env(conda: CondaDesk) -> CondaDesk:
    """With an environment `persona` in which numpy 1.26.4 is."""
    conda.done("create-environment", name="persona", python=VERSION, packages="numpy=1.26.4")
    return conda


def env(desk: CondaDesk, name: str = "persona") -> Path:
    return desk.root / "envs" / name


def has(desk: CondaDesk, package: str, name: str = "persona") -> str:
    """The version of a package in an environment, or the empty text."""
    found = list((env(desk, name) / "conda-meta").glob(f"{package}-*.json"))
    return found[0].stem.split("-")[1] if found else ""


# Environments


def test_create_and_back(conda: CondaDesk) -> None:
    seen = conda.comes_back("create-environment", name="demo", python=VERSION, packages="pandas")
    assert any("pandas 2.3.1" in line for event in seen.of(api.StepVerified) for line in event.evidence)
    assert not (conda.home / ".conda").exists()


def test_an_environment_that_exists_is_never_replaced(with_env: CondaDesk) -> None:
    (env(with_env) / "mine").write_text("x")
    before, calls = with_env.picture(), len(with_env.calls)
    seen = with_env.run("create-environment", name="persona", python=VERSION, policy=api.Policy(
        yes=api.parse_yes("delete,admin"), interactive=False))  # fmt: skip
    assert seen.end.exit == 3 and differences(before, with_env.picture()) == [] and len(with_env.calls) == calls
    file = with_env.work / "environment.yml"
    file.write_text("dependencies:\n  - numpy=2.2.6\n")
    seen = with_env.run("recreate-from-file", file=str(file), name="persona")
    assert seen.end.exit == 3 and (env(with_env) / "mine").exists() and len(with_env.calls) == calls


def test_clone_and_back(with_env: CondaDesk) -> None:
    with_env.comes_back("clone-environment", env="persona", name="persona-backup")
    with_env.done("clone-environment", env="persona", name="persona-backup")
    assert has(with_env, "numpy", "persona-backup") == "1.26.4" == has(with_env, "numpy")


def test_rename_and_back(with_env: CondaDesk) -> None:
    (env(with_env) / "notes.txt").write_text("mine")
    before = with_env.picture()
    with_env.done("rename-environment", env="persona", name="persona2")
    assert not env(with_env).exists() and has(with_env, "numpy", "persona2") == "1.26.4"
    assert (with_env.home / ".conda" / "environments.txt").read_text() == f"{env(with_env, 'persona2')}\n"
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_remove_and_back(with_env: CondaDesk) -> None:
    with_env.comes_back("remove-environment", env="persona", keep="everything")
    assert env(with_env).is_dir()
    seen = with_env.done("remove-environment", env="persona", file="persona.yml")
    assert not env(with_env).exists()
    assert with_env.calls[-1] == ["env", "remove", "--prefix", str(env(with_env)), "--yes"]
    asked = [event for event in seen.of(api.Question) if event.kind == "delete"]
    assert len(asked) == 1 and str(env(with_env)) in asked[0].names[0] and "MB" in asked[0].names[0]
    assert "numpy=1.26.4" in (with_env.work / "persona.yml").read_text()
    with_env.done("recreate-from-file", file="persona.yml", name="persona")
    assert has(with_env, "numpy") == "1.26.4"


def test_base_is_left_alone(with_env: CondaDesk) -> None:
    for flow, given in (
        ("remove-environment", {}), ("install-packages", {"packages": "numpy"}), ("change-python", {"python": "3.12"}),
        ("remove-package", {"packages": "python"}), ("update-packages", {}), ("install-pytorch", {}),
    ):  # fmt: skip
        plan = with_env.plan(flow, env="base", **given)
        assert plan.blocked and "base" in plan.blocked[0].reason and plan.blocked[0].help, flow


def test_export_in_each_way_and_back(with_env: CondaDesk) -> None:
    for detail, holds in (("versions", b"numpy=1.26.4\n"), ("builds", b"numpy=1.26.4=0"), ("asked-for", b"channels:"),
                          ("lock", b"@EXPLICIT")):  # fmt: skip
        seen = with_env.comes_back("export-environment", env="persona", detail=detail)
        assert holds in seen.output.replace(b"\r", b"")


def test_a_file_of_each_kind_and_back(with_env: CondaDesk) -> None:
    for detail, name in (("versions", "a.yml"), ("lock", "a.txt")):
        with_env.done("export-environment", env="persona", detail=detail, file=name)
        with_env.comes_back("recreate-from-file", file=name, name="again")
    (with_env.work / "odd.yml").write_text("hello: world\n")
    plan = with_env.plan("recreate-from-file", file="odd.yml", name="again")
    assert plan.blocked and "neither" in plan.blocked[0].reason


# Packages


def test_install_and_back(with_env: CondaDesk) -> None:
    with_env.comes_back("install-packages", env="persona", packages="pandas six")
    assert not has(with_env, "pandas")
    # The history too is as it was, which a step back by conda itself would not leave.
    assert (env(with_env) / "conda-meta" / "history").read_text().count("==>") == 1


def test_update_and_back(with_env: CondaDesk) -> None:
    before = with_env.picture()
    with_env.done("update-packages", env="persona")
    assert has(with_env, "numpy") == "2.2.6"
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_remove_a_package_and_back(with_env: CondaDesk) -> None:
    with_env.done("install-packages", env="persona", packages="pandas")
    before = with_env.picture()
    with_env.done("remove-package", env="persona", packages="numpy")
    assert not has(with_env, "numpy") and not has(with_env, "pandas")
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_a_package_that_is_not_there(with_env: CondaDesk) -> None:
    before = with_env.picture()
    seen = with_env.run("install-packages", env="persona", packages="nosuchthing")
    assert seen.end.exit == 3 and "do not have nosuchthing" in seen.end.message
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_roll_back_and_back(with_env: CondaDesk) -> None:
    with_env.done("install-packages", env="persona", packages="pandas")
    with_env.done("update-packages", env="persona", packages="numpy")
    before = with_env.picture()
    plan = with_env.plan("roll-back-environment", env="persona", revision="0")
    assert any("(rev 2)" in line for line in plan.steps[0].details)
    with_env.done("roll-back-environment", env="persona", revision="0")
    assert has(with_env, "numpy") == "1.26.4" and not has(with_env, "pandas")
    with_env.undo()
    assert differences(before, with_env.picture()) == []
    assert "0 to 2" in with_env.plan("roll-back-environment", env="persona", revision="7").blocked[0].reason


@pytest.mark.slow
def test_another_python_and_back(with_env: CondaDesk) -> None:
    others = [one for one in ("3.10", "3.11", "3.12", "3.13") if one != VERSION and shutil.which(f"python{one}")]
    if not others:
        pytest.skip("only one Python is here")
    before = with_env.picture()
    with_env.done("change-python", env="persona", python=others[0])
    assert has(with_env, "python").startswith(f"{others[0]}.") and has(with_env, "numpy") == "1.26.4"
    with_env.undo()
    assert differences(before, with_env.picture()) == []


# Settings, terms, shells, caches


def test_conda_forge_and_back(with_terms: CondaDesk) -> None:
    before = with_terms.picture()
    with_terms.done("switch-to-conda-forge")
    text = (with_terms.home / ".condarc").read_text()
    assert "  - conda-forge\n" in text and "defaults" not in text and "channel_priority: strict" in text
    assert with_terms.run("switch-to-conda-forge").end.message.startswith("nothing to do")
    assert with_terms.look().condas[0].terms == ()
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def test_terms_are_shown_and_the_answer_is_the_persons(with_terms: CondaDesk) -> None:
    stopped = with_terms.run("create-environment", name="demo", python=VERSION)
    assert stopped.end.exit == 3 and "yours to decide" in stopped.end.message
    before = with_terms.picture()
    declined = with_terms.run(
        "accept-terms", lambda q: api.Reply(answer="value", value="no") if q.kind == "value" else "yes"
    )
    assert b"Be kind." in declined.output and declined.end.state == "done"
    assert not [words for words in with_terms.calls if words[:2] == ["tos", "accept"]]
    assert differences(before, with_terms.picture()) == []
    nobody = with_terms.run("accept-terms", policy=api.Policy(yes=api.parse_yes("delete,admin"), interactive=False))
    assert nobody.end.exit == 4 and "--set answer" in nobody.end.hint
    assert not [words for words in with_terms.calls if words[:2] == ["tos", "accept"]]
    assert with_terms.plan("accept-terms").step("read").state == "will-run"


def test_accepting_and_back(with_terms: CondaDesk) -> None:
    before = with_terms.picture()
    answer = lambda q: api.Reply(answer="value", value="accept") if q.kind == "value" else "yes"  # noqa: E731
    with_terms.done("accept-terms", answer)
    accepted = [words[-1].rpartition("/")[2] for words in with_terms.calls if words[:2] == ["tos", "accept"]]
    assert accepted == ["main", "r"]
    with_terms.done("create-environment", name="demo", python=VERSION)
    with_terms.undo()
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def test_the_shell_and_back(conda: CondaDesk) -> None:
    before = conda.picture()
    plan = conda.plan("initialise-shell", target="bash")
    assert "+# >>> conda initialize >>>" in plan.steps[0].details
    assert differences(before, conda.picture()) == []
    seen = conda.done("initialise-shell", target="bash")
    # It was shown with the plan, so nobody is asked twice.
    assert [event.kind for event in seen.of(api.Question)] == ["plan"]
    evidence = seen.of(api.StepVerified)[0].evidence
    assert any("`conda activate` works" in line for line in evidence)
    assert "# >>> conda initialize >>>" in (conda.home / ".bashrc").read_text()
    assert conda.run("initialise-shell", target="bash").end.message.startswith("nothing to do")
    conda.undo()
    assert differences(before, conda.picture()) == []


def test_the_shell_stays_as_it_is_where_somebody_edited_it_since(conda: CondaDesk) -> None:
    conda.done("initialise-shell", target="bash")
    rc = conda.home / ".bashrc"
    rc.write_text(rc.read_text() + "alias ll='ls -l'\n")
    after = rc.read_text()
    seen = conda.run_undo()
    assert seen.end.exit == 3 and "changed after this run" in seen.end.message
    assert rc.read_text() == after


def test_a_linked_start_file_stays_a_link(conda: CondaDesk) -> None:
    real = conda.home / "dotfiles" / "bashrc"
    real.parent.mkdir()
    (conda.home / ".bashrc").rename(real)
    (conda.home / ".bashrc").symlink_to(real)
    conda.comes_back("initialise-shell", target="bash")
    assert (conda.home / ".bashrc").is_symlink()


def test_a_block_that_a_broken_file_ends_early_is_no_success(conda: CondaDesk) -> None:
    rc = conda.home / ".bashrc"
    rc.write_text("return\n")
    before = conda.picture()
    seen = conda.run("initialise-shell", target="bash")
    assert seen.end.exit == 3 and "does not work" in seen.end.message and "end it early" in seen.end.hint
    conda.undo()
    assert differences(before, conda.picture()) == []


def test_clean_up_shows_what_the_cache_holds(with_env: CondaDesk) -> None:
    with_env.done("remove-environment", env="persona", export="no")
    before = with_env.picture()
    plan = with_env.plan("clean-up", which="conda")
    assert any("Will remove 2" in line for line in plan.step("conda").details)
    seen = with_env.done("clean-up", which="conda")
    assert [event.kind for event in seen.of(api.Question)] == ["plan", "delete"]
    assert list((with_env.root / "pkgs").iterdir()) == []
    assert differences(before, with_env.picture()) == []


def test_uninstall_and_back(with_env: CondaDesk) -> None:
    with_env.done("initialise-shell", target="bash")
    refused = with_env.plan("uninstall-miniconda")
    assert refused.blocked and "persona" in refused.blocked[0].reason and "export" in refused.blocked[0].help
    before = with_env.picture()
    seen = with_env.done("uninstall-miniconda", environments="delete", settings="delete", keep="everything")
    assert not with_env.root.exists() and "conda" not in (with_env.home / ".bashrc").read_text()
    assert not (with_env.home / ".conda").exists()
    assert [event.kind for event in seen.of(api.Question)].count("delete") == 2
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_an_installation_in_use_is_not_removed(conda: CondaDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONDA_PREFIX", str(conda.root))
    monkeypatch.setenv("CONDA_DEFAULT_ENV", "base")
    plan = conda.plan("uninstall-miniconda")
    assert plan.blocked and "active" in plan.blocked[0].reason and "conda deactivate" in plan.blocked[0].help


# The whole way


def test_the_way_from_conda_to_an_environment(with_terms: CondaDesk) -> None:
    """The first half of the set-up with conda there already: terms by conda-forge, shell, environment; and all of it back."""
    before = with_terms.picture()
    plan = with_terms.plan("set-up-persona", terms="conda-forge", python=VERSION, target="bash")
    states = {step.id: step.state for step in plan.steps}
    assert states["miniforge"] == states["miniconda"] == states["terms"] == "skipped"
    assert states["conda-forge/add"] == states["shell/init"] == states["environment/create"] == "will-run"
    assert plan.blocked == ()
    stop = "unsloth/pytorch/install"

    def answer(question: api.Question) -> str:
        return "stop" if question.kind == "failed" else "yes"

    def end_there(running: api.Session, event: api.Event) -> None:
        if isinstance(event, api.StepStarted) and event.step == stop:
            running.interrupt()

    seen = with_terms.run("set-up-persona", answer, on=end_there, terms="conda-forge", python=VERSION, target="bash")
    done = [event.step for event in seen.of(api.StepVerified)]
    assert done == ["conda-forge/add", "conda-forge/drop", "conda-forge/strict", "shell/init", "environment/create"]
    assert env(with_terms).is_dir()
    with_terms.undo()
    assert differences(before, with_terms.picture()) == []


def test_kill_in_the_middle_and_resume(conda: CondaDesk, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a stop leaves half-made is made whole by resume, and taken back by undo."""
    before = conda.picture()
    monkeypatch.setenv("FAKE_CONDA_PAUSE", "30")

    def stop(running: api.Session, event: api.Event) -> None:
        if isinstance(event, api.Output) and b"Executing" in event.text:
            running.interrupt()

    seen = conda.run("create-environment", on=stop, name="demo", python=VERSION)
    assert seen.end.state == "stopped"
    monkeypatch.setenv("FAKE_CONDA_PAUSE", "0")
    resumed = conda.resume()
    assert resumed.end.state == "done" and env(conda, "demo").is_dir()
    conda.undo()
    assert differences(before, conda.picture()) == []
