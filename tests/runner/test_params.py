"""Values are checked before anything runs: what is wrong, and what would be right."""

import sys
from pathlib import Path

import pytest

from assistant.errors import UsageError
from assistant.machine.model import Conda, Environment, Machine, Python, Tool
from assistant.runner import facts, params
from assistant.runner.catalog import flow_from_plain
from assistant.runner.param_types import TYPES

MACHINE = Machine(
    system="linux",
    shell="zsh",
    home="/home/ada",
    cwd="/home/ada/project",
    tools=(Tool(name="conda", path="/opt/conda/bin/conda"), Tool(name="uv", path="/usr/bin/uv")),
    condas=(Conda(root="/opt/conda", kind="miniforge", envs_dirs=("/opt/conda/envs",)),),
    environments=(
        Environment(name="base", path="/opt/conda", kind="conda"),
        Environment(name="persona", path="/opt/conda/envs/persona", kind="conda", python_version="3.10.13"),
        Environment(name=".venv", path="/home/ada/project/.venv", kind="venv"),
    ),
    pythons=(
        Python(path="/usr/bin/python3", source="path", version="3.11.2", order=0),
        Python(path="/home/ada/.pyenv/versions/3.13.1/bin/python3", source="pyenv", version="3.13.1"),
        Python(path="/usr/bin/python3.16", source="path", version="3.16.0a1", order=3),
    ),
)


def check(kind: str, value: str) -> object:
    return TYPES[kind].check(value, MACHINE)


@pytest.mark.parametrize("name", ["demo", "my-env_2", "A.b", "_x", ".venv", "2024", "x" * 64])
def test_good_names(name: str) -> None:
    assert check("new-env-name", f" {name} ") == name


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../x", "path separator"), ("a/b", "path separator"), ("a\\b", "path separator"), ("-n", "option"),
        ("--yes", "option"), ("a b", "blank"), ("$(id)", r"\$"), ("`id`", "`"), ("a;b", ";"), ("", "empty"),
        ("   ", "empty"), ("x" * 65, "65 characters"), ("base", "conda keeps"), ("root", "conda keeps"),
        ("Base", "conda keeps"), ("a\nb", "line breaks"), ("a\x1b[31m", "control"), ("ümlaut", "ü"), ("..", "first"),
        ("a:b", ":"), ("a#b", "#"), ("a'b", "'"), ("~", "~"),
    ],
)  # fmt: skip
def test_bad_names_say_what_is_wrong(name: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as error:
        check("new-env-name", name)
    assert error.value.hint
    assert "\x1b" not in str(error.value) and "\n" not in error.value.message


def test_windows_devices_are_no_names() -> None:
    with pytest.raises(UsageError, match="device"):
        TYPES["new-env-name"].check("CON", MACHINE.replace(system="windows"))


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("3.12", "3.12"),
        ("3.12.4", "3.12.4"),
        ("312", "3.12"),
        ("py310", "3.10"),
        ("python3.11", "3.11"),
        ("Python 3.9", "3.9"),
    ],
)
def test_python_versions_in_many_spellings(given: str, normal: str) -> None:
    assert check("python-version", given) == normal


@pytest.mark.parametrize("given", ["2.7", "3.7", "3.16", "3.1", "4.0", "three", "=>3.10", "3", "3.x", "", "-3.12"])
def test_unsupported_versions_name_the_supported_ones(given: str) -> None:
    with pytest.raises(UsageError) as error:
        check("python-version", given)
    if given and given[0] != "-":
        assert "3.8, 3.9, 3.10, 3.11, 3.12, 3.13, 3.14, 3.15" in error.value.hint
    if given == "3.1":
        assert "3.10?" in error.value.hint


def test_an_environment_by_name_or_folder_and_near_misses() -> None:
    assert check("env-name", "persona") == "persona"
    assert check("env-name", "/opt/conda/envs/persona") == "/opt/conda/envs/persona"
    assert check("env-name", ".venv") == ".venv"
    with pytest.raises(UsageError, match="no environment `persna`") as error:
        check("env-name", "persna")
    assert "did you mean `persona`?" in error.value.hint
    with pytest.raises(UsageError) as error:
        check("env-name", "zzz")
    assert "there are: .venv, base, persona" in error.value.hint
    assert [choice.value for choice in TYPES["env-name"].choices(MACHINE)] == ["base", "persona", ".venv"]


@pytest.mark.skipif(sys.platform != "linux", reason="the machine described here is Linux")
def test_an_environment_that_nobody_keeps_a_list_of(tmp_path: Path) -> None:
    folder = tmp_path / "far" / "tools"
    folder.mkdir(parents=True)
    with pytest.raises(UsageError, match="no environment"):
        check("env-name", str(folder))
    (folder / "pyvenv.cfg").write_text("home = /usr/bin\nversion = 3.12.3\n", encoding="utf-8")
    assert check("env-name", str(folder)) == str(folder)
    found = facts.environment(MACHINE, str(folder))
    assert found and (found.kind, found.python_version) == ("venv", "3.12.3")
    assert facts.environment(MACHINE.replace(system="windows"), str(folder)) is None
    (tmp_path / "conda" / "conda-meta").mkdir(parents=True)
    assert facts.environment(MACHINE, str(tmp_path / "conda")).kind == "conda"  # type: ignore[union-attr]


