"""What a ranking comes to: an answer, a question back, a comparison made from the tables, or the admission that there is none."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.compose import View, compose

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.dialogue.engine import Asked
    from assistant.search.library import Library
    from assistant.search.rank import Ranked
    from assistant.search.understand import Query

SURE = 0.5  # from here on an entry is shown as the answer
NEAR = 0.25  # from here on an entry is worth naming beside "I don't know that"
CLOSE = 0.04  # two scores nearer than this share of the better one are the same
SAID_LIKE = 0.8  # agreement with a phrasing from which on an entry of another kind answers a comparison
BESIDE = 0.1  # two scores nearer than this: the second is shown in short below the first
EQUAL = 0.98  # of the best score: which of the two comes first is chance
BRIEF = 5  # words; a longer question says what it is about
WORDY = 7  # terms; a longer one that names two tools does not ask to compare them
LIKELY = 0.35  # of what is near, from here on its answer is shown in short beside "I don't know that"
RELATED = 0.6  # of the best score: near enough to be named below the answer


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
        refused = unknown(text, near, ranked[0].confidence if ranked else 0.0, why)
        if ranked and ranked[0].confidence >= LIKELY and query.anchors:
            entry = library.entry(ranked[0].number)
            view = view_for(query.frame.slots, query.frame.tools, asked, query.frame.systems, query.frame.shells)
            note = Block(kind="note", text=in_short(entry, compose(entry, text, view, library)))
            refused = refused.replace(blocks=(refused.blocks[0], note, *refused.blocks[1:]))
        return refused
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
        related = (Link(id=entry.id, title=entry.title), *(link for link in related if link.id != entry.id))[:5]
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
    if len(query.terms) > 2 or len(query.text.split()) > BRIEF or len(ranked) < 2:
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
    if query.frame.kind != "compare" or len(query.frame.tools) < 2 or query.unknown or len(query.terms) > WORDY:
        return None
    from assistant.dialogue.compare import compare_tools

    return compare_tools(list(query.frame.tools)[:4], text, library, asked)
