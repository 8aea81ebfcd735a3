"""Colour and weight of terminal text: SGR parameters folded into one canonical state.

A state is the text of an SGR sequence between `ESC[` and `m` that turns the style on from nothing, such as `1;38;5;8`;
the empty text is the plain style. Numbers are those of ECMA-48 (section 8.3.117) and ISO 8613-6 for 256 and true
colours.
"""

from __future__ import annotations

from functools import lru_cache

RESET = "\x1b[0m"

# Slots in the order in which a canonical state names them, and the codes that fill or clear each.
_SLOTS = ("bold", "dim", "italic", "underline", "blink", "reverse", "hidden", "strike", "overline", "fg", "bg")
_ON = {
    1: "bold", 2: "dim", 3: "italic", 4: "underline", 5: "blink", 6: "blink", 7: "reverse", 8: "hidden", 9: "strike",
    21: "underline", 53: "overline",
}  # fmt: skip
_OFF = {
    22: ("bold", "dim"), 23: ("italic",), 24: ("underline",), 25: ("blink",), 27: ("reverse",), 28: ("hidden",),
    29: ("strike",), 39: ("fg",), 49: ("bg",), 55: ("overline",),
}  # fmt: skip


def sequence(state: str) -> str:
    """The escape sequence that turns `state` on, whatever was on before."""
    return f"\x1b[0;{state}m" if state else RESET


@lru_cache(maxsize=4096)
def apply(state: str, params: str) -> str:
    """The state after the SGR sequence with `params`. Unknown codes change nothing."""
    slots = _slots(state)
    codes = _codes(params)
    index = 0
    while index < len(codes):
        code = codes[index]
        index += 1
        if code == 0:
            slots.clear()
        elif code in (38, 48):
            colour, used = _extended(codes[index:])
            index += used
            if colour:
                slots["fg" if code == 38 else "bg"] = f"{code};{colour}"
        elif code in _ON:
            slots[_ON[code]] = str(code)
        elif code in _OFF:
            for slot in _OFF[code]:
                slots.pop(slot, None)
        elif 30 <= code <= 37 or 90 <= code <= 97:
            slots["fg"] = str(code)
        elif 40 <= code <= 47 or 100 <= code <= 107:
            slots["bg"] = str(code)
    return ";".join(slots[slot] for slot in _SLOTS if slot in slots)


def _codes(params: str) -> list[int]:
    """Numbers of a parameter text; sub-parameters (`38:2::1:2:3`, `4:3`) are brought to the form with semicolons."""
    codes: list[int] = []
    for part in params.split(";"):
        pieces = part.split(":")
        numbers = [int(piece) if piece.isdecimal() and len(piece) < 6 else 0 for piece in pieces]
        if len(numbers) == 1:
            codes.append(numbers[0])
        elif numbers[0] in (38, 48) and len(numbers) >= 3:
            codes += [numbers[0], numbers[1], *(numbers[-3:] if numbers[1] == 2 else numbers[2:3])]
        elif numbers[0] == 4:
            codes.append(4 if numbers[1] else 24)
    return codes


def _extended(rest: list[int]) -> tuple[str, int]:
    """The colour that follows 38 or 48, and how many numbers it took."""
    if rest[:1] == [5] and len(rest) >= 2:
        return f"5;{min(rest[1], 255)}", 2
    if rest[:1] == [2] and len(rest) >= 4:
        return "2;" + ";".join(str(min(number, 255)) for number in rest[1:4]), 4
    return "", len(rest)


def _slots(state: str) -> dict[str, str]:
    slots: dict[str, str] = {}
    codes = [int(code) for code in state.split(";")] if state else []
    index = 0
    while index < len(codes):
        code = codes[index]
        index += 1
        if code in (38, 48):
            colour, used = _extended(codes[index:])
            slots["fg" if code == 38 else "bg"] = f"{code};{colour}"
            index += used
        elif code in _ON:
            slots[_ON[code]] = str(code)
        else:
            slots["fg" if code // 10 in (3, 9) else "bg"] = str(code)
    return slots
