"""The user's own keys: `keys.toml` in the config folder, one action a line, such as `"answer.copy" = "ctrl+k"`."""

from __future__ import annotations

import difflib
from pathlib import Path

from assistant import paths
from assistant.errors import UsageError
from assistant.tui.actions import ACTIONS


def keymap_file() -> Path:
    """Where the keys are written."""
    return paths.config_dir() / "keys.toml"


def load_keymap(file: Path | None = None) -> dict[str, str]:
    """Action ids with their keys (several are parted by commas); nothing where there is no file.

    Raises:
        UsageError: the file cannot be read, or names an action that there is not, or one key for two actions.
    """
    path = file or keymap_file()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path} cannot be read: {error}", "mend or remove the file") from None
    import tomllib

    try:
        given = _flat(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}", "mend or remove the file") from None
    known = {action.id: action for action in ACTIONS}
    for name, keys in given.items():
        if name not in known:
            near = difflib.get_close_matches(name, known, n=1)
            raise UsageError(
                f"{path}: there is no action `{name}`", f"did you mean `{near[0]}`?" if near else "F1 lists the actions"
            )
        if not isinstance(keys, str) or not keys.strip():
            raise UsageError(f"{path}: `{name}` needs a key as text", f'for example: "{name}" = "{known[name].keys}"')
    taken: dict[tuple[str, str], str] = {}
    for action in ACTIONS:
        for key in str(given.get(action.id, action.keys)).split(","):
            other = taken.setdefault((action.scope, key.strip()), action.id)
            if other != action.id:
                raise UsageError(
                    f"{path}: `{key.strip()}` is for `{other}` and `{action.id}`", "give one of them another key"
                )
    return {name: ",".join(key.strip() for key in str(keys).split(",")) for name, keys in given.items()}


def _flat(table: dict[str, object], prefix: str = "") -> dict[str, object]:
    """`[answer] copy = ...` and `answer.copy = ...` name the same action as `"answer.copy" = ...`."""
    flat: dict[str, object] = {}
    for name, value in table.items():
        flat.update(_flat(value, f"{prefix}{name}.") if isinstance(value, dict) else {prefix + name: value})
    return flat