def test_packages_are_names_with_versions_and_nothing_else() -> None:
    assert check("package-specs", "numpy pandas >= 2, torch==2.9.1 uvicorn[standard]~=0.30") == (
        "numpy", "pandas>=2", "torch==2.9.1", "uvicorn[standard]~=0.30",
    )  # fmt: skip
    assert check("package-specs", "scipy>=1,<2 numpy=1.26") == ("scipy>=1,<2", "numpy=1.26")
    for bad, says in [
        ("numpy --index-url http://x", "option"), ("git+https://x/y", "addresses"), ("./local", "addresses"),
        ("numpy=>2", "wrong way round"), ("$(id)", "not a name"), ("-r x", "option"), ("", "empty"),
    ]:  # fmt: skip
        with pytest.raises(UsageError, match=says):
            check("package-specs", bad)


def test_paths_become_whole_and_new_ones_spare_what_matters() -> None:
    assert check("path", "~/x/../y") == "/home/ada/y"
    assert check("new-path", ".venv") == "/home/ada/project/.venv"
    for bad in [".", "..", "/", "~", "/home", "/home/ada", "-x", ""]:
        with pytest.raises(UsageError):
            check("new-path", bad)
    with pytest.raises(UsageError, match="does not exist"):
        check("file", "requirements.txt")


@pytest.mark.parametrize(
    ("kind", "given", "normal"),
    [
        ("bool", "Y", "yes"), ("bool", "false", "no"), ("shell", "pwsh", "powershell"), ("shell", "BASH", "bash"),
        ("channel", "conda-forge", "conda-forge"), ("channel", "https://host.example/x", "https://host.example/x"),
        ("cuda-tag", "CU130", "cu130"), ("number", "007", "7"), ("env-tool", "Conda", "conda"),
        ("word", "a.b-c", "a.b-c"),
    ],
)  # fmt: skip
def test_other_types(kind: str, given: str, normal: str) -> None:
    assert check(kind, given) == normal


@pytest.mark.parametrize(
    ("kind", "bad"),
    [
        ("bool", "maybe"), ("shell", "tcsh"), ("channel", "https://user:pass@host/x"), ("channel", "a b"),
        ("cuda-tag", "13.0"), ("number", "-1"), ("env-tool", "poetry"), ("word", "$(id)"), ("url", "file:///etc/passwd"),
        ("version", "latest"), ("text", "a\nb"), ("package-name", "numpy>=2"),
    ],
)  # fmt: skip
def test_other_types_refuse(kind: str, bad: str) -> None:
    with pytest.raises(UsageError) as error:
        check(kind, bad)
    assert error.value.hint
    assert "pass@" not in str(error.value)


FLOW = flow_from_plain(
    {
        "id": "f", "title": "F", "why": "w",
        "params": {
            "tool": {"type": "env-tool", "title": "Tool"},
            "name": {
                "type": "new-env-name", "title": "Name", "default": [{"value": ".venv", "when": {"tool": "venv"}}],
            },
            "python": {"type": "python-version", "title": "Python", "default": "{newest_python}"},
            "place": {"type": "new-path", "title": "Place", "default": "./{name}", "when": {"tool": ["venv", "uv"]}},
            "kind": {"type": "choice", "title": "Kind", "choices": ["small", "large"], "required": False},
        },
        "steps": [
            {"id": "s", "title": "S", "note": "n"},
            {"id": "which-one", "title": "Q", "ask": {"type": "word", "title": "Which"}},
        ],
    }
)  # fmt: skip


def test_values_come_from_what_is_given_then_defaults_then_the_machine() -> None:
    filled = params.fill(FLOW, {"tool": "uv", "name": "demo"}, MACHINE)
    assert filled.values == {
        "tool": "uv",
        "name": "demo",
        "python": "3.13",
        "place": "/home/ada/project/demo",
        "kind": "",
    }
    assert filled.sources["tool"] == "given"
    assert filled.sources["python"] == "default"
    assert params.fill(FLOW, {}, MACHINE).values["tool"] == "conda"
    assert params.fill(FLOW, {"tool": "venv"}, MACHINE).values["name"] == ".venv"
    assert params.fill(FLOW, {"name": "x"}, MACHINE).values["place"] == ""


def test_what_is_missing_comes_with_choices() -> None:
    filled = params.fill(FLOW, {}, MACHINE)
    assert [one.name for one in filled.missing] == ["name"]
    with pytest.raises(UsageError, match="`name` \\(Name\\)"):
        filled.raise_problems()
    asked = {one.name: one for one in params.questions(FLOW, {"name": "x"}, MACHINE)}
    assert [choice.value for choice in asked["tool"].choices] == ["conda", "uv", "venv"]
    assert asked["tool"].suggestion == "conda"
    assert [choice.value for choice in asked["kind"].choices] == ["small", "large"]
    assert "place" not in asked


def test_every_wrong_value_is_reported_and_unknown_ones_are_near_something() -> None:
    filled = params.fill(FLOW, {"nmae": "x", "name": "../x", "python": "2.7", "kind": "smal"}, MACHINE)
    messages = [problem.message for problem in filled.problems]
    assert len(messages) == 4
    assert "did you mean `name`" in messages[0]
    assert "did you mean `small`" in filled.problems[3].hint
    assert params.fill(FLOW, {"name": "x", "which_one": "later"}, MACHINE).problems == ()
    assert "empty" in params.fill(FLOW, {"name": ""}, MACHINE).problems[0].message


def test_settings_of_the_command_line() -> None:
    assert params.parse_settings(["name=demo", "packages=numpy==2", "a-b=x=y"]) == {
        "name": "demo", "packages": "numpy==2", "a_b": "x=y",
    }  # fmt: skip
    for bad in (["name"], ["=x"], ["a=1", "a=2"]):
        with pytest.raises(UsageError):
            params.parse_settings(bad)
