"""`envguide completion SHELL`: a static script with verbs, options, flows, entries, tools and checks; completing starts no
Python.
"""

from __future__ import annotations

import argparse

from assistant.arguments import parser
from assistant.errors import ExitCode
from assistant.render.out import emit
from assistant.search.library import open_library

TOOLS_AFTER = ("compare",)
FLOWS_AFTER = ("plan", "run")


def completion(options: argparse.Namespace) -> int:
    """Print the script; where to put it stands in its first lines."""
    words = _words()
    emit({"bash": _bash, "zsh": _zsh, "fish": _fish, "powershell": _powershell}[options.target](words))
    return int(ExitCode.OK)


def _words() -> dict[str, list[str]]:
    """What may follow each verb (the empty name: the verbs themselves)."""
    top = parser()
    library = open_library()
    tools = sorted(
        {
            entry_id
            for entry_id, kind in zip(library.index["ids"], library.index["kinds"], strict=True)
            if kind == "tool"
        }
    )
    flows = library.flow_ids()
    from assistant.machine.doctor import CHECKS, groups

    found: dict[str, list[str]] = {}
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            found[""] = [*sorted(action.choices), *_flags(top)]
            for verb, sub in action.choices.items():
                flags = _flags(sub)
                values = [
                    str(choice)
                    for item in sub._actions
                    if not item.option_strings and item.choices
                    for choice in item.choices
                ]
                found[verb] = [*values, *flags]
    for verb in TOOLS_AFTER:
        found[verb] = [*tools, *found[verb]]
    for verb in FLOWS_AFTER:
        found[verb] = [*flows, *found[verb]]
    found["doctor"] = [*groups(), *CHECKS, *found["doctor"]]
    found["--tool"] = tools
    found["--to"] = tools
    found["--open"] = [*flows, *library.index["ids"]]
    found["--set"] = sorted({f"{name}=" for flow in flows for name in library.record(f"flow:{flow}").get("params", {})})
    found["--os"] = ["linux", "macos", "windows"]
    found["--shell"] = ["bash", "zsh", "fish", "powershell", "cmd"]
    return found


def _flags(one: argparse.ArgumentParser) -> list[str]:
    return [flag for item in one._actions for flag in item.option_strings if flag.startswith("--")]


def _bash(words: dict[str, list[str]]) -> str:
    cases = [f'    {name}) words="{" ".join(values)}" ;;' for name, values in words.items() if name.startswith("--")]
    verbs = [
        f'    {name}) words="{" ".join(values)}" ;;'
        for name, values in words.items()
        if name and not name.startswith("--")
    ]
    return "\n".join(
        [
            "# bash completion for envguide. Put it into ~/.local/share/bash-completion/completions/envguide",
            "_envguide() {",
            '  local current="${COMP_WORDS[COMP_CWORD]}" previous="${COMP_WORDS[COMP_CWORD-1]}" words=""',
            '  case "$previous" in',
            *cases,
            "  esac",
            '  if [ -z "$words" ] && [ "$COMP_CWORD" -eq 1 ]; then',
            f'    words="{" ".join(words[""])}"',
            '  elif [ -z "$words" ]; then',
            '    case "${COMP_WORDS[1]}" in',
            *("  " + line for line in verbs),
            "    esac",
            "  fi",
            '  COMPREPLY=($(compgen -W "$words" -- "$current"))',
            '  [ "$previous" != --set ] || compopt -o nospace 2>/dev/null',
            '  [ "${#COMPREPLY[@]}" -gt 0 ] || COMPREPLY=($(compgen -f -- "$current"))',
            "}",
            "complete -F _envguide envguide",
        ]
    )


def _zsh(words: dict[str, list[str]]) -> str:
    values = [
        f"    {name}) candidates=({' '.join(items)}) ;;" for name, items in words.items() if name.startswith("--")
    ]
    verbs = [
        f"      {name}) candidates=({' '.join(items)}) ;;"
        for name, items in words.items()
        if name and not name.startswith("--")
    ]
    return "\n".join(
        [
            "#compdef envguide",
            "# zsh completion for envguide. Save it as _envguide in a folder of $fpath",
            "_envguide() {",
            "  local -a candidates",
            "  case ${words[CURRENT-1]} in",
            *values,
            "  esac",
            "  if (( ! $#candidates && CURRENT == 2 )); then",
            f"    candidates=({' '.join(words[''])})",
            "  elif (( ! $#candidates )); then",
            "    case ${words[2]} in",
            *verbs,
            "    esac",
            "  fi",
            "  if [[ ${words[CURRENT-1]} == --set ]]; then compadd -S '' -a candidates; return; fi",
            "  compadd -a candidates || _files",
            "}",
            '_envguide "$@"',
        ]
    )


def _fish(words: dict[str, list[str]]) -> str:
    lines = [
        "# fish completion for envguide. Save it as ~/.config/fish/completions/envguide.fish",
        f"complete -c envguide -n __fish_use_subcommand -f -a '{' '.join(_verbs(words))}'",
    ]
    for flag in words[""]:
        if flag.startswith("--"):
            lines.append(f"complete -c envguide -n __fish_use_subcommand -l {flag[2:]}{_fish_values(words, flag)}")
    for name, items in words.items():
        if not name or name.startswith("--"):
            continue
        plain = [item for item in items if not item.startswith("--")]
        if plain:
            lines.append(f"complete -c envguide -n '__fish_seen_subcommand_from {name}' -a '{' '.join(plain)}'")
        for flag in (item for item in items if item.startswith("--")):
            values = _fish_values(words, flag)
            lines.append(f"complete -c envguide -n '__fish_seen_subcommand_from {name}' -l {flag[2:]}{values}")
    return "\n".join(lines)


def _verbs(words: dict[str, list[str]]) -> list[str]:
    return [word for word in words[""] if not word.startswith("--")]


def _fish_values(words: dict[str, list[str]], flag: str) -> str:
    return f" -x -a '{' '.join(words[flag])}'" if words.get(flag) else ""


def _powershell(words: dict[str, list[str]]) -> str:
    def listed(items: list[str]) -> str:
        return "@(" + ", ".join(f"'{item}'" for item in items) + ")"

    return "\n".join(
        [
            "# PowerShell completion for envguide. Add it to the file that $PROFILE.CurrentUserAllHosts names",
            "Register-ArgumentCompleter -Native -CommandName envguide -ScriptBlock {",
            "  param($word, $tree, $position)",
            "  $map = @{",
            *(f"    '{name}' = {listed(items)}" for name, items in words.items()),
            "  }",
            "  $parts = @($tree.CommandElements | ForEach-Object { $_.ToString() })",
            "  $before = if ($word) { $parts[-2] } else { $parts[-1] }",
            "  $verb = if ($parts.Count -gt 2 -or ($parts.Count -eq 2 -and -not $word)) { $parts[1] } else { '' }",
            "  $candidates = if ($before -like '--*' -and $map.ContainsKey($before)) { $map[$before] }",
            "  elseif ($map.ContainsKey($verb)) { $map[$verb] } else { @() }",
            '  $candidates | Where-Object { $_ -like "$word*" } |',
            "    ForEach-Object { [System.Management.Automation.CompletionResult]::new($_) }",
            "}",
        ]
    )
