"""The Reference tab: tasks on the left, filtered as one types and by tool; the task in full on the right."""

from __future__ import annotations

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, OptionList, Select
from textual.widgets.option_list import Option

from assistant.dialogue.engine import Asked
from assistant.dialogue.reference import Task, find_tasks, task_answer
from assistant.search.library import Library
from assistant.tui.cards import AnswerCard
from assistant.tui.safe import safe_line

TOOLS = ("conda", "mamba", "micromamba", "pixi", "venv", "virtualenv", "pip", "uv", "pipx", "poetry")


class ReferencePane(Vertical):
    """Find a command by what it does."""

    def __init__(self, library: Library, asked: Asked) -> None:
        super().__init__(id="reference")
        self.library, self.asked = library, asked
        self.tasks: list[Task] = []

    def compose(self) -> ComposeResult:
        """Filter line, list, detail."""
        with Horizontal(id="reference-filter"):
            yield Input(placeholder="what do you want to do?", id="reference-words", compact=True)
            yield Select([(tool, tool) for tool in TOOLS], prompt="any tool", id="reference-tool", compact=True)
        with Horizontal():
            yield OptionList(id="reference-list", compact=True)
            yield VerticalScroll(id="reference-detail")

    def on_mount(self) -> None:
        """List everything at first."""
        self._fill()

    @on(Input.Changed, "#reference-words")
    @on(Select.Changed, "#reference-tool")
    def _fill(self) -> None:
        words = self.query_one("#reference-words", Input).value
        tool = self.query_one("#reference-tool", Select).value
        self.tasks = find_tasks(words, self.library, tool if isinstance(tool, str) else "")
        listing = self.query_one("#reference-list", OptionList)
        listing.set_options(Option(Content(safe_line(task.title)), id=task.id) for task in self.tasks)
        if self.tasks:
            listing.highlighted = 0

    @on(Input.Submitted, "#reference-words")
    def _into_list(self) -> None:
        self.query_one("#reference-list", OptionList).focus()

    @on(OptionList.OptionHighlighted, "#reference-list")
    async def _show(self, event: OptionList.OptionHighlighted) -> None:
        task = self.tasks[event.option_index] if event.option_index < len(self.tasks) else None
        detail = self.query_one("#reference-detail", VerticalScroll)
        await detail.remove_children()
        if task:
            tool = self.query_one("#reference-tool", Select).value
            asked = Asked(self.asked.system, self.asked.shell, tool if isinstance(tool, str) else "", self.asked.machine)
            answer = task_answer(task.id, task.title, self.library, asked)
            await detail.mount(AnswerCard(answer, question=task.title))
            detail.scroll_home(animate=False)
