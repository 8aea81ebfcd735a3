"""What was asked before: kept as lines of JSON in the state folder, walked with Up and Down."""

from __future__ import annotations

import json
from pathlib import Path

from assistant import paths

MAX_KEPT = 500


class History:
    """Questions, oldest first. A folder that cannot be written costs the memory of this session only."""

    def __init__(self, file: Path | None = None) -> None:
        self.file = file or paths.state_dir() / "history.jsonl"
        self.lines = self._read()
        self._position = len(self.lines)
        self._draft = ""

    def _read(self) -> list[str]:
        try:
            raw = self.file.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []
        found = []
        for line in raw[-MAX_KEPT:]:
            try:
                text = json.loads(line)
            except ValueError:
                continue
            if isinstance(text, str):
                found.append(text)
        return found

    def add(self, text: str) -> None:
        """Remember one message, unless it is the same as the last one."""
        if not self.lines or self.lines[-1] != text:
            self.lines.append(text)
            try:
                self.file.parent.mkdir(parents=True, exist_ok=True)
                with self.file.open("a", encoding="utf-8") as out:
                    out.write(json.dumps(text) + "\n")
            except OSError:
                pass  # kept for this session alone
        self._position = len(self.lines)

    def back(self, current: str) -> str | None:
        """The message before; None where there is none. What was being typed is kept."""
        if self._position == 0:
            return None
        if self._position == len(self.lines):
            self._draft = current
        self._position -= 1
        return self.lines[self._position]

    def forward(self) -> str | None:
        """The message after, and at the end what was being typed; None where the end was reached before."""
        if self._position >= len(self.lines):
            return None
        self._position += 1
        return self._draft if self._position == len(self.lines) else self.lines[self._position]
