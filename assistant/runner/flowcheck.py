"""Mistakes in flows that types do not show: names that do not exist, probes without what they need, risks that are
not said.

`check_flows` is what `envguide kb check` calls; every problem is `file:line: what, and what would be right`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from pathlib import Path

from assistant.content.marks import Mark, Problems, load_marked
from assistant.content.schema import convert, nearest
from assistant.runner import template
from assistant.runner.flow import Flow, Form, Note, Param, Preview, Probe, Save, Step, Value, When, kinds, risk_of
from assistant.runner.param_types import TYPES
from assistant.runner.params import brings
from assistant.runner.probes import DEVICES, KINDS

_ID = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
FACTS = frozenset(
    "os arch shell home cwd tools conda_root conda_envs conda_kind conda_pkgs conda_python conda_others open_terms "
    "newest_python newest_interpreter start_files kept_folders active driver gpu downloads today".split()
)  # what facts.facts_of gives
CONDITIONS = ("os", "shell", "tools")
SYSTEMS = ("linux", "macos", "windows")
MIN_PHRASINGS = 5


class _Checker:
    """Collects the problems of one flow; `at` finds the line of a step or a param."""

    def __init__(self, flow: Flow, mark: Mark, file: str, problems: Problems) -> None:
        self.flow, self.mark, self.file, self.problems = flow, mark, file, problems
        self.names: set[str] = set()

    def line(self, *path: str | int) -> int:
        """The line of what a path of keys and positions leads to; of what lies nearest above it otherwise."""
        mark = self.mark
        for part in path:
            value = mark.value
            if isinstance(part, str) and isinstance(value, dict) and part in value:
                mark = value[part]
            elif isinstance(part, int) and isinstance(value, tuple) and part < len(value):
                mark = value[part]
            else:
                break
        return mark.line

    def say(self, message: str, *path: str | int) -> None:
        self.problems.add(self.file, self.line(*path), message)

    def text(self, text: str, *path: str | int) -> None:
        """Names and filters of one text."""
        for name in sorted(template.names(text) - self.names):
            self.say(
                f"`{{{name}}}` is no param, var or fact{nearest(name, self.names)}; a literal brace is doubled", *path
            )
        for name in sorted(template.filters(text) - set(template.FILTERS)):
            self.say(f"no filter `|{name}`; there are: {', '.join(template.FILTERS)}", *path)

    def condition(self, when: When, *path: str | int) -> None:
        for name, allowed in when.items():
            if name not in self.names:
                self.say(f"`when` asks for `{name}`, which is no param, var or fact{nearest(name, self.names)}", *path)
            if name == "os":
                for system in allowed:
                    if system.lstrip("!") not in SYSTEMS:
                        self.say(f"`os` is `{system}`; it is one of {', '.join(SYSTEMS)}", *path)


def check_flows(
    folder: Path, *, entries: Set[str] = frozenset(), sections: Set[str] = frozenset(), sources: Set[str] = frozenset()
) -> Problems:
    """Every mistake in a folder of flows. Empty sets of ids are not checked against."""
    problems = Problems()
    flows: dict[str, tuple[Flow, _Checker]] = {}
    for path in sorted([*folder.glob("*.yaml"), *folder.glob("*.yml")]):
        file = f"flows/{path.name}"
        mark = load_marked(path, file, problems)
        flow = convert(mark, Flow, file, problems, "this flow") if mark else None
        if mark is None or not isinstance(flow, Flow):
            continue
        checker = _Checker(flow, mark, file, problems)
        if path.name != f"{flow.id}.yaml":
            checker.say(f"the flow is called `{flow.id}`; name its file {flow.id}.yaml", "id")
        flows[flow.id] = (flow, checker)
    for _, checker in flows.values():
        _check_flow(checker, {name: flow for name, (flow, _) in flows.items()})
        for key, given, known, what in (
            ("see", checker.flow.see, entries, "entry"),
            ("from", checker.flow.from_, sections, "section in document.yaml"),
            ("sources", checker.flow.sources, sources, "source in sources.yaml"),
        ):
            for name in given:
                if known and name not in known and name not in flows:
                    checker.say(f"no {what} `{name}`{nearest(name, known)}", key)
        for number, step in enumerate(checker.flow.steps):
            for name in step.on_error:
                if entries and name not in entries:
                    checker.say(f"no problem `{name}`{nearest(name, entries)}", "steps", number, "on_error")
    return problems


def _check_flow(checker: _Checker, flows: dict[str, Flow]) -> None:
    flow = checker.flow
    if not _ID.fullmatch(flow.id):
        checker.say("an id has small letters, digits and single hyphens only", "id")
    if len(flow.ask) < MIN_PHRASINGS:
        checker.say(f"{len(flow.ask)} phrasings under `ask`; write at least {MIN_PHRASINGS}", "ask")
    if not flow.from_ and not flow.sources:
        checker.say("say where it comes from: `from` (sections) or `sources`", "id")
    if not flow.steps:
        checker.say("a flow has at least one step", "steps")
    checker.names |= FACTS
    for name, param in flow.params.items():
        _check_param(checker, name, param)
        checker.names |= _names_of(name, param)
    for name, options in flow.vars.items():
        for option in options:
            checker.text(option.value, "vars", name)
            checker.condition(option.when, "vars", name)
        checker.names.add(name)
    for number, probe in enumerate(flow.requires):
        _check_probe(checker, probe, "requires", number)
    seen: set[str] = set()
    for number, step in enumerate(flow.steps):
        if step.id in seen:
            checker.say(f"two steps are called `{step.id}`", "steps", number)
        seen.add(step.id)
        _check_step(checker, step, number, flows)
        if step.ask:
            checker.names |= _names_of(step.id.replace("-", "_"), step.ask)
    if flow.gives:
        for text in flow.gives.fields().values():
            checker.text(text, "gives")
    _check_notes(checker, flow.after, "after")


def _names_of(name: str, param: Param) -> set[str]:
    return {name, *(f"{name}_{key}" for key in brings(param))}


def _check_param(checker: _Checker, name: str, param: Param) -> None:
    path = ("params", name)
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        checker.say(f"`{name}`: a param's name has small letters, digits and `_` only", *path)
    if name in FACTS:
        checker.say(f"`{name}` is a fact of the machine already; choose another name", *path)
    if param.type not in TYPES:
        checker.say(f"no type `{param.type}`{nearest(param.type, TYPES)}; there are: {', '.join(TYPES)}", *path, "type")
    if param.type == "choice" and len(param.choices) < 2:
        checker.say("a `choice` needs at least two `choices`", *path)
    _check_values(checker, param.default, *path, "default")
    for text in param.depends.values():
        checker.text(text, *path, "depends")
    if param.depends and param.type != "cuda-tag":
        checker.say("`depends` belongs to a `cuda-tag`", *path, "depends")
    checker.condition(param.when, *path, "when")


def _check_values(checker: _Checker, options: tuple[Value, ...], *path: str | int) -> None:
    for option in options:
        checker.text(option.value, *path)
        checker.condition(option.when, *path)


def _check_probe(checker: _Checker, probe: Probe, *path: str | int) -> None:
    kind = KINDS.get(probe.probe)
    if kind is None:
        checker.say(f"no probe `{probe.probe}`{nearest(probe.probe, KINDS)}; there are: {', '.join(KINDS)}", *path)
        return
    fields = set(kind.needs) | set(kind.may) | {"probe", "expect", "says", "otherwise", "when"}
    for name in kind.needs:
        if not getattr(probe, name):
            checker.say(f"the probe `{probe.probe}` needs `{name}`", *path)
    for name, value in probe.fields().items():
        if name not in fields and value != getattr(Probe, name, None):
            checker.say(f"the probe `{probe.probe}` takes no `{name}`; it takes {', '.join(sorted(fields))}", *path)
        for text in value if isinstance(value, tuple) else (value,):
            if isinstance(text, str):
                checker.text(text, *path)
    if probe.device and "{" not in probe.device and probe.device not in DEVICES:
        checker.say(f"`device` is `{probe.device}`; it is one of {', '.join(DEVICES)}", *path)
    checker.condition(probe.when, *path)


def _check_step(checker: _Checker, step: Step, number: int, flows: dict[str, Flow]) -> None:
    path: tuple[str | int, ...] = ("steps", number)
    if not _ID.fullmatch(step.id):
        checker.say(f"`{step.id}`: an id has small letters, digits and single hyphens only", *path)
    found = kinds(step)
    if len(found) != 1:
        given = " and ".join(f"`{kind}`" for kind in found) or "none"
        checker.say(
            f"a step does exactly one thing (run, download, edit, remove, ask, note, use); here: {given}", *path
        )
        return
    for name in ("restore", "backup", "found", "owned", "lenient"):
        if getattr(step, name):
            checker.say(f"`{name}` is for undo alone; remove it", *path)
    for key, text in _texts(step):
        checker.text(text, *path, key)
    for key in ("needs", "check", "verify"):
        for at, probe in enumerate(getattr(step, key)):
            _check_probe(checker, probe, *path, key, at)
    checker.condition(step.when, *path, "when")
    for form in (*step.forms, *(step.undo.forms if step.undo else ())):
        checker.condition(form.when, *path, "forms")
    readers: tuple[Preview | Save | Form, ...] = (*step.preview, *step.save, *step.shows)
    for one in readers:
        checker.condition(one.when, *path)
    _check_notes(checker, step.note, *path, "note")
    _check_risk(checker, step, *path)
    if step.download:
        for address in filter(None, (step.download.url, step.download.sha256_from)):
            if not address.startswith("https://"):
                checker.say("a download's `url` starts with https://", *path, "download")
    if step.into and not (step.run or step.forms):
        checker.say("`into` belongs to `run` or `forms`", *path)
    if step.edit:
        ways = [name for name in ("line", "block", "remove", "find", "content") if getattr(step.edit, name)]
        if len(ways) != 1:
            checker.say("an edit has exactly one of `line`, `block`, `remove`, `find`, `content`", *path, "edit")
    if step.ask:
        _check_param(checker, step.id.replace("-", "_"), step.ask)
    if step.use:
        _check_use(checker, step, flows, *path)
    elif step.set:
        checker.say("`set` belongs to `use`", *path)


def _check_risk(checker: _Checker, step: Step, *path: str | int) -> None:
    kind = kinds(step)[0]
    if kind == "run" and step.risk is None:
        checker.say(
            "say the worst that this command does: `risk: reads | user-files | network | installs | deletes | admin`",
            *path,
        )
    if kind == "run" and step.risk not in (None, "reads") and not (step.verify or step.check or step.makes):
        checker.say("say how one sees that it worked: `verify`", *path)
    if risk_of(step) == "deletes" and kind == "run" and not step.deletes:
        checker.say("a deleting step names what it deletes: `deletes`", *path)
    comes_back = step.undo is not None or step.touches or step.keeps
    if risk_of(step) not in ("reads",) and kind in ("run", "remove") and not comes_back:
        checker.say("say how it is taken back, or why it cannot be: `undo`", *path)
    for form in _forms(step):
        if form.run and form.run[0] in ("sh", "bash", "cmd", "powershell", "pwsh", "zsh") and "-c" in form.run:
            checker.say("no shell lines: give the program and its arguments as items", *path)


def _check_use(checker: _Checker, step: Step, flows: dict[str, Flow], *path: str | int) -> None:
    used = flows.get(step.use)
    if used is None:
        checker.say(f"no flow `{step.use}`{nearest(step.use, flows)}", *path, "use")
        return
    for name in step.set:
        if name not in used.params:
            checker.say(f"`{step.use}` has no param `{name}`{nearest(name, used.params)}", *path, "set", name)
    if _uses(used, checker.flow.id, flows, set()):
        checker.say(f"`{step.use}` uses this flow again; a flow cannot use itself", *path, "use")


def _uses(flow: Flow, wanted: str, flows: dict[str, Flow], seen: set[str]) -> bool:
    if flow.id == wanted:
        return True
    seen.add(flow.id)
    below = (flows[step.use] for step in flow.steps if step.use in flows and step.use not in seen)
    return any(_uses(one, wanted, flows, seen) for one in below)


def _check_notes(checker: _Checker, notes: tuple[Note, ...], *path: str | int) -> None:
    for note in notes:
        checker.text(note.text, *path)
        for command in note.commands:
            checker.text(command, *path)
        checker.condition(note.when, *path)


def _forms(step: Step) -> Iterator[Form]:
    if step.run:
        yield Form(run=step.run)
    yield from step.forms
    if step.undo:
        if step.undo.run:
            yield Form(run=step.undo.run)
        yield from step.undo.forms


def _texts(step: Step) -> Iterator[tuple[str, str]]:
    """Every text of a step that may hold placeholders, with the key that it stands under."""
    for key in ("title", "why", "cwd", "into", "downloads"):
        yield key, getattr(step, key)
    for key in ("remove", "makes", "touches", "keeps", "leaves", "changes", "deletes"):
        for text in getattr(step, key):
            yield key, text
    for form in _forms(step):
        for item in form.run:
            yield "run", item
    readers: tuple[Preview | Save | Form, ...] = (*step.preview, *step.save, *step.shows)
    for one in readers:
        for item in one.run:
            yield "run", item
    for record, key in ((step.download, "download"), (step.edit, "edit")):
        for text in record.fields().values() if record else ():
            if isinstance(text, str):
                yield key, text
    for key, texts in (("set", step.set.values()), ("env", step.env.values())):
        for text in texts:
            yield key, text
    if step.undo:
        yield "undo", step.undo.note
        for path in step.undo.remove:
            yield "undo", path
