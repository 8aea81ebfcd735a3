"""Reads a question: its terms, and its frame (action, object, tools, shell, system, names and versions)."""

from __future__ import annotations

import re

from assistant.content.frozen import Frozen
from assistant.search.text import IGNORED, STOP_WORDS, fold, is_number, parts, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_QUESTION = 20_000  # characters that are read; more is not a question
MAX_TERMS = 120
NUMBER_WEIGHT = 0.3  # a number in a question is rarely what it is about
MENDED_WEIGHT = 0.95
EARLIER_WEIGHT = 0.45  # of a word of the question before, for one that leans on it
RARE = 5.0  # idf from which on a word is rather a name than a word of the subject
PART_WEIGHT = 0.8  # of a word that is joined to others: `nvidia` in `nvidia-docker2`

# Patterns are compiled when a question gives reason to (a digit, an `=`, ...): compiling all of them costs more than ranking.
# A name after one of these words is the environment's: "env called demo", "an environment named demo", "env demo".
_NAME = (
    r"\b(?:called|named|name it|name is)\s+[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?|"
    r"\b(?:env|environment)\s+(?!called\b|named\b|name\b)[`'\"]?([a-z0-9][\w.-]{0,63})[`'\"]?|"
    r"(?:^|\s)(?:-n|--name)[\s=]+([A-Za-z0-9][\w.-]{0,63})"
)
_NEW_NAME = r"\b(?:rename|clone|copy|duplicate)\b.{0,60}?\b(?:to|into|as|called|named)\s+[`'\"]?([a-z0-9][\w.-]{0,63})"
_PYTHON = (
    r"\b(?:python|py)\s*(?:version\s*)?(?:==?|>=)?\s*([23](?:\.\d{1,2}){1,2})\b|(?<![\d.=])\b(3\.\d{1,2})\b(?!\.\d)"
)
_PINNED = r"\b([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)\s*(==|=|~=|>=|<=)\s*([\d][\w.*]*)"
_CUDA_TAG = r"\b(cu\d{2,3}|rocm\d\.\d)\b"
_CUDA = r"\bcuda\s*(?:version\s*)?(\d{1,2}\.\d)\b"
_CHANNEL = r"(?:^|\s)(?:-c|--channel)[\s=]+([\w-]+)|\bfrom\s+(conda-forge|bioconda|defaults|nvidia|pytorch)\b"
_FILE = r"(?<![\w/\\.-])((?:[\w.-]+[/\\])*[\w.-]+\.(?:ya?ml|txt|toml|lock|whl|py))\b"
_INSTALL_VERBS = ("install", "add", "update", "upgrade", "remove", "downgrade", "pin", "import")
_INSTALL = (
    r"\b(?:install|add|update|upgrade|uninstall|remove|downgrade|pin|import)\s+(?:the\s+)?(?:package\s+|library\s+|module\s+)?"
    r"[`'\"]?([A-Za-z][\w.-]*(?:\[[\w,-]+\])?)[`'\"]?"
)

# Words that may stand where a name is looked for, and are none.
NOT_A_NAME = STOP_WORDS | frozenset(
    """variable variables folder directory path name names list file yml yaml python conda pip venv uv mamba version
    manager location locations create created creation remove delete update export activate activation clone rename
    using based exists already without inside and-or error not was is file's setup set up var vars settings called
    named prefix specific new old existing another different same this that takes forever works work working stuck
    packages package cannot recreate from for with like only error: isn't doesn't fails failed broken""".split()
)


class Frame(Frozen):
    """What a question asks for. Empty where it does not say. `slots` fill a command's placeholders."""

    actions: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    tools: tuple[str, ...] = ()
    shells: tuple[str, ...] = ()
    systems: tuple[str, ...] = ()
    subjects: tuple[str, ...] = ()
    slots: dict[str, str] = {}
    kind: str = ""


class Query(Frozen):
    """A question as the ranking needs it: weighted term numbers, words that no entry holds, typos mended.

    `anchors` are its words that make it a question about our subject; `foreign` those that belong to another one.
    """

    text: str
    terms: dict[int, float]
    unknown: tuple[str, ...]
    mended: dict[str, str]
    frame: Frame
    anchors: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()


