"""The flows of virtual environments, for real: venv, pip and uv in folders of their own, with tiny packages of ours.
Each is run and taken back, and the disk looked at before and after.
"""

import os
import subprocess
from pathlib import Path

import pytest

from assistant.runner import api, facts
from tests.flows_run.conftest import Desk, differences

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="looks at POSIX paths"),
    pytest.mark.usefixtures("packages"),
    pytest.mark.slow,
]
TOOLS = ("venv", "uv")


def python(desk: Desk, code: str, env: str = ".venv") -> str:
    """What the environment's Python prints."""
    done = subprocess.run(
        [desk.work / env / "bin" / "python", "-I", "-B", "-c", code], capture_output=True, text=True, check=True
    )
    return done.stdout.strip()


@pytest.fixture(params=TOOLS)
def tool(request: pytest.FixtureRequest) -> str:
    if request.param == "uv":
        request.getfixturevalue("uv")
    return str(request.param)


@pytest.fixture
def with_env(desk: Desk, tool: str) -> Desk:
    """A desk with an environment in which tiny 1.0 and needy are."""
    desk.done("create-environment", tool=tool, name=".venv", packages="tiny==1.0 needy")
    assert python(desk, "import tiny; print(tiny.VERSION)") == "1.0"
    return desk


def test_create_with_packages_and_back(desk: Desk, tool: str) -> None:
    seen = desk.comes_back("create-environment", tool=tool, name="demo", packages="needy")
    assert any("needy 0.5" in line for event in seen.of(api.StepVerified) for line in event.evidence)


def test_install_and_back(with_env: Desk) -> None:
    seen = with_env.comes_back("install-packages", env=str(with_env.work / ".venv"), packages="apart tiny==2.0")
    assert "apart 3.1" in seen.of(api.StepVerified)[0].evidence[-1]
    assert python(with_env, "import tiny; print(tiny.VERSION)") == "1.0"


def test_install_what_is_there_already_does_nothing(with_env: Desk) -> None:
    before = with_env.picture()
    seen = with_env.done("install-packages", env=str(with_env.work / ".venv"), packages="tiny==1.0")
    assert "nothing to do" in seen.end.message
    assert differences(before, with_env.picture()) == []


