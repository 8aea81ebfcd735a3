"""Builds the search index when content is compiled: vocabulary, postings, phrasings, frames, signatures' literals.

The index is plain data (dicts, lists, text) so that it can be written as JSON and read in a few milliseconds. Lists of
numbers that only some questions need are kept as text and split on use.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from typing import Any

from assistant.content.check import PLACEHOLDER, commands_of
from assistant.content.models import Entry, Lexicon
from assistant.search.stems import stem
from assistant.search.text import FUNCTION_NUMBERS, STOP_WORDS, is_number, parts, words

# BM25F (Robertson, Zaragoza, Taylor 2004): one saturation over the fields' weighted, length-normalised counts.
FIELD_WEIGHTS = {"title": 4.0, "ask": 2.2, "answer": 1.5, "body": 1.0, "more": 0.3, "commands": 0.9}
LENGTH_NORMALISATION = {"title": 0.4, "ask": 0.5, "answer": 0.4, "body": 0.6, "more": 0.6, "commands": 0.5}
TELLING = frozenset(("new_name", "version", "cuda", "channel", "file", "requirements", "script"))
NUMBER_WEIGHT = 0.3  # a number in a question is rarely what it is about
SCALE = 100  # postings hold weights as whole hundredths


class Vocabulary:
    """Maps words to terms: stems, merged by the lexicon's synonyms."""

    def __init__(self, lexicon: Lexicon) -> None:
        self.canonical: dict[str, str] = {}
        groups = [*lexicon.tools.items(), *lexicon.shells.items(), *lexicon.systems.items()]
        groups += [(name, meanings) for name, meanings in lexicon.actions.items()]
        groups += [(name, meanings) for name, meanings in lexicon.objects.items()]
        groups += [(group[0], group) for group in lexicon.synonyms if group]
        owners: dict[str, set[str]] = defaultdict(set)
        for name, meanings in groups:
            for meaning in (name, *meanings):
                if " " not in meaning and meaning.lower() not in STOP_WORDS:
                    owners[stem(meaning.lower())].add(stem(name.lower()))
        for word, names in owners.items():
            # A word that stands in two groups means too many things to be merged into one.
            self.canonical[word] = next(iter(names)) if len(names) == 1 else word

    def term(self, word: str) -> str:
        """The term that a folded word counts as."""
        stemmed = stem(word)
        return self.canonical.get(stemmed, stemmed)

    def terms(self, text: str) -> list[tuple[str, str]]:
        """(word, term) of each word that carries meaning; parts of joined words are added."""
        found = []
        for word in words(text):
            if word in STOP_WORDS:
                continue
            found.append((word, self.term(word)))
            if not is_number(word):
                found.extend((part, self.term(part)) for part in parts(word) if part not in STOP_WORDS)
        return found


def build_index(entries: list[Entry], lexicon: Lexicon, signature_literals: list[list[Any]]) -> dict[str, Any]:
    """The whole index as plain data; `entries` in the order of their numbers in it."""
    vocabulary = Vocabulary(lexicon)
    fields = [_fields(entry, lexicon) for entry in entries]
    counts: list[dict[str, Counter[str]]] = []
    forms: dict[str, str] = {}
    for texts in fields:
        counted = {}
        for name, text in texts.items():
            pairs = vocabulary.terms(text)
            forms.update(pairs)
            counted[name] = Counter(term for _, term in pairs)
        counts.append(counted)
    averages = {
        name: max(1.0, sum(sum(counted[name].values()) for counted in counts) / max(1, len(counts)))
        for name in FIELD_WEIGHTS
    }
    postings: dict[str, list[tuple[int, float]]] = defaultdict(list)
    for number, counted in enumerate(counts):
        weights: dict[str, float] = defaultdict(float)
        for name, weight in FIELD_WEIGHTS.items():
            b = LENGTH_NORMALISATION[name]
            norm = 1 - b + b * sum(counted[name].values()) / averages[name]
            for term, count in counted[name].items():
                weights[term] += weight * count / norm
        for term, value in weights.items():
            postings[term].append((number, value))
    order = sorted(postings)
    numbers = {term: number for number, term in enumerate(order)}
    phrases = _phrases(entries, vocabulary, numbers)
    total = len(entries)
    idf = [
        round(math.log(1 + (total - len(postings[term]) + 0.5) / (len(postings[term]) + 0.5)), 3)
        * (NUMBER_WEIGHT if is_number(term) else 1.0)
        for term in order
    ]
    return {
        "count": total,
        "ids": [entry.id for entry in entries],
        "kinds": [entry.kind for entry in entries],
        "titles": [" ".join(entry.title.split()) for entry in entries],
        "frames": [_frame(entry, lexicon) for entry in entries],
        "forms": {word: numbers[term] for word, term in sorted(forms.items()) if term in numbers},
        "terms": {term: number for term, number in numbers.items()},
        "canonical": dict(sorted(vocabulary.canonical.items())),
        "idf": idf,
        "postings": [" ".join(f"{n}:{round(v * SCALE)}" for n, v in postings[term]) for term in order],
        "phrases": phrases,
        "wordings": _wordings(phrases),
        "asks": list(
            dict.fromkeys(" ".join(phrase.split()) for entry in entries for phrase in (entry.title, *entry.ask))
        ),
        "signatures": signature_literals,
        "lexicon": _lexicon(lexicon, forms, {word for entry in entries for ask in entry.ask for word in words(ask)}),
        "placeholders": {
            name: {"type": item.type, "title": item.title, "example": item.example}
            for name, item in lexicon.placeholders.items()
        },
    }


