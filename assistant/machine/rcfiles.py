"""The files that shells read when they start, and what conda, mamba and pyenv left in them.

The marks are those that `conda init` and `mamba shell init` write; in PowerShell `#region` and `#endregion`.
"""

from __future__ import annotations

import os
import re

from assistant.machine.context import Roots
from assistant.machine.files import names_in, read_text
from assistant.machine.layout import prefix_of
from assistant.machine.model import InitBlock, ShellFile

# No line of interest is longer; patterns take too long on a line without end.
LONGEST = 2000
_START = re.compile(r"^\s*(?:# >>> (conda|mamba) initialize >>>|#region (conda|mamba) initialize)\s*$")
_END = re.compile(r"^\s*(?:# <<< (?:conda|mamba) initialize <<<|#endregion)\s*$")
# The installation that a block starts: the quoted or bare path of conda, conda.exe, or MAMBA_EXE / MAMBA_ROOT_PREFIX.
_PROGRAM = re.compile(
    r"""['"]([^'"\n]*?[/\\](?:conda|mamba|micromamba)(?:\.exe|\.bat)?)['"]"""
    r"""|(?:^|\s)(/\S*/(?:bin|condabin)/(?:conda|mamba))(?=\s|$)"""
)
_MAMBA_ROOT = re.compile(r"""MAMBA_ROOT_PREFIX"?\]?\s*=?\s*['"]([^'"\n]+)['"]""")
_SOURCED = re.compile(
    r"""^\s*(?:(?:source|\.)\s+.*\b(?:conda|mamba)\.(?:sh|fish|csh)\b"""
    r"""|.*\b(?:conda|mamba|micromamba)["']?\s+['"]?shell[. ].*hook)"""
)
_PATH_EDIT = re.compile(
    r"""(?i)^\s*(?:export\s+PATH=|PATH=|path\+?=|set\s+-g?x\s+PATH|fish_add_path|\$Env:PATH\s*[+]?=)"""
    r""".*(?:conda|mamba|miniforge|python\d?\.?\d*[/\\])"""
)
_ALIAS = re.compile(
    r"""(?i)^\s*(?:alias\s+(?:python\d?|pip\d?)(?:\s|=)"""
    r"""|(?:Set-Alias|New-Alias)\s+(?:-Name\s+)?(?:python\d?|pip\d?)\s)"""
)
_PYENV = re.compile(r"\bpyenv\s+(?:init|virtualenv-init)\b")
_DEFINED = re.compile(r"\b(micromamba|mamba)\b")


def shell_files(roots: Roots) -> tuple[ShellFile, ...]:
    """Every start-up file of the five shells, with what was found in it; files that are not there are listed too."""
    found = []
    for shell, path in places(roots):
        text = read_text(path)
        if text is None:
            found.append(ShellFile(path=path, shell=shell))
        else:
            parsed = parse(text, path, shell, home=roots.home)
            blocks = tuple(
                block.replace(root_exists=not block.root or os.path.isdir(block.root))
                for block in parsed.blocks
                if "\0" not in block.root
            )
            found.append(parsed.replace(exists=True, writable=os.access(path, os.W_OK), blocks=blocks))
    return tuple(found)


def places(roots: Roots) -> list[tuple[str, str]]:
    """(shell, path) of each file that may hold an init block."""
    found = [("bash", roots.under_home(name)) for name in (".bashrc", ".bash_profile", ".profile")]
    zsh = roots.get("ZDOTDIR") or roots.home
    found += [("zsh", os.path.join(zsh, name)) for name in (".zshrc", ".zprofile", ".zshenv")]
    config = roots.get("XDG_CONFIG_HOME") or roots.under_home(".config")
    found.append(("fish", os.path.join(config, "fish", "config.fish")))
    found += [
        ("fish", os.path.join(config, "fish", "conf.d", name))
        for name in names_in(os.path.join(config, "fish", "conf.d"))
    ]
    if roots.system == "windows":
        for documents in documents_folders(roots):
            found += [
                ("powershell", os.path.join(documents, kind, "profile.ps1"))
                for kind in ("PowerShell", "WindowsPowerShell")
            ]
    else:
        found.append(("powershell", os.path.join(config, "powershell", "profile.ps1")))
    return list(dict.fromkeys(found))


def documents_folders(roots: Roots) -> list[str]:
    """Where Windows may keep Documents: in the home folder, or moved into OneDrive."""
    bases = [roots.home, roots.get("ONEDRIVE"), roots.get("ONEDRIVECONSUMER"), roots.get("ONEDRIVECOMMERCIAL")]
    return list(dict.fromkeys(os.path.join(base, "Documents") for base in bases if base))


def parse(text: str, path: str = "", shell: str = "", *, home: str = "") -> ShellFile:
    """What one file holds. Lines inside a managed block count only for the block; comments count for nothing."""
    blocks: list[InitBlock] = []
    sourced: list[str] = []
    path_edits: list[str] = []
    aliases: list[str] = []
    tools: set[str] = set()
    pyenv = False
    inside: list[str] = []
    start, tool = 0, ""
    for number, whole in enumerate(text.splitlines(), start=1):
        line = whole.strip()[:LONGEST]
        opening = _START.match(line)
        if opening and not start:
            start, tool, inside = number, opening[1] or opening[2], []
        elif start and _END.match(line):
            blocks.append(InitBlock(tool=tool, root=block_root("\n".join(inside), home), start=start, end=number))
            tools.update(_DEFINED.findall("\n".join(inside)))
            start = 0
        elif start:
            inside.append(line)
        elif not line.startswith("#"):
            pyenv = pyenv or bool(_PYENV.search(line))
            for pattern, kept in ((_SOURCED, sourced), (_PATH_EDIT, path_edits), (_ALIAS, aliases)):
                if pattern.match(line):
                    kept.append(f"line {number}: {line[:200]}")
    if start:
        blocks.append(InitBlock(tool=tool, root=block_root("\n".join(inside[:30]), home), start=start))
    return ShellFile(
        path=path,
        shell=shell,
        blocks=tuple(blocks),
        sourced=tuple(sourced),
        path_edits=tuple(path_edits),
        aliases=tuple(aliases),
        pyenv=pyenv,
        tools=tuple(sorted(tools)),
    )


def block_root(text: str, home: str = "") -> str:
    """The installation that a block starts, or the empty text where it is not written out."""
    found = _MAMBA_ROOT.search(text)
    if found:
        root = found[1]
    else:
        program = _PROGRAM.search(text)
        if not program:
            return ""
        root = prefix_of((program[1] or program[2]).replace("\\", "/"))
    for name in ("$HOME", "${HOME}", "~", "$env:USERPROFILE"):
        if root.startswith(name) and home:
            root = home + root[len(name) :]
    return "" if "$" in root else root
