"""Reads a question: its terms, and its frame (action, object, tools, shell, system, names and versions)."""

from __future__ import annotations

from assistant.content.frozen import Frozen
from assistant.search.slots import read_slots
from assistant.search.text import FUNCTION_NUMBERS, STOP_WORDS, fold, is_number, parts, words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

MAX_QUESTION = 20_000  # characters that are read; more is not a question
MAX_TERMS = 120
POINTED_WEIGHT = 0.9  # of the thing that "it" stands for
EARLIER_WEIGHT = 0.45  # of a word of the question before, for one that leans on it
EARLIER_ALONE = 0.8  # ... where that says one thing or nothing by itself ("can I have two")
RARE = 5.0  # idf from which on a word is rather a name than a word of the subject
SAID_BESIDE = 3  # words beside "a new env with Python 3.12": what it is for
PART_WEIGHT = 0.8  # of a word that is joined to others: `nvidia` in `nvidia-docker2`
PACKAGE_ACTIONS = frozenset(("install", "remove", "update", "downgrade", "pin", "search"))
ON_ENVIRONMENTS = frozenset(
    """create activate deactivate remove list clone rename move export recreate lock roll-back run check clean install update
    register search""".split()
)
ASKS_ABOUT = frozenset("why where who when which what whats is are does should if".split())
POINTED_AT = frozenset(("environment", "package", "channel", "kernel", "pytorch"))  # what "remove it" may remove
NAMING = frozenset(("create", "activate", "remove", "rename", "clone", "export", "move"))
ROUNDS = 3  # of mending: a mended word ("renmae") can tell that another one is a name


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

    `anchors` are its words that make it a question about our subject; `foreign` those that belong to another one;
    `function` the numbers of its function words; `literal` the terms that are names of settings and variables, which an
    entry holds or not; `tasks` the ids of the plain task that it is, the likeliest first.
    """

    text: str
    terms: dict[int, float]
    unknown: tuple[str, ...]
    mended: dict[str, str]
    frame: Frame
    anchors: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    function: tuple[int, ...] = ()
    literal: tuple[int, ...] = ()
    tasks: tuple[str, ...] = ()


def understand(question: str, index: dict[str, Any]) -> Query:
    """Everything that can be read off a question without knowing its conversation; misspelt words are mended."""
    text = question[:MAX_QUESTION]
    query, strange = _read(text, index)
    mended: dict[str, str] = {}
    for _ in range(ROUNDS):
        if not strange:
            break
        from assistant.search.typos import mend, with_mended

        better = mend(strange, query.terms, index)
        if not better:
            break
        mended |= better
        text = with_mended(text, better)
        query, strange = _read(text, index)
    return query.replace(text=question[:MAX_QUESTION], mended=mended) if mended else query


def _read(text: str, index: dict[str, Any]) -> tuple[Query, list[str]]:
    """A question as it stands, and its words that no entry holds (those of names aside)."""
    folded = fold(text)
    stripped = folded
    for phrase in index["lexicon"]["stop_phrases"]:
        if phrase in stripped:
            stripped = stripped.replace(phrase, " ")
    forms, lexicon = index["forms"], index["lexicon"]
    packages, names = set(lexicon["packages"]), set(lexicon["names"])
    slots = read_slots(text, lambda word: word in packages or (word in forms and word not in names), packages)
    tag = "cu" + slots.get("cuda_version", "").replace(".", "")
    if tag in lexicon["anchors"]:  # there are wheels for some versions of CUDA only
        slots.setdefault("cuda", tag)
    tokens = words(stripped)
    kept = [word for word in tokens if word not in STOP_WORDS][:MAX_TERMS]
    if not kept:
        kept = [word for word in words(folded) if word not in STOP_WORDS][:MAX_TERMS]
    terms, unknown, strange = _terms(kept, slots, index, folded)
    frame = read_frame(kept, tokens, folded, slots, lexicon)
    left_over = [*unknown, *(word for word in kept if _is_rare_joined(word, index) and word not in slots.values())]
    if left_over and _names_environment(frame, len(left_over)):
        # "drop oldstuff env": what is left over is a name, wherever it stands.
        if len(left_over) == 1 and "name" not in slots:
            frame = frame.replace(slots={**slots, "name": left_over[0]})
        terms = {term: weight for term, weight in terms.items() if term not in {forms.get(word) for word in left_over}}
        unknown = ()
    unknown = (*unknown, *_no_names(frame, kept, index))
    whole = set(words(folded))
    said = whole | {piece for word in whole for piece in parts(word)}
    query = Query(
        text=text,
        terms=terms,
        unknown=unknown,
        mended={},
        frame=frame,
        anchors=tuple(sorted((said & set(lexicon["anchors"])) | _options(folded, forms) | _names(whole, forms))),
        foreign=tuple(sorted(whole & set(lexicon["foreign"]))),
        literal=tuple(sorted(forms[word] for word in set(kept) if "_" in word and word in forms)),
        tasks=_plain_tasks(frame, kept, tokens, lexicon),
        function=tuple(sorted({FUNCTION_NUMBERS[word] for word in tokens if word in FUNCTION_NUMBERS})),
    )
    return query, strange


def lean_on(query: Query, earlier: Query, index: dict[str, Any], points: bool = False, family: str = "") -> Query:
    """A question read in the light of an earlier one: its words count less, its frame fills what is missing.

    Where it `points` back ("remove it") and names no object of its own, what the earlier one was about counts nearly in
    full, and an action with that object is the task that is asked for. `family` is what the last task was about ("tool"
    of `tool.install`): the likeliest thing that is pointed at.
    """
    frame, before = query.frame, earlier.frame
    pointed = before.objects if points and not frame.objects else ()
    meant = {index["forms"][name]: POINTED_WEIGHT for name in pointed if name in index["forms"]}
    tasks = query.tasks
    share = EARLIER_WEIGHT if len(query.terms) > 1 else EARLIER_ALONE
    handled = tuple(thing for thing in pointed if thing in POINTED_AT)
    if points and not frame.objects and len(frame.actions) == 1 and len(query.terms) <= 1:
        tasks = (f"{family}.{frame.actions[0]}",) if family else ()
        tasks += _tasks_on(
            before.replace(actions=frame.actions, objects=handled, slots={**before.slots, **frame.slots})
        )
    return query.replace(
        tasks=tasks,
        terms={**{term: weight * share for term, weight in earlier.terms.items()}, **meant, **query.terms},
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
) -> tuple[dict[int, float], tuple[str, ...], list[str]]:
    """Weighted terms, words that no entry holds, and those (packages' names too) that may be misspelt."""
    forms = index["forms"]
    values = {value.lower() for value in slots.values()}
    # A name or a version that was named fills a placeholder; it says nothing about which entry is meant.
    named = {
        slots[name].lower()
        for name in ("name", "new_name", "python", "version", "cuda_version", "file", "script")
        if name in slots
    }
    likely_known = {slots[name].lower() for name in ("package", "file", "requirements") if name in slots}
    if "name" in slots or "new_name" in slots:
        named |= {"called", "named", "name"}
    terms: dict[int, float] = {}
    unknown: list[str] = []
    strange: list[str] = []
    for word in dict.fromkeys(kept):
        number = forms.get(word)
        if word in likely_known and number is None:
            strange += [piece for piece in parts(word) or [word] if _known(piece, index) is None]
        if word in named and len(kept) > 1 and (number is None or "." not in word) and not is_number(word):
            if word in likely_known:
                terms |= {found: PART_WEIGHT for piece in parts(word) if (found := _known(piece, index)) is not None}
            continue
        if number is not None:
            terms[number] = 1.0
            continue
        if is_number(word):
            continue
        if word in values:
            continue
        if _is_code(word, folded) and not parts(word):
            unknown.append(word)
            continue
        pieces = [piece for piece in parts(word) if piece not in STOP_WORDS]
        for piece in pieces or [word]:
            number = _known(piece, index)
            if number is not None:
                weight = PART_WEIGHT if pieces else 1.0
                terms[number] = max(terms.get(number, 0.0), weight)
            elif not is_number(piece) and not _looks_like_data(piece):
                unknown.append(piece)
                strange.append(piece)
    if "python" in slots and len(terms) <= 1:
        terms.setdefault(int(forms["python"]), PART_WEIGHT)  # "is 3.10 still supported"
    return terms, tuple(unknown), strange


def _names_environment(frame: Frame, count: int) -> bool:
    """Whether one or two words that no entry holds are likely an environment's name, and that of a second one."""
    most = 2 if {"rename", "clone"} & set(frame.actions) else 1
    return count <= most and "environment" in frame.objects and not NAMING.isdisjoint(frame.actions)


def _plain_tasks(frame: Frame, kept: list[str], tokens: list[str], lexicon: dict[str, Any]) -> tuple[str, ...]:
    """What a question asks for that is nothing but an action, a thing and a tool: "pip install requests", "delete my venv"."""
    if len(frame.actions) != 1 or not ASKS_ABOUT.isdisjoint(tokens) or frame.kind in ("trouble", "compare"):
        return ()
    action = frame.actions[0]
    named = (
        ("actions", (action,)),
        ("objects", frame.objects),
        ("tools", frame.tools),
        ("systems", frame.systems),
        ("shells", frame.shells),
    )
    said = {*kept, *tokens}
    bags = [bag for group, names in named for name in names for bag in lexicon[group][name]]
    meant = [bag for bag in bags if all(not said.isdisjoint(forms) for forms in bag)]
    known = {form for bag in meant for forms in bag for form in forms}
    values = {value.lower() for value in frame.slots.values()} | {"called", "named", "name"}
    left = sum(word not in known and word not in values and word.lstrip(".") not in known for word in kept)
    if left > (SAID_BESIDE if action == "create" and "python" in frame.slots else 0):
        return ()
    return _tasks_on(frame)


def _tasks_on(frame: Frame) -> tuple[str, ...]:
    """The ids of tasks that do the frame's action on its objects, the most special thing first."""
    package = frame.slots.get("package", "").lower()
    things = ["tool"] if "pipx" in frame.tools else []  # pipx installs applications only
    things += [package] if package else []
    things += [thing for thing in frame.objects if thing not in ("package", "environment", "file")]
    if package or ("package" in frame.objects and "environment" not in frame.objects):
        things.append("package")
    if {"environment", "base"} & set(frame.objects) or (
        not things and not {"venv", "virtualenv"}.isdisjoint(frame.tools)
    ):
        things.append("environment")
    return tuple(f"{thing}.{frame.actions[0]}" for thing in things)


def _no_names(frame: Frame, kept: list[str], index: dict[str, Any]) -> list[str]:
    """Words that stood where a name stands, and are likely none: "the environment ministry", "install Steam"."""
    forms, lexicon = index["forms"], index["lexicon"]
    name, package = frame.slots.get("name", "").lower(), frame.slots.get("package", "").lower()
    found = []
    if name in kept and name not in forms and name.isalpha() and name not in lexicon["names"]:
        if not (ON_ENVIRONMENTS & set(frame.actions) or {"called", "named", "name", "call"} & set(kept)):
            found.append(name)
    if package in kept and package not in forms and package in lexicon["everyday"]:
        found.append(package)
    return found


def _is_rare_joined(word: str, index: dict[str, Any]) -> bool:
    """`old-project`, `thesis_2`: joined words that hardly any entry holds."""
    number = index["forms"].get(word)
    return (
        number is not None
        and bool(parts(word))
        and "." not in word
        and index["idf"][number] >= RARE
        and word.replace("-", "").replace("_", "").isalnum()
    )


def _known(word: str, index: dict[str, Any]) -> int | None:
    """The term of a word: as it is, or by its stem."""
    if word in index["forms"]:
        return int(index["forms"][word])
    from assistant.search.stems import stem

    stemmed = stem(word)
    number = index["terms"].get(index["canonical"].get(stemmed, stemmed))
    return None if number is None else int(number)


def _names(said: set[str], forms: dict[str, int]) -> set[str]:
    """Names of settings and variables that an entry holds: `pip_no_input`, `channel_priority`."""
    return {word for word in said if "_" in word.strip("_") and word in forms}


def _options(folded: str, forms: dict[str, int]) -> set[str]:
    """Long options of our tools that a question names: `--extra-index-url`."""
    if "--" not in folded:
        return set()
    return {word for word in words(folded) if "-" in word[1:-1] and word in forms and f"--{word}" in folded}


def _is_code(word: str, text: str) -> bool:
    """`.contiguous()`, `model.train()`: names of functions are not misspelt words."""
    return f"{word}(" in text


def _looks_like_data(word: str) -> bool:
    """Hashes, versions with letters, file sizes: no words, so not knowing them says nothing."""
    digits = sum(char.isdigit() for char in word)
    return digits * 2 >= len(word) or (len(word) > 16 and digits > 3)


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

    actions, objects, tools = named("actions"), named("objects"), named("tools")
    kind = _kind(folded, tokens, len(tools))
    if not actions and "environment" in objects and "python" in slots and kind in ("", "how"):
        actions = ("create",)  # "env lab with python 3.12"
    if "package" in slots and not PACKAGE_ACTIONS.isdisjoint(actions):
        objects = tuple(dict.fromkeys((*objects, "package")))
    return Frame(
        actions=actions,
        objects=objects,
        tools=tools,
        shells=named("shells"),
        systems=named("systems"),
        subjects=tuple(name for name, forms in lexicon["subjects"].items() if not said.isdisjoint(forms)),
        slots=slots,
        kind=kind,
    )


# "is this A or B", "do I have A or B" ask which it is; "do I need A or B" asks for a comparison.
_WHICH_IT_IS = frozenset("this it have has had was were installed came".split())
_CHOOSING = frozenset("should choose pick need better best recommend take want prefer which".split())
_COMPARE = frozenset("vs vs. versus differ difference differences better compare comparison compared".split())
_TROUBLE = frozenset(
    """error errors fail fails failed failing failure unable broken stuck crash crashes cannot can't cant won't wont doesn't
    doesnt exception traceback problem issue""".split()
)
_REASON = frozenset("why explain meaning define purpose mean means".split())
_WHETHER = frozenset("does should may".split())
_EXPLAIN = frozenset("what whats".split())


def _kind(folded: str, tokens: list[str], tools: int) -> str:
    """compare, which, trouble, explain, how or empty: what sort of answer is wanted. Order of the words does not matter.

    `tools` is how many are named: "venv or conda" compares, "activate or deactivate" does not; "a different version" is
    another one, "different from conda" compares.
    """
    said = set(tokens)
    if tools > 1 and "over" in said:
        return "compare"
    if tools > 1 and "or" in said and not _WHICH_IT_IS.isdisjoint(said) and _CHOOSING.isdisjoint(said):
        return "which"
    if (tools > 1 and "or" in said) or ("different" in said and said & {"from", "how", "than"}):
        return "compare"
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
    if {"i", "have"} <= said and said & {"what", "which"}:
        return ""  # "what envs do I have" asks for a list
    if said & _REASON or (said & (_EXPLAIN | _WHETHER) and "how" not in said):
        return "explain"
    return "how" if "how" in said or "command" in said else ""