def test_a_package_that_does_not_exist_changes_nothing(with_env: Desk) -> None:
    before = with_env.picture()
    seen = with_env.run("install-packages", env=str(with_env.work / ".venv"), packages="nosuchthing")
    assert seen.end.state == "failed" and seen.end.exit == 3
    assert "pip.no-such-package" in seen.of(api.StepFailed)[0].problems
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_update_and_back(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    before = with_env.picture()
    with_env.done("update-packages", env=env, packages="tiny")
    assert python(with_env, "import tiny; print(tiny.VERSION)") == "2.0"
    with_env.undo()
    assert differences(before, with_env.picture()) == []
    everything = with_env.plan("update-packages", env=env)
    assert everything.steps[0].state == "blocked" and "name the packages" in everything.steps[0].help


def test_remove_a_package_and_back(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    before = with_env.picture()
    seen = with_env.run("remove-package", env=env, packages="tiny")
    asked = [event for event in seen.of(api.Question) if event.kind == "delete"]
    assert asked and "tiny" in asked[0].names[0]
    # It is gone; that needy misses it now is told, and is no failure of the flow's own step.
    assert not list((with_env.work / ".venv" / "lib").rglob("tiny/__init__.py"))
    assert [event.step for event in seen.of(api.StepVerified)] == ["remove"]
    assert seen.of(api.StepFailed)[0].step == "consistent" and "needy" in str(seen.of(api.StepFailed)[0].tail)
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_export_and_back(with_env: Desk) -> None:
    seen = with_env.comes_back("export-environment", env=str(with_env.work / ".venv"))
    assert b"tiny==1.0" in seen.output
    (with_env.work / "requirements.txt").write_text("mine")
    plan = with_env.plan("export-environment", env=str(with_env.work / ".venv"))
    assert plan.steps[0].state == "blocked" and "not replaced" in plan.steps[0].help


def test_clone_and_back(with_env: Desk) -> None:
    seen = with_env.comes_back("clone-environment", env=str(with_env.work / ".venv"), name="second")
    assert [event.step for event in seen.of(api.StepVerified)] == ["list", "make", "fill"]
    with_env.done("clone-environment", env=str(with_env.work / ".venv"), name="second")
    assert python(with_env, "import tiny, needy; print(tiny.VERSION)", "second") == "1.0"


def test_rename_and_back(with_env: Desk) -> None:
    before = with_env.picture()
    with_env.done("rename-environment", env=str(with_env.work / ".venv"), name="renamed")
    assert python(with_env, "import tiny; print(tiny.VERSION)", "renamed") == "1.0"
    assert not (with_env.work / ".venv").exists()
    with_env.undo()
    assert differences(before, with_env.picture()) == []


def test_remove_an_environment_and_back(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    with_env.comes_back("remove-environment", env=env, keep="everything")
    today = with_env.plan("remove-environment", env=env).facts["today"]
    seen = with_env.done("remove-environment", env=env)
    assert not (with_env.work / ".venv").exists()
    assert [event.names[0].split(" ")[0] for event in seen.of(api.Question) if event.kind == "delete"] == [env]
    written = next(with_env.work.glob(f"*requirements-{today}.txt"))
    assert "tiny==1.0" in written.read_text()
    with_env.done("venv-from-requirements", file=str(written))
    assert python(with_env, "import tiny; print(tiny.VERSION)") == "1.0"


def test_an_environment_in_use_is_not_removed(with_env: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    env = str(with_env.work / ".venv")
    monkeypatch.chdir(with_env.work / ".venv" / "lib")
    plan = with_env.plan("remove-environment", env=env)
    assert plan.blocked and "you are in that folder" in plan.blocked[0].reason
    monkeypatch.chdir(with_env.work)
    monkeypatch.setenv("VIRTUAL_ENV", env)
    plan = with_env.plan("remove-environment", env=env)
    assert plan.blocked and "active" in plan.blocked[0].reason and "deactivate" in plan.blocked[0].help


def test_requirements_and_back(desk: Desk, tool: str) -> None:
    (desk.work / "requirements.txt").write_text("# what it needs\nneedy>=0.5\napart==3.1\n")
    seen = desk.comes_back("venv-from-requirements", tool=tool)
    assert [event.step for event in seen.of(api.StepVerified)] == ["environment/create", "install", "consistent"]
    desk.comes_back("recreate-from-file", tool=tool, file="requirements.txt", name="again")


def test_requirements_that_cannot_be_met(desk: Desk, tool: str) -> None:
    (desk.work / "requirements.txt").write_text("apart==99\n")
    before = desk.picture()
    seen = desk.run("venv-from-requirements", tool=tool)
    assert seen.end.state == "failed" and (desk.work / ".venv").is_dir()
    desk.undo()
    assert differences(before, desk.picture()) == []


def test_another_python_and_back(with_env: Desk, tool: str) -> None:
    here = [one for one in facts.usable_pythons(with_env.look()) if one.has_venv is not False]
    env = str(with_env.work / ".venv")
    now = python(with_env, "import sys; print('%d.%d' % sys.version_info[:2])")
    others = [one.version for one in here if not one.version.startswith(f"{now}.") and one.order >= 0]
    if not others:
        pytest.skip("only one Python is here")
    other = ".".join(others[0].split(".")[:2])
    before = with_env.picture()
    with_env.done("change-python", env=env, python=other)
    assert python(with_env, "import sys; print('%d.%d' % sys.version_info[:2])") == other
    assert python(with_env, "import tiny; print(tiny.VERSION)") == "1.0"
    with_env.undo()
    assert differences(before, with_env.picture()) == []
    assert with_env.plan("change-python", env=env, python=now).blocked


def test_open_a_shell(with_env: Desk) -> None:
    """The face that lends its terminal gets a bash whose start file makes the environment active."""
    heard: list[str] = []

    def lend(running: api.Session, event: api.Event) -> None:
        if isinstance(event, api.NeedsTerminal):
            child = subprocess.run(
                event.argv, env={**os.environ, **event.env, "HISTFILE": os.devnull}, input='command -v python; echo "$A"; exit 0\n',
                capture_output=True, text=True,
            )  # fmt: skip
            heard.append(child.stdout)
            running.reply(api.Reply(answer="done", code=child.returncode))

    before = with_env.picture()
    env = str(with_env.work / ".venv")
    seen = with_env.run("open-shell-in-environment", on=lend, env=env, target="bash")
    assert seen.end.state == "done", seen.end
    found, own = heard[0].split()
    assert Path(found) == with_env.work / ".venv" / "bin" / "python" and own == "1"
    assert seen.end.commands[-1].startswith("source ")
    assert differences(before, with_env.picture()) == []


def test_clean_up_shows_first_and_empties_the_caches(with_env: Desk, tool: str, tmp_path: Path) -> None:
    cache = tmp_path / "uv-cache" if tool == "uv" else with_env.home / ".cache" / "pip"
    if tool == "venv":
        (cache / "wheels" / "ab").mkdir(parents=True)
        (cache / "wheels" / "ab" / "x-1-py3-none-any.whl").write_bytes(b"x" * 2000)
    which = "uv" if tool == "uv" else "pip"
    before = with_env.picture()
    plan = with_env.plan("clean-up", which=which)
    step = plan.step(which)
    assert step.state == "will-run" and step.details and step.deletes
    seen = with_env.done("clean-up", which=which)
    assert [event.step for event in seen.of(api.StepVerified)] == [which]
    assert not [path for path in cache.rglob("*.whl")]
    assert differences(before, with_env.picture()) == []


def test_what_is_kept_for_undo_can_go(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    with_env.done("install-packages", env=env, packages="apart")
    plan = with_env.plan("clean-up", which="uv", kept="yes")
    assert len(plan.step("kept").argv) == 1 and "MB" in plan.step("kept").deletes[0]
    with_env.done("clean-up", which="pip", kept="yes")
    assert with_env.plan("clean-up", kept="yes").step("kept").state == "skipped"
