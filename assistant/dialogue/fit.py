"""What this machine changes in an answer: real names filled in, and a line or two where one of its facts changes the advice.

Only what was looked at speaks. Nothing is said where the answer is for another system, nor where the machine's facts were
left out because somebody asked for another system, shell or tool.
"""

from __future__ import annotations

import os

from assistant.dialogue.nearby import kept_names, listed_names, named_in, nearest, short
from assistant.dialogue.present import ABOUT_GPU, CONDAS
from assistant.machine.model import Environment, Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.dialogue.compose import View
    from assistant.search.library import Library

MOST_REMARKS = 2
ABOUT_FOLDERS = ("environment.find-folder",)
KINDS = {"conda": ("conda",), "mamba": ("conda",), "micromamba": ("conda",), "pixi": ("pixi",)}
VENVS = ("venv", "uv", "pyenv")


def known(entry: Entry, view: View) -> Machine | None:
    """The machine whose facts bear on an entry in this view, environments listed; None where none do or may be used."""
    machine = view.machine
    if machine is None or not machine.path or view.system != machine.system:
        return None
    if entry.kind != "command" and entry.id not in ABOUT_FOLDERS and not entry.id.startswith(ABOUT_GPU):
        return None
    if machine.listed:
        return machine
    from assistant.machine.quick import with_environments

    return with_environments(machine)


def with_real_names(
    entry: Entry, question: str, view: View, machine: Machine, library: Library
) -> tuple[View, list[str]]:
    """The view with the names and folders that are really here, and what is to be said about them."""
    if not machine.environments:
        return view, []
    if entry.id in ABOUT_FOLDERS:
        name = view.slots.get("name", "")
        found = _called(name, view, machine) if name else named_in(question, machine, library)
        return view, [f"`{found.name}` lies in {short(found.path, machine)}."] if found else []
    if entry.kind != "command":
        return view, []
    if entry.id in ("environment.list", "environment.which-active", "environment.deactivate"):
        return view, _about_all(entry.id, machine)
    forms = [form.run for form in entry.forms]
    if not any("{name}" in run for run in forms):
        return view, []
    if _makes_new(forms):
        return view, _taken(view.slots.get("name", ""), view, machine)
    remarks: list[str] = []
    name = view.slots.get("name", "")
    here = _called(name, view, machine) if name else named_in(question, machine, library)
    if here is not None:
        view, remarks = _with_environment(here, entry, view, machine)
    elif name:
        remarks = _not_here(name, entry, view, machine)
    elif entry.object == "environment":
        remarks = _which_ones(view, machine)
    elif entry.object == "package":
        remarks = _where_it_goes(entry, machine)
    if new := view.slots.get("new_name"):
        remarks = [*_taken(new, view, machine), *remarks]
    return view, remarks


def _makes_new(forms: list[str]) -> bool:
    """Whether the commands make the environment that they name."""
    makers = [run for run in forms if " create " in f"{run} " and "{name}" in run]
    return bool(makers) and not any("--clone {name}" in run or "{new_name}" in run for run in makers)


def _called(name: str, view: View, machine: Machine) -> Environment | None:
    """The environment of that name, of the kind that the asked-for tool handles before others."""
    found = [one for one in machine.environments if name in (one.name, one.path, base_name(one.path))]
    kinds = KINDS.get(view.tools[0], VENVS) if view.tools else ()
    return next((one for one in found if one.kind in kinds), found[0] if found else None)


def _with_environment(one: Environment, entry: Entry, view: View, machine: Machine) -> tuple[View, list[str]]:
    """The view for an environment that is here: its real name or folder, and the tool that handles it."""
    remarks: list[str] = []
    slots = dict(view.slots)
    slots.setdefault("name", one.name)
    tools = view.tools
    if one.kind in VENVS:
        if (path := _path_to(one, machine)) and "path" not in slots:
            slots["path"] = path
        asked = [tool for tool in tools if tool in CONDAS]
        if asked:
            remarks.append(f"`{one.name}` is a virtual environment, not one of {asked[0]}'s: see the commands of venv.")
        elif not tools:
            tools = ("uv", "venv") if one.kind == "uv" and base_name(one.path) == ".venv" else ("venv",)
            remarks.append(f"`{one.name}` is a virtual environment, in {short(one.path, machine)}.")
    elif one.kind == "conda":
        if not tools and not any(machine.tool(tool) for tool in CONDAS):
            tools = ("conda",)
        first = next((base.path for base in machine.environments if base.name == "base"), "")
        if one.base and first and one.base != first and one.name != "base":
            # Another conda's environment goes by its folder: by name only its own conda finds it.
            slots["name"] = one.path
            remarks.append(
                f"`{one.name}` belongs to the conda in {short(one.base, machine)}, so it goes by its folder."
            )
    elif one.kind == "pixi" and not tools:
        tools = ("pixi",)
    if entry.action == "remove" and entry.object == "environment":
        if one.path == machine.active_path:
            leave = "conda deactivate" if one.kind == "conda" else "deactivate"
            remarks.append(f"`{one.name}` is active in this terminal: leave it first with `{leave}`.")
        if one.name == "base":
            remarks.append("base holds conda itself and cannot be removed; uninstall conda instead.")
    elif one.name == "base" and entry.action == "rename":
        remarks.append("base cannot be renamed; clone it under another name instead.")
    elif entry.action == "activate" and one.path == machine.active_path:
        remarks.append(f"`{one.name}` is active in this terminal already.")
    return view.replace(slots=slots, tools=tools), remarks


