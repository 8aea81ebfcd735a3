"""Replies about the last answer: undo that, is that safe, do it, where from, why, more, an example."""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block
from assistant.dialogue.engine import look_up

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.content.models import Entry
    from assistant.dialogue.talk import Conversation

TYPICAL = ("environment.create", "tool.install", "package.install")  # what shows a tool at work
_RESTORING = frozenset("undo back reverse revert restore earlier previous out".split())
_HARMED = frozenset("env envs environment environments files notebooks packages models project".split())
RISKS = {
    "deletes": "It deletes something; look at the names in it before you run it.",
    "admin": "It needs administrator rights.",
    "installs": "It installs or changes packages, in the active environment unless it names one.",
    "user-files": "It changes files of yours.",
    "network": "It downloads.",
}


def undo(talk: Conversation, text: str, last: Answer) -> Answer:
    """What takes the last answer's commands back."""
    entry = entry_of(talk, last)
    if entry and entry.undo:
        if talk.has(entry.undo):
            return talk.show(text, entry.undo)
        return says(text, talk.fill(entry.undo), last)
    back = look_up("undo", talk.library, talk.asked, talk.frame.slots, last.question)
    near = {link.id for link in last.related} | set(entry.see if entry else ())
    restores = bool(back.entry) and not _RESTORING.isdisjoint(back.title.lower().split())
    if last.kind != "problem" and restores and back.entry and back.entry.id in near and back.commands:
        return talk.remember(text, back.replace(question=text), talk.frame)
    task = entry_of(talk, talk.task) if talk.task and talk.task.entry != last.entry else None
    if task and task.undo and talk.has(task.undo):
        return talk.show(text, task.undo)
    if last.flows:
        return says(
            text, "What a flow did can be taken back with `envguide undo`; it lists what it will change first.", last
        )
    if all(command.risk == "reads" for command in last.commands):
        return says(text, "There is nothing to undo: that only shows something.", last)
    return says(text, "I know no command that takes that back. If a flow did it, `envguide undo` does.", last)


def safety(talk: Conversation, text: str, last: Answer) -> Answer:
    """What the last answer's commands change, and how that is taken back."""
    if not _HARMED.isdisjoint(text.lower().strip("?! .").split()) and last.entry:
        near = {last.entry.id, *(link.id for link in last.related)}
        effect = look_up(f"{last.title} {text}", talk.library, talk.asked, talk.frame.slots)
        if effect.entry and effect.status == "answered" and effect.entry.id in near - {last.entry.id}:
            return effect.replace(question=text)
    risks = {command.risk for command in last.commands}
    said = [sentence for risk, sentence in RISKS.items() if risk in risks]
    entry = entry_of(talk, last)
    if not last.commands:
        said = ["There is no command in that answer, so nothing is changed."]
    elif not said:
        said = ["Yes. These commands only show something; they change nothing."]
    elif entry and entry.kind != "problem" and not risks.isdisjoint(("deletes", "admin")):
        said.append(talk.fill(entry.answer))
    if entry and entry.undo:
        way = f"“{talk.library.title(entry.undo)}”" if talk.has(entry.undo) else talk.fill(entry.undo)
        said.append(f"To take it back: {way.rstrip('.')}.")
    if last.flows:
        said.append("The flow shows its plan and asks before it changes anything.")
    return says(text, " ".join(said), last)


def do_it(text: str, last: Answer) -> Answer:
    """The flow that does what the last answer is about, else its commands."""
    if last.flows:
        lead = f"“{last.flows[0].title}” does that: it shows its plan and asks before anything is changed."
        blocks: tuple[Block, ...] = (Block(kind="lead", text=lead),)
    elif last.commands:
        lead = "No flow does that. These are the commands; you run them in your own terminal."
        blocks = (Block(kind="lead", text=lead), Block(kind="commands", commands=last.commands))
    else:
        return says(text, "There is nothing to run in that answer.", last)
    return last.replace(question=text, blocks=blocks, corrections=(), more="")


