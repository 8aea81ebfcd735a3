"""How the full screen behaves in use: from a key to the paint, CPU while nothing happens, memory over hours.

    python tests/benchmarks/screen.py [keys] [idle] [memory] [--rounds N] [--questions N] [--json]

Without a name all three. See README.md beside this file for what the numbers mean. Needs a POSIX terminal; CPU and memory
are read from /proc.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
if __package__ in (None, ""):
    sys.path.insert(0, str(ROOT))

SIZE = (100, 30)  # columns and lines
TYPED = ("create a conda environment with python 3.13", "why is torch.cuda.is_available() False", "delete an env")
QUIET = 0.15  # seconds without output after which a key's paint counts as whole
FRAME_END = b"\x1b[?2026l"  # Textual ends each frame so
ASKED = (
    "conda vs venv",
    "create an env called demo with python 3.13",
    "and with uv?",
    "ModuleNotFoundError: No module named 'numpy'",
    "which cuda for driver 535",
    "what is a channel",
    "how do I export my environment",
    "/compare conda uv pixi",
    "free disk space",
    "/translate conda create -n x python=3.12 --to uv",
)


class Terminal:
    """The program in a pseudo-terminal, and the frames that it paints."""

    def __init__(self, state: Path) -> None:
        import fcntl
        import struct
        import termios

        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", SIZE[1], SIZE[0], 0, 0))
        home = state / "home"
        home.mkdir(exist_ok=True)
        environment = {
            **os.environ,
            "ENVGUIDE_HOME": str(state / "envguide"),
            "HOME": str(home),
            "TERM": "xterm-256color",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
        self.program = subprocess.Popen(
            [sys.executable, "-m", "assistant"], stdin=slave, stdout=slave, stderr=slave, cwd=ROOT, env=environment
        )
        os.close(slave)

    def read(self, quiet: float, limit: float = 60.0) -> list[float]:
        """Take output until there was none for `quiet` seconds; the times at which frames ended."""
        ends: list[float] = []
        until = time.perf_counter() + limit
        while time.perf_counter() < until:
            ready, _, _ = select.select([self.master], [], [], quiet)
            if not ready:
                return ends
            data = os.read(self.master, 1 << 16)
            if b"\x1b[?2026$p" in data:  # it asks whether frames can be marked: they can
                os.write(self.master, b"\x1b[?2026;2$y")
            if FRAME_END in data or (data and not ends):
                ends.append(time.perf_counter())
        return ends

    def rest(self, seconds: float) -> None:
        """Take output for a while (the cursor blinks, so there never is none for long)."""
        until = time.perf_counter() + seconds
        while (left := until - time.perf_counter()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    os.read(self.master, 1 << 16)
                except OSError:  # the program has left
                    return

    def calm(self, limit: float = 90.0) -> None:
        """Wait until the look at the machine and the reading of the knowledge are over."""
        until = time.perf_counter() + limit
        self.rest(4.0)
        while time.perf_counter() < until:
            before = self.cpu()
            self.rest(2.0)
            if self.cpu() - before < 0.06:
                return

    def write(self, text: str) -> None:
        """Type."""
        os.write(self.master, text.encode())

    def cpu(self) -> float:
        """Seconds of CPU that the program has used."""
        fields = Path(f"/proc/{self.program.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def close(self) -> None:
        """Leave."""
        self.write("\x11")
        self.rest(2.0)
        try:
            self.program.wait(20)
        except subprocess.TimeoutExpired:
            self.program.kill()
            self.program.wait()
        os.close(self.master)


def keys(state: Path, rounds: int) -> dict[str, Any]:
    """Milliseconds from a key to the end of its last frame, in an empty conversation and after forty answers.

    `cpu` is what the program computes for one key, the whole of it; on a busy machine it is the steadier number.
    """
    terminal = Terminal(state)
    made: dict[str, Any] = {}
    try:
        terminal.read(0.3)
        terminal.calm()
        for name in ("empty conversation", "after forty answers"):
            if name.startswith("after"):
                for number in range(40):
                    terminal.write(ASKED[number % len(ASKED)].replace("/", "", 1) + "\r")
                    terminal.read(0.3, 20)
                terminal.rest(3.0)
            times: list[float] = []
            before = terminal.cpu()
            for _ in range(rounds):
                for text in TYPED:
                    for char in text:
                        began = time.perf_counter()
                        terminal.write(char)
                        ends = terminal.read(QUIET, 5)
                        if ends:
                            times.append(1000 * (ends[-1] - began))
                    terminal.write("\x03")  # empties the input
                    terminal.rest(0.3)
            made[name] = {**spread(times), "cpu": round(1000 * (terminal.cpu() - before) / len(times), 1)}
    finally:
        terminal.close()
    return made


def idle(state: Path, seconds: float) -> dict[str, Any]:
    """Percent of one CPU that the program uses while nothing happens: at the start, and after some answers."""
    terminal = Terminal(state)
    made: dict[str, Any] = {"seconds": seconds}
    try:
        terminal.read(0.3)
        terminal.calm()
        for name in ("empty conversation", "after ten answers"):
            if name.startswith("after"):
                for text in ASKED:
                    terminal.write(text + "\r")
                    terminal.read(0.3, 20)
                terminal.calm()
            before, began = terminal.cpu(), time.perf_counter()
            terminal.rest(seconds)
            made[name] = round(100 * (terminal.cpu() - before) / (time.perf_counter() - began), 2)
    finally:
        terminal.close()
    return made


def resident() -> float:
    """Megabytes of memory that this process holds."""
    gc.collect()
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS"))
    return int(line.split()[1]) / 1024


async def _use(questions: int) -> dict[str, Any]:
    """Ask, open plans, change tabs, search, as two hours of use would; memory after a fifth and at the end."""
    from assistant.tui.app import GuideApp

    app = GuideApp()
    marks: list[float] = []
    async with app.run_test(size=SIZE) as pilot:

        async def until(condition: Any) -> None:
            while not condition():
                await pilot.pause(0.01)

        await until(lambda: app.ask_pane.suggester is not None)
        pane = app.ask_pane
        for number in range(questions):
            text = ASKED[number % len(ASKED)]
            newest = pane.newest
            pane.ask(text)
            await until(lambda newest=newest: pane.newest is not newest)
            await pilot.pause()
            if number % 10 == 0:
                await pilot.press(*"conda env", "ctrl+c")
            if number % 20 == 5:
                for tab in ("reference", "flows", "machine", "ask"):
                    app.action_tab(tab)
                    await pilot.pause()
                app.open_flow("create-environment", {"tool": "venv", "name": "demo", "location": "./demo"})
                await until(lambda: app.desk.run and (app.desk.run.state or app.desk.run.error))
                await pilot.pause()
                app.close_flow()
                await until(lambda: len(app.screen_stack) == 1)
            if (number + 1) % max(1, questions // 10) == 0:
                marks.append(round(resident(), 1))
        mounted = len(list(pane.cards.children))
        widgets = len(list(app.query("*")))
    return {
        "questions": questions,
        "megabytes": marks,
        "growth": round(marks[-1] - marks[1], 1),
        "cards": mounted,
        "widgets": widgets,
    }


def memory(state: Path, questions: int) -> dict[str, Any]:
    """Megabytes at every tenth of the use, and the growth after the second tenth."""
    os.environ["ENVGUIDE_HOME"] = str(state / "envguide")
    os.environ["HOME"] = str(state / "home")
    (state / "home").mkdir(exist_ok=True)
    return asyncio.run(_use(questions))


def spread(times: list[float]) -> dict[str, float]:
    """Median, 95th percentile and the most."""
    ordered = sorted(times)
    if not ordered:
        return {}
    return {
        "keys": len(ordered),
        "median": round(ordered[len(ordered) // 2], 1),
        "p95": round(ordered[int(0.95 * (len(ordered) - 1))], 1),
        "most": round(ordered[-1], 1),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure the full screen in use.")
    parser.add_argument("what", nargs="*", choices=["keys", "idle", "memory", []], help="what to measure; default: all")
    parser.add_argument("--rounds", type=int, default=1, help="how often the same text is typed (default 1)")
    parser.add_argument("--seconds", type=float, default=20.0, help="how long to watch the idle program (default 20)")
    parser.add_argument("--questions", type=int, default=2000, help="questions of the long use (default 2000)")
    parser.add_argument("--json", action="store_true", help="as one JSON object")
    options = parser.parse_args(arguments)
    wanted = options.what or ["keys", "idle", "memory"]
    made: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        (state / "home").mkdir()
        once = {**os.environ, "ENVGUIDE_HOME": str(state / "envguide"), "HOME": str(state / "home")}
        once.pop("PYTHONDONTWRITEBYTECODE", None)
        subprocess.run(
            [sys.executable, "-m", "assistant", "ask", ASKED[0]], cwd=ROOT, env=once, capture_output=True, check=True
        )
        if "keys" in wanted:
            made["keys"] = keys(state, options.rounds)
        if "idle" in wanted:
            made["idle"] = idle(state, options.seconds)
        if "memory" in wanted:
            made["memory"] = memory(state, options.questions)
    if options.json:
        print(json.dumps(made, indent=1))
        return 0
    for name, found in made.get("keys", {}).items():
        print(f"key to paint, {name}: {', '.join(f'{key} {value:g}' for key, value in found.items())} (milliseconds)")
    for name, found in made.get("idle", {}).items():
        if name != "seconds":
            print(f"idle, {name}: {found:g} % of one CPU over {made['idle']['seconds']:g} s")
    if "memory" in made:
        found = made["memory"]
        print(
            f"memory after each tenth of {found['questions']} questions: {', '.join(map(str, found['megabytes']))} MB"
        )
        print(f"growth after warm-up: {found['growth']} MB; cards mounted {found['cards']}, widgets {found['widgets']}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
