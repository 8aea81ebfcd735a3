"""Entry -> Answer: placeholders filled, commands chosen for the system, shell and tools at hand, citations attached."""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.content.models import Command, Entry
from assistant.dialogue.answer import (
    Answer,
    Block,
    Citation,
    CorrectionNote,
    FlowOffer,
    Link,
    ShownCommand,
    SourceNote,
    Table,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.model import Machine
    from assistant.search.library import Library

PLACEHOLDER = re.compile(r"(?<![{$])\{([a-z][a-z_]*)\}(?!\})")
TOOL_ORDER = ("conda", "mamba", "micromamba", "pixi", "uv", "venv", "pip", "virtualenv", "poetry", "pipx")


class View(Frozen):
    """For whom an answer is made: the machine, what was asked to be assumed instead, the values named so far."""

    system: str = ""
    shell: str = ""
    tools: tuple[str, ...] = ()
    slots: dict[str, str] = {}
    machine: Machine | None = None


def compose(entry: Entry, question: str, view: View, library: Library, confidence: float = 1.0) -> Answer:
    """The answer that `entry` gives in `view`, with what this machine changes in it."""
    facts = None
    remarks: list[str] = []
    if view.machine is not None:
        from assistant.dialogue import fit

        if facts := fit.known(entry, view):
            view, remarks = fit.with_real_names(entry, question, view, facts, library)
    composer = Composer(view, library)
    blocks = composer.blocks(entry)
    if facts is not None:
        from assistant.dialogue.present import about_tools

        remarks += about_tools(entry, view, facts, composer, library)
        blocks[1:1] = [Block(kind="note", text=text) for text in remarks[: fit.MOST_REMARKS]]
    corrections = tuple(
        CorrectionNote(said=item.said, now=item.now, as_of=item.as_of, sources=composer.sources(item.sources))
        for item in entry.correction
    )
    return Answer(
        question=question,
        status="answered",
        entry=Link(id=entry.id, title=entry.title),
        kind=entry.kind,
        title=entry.title,
        blocks=tuple(blocks),
        citations=composer.citations(entry.from_),
        sources=composer.sources(entry.sources),
        corrections=corrections,
        flows=composer.flows(entry),
        related=composer.links(entry.see),
        confidence=confidence,
        more=composer.fill(entry.more),
    )


def _as_params(slots: dict[str, str], wanted: set[str]) -> dict[str, str]:
    """What was named, under the names that a flow has for it: where it takes an environment, `name` is the new one's."""
    if "env" not in wanted:
        return slots
    values = {key: value for key, value in slots.items() if key not in ("name", "new_name")}
    values |= {"env": slots["name"]} if "name" in slots else {}
    return values | ({"name": slots["new_name"]} if "new_name" in slots else {})


def source_notes(ids: tuple[str, ...], library: Library) -> tuple[SourceNote, ...]:
    """The sources of those ids that exist, as an answer shows them."""
    found = ((name, library.source(name)) for name in ids)
    return tuple(SourceNote(id=name, as_of=one.as_of, url=one.url, title=one.title) for name, one in found if one)


class Composer:
    """Holds the view and the library while one answer is put together."""

    def __init__(self, view: View, library: Library) -> None:
        self.view = view
        self.library = library
        self.placeholders = library.index["placeholders"]

    def blocks(self, entry: Entry) -> list[Block]:
        blocks = [Block(kind="lead", text=self._lead(entry))]
        if entry.kind == "problem":
            blocks += self._problem(entry)
        elif entry.kind == "command":
            blocks += self._task(entry)
            return blocks
        if entry.rows:
            heads = ("", *(self._tool_title(tool) for tool in entry.tools))
            rows = tuple((row.aspect, *row.cells) for row in entry.rows)
            blocks.append(Block(kind="table", table=Table(heads=heads, rows=rows)))
        if entry.body:
            blocks.append(Block(kind="text", text=self.fill(entry.body)))
        if entry.choose:
            items = tuple(f"{choice.pick}: {choice.when}" for choice in entry.choose)
            blocks.append(Block(kind="list", text="Choose", items=items))
        if entry.kind == "tool" and entry.choose_when:
            blocks.append(Block(kind="list", text="Choose it", items=(entry.choose_when,)))
        commands = self.pick(entry.commands)
        if commands:
            blocks.append(Block(kind="commands", commands=commands))
        return blocks

    def _lead(self, entry: Entry) -> str:
        """The sentence that answers; before it the command of the tool that was asked for, where it begins with another's."""
        lead = self.fill(entry.answer)
        tool = next((name for name in self.view.tools if any(form.tool == name for form in entry.forms)), "")
        if not tool or not lead.startswith("`"):
            return lead
        own = [form for form in entry.forms if form.tool == tool]
        if any(lead[1:].split()[0] == form.run.split()[0] for form in own):
            return lead
        return f"With {self._tool_title(tool)}: `{self.pick(tuple(own))[0].run}`. {lead}"

    def _problem(self, entry: Entry) -> list[Block]:
        blocks = []
        if entry.cause and entry.cause != entry.answer:
            blocks.append(Block(kind="note", text=f"Cause: {self.fill(entry.cause)}"))
        if entry.check:
            blocks.append(Block(kind="commands", text="To make sure that it is this", commands=self.pick(entry.check)))
        for number, fix in enumerate(entry.fixes, 1):
            warning = " (this deletes)" if fix.risk == "deletes" else ""
            head = (
                f"Fix {number}: {self.fill(fix.text)}{warning}"
                if len(entry.fixes) > 1
                else f"Fix: {self.fill(fix.text)}{warning}"
            )
            blocks.append(Block(kind="commands", text=head, commands=self.pick(fix.commands, fix.risk)))
        if entry.not_:
            blocks.append(Block(kind="list", text="Don't", items=tuple(self.fill(item) for item in entry.not_)))
        return blocks

    def _task(self, entry: Entry) -> list[Block]:
        by_tool: dict[str, list[Command]] = {}
        for form in entry.forms:
            by_tool.setdefault(form.tool, []).append(form)
        order = self.tool_order(list(by_tool))
        first = order[0]
        forms = by_tool[first]
        if "name" in self.view.slots:  # an environment was named: its form comes first
            forms = sorted(forms, key=lambda form: "{name}" not in form.run)
        blocks = [Block(kind="commands", text=f"With {self._tool_title(first)}", commands=self.pick(tuple(forms)))]
        if entry.body:
            blocks.append(Block(kind="text", text=self.fill(entry.body)))
        commands = self.pick(entry.commands)
        if commands:
            blocks.append(Block(kind="commands", text="Also", commands=commands))
        rows = []
        for tool in order[1:]:
            for command in self.pick(tuple(by_tool[tool]))[:2]:
                rows.append((self._tool_title(tool), f"`{command.run}`"))
        asked = [tool for tool in self.view.tools if tool in entry.none and tool not in by_tool]
        for tool in asked:
            blocks.insert(0, Block(kind="note", text=f"{self._tool_title(tool)}: {self.fill(entry.none[tool])}"))
        if rows:
            blocks.append(
                Block(kind="table", text="In other tools", table=Table(heads=("Tool", "Command"), rows=tuple(rows)))
            )
        if entry.undo:
            undo = entry.undo
            try:
                undo = f"see “{self.library.title(undo)}”"
            except KeyError:
                undo = self.fill(undo)
            blocks.append(Block(kind="note", text=f"Undo: {undo}"))
        if entry.output:
            blocks.append(Block(kind="output", text=entry.output))
        return blocks

    def tool_order(self, tools: list[str]) -> list[str]:
        """Tools with the asked-for one first, then those on this machine, then the usual order."""
        present = {tool.name for tool in self.view.machine.tools} if self.view.machine else set()
        if "python" in present or "python3" in present:
            present |= {"venv", "pip"}

        def key(tool: str) -> tuple[int, int, int]:
            asked = self.view.tools.index(tool) if tool in self.view.tools else 99
            usual = TOOL_ORDER.index(tool) if tool in TOOL_ORDER else 50
            return (asked, 0 if tool in present else 1, usual)

        if not present & {"conda", "mamba", "micromamba", "uv", "pixi", "poetry", "pipx", "virtualenv"}:
            # Only Python itself: the document's tool stays first, it is what most people asking have in mind.
            present = set()
        return sorted(tools, key=key)

    def pick(self, commands: tuple[Command, ...], risk: str = "") -> tuple[ShownCommand, ...]:
        """The commands that hold for the view's system and shell; all of them where none does."""
        fitting = [command for command in commands if self._fits(command)]
        chosen = fitting or list(commands)
        labelled = not fitting
        shown = []
        for command in chosen:
            run, replace = self.fill_command(command.run)
            label = ", ".join((*command.os, *command.shell)) if labelled else ""
            note = ": ".join(part for part in (label, self.fill(command.note)) if part)
            # What deletes or needs an administrator says so itself; the commands beside it do neither.
            worse = risk if risk not in ("", "deletes", "admin") and command.risk == "reads" else command.risk
            shown.append(
                ShownCommand(
                    run=run,
                    tool=command.tool,
                    shell=command.shell[0] if len(command.shell) == 1 else "",
                    os=command.os[0] if len(command.os) == 1 else "",
                    risk=worse,
                    note=note,
                    to_replace=replace,
                )
            )
        return tuple(shown)

    def _fits(self, command: Command) -> bool:
        system, shell = self.view.system, self.view.shell
        if command.os and system and system not in command.os:
            return False
        return not (command.shell and shell and shell not in command.shell)

    def fill(self, text: str) -> str:
        """Text with its placeholders replaced by what was named, else by their examples."""
        if "{" not in text:
            return text
        return PLACEHOLDER.sub(lambda found: self._value(found[1])[0], text).replace("{{", "{").replace("}}", "}")

    def fill_command(self, run: str) -> tuple[str, tuple[tuple[str, str], ...]]:
        """A command with its placeholders replaced, and which examples the person has to replace."""
        replace: dict[str, str] = {}
        if any(mark in self.view.slots.get("name", "") for mark in "/\\"):
            run = run.replace("-n {name}", "-p {name}")  # an environment that goes by its folder

        def value(found: re.Match[str]) -> str:
            text, known = self._value(found[1])
            if not known:
                replace[text] = self.placeholders[found[1]]["title"]
            return text

        filled = PLACEHOLDER.sub(value, run).replace("{{", "{").replace("}}", "}")
        return filled, tuple(replace.items())

    def _value(self, name: str) -> tuple[str, bool]:
        slots = self.view.slots
        if name in slots:
            return slots[name], True
        if name == "shell" and self.view.shell:
            return {"cmd": "cmd.exe"}.get(self.view.shell, self.view.shell), True
        if name in ("packages", "tool") and "package" in slots:
            return slots["package"], True
        if name == "path" and "name" in slots:
            return slots["name"], True
        item = self.placeholders.get(name)
        return (item["example"], False) if item else (f"{{{name}}}", True)

    def _tool_title(self, tool: str) -> str:
        return {"venv": "venv", "anaconda": "Anaconda", "miniconda": "Miniconda", "miniforge": "Miniforge"}.get(
            tool, tool
        )

    def citations(self, ids: tuple[str, ...]) -> tuple[Citation, ...]:
        found = (self.library.section(name) for name in ids)
        return tuple(
            Citation(section=one.id, heading=one.heading, first=one.first, last=one.last, summary=one.summary)
            for one in found
            if one
        )

    def sources(self, ids: tuple[str, ...]) -> tuple[SourceNote, ...]:
        return source_notes(ids, self.library)

    def flows(self, entry: Entry) -> tuple[FlowOffer, ...]:
        known = set(self.library.flow_ids())
        names = list(dict.fromkeys((*entry.flows, *(fix.flow for fix in entry.fixes if fix.flow))))
        fix_params = {fix.flow: fix.params for fix in entry.fixes if fix.flow}
        offers = []
        for name in names:
            if name not in known:
                continue
            data = self.library.record(f"flow:{name}")
            wanted = set(data.get("params") or ())
            params = {key: value for key, value in _as_params(self.view.slots, wanted).items() if key in wanted}
            if "packages" in wanted and "package" in self.view.slots:
                params.setdefault("packages", self.view.slots["package"])
            if self.view.tools and "tool" in wanted:
                params.setdefault("tool", self.view.tools[0])
            params |= {key: self.fill(value) for key, value in fix_params.get(name, {}).items() if key in wanted}
            offers.append(FlowOffer(id=name, title=data.get("title", name), params=params))
        return tuple(offers)

    def links(self, ids: tuple[str, ...]) -> tuple[Link, ...]:
        found = []
        for name in ids:
            try:
                found.append(Link(id=name, title=self.library.title(name)))
            except KeyError:
                continue
        return tuple(found)
