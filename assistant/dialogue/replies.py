"""Short replies that lean on the last answer: recognised by their words, whatever their order and politeness."""

from __future__ import annotations

from assistant.search.text import words

_POLITE = frozenset(
    """please ok okay so well then now oh and but hm hmm can could you i we me us do does did is are was the a an to for of
    just would should there""".split()
)

PRONOUNS = frozenset("it that this them those these there one ones".split())
LEADS = frozenset("and but so then or also which instead".split())
ENOUGH = 0.9  # from here on a short message is a question of its own
SHORT = 9  # words; a longer message says what it is about by itself
# Words that tie a message to what was said before, and carry nothing themselves.
CONNECTORS = frozenset(
    """and or but with in on for using via use the same what about how instead then now also too there that this it one
    by through inside under as to a an my please do i can you if is would be version versions python system shell tool
    called named name try prefer rather want work works look show me again case situation way btw am machine computer here
    actually specific exact exactly particular instance its no nope wait sorry meant mean does do have has""".split()
)

_THANKS = frozenset("thanks thank thx ty cheers merci danke gracias appreciated".split())
_HELLO = frozenset("hello hi hey hallo morning evening greetings yo".split())
_BYE = frozenset("bye goodbye exit quit ciao".split())
_FINE = frozenset("ok okay cool great nice perfect good alright fine understood right awesome worked works got".split())
_TALK = frozenset(
    """very much so many a lot that it you for your the help was helpful is there everyone all again answer works worked now
    good got to see later and i my this mate friend morning evening day have""".split()
)


def _in_any_order(*messages: str) -> frozenset[str]:
    return frozenset(" ".join(sorted(message.split())) for message in messages)


_PRESENCE = _in_any_order("how are you", "how are you doing", "are you there", "is anybody there", "is anyone there")
_ABILITIES = _in_any_order(
    "what can you do", "how can you help", "how can you help me", "what do you do", "who are you", "what are you",
    "what can i ask", "what can i ask you", "help", "help me",
)  # fmt: skip


def small_talk(text: str) -> str:
    """A reply to thanks, a greeting or a good-bye; empty where the message is something else."""
    said = words(text)
    ordered = " ".join(sorted(said))
    if ordered in _PRESENCE:
        return "I'm here. Ask about Python environments and packages, or paste an error."
    if ordered in _ABILITIES:
        return (
            "I answer questions about Python environments and packages (conda, venv, pip, uv, PyTorch on a GPU), say what an "
            "error means, look at this machine, and do things with you, step by step. Try `conda vs venv`, paste an error, "
            "or type `what flows are there`."
        )
    if not said or len(said) > 8 or "?" in text:
        return ""
    rest = [word for word in said if word not in _TALK]
    if any(word in _THANKS for word in rest) and all(word in _THANKS | _FINE | _HELLO for word in rest):
        return "You're welcome."
    if rest and all(word in _HELLO for word in rest):
        return "Hello. Ask about Python environments and packages, or paste an error."
    if rest and all(word in _BYE for word in rest):
        return "Good-bye. Type `exit` or press Ctrl+D to leave."
    if (rest and all(word in _FINE for word in rest)) or said == ["good"]:
        return "Good. Ask on whenever you like."
    return ""


def chosen_number(text: str, count: int) -> int | None:
    """The choice (from 0) that a message names by number: `2`, `the second`, `last one`, `option 1`."""
    said = [word for word in words(text) if word not in ("the", "one", "option", "number", "choice", "please")]
    names = {
        "first": 1,
        "second": 2,
        "third": 3,
        "fourth": 4,
        "one": 1,
        "two": 2,
        "three": 3,
        "four": 4,
        "last": count,
        "former": 1,
        "latter": count,
    }
    if len(said) != 1:
        return None
    number = int(said[0]) if said[0].isdigit() else names.get(said[0], 0)
    return number - 1 if 1 <= number <= count else None


def about_choice(text: str, titles: list[str]) -> int | None:
    """The one choice whose title holds a word of a short message that no other title holds."""
    said = [word for word in words(text) if word not in _POLITE and word not in ("one", "it", "that")]
    if not said or len(said) > 4:
        return None
    bags = [set(words(title)) for title in titles]
    scores = [
        sum(
            1 for word in said if any(word == other or (len(word) > 3 and other.startswith(word[:-1])) for other in bag)
        )
        for bag in bags
    ]
    best = max(scores)
    if best == 0 or best < len(said) / 2 or scores.count(best) > 1:
        return None
    return scores.index(best)


def _core(said: list[str]) -> list[str]:
    return [word for word in said if word not in _POLITE]


