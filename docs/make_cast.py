"""Makes the screencast from the real program: `python docs/make_cast.py` (writes docs/envguide.cast, asciinema's version 2).

The program runs in a pseudo-terminal, with an empty home; what it paints is written down with its times. Play it with
`asciinema play docs/envguide.cast`.
"""

from __future__ import annotations

import codecs
import json
import os
import re
import select
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

HERE = Path(__file__).resolve().parent
COLUMNS, LINES = 100, 30
PER_KEY = 0.07  # seconds between two keys, as a person types
LONGEST = 2.5  # seconds; a longer pause is shortened to this
PATIENCE = 60.0

# What is typed, and the words that have to appear before it goes on; "" waits only for the screen to rest.
SCENES = (
    ("conda vs venv\r", "A conda environment or a venv"),
    ("create an env called demo with python 3.11\r", "Create an environment"),
    ("ModuleNotFoundError: No module named 'numpy'\r", "The module is not installed"),
    ("/run create-environment tool=venv name=demo location=./demo\r", "Run this step"),
    ("y", "Use it in this terminal"),
    ("q", "Ask, paste an error"),
    ("\x1bOR", "what do you want to do?"),  # F3
    ("free disk", "Free disk space"),
    ("\x11", ""),  # Ctrl+Q
)


class Recorder:
    """A program in a pseudo-terminal; everything that it writes, with its time."""

    def __init__(self, folder: Path) -> None:
        import fcntl
        import struct
        import termios

        self.master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", LINES, COLUMNS, 0, 0))
        home = folder / "home"
        work = home / "project"
        work.mkdir(parents=True)
        kept = ("PATH", "LANG", "LC_ALL")
        env = {name: os.environ[name] for name in kept if name in os.environ}
        env |= {"TERM": "xterm-256color", "COLORTERM": "truecolor", "HOME": str(home), "SHELL": "/bin/bash"}
        env |= {"ENVGUIDE_HOME": str(folder / "state"), "PYTHONPATH": str(HERE.parent)}
        warm = [sys.executable, "-m", "assistant", "ask", "conda vs venv"]
        subprocess.run(warm, env=env, cwd=work, capture_output=True, check=True)  # what a first run makes is not shown
        self.program = subprocess.Popen(
            [sys.executable, "-m", "assistant"], stdin=slave, stdout=slave, stderr=slave, cwd=work, env=env
        )
        os.close(slave)
        self.decode = codecs.getincrementaldecoder("utf-8")("replace").decode
        self.events: list[tuple[float, str]] = []
        self.seen = ""

    def take(self, seconds: float) -> bool:
        """Take what is painted meanwhile; whether the program still runs."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if select.select([self.master], [], [], left)[0]:
                try:
                    data = os.read(self.master, 1 << 16)
                except OSError:
                    return False
                if not data:
                    return False
                text = self.decode(data)
                self.events.append((time.monotonic(), text))
                self.seen += re.sub(r"\x1b\[[0-9;?]*[A-Za-z$]", "", text)
        return True

    def type(self, text: str) -> None:
        """As a person would; an escape sequence is one key."""
        for key in [text] if text.startswith("\x1b") else text:
            os.write(self.master, key.encode())
            self.take(PER_KEY if len(text) > 2 else 0.1)

    def expect(self, words: str) -> None:
        """Wait for words on the screen, then a moment to read."""
        limit = time.monotonic() + PATIENCE
        while words and words not in self.seen:
            if time.monotonic() > limit:
                raise SystemExit(f"`{words}` did not appear:\n{self.seen[-3000:]}")
            if not self.take(0.2):
                break
        self.take(2.0)
        self.seen = ""


def cast(recorder: Recorder) -> Iterator[str]:
    """The lines of the file: a head, then one event each; long pauses are shortened."""
    head = {"version": 2, "width": COLUMNS, "height": LINES, "title": "envguide", "env": {"TERM": "xterm-256color"}}
    yield json.dumps(head)
    began, skipped = recorder.events[0][0], 0.0
    before = began
    for at, text in recorder.events:
        skipped += max(0.0, at - before - LONGEST)
        before = at
        yield json.dumps([round(at - began - skipped, 3), "o", text])


def main() -> int:
    """Record and write."""
    with tempfile.TemporaryDirectory(prefix="e") as folder:
        recorder = Recorder(Path(folder))
        recorder.expect("Ask about Python environments")
        recorder.take(2.0)
        for typed, words in SCENES:
            recorder.type(typed)
            recorder.expect(words)
        recorder.program.wait(20)
        os.close(recorder.master)
        lines = list(cast(recorder))
    (HERE / "envguide.cast").write_text("\n".join(lines) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
