"""Text as the search sees it: small letters, words, no padding. The same functions serve questions and content."""

from __future__ import annotations

import re

_WORD = re.compile(r"[a-z0-9_]+(?:[.'+-][a-z0-9_]+)*\+*", re.IGNORECASE)
# `.conda`, `%pip`, `!pip`, `--all` and the operators of a specifier are words of their own, beside the plain word.
_MARKED = re.compile(
    r"(?<![^\s`'\"(\[/])(?:[.%!](?=[a-z])[a-z0-9_-]+|--[a-z]+(?![\w-])|[=<>~!]=|={1,3}|[<>])(?=$|[\s`'\")\],?])"
)
# "i have no gpu", "we don't have internet": what somebody lacks.
_LACKING = re.compile(
    r"\b(?:have no|has no|with no|no|(?:don'?t|doesn'?t) have (?:an? |any )?)\s*"
    r"\b(gpu|graphics card|internet|network|admin|sudo|root|conda|cuda)\b"
)
_MARKS = frozenset(".%!-=<>~")
_SPLIT = re.compile(r"[.'+_-]+")

# Words that carry no subject. `not`, `without`, `in`-less negations stay: "not found" is a subject.
STOP_WORDS = frozenset(
    """a about after again pls plz also although am an and any anybody anyone anything are as at be because been before being but
    by came can cannot come could couldn did didn do does doesn doing don done during each either else etc ever every
    few for from get gets getting give given go goes going got had has hasn have haven having he help hello her here hi
    him his how however i if in into is isn it its itself just kind know let like ll look lot many may maybe
    me mean might mine more most much must my myself need needed needs never no now of off ok okay on once one ones only
    onto or other our over own please put quite rather re really right s said same say see seem seems she should
    shouldn since so some somebody someone something sort still such sure t take tell than thank thanks that the their
    them then there these they thing things think this those though through thus to too tried try trying under until up
    us use used uses using ve very via wanna want wanted wants was wasn way we well were what whatever
    whether which while whole whose will with within won would wouldn yes yet you your yours
    even whats anyway basically actually simply properly correctly exactly currently apparently possible possibly able best good
    question newb newbie noob beginner guys folks hey dear""".split()
)


# Words that tell one question from another beside what they are about ("why X", "where is X"), with their weight there.
FUNCTION_WORDS: dict[str, float] = {
    **dict.fromkeys("where who before".split(), 4.0),
    **dict.fromkeys("why when many much after first only besides same still already once else".split(), 3.0),
    **dict.fromkeys("need needed needs between both too ever never again".split(), 2.0),
    "how": 1.2,
    "see": 2.0,
    "out": 2.0,
    "off": 2.0,
    "installed": 2.0,  # no stop word: what is there already, beside `install`
    **dict.fromkeys(
        "is are does do can could may should must what which if my use uses using used have has get know".split(),
        0.8,
    ),
}
FUNCTION_NUMBERS = {word: -1 - number for number, word in enumerate(FUNCTION_WORDS)}  # as a term's number, below 0


def fold(text: str) -> str:
    """Small letters without accents; typographic quotes and dashes made plain."""
    text = text.lower()
    if text.isascii():
        return text
    import unicodedata

    table = {0x2018: "'", 0x2019: "'", 0x201C: '"', 0x201D: '"', 0x2013: "-", 0x2014: " - ", 0x2011: "-", 0xA0: " "}
    decomposed = unicodedata.normalize("NFKD", text.translate(table))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


def words(text: str) -> list[str]:
    """The words of folded text, joined ones (`conda-forge`, `environment.yml`, `3.10`) whole; `what's` counts as `what`."""
    folded = fold(text)
    if " no " in f" {folded}" or "t have" in folded:
        folded = _LACKING.sub(r"without \1", folded)
    found: list[str] = [] if _MARKS.isdisjoint(folded) else [word for word in _MARKED.findall(folded) if _tells(word)]
    for word in _WORD.findall(folded):
        plain = word.partition("'")[0] if "'" in word else word
        if plain.startswith(("python", "py")) and plain[-1:].isdigit() and "." in plain:
            # `python3.11`, `py3.11`: the word and the version
            letters = plain.rstrip("0123456789.")
            found += [letters, plain[len(letters) :]]
        else:
            found.append(plain)
    return found


def _tells(word: str) -> bool:
    """Whether a marked word says more than the plain one: `--all` does, where `all` is a stop word; `--prune` does not."""
    return not word.startswith("--") or word[2:] in STOP_WORDS


def parts(word: str) -> list[str]:
    """The parts of a joined word; empty for a simple one."""
    pieces = [piece for piece in _SPLIT.split(word) if piece]
    return pieces if len(pieces) > 1 else []


def is_number(word: str) -> bool:
    """Whether a word is a number or a version (`3.10`, `12.1`, `2`, `3.x`)."""
    return word[:1].isdigit() and not any(char.isalpha() for char in word.removesuffix(".x"))
