"""One question -> one Answer: an error is diagnosed, a command is explained, anything else is looked up, or refused."""

from __future__ import annotations

import re

from assistant.dialogue.ahead import from_tables, read_here
from assistant.dialogue.answer import Answer, Block
from assistant.dialogue.decide import SAID_LIKE, SURE, decide
from assistant.errors import UsageError
from assistant.search.rank import rank
from assistant.search.understand import understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.model import Machine
    from assistant.search.library import Library

OWN_WORDS = 0.4  # share of a message that has to be the error's own words; with less of them it tells a story
NEARLY = 0.85  # of the best score: good enough where the best was just shown
STORY = 9  # words of a line that may be somebody's story
_QUOTED = re.compile(r"[:'\"`=]|[A-Z]\w+(?:Error|Exception|Warning)")  # what outputs have, and stories have not
MAX_QUESTION_BYTES = 4_000_000


class Asked:
    """What a face knows beside the question: assumed system, shell and tools, whether to say why."""

    def __init__(
        self, system: str = "", shell: str = "", tool: str = "", machine: Machine | None = None, why: bool = False
    ) -> None:
        self.system = system
        self.shell = shell
        self.tool = tool
        self.machine = machine
        self.why = why


def check_question(question: str) -> str:
    """The question without surrounding blanks; UsageError where it is empty, binary or far too long."""
    if not question.isprintable() and _is_binary(question):
        raise UsageError("this is not text", "ask in words, or give an error output as text: `envguide why FILE`")
    stripped = question.strip()
    if not stripped:
        raise UsageError("the question is empty", 'ask something, such as: envguide ask "conda vs venv"')
    if len(stripped) > MAX_QUESTION_BYTES:
        raise UsageError("the question is longer than 4 MB", "give a long output to `envguide why FILE`")
    return stripped


def answer(question: str, library: Library, asked: Asked | None = None) -> Answer:
    """The answer to one question on its own. UsageError for what is no question at all."""
    asked = asked or Asked()
    text = check_question(question)
    if may_be_output(text):
        hit = None if tells_a_story(text) else _diagnosed(text, library, asked)
        if hit:
            return hit
        hit = _retyped(text, library, asked)
        if hit:
            return hit
    if may_ask_translation(text, library):
        from assistant.dialogue.wanted import asked_translation

        translated = asked_translation(text, library, asked)
        if translated:
            return translated
    if may_be_command(text):
        from assistant.dialogue.explain import explain_command, is_command

        explained = explain_command(text, library) if is_command(text, library) else None
        if explained:
            return explained
    if may_ask_option(text):
        from assistant.dialogue.options import explain_option

        option = explain_option(text, library)
        if option and not _asked_so(text, library, option.title.split("`")[1]):
            return option
    talk = _small_talk(text) if len(text) < 60 and _may_be_talk(text) else ""
    if talk:
        return Answer(question=text, status="answered", blocks=(Block(kind="lead", text=talk),), confidence=1.0)
    return look_up(text, library, asked)


_LIKE = ("equivalent", "counterpart", "analog", "alternative", "version of", "replacement", "translate", "convert")


def may_ask_translation(text: str, library: Library) -> bool:
    """Whether a command's form in another tool may be wanted: two tools, and a word that says so. A cheap first look."""
    if len(text) > 200 or "\n" in text:
        return False
    lowered = text.lower()
    said = lowered.rstrip("?.! ").split()
    if len(said) < 4:
        return False
    tools = library.index["lexicon"]["tools"]
    return any(word in lowered for word in _LIKE) or (
        said[-1] in tools and said[-2] in ("in", "into", "to", "with", "using", "for")
    )


_TALK_WORDS = (
    "thank", "thx", "ty", "hello", "hi", "hey", "bye", "ok", "great", "good", "you", "help", "cheers",
    "cool", "nice", "there", "ask", "merci",
)  # fmt: skip


def _may_be_talk(text: str) -> bool:
    """Whether a short message may be thanks, a greeting or a question about us. A cheap first look."""
    return text.lower().startswith(_TALK_WORDS) or any(f" {word}" in text.lower() for word in _TALK_WORDS)


def _small_talk(text: str) -> str:
    from assistant.dialogue.replies import small_talk

    return small_talk(text)


