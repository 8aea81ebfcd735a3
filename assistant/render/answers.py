"""An Answer as text: for a terminal (colour), for a pipe (plain), for a screen reader (no tables)."""

from __future__ import annotations

import re

from assistant.render.layout import Style, markdown, table, wrap

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer, Block, ShownCommand, SourceNote

# Parts of an address that say nothing about what it holds.
_VAGUE = frozenset({"index", "main", "README", "latest", "stable", "en", "tree", "blob", "source"})
_COMMIT = re.compile(r"[0-9a-f]{40}")

RISK_WORDS = {
    "user-files": "changes files of yours",
    "network": "downloads",
    "installs": "installs",
    "deletes": "deletes",
    "admin": "needs administrator rights",
}


def answer_text(answer: Answer, width: int = 100, style: Style | None = None, *, more: bool = False) -> str:
    """The whole answer as a person reads it, commands included."""
    style = style or Style(colour=False)
    lines: list[str] = []
    if answer.status == "answered" and answer.title:
        lines += [style.mark(answer.title, "title"), ""]
    for block in answer.blocks:
        part = block_lines(block, width, style)
        if part:
            lines += [*part, ""]
    if more and answer.more:
        lines += [*markdown(answer.more, width, style), ""]
    for correction in answer.corrections:
        sources = ", ".join(source_label(source) for source in correction.sources)
        text = f"The document says: {_stop(correction.said)} As of {correction.as_of}: {_stop(correction.now)}"
        if sources:
            text += f" ({sources})"
        sign = "Correction. " if style.accessible else style.mark("! ", "warn")
        lines += [*wrap(style.inline(text), width, sign, "  "), ""]
    for number, choice in enumerate(answer.choices, 1):
        lines.append(f"  {number}. {choice.title}")
    if answer.choices:
        lines.append("")
    for flow in answer.flows:
        settings = "".join(f" --set {name}={_quoted(value)}" for name, value in flow.params.items())
        lines += wrap(f"{flow.title}, step by step: `envguide run {flow.id}{settings}`", width, "> ", "  ")
    if answer.flows:
        lines.append("")
    named = " ".join(block.text for block in answer.blocks if block.kind == "note")
    related = [link.title for link in answer.related if f"“{link.title}”" not in named]
    if related and answer.status == "answered":
        lines += [*wrap("See also: " + "; ".join(related), width, "", "  "), ""]
    lines += source_lines(answer, width, style)
    if answer.more and not more and answer.status == "answered":
        lines.append(style.mark("There is more: add --more.", "dim"))
    if answer.why:
        lines += ["", "Why this answer:", *(f"  {line}" for line in answer.why)]
    while lines and not lines[-1]:
        lines.pop()
    return "\n".join(lines)


def _stop(text: str) -> str:
    return text if text.endswith((".", "?", "!")) else text + "."


def _quoted(value: str) -> str:
    return f"'{value}'" if any(char in value for char in " <>=[]*&|;$") else value


def source_label(source: SourceNote) -> str:
    """A source's short name: its title, else what its address is about (`conda/conda: activation`, `docs.python.org: venv`).

    The whole address stays in `--json` and where somebody asks for the source.
    """
    if source.title or "//" not in source.url:
        return source.title or source.id
    host, *parts = [part for part in source.url.split("//", 1)[1].split("#")[0].split("/") if part]
    host = host.removeprefix("www.")
    if host == "github.com" and len(parts) >= 2:
        project, parts = "/".join(parts[:2]), parts[2:]
        if parts[:1] in (["issues"], ["pull"]) and len(parts) > 1:
            return f"{project} #{parts[1]}"
        host = project
    names = [part.rsplit(".", 1)[0] if part.endswith((".html", ".md", ".rst", ".txt")) else part for part in parts]
    telling = [name for name in names if name not in _VAGUE and not name.isdecimal() and not _COMMIT.fullmatch(name)]
    return f"{host}: {telling[-1]}" if telling else host


def source_lines(answer: Answer, width: int, style: Style) -> list[str]:
    """Where the answer comes from: sections of the document, else dated sources."""
    lines = []
    if answer.citations:
        text = "; ".join(f"{item.heading}, lines {item.first}-{item.last}" for item in answer.citations)
        lines += [style.mark(line, "dim") for line in wrap(f"from: {text}", width, "", "  ")]
    if answer.sources:
        named = "; ".join(f"{source_label(item)} ({item.as_of})" for item in answer.sources[:4])
        label = "also" if answer.citations else "beyond the document"
        lines += [style.mark(line, "dim") for line in wrap(f"{label}: {named}", width, "", "  ")]
    return lines


def block_lines(block: Block, width: int, style: Style) -> list[str]:
    """One block of an answer as lines."""
    if block.kind == "lead":
        return markdown(block.text, width, style)
    if block.kind == "text":
        return markdown(block.text, width, style)
    if block.kind == "note":
        return wrap(style.inline(block.text), width)
    if block.kind == "output":
        return [style.mark("What it prints:", "dim"), *(f"    {line}" for line in block.text.split("\n"))]
    if block.kind == "table" and block.table:
        head = [f"{block.text}:"] if block.text else []
        return [*head, *table(block.table.heads, block.table.rows, width, style)]
    if block.kind == "list":
        lines = [f"{block.text}:"] if block.text else []
        for item in block.items:
            lines += wrap(style.inline(item), width, "- ", "  ")
        return lines
    if block.kind == "commands":
        return command_lines(block, width, style)
    return []


def command_lines(block: Block, width: int, style: Style) -> list[str]:
    """Commands, each on a line of its own so that it can be copied, with notes and what to replace."""
    head = f"{block.text}:" if block.commands else _stop(block.text)
    lines = wrap(style.inline(head), width) if block.text else []
    replace: dict[str, str] = {}
    for command in block.commands:
        lines.append("    " + style.mark(command.run, "command"))
        note = command_note(command)
        if note:
            lines += [style.mark(line, "dim") for line in wrap(note, width, "      ", "      ")]
        replace.update(command.to_replace)
    wanted = {text: title for text, title in replace.items() if title != "shell"}
    if wanted:
        named = ", ".join(f"{text} ({title})" for text, title in wanted.items())
        lines += [style.mark(line, "dim") for line in wrap(f"put your own for: {named}", width, "    ", "    ")]
    return lines


def command_note(command: ShownCommand) -> str:
    """What stands below a command: its note, and a warning where it deletes or needs an administrator."""
    warning = RISK_WORDS[command.risk] if command.risk in ("deletes", "admin") else ""
    return "; ".join(part for part in (command.note, warning) if part)


def command_summary(commands: tuple[ShownCommand, ...]) -> str:
    """The commands alone, one a line."""
    return "\n".join(command.run for command in commands)
