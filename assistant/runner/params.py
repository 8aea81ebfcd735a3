"""The params of a flow, filled: what was given, else the default, else what the machine suggests; and what must be
asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from assistant.content.frozen import Frozen
from assistant.content.schema import nearest
from assistant.errors import UsageError
from assistant.machine.model import Machine
from assistant.runner import facts, template
from assistant.runner.flow import Flow, Param, Value, kind_of
from assistant.runner.package_files import package_file
from assistant.runner.param_types import TYPES, Checked, Choice, one_of
from assistant.runner.torch_choice import torch_facts

Source = Literal["given", "default", "machine", "none"]


class Asked(Frozen):
    """A param that has no value yet, with all that a face needs to ask for it."""

    name: str
    title: str
    type: str
    help: str = ""
    example: str = ""
    suggestion: str = ""
    choices: tuple[Choice, ...] = ()


class Filled(Frozen):
    """Params of one flow. `values` are in normal form; `missing` must be asked; `problems` say which given value is
    wrong.
    """

    values: dict[str, Checked]
    sources: dict[str, Source]
    missing: tuple[Asked, ...] = ()
    problems: tuple[UsageError, ...] = ()

    def raise_problems(self) -> None:
        """Raise the first problem, or say what is missing; nothing where all is well."""
        if self.problems:
            raise self.problems[0]
        if self.missing:
            first = self.missing[0]
            names = ", ".join(f"`{one.name}`" for one in self.missing)
            example = first.example or first.suggestion or "..."
            raise UsageError(f"needed, and not given: {names} ({first.title})", f"add --set {first.name}={example}")


def parse_settings(words: list[str]) -> dict[str, str]:
    """`name=value` words of a command line.

    Raises:
        UsageError: a word has no `=`, or a name stands twice.
    """
    found: dict[str, str] = {}
    for word in words:
        name, sign, value = word.partition("=")
        name = name.strip().replace("-", "_")
        if not sign or not name:
            raise UsageError(f"`{word}` is not of the form name=value", "for example --set name=demo")
        if name in found:
            raise UsageError(f"`{name}` is set twice", "keep one of them")
        found[name] = value
    return found


# Environments that a run has already looked up, by the name or path given: a run that removes one still knows where
# it was.
Known = dict[str, dict[str, str]]


def fill(
    flow: Flow, given: Mapping[str, str | tuple[str, ...]], machine: Machine, known: Mapping[str, object] | None = None
) -> Filled:
    """Fill the params of a flow in their order. Every wrong value is reported, none stops the rest."""
    names = {**flow.params, **asked_params(flow)}
    problems = [
        UsageError(
            f"`{flow.id}` has no param `{name}`{nearest(name, names)}", f"its params: {', '.join(names) or 'none'}"
        )
        for name in given
        if name not in names
    ]
    base = facts.facts_of(machine)
    values: dict[str, Checked] = {}
    sources: dict[str, Source] = {}
    missing: list[Asked] = []
    brought: dict[str, Checked] = {}
    for number, (name, param) in enumerate(flow.params.items()):
        if number:
            last = list(flow.params)[number - 1]
            brought |= brought_by(last, flow.params[last], values[last], machine, {**base, **values, **brought}, known)
        scope = {**dict.fromkeys(flow.params, ""), **base, **values, **brought}
        values[name], sources[name] = "", "none"
        if not template.holds(param.when, scope):
            continue
        raw = given.get(name, "")
        text = raw if isinstance(raw, str) else " ".join(raw)
        source: Source = "given"
        if not text.strip() and name in given and param.required:
            problems.append(
                UsageError(f"`{name}` is empty ({param.title})", f"for example {param.example or 'a value'}")
            )
            continue
        if not text.strip() and name not in given:
            text, source = suggestion(param, scope, machine)
        if not text.strip():
            if param.required:
                missing.append(ask_for(name, param, machine, ""))
            continue
        if param.type == "env-name" and text in (known or {}):
            values[name], sources[name] = text, source
            continue
        try:
            values[name], sources[name] = check(param, text, machine), source
        except UsageError as error:
            if source != "given":
                missing.append(ask_for(name, param, machine, ""))
            else:
                problems.append(UsageError(f"{name}: {error.message}", error.hint))
    return Filled(values=values, sources=sources, missing=tuple(missing), problems=tuple(problems))


def check(param: Param, text: str, machine: Machine) -> Checked:
    """The normal form of a value.

    Raises:
        UsageError: it is not valid.
    """
    if param.type == "choice":
        return one_of(text, param.choices, param.title)
    return TYPES[param.type].check(text, machine)


def suggestion(param: Param, scope: template.Values, machine: Machine) -> tuple[str, Source]:
    """The value to take when nothing is given: the author's default, else what the machine suggests."""
    text = chosen(param.default, scope)
    if text:
        return text, "default"
    return TYPES[param.type].default(machine), "machine"