def _fields(entry: Entry, lexicon: Lexicon) -> dict[str, str]:
    examples = {name: item.title for name, item in lexicon.placeholders.items()}

    def readable(text: str) -> str:
        return PLACEHOLDER.sub(lambda found: examples.get(found[1], ""), text)

    rows = " ".join(f"{row.aspect} {' '.join(row.cells)}" for row in entry.rows)
    choices = " ".join(f"{choice.pick} {choice.when}" for choice in entry.choose)
    fixes = " ".join(fix.text for fix in entry.fixes)
    return {
        "title": f"{entry.title} {' '.join(entry.tools)}",
        "ask": " \n ".join(entry.ask),
        "answer": readable(f"{entry.answer} {entry.cause} {entry.what}"),
        "body": readable(f"{entry.body} {rows} {choices} {fixes} {entry.choose_when}"),
        "more": readable(entry.more),
        "commands": readable(" ".join(command.run for _, command in commands_of(entry))),
    }


def _phrases(entries: list[Entry], vocabulary: Vocabulary, numbers: dict[str, int]) -> list[str]:
    """For each entry its title and phrasings as bags of term numbers: `1 5 9 -3|3 7`; function words are below 0."""
    listed = []
    for entry in entries:
        bags = []
        for phrase in (entry.title, *entry.ask):
            text = " ".join(str(numbers[term]) for term in phrase_terms(phrase, vocabulary) if term in numbers)
            said = {FUNCTION_NUMBERS[word] for word in words(phrase) if word in FUNCTION_NUMBERS}
            text = " ".join(filter(None, (text, *map(str, sorted(said, reverse=True)))))
            if text and text not in bags:
                bags.append(text)
        listed.append("|".join(bags))
    return listed


def _wordings(phrases: list[str]) -> str:
    """Whose phrasing a bag of words is: `;1 5 9 -3:12,45;3 7:8;`, to be looked up by its text."""
    owners: dict[str, list[str]] = defaultdict(list)
    for number, bags in enumerate(phrases):
        for bag in bags.split("|"):
            owners[bag].append(str(number))
    return ";" + "".join(f"{bag}:{','.join(numbers)};" for bag, numbers in owners.items() if bag)


def phrase_terms(phrase: str, vocabulary: Vocabulary) -> list[str]:
    """The distinct terms of a phrasing, joined words whole, in alphabetical order."""
    return sorted({vocabulary.term(word) for word in words(phrase) if word not in STOP_WORDS})


def _frame(entry: Entry, lexicon: Lexicon) -> list[Any]:
    """[action, object, tools, subject, values]: what the frame of a question is compared with.

    `values` are the placeholders of its commands that few entries have.
    """
    prefix = entry.id.split(".")[0]
    tools = sorted({form.tool for form in entry.forms}) or list(entry.tools)
    if entry.kind == "tool":
        tools = [entry.id.split(".")[-1]]
    elif not tools and prefix in lexicon.tools and entry.kind == "problem":
        tools = [prefix]
    subject = prefix if prefix in lexicon.subjects else ""
    named = {name for _, command in commands_of(entry) for name in PLACEHOLDER.findall(command.run)}
    return [entry.action, entry.object, tools, subject, sorted(named & TELLING)]


def is_technical(word: str) -> bool:
    """Whether a word's shape makes it one of computing: `cudaErrorNotReady`, `uv.lock`, `glibcxx_3.4.30`, `cp312`."""
    letters = sum(char.isalpha() for char in word)
    return letters >= 2 and (
        "_" in word
        or "." in word.strip(".")
        or any(char.isdigit() for char in word)
        or (word.endswith("error") and letters > 5)
    )


def _lexicon(lexicon: Lexicon, forms: dict[str, str], asked: set[str]) -> dict[str, Any]:
    """Synonyms as `actions: {remove: [[["delete", "deleted", ...]], ...]}`: a meaning is a list of words, each with its forms."""
    by_stem: dict[str, set[str]] = defaultdict(set)
    for form in forms:
        by_stem[stem(form)].add(form)

    def bags(groups: dict[str, tuple[str, ...]]) -> dict[str, list[list[list[str]]]]:
        result: dict[str, list[list[list[str]]]] = {}
        for name, meanings in groups.items():
            bag_list = []
            for meaning in dict.fromkeys((name.replace("-", " "), *meanings)):
                kept = [word for word in words(meaning) if word not in STOP_WORDS]
                if kept:
                    bag_list.append([sorted({word, *by_stem[stem(word)]}) for word in kept])
            result[name] = bag_list
        return result

    def acts(found: dict[str, list[list[list[str]]]]) -> dict[str, list[list[list[str]]]]:
        """Without what is a state: "installed packages" asks for no install."""
        return {
            name: [[[form for form in forms if not form.endswith("ed")] or forms for forms in bag] for bag in bag_list]
            for name, bag_list in found.items()
        }

    def all_forms(meanings: tuple[str, ...]) -> list[str]:
        return sorted({form for word in meanings for form in (word.lower(), *by_stem[stem(word.lower())])})

    foreign = set(all_forms(lexicon.foreign))
    return {
        "actions": acts(bags(lexicon.actions)),
        "objects": bags(lexicon.objects),
        "tools": bags(lexicon.tools),
        "shells": bags(lexicon.shells),
        "systems": bags(lexicon.systems),
        "stop_phrases": sorted((phrase.lower() for phrase in lexicon.stop_phrases), key=len, reverse=True),
        "subjects": {name: all_forms(meanings) for name, meanings in lexicon.subjects.items()},
        "anchors": sorted(
            {*all_forms(lexicon.anchors), *(word for word in asked if is_technical(word) and word in forms)} - foreign
        ),
        "foreign": all_forms(lexicon.foreign),
        "names": [word.lower() for word in lexicon.names],
        "packages": [word.lower() for word in lexicon.packages],
        "everyday": sorted({word.lower() for word in (*lexicon.everyday, *lexicon.foreign)}),
    }
