"""Flows by id: from the YAML of a folder or from compiled content. One converter reads both."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from assistant import paths
from assistant.content.marks import Mark, Problems, load_marked
from assistant.content.schema import convert, nearest
from assistant.errors import ContentError, UsageError
from assistant.runner.flow import Flow


class Catalog:
    """Flows, read when they are asked for. `ids` are in the order of the content."""

    def __init__(self, ids: list[str], read: Callable[[str], Flow]) -> None:
        self.ids = ids
        self._read = read
        self._flows: dict[str, Flow] = {}

    def get(self, flow_id: str) -> Flow:
        """One flow.

        Raises:
            UsageError: there is none of that id.
            ContentError: its file has mistakes.
        """
        if flow_id not in self.ids:
            known = ", ".join(self.ids) or "none"
            raise UsageError(f"there is no flow `{flow_id}`{nearest(flow_id, self.ids)}", f"flows: {known}")
        if flow_id not in self._flows:
            self._flows[flow_id] = self._read(flow_id)
        return self._flows[flow_id]

    def all(self) -> list[Flow]:
        """Every flow."""
        return [self.get(flow_id) for flow_id in self.ids]


def from_folder(folder: Path | None = None) -> Catalog:
    """The flows of a folder of YAML files; a file is named after the flow in it. Default: this installation's."""
    place = folder or paths.content_dir("flows")
    files = {path.stem: path for path in sorted(place.glob("*.yaml"))}

    def read(flow_id: str) -> Flow:
        problems = Problems()
        name = f"flows/{files[flow_id].name}"
        mark = load_marked(files[flow_id], name, problems)
        flow = convert(mark, Flow, name, problems, "this flow") if mark else None
        if not isinstance(flow, Flow) or problems:
            raise ContentError(problems.lines())
        return flow

    return Catalog(list(files), read)


def from_plain(records: Mapping[str, Any]) -> Catalog:
    """Flows from plain data, as the compiled file holds them: id -> mapping."""
    return Catalog(list(records), lambda flow_id: flow_from_plain(records[flow_id]))


def flow_from_plain(data: Any) -> Flow:
    """One flow from plain data.

    Raises:
        ContentError: the data is not a right flow.
    """
    problems = Problems()
    name = f"flows/{data.get('id', '?')}.yaml" if isinstance(data, dict) else "flows/?"
    flow = convert(_marked(data), Flow, name, problems, "this flow")
    if not isinstance(flow, Flow) or problems:
        raise ContentError(problems.lines())
    return flow


def _marked(data: Any) -> Mark:
    if isinstance(data, dict):
        return Mark({str(key): _marked(value) for key, value in data.items()}, 0)
    if isinstance(data, (list, tuple)):
        return Mark(tuple(_marked(item) for item in data), 0)
    return Mark(data if data is None or isinstance(data, (bool, str)) else str(data), 0)
