"""The first flow, for real: venv and uv; conda by a stand-in with its habits, and a real one where there is one."""

import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.machine.model import Conda, Machine, Python, Tool
from assistant.runner import api, catalog, engine, facts, session, store
from tests.runner import fake_conda
from tests.runner.conftest import QUICK, Driven, drive, tree

pytestmark = pytest.mark.skipif(os.name != "posix", reason="builds environments as POSIX has them")
FLOWS = catalog.from_folder(Path(__file__).resolve().parents[2] / "flows")
VERSION = f"{sys.version_info[0]}.{sys.version_info[1]}"
BASE = Path(getattr(sys, "_base_executable", sys.executable)).resolve()


@pytest.fixture
def with_venv(machine: Machine) -> Machine:
    """A machine with this interpreter."""
    version = ".".join(str(part) for part in sys.version_info[:3])
    return machine.replace(pythons=(Python(path=str(BASE), source="path", version=version, order=0),))


@pytest.fixture
def with_conda(machine: Machine, tmp_path: Path) -> Machine:
    """A machine with the stand-in for conda."""
    program = fake_conda.install(tmp_path / "conda")
    conda = Conda(root=str(tmp_path / "conda"), kind="miniforge", envs_dirs=(str(tmp_path / "conda" / "envs"),))
    return machine.replace(tools=(Tool(name="conda", path=str(program)),), condas=(conda,))


def plan(here: Machine, **given: str) -> api.Plan:
    return api.make_plan("create-environment", given, flows=FLOWS, machine=here)


def run(here: Machine, answers: dict[str, str] | None = None, policy: api.Policy | None = None, **given: str) -> Driven:
    work = engine.Engine(plan(here, **given), FLOWS, policy or api.Policy(), look=lambda: here, patience=QUICK)
    return drive(session.Session(work), answers)


def calls(here: Machine) -> list[list[str]]:
    return [json.loads(line) for line in Path(here.condas[0].root, "calls").read_text().splitlines()]


@pytest.mark.slow
def test_venv_for_real_and_back(with_venv: Machine, work: Path) -> None:
    (work / "mine").write_text("x")
    before = tree(work)
    shown = plan(with_venv, name="demo", python=VERSION)
    assert shown.params["tool"] == "venv" and shown.steps[0].state == "will-run"
    assert tree(work) == before
    seen = run(with_venv, name="demo", python=VERSION)
    assert seen.end.state == "done", seen.end
    assert f"Python {VERSION}" in seen.of(api.StepVerified)[0].evidence[1]
    assert seen.end.commands == (f"source {work}/demo/bin/activate",)
    version = subprocess.run([work / "demo" / "bin" / "python", "-V"], capture_output=True, text=True).stdout
    assert VERSION in version
    again = run(with_venv, name="demo", python=VERSION)
    assert again.end.state == "blocked" and "exists" in again.end.message and again.end.hint
    kept = plan(with_venv, name="demo", python=VERSION, existing="keep")
    assert kept.steps[0].state == "done"
    undone = drive(api.undo(seen.end.run, api.Policy(), look=lambda: with_venv))
    assert undone.end.state == "done"
    assert tree(work) == before


def test_the_place_and_name_of_a_virtual_environment(with_venv: Machine, work: Path) -> None:
    assert plan(with_venv).params["location"] == str(work / ".venv")
    assert plan(with_venv, name="demo").params["location"] == str(work / "demo")
    assert plan(with_venv, name="x", location="sub/.venv").steps[0].makes == (str(work / "sub" / ".venv"),)


@pytest.mark.parametrize("there", ["file", "folder", "link"])
def test_what_is_there_is_never_replaced(with_venv: Machine, work: Path, there: str) -> None:
    place = work / "demo"
    if there == "file":
        place.write_text("mine")
    elif there == "folder":
        place.mkdir()
        (place / "thesis").write_text("mine")
    else:
        place.symlink_to(work / "nowhere")
    before = tree(work)
    shown = plan(with_venv, name="demo", python=VERSION)
    assert shown.steps[0].state == "blocked" and "never replaced" in shown.steps[0].help
    seen = run(
        with_venv, policy=api.Policy(yes=api.parse_yes("delete,admin"), interactive=False), name="demo", python=VERSION
    )
    assert seen.end.exit == 3
    assert tree(work) == before


def test_a_python_that_is_not_here_is_said_before(with_venv: Machine) -> None:
    other = "3.8" if VERSION != "3.8" else "3.9"
    step = plan(with_venv, name="demo", python=other).steps[0]
    assert step.state == "blocked"
    assert f"there is no Python {other} here" in step.reason and "uv or conda" in step.help


def test_wrong_values_are_refused_before_anything(with_venv: Machine) -> None:
    for given in ({"name": "../x"}, {"name": "$(id)"}, {"python": "2.7"}, {"tool": "poetry"}, {"packages": "-r x"}):
        with pytest.raises(UsageError):
            plan(with_venv, **{"name": "demo", **given})


def test_no_tool_at_all(machine: Machine) -> None:
    with pytest.raises(UsageError, match="`tool`"):
        plan(machine, name="demo")


UV = shutil.which("uv") or str(Path(sys.executable).parent / "uv")


