"""`envguide doctor`: what is on this machine, what is wrong, what to do."""

from __future__ import annotations

import argparse
import sys

from assistant.errors import ExitCode
from assistant.machine.doctor import groups, probes_for, run_checks
from assistant.machine.doctor.report import report
from assistant.machine.model import to_plain
from assistant.machine.probe import probe
from assistant.render.doctor import doctor_text
from assistant.render.layout import Style, table
from assistant.render.out import emit, emit_json, terminal_width, wants_accessible, wants_colour


def doctor(options: argparse.Namespace) -> int:
    """Look, check, print. Exit code 1 where something blocks or may bite."""
    style = Style(wants_colour(sys.stdout), accessible=wants_accessible())
    if options.list:
        rows = [(group, check.id, check.title) for group, checks in groups().items() for check in checks]
        emit("\n".join(table(("Group", "Check", "Looks for"), rows, terminal_width(), style)))
        return int(ExitCode.OK)
    needed = probes_for(options.checks)
    machine = probe(None if not options.checks else needed)
    results = run_checks(machine, options.checks)
    if options.json:
        emit_json(
            {
                "schema": 1,
                "well": results.well,
                "findings": [to_plain(finding) for finding in results.findings],
                "checked": list(results.checked),
                "failed": to_plain(results.failed),
                "machine": to_plain(machine),
            }
        )
    elif options.report:
        import socket

        from assistant import __version__

        emit(report(machine, results, version=__version__, host=socket.gethostname()).rstrip("\n"))
    else:
        emit(doctor_text(machine, results, terminal_width(), style))
    return int(ExitCode.OK if results.well else ExitCode.NOTHING)
