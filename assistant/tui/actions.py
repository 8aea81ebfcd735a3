"""Every action of the full-screen face in one list: footer, help, palette and the user's own keys all read it.

The scope says where a key works: `app` everywhere, `ask` in the conversation, `card` on the lines of a card, `flows`
and `machine` in their tabs, `flow` on a flow's screen.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding, BindingType

SCOPES = {
    "app": "Everywhere",
    "ask": "In the conversation",
    "card": "On a line of a card",
    "flows": "In the Flows tab",
    "machine": "In the Machine tab",
    "flow": "On a flow's screen",
}


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
        """The action as a Textual binding. Where somebody types, the key must come before the input's own."""
        return Binding(
            self.keys,
            self.run,
            self.title.partition(": ")[2],
            show=self.show,
            id=self.id,
            tooltip=self.help,
            priority=self.scope in ("app", "ask"),
        )


def _of(scope: str, *rows: tuple[str, str, str, str, str], shown: frozenset[str] = frozenset()) -> list[Action]:
    """The actions of one scope; `shown` are those that the footer names."""
    return [Action(name, keys, run, title, words, name in shown, scope) for name, keys, run, title, words in rows]


ACTIONS: tuple[Action, ...] = (
    *_of(
        "app",
        ("help", "f1", "help", "help: Help", "what the keys and the commands do"),
        ("view.ask", "f2,alt+1", "tab('ask')", "view: Ask", "the conversation"),
        ("view.reference", "f3,alt+2", "tab('reference')", "view: Reference", "commands by task and tool"),
        ("view.flows", "f4,alt+3", "tab('flows')", "view: Flows", "guided flows and past runs"),
        ("view.machine", "f5,alt+4", "tab('machine')", "view: Machine", "what is on this machine"),
        ("view.flow", "f6,alt+5", "running_flow", "view: Running flow", "back to the flow that is open"),
        ("palette", "ctrl+p", "command_palette", "palette: Palette", "find any action, flow, task or theme"),
        (
            "interrupt",
            "ctrl+c",
            "interrupt",
            "app: Stop",
            "copy what is marked; stop a flow; empty the input; twice: leave",
        ),
        ("quit", "ctrl+q", "quit", "app: Quit", "leave envguide"),
        ("theme.next", "f9", "next_theme", "theme: Next", "try the next theme"),
        shown=frozenset({"help", "palette", "quit"}),
    ),
    *_of(
        "ask",
        ("answer.copy", "ctrl+y", "copy_command", "answer: Copy", "copy the newest answer's first command"),
        ("answer.flow", "ctrl+r", "run_flow", "answer: Run", "open the flow that the newest answer offers"),
        ("answer.translate", "ctrl+t", "translate", "answer: Translate", "the newest command in another tool"),
        ("answer.more", "ctrl+o", "more", "answer: More", "the rest of the newest answer"),
        ("answer.source", "ctrl+s", "source", "answer: Source", "what the cited section says"),
        ("conversation.clear", "ctrl+l", "clear", "conversation: Clear", "start an empty conversation"),
        ("conversation.find", "ctrl+f", "find", "conversation: Find", "search in the conversation"),
        ("conversation.up", "pageup", "page(-1)", "conversation: Page up", "scroll back"),
        ("conversation.down", "pagedown", "page(1)", "conversation: Page down", "scroll on"),
        ("conversation.older", "alt+up", "card(-1)", "conversation: Older card", "to the card before"),
        ("conversation.newer", "alt+down", "card(1)", "conversation: Newer card", "to the card after"),
        shown=frozenset({"answer.copy", "answer.flow", "answer.more", "conversation.find"}),
    ),
    *_of(
        "card",
        ("card.take", "enter,space", "take", "card: Take", "copy this command, follow this line"),
        ("card.copy", "c", "copy_text", "card: Copy text", "copy this line"),
        ("card.down", "down,j", "app.focus_next", "card: Next line", "to the next line"),
        ("card.up", "up,k", "app.focus_previous", "card: Previous line", "to the line before"),
    ),
    *_of(
        "flows",
        ("flows.open", "enter", "open", "flows: Open", "open the flow, or go on with the run"),
        ("flows.undo", "u", "undo", "flows: Undo", "take this run back; its plan comes first"),
        ("flows.redo", "d", "redo", "flows: Redo", "run this run's flow again"),
        ("flows.log", "l", "log", "flows: Log", "what this run did"),
        ("flows.refresh", "f8", "refresh", "flows: Refresh", "read the runs again"),
        shown=frozenset({"flows.open", "flows.refresh"}),
    ),
    *_of(
        "machine",
        ("machine.refresh", "f8,r", "refresh", "machine: Refresh", "look at the machine again"),
        ("machine.shell", "s", "shell", "machine: Shell", "open a shell in this environment; leave it to come back"),
        ("machine.copy", "c", "copy", "machine: Copy path", "copy this environment's folder"),
        ("machine.report", "p", "report", "machine: Report", "copy a report for a bug, private things taken out"),
        shown=frozenset({"machine.refresh", "machine.shell", "machine.report"}),
    ),
    *_of(
        "flow",
        ("flow.follow", "f", "follow", "flow: Follow", "follow the output, or hold it"),
        ("flow.find", "ctrl+f", "find", "flow: Find", "search in the output"),
        ("flow.type", "i", "type", "flow: Type", "type a line to the running program"),
        ("flow.preview", "p", "preview", "flow: Preview", "what this step would install"),
        ("flow.ask", "a", "ask", "flow: Ask", "ask something; the flow goes on, F6 comes back"),
        ("flow.leave", "escape", "leave", "flow: Leave", "back; the flow stays open"),
        shown=frozenset({"flow.follow", "flow.find", "flow.ask", "flow.leave"}),
    ),
)


def actions(scope: str) -> tuple[Action, ...]:
    """The actions of one scope."""
    return tuple(action for action in ACTIONS if action.scope == scope)


def bindings(scope: str) -> list[BindingType]:
    """The bindings of one scope."""
    return [action.binding() for action in actions(scope)]


def key_words(keys: str) -> str:
    """`ctrl+y,f2` as a person reads it: Ctrl+Y or F2."""
    return " or ".join(_key_words(key.split("+")) for key in keys.split(",") if key)


def footer_key(key: str) -> str:
    """A key as the footer names it, short: ^Y, F1, Esc, u."""
    named = {"escape": "Esc", "question_mark": "?", "pageup": "PgUp", "pagedown": "PgDn"}
    *modifiers, last = key.split("+")
    shown = named.get(last, last if len(last) == 1 else last.capitalize())
    before = "".join({"ctrl": "^"}.get(modifier, modifier.capitalize() + "+") for modifier in modifiers)
    return before + (shown.upper() if modifiers and len(shown) == 1 else shown)


def _key_words(parts: list[str]) -> str:
    named = {"pageup": "PageUp", "pagedown": "PageDown", "question_mark": "?", "slash": "/"}
    alone = len(parts) == 1 and len(parts[0]) == 1
    return "+".join(named.get(part, part if alone else part.capitalize()) for part in parts)
