"""Where things are: the only module that knows directories.

`ENVGUIDE_HOME` overrides every per-user folder (tests rely on it). Nothing is created here. pathlib is imported on use:
a one-shot answer needs the names as text only.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path

_HERE = os.path.dirname(os.path.realpath(__file__))
_XDG = {
    "config": ("XDG_CONFIG_HOME", ".config"),
    "cache": ("XDG_CACHE_HOME", ".cache"),
    "state": ("XDG_STATE_HOME", ".local/state"),
}


def user_folder(kind: str) -> str:
    """The per-user folder `config`, `cache` or `state`, as text."""
    home = os.environ.get("ENVGUIDE_HOME")
    if home:
        return os.path.join(home, kind)
    if os.name == "posix" and os.uname().sysname != "Darwin":
        # The XDG rules by hand: importing platformdirs would cost a third of a one-shot answer's time.
        variable, fallback = _XDG[kind]
        base = os.environ.get(variable, "")
        return os.path.join(
            base if base.startswith("/") else os.path.join(os.path.expanduser("~"), fallback), "envguide"
        )
    import platformdirs

    dirs = platformdirs.PlatformDirs("envguide", appauthor=False)
    return {"config": dirs.user_config_dir, "cache": dirs.user_cache_dir, "state": dirs.user_state_dir}[kind]


def content_folder(kind: str) -> str:
    """The folder `knowledge` or `flows`, as text: `ENVGUIDE_CONTENT`, else inside the wheel, else the checkout."""
    override = os.environ.get("ENVGUIDE_CONTENT")
    if override:
        return os.path.join(override, kind)
    packaged = os.path.join(_HERE, "_content", kind)
    return packaged if os.path.isdir(packaged) else os.path.join(os.path.dirname(_HERE), kind)


def packaged_compiled_file() -> str:
    """The compiled content that the wheel carries (absent in a checkout), as text."""
    return os.path.join(_HERE, "_content", "compiled.dat")


def _path(text: str) -> Path:
    from pathlib import Path

    return Path(text)


def config_dir() -> Path:
    """Settings that the person writes."""
    return _path(user_folder("config"))


def cache_dir() -> Path:
    """What can be made again: compiled content."""
    return _path(user_folder("cache"))


def state_dir() -> Path:
    """History, journals and logs of runs, unanswered questions."""
    return _path(user_folder("state"))


def runs_dir() -> Path:
    """One folder for each run of a flow."""
    return state_dir() / "runs"


def content_dir(kind: str) -> Path:
    """The folder `knowledge` or `flows` (see `content_folder`)."""
    return _path(content_folder(kind))
