"""The empty conversation: it teaches by examples that can be taken."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.containers import Vertical
from textual.content import Content

from assistant.tui.pieces import Link, Words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.runner.store import RunInfo

# What one can do, and examples of it.
EXAMPLES = (
    ("Ask", "conda vs venv"),
    ("", "create an env called demo with python 3.13"),
    ("Check", "which cuda for driver 535"),
    ("", "why is my GPU not used by torch"),
    ("Mend", "ModuleNotFoundError: No module named 'numpy'"),
    ("", "CondaToSNonInteractiveError"),
    ("Do", "free disk space"),
    ("", "/compare conda uv"),
)
KEYS = (("Enter", "asks"), ("Ctrl+P", "finds everything"), ("/", "commands"), ("?", "help"))


class Welcome(Vertical):
    """What to ask, by example; and the run that was cut off, where there is one."""

    def compose(self) -> ComposeResult:
        """The heading."""
        yield Words(
            Content.assemble(
                ("Ask about Python environments and packages\n\n", "bold"),
                ("Answers are for this machine and name the lines they come from. ", "$text-muted"),
                ("A flow shows its plan and asks before it acts.", "$text-muted"),
            ),
            classes="lead",
        )

    def on_mount(self) -> None:
        """The examples come right after the first paint: each is a widget, and together they would delay it."""
        self.call_after_refresh(self._show_examples)

    def _show_examples(self) -> None:
        if not self.is_attached:
            return
        links = [
            Link(
                Content.assemble((f"{what:<8}", "$text-muted"), (example, "$accent")), "ask", example, classes="example"
            )
            for what, example in EXAMPLES
        ]
        parts = [part for key, does in KEYS for part in ((key, "$accent"), (f" {does}   ", "$text-muted"))]
        self.mount(*links, Words(Content.assemble(*parts), classes="keys"))

    def offer(self, runs: list[RunInfo]) -> None:
        """Show the runs that were cut off, above the examples."""
        if not self.is_attached:
            return
        self.remove_children(".unfinished")
        if runs:
            links = [
                Link(_left(run), "resume", run.id, classes="unfinished", tip="go on with it; its plan comes first")
                for run in runs[:3]
            ]
            self.mount(Words(Content.styled("Not finished", "bold $warning"), classes="unfinished"), *links, before=1)
            links[-1].add_class("last")


def _left(run: RunInfo) -> str:
    began = run.began[:16].replace("T", " ")
    return f"{run.title}: {run.done} of {run.steps} steps done, began {began}"
