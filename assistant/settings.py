"""Settings that the person may write, as TOML in the config folder; read on use, never written by us."""

from __future__ import annotations

from assistant import paths
from assistant.errors import UsageError

DEFAULTS: dict[str, bool | str] = {
    "keep_unanswered": True,  # keep questions without an answer in a local file (`envguide kb gaps`)
    "theme": "",  # a theme of the full-screen face; empty: follow the terminal
    "accessible": False,  # always use the line mode without redraw
}


def load_settings() -> dict[str, bool | str]:
    """The settings in force. UsageError names the file and what is wrong in it."""
    path = paths.config_dir() / "settings.toml"
    settings = dict(DEFAULTS)
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return settings
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "mend or remove the file") from None
    import tomllib

    try:
        given = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend or remove the file") from None
    for key, value in given.items():
        if key not in DEFAULTS:
            raise UsageError(f"{path}: unknown setting `{key}`", f"known: {', '.join(DEFAULTS)}")
        if type(value) is not type(DEFAULTS[key]):
            kind = "true or false" if isinstance(DEFAULTS[key], bool) else "text"
            raise UsageError(
                f"{path}: `{key}` must be {kind}", f"for example: {key} = {str(DEFAULTS[key]).lower() or chr(34) * 2}"
            )
        settings[key] = value
    return settings
