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
from assistant.tui.listing import Listing
from assistant.tui.pieces import Item
from assistant.tui.safe import safe_line

TOOLS = ("conda", "mamba", "micromamba", "pixi", "venv", "virtualenv", "pip", "uv", "pipx", "poetry")


class ReferencePane(Vertical):
    """Find a command by what it does."""

    def __init__(self, library: Library, asked: Asked) -> None:
        super().__init__(id="reference")
        self.library, self.asked = library, asked
        self.tasks: list[Task] = []
        self.words = Input(placeholder="what do you want to do?", id="reference-words", compact=True, highlighter=None)
        self.tools = Select([(tool, tool) for tool in TOOLS], prompt="any tool", id="reference-tool", compact=True)
        self.listing = Listing(id="reference-list", compact=True)
        self.detail = VerticalScroll(id="reference-detail", can_focus=False)

    def compose(self) -> ComposeResult:
        """Filter line, list, detail."""
        with Horizontal(id="reference-filter"):
            yield self.words
            yield self.tools
        with Horizontal():
            yield self.listing
            yield self.detail

    def on_mount(self) -> None:
        """List everything at first."""
        self._fill()

    @property
    def tool(self) -> str:
        """The tool that the list is kept to; empty for all."""
        value = self.tools.value
        return value if isinstance(value, str) else ""

    @on(Input.Changed, "#reference-words")
    @on(Select.Changed, "#reference-tool")
    def _fill(self) -> None:
        self.tasks = find_tasks(self.words.value, self.library, self.tool)
        self.listing.set_options(Option(Content(safe_line(task.title)), id=task.id) for task in self.tasks)
        if self.tasks:
            self.listing.highlighted = 0
        else:
            self.detail.remove_children()

    @on(Input.Submitted, "#reference-words")
    def _into_list(self) -> None:
        self.listing.focus()

    @on(OptionList.OptionSelected, "#reference-list")
    def _into_detail(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        items = self.detail.query(Item)
        if items:
            items.first().focus()

    @on(OptionList.OptionHighlighted, "#reference-list")
    async def _show(self, event: OptionList.OptionHighlighted) -> None:
        task = self.tasks[event.option_index] if event.option_index < len(self.tasks) else None
        await self.detail.remove_children()
        if task:
            asked = Asked(self.asked.system, self.asked.shell, self.tool or self.asked.tool, self.asked.machine)
            question = f"{task.title} {self.words.value}".strip()
            answer = task_answer(task.id, question, self.library, asked)
            await self.detail.mount(AnswerCard(answer.replace(question="")))
            self.detail.scroll_home(animate=False)
