"""Names of environments that are really here: the ones that a question holds, the nearest to a misspelt one, all of them."""

from __future__ import annotations

from assistant.machine.model import Environment, Machine

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library

MOST_NAMES = 8
# Words after which a name may be one that is also a word of the subject.
BEFORE_A_NAME = frozenset(
    "activate env environment remove delete rename clone copy export enter in into of from to switch open use called".split()
)
# Verbs that act on an environment when only its name follows: `activate ml`, `delete scratch`.
VERBS = frozenset("activate deactivate enter remove delete rename clone export".split())
STRONG = frozenset("activate deactivate enter env environment venv".split())
PLACES = frozenset("in into from".split())
WEAK = PLACES | frozenset("remove delete rename clone export copy".split())
TWO_NAMES = frozenset("rename clone copy duplicate".split())
MARKS = "`'\"?!,;:()"
RARE = 4.3  # idf from which on the name of an environment that is here is rather that than a word of the subject


def listed_names(environments: list[Environment] | tuple[Environment, ...], machine: Machine) -> str:
    """Names in the order of the list, the active one marked; long lists end in a count."""
    names = [
        f"`{short(one.name, machine)}`" + (" (active)" if one.path == machine.active_path else "")
        for one in environments
    ]
    more = len(names) - MOST_NAMES
    return ", ".join(names[:MOST_NAMES]) + (f" and {more} more" if more > 0 else "")


def short(path: str, machine: Machine) -> str:
    """A path with `~` for the home folder; other names as they are."""
    inside = machine.home and path.startswith((f"{machine.home}/", f"{machine.home}\\"))
    return "~" + path[len(machine.home) :] if inside else path


def kept_names(machine: Machine, kinds: tuple[str, ...] = ()) -> str:
    """`You have: ...` with the environments of some kinds (all without one); empty where there is none."""
    chosen = [one for one in machine.environments if not one.hollow and (not kinds or one.kind in kinds)]
    condas = [one for one in chosen if one.kind == "conda"]
    parts = [listed_names(condas, machine)] if condas else []
    for label, wanted in (("virtual environments", ("venv", "uv", "pyenv")), ("of pixi", ("pixi",))):
        others = [one for one in chosen if one.kind in wanted]
        if others:
            parts.append((f"{label}: " if condas else "") + listed_names(others, machine))
    return f"You have: {'; '.join(parts)}." if parts else ""


def named_in(question: str, machine: Machine, library: Library) -> Environment | None:
    """The one environment that a question names in passing; None where none or several are."""
    words = [word.strip(MARKS) for word in question.split()]
    forms, idf = library.index["forms"], library.index["idf"]
    found: dict[str, Environment] = {}
    for one in machine.environments:
        for index, word in enumerate(words):
            if word != one.name or not word:
                continue
            lowered = word.lower()
            common = lowered in forms and idf[forms[lowered]] < RARE
            if not common or (index and words[index - 1].lower() in BEFORE_A_NAME):
                found.setdefault(one.name, one)
    return next(iter(found.values())) if len(found) == 1 else None


def spelt_out(question: str, machine: Machine, library: Library) -> str:
    """The question with a name marked as one that only this machine knows: `activate ml` becomes
    `activate environment called ml`.

    Where it stands for an environment: after `activate` or `env`; after `delete`, `in` and the like where it is no word of
    the subject. A name that is near to a real one counts only where it is all that follows the verb.
    """
    words = question.split()
    said = [word.strip(MARKS) for word in words]
    lowered = [word.lower() for word in said]
    names = [one.name for one in machine.environments]
    forms, idf = library.index["forms"], library.index["idf"]
    for at in range(1, len(words)):
        name, before = said[at], lowered[at - 1]
        if before in ("my", "the", "conda") and at > 1:
            before = lowered[at - 2]
        common = lowered[at] in forms and idf[forms[lowered[at]]] < RARE
        meant = before in STRONG or (before in WEAK and not common)
        if name not in names:
            alone = at == len(words) - 1 and before in VERBS and len(words) <= 5
            meant = alone and lowered[at] not in forms and bool(nearest(name, names))
        if meant:
            marked = [] if lowered[at - 1] in ("env", "environment", "venv") else ["environment"]
            # `called` may stand before the new name only, and `in an environment called x` sounds like a new one.
            if not TWO_NAMES & set(lowered) and before not in PLACES:
                marked.append("called")
            return " ".join((*words[:at], *marked, *words[at:]))
    return question


def nearest(name: str, names: list[str]) -> list[str]:
    """Up to three names that `name` may have been meant as, the nearest first; none where nothing is near."""
    wanted = _plain(name)
    if len(wanted) < 2:
        return []
    limit = 1 if len(wanted) < 6 else 2
    found = []
    for order, one in enumerate(dict.fromkeys(names)):
        plain = _plain(one)
        if one == name or not plain or "/" in one or "\\" in one:  # a folder is not misspelt, it is another one
            continue
        away = _edits(wanted, plain, limit)
        if away > limit and len(wanted) >= 4 and len(plain) >= 4 and (wanted in plain or plain in wanted):
            away = limit
        if away <= limit and away < len(wanted) - 1:
            found.append((away, order, one))
    return [one for _, _, one in sorted(found)[:3]]


def _plain(name: str) -> str:
    return "".join(char for char in name.lower() if char.isalnum())


def _edits(one: str, other: str, limit: int) -> int:
    """Letters to add, leave out, change or swap to make one word the other; `limit` + 1 where it is more than `limit`."""
    if abs(len(one) - len(other)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        before, last, row = row, before, [i]
        for j, against in enumerate(other, 1):
            cost = min(row[j - 1] + 1, before[j] + 1, before[j - 1] + (letter != against))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == against:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
    return min(row[-1], limit + 1)
