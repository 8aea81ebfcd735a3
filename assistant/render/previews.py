"""What a step would install, as its tool says beforehand: lines for a person."""

from __future__ import annotations

from assistant.machine.sizes import human_size
from assistant.render.layout import wrap
from assistant.runner import api

MOST = 200  # packages that are named


def preview_lines(preview: api.Preview, width: int) -> list[str]:
    """Names, versions and the size of the download; or why that is not known."""
    if preview.error:
        return wrap(f"the tool cannot tell: {preview.error}. {preview.hint}".rstrip(". ") + ".", width)
    if not preview.packages:
        return ["nothing would be installed"]
    size = f", {human_size(preview.download)} to download" if preview.download else ""
    count = len(preview.packages)
    head = f"{count} package{'s' if count != 1 else ''}{size}: "
    names = [
        f"{'' if one.action == 'install' else one.action + ' '}{one.name} {one.version}"
        + (f" ({human_size(one.size)})" if one.size else "")
        for one in preview.packages[:MOST]
    ]
    more = f", and {count - MOST} more" if count > MOST else ""
    return wrap(head + ", ".join(names) + more, width, "", "  ")
