"""Named questions that steps ask: is it there, does it run, which version. All probes, and how they are answered."""

from __future__ import annotations

from assistant.runner import probe_conda  # noqa: F401 - registers its probes
from assistant.runner.probe_core import DEVICES, KINDS, Context, Result, ask, ask_all, filled
from assistant.runner.probe_environments import fits, python_of
from assistant.runner.probe_files import SHELL_LINES

__all__ = ["DEVICES", "KINDS", "SHELL_LINES", "Context", "Result", "ask", "ask_all", "filled", "fits", "python_of"]
