"""The compiled content, opened: finds it (wheel or cache), makes it again when it is stale or damaged."""

from __future__ import annotations

import os

from assistant import paths
from assistant.content.compiled import Compiled, Index, read_compiled, stamp, write_compiled
from assistant.content.models import Entry, Section, Source, entry_from_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class Library:
    """Everything envguide knows, decoded piece by piece as it is asked for."""

    def __init__(self, compiled: Compiled) -> None:
        self._compiled = compiled
        self.index: dict[str, Any] = Index(compiled)
        self._numbers: dict[str, int] | None = None
        self._entries: dict[int, Entry] = {}
        self._records: dict[str, Any] = {}

    def __len__(self) -> int:
        return int(self.index["count"])

    def entry(self, key: int | str) -> Entry:
        """An entry by number or id; KeyError where there is none."""
        number = key if isinstance(key, int) else self.number(key)
        if number not in self._entries:
            self._entries[number] = entry_from_plain(self._compiled.record(f"entry:{number}"))
        return self._entries[number]

    def number(self, entry_id: str) -> int:
        """The number of an entry id; KeyError where there is none."""
        if self._numbers is None:
            self._numbers = {name: number for number, name in enumerate(self.index["ids"])}
        return self._numbers[entry_id]

    def title(self, entry_id: str) -> str:
        """An entry's title, without decoding the entry."""
        return str(self.index["titles"][self.number(entry_id)])

    def record(self, name: str) -> Any:
        """One record of the compiled file as plain data, kept once decoded; KeyError where there is none."""
        if name not in self._records:
            self._records[name] = self._compiled.record(name)
        return self._records[name]

    def section(self, section_id: str) -> Section | None:
        """A section of the document; None where there is none of that id."""
        data = next((item for item in self.record("sections") if item["id"] == section_id), None)
        return Section(**data) if data else None

    def source(self, source_id: str) -> Source | None:
        """A source; None where there is none of that id."""
        data = self.record("sources").get(source_id)
        return Source(**data) if data else None

    def flow_ids(self) -> list[str]:
        """The ids of all flows."""
        return list(self.record("flows"))

    def flag_tools(self) -> list[str]:
        """The tools whose flags are known."""
        return [name.removeprefix("flags:") for name in self._compiled.names() if name.startswith("flags:")]


def open_library() -> Library:
    """The compiled content of this installation, made again first where its sources have changed.

    Raises ContentError where there is no usable content at all.
    """
    knowledge, flows = paths.content_folder("knowledge"), paths.content_folder("flows")
    now = stamp(knowledge, flows)
    cached = cached_file(knowledge)
    compiled = read_compiled(cached)
    if compiled and compiled.made_from["files"] == now:
        return Library(compiled)
    packaged = paths.packaged_compiled_file()
    compiled = read_compiled(packaged)
    if compiled and _is_as_packaged(compiled, now, packaged):
        return Library(compiled)
    from assistant.search.compile import compile_content

    data = compile_content(paths.content_dir("knowledge"), paths.content_dir("flows"), strict=False)
    write_compiled(cached, data)
    return Library(Compiled(data))


def cached_file(knowledge: str) -> str:
    """One cached file for each content folder, so that two checkouts do not take turns in rebuilding."""
    import zlib

    return os.path.join(paths.user_folder("cache"), f"content-{zlib.crc32(knowledge.encode()):08x}.dat")


def _is_as_packaged(compiled: Compiled, now: list[list[Any]], packaged: str) -> bool:
    """Whether the wheel's sources are the ones its compiled file was made from: same names and sizes, none edited since."""
    made = [[name, size] for name, size, _ in compiled.made_from["files"]]
    if made != [[name, size] for name, size, _ in now]:
        return False
    installed = os.stat(packaged).st_mtime_ns
    slack = 60 * 10**9  # an installer writes its files one after another
    return all(changed <= installed + slack for _, _, changed in now)
