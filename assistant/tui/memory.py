"""Memory of what is no longer on the screen is let go.

Textual remembers the colours of borders in one cache of a thousand places whose keys are the widgets' own line caches: what
removed widgets have drawn would stay until a thousand others came after them, a hundred megabytes with long answers.
"""

from __future__ import annotations

from textual._styles_cache import StylesCache


def let_go() -> None:
    """Empty that cache; it is filled again by the next frame."""
    clear = getattr(StylesCache.get_inner_outer, "cache_clear", None)
    if clear:
        clear()
