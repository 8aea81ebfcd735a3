"""A finished or interrupted run, told: as text, as a Markdown report to share, as a script to do it again by hand."""

from __future__ import annotations

import getpass
import os
import platform
import shlex
import socket
from pathlib import Path

from assistant.machine.redact import redact
from assistant.runner import lines
from assistant.runner.journal import RunRecord, StepRecord

STATES = {"started": "interrupted", "verified": "done", "failed": "failed", "skipped": "skipped"}
TAIL_LINES = 30


def text(record: RunRecord) -> str:
    """The run for the person who ran it: each step with command, outcome and where its output is."""
    out = [f"{record.title or record.flow}  ({record.id})", f"began {record.began}, {_end(record)}", ""]
    for step in record.steps.values():
        out.append(f"{STATES[step.state]:<12}{step.title or step.id}")
        if step.command:
            out.append(f"            $ {step.command}")
        for line in (*step.evidence, *((step.reason,) if step.reason and step.state != "verified" else ())):
            out.append(f"            {line}")
        out += [f"            mended by the run {run}" for run in step.fixed]
        if step.logs:
            out.append(f"            output: {step.logs[-1]}")
    if record.damaged:
        out.append(f"{record.damaged} line{'s' if record.damaged != 1 else ''} of the journal could not be read")
    return "\n".join(out) + "\n"


def markdown(record: RunRecord) -> str:
    """A report for an issue or a colleague. Home folder, user and host name, tokens and passwords are taken out."""
    out = [
        f"# {record.title or record.flow}",
        "",
        f"- flow: `{record.flow}`, envguide {record.version}",
        f"- system: {record.system} {platform.release()}, {platform.machine()}",
        f"- began {record.began}, {_end(record)}",
        "",
    ]
    if record.given:
        out += ["| param | value |", "|---|---|"]
        out += [
            f"| {name} | `{value if isinstance(value, str) else ' '.join(value)}` |"
            for name, value in record.given.items()
        ]
        out.append("")
    for number, step in enumerate(record.steps.values(), 1):
        out += _markdown_step(number, step)
    return clean("\n".join(out).rstrip() + "\n")


def _markdown_step(number: int, step: StepRecord) -> list[str]:
    out = [f"## {number}. {step.title or step.id}: {STATES[step.state]}", ""]
    if step.command:
        out += [_fence(step.command, "sh"), ""]
    if step.state == "verified":
        out += [f"- {line}" for line in step.evidence]
    elif step.reason:
        out.append(f"- {step.reason}")
    if step.exit not in (None, 0):
        out.append(f"- exit code {step.exit}")
    if step.tries > 1:
        out.append(f"- {step.tries} tries")
    out += [f"- mended by the run {run}" for run in step.fixed]
    last = _last_output(step) if step.state != "verified" else []
    if last:
        out += ["", "The end of its output:", "", _fence("\n".join(last), "text")]
    return [*out, ""]


def _fence(content: str, language: str) -> str:
    marks = "```"
    while marks in content:
        marks += "`"
    return f"{marks}{language}\n{content}\n{marks}"


def _last_output(step: StepRecord) -> list[str]:
    if not step.logs or step.kind != "run":
        return []
    try:
        with Path(step.logs[-1]).open("rb") as file:
            file.seek(max(0, os.fstat(file.fileno()).st_size - 64_000))
            return lines.tail(file.read(), TAIL_LINES)
    except OSError:
        return []


def clean(given: str) -> str:
    """A text without what is private on this machine."""
    try:
        user = getpass.getuser()
    except (OSError, KeyError, ImportError):
        user = ""
    return redact(given, home=str(Path.home()), user=user, host=socket.gethostname())


def script(record: RunRecord) -> str:
    """What the run did as a shell script (PowerShell on Windows): done steps as commands, the others as comments."""
    windows = record.system == "windows"
    head = [
        "# PowerShell" if windows else "#!/bin/sh",
        f"# {record.title or record.flow}: what the run {record.id} did",
    ]
    out = [*head, "$ErrorActionPreference = 'Stop'" if windows else "set -eu", ""]
    for step in record.steps.values():
        out.append(f"# {step.title or step.id}")
        if step.state != "verified":
            out.append(f"# ({STATES[step.state]}{': ' + step.reason if step.reason else ''})")
        out += [line if step.state == "verified" else f"# {line}" for line in _script_step(step, windows)]
        out.append("")
    return clean("\n".join(out).rstrip() + "\n")


def _script_step(step: StepRecord, windows: bool) -> list[str]:
    if step.kind == "run" and step.argv:
        return [_powershell(step.argv) if windows else shlex.join(step.argv)]
    if step.kind == "download":
        url, _, to = step.command.removeprefix("download ").partition(" to ")
        if windows:
            return [f"Invoke-WebRequest -Uri {_ps_quote(url)} -OutFile {_ps_quote(to)}"]
        return [f"curl -fL -o {shlex.quote(to)} {shlex.quote(url)}"]
    if step.kind == "edit" and step.logs:
        try:
            change = Path(step.logs[-1]).read_text(encoding="utf-8").rstrip("\n")
        except OSError:
            return [f"# {step.command}"]
        # A difference holds whatever the file holds; as a comment it can do no harm.
        return [f"# {step.command}, by this difference:", *(f"#   {line}" for line in change.splitlines())]
    return [f"# {step.command}"] if step.command else []


def _powershell(argv: tuple[str, ...]) -> str:
    return "& " + " ".join(_ps_quote(word) for word in argv)


def _ps_quote(word: str) -> str:
    return "'" + word.replace("'", "''") + "'"


def _end(record: RunRecord) -> str:
    return f"{record.state} {record.ended}" if record.state else "never came to an end"


__all__ = ["clean", "markdown", "script", "text"]
