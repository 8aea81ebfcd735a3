"""Reading with prompt-toolkit: completion from knowledge, flows and real environment names; history; a bottom line."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from prompt_toolkit import PromptSession
from prompt_toolkit.completion import CompleteEvent, Completer, Completion
from prompt_toolkit.document import Document
from prompt_toolkit.history import FileHistory, InMemoryHistory
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.shortcuts import CompleteStyle

from assistant import paths
from assistant.dialogue.engine import Asked
from assistant.dialogue.slash import complete, known_words
from assistant.machine.model import Machine
from assistant.render.machine_line import machine_line
from assistant.search.library import Library
from assistant.search.suggest import Suggester


class GuideCompleter(Completer):
    """Slash commands and their words, environment names after "env", whole questions."""

    def __init__(self, library: Library, machine: Machine) -> None:
        self.library = library
        self.names = [environment.name for environment in machine.environments]
        self.words: dict[str, tuple[str, ...]] = {"environment": tuple(self.names)}
        self.suggester: Suggester | None = None
        self.loading = threading.Thread(target=self._load, daemon=True, name="suggestions")
        self.loading.start()

    def _load(self) -> None:
        from assistant.runner import api

        self.suggester = Suggester(self.library)
        runs = tuple(run.id for run in api.list_runs())
        self.words = {**known_words(self.library), **self.words, "run": runs}

    def get_completions(self, document: Document, complete_event: CompleteEvent) -> Iterable[Completion]:
        """Completions for what stands before the cursor."""
        text = document.text_before_cursor
        word = document.get_word_before_cursor(WORD=True)
        if text.startswith("/"):
            for item in complete(text, self.words):
                shown = f"{item.text} {item.words}".strip() if item.words else item.text.strip().rpartition(" ")[2]
                yield Completion(item.text, -len(text), display=shown, display_meta=item.help)
            return
        before = text[: len(text) - len(word)].rstrip().lower()
        if before.endswith(("env", "environment", "called", "named", "-n", "--name", "activate")):
            for name in self.names:
                if name.startswith(word):
                    yield Completion(name, -len(word), display_meta="an environment of yours")
        if self.suggester and len(text) > 1 and "\n" not in text:
            for phrase in self.suggester.suggest(text):
                yield Completion(phrase, -len(text))


def prompt_reader(
    library: Library, machine: Machine, asked: Callable[[], Asked] | None = None, **options: object
) -> Callable[[], str | None]:
    """A function that reads one message; None when the person leaves.

    `asked` says for whom answers are made, for the bottom line; `options` go to prompt-toolkit (for tests).
    """
    keys = KeyBindings()

    @keys.add("c-j")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    @keys.add("escape", "enter")
    def _(event: KeyPressEvent) -> None:
        event.current_buffer.insert_text("\n")

    session: PromptSession[str] = PromptSession(
        history=history(),
        completer=GuideCompleter(library, machine),
        complete_while_typing=True,
        complete_style=CompleteStyle.COLUMN,
        complete_in_thread=True,
        reserve_space_for_menu=6,
        bottom_toolbar=lambda: toolbar(machine, asked() if asked else None),
        key_bindings=keys,
        enable_history_search=True,
        mouse_support=False,
        **options,  # type: ignore[arg-type]
    )

    def read() -> str | None:
        while True:
            try:
                return session.prompt("> ")
            except KeyboardInterrupt:
                continue
            except EOFError:
                return None

    return read


def toolbar(machine: Machine, asked: Asked | None) -> str:
    """The bottom line: what answers are for, where that is not this machine; the keys; the machine."""
    chosen = ", ".join(part for part in (asked.system, asked.shell, asked.tool) if part) if asked else ""
    assumed = f"answers for {chosen}   " if chosen else ""
    return f" {assumed}/help   Tab completes   Ctrl+D leaves   {machine_line(machine)}"


def history() -> FileHistory | InMemoryHistory:
    """What was typed before, kept in the state folder where that can be written."""
    file = Path(paths.state_dir()) / "line-history"
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        file.touch()
    except OSError:
        return InMemoryHistory()
    return FileHistory(str(file))