def understand(question: str, index: dict[str, Any]) -> Query:
    """Everything that can be read off a question without knowing its conversation."""
    text = question[:MAX_QUESTION]
    folded = fold(text)
    stripped = folded
    for phrase in index["lexicon"]["stop_phrases"]:
        if phrase in stripped:
            stripped = stripped.replace(phrase, " ")
    forms, idf = index["forms"], index["idf"]
    slots = read_slots(text, lambda word: word in forms and idf[forms[word]] < RARE)
    tokens = words(stripped)
    kept = [word for word in tokens if word not in STOP_WORDS][:MAX_TERMS]
    if not kept:
        kept = [word for word in words(folded) if word not in STOP_WORDS][:MAX_TERMS]
    terms, unknown, mended = _terms(kept, slots, index, folded)
    frame = read_frame([*kept, *mended.values()], tokens, folded, slots, index["lexicon"])
    said = {*words(folded), *mended.values()}
    said |= {piece for word in said for piece in parts(word)}
    lexicon = index["lexicon"]
    return Query(
        text=text,
        terms=terms,
        unknown=unknown,
        mended=mended,
        frame=frame,
        anchors=tuple(sorted(said & set(lexicon["anchors"]))),
        foreign=tuple(sorted(said & set(lexicon["foreign"]))),
    )


def lean_on(query: Query, earlier: Query) -> Query:
    """A question read in the light of an earlier one: its words count less, its frame fills what is missing."""
    frame, before = query.frame, earlier.frame
    return query.replace(
        terms={**{term: weight * EARLIER_WEIGHT for term, weight in earlier.terms.items()}, **query.terms},
        frame=frame.replace(
            objects=frame.objects or before.objects,
            tools=frame.tools or before.tools,
            systems=frame.systems or before.systems,
            shells=frame.shells or before.shells,
            subjects=tuple(dict.fromkeys((*frame.subjects, *before.subjects))),
            slots={**before.slots, **frame.slots},
        ),
        anchors=tuple(dict.fromkeys((*query.anchors, *earlier.anchors))),
    )


def _terms(
    kept: list[str], slots: dict[str, str], index: dict[str, Any], folded: str
) -> tuple[dict[int, float], tuple[str, ...], dict[str, str]]:
    forms = index["forms"]
    values = {value.lower() for value in slots.values()}
    # A name or a version that was named fills a placeholder; it says nothing about which entry is meant.
    named = {
        slots[name].lower()
        for name in ("name", "new_name", "python", "version", "cuda_version", "file", "script")
        if name in slots
    }
    if "name" in slots or "new_name" in slots:
        named |= {"called", "named", "name"}
    terms: dict[int, float] = {}
    unknown: list[str] = []
    mended: dict[str, str] = {}
    for word in dict.fromkeys(kept):
        number = forms.get(word)
        if word in named and len(kept) > 1 and (number is None or "." not in word or is_number(word)):
            continue
        if number is not None:
            terms[number] = NUMBER_WEIGHT if is_number(word) else 1.0
            continue
        if word in values or is_number(word):
            continue
        pieces = [] if _is_code(word, folded) else [piece for piece in parts(word) if piece not in STOP_WORDS]
        if pieces:
            number, better = _lookup(word, index)
            if number is not None:
                if better:
                    mended[word] = better
                terms[number] = MENDED_WEIGHT
                continue
        for piece in pieces or [word]:
            number, better = _lookup(piece, index) if pieces or not _is_code(word, folded) else (None, "")
            if better:
                mended[piece] = better
            if number is not None:
                weight = MENDED_WEIGHT if better else 1.0
                terms[number] = max(terms.get(number, 0.0), weight * PART_WEIGHT if pieces else weight)
            elif not better and not _looks_like_data(piece) and not is_number(piece):
                unknown.append(piece)
    return terms, tuple(unknown), mended


def _lookup(word: str, index: dict[str, Any]) -> tuple[int | None, str]:
    """A word: as it is, by its stem, else by the nearest known word (then that word is returned too)."""
    if word in index["forms"]:
        return index["forms"][word], ""
    from assistant.search.stems import stem

    stemmed = stem(word)
    number = index["terms"].get(index["canonical"].get(stemmed, stemmed))
    if number is not None:
        return number, stemmed if stemmed in index["forms"] else ""
    from assistant.search.typos import nearest_form

    better = nearest_form(word, index)
    if better == IGNORED:
        return None, IGNORED
    return (index["forms"][better], better) if better else (None, "")


def _is_code(word: str, text: str) -> bool:
    """`.contiguous()`, `model.train()`: names of functions are not misspelt words."""
    return f"{word}(" in text


def _looks_like_data(word: str) -> bool:
    """Hashes, versions with letters, file sizes: no words, so not knowing them says nothing."""
    digits = sum(char.isdigit() for char in word)
    return digits * 2 >= len(word) or (len(word) > 16 and digits > 3)


