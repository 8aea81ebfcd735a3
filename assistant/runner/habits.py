"""What the real tools do that exit codes do not say. Observed with conda 25.5-26.7, mamba, pip and uv on Linux,
2026-11.

- conda ends with 0 when its prompt was declined, on Ctrl+C at a prompt, at end of input that means no, and on a dry
run.
- Ctrl+C at conda's work leaves its spinner running for ever: a second one is needed.
- End of input and Enter mean yes at `([y]/n)?`, no at `(y/[n])?`.
- A web page in place of the channel's index (a network's login page) looks like a missing package, Python itself
included.
- The terms of service are accepted silently where `CI` is set; accepting them is the person's to do.
- The rattler solver crashes now and then; the same command then works.
- `Downloading ... done` is printed when the download failed, too.
- Killed while it unpacks, conda takes the half-unpacked package for whole afterwards, and every install of it fails.
"""

from __future__ import annotations

import json
import re
import signal
from pathlib import PurePath

from assistant.content.frozen import Frozen
from assistant.runner.lines import strip_controls, tail

CONDAS = ("conda", "mamba", "micromamba")

# A prompt that certainly waits for an answer; group `yes` or `no` tells what Enter alone means.
_ASKS = re.compile(
    r"(?:(?P<yes>\(\[y\]/n\)|\[Y/n\]|\[Y/n/\w\])|(?P<no>\(y/\[n\]\)|\[y/N\])|\[y/n\]|\(y/n\)|\(yes/no[^)]*\)"
    r"|\(a\)ccept/\(r\)eject|pass(?:word|phrase)\b[^:\n]*:)[^\n]{0,40}$"
)
_ASKS_LOOSELY = re.compile(r"(?:[?:›❯>]|\?\s*\[[^\]\n]*\]:?)\s{0,2}$")
_NOT_A_PROMPT = re.compile(
    r"(?i)\b(?:solving environment|collecting package metadata[^:]*|packages"
    r"|(?:preparing|verifying|executing|rolling back) transaction):\s*$"
)
_MISSING = re.compile(
    r"(?:PackagesNotFound\w*Error|The following packages are not available)[\s\S]{0,200}?((?:\n\s+- \S+[^\n]*)+)"
)
# An error by its name at the start of a line, as in a traceback or in front of conda's words.
_NAMED = re.compile(r"(?:[a-z_][\w.]*\.)?[A-Z]\w*(?:Error|Exception|Interrupt|Channel|NotFound)\s*:\s*\S")
_TOLD_AS_JSON = re.compile(r'"exception_name":\s*"(\w+)"[\s\S]{0,20000}?"message":\s*"((?:[^"\\\n]|\\.)*)"')


class Prompt(Frozen):
    """A line at which a program waits. `certain`: it does wait; otherwise it only looks so."""

    text: str
    certain: bool
    empty_means: str = ""


class Verdict(Frozen):
    """What a program's end means. `ok` false although it ended with 0: it did not do it."""

    ok: bool
    reason: str = ""
    hint: str = ""
    again: bool = False
    """The same command may well work when it is run once more."""


def prompt_in(line: str) -> Prompt | None:
    """What an unfinished last line asks, if it does."""
    text = line.strip()
    if not text or _NOT_A_PROMPT.search(text):
        return None
    found = _ASKS.search(text)
    if found:
        means = "yes" if found["yes"] else "no" if found["no"] else ""
        return Prompt(text=text, certain=True, empty_means=means)
    return Prompt(text=text, certain=False) if _ASKS_LOOSELY.search(line) else None


def tool_of(argv: tuple[str, ...]) -> str:
    """The tool that a command runs: the program's name, or the module of `python -m`."""
    name = PurePath(argv[0].replace("\\", "/")).name.lower().removesuffix(".exe").removesuffix(".bat")
    if re.fullmatch(r"(?:python|py)[\d.]*", name) and "-m" in argv:
        at = argv.index("-m") + 1
        return argv[at] if at < len(argv) else name
    return name


def child_environment(argv: tuple[str, ...], env: dict[str, str]) -> tuple[dict[str, str], list[str]]:
    """The environment for a program, and what was changed in it, in words."""
    changed = dict(env)
    said = []
    for name in ("COLUMNS", "LINES"):
        changed.pop(name, None)  # the window's size is told by the terminal
    if changed.get("TERM", "") in ("", "dumb", "unknown"):
        changed["TERM"] = "xterm-256color"
    if tool_of(argv) in CONDAS and changed.pop("CI", ""):
        said.append("CI is not passed on: with it conda accepts terms of service without asking")
    return changed, said


def needs_second_interrupt(argv: tuple[str, ...], output_since: bytes) -> bool:
    """Whether a program has said that it was interrupted and yet goes on: conda's spinner keeps it alive."""
    return tool_of(argv) in CONDAS and b"KeyboardInterrupt" in output_since


