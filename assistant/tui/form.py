"""The values of a flow, as a form: each with its title, help and real things to choose from."""

from __future__ import annotations

from collections.abc import Callable

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Input, Select

from assistant.runner.params import Asked
from assistant.tui.pieces import Chosen, Link, Words, keyed
from assistant.tui.safe import plain, safe_line, safe_text

# Values -> what is wrong with them, and the titles of those that are still needed.
Check = Callable[[dict[str, str]], tuple[str, tuple[str, ...]]]


class Form(ModalScreen[dict[str, str] | None]):
    """Asks for values; hands them back, or None where the person thinks better of it."""

    BINDINGS = [("escape", "dismiss", "cancel"), ("ctrl+s", "done", "done")]

    def __init__(self, title: str, asked: tuple[Asked, ...], given: dict[str, str], check: Check) -> None:
        super().__init__()
        self.title_text, self.asked, self.given, self.check = title, asked, given, check
        self.wrong = Words(Content(""), classes="form-wrong")
        self.wrong.display = False

    def compose(self) -> ComposeResult:
        """A line for each value, then what is wrong, then the two ways out."""
        with Vertical(classes="dialog", id="form"):
            yield Words(Content.styled(safe_line(self.title_text), "bold"), classes="title")
            with VerticalScroll(can_focus=False):
                for one in self.asked:
                    yield from self._field(one)
            yield self.wrong
            with Horizontal(classes="bar-answers"):
                yield Link(keyed("Show the plan", "^S"), "done", classes="chip main")
                yield Link(keyed("Cancel", "Esc"), "cancel", classes="chip")

    def _field(self, one: Asked) -> ComposeResult:
        value = self.given.get(one.name, one.suggestion)
        yield Words(
            Content.assemble(
                (safe_line(one.title), "bold"), (f"  {safe_line(one.help)}" if one.help else "", "$text-muted")
            ),
            classes="form-label",
        )
        known = {choice.value: choice.label for choice in one.choices}
        if known and (value in known or not value) and one.type in ("choice", "env-name", "env-tool"):
            options = [(safe_text(f"{name}  {label}".rstrip()), name) for name, label in known.items()]
            chosen = value if value in known else next(iter(known))
            yield Select(options, value=chosen, allow_blank=False, id=f"field-{one.name}", compact=True)
        else:
            field = Input(
                value=plain(value, 500),
                placeholder=safe_line(one.example),
                id=f"field-{one.name}",
                compact=True,
                highlighter=None,
            )
            if known:
                field.tooltip = Content(plain(", ".join(known), 500))
            yield field

    def on_mount(self) -> None:
        """The first field is ready."""
        self.query("Input, Select").first().focus()

    @property
    def values(self) -> dict[str, str]:
        """What stands in the fields. An empty field is left to its default."""
        found = {}
        for one in self.asked:
            field = self.query_one(f"#field-{one.name}")
            text = str(field.value) if isinstance(field, Input | Select) else ""
            if text.strip():
                found[one.name] = text.strip()
        return found

    @on(Input.Submitted)
    def _next(self, event: Input.Submitted) -> None:
        fields = list(self.query("Input, Select"))
        if event.input is fields[-1]:
            self.action_done()
        else:
            self.focus_next()

    @on(Chosen)
    def _chosen(self, event: Chosen) -> None:
        event.stop()
        if event.kind == "done":
            self.action_done()
        else:
            self.dismiss(None)

    def action_done(self) -> None:
        """Hand the values back, if they are right."""
        values = self.values
        wrong, missing = self.check(values)
        self.wrong.display = bool(wrong or missing)
        if wrong:
            self.wrong.put(Content.styled(plain(wrong, 500), "$error"))
        elif missing:
            self.wrong.put(Content.styled(f"Still needed: {safe_line(', '.join(missing))}.", "$warning"))
        else:
            self.dismiss(values)
