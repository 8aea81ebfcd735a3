"""Questions that had no answer, kept on this machine only, so that authors can see what is missing. A setting turns it off."""

from __future__ import annotations

import json
from pathlib import Path

from assistant import paths
from assistant.dialogue.answer import Answer

MAX_KEPT = 500
MAX_LENGTH = 300


def gaps_file() -> Path:
    """Where unanswered questions are kept."""
    return paths.state_dir() / "gaps.jsonl"


def keep_gap(answer: Answer) -> None:
    """Keep one unanswered question. Never fails: a state folder that cannot be written loses the note, not the answer."""
    from assistant.settings import load_settings

    if not load_settings()["keep_unanswered"]:
        return
    nearest = answer.related[0].id if answer.related else ""
    path = gaps_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        line = json.dumps({"question": answer.question[:MAX_LENGTH], "nearest": nearest}, ensure_ascii=False)
        if line not in lines:
            path.write_text("\n".join([*lines, line][-MAX_KEPT:]) + "\n", encoding="utf-8")
    except (OSError, UnicodeError):
        return


def read_gaps() -> list[dict[str, str]]:
    """The kept questions, oldest first; damaged lines are passed over."""
    try:
        lines = gaps_file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = []
    for line in lines:
        try:
            item = json.loads(line)
        except ValueError:
            continue
        if isinstance(item, dict) and isinstance(item.get("question"), str):
            found.append({"question": item["question"], "nearest": str(item.get("nearest", ""))})
    return found


def clear_gaps() -> None:
    """Forget all kept questions."""
    gaps_file().unlink(missing_ok=True)
