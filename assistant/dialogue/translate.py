"""A command of one tool turned into another tool's, through the task that both do."""

from __future__ import annotations

import re
import shlex

from assistant.content.frozen import Frozen
from assistant.dialogue.answer import Answer, Block, Link, Table
from assistant.dialogue.compose import PLACEHOLDER, compose
from assistant.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.engine import Asked
    from assistant.search.library import Library


class FoundTask(Frozen):
    """A task whose form a command matches, and the values it gives to the placeholders."""

    entry_id: str
    slots: dict[str, str]
    score: float


DROPPED = 0.6  # taken off for an option of the form that the command does not use
SAME_ACTION = 2.0
NEARLY = 1.6  # below the best score: as good, as far as the words can tell
IGNORED_FLAGS = {"-y", "--yes", "-q", "--quiet", "--json", "-v"}
_ALIASES = {
    "pip3": "pip",
    "python3": "python",
    "remove": "uninstall",
    "upgrade": "update",
    "--upgrade": "-U",
    "--name": "-n",
    "--prefix": "-p",
    "--file": "-f",
    "--requirement": "-r",
    "--channel": "-c",
    "--editable": "-e",
}


def _words(line: str) -> list[str]:
    try:
        words = shlex.split(line, posix=False)
    except ValueError:
        words = line.split()
    return [word.strip("\"'") for word in words]


def _normal(line: str) -> list[str]:
    words = _words(line)
    if (len(words) > 2 and "python" in words[0] and words[1] == "-m") or (words[:1] == ["py"] and words[1:2] == ["-m"]):
        words = ["pip" if words[2] == "pip" else words[2], *words[3:]]
    if words[:3] == ["conda", "env", "export"]:
        words = ["conda", "export", *words[3:]]  # the same command since conda 24.3
    return [
        _ALIASES.get(word, word)
        if index != 1 or words[0] not in ("conda", "mamba", "micromamba", "pixi", "uv")
        else word
        for index, word in enumerate(words)
        if word not in IGNORED_FLAGS
    ]


def find_task(line: str, library: Library) -> FoundTask | None:
    """The task whose form fits a command best, with the placeholders' values read off it."""
    words = _normal(line)
    if not words:
        return None
    found: dict[str, FoundTask] = {}
    index = library.index
    for number, kind in enumerate(index["kinds"]):
        if kind != "command" or _tool_of(words) not in index["frames"][number][2]:
            continue
        entry = library.entry(number)
        seen: set[str] = set()
        for form in entry.forms:
            pattern, dropped = _without_missing(_normal(form.run), words)
            match = _match(pattern, words)
            first = form.tool not in seen
            seen.add(form.tool)
            if match is None:
                continue
            # A form that is not its tool's first is a later step of the task, or another way to do it.
            slots, score = match[0], match[1] + (1.5 if first else 0.0) - DROPPED * dropped
            if entry.action and _verb_is(entry.action, words, library):
                score += SAME_ACTION
            if entry.id not in found or score > found[entry.id].score:
                found[entry.id] = FoundTask(entry_id=entry.id, slots=slots, score=score)
    return _likeliest(line, list(found.values()), library)


def _likeliest(line: str, found: list[FoundTask], library: Library) -> FoundTask | None:
    """The best match; of several that are nearly as good, the one that a search for the command finds first."""
    if not found:
        return None
    top = max(item.score for item in found)
    near = [item for item in found if item.score >= top - NEARLY]
    if len(near) > 1:
        from assistant.search.rank import rank
        from assistant.search.understand import understand

        ranked = rank(understand(line, library.index), library.index, limit=60)
        order = {library.index["ids"][item.number]: place for place, item in enumerate(ranked)}
        near.sort(key=lambda item: (order.get(item.entry_id, len(order)), -item.score, item.entry_id))
    return near[0]


def _without_missing(pattern: list[str], words: list[str]) -> tuple[list[str], int]:
    """A form without what the command leaves out: "-n {name}", "python={python}", "> file"; and how many that were."""
    kept: list[str] = []
    dropped = position = 0
    if len(pattern) > len(words) and PLACEHOLDER.fullmatch(pattern[-1]) and not pattern[-2].startswith("-"):
        pattern, dropped = pattern[:-1], 1
    while position < len(pattern):
        item = pattern[position]
        prefix, found, _ = item.partition("{")
        if found and prefix.endswith("=") and not any(word.startswith(prefix) for word in words):
            dropped += 1
            position += 1
            continue
        optional = item in (">", "-c") or (
            item.startswith("-") and pattern[position + 1 : position + 2] and PLACEHOLDER.search(pattern[position + 1])
        )
        if optional and item not in words:
            dropped += 1
            position += 2
            continue
        kept.append(item)
        position += 1
    return kept, dropped


def _verb_is(action: str, words: list[str], library: Library) -> bool:
    """Whether a command's verb is a word for the action: `pip install` installs, whatever else it may be a step of."""
    if words[0] in ("venv", "virtualenv") or words[1:2] == ["venv"]:
        return action == "create"
    forms = {form for bag in library.index["lexicon"]["actions"].get(action, ()) if len(bag) == 1 for form in bag[0]}
    return not forms.isdisjoint(word for word in words[1:3] if not word.startswith("-"))