def read_slots(text: str, is_common: Callable[[str], bool] = lambda _: False) -> dict[str, str]:
    """Values that the question names: environment name, Python version, package, channel, file, CUDA tag.

    `is_common` tells words of the subject, which are no names where nothing says so ("env gpu" is about a GPU).
    """
    slots: dict[str, str] = {}
    lowered = text.lower()
    has_digit = any(char.isdigit() for char in text)

    def search(pattern: str) -> re.Match[str] | None:
        return re.search(pattern, text, re.IGNORECASE)

    if any(word in lowered for word in ("rename", "clone", "copy", "duplicate")):
        renamed = search(_NEW_NAME)
        if renamed and renamed[1].lower() not in NOT_A_NAME:
            slots["new_name"] = renamed[1]
    padded = f" {lowered}"
    if any(word in padded for word in (" env ", " environment ", " name", " called ", " named ", " -n")):
        for found in re.finditer(_NAME, text, re.IGNORECASE):
            name = next(group for group in found.groups() if group)
            if found[2] and is_common(name.lower()):
                continue
            if (
                name.lower() not in NOT_A_NAME
                and not name.lower().endswith((".yml", ".yaml", ".txt"))
                and not is_number(name)
            ):
                slots.setdefault("name", name.rstrip(".-"))
    if has_digit and (python := search(_PYTHON)):
        slots["python"] = python[1] or python[2]
    if has_digit and "=" in text:
        for found in re.finditer(_PINNED, text, re.IGNORECASE):
            package = found[1]
            if package.lower() not in ("python", "py", "cuda", "pytorch-cuda") and not package.startswith("-"):
                slots.setdefault("package", package)
                slots.setdefault("version", found[3])
    if "package" not in slots and any(verb in lowered for verb in _INSTALL_VERBS) and (installed := search(_INSTALL)):
        package = installed[1].rstrip(".")
        lowered_package = package.lower()
        is_file = lowered_package.endswith((".yml", ".yaml", ".txt", ".toml", ".lock", ".py"))
        if lowered_package not in NOT_A_NAME and lowered_package not in _NOT_A_PACKAGE and not is_file:
            slots["package"] = package
    if has_digit and ("cu" in lowered or "rocm" in lowered):
        if tag := search(_CUDA_TAG):
            slots["cuda"] = tag[1].lower()
        if version := search(_CUDA):
            slots["cuda_version"] = version[1]
    if ("from " in lowered or "-c" in lowered) and (channel := search(_CHANNEL)):
        slots["channel"] = channel[1] or channel[2]
    if "." in text and (file := search(_FILE)):
        name = file[1]
        slots["requirements" if "requirement" in name.lower() else "script" if name.endswith(".py") else "file"] = name
    return slots


_NOT_A_PACKAGE = frozenset(
    """anaconda miniconda miniforge conda mamba env envs environment environments everything python3 all dependencies
    requirements cuda cudnn driver drivers channel channels kernel kernels packages package libraries
    things stuff software pip3 virtualenv again via an a the multiple several specific old new version versions
    git github wheel wheels pypi error errors fails failed nothing base to on of or if""".split()
)


def read_frame(
    kept: list[str], tokens: list[str], folded: str, slots: dict[str, str], lexicon: dict[str, Any]
) -> Frame:
    """Actions, objects, tools, shells and systems that the words name; order does not matter."""
    said = {*kept, *tokens}
    said |= {piece for word in said for piece in parts(word)}

    def named(group: str) -> tuple[str, ...]:
        return tuple(
            name
            for name, bags in lexicon[group].items()
            if any(all(any(form in said for form in forms) for forms in bag) for bag in bags)
        )

    return Frame(
        actions=named("actions"),
        objects=named("objects"),
        tools=named("tools"),
        shells=named("shells"),
        systems=named("systems"),
        subjects=tuple(name for name, forms in lexicon["subjects"].items() if not said.isdisjoint(forms)),
        slots=slots,
        kind=_kind(folded, tokens),
    )


_COMPARE = frozenset("vs vs. versus differ difference differences different better compare comparison compared".split())
_TROUBLE = frozenset(
    """error errors fail fails failed failing failure unable broken stuck crash crashes cannot can't cant won't wont doesn't
    doesnt exception traceback problem issue""".split()
)
_REASON = frozenset("why explain meaning define purpose mean means".split())
_WHETHER = frozenset("does should may".split())
_EXPLAIN = frozenset("what whats".split())


def _kind(folded: str, tokens: list[str]) -> str:
    """compare, trouble, explain, how or empty: what sort of answer is wanted. Order of the words does not matter."""
    said = set(tokens)
    if "vs code" in folded:
        said -= {"vs"}
    if said & _COMPARE or "instead of" in folded:
        return "compare"
    if (
        said & _TROUBLE
        or "n't" in folded
        or {"not", "found"} <= said
        or {"not", "working"} <= said
        or any(word.endswith("error") for word in said)
    ):
        return "trouble"
    if said & _REASON or (said & (_EXPLAIN | _WHETHER) and "how" not in said):
        return "explain"
    return "how" if "how" in said or "command" in said else ""
