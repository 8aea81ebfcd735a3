"""The Hugging Face Hub: its token and its offline switch."""

from __future__ import annotations

import os

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here


def _token(here: Here) -> str:
    """Where the token comes from; empty where there is none."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        if here.roots.get(name):
            return name
    home = here.roots.get("HF_HOME") or os.path.join(
        here.roots.get("XDG_CACHE_HOME") or here.roots.under_home(".cache"), "huggingface"
    )
    path = here.roots.get("HF_TOKEN_PATH") or os.path.join(home, "token")
    return path if os.path.isfile(path) else ""


def no_token(here: Here, _: str) -> Verdict | None:
    """Nobody is signed in: a gated model cannot be read. A token alone does not tell what it may read."""
    return None if _token(here) else yes("no Hugging Face token is stored or set")


def token(here: Here, _: str) -> Verdict | None:
    """A token is in use that the Hub may refuse."""
    found = _token(here)
    if not found:
        return no("no Hugging Face token is stored or set")
    return yes(f"a token is in use, from {here.short(found)}")


def offline(here: Here, _: str) -> Verdict | None:
    """A variable keeps the libraries from asking the Hub."""
    for name in ("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"):
        if here.roots.get(name).lower() in ("1", "true", "yes", "on"):
            return yes(f"{name}={here.roots.get(name)} is set")
    return None


LOOKS = {"no-token": no_token, "token": token, "offline": offline}
