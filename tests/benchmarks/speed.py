"""How fast envguide is, as ratios of things measured side by side in the same run.

    python tests/benchmarks/speed.py [--rounds N] [--json]

See README.md beside this file for what the numbers mean.
"""

from __future__ import annotations

import argparse
import json
import os
import re
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

QUESTION = "conda vs venv"
ROOT = Path(__file__).resolve().parents[2]
TYPED = (
    "create a conda environment",
    "pip install from a requirements file",
    "torch.cuda.is_available() is False",
    "delete an env",
)
# A page in the form that tldr's clients keep in their cache.
PAGE = """# conda

> Package, dependency and environment management for any language.

- Make a new environment with a version of Python:

`conda create --name {{environment}} python={{3.13}}`

- List all environments:

`conda env list`

- Delete an environment:

`conda env remove --name {{environment}}`
"""


def child_seconds(command: Sequence[str], environment: dict[str, str]) -> float:
    """The CPU time, user and system, that one run of a command takes. CalledProcessError where it fails."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=ROOT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def beside_python(name: str) -> str:
    """The program `name` of this Python's environment, or the one on PATH; empty where there is none."""
    return shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name) or ""


def one_shot(rounds: int, state: Path) -> tuple[dict[str, float], list[str]]:
    """Milliseconds of CPU of one answer, of a bare Python and of tldr showing a cached page: best of `rounds`."""
    environment = {
        **os.environ,
        "ENVGUIDE_HOME": str(state / "envguide"),
        "XDG_CACHE_HOME": str(state / "cache"),
        "HOME": str(state),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # an installed program has its bytecode
    commands = {
        "python -c pass": [sys.executable, "-c", "pass"],
        f'envguide ask "{QUESTION}"': [sys.executable, "-m", "assistant", "ask", QUESTION],
    }
    notes = []
    tldr = beside_python("tldr")
    if tldr:
        page = state / "cache" / "tldr" / "pages" / "common" / "conda.md"
        page.parent.mkdir(parents=True)
        page.write_text(PAGE, encoding="utf-8")
        commands["tldr conda (cached page)"] = [tldr, "--language", "en", "conda"]
    else:
        notes.append("tldr is not installed: skipped (`pip install tldr`)")
    for command in commands.values():  # what is made on a first run only is not measured
        child_seconds(command, environment)
    best = dict.fromkeys(commands, float("inf"))
    for _ in range(rounds):
        for name, command in commands.items():
            best[name] = min(best[name], child_seconds(command, environment))
    return {name: 1000 * seconds for name, seconds in best.items()}, notes


def suggestions(rounds: int) -> dict[str, float]:
    """Milliseconds of CPU for each key typed: envguide beside a rapidfuzz search of the same phrasings."""
    from rapidfuzz import process, utils

    from assistant.search.library import open_library
    from assistant.search.suggest import Suggester

    library = open_library()
    suggester = Suggester(library)
    phrases = [
        phrase for number in range(len(library)) for phrase in (library.entry(number).title, *library.entry(number).ask)
    ]
    folded = [utils.default_process(phrase) for phrase in phrases]
    typed = [text[:length] for text in TYPED for length in range(1, len(text) + 1)]
    each = {
        "envguide": suggester.suggest,
        "rapidfuzz": lambda text: process.extract(utils.default_process(text), folded, limit=6),
    }
    best = {(name, text): float("inf") for name in each for text in typed}
    for _ in range(rounds):
        for text in typed:
            for name, suggest in each.items():
                start = time.process_time_ns()
                suggest(text)
                best[name, text] = min(best[name, text], (time.process_time_ns() - start) / 1e6)
    made: dict[str, float] = {"phrasings": len(phrases)}
    for name in each:
        times = sorted(best[name, text] for text in typed)
        made[f"{name} median"] = times[len(times) // 2]
        made[f"{name} slowest"] = times[-1]
    return made


# Each child starts Python, imports what it needs, draws its first frame without a terminal, tells the CPU time that it has
# used so far, and leaves.
FIRST_FRAME = """
import os, sys, time

def tell():
    os.write(1, str(time.process_time()).encode())
    os._exit(0)

app.call_later(app.call_after_refresh, tell)
app.run(headless=True, size=(100, 30))
"""
EMPTY_APP = "from textual.app import App\napp = App()" + FIRST_FRAME
GUIDE_APP = "from assistant.tui.app import GuideApp\napp = GuideApp()" + FIRST_FRAME


def first_paint(rounds: int, state: Path) -> dict[str, float]:
    """Milliseconds of CPU from the start of Python to the first frame: the full screen beside an empty Textual app."""
    environment = {**os.environ, "ENVGUIDE_HOME": str(state / "envguide"), "HOME": str(state)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    apps = {"empty App": EMPTY_APP, "GuideApp": GUIDE_APP}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)

    def seconds(code: str) -> float:
        done = subprocess.run(
            [sys.executable, "-c", code],
            env=environment,
            check=True,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=ROOT,
        )
        return float(done.stdout)

    for code in apps.values():
        seconds(code)
    best = dict.fromkeys(apps, float("inf"))
    for _ in range(rounds):
        for name, code in apps.items():
            best[name] = min(best[name], seconds(code))
    return {name: 1000 * spent for name, spent in best.items()}


GREP_PATTERNS = 100


def diagnosing(rounds: int, state: Path) -> tuple[dict[str, float], list[str]]:
    """Milliseconds of CPU to find the problem in a megabyte of output: envguide beside `grep -E` with the same patterns.

    grep gets the first hundred patterns that it can read (all of them would take it minutes), with Python's named and
    silent groups written its way; envguide tries all of its patterns.
    """
    grep = shutil.which("grep")
    if not grep:
        return {}, ["grep is not on PATH: skipped"]
    from assistant.dialogue.diagnose import diagnose
    from assistant.search.library import open_library

    library = open_library()
    log = state / "output.log"
    lines = [
        f"Collecting package-{number}\n  Downloading package_{number}-1.{number % 90}-py3-none-any.whl ({number % 700} kB)\n"
        for number in range(14_000)
    ]
    log.write_text(
        "".join(lines)[:1_000_000] + "\nERROR: No matching distribution found for nosuch==9\n", encoding="utf-8"
    )
    patterns = state / "patterns"
    kept = ["No matching distribution found"]  # what the log ends with
    for number, kind in enumerate(library.index["kinds"]):
        for signature in library.entry(number).signatures if kind == "problem" else ():
            if len(kept) >= GREP_PATTERNS:
                break
            pattern = (signature.text and re.escape(signature.text)) or re.sub(
                r"\(\?(?:P<\w+>|:)", "(", signature.regex
            )
            known = subprocess.run([grep, "-E", "-i", "-e", pattern], input="", capture_output=True, text=True)
            if known.returncode < 2:
                kept.append(pattern)
    patterns.write_text("\n".join(kept) + "\n", encoding="utf-8")
    text = log.read_text(encoding="utf-8")
    best = {"envguide": float("inf"), "grep -E": float("inf")}
    for _ in range(rounds):
        start = time.process_time()
        diagnose(text, library)
        best["envguide"] = min(best["envguide"], time.process_time() - start)
        best["grep -E"] = min(
            best["grep -E"], child_seconds([grep, "-E", "-i", "-c", "-f", str(patterns), str(log)], dict(os.environ))
        )
    return {name: 1000 * seconds for name, seconds in best.items()}, [
        f"grep -E was given {len(kept)} patterns, envguide all of its own"
    ]


def report(rounds: int) -> dict[str, Any]:
    """Everything that is measured; nothing of the user's own is read or written."""
    with tempfile.TemporaryDirectory() as folder:
        state = Path(folder)
        os.environ["ENVGUIDE_HOME"] = str(state / "envguide")
        shots, notes = one_shot(rounds, state)
        diagnosed, more = diagnosing(2, state)
        notes += more
        return {
            "rounds": rounds,
            "one_shot": shots,
            "diagnosing": diagnosed,
            "suggestions": suggestions(max(3, rounds // 2)),
            "first_paint": first_paint(max(3, rounds // 2), state),
            "notes": notes,
        }


def report_text(made: dict[str, Any]) -> str:
    """The report as a table of milliseconds of CPU and ratios."""
    lines = [f"milliseconds of CPU, best of {made['rounds']} taken in turns", ""]
    shots, base = made["one_shot"], made["one_shot"]["python -c pass"]
    answer = shots[f'envguide ask "{QUESTION}"']
    for name, value in shots.items():
        lines.append(
            f"{name:<34}{value:8.1f}   {value / base:5.1f} x python -c pass   {answer / value:5.2f} = envguide / this"
        )
    hints = made["suggestions"]
    lines += ["", f"suggestions for each key, among {hints['phrasings']} phrasings"]
    for kind in ("median", "slowest"):
        ours, theirs = hints[f"envguide {kind}"], hints[f"rapidfuzz {kind}"]
        lines.append(
            f"  {kind:<10}envguide {ours:8.2f}   rapidfuzz over the same {theirs:8.2f}   ratio {ours / theirs:5.2f}"
        )
    empty, full = made["first_paint"]["empty App"], made["first_paint"]["GuideApp"]
    if made["diagnosing"]:
        own, other = made["diagnosing"]["envguide"], made["diagnosing"]["grep -E"]
        lines += ["", f"a megabyte of output: envguide {own:.0f}, grep -E {other:.0f}, ratio {own / other:.2f}"]
    lines += ["", f"first frame: empty App {empty:.1f}, GuideApp {full:.1f}, ratio {full / empty:.2f}"]
    lines += [f"note: {note}" for note in made["notes"]]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description="Measure envguide's speed beside what it can be compared with.")
    parser.add_argument(
        "--rounds", type=int, default=10, help="runs of each command, the best of which counts (default 10)"
    )
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    options = parser.parse_args(arguments)
    if options.rounds < 1:
        parser.error("--rounds is at least 1")
    made = report(options.rounds)
    print(json.dumps(made, indent=1) if options.json else report_text(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
