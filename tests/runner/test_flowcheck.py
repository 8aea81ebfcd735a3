"""Mistakes in flows are reported with file and line, all at once; the flows of this project have none."""

import textwrap
from pathlib import Path

import pytest

from assistant.errors import ContentError
from assistant.runner import catalog, flowcheck, store
from assistant.runner.flow import RISKS, Flow, Step
from assistant.runner.param_types import TYPES
from assistant.runner.probes import KINDS

FLOWS = Path(__file__).resolve().parents[2] / "flows"
GOOD = """\
id: good
title: Good
why: w
ask: [a, b, c, d, e]
sources: [x]
params:
  name: {type: new-env-name, title: Name}
steps:
  - {id: run, title: 'Run {name}', run: [echo, '{name}'], risk: reads}
"""


def problems(folder: Path, text: str, name: str = "good") -> list[str]:
    (folder / f"{name}.yaml").write_text(textwrap.dedent(text), encoding="utf-8")
    return flowcheck.check_flows(folder).lines()


def test_the_flows_of_this_project_have_no_mistake() -> None:
    assert flowcheck.check_flows(FLOWS).lines() == []
    for flow in catalog.from_folder(FLOWS).all():
        assert catalog.flow_from_plain(store.flow_data(flow)) == flow


def test_a_good_flow(tmp_path: Path) -> None:
    assert problems(tmp_path, GOOD) == []


@pytest.mark.parametrize(
    ("old", "new", "line", "says"),
    [
        ("risk: reads", "risc: reads", 9, "unknown key `risc`; did you mean `risk`?"),
        (", risk: reads", "", 9, "say the worst that this command does"),
        ("'{name}']", "'{nmae}']", 9, "`{nmae}` is no param, var or fact; did you mean `name`?"),
        ("{name}'", "{name|pyhton}'", 9, "no filter `|pyhton`"),
        ("new-env-name", "new-env-nam", 7, "no type `new-env-nam`; did you mean `new-env-name`?"),
        ("risk: reads", "risk: installs", 9, "say how one sees that it worked"),
        ("risk: reads", "risk: installs", 9, "say how it is taken back"),
        ("risk: reads", "risk: deletes, verify: [{probe: file-exists, path: x}], undo: no", 9, "names what it deletes"),
        ("run: [echo, '{name}']", "run: [bash, -c, 'echo {name}']", 9, "no shell lines"),
        ("risk: reads", "risk: reads, note: x", 9, "exactly one thing"),
        ("risk: reads", "risk: reads, check: [{probe: file-exits, path: x}]", 9, "did you mean `file-exists`?"),
        ("risk: reads", "risk: reads, check: [{probe: file-exists}]", 9, "needs `path`"),
        ("risk: reads", "risk: reads, check: [{probe: file-exists, path: x, version: '1'}]", 9, "takes no `version`"),
        ("risk: reads", "risk: reads, when: {nam: x}", 9, "`when` asks for `nam`"),
        ("risk: reads", "risk: reads, when: {os: osx}", 9, "`os` is `osx`"),
        ("risk: reads", "risk: reads, restore: x", 9, "exactly one thing"),
        ("run: [echo, '{name}'], risk: reads", "use: other", 9, "no flow `other`"),
        ("run: [echo, '{name}'], risk: reads", "use: good", 9, "cannot use itself"),
        ("run: [echo, '{name}'], risk: reads", "download: {url: 'http://x', to: y}", 9, "starts with https://"),
        ("run: [echo, '{name}'], risk: reads", "edit: {file: x, line: a, remove: b}", 9, "exactly one of `line`"),
        ("ask: [a, b, c, d, e]", "ask: [a]", 4, "1 phrasings under `ask`"),
        ("id: good", "id: Good!", 1, "small letters"),
        ("sources: [x]", "", 1, "say where it comes from"),
        ("run: [echo, '{name}']", "run: echo", 9, "write a list"),
        ("id: run,", "id: run, id: twice,", 9, "stands twice"),
        ("steps:", "stepz:", 9, "did you mean `steps`?"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path: Path, old: str, new: str, line: int, says: str) -> None:
    assert old in GOOD
    found = problems(tmp_path, GOOD.replace(old, new))
    assert any(says in problem for problem in found), found
    matching = [problem for problem in found if says in problem]
    assert matching[0].startswith(f"flows/good.yaml:{line}:"), matching


def test_the_guide_for_authors_is_right(tmp_path: Path) -> None:
    """Its example has no mistake, and it names every key, type and probe that there is."""
    guide = (FLOWS / "README.md").read_text(encoding="utf-8")
    example = guide.partition("```yaml\n")[2].partition("```")[0]
    assert problems(tmp_path, example, "make-venv") == []
    internal = {"restore", "backup", "found", "owned", "lenient"}
    keys = {name.rstrip("_") for name in (*Flow.__annotations__, *Step.__annotations__)} - internal
    for name in (*keys, *KINDS, *TYPES, *RISKS, *flowcheck.FACTS):
        assert f"`{name}" in guide, name


def test_all_mistakes_at_once_and_ids_of_knowledge(tmp_path: Path) -> None:
    text = GOOD.replace("sources: [x]", "sources: [x]\nfrom: [no-section]\nsee: [no.entry]").replace(
        "'{name}']", "'{nmae}']"
    )
    (tmp_path / "other.yaml").write_text(text, encoding="utf-8")
    lines = flowcheck.check_flows(tmp_path, entries={"an.entry"}, sections={"a-section"}, sources={"x"}).lines()
    assert len(lines) == 4
    assert "name its file good.yaml" in lines[0]


def test_a_broken_flow_is_not_run(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD.replace("title: Good\n", ""), encoding="utf-8")
    with pytest.raises(ContentError) as error:
        catalog.from_folder(tmp_path).get("good")
    assert "`title` is missing" in error.value.problems[0]
    with pytest.raises(ContentError):
        catalog.flow_from_plain({"id": "x"})
    with pytest.raises(ContentError):
        catalog.flow_from_plain(["not", "a", "mapping"])


def test_compiled_and_yaml_give_the_same_flow(tmp_path: Path) -> None:
    from assistant.content.marks import Problems, load_marked
    from assistant.content.schema import plain

    (tmp_path / "good.yaml").write_text(GOOD, encoding="utf-8")
    mark = load_marked(tmp_path / "good.yaml", "x", Problems())
    assert mark is not None
    flow = catalog.from_plain({"good": plain(mark)}).get("good")
    assert isinstance(flow, Flow) and flow == catalog.from_folder(tmp_path).get("good")
