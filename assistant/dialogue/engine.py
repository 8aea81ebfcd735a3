"""One question -> one Answer: an error is diagnosed, a command is explained, anything else is looked up, or refused."""

from __future__ import annotations

from assistant.dialogue.ahead import from_tables, read_here
from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.compose import View, compose
from assistant.errors import UsageError
from assistant.search.rank import Ranked, rank
from assistant.search.understand import Query, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.machine.model import Machine
    from assistant.search.library import Library

SURE = 0.5  # from here on an entry is shown as the answer
NEAR = 0.25  # from here on an entry is worth naming beside "I don't know that"
CLOSE = 0.04  # two scores nearer than this share of the better one are the same
SAID_LIKE = 0.8  # agreement with a phrasing from which on an entry of another kind answers a comparison
BESIDE = 0.1  # two scores nearer than this: the second is shown in short below the first
EQUAL = 0.98  # of the best score: which of the two comes first is chance
RELATED = 0.6  # of the best score: near enough to be named below the answer
NEARLY = 0.75  # of the best score: good enough where the best was just shown
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
        hit = _diagnosed(text, library, asked)
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


def may_be_command(text: str) -> bool:
    """Whether a message may be a pasted command line: one line with a flag or a pin. A cheap first look."""
    return "\n" not in text and (" -" in text or "=" in text)


def may_ask_option(text: str) -> bool:
    """Whether a short message may ask what an option means. A cheap first look."""
    return len(text) < 80 and (text.startswith("-") or " -" in text)


def _diagnosed(text: str, library: Library, asked: Asked) -> Answer | None:
    from assistant.dialogue.diagnose import diagnose

    found = diagnose(text, library)
    if not found:
        return None
    from assistant.dialogue.why import recognised

    return recognised(found, text, library, asked, 0.95)


def _retyped(text: str, library: Library, asked: Asked) -> Answer | None:
    """An error that was typed from memory, in small letters and without its quotes."""
    from assistant.dialogue.diagnose import retyped

    found = retyped(text, library)
    if not found or _asked_so(text, library):
        return None
    from assistant.dialogue.why import recognised

    return recognised(found, text, library, asked, 0.9)


def _asked_so(text: str, library: Library, word: str = "") -> bool:
    """Whether an entry is asked for in just these words, `word` among them: it knows best what they mean."""
    ranked = rank(understand(text, library.index), library.index, limit=1)
    if not ranked or (ranked[0].signals["exact"] == 0 and ranked[0].signals["phrase"] < SAID_LIKE):
        return False
    return any(word in phrase for phrase in library.entry(ranked[0].number).ask)


def decide(text: str, query: Query, ranked: list[Ranked], library: Library, asked: Asked) -> Answer:
    """Answer, ask back or refuse, by how sure the ranking is."""
    why = _why(query, ranked, library) if asked.why else ()
    near = tuple(
        Link(id=library.index["ids"][item.number], title=library.index["titles"][item.number])
        for item in ranked[:3]
        if item.confidence >= NEAR
    )
    if not ranked or ranked[0].confidence < SURE:
        compared = _generated_comparison(text, query, library, asked)
        if compared:
            return compared
        return unknown(text, near, ranked[0].confidence if ranked else 0.0, why)
    best = library.entry(ranked[0].number)
    if query.frame.kind == "compare" and not _covers(best, query, ranked[0].signals["phrase"], library):
        compared = _generated_comparison(text, query, library, asked)
        if compared:
            return compared
    choices = rival_choices(query, ranked, library)
    if choices:
        return Answer(
            question=text,
            status="ambiguous",
            title="Which one do you mean?",
            blocks=(Block(kind="lead", text="This can mean more than one thing. Which one do you mean?"),),
            choices=choices,
            confidence=ranked[0].confidence,
            why=why,
        )
    view = view_for(query.frame.slots, query.frame.tools, asked, query.frame.systems, query.frame.shells)
    result = compose(best, text, view, library, ranked[0].confidence)
    related = _related(result, ranked, library)
    if second := _runner_up(query, ranked):
        entry = library.entry(second.number)
        note = Block(kind="note", text=in_short(entry, compose(entry, text, view, library)))
        related = tuple(link for link in related if link.id != entry.id)
        result = result.replace(blocks=(*result.blocks, note))
    return result.replace(related=related, why=why)


def view_for(
    slots: dict[str, str],
    tools: tuple[str, ...],
    asked: Asked,
    systems: tuple[str, ...] = (),
    shells: tuple[str, ...] = (),
) -> View:
    """For whom to compose: what the question names beats what was asked for by option, which beats the machine."""
    machine = asked.machine
    own_system = machine.system if machine else ""
    named_system = systems[0] if len(systems) == 1 else ""
    system = named_system or asked.system or own_system
    shell = shells[0] if len(shells) == 1 else asked.shell if not named_system or named_system == asked.system else ""
    if not shell and machine and system == own_system:
        shell = machine.shell
    if not asked.system and not systems and shell in ("cmd", "powershell") and own_system != "windows":
        system = "windows"
    if not shell:
        shell = {"windows": "powershell", "macos": "zsh", "linux": "bash"}.get(system, "")
    chosen = (asked.tool, *tools) if asked.tool else tools
    return View(system=system, shell=shell, tools=tuple(dict.fromkeys(chosen)), slots=slots, machine=machine)


