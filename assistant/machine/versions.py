"""Comparing version texts as far as the checks need it: runs of digits as numbers, the rest left out."""

from __future__ import annotations

import re


def numbers(version: str) -> tuple[int, ...]:
    """`2.15.0+cu130` -> (2, 15, 0): the release part. Anything without digits gives an empty tuple."""
    release = re.match(r"\s*v?(\d{1,9}(?:\.\d{1,9})*)", version)
    return tuple(int(part) for part in release[1].split(".")) if release else ()


def at_least(version: str, wanted: str) -> bool:
    """Whether a version is `wanted` or newer; missing parts count as 0. An unknown version is not."""
    ours, theirs = numbers(version), numbers(wanted)
    length = max(len(ours), len(theirs))
    return bool(ours) and ours + (0,) * (length - len(ours)) >= theirs + (0,) * (length - len(theirs))


def minor(version: str) -> str:
    """`3.11.7` -> `3.11`; the empty text where there are not two parts."""
    parts = numbers(version)
    return f"{parts[0]}.{parts[1]}" if len(parts) > 1 else ""