def _only(said: list[str], keys: str, others: str) -> bool:
    """Whether the words hold one of `keys` and otherwise only `others`."""
    core = _core(said)
    wanted, allowed = set(keys.split()), set(others.split())
    return bool(core) and any(word in wanted for word in core) and all(word in wanted | allowed for word in core)


def asks_undo(said: list[str]) -> bool:
    """`undo that`, `how do I take it back`, `can I reverse this`."""
    if ({"take", "back"} <= set(said) and len(said) <= 7) or ({"go", "back"} <= set(said) and len(said) <= 5):
        return True
    return _only(said, "undo reverse revert", "that it this how what command way possible one again back last")


_WHETHER = frozenset("does do will would can could is did and so but ok".split())
_HARMS = "delete deletes deleted lose loses break breaks overwrite overwrites damage damages harm harms hurt erase erases wipe"
_HARMED = """that it this them anything something everything any my our own i need other others else also too really get gets
    files file data notebooks notebook code project projects work stuff things settings packages package envs env environment
    environments models old one new original copy python system computer machine setup existing all with away have"""


def asks_if_safe(said: list[str]) -> bool:
    """`is that safe`, `what does it change`, `will it delete anything`."""
    if _only(
        said,
        "safe dangerous risky risk harmful destructive safely",
        "that it this command how any really totally one run",
    ):
        return True
    if {"change", "changes"} & set(said) and _only(said, "change changes", "what will that it this one"):
        return True
    return not _WHETHER.isdisjoint(said) and {"how", "why"}.isdisjoint(said) and _only(said, _HARMS, _HARMED)


def asks_to_do_it(said: list[str]) -> bool:
    """`do it`, `run that for me`, `yes, go ahead`, `make it so`."""
    core = [word for word in said if word not in _POLITE or word in ("do",)]
    text = " ".join(core)
    return text in _DO_IT


_DO_IT = frozenset(
    {
        *(
            "do it",
            "do that",
            "do this",
            "run it",
            "run that",
            "run this",
            "execute it",
            "go ahead",
            "make it so",
            "go",
        ),
        *(
            "yes",
            "yes do it",
            "yes do that",
            "yes go ahead",
            "yes run it",
            "do it me",
            "do that me",
            "run it me",
            "do it now",
        ),
        *("start it", "start", "start flow", "run flow", "run the flow", "make it happen"),
        *("do do it", "do do that", "do do this", "do run it"),
    }
)


def asks_source(said: list[str]) -> bool:
    """`where does that come from`, `source?`, `says who`."""
    return _only(
        said,
        "source sources citation cite reference says who",
        "where that it this your what come comes from in document say says who",
    ) or ({"where", "come"} <= set(said) and "from" in said and len(said) <= 7)


_HELPS = frozenset("help helped work worked working".split())
_NOT = "not didn didnt doesn doesnt don dont won wont isn isnt can cant cannot".split()


def says_no_help(said: list[str]) -> bool:
    """`still the same error`, `that didn't help`, `no luck`, `batch size smaller didnt help`, `and if that doesnt work`."""
    if len(said) <= 7 and len(said) > 1 and said[-1] in _HELPS and not set(_NOT).isdisjoint(said[-3:-1]):
        return True
    return _only(
        said,
        "still same help helped work works worked working luck fails failing",
        "error problem message it that this no again either all anything nothing unfortunately sadly tried found there show "
        "shows up change changed if and " + " ".join(_NOT),
    ) and bool({"still", "same", "no", "nothing", "fails", "failing", *_NOT} & set(said))


def asks_other_way(said: list[str]) -> bool:
    """`any other way`, `what else can I do`, `then what should I do`, `how do I fix it`."""
    return _only(
        said,
        "way ways else fix solve next",
        "any other another different what how it that this then try now and if do is there should can could solution",
    ) and not {"out"} & set(said)


def asks_way_out(said: list[str]) -> bool:
    """`and out again`, `how do I get out of it`, `how to leave`."""
    return _only(said, "out leave exit", "again get back of it that how go then")


def asks_why(said: list[str]) -> bool:
    """`why`, `why not`, `why is that`, `how come`."""
    others = "not that so it this come how good bad idea necessary need needed should would i me do want better"
    return _only(said, "why", others) or said == ["how", "come"]


def asks_more(said: list[str]) -> bool:
    """`more`, `tell me more`, `go on`, `details`."""
    return _only(
        said,
        "more details detail elaborate continue further longer",
        "tell about that it this give explain on go in show",
    ) or said == ["go", "on"]


def asks_example(said: list[str]) -> bool:
    """`an example`, `show me an example`, `what does it look like`."""
    return _only(said, "example examples sample", "show give that it this with what another") or (
        {"look", "like"} <= set(said) and len(said) <= 6
    )
