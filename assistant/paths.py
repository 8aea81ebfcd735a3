"""Where things are: the only module that knows directories.

`ENVGUIDE_HOME` overrides every per-user folder (tests rely on it). Nothing is created here.
"""

import os
from pathlib import Path


def _user_dir(kind: str) -> Path:
    home = os.environ.get("ENVGUIDE_HOME")
    if home:
        return Path(home) / kind
    if os.name == "posix" and os.uname().sysname != "Darwin":
        # The XDG rules by hand: platformdirs would cost a third of a one-shot answer's time.
        variable, fallback = {
            "config": ("XDG_CONFIG_HOME", ".config"),
            "cache": ("XDG_CACHE_HOME", ".cache"),
            "state": ("XDG_STATE_HOME", ".local/state"),
        }[kind]
        base = os.environ.get(variable, "")
        return (Path(base) if base.startswith("/") else Path.home() / fallback) / "envguide"
    import platformdirs

    dirs = platformdirs.PlatformDirs("envguide", appauthor=False)
    return Path({"config": dirs.user_config_dir, "cache": dirs.user_cache_dir, "state": dirs.user_state_dir}[kind])


def config_dir() -> Path:
    """Settings that the person writes."""
    return _user_dir("config")


def cache_dir() -> Path:
    """What can be made again: compiled content."""
    return _user_dir("cache")


def state_dir() -> Path:
    """History, journals and logs of runs, unanswered questions."""
    return _user_dir("state")


def runs_dir() -> Path:
    """One folder for each run of a flow."""
    return state_dir() / "runs"


def content_dir(kind: str) -> Path:
    """The folder `knowledge` or `flows`: `ENVGUIDE_CONTENT`, else inside the wheel, else the checkout."""
    override = os.environ.get("ENVGUIDE_CONTENT")
    if override:
        return Path(override) / kind
    here = Path(__file__).resolve().parent
    packaged = here / "_content" / kind
    return packaged if packaged.is_dir() else here.parent / kind


def packaged_compiled_file() -> Path:
    """The compiled content that the wheel carries (absent in a checkout)."""
    return Path(__file__).resolve().parent / "_content" / "compiled.dat"
