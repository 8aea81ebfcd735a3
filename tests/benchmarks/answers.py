"""How well envguide answers, and how well search over the same entries would: one table, one run.

    python tests/benchmarks/answers.py [--held] [--questions FILE] [--wrong] [--json]

See README.md beside this file for what the numbers mean.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

if __package__ in (None, ""):
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked, answer
from assistant.dialogue.talk import Conversation
from assistant.errors import UsageError
from assistant.render.answers import answer_text
from assistant.search.library import Library, open_library
from tests.benchmarks.questions import (
    Question,
    holds,
    is_prose,
    load_dialogues,
    load_file,
    load_questions,
    shuffled,
    with_other_case,
    with_typo,
)
from tests.benchmarks.retrieval import Pick, Rendered, baselines, best_threshold

VARIANTS: dict[str, Callable[[Question], str]] = {
    "as typed": lambda question: question.text,
    "one typo": with_typo,
    "other case": with_other_case,
    "shuffled": shuffled,
}
PROSE_ONLY = ("other case", "shuffled")


class Outcome:
    """What came of one question: the status, the entry that was chosen and whether the text was right."""

    def __init__(self, question: Question, status: str, entry: str, right: bool) -> None:
        self.question = question
        self.status = status
        self.entry = entry
        self.right = right


System = Callable[[Question, str], Outcome]  # a question and its wording in this variant -> what came of it


def linux() -> Asked:
    """The machine that every question is asked on."""
    return Asked(system="linux", shell="bash")


def envguide(library: Library) -> System:
    """The engine itself, each question on its own."""
    asked = linux()

    def ask(question: Question, text: str) -> Outcome:
        try:
            result = answer(text, library, asked)
        except UsageError:
            return Outcome(question, "unknown", "", False)
        entry = result.entry.id if result.entry else result.title
        return Outcome(question, result.status, entry, result.status == "answered" and question.is_right(shown(result)))

    return ask


def shown(result: Answer) -> str:
    """The answer as a person reads it."""
    return answer_text(result, 100)


def baseline(pick: Pick, rendered: Rendered, library: Library, tuning: Sequence[Question]) -> System:
    """A baseline as a whole: it picks an entry, and refuses below the threshold that does best on `tuning`."""

    def judge(question: Question, text: str) -> tuple[int, float, bool]:
        number, score = pick(text)
        return number, score, number >= 0 and not question.refuse and question.is_right(rendered.text(number, text))

    judged = [(question, *judge(question, question.text)[1:]) for question in tuning]
    threshold = best_threshold(judged)

    def ask(question: Question, text: str) -> Outcome:
        number, score, right = judge(question, text)
        if number < 0 or score < threshold:
            return Outcome(question, "unknown", "", False)
        return Outcome(question, "answered", str(library.index["ids"][number]), right)

    return ask


def percent(part: int, whole: int) -> float | None:
    """A share in per cent with one decimal; None of nothing."""
    return round(100 * part / whole, 1) if whole else None


def figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The shares of right, asked-back and wrongly refused answers, and of refused off-topic questions."""
    wanted = [item for item in outcomes if not item.question.refuse]
    off = [item for item in outcomes if item.question.refuse]
    near = [item for item in off if item.question.near]
    return {
        "questions": len(wanted),
        "right": percent(sum(item.right for item in wanted), len(wanted)),
        "asked_back": percent(sum(item.status == "ambiguous" for item in wanted), len(wanted)),
        "wrongly_refused": percent(sum(item.status == "unknown" for item in wanted), len(wanted)),
        "offtopic": len(off),
        "offtopic_refused": percent(sum(item.status == "unknown" for item in off), len(off)),
        "near_refused": percent(sum(item.status == "unknown" for item in near), len(near)),
    }


def measure(system: System, questions: Sequence[Question]) -> dict[str, Any]:
    """Every variant of the wording, each split and group for itself; `same` is the share that came out as typed."""
    report: dict[str, Any] = {}
    first = {id(question): system(question, question.text) for question in questions}
    for variant, change in VARIANTS.items():
        chosen = [question for question in questions if variant not in PROSE_ONLY or is_prose(question)]
        outcomes = [first[id(q)] if variant == "as typed" else system(q, change(q)) for q in chosen]
        for split in dict.fromkeys(question.split for question in questions):
            here = [item for item in outcomes if item.question.split == split]
            part: dict[str, Any] = {"all": figures(here)}
            for group in dict.fromkeys(item.question.group for item in here):
                part[group] = figures([item for item in here if item.question.group == group])
            unchanged = sum(_same(item, first[id(item.question)]) for item in here)
            part["same"] = percent(unchanged, len(here))
            report.setdefault(split, {})[variant] = part
    report["wrong"] = [
        {
            "id": item.question.id,
            "place": item.question.place,
            "question": item.question.text,
            "status": item.status,
            "entry": item.entry,
        }
        for item in first.values()
        if (item.status != "unknown" if item.question.refuse else not item.right)
    ]
    return report


def _same(one: Outcome, other: Outcome) -> bool:
    return (one.status, one.entry) == (other.status, other.entry)


