"""A translation asked for in words: "uv equivalent of conda list", "conda create -n x in uv", "pip freeze but for conda"."""

from __future__ import annotations

import re
from itertools import pairwise, permutations

from assistant.dialogue.compare import resolve_tool
from assistant.dialogue.explain import is_prose, strip_prompt
from assistant.dialogue.translate import find_task
from assistant.errors import UsageError
from assistant.search.text import STOP_WORDS, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.answer import Answer
    from assistant.dialogue.engine import Asked
    from assistant.search.library import Library

MOST_WORDS = 3  # of a command that is looked for in any order
_LIKE = r"(?:equivalent|counterpart|analog(?:ue)?|alternative|version|replacement)"
_TOOL = r"(?P<tool>[a-z][a-z0-9-]*)"
_ASK = (
    r"(?:what(?:'s| is)|is there(?: an?)?|the|an?|how (?:do|can|would) (?:i|you) (?:do|say|write|run|get)|"
    r"translate|convert|turn)"
)
_PATTERNS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"^(?:{_ASK}\s+)*{_TOOL}(?:'s)?\s+{_LIKE}\s+(?:of|to|for)\s+(?P<command>\S.*)$",
        rf"^(?:{_ASK}\s+)*{_LIKE}\s+(?:of|to|for)\s+(?P<command>\S.*?)\s+(?:in|for|with|using)\s+{_TOOL}$",
        rf"^(?:{_ASK}\s+)*(?P<command>\S.*?)\s+{_LIKE}\s+(?:in|for|with|using)\s+{_TOOL}$",
        rf"^(?:{_ASK}\s+)*(?P<command>\S.*?)\s+{_TOOL}\s+{_LIKE}$",
        rf"^(?:{_ASK}\s+)*(?P<command>\S.*?),?\s+(?:but\s+)?(?:in|into|to|with|using|for)\s+{_TOOL}$",
    )
)
# What a flag at the end of a shortened command wants.
_VALUES = {
    "-r": "requirements.txt",
    "--requirement": "requirements.txt",
    "-f": "environment.yml",
    "-e": ".",
    "-n": "myenv",
}


def asked_translation(text: str, library: Library, asked: Asked) -> Answer | None:
    """The command in the other tool; None where the words ask for something else."""
    line = " ".join(text.split()).rstrip("?.! ")
    for pattern in _PATTERNS:
        found = pattern.match(line)
        if found:
            translated = _translated(found["command"], found["tool"], library, asked)
            if translated:
                return translated.replace(question=text)
    return _in_any_order(line, text, library, asked)


def _in_any_order(line: str, text: str, library: Library, asked: Asked) -> Answer | None:
    """`conda list equivalent, pip?`: two tools, a word that asks for a counterpart, and the words of a command of one of them."""
    said = [word for word in words(line) if word not in STOP_WORDS]
    tools = [word for word in said if word in library.flag_tools() and word != "python"]
    rest = [word for word in said if word not in tools and (word == "version" or not re.fullmatch(_LIKE, word))]
    if len(tools) != 2 or not 0 < len(rest) <= MOST_WORDS or len(rest) + len(tools) == len(said):
        return None
    follows = said[said.index(tools[0]) + 1]
    ways = (tools, tools[::-1]) if follows in rest else (tools[::-1], tools)
    for own, other in ways:
        for order in permutations(rest):
            translated = _translated(" ".join((own, *order)), other, library, asked)
            if translated:
                return translated.replace(question=text)
    return None


def _translated(command: str, tool: str, library: Library, asked: Asked) -> Answer | None:
    from assistant.dialogue.translate import translate

    line = strip_prompt(command)
    if find_task(line, library) is None:
        line = line.lower()  # typed in capitals, or With Capital Initials
    words = line.split()
    if len(words) < 2:
        return None
    try:
        target = resolve_tool(tool, library)
    except UsageError:
        return None
    own = words[0].lower()
    if own == target or own not in {*library.flag_tools(), "python", "python3", "py"}:
        return None
    free = [word for before, word in pairwise(words[1:]) if not before.startswith("-") and not word.startswith("-")]
    if any(is_prose(word, library) for word in free):
        return None  # "uv remove package still in venv" is a sentence
    if words[-1] in _VALUES:
        line = f"{line} {_VALUES[words[-1]]}"
    if find_task(line, library) is None:
        return None
    answer = translate(line, target, library, asked)
    return answer if answer.status == "answered" else None
