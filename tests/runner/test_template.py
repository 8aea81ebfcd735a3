"""Placeholders become single arguments, whatever the values hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.runner import template

VALUES = {
    "name": "demo",
    "packages": ("numpy", "pandas>=2"),
    "none": "",
    "nothing": (),
    "os": "linux",
    "path": "/a/b c",
}


def test_items_stay_single_and_lists_become_several() -> None:
    items = [
        "conda",
        "create",
        "-n",
        "{name}",
        "python={name}",
        "{packages}",
        "{none}",
        "{nothing}",
        "x{none}",
        "{{a}}",
    ]
    assert template.fill_items(items, VALUES) == (
        "conda", "create", "-n", "demo", "python=demo", "numpy", "pandas>=2", "x", "{a}",
    )  # fmt: skip


@given(st.text(min_size=1))
def test_a_value_never_becomes_more_than_its_own_argument(value: str) -> None:
    assert template.fill_items(["run", "{name}", "--x={name}"], {"name": value}) == ("run", value, f"--x={value}")


def test_filters() -> None:
    assert template.fill("{path|python} {path|name} {path|parent}", VALUES) == "/a/b c/bin/python b c /a"
    windows = {"path": r"C:\envs\demo", "os": "windows"}
    assert template.fill("{path|name} {path|parent}", windows) == r"demo C:\envs"


def test_conditions_and_their_reasons() -> None:
    assert template.holds({}, VALUES)
    assert template.holds({"name": ("other", "demo"), "packages": ("*",), "none": ("",)}, VALUES)
    assert not template.holds({"name": ("!demo",)}, VALUES)
    assert not template.holds({"nothing": ("*",)}, VALUES)
    assert template.reason({"nothing": ("*",)}, VALUES) == "no nothing"
    assert template.reason({"name": ("a", "b")}, VALUES) == "name is demo, this is for a or b"
    assert template.reason({"name": ("demo",)}, VALUES) == ""


def test_an_unknown_name_is_named() -> None:
    with pytest.raises(template.UnknownNameError, match="nmae"):
        template.fill("{nmae}", VALUES)
    assert template.names("{a} {b|python} {{c}}") == {"a", "b"}
    assert template.filters("{a} {b|python}") == {"python"}