def chosen(options: tuple[Value, ...], scope: template.Values) -> str:
    """The first text whose condition holds, filled."""
    for option in options:
        if template.holds(option.when, scope):
            return template.fill(option.value, scope)
    return ""


def ask_for(name: str, param: Param, machine: Machine, suggested: str) -> Asked:
    """All that a face needs to ask for a param."""
    if param.type == "choice":
        choices = tuple(Choice(value=value) for value in param.choices)
    else:
        choices = TYPES[param.type].choices(machine)
    return Asked(
        name=name,
        title=param.title,
        type=param.type,
        help=param.help,
        example=param.example,
        suggestion=suggested,
        choices=choices,
    )


def questions(flow: Flow, given: Mapping[str, str], machine: Machine) -> tuple[Asked, ...]:
    """Every param as a question, with its value so far as the suggestion: for a form, or for asking one by one."""
    filled = fill(flow, given, machine)
    scope = scope_of(flow, filled.values, machine)
    asked = []
    for name, param in flow.params.items():
        if template.holds(param.when, scope):
            value = filled.values[name]
            asked.append(ask_for(name, param, machine, value if isinstance(value, str) else " ".join(value)))
    return tuple(asked)


def asked_params(flow: Flow) -> dict[str, Param]:
    """The questions that a flow asks on its way; they may be answered beforehand."""
    return {step.id.replace("-", "_"): step.ask for step in flow.steps if kind_of(step) == "ask" and step.ask}


def brings(param: Param) -> tuple[str, ...]:
    """What a param of this type brings with it, as the second parts of names."""
    if param.type == "env-name":
        return tuple(facts.environment_facts(None))
    return BRINGS.get(param.type, ())


BRINGS = {
    "python-version": ("interpreter",),
    "cuda-tag": ("known", "tag", "torch", "packages", "index", "device", "why"),
    "shell": ("files",),
    "file": ("holds",),
}


def brought_by(
    name: str,
    param: Param,
    value: Checked,
    machine: Machine,
    scope: template.Values,
    known: Mapping[str, object] | None,
) -> dict[str, Checked]:
    """The names that a filled param brings with it, such as `{env_path}`. `known` are environments looked up earlier."""
    found: Mapping[str, object] = dict.fromkeys(brings(param), "")
    text = str(value)
    if not value:
        pass
    elif param.type == "env-name":
        environment = facts.environment(machine, text)
        earlier = (known or {}).get(text)
        found = {**found, **earlier} if isinstance(earlier, Mapping) else facts.environment_facts(environment)
    elif param.type == "python-version":
        found = {"interpreter": facts.interpreter(machine, text)}
    elif param.type == "cuda-tag":
        depends = {key: template.fill(one, scope) for key, one in param.depends.items()}
        found = torch_facts(machine, text, version=depends.get("version", ""), python=depends.get("python", ""))
    elif param.type == "shell":
        found = {"files": tuple(file.path for file in machine.shell_files if file.shell == text)}
    elif param.type == "file":
        found = {"holds": package_file(text)}
    return {f"{name}_{key}": one if isinstance(one, tuple) else str(one) for key, one in found.items()}


def scope_of(
    flow: Flow, values: Mapping[str, Checked], machine: Machine, known: Known | None = None
) -> dict[str, Checked]:
    """Every name that a step's texts may use: facts, params, what they bring with them, vars. Adds to `known`."""
    seen = {} if known is None else known
    scope: dict[str, Checked] = dict(facts.facts_of(machine))
    scope.update(dict.fromkeys(flow.params, ""))
    scope.update(values)
    for name, param in flow.params.items():
        value = scope[name]
        if (
            param.type == "env-name"
            and value
            and str(value) not in seen
            and (found := facts.environment(machine, str(value)))
        ):
            seen[str(value)] = facts.environment_facts(found)
        scope.update(brought_by(name, param, value, machine, scope, seen))
    for name, options in flow.vars.items():
        scope[name] = chosen(options, scope)
    return scope