def unknown(text: str, near: tuple[Link, ...], confidence: float, why: tuple[str, ...] = ()) -> Answer:
    """The admission that there is no answer, with what is nearest where something is near."""
    blocks = [Block(kind="lead", text="I don't know that.")]
    if near:
        blocks.append(Block(kind="list", text="The nearest that I know", items=tuple(link.title for link in near)))
    else:
        blocks.append(
            Block(
                kind="text",
                text="I know about Python environments and packages: conda, venv, pip, uv, PyTorch on a GPU, and the errors "
                "they give.",
            )
        )
    return Answer(
        question=text,
        status="unknown",
        title="I don't know that",
        blocks=tuple(blocks),
        related=near,
        confidence=confidence,
        why=why,
    )


def rival_choices(query: Query, ranked: list[Ranked], library: Library) -> tuple[Link, ...]:
    """What to choose between, where two entries fit equally and the question is too short to tell."""
    if len(query.terms) > 2 or len(ranked) < 2:
        return ()
    best = ranked[0]
    if best.signals["exact"]:
        return _equal_tasks(query, ranked, library)
    if library.index["frames"][best.number][0] in query.frame.actions:
        return ()  # the question says what to do, and this is the task that does it
    close = [item for item in ranked if item.score >= best.score * (1 - CLOSE) and item.confidence >= SURE]
    if len(close) < 2 or best.signals["phrase"] > 0.9 or query.frame.kind in ("trouble", "compare"):
        return ()
    return tuple(
        Link(id=library.index["ids"][item.number], title=library.index["titles"][item.number]) for item in close[:4]
    )


def _equal_tasks(query: Query, ranked: list[Ranked], library: Library) -> tuple[Link, ...]:
    """Two tasks that fit to the letter and act alike on different things: "uninstall conda", "conda uninstall"."""
    index = library.index
    first, second = ranked[0], ranked[1]
    if not second.signals["exact"] or second.score < first.score * EQUAL:
        return ()
    (action, thing, *_), (other_action, other_thing, *_) = index["frames"][first.number], index["frames"][second.number]
    if not action or action != other_action or thing == other_thing or query.frame.objects:
        return ()
    return tuple(Link(id=index["ids"][item.number], title=index["titles"][item.number]) for item in (first, second))


def _runner_up(query: Query, ranked: list[Ranked]) -> Ranked | None:
    """The second entry, where it fits so nearly as well that the person may have meant it."""
    if len(ranked) < 2 or ranked[0].signals["exact"] or query.frame.kind == "compare":
        return None
    first, second = ranked[0], ranked[1]
    return second if first.score - second.score < BESIDE and second.confidence >= SURE else None


def in_short(entry: Entry, full: Answer) -> str:
    """An entry's answer in a sentence or two, for below another one."""
    lead = next((block.text for block in full.blocks if block.kind == "lead"), "")
    command = "" if "`" in lead or not full.commands else f" `{full.commands[0].run}`"
    return f"If you meant “{entry.title.strip()}”: {lead}{command}"


def _why(query: Query, ranked: list[Ranked], library: Library) -> tuple[str, ...]:
    from assistant.dialogue.signals import explain_ranking

    return explain_ranking(query, ranked, library)


def _related(result: Answer, ranked: list[Ranked], library: Library) -> tuple[Link, ...]:
    links = {link.id: link for link in result.related}
    for item in ranked[1:]:
        entry_id = library.index["ids"][item.number]
        if (
            len(links) < 5
            and item.confidence >= SURE
            and item.score >= RELATED * ranked[0].score
            and entry_id not in links
        ):
            links[entry_id] = Link(id=entry_id, title=library.index["titles"][item.number])
    if result.entry:
        links.pop(result.entry.id, None)
    return tuple(links.values())[:5]


def _covers(entry: Entry, query: Query, phrase: float, library: Library) -> bool:
    """Whether an entry compares all the tools that are named, or its phrasings are near enough to the question.

    Where the question names tools only, just a comparison of all of them will do.
    """
    tools = query.frame.tools
    if entry.kind in ("comparison", "tool") and (len(tools) < 2 or set(tools) <= set(entry.tools)):
        return True
    index = library.index
    named = {form for name in tools for bag in index["lexicon"]["tools"][name] for forms in bag for form in forms}
    compared = {form for bag in index["lexicon"]["actions"]["compare"] for forms in bag for form in forms}
    about = set(query.terms) - {index["forms"].get(form) for form in named | compared}
    return phrase >= SAID_LIKE and bool(about)


def _generated_comparison(text: str, query: Query, library: Library, asked: Asked) -> Answer | None:
    if query.frame.kind != "compare" or len(query.frame.tools) < 2 or query.unknown:
        return None
    from assistant.dialogue.compare import compare_tools

    return compare_tools(list(query.frame.tools)[:4], text, library, asked)