def _tool_of(words: list[str]) -> str:
    name = words[0].replace("\\", "/").rsplit("/", 1)[-1].removesuffix(".exe")
    if name == "py" or name.startswith("python"):
        return words[words.index("-m") + 1] if "-m" in words[:-1] else "python"
    return {"pip3": "pip"}.get(name, name)


def _match(pattern: list[str], words: list[str]) -> tuple[dict[str, str], float] | None:
    """The values of the pattern's placeholders where it reads like `words`; fewer leftovers score higher."""
    slots: dict[str, str] = {}
    fixed = [item for item in pattern if not PLACEHOLDER.search(item)]
    rest = list(words)
    for item in fixed:
        if item not in rest:
            return None
    if pattern and words and pattern[0] != words[0]:
        return None
    after: dict[str, str] = {}
    for position, item in enumerate(pattern[1:], 1):
        name = PLACEHOLDER.search(item)
        previous = pattern[position - 1]
        if name and item == name[0] and previous.startswith("-") and previous in rest:
            at = rest.index(previous)
            if at + 1 >= len(rest):
                return None
            after[name[1]] = rest.pop(at + 1)
    for item in fixed:
        if item in rest:
            rest.remove(item)
    slots.update(after)
    templates = [item for item in pattern if PLACEHOLDER.search(item) and PLACEHOLDER.search(item)[1] not in after]  # type: ignore[index]
    for template in sorted(templates, key=len, reverse=True):
        regex = _template_regex(template)
        names = PLACEHOLDER.findall(template)
        found = next(((word, match) for word in rest if (match := regex.fullmatch(word))), None)
        if found is None:
            return None
        if names == ["packages"]:
            given = [word for word in rest if not word.startswith("-")]
            slots["packages"] = " ".join(given)
            for word in given:
                rest.remove(word)
            continue
        rest.remove(found[0])
        slots.update(found[1].groupdict())
    literal = sum(len(PLACEHOLDER.sub("", template)) for template in templates)
    score = len(fixed) * 2 + len(slots) + 0.3 * literal - 1.5 * len(rest) - 0.2 * max(0, len(pattern) - len(words))
    return slots, score


def _template_regex(template: str) -> re.Pattern[str]:
    parts, position = [], 0
    for found in PLACEHOLDER.finditer(template):
        parts.append(re.escape(template[position : found.start()]))
        parts.append(f"(?P<{found[1]}>[^-=<>][^=<>]*?)" if f"(?P<{found[1]}>" not in "".join(parts) else "[^=<>]+")
        position = found.end()
    parts.append(re.escape(template[position:]))
    return re.compile("".join(parts))


def translate(line: str, target: str, library: Library, asked: Asked) -> Answer:
    """`envguide translate CMD --to TOOL`: the same task in another tool, or why there is none."""
    from assistant.dialogue.compare import resolve_tool
    from assistant.dialogue.decide import unknown, view_for
    from assistant.dialogue.explain import strip_prompt

    command = strip_prompt(line)
    if not command:
        raise UsageError(
            "there is no command to translate",
            "for example: envguide translate 'conda create -n x python=3.12' --to uv",
        )
    wanted = resolve_tool(target, library)
    found = find_task(command, library)
    if found is None:
        return unknown(command, (), 0.0)
    entry = library.entry(found.entry_id)
    slots = dict(found.slots)
    if "packages" in slots and "package" not in slots and " " not in slots["packages"]:
        slots["package"] = slots["packages"]
    for alone in ("path", "name"):
        other = "name" if alone == "path" else "path"
        if alone in slots and other not in slots:
            slots[other] = slots[alone]
    names = (wanted, *_stands_in(wanted))
    forms = tuple(form for form in entry.forms if form.tool in names)
    view = view_for(slots, (wanted,), asked)
    link = Link(id=entry.id, title=entry.title)
    if not forms:
        reason = entry.none.get(wanted, "")
        text = f"{wanted} has no equivalent" + (f": {reason}" if reason else f" of “{entry.title.lower()}”.")
        composed = compose(entry, command, view, library)
        return composed.replace(
            blocks=(Block(kind="lead", text=text), *composed.blocks[1:]),
            title=f"No equivalent in {wanted}",
            question=command,
        )
    composed = compose(entry.replace(forms=forms), command, view, library)
    shown = [block for block in composed.blocks if block.kind == "commands"][:1]
    table = Table(heads=("Part", "Value"), rows=tuple((name, value) for name, value in found.slots.items()))
    blocks: list[Block] = [Block(kind="lead", text=f"{entry.title}, in {wanted}:"), *shown]
    if found.slots:
        blocks.append(Block(kind="table", text="Carried over", table=table))
    missing = {name for form in forms for name in PLACEHOLDER.findall(form.run)}
    lost = [name for name in found.slots if name not in missing and name not in ("name", "path", "package", "packages")]
    if lost:
        blocks.append(
            Block(kind="note", text=f"Not carried over: {', '.join(lost)}; {wanted} says it elsewhere or not at all.")
        )
    return composed.replace(
        blocks=tuple(blocks), title=f"In {wanted}", question=command, related=(link,), corrections=(), flows=(), more=""
    )


def _stands_in(tool: str) -> tuple[str, ...]:
    """Tools whose commands belong to another one's way of working."""
    return {
        "venv": ("pip", "python"),
        "miniconda": ("conda",),
        "anaconda": ("conda",),
        "miniforge": ("conda", "mamba"),
        "virtualenv": ("pip",),
    }.get(tool, ())
