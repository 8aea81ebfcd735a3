"""Suggestions while typing: phrasings whose words begin like the words typed so far."""

from __future__ import annotations

from assistant.search.text import fold

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library


class Suggester:
    """All phrasings, folded once. `suggest` is a plain scan: a few thousand short texts take a few milliseconds."""

    def __init__(self, library: Library) -> None:
        phrases: dict[str, str] = {}
        for phrase in library.index["asks"]:
            phrases.setdefault(f" {fold(phrase)}", phrase)
        self._phrases = sorted(phrases.items(), key=lambda item: len(item[0]))

    def __len__(self) -> int:
        return len(self._phrases)

    def suggest(self, typed: str, limit: int = 6) -> list[str]:
        """Phrasings in which each typed word begins a word; those that begin like the whole text come first."""
        words = fold(typed).split()
        if not words or len(words) > 12:
            return []
        starts = [f" {word}" for word in words]
        whole = " " + " ".join(words)
        first: list[str] = []
        rest: list[str] = []
        for folded, shown in self._phrases:
            if all(start in folded for start in starts):
                (first if folded.startswith(whole) else rest).append(shown)
                if len(first) >= limit:
                    break
        return (first + rest)[:limit]
