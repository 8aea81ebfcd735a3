"""Work beside the screen's own, in a thread that never holds up leaving: a hanging probe must not keep the app open."""

from __future__ import annotations

import threading
from collections.abc import Callable

from textual.dom import DOMNode
from textual.message import Message


class Failed(Message):
    """The work raised; the app says so."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


def aside(owner: DOMNode, work: Callable[[], Message | None], name: str) -> threading.Thread:
    """Run `work`, and post what it returns to `owner`. Widgets are never touched in the thread."""

    def run() -> None:
        try:
            message = work()
        except Exception as error:
            message = Failed(error)
        if message is not None:
            owner.post_message(message)

    thread = threading.Thread(target=run, name=f"aside-{name}", daemon=True)
    thread.start()
    return thread
