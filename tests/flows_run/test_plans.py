"""Every flow on described machines: a plan, or a clear reason why not; never a traceback, and nothing changes."""

from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.runner import api
from assistant.runner.flow import ALONE
from tests.flows_run.conftest import FLOWS, differences, picture
from tests.flows_run.machines import EQUIPMENT, SYSTEMS, given, machine

IDS = FLOWS.ids
EXPECTED = (
    "set-up-persona install-miniconda install-miniforge accept-terms create-environment initialise-shell "
    "open-shell-in-environment install-packages install-pytorch install-unsloth verify-gpu clone-environment "
    "rename-environment export-environment recreate-from-file update-packages change-python remove-package "
    "remove-environment register-jupyter-kernel switch-to-conda-forge clean-up roll-back-environment "
    "venv-from-requirements uninstall-miniconda"
).split()


@pytest.fixture
def files(own_home: Path, work: Path) -> dict[str, str]:
    yaml, requirements = work / "environment.yml", work / "requirements.txt"
    yaml.write_text("name: demo\nchannels: [conda-forge]\ndependencies:\n  - python=3.13\n")
    requirements.write_text("six>=1.16\n")
    return {"yaml": str(yaml), "requirements": str(requirements)}


def described(system: str, equipment: str, home: Path, work: Path, monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A described machine; on Windows envguide's own folders have a path as they have there."""
    if system == "windows":
        monkeypatch.setenv("ENVGUIDE_HOME", r"C:\Users\user\envguide")
    return machine(system, equipment, home, work)


def test_all_flows_are_there() -> None:
    assert set(EXPECTED) <= set(IDS)


@pytest.mark.parametrize("equipment", EQUIPMENT)
@pytest.mark.parametrize("system", SYSTEMS)
def test_every_flow_gives_a_plan_or_a_reason(
    system: str, equipment: str, files: dict[str, str], own_home: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = described(system, equipment, own_home, work, monkeypatch)
    before = picture(own_home.parent)
    seen: dict[str, str] = {}
    for flow in IDS:
        try:
            plan = api.make_plan(flow, given(flow, here, files), flows=FLOWS, machine=here)
        except UsageError as error:
            assert error.message and error.hint, flow
            seen[flow] = f"refused: {error.message}"
            continue
        assert plan.steps
        for step in plan.steps:
            assert step.title and "{" not in step.title, (flow, step.id)
            if step.state == "blocked":
                assert step.reason and (step.help or "comes after" in step.reason), (flow, step)
            elif step.state == "will-run" and "depends on" not in step.reason and step.kind != "ask":
                assert step.command or step.details or step.kind == "note", (flow, step)
                assert step.risk not in ALONE or step.deletes or step.kind == "remove" or step.risk == "admin", (
                    flow,
                    step,
                )
        seen[flow] = plan.steps[0].state
    assert differences(before, picture(own_home.parent)) == []
    if equipment == "nothing":
        refused = [flow for flow, what in seen.items() if "environment" in what]
        assert {"install-packages", "install-pytorch", "clone-environment"} <= set(refused)
        assert seen["install-miniforge"] == "will-run" and seen["create-environment"].startswith("refused")
    if equipment == "conda":
        # On Linux the folders are real, and there is no environment in them: so the steps say that it is not there.
        refused = {flow for flow, what in seen.items() if what.startswith("refused")}
        # A file of this computer has no path on a described Windows.
        assert refused <= ({"recreate-from-file", "venv-from-requirements"} if system == "windows" else set()), seen


@pytest.mark.parametrize("system", SYSTEMS)
def test_the_whole_way_is_one_plan_from_nothing_to_the_proof(
    system: str, files: dict[str, str], own_home: Path, work: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = described(system, "nothing", own_home, work, monkeypatch)
    for distribution in ("miniforge", "miniconda"):
        plan = api.make_plan("set-up-persona", {"distribution": distribution}, flows=FLOWS, machine=here)
        ids = [step.id for step in plan.steps]
        order = (
            "overview", f"{distribution}/download", f"{distribution}/install", "shell/init", "environment/create",
            "unsloth/pytorch/decide", "unsloth/pytorch/install", "unsloth/unsloth", "proof/torch",
        )  # fmt: skip
        places = [ids.index(one) for one in order]
        assert places == sorted(places)
        assert plan.blocked == (), [(step.id, step.reason) for step in plan.blocked]
        assert plan.step("environment/create").state == "will-run"
        assert "persona" in plan.step("environment/create").makes[0]
        asks = [step for step in plan.steps if step.id == "terms/answer"]
        assert bool(asks) is (distribution == "miniconda")
        # Nothing accepts terms before the person has answered.
        assert all("depends on the answer" in step.reason for step in plan.steps if step.id == "terms/main")


def test_terms_are_never_accepted_by_default(own_home: Path, work: Path) -> None:
    here = machine("linux", "conda", own_home, work)
    flow = FLOWS.get("accept-terms")
    answer = next(step for step in flow.steps if step.ask)
    assert answer.ask is not None and answer.ask.default == () and answer.ask.choices[0] == "no"
    plan = api.make_plan("accept-terms", {}, flows=FLOWS, machine=here)
    accepting = [step for step in plan.steps if step.id in ("main", "r", "msys2")]
    assert [step.command for step in accepting] == ["", "", ""]
    no = api.make_plan("accept-terms", {"answer": "no"}, flows=FLOWS, machine=here)
    assert {step.state for step in no.steps if step.id in ("main", "r", "msys2")} == {"skipped"}
    yes = api.make_plan("accept-terms", {"answer": "accept"}, flows=FLOWS, machine=here)
    assert yes.step("main").command.endswith("--channel https://repo.anaconda.com/pkgs/main")
    assert yes.step("msys2").state == "skipped"
    words = " ".join(step for one in plan.steps for step in one.details)
    assert "200" in words and "conda-forge" in words


@pytest.mark.parametrize(
    ("system", "arch", "miniforge", "miniconda"),
    [
        ("linux", "x86_64", "Linux-x86_64.sh", "Linux-x86_64.sh"),
        ("linux", "arm64", "Linux-aarch64.sh", "Linux-aarch64.sh"),
        ("linux", "riscv64", "", ""),
        ("macos", "arm64", "MacOSX-arm64.sh", "MacOSX-arm64.sh"),
        ("macos", "x86_64", "MacOSX-x86_64.sh", ""),
        ("windows", "x86_64", "Windows-x86_64.exe", "Windows-x86_64.exe"),
        ("windows", "arm64", "Windows-x86_64.exe", ""),
    ],
)
def test_installers_for_each_system(
    system: str, arch: str, miniforge: str, miniconda: str, own_home: Path, work: Path
) -> None:
    here = machine(system, "nothing", own_home, work).replace(architecture=arch)
    for flow, ending in (("install-miniforge", miniforge), ("install-miniconda", miniconda)):
        plan = api.make_plan(flow, {}, flows=FLOWS, machine=here)
        step = plan.step("download")
        if not ending:
            assert step.state == "blocked" and arch in step.reason and step.help
            continue
        assert step.state == "will-run" and f"{ending} to " in step.command
        assert "checked by the SHA-256 that its publisher gives" in step.details[0]
        install = plan.step("install")
        if system == "windows":
            # The folder comes last and without quotes, as the installer wants it.
            assert install.argv[-1].startswith("/D=C:\\") and "/S" in install.argv
        else:
            assert install.argv[:1] == ("bash",) and install.argv[-2] == "-p"
        assert install.makes == (plan.params["location"],)


def test_an_installer_refuses_what_would_go_wrong(own_home: Path, work: Path) -> None:
    here = machine("linux", "nothing", own_home, work)
    blank = api.make_plan("install-miniforge", {"location": "~/my conda"}, flows=FLOWS, machine=here)
    assert "blank" in blank.step("download").reason
    (own_home / "miniforge3").mkdir()
    taken = api.make_plan("install-miniforge", {}, flows=FLOWS, machine=here)
    assert "exists" in taken.step("download").reason and "never replaced" in taken.step("download").help
    second = machine("linux", "conda", own_home, work)
    refused = api.make_plan("install-miniforge", {"location": "~/other"}, flows=FLOWS, machine=second)
    assert "conda already" in refused.step("download").reason
    both = api.make_plan(
        "install-miniforge", {"location": "~/other", "another": "install"}, flows=FLOWS, machine=second
    )
    assert both.step("download").state == "will-run"
