"""A conversation: each turn is read in the light of the one before it.

A follow-up changes one thing of the last frame (tool, system, shell, version, name, action), refers to it ("undo that",
"is that safe", "why", "more", "do it") or answers a question of ours. Anything else is a new question; one that has no
answer does not lose the thread.
"""

from __future__ import annotations

import re

from assistant.dialogue import about, adding, asides, side_by_side
from assistant.dialogue.answer import Answer, Block, Link
from assistant.dialogue.compose import Composer, View, compose
from assistant.dialogue.decide import view_for
from assistant.dialogue.engine import (
    Asked,
    answer,
    check_question,
    look_up,
    may_be_command,
    may_be_output,
)
from assistant.dialogue.replies import (
    CONNECTORS,
    ENOUGH,
    LEADS,
    PRONOUNS,
    SHORT,
    about_choice,
    asks_example,
    asks_if_safe,
    asks_more,
    asks_other_way,
    asks_source,
    asks_to_do_it,
    asks_undo,
    asks_way_out,
    asks_why,
    chosen_number,
    says_no_help,
    small_talk,
)
from assistant.search.text import STOP_WORDS, words
from assistant.search.understand import Frame, understand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library

EXACT_VERSION = "install an exact version of a package"
_VERSION = re.compile(r"(?<![\w.])(\d+(?:\.\w+)+)")
LEAVE = "environment.deactivate"
MAKES_NAME = ("environment.clone", "environment.rename")