def look_up(
    text: str,
    library: Library,
    asked: Asked,
    carried: dict[str, str] | None = None,
    earlier: str = "",
    other_than: str = "",
    points: bool = False,
    family: str = "",
) -> Answer:
    """The answer to a question in words.

    `carried` are values that the conversation named before; `earlier` is what it was about, for a message that leans on it;
    `other_than` is the entry that was shown last: another one that fits nearly as well is the better reply;
    `points` says that the message points back ("it", "that one"), `family` to what kind of thing the last task was about.
    """
    cleaned = text if text.isascii() and text.isprintable() else _clean(text)
    tabled = from_tables(cleaned, library, asked)
    if tabled:
        return tabled
    query = understand(read_here(cleaned, library, asked), library.index)
    if carried:
        query = query.replace(frame=query.frame.replace(slots={**carried, **query.frame.slots}))
    if earlier:
        from assistant.search.understand import lean_on

        query = lean_on(query, understand(earlier, library.index), library.index, points, family)
    ranked = rank(query, library.index)
    if other_than and len(ranked) > 1 and library.index["ids"][ranked[0].number] == other_than:
        if ranked[1].score >= NEARLY * ranked[0].score and ranked[1].confidence >= SURE:
            ranked = ranked[1:]
    return decide(cleaned, query, ranked, library, asked)


def _is_binary(text: str) -> bool:
    from assistant.dialogue.clean import is_binary

    return is_binary(text)


def _clean(text: str) -> str:
    from assistant.dialogue.clean import clean_output

    return clean_output(text)


_ERROR_WORDS = (
    "error", "exception", "warning", "fatal", "failed", "cannot", "could not", "unable", "not found", "no such", "no module",
    "no matching", "traceback", "not recognized", "denied", "not in", "requires", "invalid", "killed", "unsatisf", "conflict",
    "restricted", "disabled", "out of memory", "mismatch", "does not", "doesn't", "has no", "not compatible", "incompatib",
    "not support", "unsupported", "no space", "no kernel", "not compiled", "without gpu", "can't", "couldn't", "refused",
    "timed out", "expired", "corrupt", "too old", "died", "already", "conda init before", "no longer", "not set",
    "not available", "is not", "not been", "no matches", "missing", "unexpected", "no python at", "managed-environment",
    "managed environment",
)  # fmt: skip


def may_be_output(text: str) -> bool:
    """Whether a message may hold an error output: several lines, or a word that errors use. A cheap first look."""
    if text.count("\n") >= 2:
        return True
    lowered = text.lower()
    return any(word in lowered for word in _ERROR_WORDS)


def tells_a_story(text: str) -> bool:
    """Whether one line is rather a sentence that holds an error's words than an error's output."""
    return "\n" not in text and len(text.split()) >= STORY and not _QUOTED.search(text)


def may_be_command(text: str) -> bool:
    """Whether a message may be a pasted command line: one line with a flag or a pin. A cheap first look."""
    return "\n" not in text and (" -" in text or "=" in text)


def may_ask_option(text: str) -> bool:
    """Whether a short message may ask what an option means. A cheap first look."""
    return len(text) < 80 and (text.startswith("-") or " -" in text)


def _diagnosed(text: str, library: Library, asked: Asked) -> Answer | None:
    from assistant.dialogue.diagnose import diagnose, retyped

    found = diagnose(text, library)
    if not found:
        return None
    typed = retyped(text, library)  # without its quotes a line may name a more special problem
    if typed and typed[0].score > found[0].score:
        found = typed
    from assistant.dialogue.why import recognised

    return recognised(found, text, library, asked, 0.95)


def _retyped(text: str, library: Library, asked: Asked) -> Answer | None:
    """An error that was typed from memory, in small letters and without its quotes."""
    from assistant.dialogue.diagnose import retyped

    found = retyped(text, library)
    if not found or len(found[0].evidence) < OWN_WORDS * len(text) or _asked_so(text, library):
        return None
    from assistant.dialogue.why import recognised

    return recognised(found, text, library, asked, 0.9)


def _asked_so(text: str, library: Library, word: str = "") -> bool:
    """Whether an entry is asked for in just these words, `word` among them: it knows best what they mean."""
    ranked = rank(understand(text, library.index), library.index, limit=1)
    if not ranked or (ranked[0].signals["exact"] == 0 and ranked[0].signals["phrase"] < SAID_LIKE):
        return False
    return any(word in phrase for phrase in library.entry(ranked[0].number).ask)