def _path_to(one: Environment, machine: Machine) -> str:
    """The folder as it is typed here: from the working directory where it lies below. Empty where it needs quoting."""
    path = one.path
    if machine.cwd and path.startswith(machine.cwd + os.sep):
        path = path[len(machine.cwd) + 1 :]
    plain = all(char.isalnum() or char in "/\\.-_:~" for char in path)
    return path if plain else ""


def _not_here(name: str, entry: Entry, view: View, machine: Machine) -> list[str]:
    """That no environment of a name is here, with the nearest that is."""
    near = nearest(name, [one.name for one in machine.environments])
    if near:
        names = " or ".join(f"`{one}`" for one in near)
        run = _short_form(entry, view, machine, near[0])
        return [f"I find no environment called `{name}` here. Did you mean {names}?" + (f" `{run}`" if run else "")]
    if view.tools and view.tools[0] not in CONDAS:
        return []  # a virtual environment may lie anywhere
    return [f"I find no environment called `{name}` here. {kept_names(machine, ('conda',))}".rstrip()]


def _short_form(entry: Entry, view: View, machine: Machine, name: str) -> str:
    """The one command that does it with a real name; empty where it takes more values than the name."""
    one = next(found for found in machine.environments if found.name == name)
    wanted = (view.tools[0] if view.tools else "conda") if one.kind == "conda" else "venv"
    for form in entry.forms:
        if form.tool != wanted or (form.os and machine.system not in form.os):
            continue
        if form.shell and view.shell not in form.shell:
            continue
        value = name if one.kind == "conda" else _path_to(one, machine)
        run = form.run.replace("{name}", value).replace("{path}", value)
        return run if "{" not in run and value else ""
    return ""


def _which_ones(view: View, machine: Machine) -> list[str]:
    """The environments that can be meant where none was named."""
    kinds = () if not view.tools else KINDS.get(view.tools[0], VENVS)
    text = kept_names(machine, kinds)
    return [text] if text else []


def _where_it_goes(entry: Entry, machine: Machine) -> list[str]:
    """Which environment a command about packages changes or shows, where none was named."""
    if entry.action not in ("install", "remove", "update", "list", "check"):
        return []
    changes = entry.action in ("install", "remove", "update")
    if not machine.active_path:
        return []
    name = machine.active_environment
    base = name == "base"
    if changes and base:
        others = listed_names([one for one in machine.environments if one.name != "base"], machine)
        return [
            "`base` is active here, and it holds conda itself: activate another environment first"
            + (f" ({others})." if others else ".")
        ]
    return [f"`{name}` is active here: this {'changes' if changes else 'shows'} that one."]


def _taken(name: str, view: View, machine: Machine) -> list[str]:
    """A warning where the name of a new environment is in use."""
    one = _called(name, view, machine) if name else None
    if one is None:
        return []
    place = short(one.path, machine)
    if one.kind == "conda" and (package := view.slots.get("package")):
        return [
            f"There is an environment called `{name}` already ({place}). To add to it: `conda install -n {name} {package}`; "
            "`conda create` with `-y` would delete it and everything in it."
        ]
    if one.kind == "conda":
        return [
            f"Careful: there is an environment called `{name}` already ({place}). With `-y` conda would delete it and "
            "everything in it; choose another name, or remove it first."
        ]
    return [
        f"There is a virtual environment called `{name}` already ({place}); choose another name, or delete its folder."
    ]


def _about_all(entry_id: str, machine: Machine) -> list[str]:
    active = machine.active_environment
    if entry_id == "environment.list":
        return [kept_names(machine)]
    if not active:
        return ["No environment is active in this terminal."]
    return [f"Active in this terminal: `{active}` ({short(machine.active_path, machine)})."]


def base_name(path: str) -> str:
    """The last part of a path of either kind."""
    return path.replace("\\", "/").rpartition("/")[2]
