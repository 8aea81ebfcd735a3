"""A conversation: each turn is read in the light of the one before it.

A follow-up changes one thing of the last frame (tool, system, shell, version, name, action), refers to it ("undo that",
"is that safe", "why", "more", "do it") or answers a question of ours. Anything else is a new question; one that has no
answer does not lose the thread.
"""

from __future__ import annotations

from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.compose import View, compose
from assistant.dialogue.engine import (
    Asked,
    answer,
    check_question,
    look_up,
    may_be_command,
    may_be_output,
    view_for,
)
from assistant.dialogue.replies import (
    about_choice,
    asks_example,
    asks_if_safe,
    asks_more,
    asks_source,
    asks_to_do_it,
    asks_undo,
    asks_why,
    chosen_number,
    small_talk,
)
from assistant.search.text import STOP_WORDS, words
from assistant.search.understand import Frame, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library

# Words that tie a message to what was said before, and carry nothing themselves.
CONNECTORS = frozenset(
    """and or but with in on for using via use the same what about how instead then now also too there that this it one
    by through inside under as to a an my please do i can you if is would be version versions python system shell tool
    called named name try prefer rather want work works look show me again case situation way btw am machine computer here
    actually""".split()
)
PRONOUNS = frozenset("it that this them those these there one ones".split())
LEADS = frozenset("and but so then or also which instead".split())
ENOUGH = 0.9  # from here on a short message is a question of its own
SHORT = 9  # words; a longer message says what it is about by itself


