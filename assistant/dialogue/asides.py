"""Questions about a part of the last answer: one of its commands ("and the second?"), one of its options ("what is -y?")."""

from __future__ import annotations

from assistant.dialogue.about import says
from assistant.dialogue.answer import Answer
from assistant.dialogue.options import OPTION

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.talk import Conversation
    from assistant.search.library import Library

_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3, "fifth": 4, "last": -1}
_AROUND = frozenset("and what does do the command line step one mean means is for about explain of that in it".split())
_COMMAND = frozenset("command line step do does mean means explain".split())
MOST_WORDS = 9  # of such a question
USUAL_TOOLS = ("conda", "pip", "uv")  # where neither the answer nor the conversation names one


def about_command(talk: Conversation, text: str, said: list[str], last: Answer) -> Answer | None:
    """What the first, second ... command of the last answer does; after one such question "and the second?" is enough."""
    named = [word for word in said if word in _ORDINALS]
    if len(named) != 1 or last.kind == "comparison" or not all(word in _AROUND or word in _ORDINALS for word in said):
        return None
    if not talk.aside and _COMMAND.isdisjoint(said):
        return None
    place = _ORDINALS[named[0]]
    if not -1 <= place < len(last.commands):
        return None
    from assistant.dialogue.explain import explain_command

    command = last.commands[place]
    explained = explain_command(command.run, talk.library)
    if explained is None:
        return says(text, f"`{command.run}`" + (f": {command.note}" if command.note else ""), last)
    return explained.replace(question=text, entry=last.entry, related=())


def about_option(talk: Conversation, text: str, said: list[str], last: Answer) -> Answer | None:
    """What an option means, in the last answer's commands or else in the tool that is talked about."""
    options = OPTION.findall(text)
    if len(options) != 1 or len(said) > MOST_WORDS or text.split()[0] in talk.library.flag_tools():
        return None
    if len(said) > 3 and not {"what", "whats", "why", "mean", "means", "meaning", "explain", "about"} & set(said):
        return None
    found = _in_commands(options[0], last, talk.library) or _in_tools(options[0], talk, last)
    return says(text, f"`{options[0]}` ({found[0]}): {found[1]}", last) if found else None


def _in_commands(option: str, last: Answer, library: Library) -> tuple[str, str] | None:
    """(command, meaning) of an option that stands in one of the answer's commands."""
    from assistant.content.commandline import parse, split_line
    from assistant.dialogue.explain import flag_table

    tables = {
        name: flag_table(name, library)
        for name in {command.tool for command in last.commands} & set(library.flag_tools())
    }
    for command in last.commands:
        if option not in command.run:
            continue
        for line in split_line(command.run):
            parsed = parse(line, tables)
            for piece in parsed.pieces if parsed else ():
                if parsed and piece.means and piece.text.split("=")[0].split()[0] == option:
                    return f"{parsed.tool} {parsed.command}".strip(), piece.means
    return None


def _in_tools(option: str, talk: Conversation, last: Answer) -> tuple[str, str] | None:
    """(command, meaning) of an option of the tools that are talked about, first of the commands that the answer shows."""
    from assistant.dialogue.explain import flag_table

    shown = " ".join(command.run for command in last.commands)
    family = last.entry.id.split(".")[0] if last.entry else ""
    tools = dict.fromkeys((*(command.tool for command in last.commands), *talk.frame.tools, family, *USUAL_TOOLS))
    for tool in tools:
        if tool not in talk.library.flag_tools():
            continue
        commands = flag_table(tool, talk.library).commands
        for command in sorted(commands, key=lambda item: not (item.command and f"{tool} {item.command}" in shown)):
            for flag in command.flags:
                if option in flag.flag:
                    return f"{tool} {command.command}".strip(), flag.means
    return None
