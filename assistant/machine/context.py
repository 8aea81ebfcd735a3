"""Where a look at the machine starts: home, variables, PATH, and the ways out to other programs.

Probes read nothing else of the process they run in, so that a test can describe another machine with its own folders.
"""

from __future__ import annotations

import os
import sys

from assistant.content.frozen import Frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Runner = Callable[..., "Completed"]


class Completed(Frozen):
    """What a program said. `code` is 127 where it was not found and 124 where it took too long."""

    code: int
    out: str = ""
    err: str = ""


class Roots(Frozen):
    """The surroundings of a look. `root` is put before absolute places such as /etc (empty outside tests)."""

    system: str
    home: str
    cwd: str
    env: Mapping[str, str]
    path: tuple[str, ...]
    run: Runner
    load_nvml: Callable[[], Any]
    root: str = ""
    parent: int = 0
    """The process whose ancestors hold the shell."""
    machine: str = ""
    """The processor as `uname -m` says it."""

    def at(self, place: str) -> str:
        """An absolute place of the system, such as /etc/conda."""
        return self.root + place

    def under_home(self, *parts: str) -> str:
        """A path below the home folder."""
        return os.path.join(self.home, *parts)

    def get(self, name: str) -> str:
        """A variable of the environment, or the empty text."""
        return self.env.get(name, "")


def run_command(argv: list[str], *, timeout: float = 10.0, env: Mapping[str, str] | None = None) -> Completed:
    """Run a program that only reads, with no input. Its whole process group ends when time is up."""
    import signal
    import subprocess

    try:
        child = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=None if env is None else dict(env),
            start_new_session=os.name == "posix",
        )
    except (OSError, ValueError) as error:
        return Completed(code=127, err=str(error))
    try:
        out, err = child.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        if os.name == "posix":
            os.killpg(child.pid, signal.SIGKILL)
        else:
            child.kill()
        child.communicate()
        return Completed(code=124, err=f"{argv[0]} took more than {timeout:g} s")
    return Completed(code=child.returncode, out=out.decode("utf-8", "replace"), err=err.decode("utf-8", "replace"))


def load_nvml() -> Any:
    """NVIDIA's binding to the driver's management library. Raises ImportError where it is not installed."""
    import pynvml

    return pynvml


def system_name(platform: str = sys.platform) -> str:
    """linux, macos or windows."""
    return {"darwin": "macos", "win32": "windows", "cygwin": "windows"}.get(platform, "linux")


def this_machine() -> Roots:
    """The surroundings of this process."""
    env = {name.upper(): value for name, value in os.environ.items()} if os.name == "nt" else dict(os.environ)
    try:
        cwd = os.getcwd()
    except OSError:  # the folder was deleted under us
        cwd = ""
    entries = env.get("PATH", "").split(os.pathsep)
    return Roots(
        system=system_name(),
        home=os.path.expanduser("~"),
        cwd=cwd,
        env=env,
        path=tuple(dict.fromkeys(entry.strip('"') for entry in entries if entry)),
        run=run_command,
        load_nvml=load_nvml,
        parent=os.getppid(),
        machine=os.uname().machine if hasattr(os, "uname") else env.get("PROCESSOR_ARCHITECTURE", ""),
    )
