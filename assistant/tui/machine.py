"""The Machine tab: findings, environments, GPUs and the rest on the left; the chosen one in full on the right."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from textual import on
from textual.app import ComposeResult
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList
from textual.widgets.option_list import Option

from assistant.machine.doctor.finding import Finding, Results
from assistant.machine.model import Driver, Environment, Gpu, Machine
from assistant.tui import machine_cards as cards
from assistant.tui.actions import bindings
from assistant.tui.aside import aside
from assistant.tui.listing import Listing
from assistant.tui.pieces import Copied, Item, Lines
from assistant.tui.safe import safe_line

if TYPE_CHECKING:
    from assistant.tui.app import GuideApp

GPU_EVERY = 2.0  # seconds between two looks at the GPUs, while they are shown
SIZE_LIMIT = 30.0  # seconds that measuring one environment may take


class MachinePane(Horizontal):
    """What there is on this machine and what is wrong with it. Every look happens beside the screen's work."""

    BINDINGS = bindings("machine")

    class Looked(Message):
        """The whole look, and what the checks made of it."""

        def __init__(self, machine: Machine, results: Results) -> None:
            super().__init__()
            self.machine, self.results = machine, results

    class Measured(Message):
        """The size of an environment: bytes, and whether all was counted."""

        def __init__(self, path: str, size: int, whole: bool) -> None:
            super().__init__()
            self.path, self.size, self.whole = path, size, whole

    class Gpus(Message):
        """The GPUs as they are at this moment."""

        def __init__(self, driver: Driver, gpus: tuple[Gpu, ...]) -> None:
            super().__init__()
            self.driver, self.gpus = driver, gpus

    def __init__(self, machine: Machine | None, checks: tuple[str, ...] = ()) -> None:
        super().__init__(id="machine")
        self.seen = machine
        self.results: Results | None = None
        self.checks = checks
        self.sizes: dict[str, tuple[int, bool]] = {}
        self.measuring = ""
        self.looking = False
        self.listing = Listing(id="machine-list", compact=True)
        self.detail = VerticalScroll(id="machine-detail", can_focus=False)
        self._gpu_lines: Lines | None = None
        self._gpu_thread: threading.Thread | None = None

    def compose(self) -> ComposeResult:
        """List and detail."""
        yield self.listing
        yield self.detail

    def on_mount(self) -> None:
        """What is known at once, then the whole look."""
        self._fill()
        self.action_refresh()
        self.set_interval(GPU_EVERY, self._watch_gpus)

    @property
    def guide(self) -> GuideApp:
        """The app, by its own type."""
        return self.app  # type: ignore[return-value]

    # Looking.

    def look(self, checks: tuple[str, ...]) -> None:
        """Look again, with these checks of the doctor; all of them without a name."""
        self.checks = checks
        self.action_refresh()

    def action_refresh(self) -> None:
        """Look at the whole machine again."""
        if not self.looking:
            self.looking = True
            self.sizes.clear()
            self._fill()
            aside(self, lambda: self._look(self.checks), "doctor")

    def _look(self, checks: tuple[str, ...]) -> Message:
        from assistant.machine.doctor import run_checks
        from assistant.machine.probe import probe

        machine = probe()
        return self.Looked(machine, run_checks(machine, checks))

    @on(Looked)
    def _looked(self, event: Looked) -> None:
        self.looking = False
        self.seen, self.results = event.machine, event.results
        self.guide.post_message(self.guide.Looked(event.machine))
        self._fill()

    def _fill(self) -> None:
        before = self.listing.highlighted_option
        options = [
            *self._findings(),
            _head("Environments" + (f" ({len(self.seen.environments)})" if self.seen else "")),
            *(self._environment(one) for one in (self.seen.environments if self.seen else ())),
            _head("Machine"),
            Option(Content("GPU and driver"), id="gpu"),
            Option(Content("System and tools"), id="system"),
            Option(Content("Disk and caches"), id="disk"),
        ]
        self.listing.set_options(options)
        ids = [option.id for option in options]
        place = ids.index(before.id) if before and before.id in ids else None
        self.listing.highlighted = (
            place if place is not None else next((n for n, one in enumerate(options) if not one.disabled), None)
        )

    def _findings(self) -> list[Option]:
        if self.results is None:
            return [
                _head("Findings"),
                Option(Content.styled("looking ..." if self.looking else "not looked yet", "$text-muted"), id="wait"),
            ]
        found = self.results.findings
        options = [_head(f"Findings ({len(found)})" + (", looking again ..." if self.looking else ""))]
        if not found:
            options.append(
                Option(Content.styled(f"all is well ({len(self.results.checked)} checks)", "$success"), id="well")
            )
        for number, finding in enumerate(found):
            sign, style = cards.SIGNS[finding.effect]
            options.append(
                Option(Content.assemble((f"{sign} ", style), safe_line(finding.title)), id=f"finding:{number}")
            )
        if unanswered := len(cards.failures(self.results, self.seen)):
            options.append(Option(Content.styled(f"? {unanswered} without an answer", "$text-muted"), id="unanswered"))
        return options

    def _environment(self, one: Environment) -> Option:
        active = self.seen is not None and one.path == self.seen.active_path
        return Option(
            Content.assemble(
                ("* " if active else "  ", "bold $success"),
                (safe_line(cards.shown_name(one, self.seen)), "bold" if active else ""),
                (f"  {safe_line(one.kind)} {safe_line(one.python_version)}".rstrip(), "$text-muted"),
                ("" if one.works else "  broken", "$error"),
            ),
            id=f"env:{one.path}",
        )

    # The chosen one.

    @property
    def chosen(self) -> tuple[str, str]:
        """What is highlighted: its kind and its name."""
        option = self.listing.highlighted_option
        kind, _, name = (option.id or "").partition(":") if option else ("", "", "")
        return kind, name

    @property
    def environment(self) -> Environment | None:
        """The environment that is highlighted."""
        kind, name = self.chosen
        found = self.seen.environments if self.seen else ()
        return next((one for one in found if one.path == name), None) if kind == "env" else None

    @property
    def finding(self) -> Finding | None:
        """The finding that is highlighted."""
        kind, name = self.chosen
        return self.results.findings[int(name)] if kind == "finding" and self.results else None

    @on(OptionList.OptionHighlighted, "#machine-list")
    async def _highlighted(self) -> None:
        await self._show()

    async def _show(self) -> None:
        kind, _ = self.chosen
        self._gpu_lines = None
        machine = self.seen
        if self.environment and machine:
            self._measure_chosen()
            widgets = cards.environment(
                self.environment, machine, self.sizes.get(self.environment.path), self.guide.flows
            )
        elif self.finding:
            widgets = cards.finding(self.finding, self.guide.flows)
        elif machine is None:
            widgets = [Lines(lambda width: ["Looking at this machine ..."])]
        elif kind == "gpu":
            self._gpu_lines = Lines(lambda width: cards.gpu_lines(machine.driver, machine.gpus, machine, width))
            widgets = [*cards.gpu_head(machine), self._gpu_lines]
            self._watch_gpus()
        elif kind == "disk":
            widgets = cards.disk(machine)
        elif kind == "unanswered" and self.results:
            widgets = cards.unanswered(self.results, machine)
        elif kind in ("wait", "well") and self.results:
            widgets = cards.checked(self.results)
        elif kind == "wait":
            widgets = [Lines(lambda width: ["The checks are running; everything else can be used meanwhile."])]
        else:
            widgets = cards.system(machine)
        await self.detail.remove_children()
        await self.detail.mount_all(widgets)
        self.detail.scroll_home(animate=False)

    def _measure_chosen(self) -> None:
        """Measure the chosen environment, one at a time: running down the list must not read a hundred at once."""
        one = self.environment
        if one and not self.measuring and one.path not in self.sizes:
            self.measuring = path = one.path
            aside(self, lambda: self._measure(path), "size")

    def _measure(self, path: str) -> Message:
        from assistant.machine.sizes import folder_size

        size, whole = folder_size(path, deadline=time.monotonic() + SIZE_LIMIT)
        return self.Measured(path, size, whole)

    @on(Measured)
    async def _measured(self, event: Measured) -> None:
        self.measuring = ""
        self.sizes[event.path] = (event.size, event.whole)
        if self.environment and self.environment.path == event.path:
            await self._show()
        else:
            self._measure_chosen()

    def _watch_gpus(self) -> None:
        if self._gpu_lines and self.display and self.screen.is_current:
            if self._gpu_thread is None or not self._gpu_thread.is_alive():
                self._gpu_thread = aside(self, self._look_at_gpus, "gpus")

    def _look_at_gpus(self) -> Message:
        from assistant.machine.context import this_machine
        from assistant.machine.gpu import find_gpus

        return self.Gpus(*find_gpus(this_machine()))

    @on(Gpus)
    def _gpus_seen(self, event: Gpus) -> None:
        machine = self.seen
        if self._gpu_lines and machine:
            self._gpu_lines.remake(lambda width: cards.gpu_lines(event.driver, event.gpus, machine, width))

    # Actions.

    @on(OptionList.OptionSelected, "#machine-list")
    def _selected(self, event: OptionList.OptionSelected) -> None:
        event.stop()
        items = self.detail.query(Item)
        if items:
            items.first().focus()

    def action_shell(self) -> None:
        """Open a shell in the environment; leaving it comes back here."""
        if self.environment and self.seen:
            self.guide.open_shell(self.environment, self.seen)
        else:
            self.guide.say("Choose an environment first.")

    def action_copy(self) -> None:
        """Copy the environment's folder."""
        if self.environment:
            self.post_message(Copied(self.environment.path))
        else:
            self.guide.say("Choose an environment first.")

    def action_report(self) -> None:
        """Copy a report for a bug, private things taken out."""
        if self.seen is None or self.results is None:
            self.guide.say("The look is not finished yet.")
            return
        import socket

        from assistant import __version__
        from assistant.machine.doctor.report import report

        self.guide.copy_text(report(self.seen, self.results, version=__version__, host=socket.gethostname()))


def _head(text: str) -> Option:
    return Option(Content.styled(text, "bold $accent"), disabled=True)