def judge(argv: tuple[str, ...], code: int, output: bytes) -> Verdict:
    """What the end of a program means, by its code and the last part of its output."""
    text = strip_controls(output[-60_000:].decode("utf-8", "replace"))
    tool = tool_of(argv)
    if tool in CONDAS:
        verdict = _judge_conda(argv, code, text)
        if verdict:
            return verdict
    if code == 0:
        return Verdict(ok=True)
    if code < 0:
        return Verdict(ok=False, reason=f"`{tool}` was ended by {_signal_name(-code)}")
    if code == 127:
        return Verdict(ok=False, reason=f"`{argv[0]}` was not found (exit code 127)")
    return Verdict(ok=False, reason=f"`{tool}` ended with exit code {code}{_last_error(text)}")


def _judge_conda(argv: tuple[str, ...], code: int, text: str) -> Verdict | None:
    if re.search(r"^DryRunExit:", text, re.MULTILINE):
        return Verdict(
            ok=False,
            reason="conda only showed what it would do: a dry run",
            hint="check `always_yes` and `dry_run` in .condarc",
        )
    if re.search(r"^CondaSystemExit:|^Aborted\.|critical libmamba Aborting", text, re.MULTILINE):
        return Verdict(ok=False, reason="conda asked and was answered no, so nothing was done")
    if "CondaToSNonInteractiveError" in text or "Terms of Service have not been accepted" in text:
        accept = re.findall(r"conda tos accept [^\n]+", text)
        return Verdict(
            ok=False,
            reason="the channel's terms of service have not been accepted; that is yours to decide",
            hint=f"read them, then run: {accept[0].strip()}" if accept else "read them with `conda tos view`",
        )
    if code == 0:
        return None
    if code in (-11, 139) or (code < 0 and "RattlerUnsatisfiable" not in text and code == -signal.SIGSEGV):
        return Verdict(
            ok=False,
            reason="conda crashed (its solver does that now and then)",
            hint="run it again; if it stays so: conda config --set solver libmamba",
            again=True,
        )
    missing = _MISSING.search(text)
    if missing:
        return _judge_missing([line.strip()[2:] for line in missing[1].strip().splitlines()])
    damaged = re.findall(r"The package for (\S+) located at \S+\s+appears to be corrupted", text)
    if damaged:
        return Verdict(
            ok=False,
            reason=f"in conda's package cache {', '.join(dict.fromkeys(damaged))} is damaged, as after an interruption",
            hint="empty the cache, and conda fetches it anew: conda clean --packages --tarballs --yes",
        )
    if "No space left on device" in text or "NoSpaceLeftError" in text:
        return Verdict(
            ok=False,
            reason="the disk is full; conda took its changes back",
            hint="free some space: conda clean --all",
        )
    http = re.search(r"HTTP (\d{3}) ([A-Z][^\n<]*?) for url <([^>\n]+)>", text)
    if http:
        if http[1] == "000":
            return Verdict(
                ok=False,
                reason="no connection to the channel",
                hint="check the network and the proxy settings",
                again=True,
            )
        return Verdict(
            ok=False,
            reason=f"the channel answered {http[1]} {http[2]}",
            hint="try again later, or use another channel",
            again=http[1][0] == "5",
        )
    return None


def _judge_missing(specs: list[str]) -> Verdict:
    """What the channels do not have. That Python itself is missing may mean that something else answers for them."""
    names = [re.split(r"[\s=<>!~]", spec)[0] for spec in specs]
    if "python" in specs:
        return Verdict(
            ok=False,
            reason="conda finds not even Python in its channels: probably a login page or a proxy answers for them",
            hint="open a page in a browser and log in; else see `conda config --show channels`",
        )
    if "python" in names:
        return Verdict(
            ok=False,
            reason=f"the channels do not have {', '.join(specs)}",
            hint="`conda search python` shows the versions that they have; where it shows none, a login page or a proxy "
            "answers for the channels: open a page in a browser",
        )
    return Verdict(
        ok=False,
        reason=f"the channels do not have {', '.join(names)}",
        hint="check the spelling, or try the channel conda-forge",
    )


def _last_error(text: str) -> str:
    """The line that names the error: of conda's `--json`, else the last one near the end, else anywhere, else the last."""
    told = _TOLD_AS_JSON.search(text)
    if told:
        message = json.loads(f'"{told[2]}"').strip().split("\n")[0]
        return f": {told[1]}: {message[:300]}" if message else f": {told[1]}"
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for line, after in zip(reversed(lines[-40:]), ["", *reversed(lines[-39:])], strict=False):
        if re.match(r"(?i)(?:\w*error\b|error:|fatal:|critical)", line):
            cause = re.match(r"(?i)(?:(?:caused by|cause):|╰─▶|├─▶)\s*(.+)", after)
            return f": {line[:300]}" + (f": {cause[1][:300]}" if cause else "")
    named = next((line for line in reversed(lines) if _NAMED.match(line)), lines[-1] if lines else "")
    return f": {named[:300]}" if named else ""


def _signal_name(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


def last_lines(output: bytes, count: int) -> list[str]:
    """The last lines of an output that say something, without colours."""
    return tail(output, count)
