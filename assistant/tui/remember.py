"""What the full-screen face remembers between its starts: the theme that was chosen. One small file of state."""

from __future__ import annotations

import json
from pathlib import Path

from assistant import paths


def _file() -> Path:
    return paths.state_dir() / "screen.json"


def remembered_theme() -> str:
    """The theme chosen last; empty where none was, or the file cannot be read."""
    try:
        data = json.loads(_file().read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    theme = data.get("theme") if isinstance(data, dict) else None
    return theme if isinstance(theme, str) else ""


def remember_theme(name: str) -> None:
    """Keep a theme for the next start; a folder that cannot be written costs only that."""
    try:
        _file().parent.mkdir(parents=True, exist_ok=True)
        _file().write_text(json.dumps({"theme": name}) + "\n", encoding="utf-8")
    except OSError:
        return