@pytest.mark.skipif(not Path(UV).exists(), reason="needs uv")
def test_uv_for_real(machine: Machine, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", os.pathsep.join((str(BASE.parent), os.environ["PATH"])))
    monkeypatch.setenv("UV_PYTHON_DOWNLOADS", "never")
    here = machine.replace(tools=(Tool(name="uv", path=UV),))
    seen = run(here, name="demo", python=VERSION, pip="no")
    assert seen.end.state == "done", (seen.end, seen.output)
    assert (work / "demo" / "pyvenv.cfg").exists()
    assert drive(api.undo("", api.Policy(), look=lambda: here)).end.state == "done"
    assert not (work / "demo").exists()


def test_conda_creates_after_asking_conda_itself(with_conda: Machine) -> None:
    seen = run(with_conda, name="demo", python=VERSION, packages="numpy=2.2")
    assert seen.end.state == "done", (seen.end, seen.output)
    made = calls(with_conda)
    assert made[-1] == ["create", "--name", "demo", f"python={VERSION}", "numpy=2.2", "--yes"]
    assert made[0] == ["env", "list", "--json"]
    assert seen.end.commands == ("conda activate demo",)
    undone = drive(api.undo("", api.Policy(), look=lambda: with_conda))
    assert undone.end.state == "done"
    prefix = Path(with_conda.condas[0].envs_dirs[0], "demo")
    assert calls(with_conda)[-1] == ["env", "remove", "--prefix", str(prefix), "--yes"]
    assert not prefix.exists()


def test_conda_never_gets_to_delete_an_existing_environment(with_conda: Machine) -> None:
    prefix = Path(with_conda.condas[0].envs_dirs[0], "demo")
    shown = plan(with_conda, name="demo", python=VERSION)
    prefix.mkdir()
    (prefix / "MY-FILE").write_text("mine")
    seen = run(with_conda, name="demo", python=VERSION)
    assert seen.end.state == "blocked" and "already" in seen.end.message
    assert "remove-environment" in seen.end.hint
    work = engine.Engine(shown, FLOWS, api.Policy(), look=lambda: with_conda)
    assert drive(session.Session(work)).end.state == "blocked"
    assert (prefix / "MY-FILE").read_text() == "mine"
    assert not Path(with_conda.condas[0].root, "calls").exists()


def test_conda_knows_one_elsewhere(with_conda: Machine, tmp_path: Path) -> None:
    """An environment that only conda's own list knows blocks right at the step."""
    root = Path(with_conda.condas[0].root)
    hidden = root / "envs" / "demo" / "conda-meta"
    hidden.mkdir(parents=True)
    (hidden / "history").touch()
    blind = with_conda.replace(condas=(with_conda.condas[0].replace(envs_dirs=(str(tmp_path / "other"),)),))
    seen = run(blind, name="demo", python=VERSION)
    assert seen.end.state == "blocked" and str(root / "envs" / "demo") in seen.end.message
    assert ["env", "list", "--json"] in calls(with_conda) and len(calls(with_conda)) == 1


def test_ci_is_not_passed_to_conda(with_conda: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    seen = run(with_conda, name="demo", python=VERSION)
    assert b"Terms of Service accepted" not in seen.output
    assert "CI is not passed on" in seen.of(api.Notice)[0].text


def test_killed_half_way_it_is_made_anew_on_resume(with_conda: Machine, work: Path) -> None:
    prefix = Path(with_conda.condas[0].envs_dirs[0], "demo")
    root = Path(__file__).resolve().parents[2]
    code = f"""
import json, sys
from assistant.machine.model import Conda, Machine, Tool
from assistant.runner import api
from tests.runner.test_create_environment import FLOWS, plan
from assistant.runner import engine, session
conda = Conda(root={with_conda.condas[0].root!r}, kind="miniforge", envs_dirs=({str(prefix.parent)!r},))
here = Machine(system="linux", home={with_conda.home!r}, cwd={str(work)!r}, condas=(conda,),
               tools=(Tool(name="conda", path={with_conda.tools[0].path!r}),))
shown = plan(here, name="demo", python={VERSION!r})
work = engine.Engine(shown, FLOWS, api.Policy(yes=api.parse_yes("")), look=lambda: here)
for event in session.Session(work).events():
    pass
"""
    env = {**os.environ, "PYTHONPATH": str(root), "FAKE_CONDA_PAUSE": "30"}
    child = subprocess.Popen([sys.executable, "-c", code], env=env, cwd=work)
    while not (prefix / "conda-meta").exists():
        assert child.poll() is None
        time.sleep(0.02)
    child.kill()
    child.wait()
    assert store.list_runs()[0].state == "interrupted"
    resumed, _ = api.resume_plan(look=lambda: with_conda)
    assert resumed.steps[0].leftover == (str(prefix),)
    seen = drive(api.resume("", api.Policy(), look=lambda: with_conda))
    assert [question.kind for question in seen.of(api.Question)] == ["plan", "delete"]
    assert seen.end.state == "done" and (prefix / "conda-meta" / "history").exists()


def test_the_list_of_flows_for_scripts(with_conda: Machine) -> None:
    listed = api.flows_json(FLOWS, with_conda)
    flow = next(flow for flow in listed["flows"] if flow["id"] == "create-environment")
    by_name = {param["name"]: param for param in flow["params"]}
    assert by_name["tool"]["default"] == "conda" and by_name["python"]["required"]
    assert {"name", "type", "default", "required"} <= by_name["name"].keys()


@pytest.mark.conda
@pytest.mark.skipif(shutil.which("conda") is None, reason="needs a real conda on PATH")
def test_real_conda_and_back(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, work: Path) -> None:
    monkeypatch.setenv("CONDA_ENVS_DIRS", str(tmp_path / "envs"))
    here = facts.look()
    here = here.replace(condas=tuple(conda.replace(envs_dirs=(str(tmp_path / "envs"),)) for conda in here.condas))
    seen = run(here, tool="conda", name="envguide-test", python="3.12")
    assert seen.end.state == "done", (seen.end, seen.output)
    assert (tmp_path / "envs" / "envguide-test" / "conda-meta" / "history").exists()
    assert drive(api.undo(seen.end.run, api.Policy(), look=lambda: here)).end.state == "done"
    assert not (tmp_path / "envs" / "envguide-test").exists()