class Conversation:
    """One person's conversation. `turn` answers a message and remembers what it was about.

    `topic` is what the thread is about, in words: the last question that stood by itself, and what was added to it;
    `task` is the last answer that was a task, also where the talk went on to something about it; `made` says that it made an
    environment of a new name, `aside` that the last turn was about a part of an answer.
    """

    def __init__(self, library: Library, asked: Asked | None = None) -> None:
        self.library = library
        self.asked = asked or Asked()
        self.last: Answer | None = None
        self.task: Answer | None = None
        self.made = False
        self.aside = False
        self.frame = Frame()
        self.topic = ""
        self.pending: tuple[Link, ...] = ()
        self.asked_back = ""

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
        if self.asked_back:
            joined = adding.asked_back(self, text)
            if joined:
                return joined
        pasted = (may_be_output(text) and text.count("\n") >= 1) or (
            may_be_command(text) and text.split()[0] in self.library.flag_tools()
        )
        if not pasted and self.last and self.last.entry:
            follow = self._follow_up(text)
            if follow:
                return follow
        return self.remember(text, answer(text, self.library, self.asked), topic=text)

    def remember(self, text: str, result: Answer, frame: Frame | None = None, topic: str = "") -> Answer:
        """Keep what an answer was about, unless it is none."""
        self.asked_back = text if result.status == "ambiguous" else ""
        if result.status == "ambiguous":
            self.pending = result.choices
        if result.status != "unknown":
            self.frame = frame or self._frame_of(text, result)
            if result.entry:
                self.last = result
                self.task = result if result.kind == "command" and ":" not in result.entry.id else self.task
                self.made = self.made or result.entry.id in MAKES_NAME
                self.topic = topic or result.title
        return result

    def _frame_of(self, text: str, result: Answer) -> Frame:
        """What a message names; of an error output the values that its problem's pattern caught."""
        frame = understand(text, self.library.index).frame
        if result.kind != "problem" or not may_be_output(text):
            return frame
        from assistant.dialogue.diagnose import diagnose

        found = diagnose(text, self.library)
        return frame.replace(slots=found[0].slots) if found else frame

    def begin(self, result: Answer) -> None:
        """Take an answer that was shown outside of the conversation as what is talked about."""
        self.remember(result.question, result, topic=result.question)

    def show(self, text: str, entry_id: str, frame: Frame | None = None) -> Answer:
        """An entry as the answer to a message."""
        frame = frame or self.frame
        result = compose(self.library.entry(entry_id), text, self.view(frame), self.library)
        return self.remember(text, result, frame)

    def has(self, entry_id: str) -> bool:
        """Whether there is an entry of that id."""
        try:
            self.library.number(entry_id)
        except KeyError:
            return False
        return True

    def kind(self, entry_id: str) -> str:
        """The kind of an entry; empty where there is none of that id."""
        return str(self.library.index["kinds"][self.library.number(entry_id)]) if self.has(entry_id) else ""

    def fill(self, text: str) -> str:
        """An entry's text with what the conversation named."""
        return Composer(self.view(self.frame), self.library).fill(text)

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
        return self.show(text, link.id)

    def view(self, frame: Frame) -> View:
        """For whom to answer: what was said in the conversation beats what was asked for at its start."""
        asked = Asked(
            system="" if frame.systems else self.asked.system,
            shell="" if frame.shells or frame.systems else self.asked.shell,
            tool="" if frame.tools else self.asked.tool,
            machine=self.asked.machine,
        )
        return view_for(frame.slots, frame.tools, asked, frame.systems, frame.shells)

    def _follow_up(self, text: str) -> Answer | None:
        said = words(text)
        last = self.last
        assert last is not None and last.entry is not None  # noqa: S101 - the caller made sure; this tells the type checker
        if len(said) > SHORT:
            return self._in_context(text, said, last)
        query = understand(text, self.library.index)
        aside = asides.about_option(self, text, said, last) or asides.about_command(self, text, said, last)
        self.aside = aside is not None
        if aside:
            return aside
        if query.foreign and not query.anchors:
            return None  # "and npm?": another subject
        if asks_way_out(said) and {"environment", "base"} & set(self.frame.objects) and self.has(LEAVE):
            return self.show(text, LEAVE)
        if asks_undo(said):
            return about.undo(self, text, last)
        if asks_if_safe(said):
            return about.safety(self, text, last)
        if asks_to_do_it(said):
            return about.do_it(text, last)
        if asks_source(said):
            return about.source(text, last)
        if says_no_help(said):
            return about.no_help(text, last)
        if asks_other_way(said):
            return about.other_way(text, last)
        if asks_why(said):
            return about.why(self, text, last)
        if asks_more(said):
            return about.more(text, last)
        if asks_example(said):
            return about.example(self, text, last)
        return (
            adding.stated(self, text, said, last)
            or self._changed(text, said, query.frame, last)
            or side_by_side.compared(self, text, said, query, last)
            or adding.added(self, text, said, query)
            or adding.filled(self, text, said, query)
            or self._in_context(text, said, last)
        )

    def _changed(self, text: str, said: list[str], frame: Frame, last: Answer) -> Answer | None:
        """The last answer with another tool, system, shell, version or name, where the message says nothing else."""
        if "what" in said and not {"about", "if", "with", "on", "in", "for"} & set(said):
            return None  # "what is conda" asks for itself
        slots = dict(frame.slots)
        version = _VERSION.search(text)
        if version and "package" in self.frame.slots and not {"python", "version"} & set(slots):
            slots["version"] = version[1]
        elif version and slots.get("python") == version[1] and "package" in self.frame.slots and "python" not in said:
            slots["version"] = slots.pop("python")
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
        if (rest and rest != ["call"]) or not (named or slots):
            return None
        merged = Frame(
            actions=self.frame.actions,
            objects=self.frame.objects,
            tools=frame.tools or self.frame.tools,
            shells=frame.shells or (self.frame.shells if not frame.systems else ()),
            systems=frame.systems or self.frame.systems,
            slots={**self.frame.slots, **slots},
            kind=self.frame.kind,
        )
        assert last.entry is not None  # noqa: S101
        if frame.tools and (last.kind == "comparison" or (last.kind == "tool" and "same" in said)):
            return side_by_side.compared_with(self, text, frame.tools)
        if ":" in last.entry.id:
            return None
        if frame.tools and last.kind not in ("command", "problem"):
            task = self.task.entry if self.task else None
            if task and set(frame.tools) & set(self.library.index["frames"][self.library.number(task.id)][2]):
                result = compose(self.library.entry(task.id), text, self.view(merged), self.library)
                return self.remember(text, result, merged, self.topic)
            again = look_up(f"{self.topic} {text}", self.library, self.asked, merged.slots)
            if again.status == "answered" and again.entry and again.entry.id != last.entry.id:
                return self.remember(text, again, merged, f"{self.topic} {text}")
            alone = look_up(text, self.library, self.asked, merged.slots) if last.kind in ("tool", "term") else None
            if alone and alone.status == "answered":
                return self.remember(text, alone, merged, text)
        result = compose(self.library.entry(last.entry.id), text, self.view(merged), self.library)
        if (
            frame.tools
            and last.kind == "problem"
            and not any(command.tool in frame.tools for command in result.commands)
        ):
            again = look_up(f"{self.topic} {text}", self.library, self.asked, merged.slots)
            if again.status == "answered" and again.entry and again.entry.id != last.entry.id:
                return self.remember(text, again, merged, f"{self.topic} {text}")
        if "version" in slots and not any(slots["version"] in command.run for command in result.commands):
            exact = look_up(EXACT_VERSION, self.library, self.asked, merged.slots)
            result = exact.replace(question=text) if exact.status == "answered" else result
        return self.remember(text, result, merged, self.topic)

    def asked_with(self, before: Frame, frame: Frame) -> Asked:
        """What the face knows, with the tool, the system and the shell that were talked about."""

        def last_of(own: tuple[str, ...], earlier: tuple[str, ...], given: str) -> str:
            return (own or earlier)[0] if len(own or earlier) == 1 else given

        return Asked(
            system=last_of(frame.systems, before.systems, self.asked.system),
            shell=last_of(frame.shells, before.shells, self.asked.shell),
            tool=last_of(frame.tools, before.tools, self.asked.tool),
            machine=self.asked.machine,
        )

    def _in_context(self, text: str, said: list[str], last: Answer) -> Answer | None:
        """A question that leans on the last one: "how do I delete it", "and rename?", "which version then"."""
        query = understand(text, self.library.index)
        frame = query.frame
        strange = (query.unknown or query.mended) and not query.anchors
        if strange or not self._leans(text, said, frame):
            return None
        if "get" in said and PRONOUNS & set(said) and not frame.actions:
            text = f"{text} install"
        points = bool(PRONOUNS & set(said))
        tool = self._tool(last)
        if points and tool and not frame.objects and not frame.tools:
            about_tool = " ".join(tool if word.lower().strip("?.!,") in PRONOUNS else word for word in text.split())
            result = look_up(about_tool, self.library, self.asked)
            if result.status == "answered" and result.confidence >= ENOUGH:
                return self.remember(about_tool, result.replace(question=text), None, about_tool)
        family = self.task.entry.id.split(".")[0] if self.task and self.task.entry else ""
        things = (family, *self.frame.objects) if len(frame.actions) == 1 and len(query.terms) <= 1 else ()
        acted = (f"{thing}.{frame.actions[0]}" for thing in things)
        meant = next((task for task in acted if self.kind(task) == "command"), "")
        if points and not frame.objects and meant:
            return self.show(
                text, meant, self.frame.replace(actions=frame.actions, slots={**self._made(), **frame.slots})
            )
        content = [word for word in said if word not in STOP_WORDS and word not in CONNECTORS]
        again = frame.slots or (self.frame.actions and set(self.frame.actions) & set(frame.actions))
        same = last.entry.id if last.entry and (content or side_by_side.JUDGING & set(said)) and not again else ""
        result = look_up(
            text,
            self.library,
            self.asked,
            self.frame.slots,
            f"{self.topic} {last.title}",
            other_than=same,
            points=points,
            family=family,
        )
        if result.status == "ambiguous":  # what was said before makes the first of them the likeliest
            return self.show(text, result.choices[0].id)
        if result.status != "answered":
            return None
        merged = frame.replace(
            objects=frame.objects or self.frame.objects,
            tools=frame.tools or self.frame.tools,
            slots={**self.frame.slots, **frame.slots},
        )
        return self.remember(text, result, merged)

    def _tool(self, last: Answer) -> str:
        """The tool that "it" stands for, where the talk is about nothing else."""
        if last.kind == "tool" and last.entry:
            return last.entry.id.split(".")[-1]
        named = self.frame.tools
        return named[0] if len(named) == 1 and not self.frame.objects and not self.frame.slots else ""

    def _made(self) -> dict[str, str]:
        """What was named, where "it" is the environment that a copy or a new name made."""
        slots = dict(self.frame.slots)
        if self.made and "new_name" in slots:
            slots["name"] = slots.pop("new_name")
        return slots

    def _leans(self, text: str, said: list[str], frame: Frame) -> bool:
        """Whether a message needs the one before it: it points back, goes on, or says too little by itself."""
        if PRONOUNS & set(said) or (said[:1] and said[0] in LEADS):
            return not (frame.tools and frame.objects and len(said) > 6)
        content = [word for word in said if word not in STOP_WORDS and word not in CONNECTORS]
        if len(content) <= 3 and len(said) <= 6:
            alone = look_up(text, self.library, self.asked, self.frame.slots)
            return alone.status != "answered" or alone.confidence < ENOUGH
        return False
