"""Commands of the conversation: what counts as one, how it is read, how it can go on."""

from __future__ import annotations

import pytest

from assistant.dialogue.slash import COMMANDS, complete, is_command, parse
from assistant.errors import UsageError

VALUES = {"tool": ("conda", "uv", "pip"), "flow": ("create-environment",), "theme": ("light", "dark")}


@pytest.mark.parametrize("text", ["/help", "/compare conda uv", "  /os windows ", "/?", "/unknown words"])
def test_commands(text: str) -> None:
    assert is_command(text)


@pytest.mark.parametrize(
    "text", ["", "help", "/usr/bin/python: no such file", "/", "/help\nmore", "/Help", "/a-b", "1/2"]
)
def test_no_commands(text: str) -> None:
    assert not is_command(text)


def test_names_are_told_apart_and_said_in_few_words() -> None:
    assert len({command.name for command in COMMANDS}) == len(COMMANDS)
    assert all(command.help and not command.help.endswith(".") for command in COMMANDS)


def test_parse_gives_the_command_and_its_words() -> None:
    command, words = parse("/compare  conda   uv")
    assert (command.name, words) == ("compare", ["conda", "uv"])
    assert parse("/exit")[0].name == "quit"
    assert parse("/?")[0].name == "help"


def test_an_unknown_command_names_the_nearest() -> None:
    with pytest.raises(UsageError, match="did you mean `compare`"):
        parse("/comapre conda uv")


def shown(text: str) -> list[str]:
    return [item.text for item in complete(text, VALUES)]


def test_completion() -> None:
    assert shown("/") == [f"/{command.name}" + (" " if command.words else "") for command in COMMANDS]
    assert shown("/th") == ["/theme "]
    assert shown("/clear") == ["/clear"]
    assert shown("/compare ") == ["/compare conda ", "/compare uv ", "/compare pip "]
    assert shown("/compare conda ") == ["/compare conda uv ", "/compare conda pip "]
    assert shown("/os w") == ["/os windows"]
    assert shown("/theme d") == ["/theme dark"]
    assert shown("/run cr") == ["/run create-environment "]
    assert shown("/translate conda list ") == ["/translate conda list --to "]
    assert shown("/translate conda list --to u") == ["/translate conda list --to uv "]
    assert shown("/clear x") == [] == shown("/nothing x") == shown("question") == shown("/a\nb")