class Conversation:
    """One person's conversation. `turn` answers a message and remembers what it was about."""

    def __init__(self, library: Library, asked: Asked | None = None) -> None:
        self.library = library
        self.asked = asked or Asked()
        self.last: Answer | None = None
        self.frame = Frame()
        self.pending: tuple[Link, ...] = ()

    def turn(self, message: str) -> Answer:
        """The answer to one message. UsageError where it is empty or no text."""
        text = check_question(message)
        chosen = self._choice(text)
        if chosen:
            return chosen
        self.pending = ()
        talk = small_talk(text)
        if talk:
            return Answer(question=text, status="answered", blocks=(Block(kind="lead", text=talk),), confidence=1.0)
        if (may_be_output(text) and text.count("\n") >= 1) or (
            may_be_command(text) and text.split()[0] in self.library.flag_tools()
        ):
            return self._remember(text, answer(text, self.library, self.asked))
        follow = self._follow_up(text) if self.last and self.last.entry else None
        if follow:
            return follow
        return self._remember(text, answer(text, self.library, self.asked))

    def _remember(self, text: str, result: Answer, frame: Frame | None = None) -> Answer:
        if result.status == "ambiguous":
            self.pending = result.choices
        if result.status != "unknown":
            self.frame = frame or understand(text, self.library.index).frame
            if result.entry:
                self.last = result
        return result

    def _choice(self, text: str) -> Answer | None:
        """The choice that a number or a word of ours makes, after a question back."""
        if not self.pending:
            return None
        number = chosen_number(text, len(self.pending))
        if number is None:
            number = about_choice(text, [link.title for link in self.pending])
        if number is None:
            return None
        link = self.pending[number]
        self.pending = ()
        return self._entry(text, link.id, self.frame)

    def _view(self, frame: Frame) -> View:
        """For whom to answer: what was said in the conversation beats what was asked for at its start."""
        asked = Asked(
            system="" if frame.systems else self.asked.system,
            shell="" if frame.shells or frame.systems else self.asked.shell,
            tool="" if frame.tools else self.asked.tool,
            machine=self.asked.machine,
        )
        return view_for(frame.slots, frame.tools, asked, frame.systems, frame.shells)

    def _entry(self, text: str, entry_id: str, frame: Frame) -> Answer:
        view = self._view(frame)
        result = compose(self.library.entry(entry_id), text, view, self.library)
        self.last, self.frame = result, frame
        return result

    def _follow_up(self, text: str) -> Answer | None:
        said = words(text)
        if len(said) > SHORT:
            return self._in_context(text, said)
        last = self.last
        assert last is not None and last.entry is not None  # noqa: S101 - the caller made sure; this tells the type checker
        if asks_undo(said):
            return self._undo(text, last)
        if asks_if_safe(said):
            return self._safety(text, last)
        if asks_to_do_it(said):
            return self._do_it(text, last)
        if asks_source(said):
            return self._source(text, last)
        if asks_why(said):
            return self._why(text, last)
        if asks_more(said):
            return self._more(text, last)
        if asks_example(said):
            return self._example(text, last)
        return self._changed(text, said) or self._in_context(text, said)

    def _changed(self, text: str, said: list[str]) -> Answer | None:
        """The last answer with another tool, system, shell, version or name, where the message says nothing else."""
        frame = understand(text, self.library.index).frame
        slots = dict(frame.slots)
        values = {value.lower() for value in slots.values()}
        named = {*frame.tools, *frame.systems, *frame.shells}
        lexicon = self.library.index["lexicon"]
        synonyms = {
            form
            for group in ("tools", "systems", "shells")
            for name in named
            for bag in lexicon[group].get(name, ())
            for forms in bag
            for form in forms
        }
        rest = [word for word in said if word not in CONNECTORS and word not in synonyms and word not in values]
        bare = rest[0] if len(rest) == 1 and not named and not slots and said[:2] == ["called", rest[0]] else ""
        if bare:
            slots["name"] = bare
            rest = []
        if rest or not (named or slots):
            return None
        last = self.last
        assert last is not None and last.entry is not None  # noqa: S101
        merged = Frame(
            actions=self.frame.actions,
            objects=self.frame.objects,
            tools=frame.tools or self.frame.tools,
            shells=frame.shells or (self.frame.shells if not frame.systems else ()),
            systems=frame.systems or self.frame.systems,
            slots={**self.frame.slots, **slots},
            kind=self.frame.kind,
        )
        if last.entry.id.startswith(("compare:", "command:")):
            return None
        entry = self.library.entry(last.entry.id)
        if frame.tools and last.kind == "comparison":
            return self._compared_with(text, frame.tools)
        if frame.tools and last.kind not in ("command", "problem"):
            again = look_up(f"{last.question} {text}", self.library, self.asked, merged.slots)
            if again.status == "answered" and again.entry and again.entry.id != last.entry.id:
                return self._remember(text, again, merged)
        view = self._view(merged)
        result = compose(entry, text, view, self.library)
        self.last, self.frame = result, merged
        return result

    def _compared_with(self, text: str, tools: tuple[str, ...]) -> Answer | None:
        from assistant.dialogue.compare import compare

        earlier = [tool for tool in self.frame.tools if tool not in tools][:2]
        if not earlier:
            return None
        result = compare([*earlier, *tools], self.library, self.asked)
        return self._remember(text, result.replace(question=text), self.frame.replace(tools=(*earlier, *tools)))

    def _in_context(self, text: str, said: list[str]) -> Answer | None:
        """A question that leans on the last one: "how do I delete it", "and rename?", "which version then"."""
        query = understand(text, self.library.index)
        frame = query.frame
        strange = (query.unknown or query.mended) and not query.anchors
        if strange or not self._leans(text, said, frame):
            return None
        last = self.last
        earlier = f"{last.question} {last.title}" if last else ""
        result = look_up(text, self.library, self.asked, self.frame.slots, earlier)
        if result.status != "answered":
            return None
        merged = frame.replace(
            objects=frame.objects or self.frame.objects,
            tools=frame.tools or self.frame.tools,
            slots={**self.frame.slots, **frame.slots},
        )
        return self._remember(text, result.replace(question=f"{text} ({last.question})" if last else text), merged)

    def _leans(self, text: str, said: list[str], frame: Frame) -> bool:
        """Whether a message needs the one before it: it points back, goes on, or says too little by itself."""
        if PRONOUNS & set(said) or (said[:1] and said[0] in LEADS):
            return not (frame.tools and frame.objects and len(said) > 6)
        content = [word for word in said if word not in STOP_WORDS and word not in CONNECTORS]
        if len(content) <= 3 and len(said) <= 6:
            alone = look_up(text, self.library, self.asked, self.frame.slots)
            return alone.status != "answered" or alone.confidence < ENOUGH
        return False

    def _undo(self, text: str, last: Answer) -> Answer:
        assert last.entry is not None  # noqa: S101
        entry = self.library.entry(last.entry.id) if ":" not in last.entry.id else None
        if entry and entry.undo:
            try:
                self.library.number(entry.undo)
                return self._entry(text, entry.undo, self.frame)
            except KeyError:
                return self._says(text, entry.undo)
        back = look_up("undo", self.library, self.asked, self.frame.slots, last.question)
        if back.status == "answered" and back.entry and back.entry.id != last.entry.id and back.commands:
            return self._remember(text, back.replace(question=text), self.frame)
        if last.flows:
            return self._says(
                text, "What a flow did can be taken back with `envguide undo`; it lists what it will change first."
            )
        if all(command.risk == "reads" for command in last.commands):
            return self._says(text, "There is nothing to undo: that only shows something.")
        return self._says(text, "I know no command that takes that back. If a flow did it, `envguide undo` does.")

    def _safety(self, text: str, last: Answer) -> Answer:
        risks = {command.risk for command in last.commands}
        sentences = {
            "deletes": "It deletes something; look at the names in it before you run it.",
            "admin": "It needs administrator rights.",
            "installs": "It installs or changes packages, in the active environment unless it names one.",
            "user-files": "It changes files of yours.",
            "network": "It downloads.",
        }
        said = [sentence for risk, sentence in sentences.items() if risk in risks]
        if not last.commands:
            said = ["There is no command in that answer, so nothing is changed."]
        elif not said:
            said = ["Yes. These commands only show something; they change nothing."]
        entry = self.library.entry(last.entry.id) if last.entry and ":" not in last.entry.id else None
        if entry and entry.undo:
            try:
                said.append(f"To take it back: “{self.library.title(entry.undo)}”.")
            except KeyError:
                said.append(f"To take it back: {entry.undo}")
        if last.flows:
            said.append("The flow shows its plan and asks before it changes anything.")
        return self._says(text, " ".join(said))

    def _do_it(self, text: str, last: Answer) -> Answer:
        if last.flows:
            flow = last.flows[0]
            lead = f"“{flow.title}” does that: it shows its plan and asks before anything is changed."
            return last.replace(question=text, blocks=(Block(kind="lead", text=lead),), corrections=(), more="")
        commands = last.commands
        if commands:
            lead = "No flow does that. These are the commands; you run them in your own terminal."
            return last.replace(
                question=text,
                blocks=(Block(kind="lead", text=lead), Block(kind="commands", commands=commands)),
                corrections=(),
                more="",
            )
        return self._says(text, "There is nothing to run in that answer.")

    def _source(self, text: str, last: Answer) -> Answer:
        items = [f"{item.heading}, lines {item.first}-{item.last}: {item.summary}" for item in last.citations]
        items += [f"{item.url or item.title} (as of {item.as_of})" for item in last.sources]
        block = (
            Block(kind="list", text="That comes from", items=tuple(items))
            if items
            else Block(kind="lead", text="From the program itself.")
        )
        return last.replace(question=text, blocks=(block,), corrections=last.corrections, flows=(), more="")

    def _why(self, text: str, last: Answer) -> Answer:
        entry = self.library.entry(last.entry.id) if last.entry and ":" not in last.entry.id else None
        reasons = [f"The document says: {item.said}. As of {item.as_of}: {item.now}" for item in last.corrections]
        if entry and entry.cause:
            reasons.insert(0, entry.cause)
        if entry and entry.more:
            reasons.append(last.more)
        if entry and not reasons and entry.see:
            topic = next((name for name in entry.see if self._kind(name) in ("topic", "comparison", "term")), "")
            if topic:
                return self._entry(text, topic, self.frame)
        if entry and not reasons and entry.body:
            reasons.append(last.blocks[-1].text or entry.body)
        if not reasons:
            reasons = [item.summary for item in last.citations if item.summary]
        return self._says(text, "\n\n".join(reasons) or "I have no more reason to give than that answer.", last)

    def _more(self, text: str, last: Answer) -> Answer:
        if last.more:
            return self._says(text, last.more, last)
        if last.related:
            items = tuple(link.title for link in last.related)
            return last.replace(
                question=text,
                blocks=(Block(kind="list", text="That was all of it. Near it I know", items=items),),
                corrections=(),
                flows=(),
            )
        return self._says(text, "That was all that I know of it.", last)

    def _example(self, text: str, last: Answer) -> Answer:
        entry = self.library.entry(last.entry.id) if last.entry and ":" not in last.entry.id else None
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

    def _kind(self, entry_id: str) -> str:
        try:
            return str(self.library.index["kinds"][self.library.number(entry_id)])
        except KeyError:
            return ""

    def _says(self, text: str, words_: str, last: Answer | None = None) -> Answer:
        """A short reply about the last answer, which stays what the conversation is about."""
        about = last or self.last
        entry = about.entry if about else None
        return Answer(
            question=text,
            status="answered",
            entry=entry,
            kind=about.kind if about else "",
            blocks=(Block(kind="text", text=words_),),
            citations=about.citations if about else (),
            confidence=1.0,
        )
