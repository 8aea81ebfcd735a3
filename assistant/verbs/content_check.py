"""Knowledge and flows checked together: what `kb check`, `kb build` and the making of the wheel rely on."""

from __future__ import annotations

from pathlib import Path

from assistant.content.load import Content
from assistant.runner.flowcheck import check_flows
from assistant.search.compile import load_checked


def check_all(knowledge: Path, flows: Path) -> tuple[Content, list[str]]:
    """Everything that was read, and every mistake in it as `file:line: what`, in order."""
    content = load_checked(knowledge, flows)
    found = check_flows(
        flows,
        entries={entry.id for entry in content.entries},
        sections={section.id for section in content.sections},
        sources=set(content.sources),
    )
    _check_confirm(content)
    return content, sorted({*content.problems.lines(), *found.lines()}, key=_place)


def _check_confirm(content: Content) -> None:
    """What a problem names under `confirm` is a look or a check of the doctor."""
    from assistant.content.schema import nearest
    from assistant.machine.confirm import known, names

    for entry in content.entries:
        if entry.confirm and not known(entry.confirm):
            file, line = content.where[entry.id]
            place = content.lines.get((entry.id, "confirm"), line)
            message = f"`{entry.id}`: no look or check `{entry.confirm}`{nearest(entry.confirm, names())}"
            content.problems.add(file, place, message)


def _place(line: str) -> tuple[str, int, str]:
    file, _, rest = line.partition(":")
    number, _, what = rest.partition(":")
    return file, int(number) if number.isdigit() else 0, what
