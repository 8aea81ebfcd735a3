"""Every action of the full-screen face in one list: footer, help, palette and the user's own keys all read it."""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True)
class Action:
    """`id` is what a user's keymap names; `run` is Textual's action; `title` reads "noun: verb" in the palette."""

    id: str
    keys: str
    run: str
    title: str
    help: str
    show: bool = False
    scope: str = "app"

    def binding(self) -> Binding:
        """The action as a Textual binding."""
        return Binding(self.keys, self.run, self.title.split(": ")[-1], show=self.show, id=self.id, tooltip=self.help, priority=self.scope == "app")


ACTIONS = (
    Action("help", "f1", "help", "help: Help", "what the keys do", show=True),
    Action("tab.ask", "f2", "tab('ask')", "view: Ask", "the conversation", show=True),
    Action("tab.reference", "f3", "tab('reference')", "view: Reference", "commands by task and tool", show=True),
    Action("tab.flows", "f4", "tab('flows')", "view: Flows", "guided flows and past runs", show=True),
    Action("tab.machine", "f5", "tab('machine')", "view: Machine", "what is on this machine", show=True),
    Action("palette", "ctrl+p", "command_palette", "palette: Palette", "find any action, flow or task", show=True),
    Action("interrupt", "ctrl+c", "interrupt", "app: Clear, then quit", "stop what runs; else clear the input; else, twice, quit"),
    Action("quit", "ctrl+q", "quit", "app: Quit", "leave envguide", show=True),
    Action("theme.next", "f9", "next_theme", "theme: Next", "try the next theme"),
    Action("answer.copy", "ctrl+y", "copy_command", "answer: Copy command", "copy the newest answer's first command"),
    Action("answer.flow", "ctrl+r", "run_flow", "answer: Run as flow", "open the flow that the newest answer offers"),
    Action("answer.more", "ctrl+e", "more", "answer: More", "the rest of the newest answer"),
    Action("answer.source", "ctrl+s", "source", "answer: Source", "what the cited section says"),
    Action("conversation.clear", "ctrl+l", "clear", "conversation: Clear", "start an empty conversation"),
    Action("find", "ctrl+f", "find", "conversation: Find", "search in what is on the screen"),
)


def bindings(scope: str = "app") -> list[Binding]:
    """The bindings of one scope."""
    return [action.binding() for action in ACTIONS if action.scope == scope]
