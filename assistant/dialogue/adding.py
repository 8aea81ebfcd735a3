"""A message that adds to what was asked before it: a case, a value, a detail, or the reply to a question back."""

from __future__ import annotations

import re

from assistant.dialogue import side_by_side
from assistant.dialogue.answer import Answer
from assistant.dialogue.compose import compose
from assistant.dialogue.engine import answer, look_up
from assistant.dialogue.replies import CONNECTORS, ENOUGH, LEADS, PRONOUNS, SHORT
from assistant.search.text import words
from assistant.search.understand import Frame, Query, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.dialogue.talk import Conversation

# Words that begin a message which adds to the one before it: "with cuda 12.6", "for a colleague", "only numpy".
ADDING = frozenset("with without for on in to into from only just using via by as at".split())
WHOSE = frozenset("i we he she they my our im ive hes shes theyre".split())
STATING = frozenset(
    "am is are have has had only use using work works need already m ve re s don dont no without".split()
)
ASKING = frozenset(
    "what whats how why where when who which whose does do did can could should is are will would if".split()
)
QUESTIONS = ASKING - frozenset("do does did are is will would if".split())
_TAKEN_BACK = re.compile(
    r"^(?:(?:no|nope|sorry|wait|oh|ah|actually|rather|i mean[t]?|meant)\b[\s,.:;]*)+", re.IGNORECASE
)


def stated(talk: Conversation, text: str, said: list[str], last: Answer) -> Answer | None:
    """The thread's question in somebody's own case: "i have no gpu", "he is on windows", "what if we have no conda"."""
    own = said[2:] if said[:2] == ["what", "if"] else said[1:] if said[:1] and said[0] in LEADS else said
    if not own or own[0] not in WHOSE or STATING.isdisjoint(own[1:4]) or not QUESTIONS.isdisjoint(own):
        return None
    if last.kind == "comparison":
        return side_by_side.choices(text, last)
    result = answer(f"{talk.topic} {text}", talk.library, talk.asked_with(talk.frame, Frame()))
    if result.status != "answered" or not result.entry:
        return None
    return talk.remember(text, result.replace(question=text), None, f"{talk.topic} {text}")


def added(talk: Conversation, text: str, said: list[str], query: Query) -> Answer | None:
    """The last question with what a message adds to it: "with cuda 12.6", "to requirements.txt", "only numpy"."""
    own = said[1:] if said[:1] and said[0] in LEADS else said
    if not own or own[0] not in ADDING or len(own) > 6 or (query.unknown and not query.anchors):
        return None
    if PRONOUNS & set(own):
        return None
    topic = talk.topic
    for name in ("name", "new_name"):
        if name in talk.frame.slots:  # it is carried as a name, and would be read as a word
            topic = re.sub(rf"(?<![\w.-]){re.escape(talk.frame.slots[name])}(?![\w-])", "", topic)
    joined = f"{topic} {text}"
    if own[0] in ("only", "just") and talk.frame.actions and not ADDING & set(own[1:2]):
        joined = " ".join((talk.frame.actions[0], *own[1:]))
    slots = {**talk.frame.slots, **query.frame.slots}
    result = answer(joined, talk.library, talk.asked_with(talk.frame, query.frame))
    if result.status != "answered" or not result.entry:
        return None
    frame = understand(joined, talk.library.index).frame
    frame = frame.replace(slots={**slots, **frame.slots})
    if ":" not in result.entry.id:  # again, with the names that were given before
        result = compose(talk.library.entry(result.entry.id), text, talk.view(frame), talk.library)
    return talk.remember(text, result.replace(question=text), frame, joined)


def filled(talk: Conversation, text: str, said: list[str], query: Query) -> Answer | None:
    """The task of the conversation with what a message says of it: "a package, pandas, from env work", "no, the kernel"."""
    frame = query.frame
    own = [word for word in said if word not in CONNECTORS]
    if not talk.last or talk.last.kind != "command" or said[0] in ("it", "i"):
        return None
    if frame.actions or not talk.frame.actions or not own or not ASKING.isdisjoint(said) or PRONOUNS & set(own):
        return None
    if not (frame.objects or frame.tools or frame.slots) or frame.kind:
        return None
    joined = f"{talk.frame.actions[0]} {_TAKEN_BACK.sub('', text)}"
    if not understand(joined, talk.library.index).tasks:
        return None
    result = look_up(joined, talk.library, talk.asked_with(talk.frame, frame), dict(talk.frame.slots))
    if result.status != "answered" or result.kind != "command":
        return None
    return talk.remember(text, result.replace(question=text), understand(joined, talk.library.index).frame, joined)


def asked_back(talk: Conversation, text: str) -> Answer | None:
    """The question that was asked back about, with what was said then: "install tensorflow", "on windows"."""
    if len(words(text)) > SHORT or "\n" in text:
        return None
    alone = look_up(text, talk.library, talk.asked)
    if alone.status == "answered" and alone.confidence >= ENOUGH:
        return None
    joined = f"{talk.asked_back} {text}"
    result = answer(joined, talk.library, talk.asked)
    return talk.remember(joined, result.replace(question=text), None, joined) if result.status == "answered" else None