def measure_dialogues(library: Library, dialogues: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The share of right turns and of conversations in which every turn was right."""
    turns = right_turns = whole = 0
    wrong = []
    for row in dialogues:
        conversation = Conversation(library, linux())
        all_right, status = True, ""
        for number, turn in enumerate(row["turns"], 1):
            if turn.get("if_asked") and status != "ambiguous":
                continue
            result = conversation.turn(turn["say"])
            status = result.status
            if turn.get("refused"):
                right = result.status == "unknown"
            else:
                # A question back is right where nothing has to be held yet.
                fits = result.status == "answered" or (result.status == "ambiguous" and not turn["must"])
                right = fits and holds(shown(result), turn["must"], turn.get("must_not", ()))
            turns += 1
            right_turns += right
            all_right = all_right and right
            if not right:
                entry = result.entry.id if result.entry else ""
                wrong.append(
                    {"id": row["id"], "turn": number, "say": turn["say"], "status": result.status, "entry": entry}
                )
        whole += all_right
    return {
        "conversations": len(dialogues),
        "turns": turns,
        "right_turns": percent(right_turns, turns),
        "right_conversations": percent(whole, len(dialogues)),
        "wrong": wrong,
    }


def report(splits: Sequence[str], files: Sequence[Path], *, compared: bool = True) -> dict[str, Any]:
    """Everything that is measured, as plain data."""
    library = open_library()
    tuning = load_questions(("tune",))
    questions = [*load_questions(splits), *(question for path in files for question in load_file(path))]
    made: dict[str, Any] = {
        "entries": len(library),
        "notes": [],
        "systems": {"envguide": measure(envguide(library), questions)},
    }
    if compared:
        picks, made["notes"] = baselines(library)
        rendered = Rendered(library, linux())
        for name, pick in picks.items():
            made["systems"][name] = measure(baseline(pick, rendered, library, tuning), questions)
    made["dialogues"] = {split: measure_dialogues(library, load_dialogues((split,))) for split in splits}
    return made


HEADS = (
    "split",
    "wording",
    "system",
    "document",
    "beyond",
    "given",
    "asked back",
    "wrongly refused",
    "off-topic refused",
    "near refused",
    "same",
)


def table_rows(made: dict[str, Any]) -> list[tuple[str, ...]]:
    """The rows of the table: right first answers for each group, then what was refused."""
    rows = []
    names = list(made["systems"])
    known = ("document", "beyond", "offtopic", "all", "same")
    for split in [name for name in made["systems"][names[0]] if name != "wrong"]:
        for variant in VARIANTS:
            for name in names:
                part = made["systems"][name][split][variant]
                given = [part[group]["right"] for group in part if group not in known]
                every = part["all"]
                cells = [
                    part.get("document", {}).get("right"),
                    part.get("beyond", {}).get("right"),
                    given[0] if given else None,
                ]
                cells += [
                    every["asked_back"],
                    every["wrongly_refused"],
                    every["offtopic_refused"],
                    every["near_refused"],
                    part["same"],
                ]
                rows.append((split, variant, name, *("-" if cell is None else f"{cell:.1f}" for cell in cells)))
    return rows


def table_text(made: dict[str, Any]) -> str:
    """The whole report as text."""
    rows = [HEADS, *table_rows(made)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEADS))]
    lines = [f"{made['entries']} entries; per cent; document, beyond and given: right first answers", ""]
    previous = ""
    for row in rows:
        if previous and row[1] != previous:
            lines.append("")
        previous = row[1]
        cells = [
            cell.ljust(width) if column < 3 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        lines.append("  ".join(cells).rstrip())
    lines.append("")
    for split, part in made["dialogues"].items():
        lines.append(
            f"conversations, {split}: {part['right_turns']} % of {part['turns']} turns right, "
            f"{part['right_conversations']} % of {part['conversations']} right throughout"
        )
    lines += [f"note: {note}" for note in made["notes"]]
    return "\n".join(lines)


def wrong_text(made: dict[str, Any]) -> str:
    """What envguide got wrong: the question, what it did, the entry it took."""
    lines = []
    for item in made["systems"]["envguide"]["wrong"]:
        lines.append(f"{item['id']:<6}{item['status']:<10}{item['entry'] or '-':<44}{item['question']!r}")
    for part in made["dialogues"].values():
        lines += [
            f"{item['id']:<6}turn {item['turn']}: {item['status']:<10}{item['entry'] or '-':<38}{item['say']!r}"
            for item in part["wrong"]
        ]
    return "\n".join(lines)


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print. 0, or 2 where the arguments are wrong."""
    parser = argparse.ArgumentParser(description="Measure envguide's answers beside search over the same entries.")
    parser.add_argument(
        "--held", action="store_true", help="the held-back questions too (their wrong ones are never listed)"
    )
    parser.add_argument(
        "--questions",
        type=Path,
        action="append",
        default=[],
        metavar="FILE",
        help="more questions: JSON lines with `must`",
    )
    parser.add_argument("--wrong", action="store_true", help="list what envguide gets wrong on the tune split")
    parser.add_argument("--only", action="store_true", help="envguide alone, without the baselines")
    parser.add_argument("--json", action="store_true", help="everything as one JSON object")
    options = parser.parse_args(arguments)
    if options.wrong and options.held:
        parser.error("--wrong lists the tune split only: what is held back stays unread")
    with tempfile.TemporaryDirectory() as state:
        os.environ.setdefault("ENVGUIDE_HOME", state)
        made = report(("tune", "held") if options.held else ("tune",), options.questions, compared=not options.only)
    if options.held:
        for system in made["systems"].values():
            del system["wrong"]
        for part in made["dialogues"].values():
            del part["wrong"]
    if options.json:
        print(json.dumps(made, indent=1, ensure_ascii=False))
        return 0
    print(table_text(made))
    if options.wrong:
        print("\n" + wrong_text(made))
    return 0


if __name__ == "__main__":
    sys.exit(main())
