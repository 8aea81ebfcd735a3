"""Packages of a real conda environment: installed, updated, removed, taken back, to every byte."""

import pytest

from assistant.runner import api
from tests.runner_conda.conftest import PACKAGE, Desk, conda


@pytest.fixture
def mine(desk: Desk) -> Desk:
    """An environment of the person's own, with a package in an old version."""
    if len(desk.offers.versions) < 2:
        pytest.skip(f"the channels have one version of {PACKAGE} only")
    desk.make("mine", f"{PACKAGE}={desk.offers.versions[-2]}")
    return desk


def test_install_update_and_remove_come_back(mine: Desk) -> None:
    old = mine.offers.versions[-2]
    assert mine.plan("install-packages", env="mine", packages=f"{PACKAGE}={old}").steps[0].state == "done"
    seen = mine.comes_back("update-packages", env="mine", packages=PACKAGE)
    evidence = " ".join(text for event in seen.of(api.StepVerified) for text in event.evidence)
    assert PACKAGE in evidence and f"{PACKAGE} {old}" not in evidence
    mine.comes_back("remove-package", env="mine", packages=PACKAGE)
    assert mine.packages("mine")[PACKAGE] == old
    mine.done("remove-package", env="mine", packages=PACKAGE)
    assert PACKAGE not in mine.packages("mine")
    mine.comes_back("install-packages", env="mine", packages=f"{PACKAGE}={old}")
    assert PACKAGE not in mine.packages("mine")


def test_another_python_and_back(mine: Desk) -> None:
    other = next((one for one in mine.offers.pythons if one != mine.python), None)
    if other is None:
        pytest.skip("the channels have one Python only")
    seen = mine.comes_back("change-python", env="mine", python=other)
    assert any(f"Python {other}" in text for event in seen.of(api.StepVerified) for text in event.evidence)
    assert mine.packages("mine")["python"].startswith(mine.python)
    same = mine.run("change-python", env="mine", python=mine.python)
    assert same.end.state == "blocked" and "already" in same.end.message


def test_back_to_an_earlier_revision_and_forth(mine: Desk) -> None:
    conda("remove", "--name", "mine", PACKAGE, "--yes")
    plan = mine.plan("roll-back-environment", env="mine", revision="0")
    assert any("rev 1" in line for line in plan.steps[0].details)
    mine.comes_back("roll-back-environment", env="mine", revision="0")
    assert PACKAGE not in mine.packages("mine")
    mine.done("roll-back-environment", env="mine", revision="0")
    assert mine.packages("mine")[PACKAGE] == mine.offers.versions[-2]
    assert mine.plan("roll-back-environment", env="mine", revision="99").steps[0].state == "blocked"


def test_packages_that_exclude_each_other_change_nothing(mine: Desk) -> None:
    before = mine.picture()
    old, new = mine.offers.versions[-2:]
    seen = mine.run("install-packages", env="mine", packages=f"{PACKAGE}={old} {PACKAGE}={new}")
    assert seen.end.state in ("failed", "blocked") and seen.end.message
    assert mine.picture() == before


def test_base_is_left_alone(desk: Desk) -> None:
    for flow, given in {
        "install-packages": {"packages": PACKAGE},
        "update-packages": {},
        "change-python": {"python": desk.python},
        "remove-environment": {},
        "rename-environment": {"name": "other"},
        "roll-back-environment": {"revision": "0"},
    }.items():
        step = next(one for one in desk.plan(flow, env="base", **given).steps if one.state != "skipped")
        # A base that was never changed stands at its first revision already.
        states = ("blocked", "done") if flow == "roll-back-environment" else ("blocked",)
        assert step.state in states and step.reason and (step.help or step.state == "done"), flow
