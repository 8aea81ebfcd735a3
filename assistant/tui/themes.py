"""The colours: dark, light, both in high contrast, both in the terminal's own sixteen colours. Textual's own stay.

Widgets name colours by the theme's variables alone. There is one accent; amber, red and green mean something.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace

from textual.theme import BUILTIN_THEMES, Theme

DARK = Theme(
    name="envguide-dark",
    primary="#63b3c4",
    secondary="#8aa9c0",
    accent="#63b3c4",
    warning="#d9a860",
    error="#e0787f",
    success="#86bd8b",
    foreground="#d8dee4",
    background="#14181c",
    surface="#1b2126",
    panel="#232a31",
    boost="#2a323a",
    dark=True,
    variables={
        "text-muted": "#93a1ad",
        "block-cursor-background": "#63b3c4",
        "block-cursor-foreground": "#0e1114",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#2b3a42",
        "block-hover-background": "#232d34",
        "footer-key-foreground": "#63b3c4",
        "footer-background": "#1b2126",
        "input-selection-background": "#63b3c4 35%",
        "button-color-foreground": "#0e1114",
        "scrollbar": "#3a454f",
        "scrollbar-hover": "#4b5966",
        "scrollbar-active": "#63b3c4",
        "scrollbar-background": "#14181c",
        "scrollbar-background-hover": "#14181c",
        "scrollbar-background-active": "#14181c",
    },
)

LIGHT = Theme(
    name="envguide-light",
    primary="#0a6a80",
    secondary="#41627a",
    accent="#0a6a80",
    warning="#8a5300",
    error="#ad2431",
    success="#2a6b34",
    foreground="#20272d",
    background="#fafbfb",
    surface="#eef1f3",
    panel="#e2e8eb",
    boost="#d8e0e4",
    dark=False,
    variables={
        "text-muted": "#55626d",
        "block-cursor-background": "#0a6a80",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "none",
        "block-cursor-blurred-background": "#cfe0e5",
        "block-hover-background": "#dfe8eb",
        "footer-key-foreground": "#0a6a80",
        "footer-background": "#eef1f3",
        "input-selection-background": "#0a6a80 25%",
        "button-color-foreground": "#ffffff",
        "scrollbar": "#b7c2ca",
        "scrollbar-hover": "#93a2ad",
        "scrollbar-active": "#0a6a80",
        "scrollbar-background": "#fafbfb",
        "scrollbar-background-hover": "#fafbfb",
        "scrollbar-background-active": "#fafbfb",
    },
)

CONTRAST_DARK = Theme(
    name="envguide-contrast-dark",
    primary="#6ee7ff",
    secondary="#6ee7ff",
    accent="#6ee7ff",
    warning="#ffd75f",
    error="#ff9c9c",
    success="#8dff9a",
    foreground="#ffffff",
    background="#000000",
    surface="#000000",
    panel="#1a1a1a",
    boost="#262626",
    dark=True,
    variables={
        "text": "#ffffff",
        "text-muted": "#e0e0e0",
        "text-disabled": "#c0c0c0",
        "block-cursor-background": "#ffffff",
        "block-cursor-foreground": "#000000",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#3a3a3a",
        "block-hover-background": "#3a3a3a",
        "footer-key-foreground": "#6ee7ff",
        "footer-background": "#1a1a1a",
        "input-selection-background": "#ffffff 40%",
        "button-color-foreground": "#000000",
        "scrollbar": "#ffffff",
        "scrollbar-background": "#333333",
    },
)

CONTRAST_LIGHT = Theme(
    name="envguide-contrast-light",
    primary="#003a9e",
    secondary="#003a9e",
    accent="#003a9e",
    warning="#6b3a00",
    error="#8c0012",
    success="#00501a",
    foreground="#000000",
    background="#ffffff",
    surface="#ffffff",
    panel="#e6e6e6",
    boost="#dcdcdc",
    dark=False,
    variables={
        "text": "#000000",
        "text-muted": "#2b2b2b",
        "text-disabled": "#4a4a4a",
        "block-cursor-background": "#000000",
        "block-cursor-foreground": "#ffffff",
        "block-cursor-text-style": "bold",
        "block-cursor-blurred-background": "#cccccc",
        "block-hover-background": "#d8d8d8",
        "footer-key-foreground": "#003a9e",
        "footer-background": "#e6e6e6",
        "input-selection-background": "#003a9e 25%",
        "button-color-foreground": "#ffffff",
        "scrollbar": "#000000",
        "scrollbar-background": "#cccccc",
    },
)


def _terminal(dark: bool) -> Theme:
    """A theme of the terminal's own sixteen colours, with the one accent of the others."""
    given = BUILTIN_THEMES["ansi-dark" if dark else "ansi-light"]
    accent = "ansi_cyan" if dark else "ansi_blue"
    own = {"footer-key-foreground": accent, "border": accent, "scrollbar": accent, "block-cursor-background": accent}
    name = f"envguide-terminal-{'dark' if dark else 'light'}"
    return replace(given, name=name, primary=accent, accent=accent, variables={**given.variables, **own})


TERMINAL_DARK, TERMINAL_LIGHT = _terminal(True), _terminal(False)
OURS = (DARK, LIGHT, CONTRAST_DARK, CONTRAST_LIGHT, TERMINAL_DARK, TERMINAL_LIGHT)
# What "next theme" walks through.
ROUND = tuple(theme.name for theme in OURS)


def first_theme(setting: str, remembered: str, variables: Mapping[str, str] | None = None) -> str:
    """The theme to start with: as set, else as chosen last, else by what the terminal says of its background."""
    variables = os.environ if variables is None else variables
    light = is_light(variables.get("COLORFGBG", ""))
    if "NO_COLOR" in variables:
        return TERMINAL_LIGHT.name if light else TERMINAL_DARK.name
    return setting or remembered or (LIGHT.name if light else DARK.name)


def is_light(colours: str) -> bool:
    """Whether `COLORFGBG` (such as `0;15`, some terminals set it) tells a light background."""
    last = colours.rpartition(";")[2]
    return last.isdecimal() and int(last) in (7, 9, 10, 11, 12, 13, 14, 15)
