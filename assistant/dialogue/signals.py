"""Why an answer was taken: what was read off the question, and the signals of the entries that fit best."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.search.library import Library
    from assistant.search.rank import Ranked
    from assistant.search.understand import Query


def explain_ranking(query: Query, ranked: list[Ranked], library: Library) -> tuple[str, ...]:
    """The signals behind an answer, one line each."""
    forms = library.index["forms"]
    by_number: dict[int, str] = {}
    for form, number in forms.items():
        if number in query.terms and (number not in by_number or len(form) < len(by_number[number])):
            by_number[number] = form
    frame = query.frame
    lines = [
        "words: " + (", ".join(by_number[number] for number in query.terms) or "none known"),
        "not known: " + (", ".join(query.unknown) or "none"),
    ]
    if query.mended:
        lines.append("read as: " + ", ".join(f"{old} -> {new}" for old, new in query.mended.items()))
    for label, values in (
        ("action", frame.actions),
        ("object", frame.objects),
        ("tool", frame.tools),
        ("system", frame.systems),
        ("shell", frame.shells),
    ):
        if values:
            lines.append(f"{label}: {', '.join(values)}")
    if frame.slots:
        lines.append("named: " + ", ".join(f"{name}={value}" for name, value in frame.slots.items()))
    for item in ranked[:4]:
        signals = ", ".join(f"{name} {value:.2f}" for name, value in item.signals.items())
        lines.append(
            f"{library.index['ids'][item.number]}: score {item.score:.2f}, sure {item.confidence:.2f} ({signals})"
        )
    return tuple(lines)
