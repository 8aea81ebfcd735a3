"""Word stems: used when content is compiled, and for question words that no compiled form covers.

Importing snowballstemmer costs more than ranking, so nothing on the usual one-shot path comes here.
"""

from __future__ import annotations

import functools
import re
from typing import Any

# Names and terms that the English stemmer would mangle or merge.
KEEP = frozenset(
    """conda mamba micromamba pixi bash dns kernel cuda pip pipx uv venv virtualenv poetry jupyter pytorch torch triton
    pypi pypy container important terminal terminated specifier organised organized
    unsloth windows macos linux https ssl tos wheel wheels ios os gpus analysis bios axes this has was is us""".split()
)
IRREGULAR = {
    "gpus": "gpu",
    "containers": "container",
    "terminals": "terminal",
    "specifiers": "specifier",
    "wheels": "wheel",
    "envs": "env",
    "libraries": "librari",
    "broke": "break",
    "broken": "break",
    "went": "go",
    "ran": "run",
    "chose": "choos",
    "chosen": "choos",
    "written": "write",
    "wrote": "write",
    "found": "find",
    "built": "build",
    "kept": "keep",
    "lost": "lose",
    "shown": "show",
    "froze": "freez",
    "frozen": "freez",
    "stuck": "stick",
    "older": "old",
    "oldest": "old",
    "newer": "new",
    "newest": "new",
    "slower": "slow",
    "faster": "fast",
    "bigger": "big",
    "smaller": "small",
    "deletion": "delet",
    "removal": "remov",
    "installation": "instal",
    "installer": "installer",
    "installers": "installer",
    "activation": "activ",
    "deactivation": "deactiv",
}
_PLAIN = re.compile(r"^[a-z]+$")


@functools.cache
def _stemmer() -> Any:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@functools.cache
def stem(word: str) -> str:
    """The stem of one folded word; names, joined words and numbers stay as they are."""
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word in KEEP or len(word) < 4 or not _PLAIN.match(word):
        return word
    return str(_stemmer().stemWord(word))
