"""Whether an answer begins with the answer: no preamble, no question, no echo of the title, and in a task the command or the act.

Only what is surely wrong is reported; a first sentence that says nothing in other words stays for a reader to find.
"""

from __future__ import annotations

import re
from collections.abc import Collection

_SENTENCE = re.compile(r".+?[.!?](?=\s|$)", re.DOTALL)
_CODE = re.compile(r"`[^`]*`")
_WORD = re.compile(r"[a-z0-9]+")
# Openings that put off the answer.
_TEXT = r"(?:entry|topic|section|page|answer|article|text|guide)\b"
_SOME = r"(?:several|many|various|different|multiple|numerous|some|a few|a number of|a lot of)\b"
_OPENINGS = (
    r"(?:well,|yes and no\b|generally\b|in general\b|basically\b|first of all\b)",
    r"(?:as (?:we|you|everyone) know|let(?:'s| us| me)|to answer|when it comes to|if you want to know)\b",
    r"(?:you (?:may|might) (?:ask|wonder)|many (?:people|users) (?:ask|wonder))\b",
    r"(?:it|that|this) (?:all )?depends\b",
    rf"(?:there|here) (?:is|are|exist) {_SOME}",
    r"here (?:is|are) (?:how|what|the (?:steps|ways|commands|answer))\b",
    rf"(?:this|the following|in this|in the following) {_TEXT}",
)
_PREAMBLE = re.compile("|".join(_OPENINGS), re.IGNORECASE)
# Words that a task's answer may begin with and that are no act.
_NO_ACT = frozenset(
    """a an the this that these those it its there here they we you your our some any many most every each all both no not
    yes because since although while such one two three what which who why how is are was were has have can may will
    should must""".split()
)
_ECHO = frozenset("a an the this that it is are was what how why which and or of to in on for with you your i".split())


def first_sentence(answer: str) -> str:
    """The answer up to its first full stop, question or exclamation mark outside code; all of it where there is none."""
    text = " ".join(answer.split())
    hidden = _CODE.sub(lambda code: "x" * len(code[0]), text)
    found = _SENTENCE.match(hidden)
    return text[: found.end()] if found else text


def opening_fault(title: str, answer: str, *, task: bool = False, tools: Collection[str] = ()) -> str:
    """What is wrong with the beginning of an answer and what would be right; empty where nothing is.

    `task` asks for a command or an act; `tools` are their names in small letters, which are no act either. An empty
    `title` leaves out the comparison with it.
    """
    text = " ".join(answer.split())
    if not text:
        return ""
    first = first_sentence(text)
    if _PREAMBLE.match(text):
        return f"the answer begins with a preamble, `{_beginning(first)}`; say the answer first"
    if first.endswith("?"):
        return f"the answer begins with a question, `{_beginning(first)}`; say the answer first"
    said = set(_WORD.findall(first.lower())) - _ECHO
    if said and said <= set(_WORD.findall(title.lower())) and "`" not in first:
        return f"the first sentence only repeats the title, `{_beginning(first)}`; say something that answers"
    if task and "`" not in text:
        opener = next(iter(_WORD.findall(text.lower())), "")
        if opener in _NO_ACT or opener in tools:
            return f"a task's answer names the command or the act first; this begins with `{_beginning(first)}`"
    return ""


def _beginning(sentence: str) -> str:
    return sentence if len(sentence) <= 60 else sentence[:57].rstrip() + "..."