def source(text: str, last: Answer) -> Answer:
    """Where the last answer comes from: lines of the document, and dated sources."""
    items = [f"{item.heading}, lines {item.first}-{item.last}: {item.summary}" for item in last.citations]
    items += [f"{item.url or item.title} (as of {item.as_of})" for item in last.sources]
    block = (
        Block(kind="list", text="That comes from", items=tuple(items))
        if items
        else Block(kind="lead", text="From the program itself.")
    )
    return last.replace(question=text, blocks=(block,), corrections=last.corrections, flows=(), more="")


def no_help(text: str, last: Answer) -> Answer:
    """What to do when the last answer did not help: for a problem its check and every fix, and what to paste."""
    lead = "Then it may be another cause. Paste the whole output here, from the first error line on."
    if last.kind == "problem":
        lead = f"Make sure that it is this, then try the next fix. {lead}"
        return last.replace(question=text, blocks=(Block(kind="lead", text=lead), *last.blocks[1:]), more="")
    return says(text, lead, last)


def other_way(text: str, last: Answer) -> Answer:
    """Another way than the one that was shown: a problem's further fixes, else what lies near the answer."""
    fixes = [block for block in last.blocks if block.kind == "commands" and block.text.startswith("Fix")]
    if len(fixes) > 1:
        return last.replace(question=text, blocks=tuple(fixes[1:]), corrections=(), more="")
    return last.replace(question=text) if fixes else more(text, last)


def why(talk: Conversation, text: str, last: Answer) -> Answer:
    """The reason behind the last answer: a cause, what changed since the document, or the entry that explains it."""
    entry = entry_of(talk, last)
    reasons = [f"The document says: {item.said}. As of {item.as_of}: {item.now}" for item in last.corrections]
    if entry and entry.cause:
        reasons.insert(0, entry.cause)
    if entry and entry.more:
        reasons.append(last.more)
    if entry and not reasons:
        explaining = [name for name in entry.see if talk.kind(name) in ("topic", "comparison", "term")]
        if explaining:
            return talk.show(text, explaining[0])
        if entry.body:
            reasons.append(talk.fill(entry.body))
    if not reasons and last.kind == "comparison":
        reasons = [item for block in last.blocks if block.kind == "list" for item in block.items]
    if not reasons:
        reasons = [item.summary for item in last.citations if item.summary]
    return says(text, "\n\n".join(reasons) or "I have no more reason to give than that answer.", last)


def more(text: str, last: Answer) -> Answer:
    """What the last answer left out, else what lies near it."""
    if last.more:
        return says(text, last.more, last)
    if last.related:
        items = tuple(link.title for link in last.related)
        return last.replace(
            question=text,
            blocks=(Block(kind="list", text="That was all of it. Near it I know", items=items),),
            corrections=(),
            flows=(),
        )
    return says(text, "That was all that I know of it.", last)


def example(talk: Conversation, text: str, last: Answer) -> Answer:
    """The last answer's first commands and what they print."""
    entry = entry_of(talk, last)
    if entry and entry.kind == "tool" and not last.commands:
        tool = entry.id.split(".")[-1]
        ids = talk.library.index["ids"]
        typical = next((name for name in TYPICAL if tool in talk.library.index["frames"][ids.index(name)][2]), "")
        if typical:
            return talk.show(text, typical, talk.frame.replace(tools=(tool,)))
    blocks = []
    if last.commands:
        blocks.append(Block(kind="commands", text="For example", commands=last.commands[:2]))
    if entry and entry.output:
        blocks.append(Block(kind="output", text=entry.output))
    if not blocks and last.more:
        blocks.append(Block(kind="text", text=last.more))
    return last.replace(
        question=text,
        blocks=tuple(blocks) or (Block(kind="lead", text="I have no example of that."),),
        corrections=(),
    )


def entry_of(talk: Conversation, last: Answer) -> Entry | None:
    """The entry behind an answer; None where it was made from a table or a command line."""
    return talk.library.entry(last.entry.id) if last.entry and ":" not in last.entry.id else None


def says(text: str, words: str, about: Answer) -> Answer:
    """A short reply about the last answer, which stays what the conversation is about."""
    return Answer(
        question=text,
        status="answered",
        entry=about.entry,
        kind=about.kind,
        blocks=(Block(kind="text", text=words),),
        citations=about.citations,
        confidence=1.0,
    )
