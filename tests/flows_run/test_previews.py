"""What would be installed, asked of the tools before anything is run: for real with pip and uv, and nothing on the disk
changes by it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from assistant.runner import api
from tests.flows_run.conftest import ROOT, Desk, differences

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="looks at POSIX paths"),
    pytest.mark.usefixtures("packages"),
    pytest.mark.slow,
]


@pytest.fixture(params=["venv", "uv"])
def with_env(desk: Desk, request: pytest.FixtureRequest) -> Desk:
    """A desk with an environment in which tiny 1.0 is."""
    if request.param == "uv":
        request.getfixturevalue("uv")
    desk.done("create-environment", tool=request.param, name=".venv", packages="tiny==1.0")
    return desk


def shown(desk: Desk, flow: str, **given: str) -> dict[str, tuple[str, str]]:
    """The packages of the step that can tell: name -> (what would be done, version). The disk is compared."""
    plan = desk.plan(flow, **given)
    step = next(step for step in plan.will_run if step.can_preview)
    before = desk.picture()
    told = api.preview(plan, step.id, desk.look())
    assert not told.error, told
    assert differences(before, desk.picture()) == []
    return {one.name: (one.action, one.version) for one in told.packages}


def test_packages_of_an_installation_and_of_a_file(with_env: Desk) -> None:
    env = str(with_env.work / ".venv")
    assert shown(with_env, "install-packages", env=env, packages="needy") == {"needy": ("install", "0.5")}
    update = shown(with_env, "update-packages", env=env, packages="tiny")
    assert update["tiny"][1] in ("2.0", "1.0") and "tiny" in update


def test_what_does_not_exist_is_said(with_env: Desk) -> None:
    plan = with_env.plan("install-packages", env=str(with_env.work / ".venv"), packages="nosuchthing")
    before = with_env.picture()
    told = api.preview(plan, plan.will_run[0].id, with_env.look())
    assert told.error and not told.packages and "nosuchthing" in told.error
    assert differences(before, with_env.picture()) == []
    nothing = api.preview(plan, "no-such-step", with_env.look())
    assert "cannot tell" in nothing.error


def test_the_plan_on_the_command_line_names_them(with_env: Desk) -> None:
    words = [
        "plan",
        "install-packages",
        "--set",
        f"env={with_env.work / '.venv'}",
        "--set",
        "packages=needy",
        "--packages",
    ]
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    before = with_env.picture()
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *words], capture_output=True, text=True, cwd=with_env.work, env=env
    )
    assert done.returncode == 0 and "1 package: needy 0.5" in done.stdout, done.stdout + done.stderr
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *words, "--json"],
        capture_output=True,
        text=True,
        cwd=with_env.work,
        env=env,
    )
    step = json.loads(done.stdout)["steps"][0]
    assert [one["name"] for one in step["preview"]["packages"]] == ["needy"]
    assert differences(before, with_env.picture()) == []


def test_they_can_be_asked_for_at_the_gate(with_env: Desk) -> None:
    child = pexpect.spawn(
        sys.executable,
        ["-m", "assistant", "run", "install-packages", "--set", f"env={with_env.work / '.venv'}", "--set", "packages=needy"],
        cwd=str(with_env.work), env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}, encoding="utf-8",
        timeout=120, echo=False,
    )  # fmt: skip
    child.expect_exact("Run this step? (yes, step, edit, packages, [no])")
    child.sendline("packages")
    child.expect_exact("1 package: needy 0.5")
    child.expect_exact("Run this step?")
    child.sendline("no")
    child.expect(pexpect.EOF)
    child.wait()
    assert child.exitstatus == 4
    assert not list(Path(with_env.work / ".venv").rglob("needy*"))
