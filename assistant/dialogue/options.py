"""What an option means, in every tool that has it: "what does --no-deps do", "-U", "--config-settings pip"."""

from __future__ import annotations

import re

from assistant.dialogue.answer import Answer, Block, Link, Table
from assistant.dialogue.explain import flag_table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library

OPTION = re.compile(r"(?<!\S)['\"`(]?(--?[A-Za-z][\w-]*)")
_AROUND = frozenset(
    """what whats does do is the a mean means meaning of for in option flag switch parameter explain about with use when why
    command and which it this please how""".split()
)
MOST_ROWS = 10
USUAL = ("conda", "pip", "uv", "mamba", "pixi")  # their meanings come first


def explain_option(text: str, library: Library) -> Answer | None:
    """The option's meaning, tool by tool; None where the message says more than the option, tools and their commands."""
    options = OPTION.findall(text)
    if len(options) != 1:
        return None
    option = options[0]
    tools = library.flag_tools()
    rest = [word for word in re.findall(r"[\w.-]+", text.replace(option, " ", 1).lower()) if word not in _AROUND]
    named = [tool for tool in tools if tool in rest]
    wanted = [word for word in rest if word not in named]
    rows: list[tuple[str, str]] = []
    known: set[str] = set()
    for tool in named or sorted(tools, key=lambda name: (USUAL.index(name) if name in USUAL else len(USUAL), name)):
        for command in flag_table(tool, library).commands:
            known.update(command.command.split())
            if wanted and not set(wanted) <= set(command.command.split()):
                continue
            for flag in command.flags:
                if option in flag.flag:
                    rows.append((f"{tool} {command.command}".strip(), flag.means))
    if not rows or not set(wanted) <= known:
        return None
    by_meaning: dict[str, list[str]] = {}
    for place, means in rows:
        by_meaning.setdefault(means, []).append(f"`{place}`")
    table = Table(
        heads=("In", "Meaning"),
        rows=tuple((", ".join(commands[:4]), means) for means, commands in list(by_meaning.items())[:MOST_ROWS]),
    )
    first, means = rows[0]
    title = f"What `{option}` means"
    return Answer(
        question=text,
        status="answered",
        entry=Link(id=f"option:{option}", title=title),
        kind="command",
        title=title,
        blocks=(
            Block(kind="lead", text=f"With `{first}`: {means[:1].lower()}{means[1:].rstrip('.')}."),
            *((Block(kind="table", table=table),) if len(by_meaning) > 1 else ()),
        ),
        confidence=0.95,
    )
