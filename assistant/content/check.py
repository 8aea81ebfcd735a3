"""Cross-checks over everything that was loaded: ids that exist, citations, placeholders, phrasings, commands, quality."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assistant.content.commandline import parse, split_line, tables_by_tool
from assistant.content.load import Content
from assistant.content.models import RISKS, SHELLS, SYSTEMS, Command, Entry, FlagTable
from assistant.content.opening import opening_fault
from assistant.content.schema import nearest

MIN_PHRASINGS = 5
MAX_BEFORE_MORE = 1200
# Programs that a task may need and that have no table of flags: the system's own, and the driver's.
OTHER_TOOLS = frozenset(
    """nvidia-smi nvcc git docker powershell bash zsh fish cmd curl wget sha256sum shasum ssh tar rm du df apt dnf brew winget pyenv
    conda-lock conda-pack code ipykernel pipenv system github-actions cron huggingface-cli hf""".split()
)
PLACEHOLDER = re.compile(r"(?<![{$])\{([a-z][a-z_]*)\}(?!\})")
_ID = re.compile(r"^[a-z0-9][a-z0-9.-]*$")
_AS_OF = re.compile(r"^20\d\d-(0[1-9]|1[0-2])(-\d\d)?$")
_REGISTRY = re.compile(r"\b(?:pypi|pythonhosted|npmjs|debian)\.(?:org|com)\b", re.IGNORECASE)
_NESTED_QUANTIFIER = re.compile(r"\([^()]*[+*][^()]*\)[+*]|\.\*\.\*|\.\+\.\+")


def check_content(content: Content) -> None:
    """Add every mistake to `content.problems`."""
    _check_references(content, frozenset(content.flows))
    _check_phrasings(content)
    tables = tables_by_tool(content.flags)
    for entry in content.entries:
        _check_texts(content, entry)
        for key, command in commands_of(entry):
            _check_command(content, entry, key, command)
            if tables:
                _check_parses(content, entry, key, command, tables)
    _check_lexicon(content)


def commands_of(entry: Entry) -> Iterator[tuple[str, Command]]:
    """Each command of an entry with the key that it stands under."""
    for key in ("commands", "forms", "check"):
        for command in getattr(entry, key):
            yield key, command
    for fix in entry.fixes:
        for command in fix.commands:
            yield "fixes", command


def _report(content: Content, entry: Entry, key: str, message: str) -> None:
    file, line = content.where[entry.id]
    content.problems.add(file, content.lines.get((entry.id, key), line), f"`{entry.id}`: {message}")


def _check_references(content: Content, flow_ids: frozenset[str]) -> None:
    entry_ids = {entry.id for entry in content.entries}
    sections = {section.id for section in content.sections}
    claims = {claim for section in content.sections for claim in section.claims}
    for entry in content.entries:
        if not _ID.match(entry.id):
            _report(content, entry, "id", "an id has small letters, digits, `-` and `.` only")
        for key, given, known, what in (
            ("see", entry.see, entry_ids, "entry"),
            ("flows", entry.flows, flow_ids, "flow"),
            ("from", entry.from_, sections, "section in document.yaml"),
            ("claims", entry.claims, claims, "claim in document.yaml"),
            ("sources", entry.sources, content.sources.keys(), "source in sources.yaml"),
        ):
            for name in given:
                if name not in known:
                    _report(content, entry, key, f"no {what} `{name}`{nearest(name, known)}")
        if entry.id in entry.see:
            _report(content, entry, "see", "an entry does not refer to itself; remove it")
        for correction in entry.correction:
            for name in correction.sources:
                if name not in content.sources:
                    _report(content, entry, "correction", f"no source `{name}`{nearest(name, content.sources)}")
            for name in correction.claims:
                if name not in claims:
                    _report(content, entry, "correction", f"no claim `{name}` in document.yaml")
            if not _AS_OF.match(correction.as_of):
                _report(content, entry, "correction", f"`as_of` is `{correction.as_of}`; write YYYY-MM")
        for fix in entry.fixes:
            if fix.flow and fix.flow not in flow_ids:
                _report(content, entry, "fixes", f"no flow `{fix.flow}`{nearest(fix.flow, flow_ids)}")
            if fix.risk and fix.risk not in RISKS:
                _report(content, entry, "fixes", f"`risk` is `{fix.risk}`; it must be one of: {', '.join(RISKS)}")
        if not entry.from_ and not entry.sources and entry.kind != "self":
            _report(content, entry, "id", "say where it comes from: `from` (sections) or `sources`")
    for name, source in content.sources.items():
        if not _AS_OF.match(source.as_of):
            content.problems.add(
                "knowledge/sources.yaml", 1, f"source `{name}`: `as_of` is `{source.as_of}`; write YYYY-MM"
            )


def normal_phrase(text: str) -> str:
    """A phrasing as it is compared: small letters, no punctuation, single blanks."""
    return " ".join(re.findall(r"[\w.+#-]+", text.lower())).rstrip(".")


def _check_phrasings(content: Content) -> None:
    owners: dict[str, str] = {}
    for entry in content.entries:
        if len(entry.ask) < MIN_PHRASINGS:
            _report(content, entry, "ask", f"{len(entry.ask)} phrasings; write at least {MIN_PHRASINGS}")
        own = [normal_phrase(phrase) for phrase in entry.ask]
        for phrase, key in zip(entry.ask, own, strict=True):
            if not key:
                _report(content, entry, "ask", f"`{phrase}` has no word in it")
            elif own.count(key) > 1:
                _report(content, entry, "ask", f"`{phrase}` stands {own.count(key)} times in this entry; keep it once")
            elif owners.setdefault(key, entry.id) != entry.id:
                _report(
                    content, entry, "ask", f"`{phrase}` is a phrasing of `{owners[key]}` too; keep it in one of them"
                )


def _check_texts(content: Content, entry: Entry) -> None:
    if not entry.answer:
        _report(content, entry, "id", "`answer` is missing: one or two sentences that answer first")
    _check_opening(content, entry)
    length = len(entry.answer) + len(entry.body)
    if length > MAX_BEFORE_MORE:
        _report(
            content,
            entry,
            "body",
            f"`answer` and `body` have {length} characters; move some below `more` (at most {MAX_BEFORE_MORE})",
        )
    known = content.lexicon.placeholders if content.lexicon else {}
    for key in ("answer", "body", "more", "undo", "cause"):
        text = getattr(entry, key)
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                _report(
                    content,
                    entry,
                    key,
                    f"unknown placeholder `{{{name}}}`{nearest(name, known)}; a literal brace is doubled",
                )
        if _REGISTRY.search(text):
            _report(content, entry, key, "names a package registry's host; write PyPI")
    if entry.kind == "comparison":
        if len(entry.tools) < 2 or not entry.rows:
            _report(content, entry, "tools", "a comparison has at least two `tools` and some `rows`")
        for row in entry.rows:
            if len(row.cells) != len(entry.tools):
                _report(
                    content,
                    entry,
                    "rows",
                    f"`{row.aspect}` has {len(row.cells)} cells for {len(entry.tools)} tools; write one for each",
                )
    if entry.kind == "command":
        lexicon = content.lexicon
        if not entry.forms:
            _report(content, entry, "id", "a task needs `forms`: its command in each tool")
        tools = {*(lexicon.tools if lexicon else ()), *(table.tool for table in content.flags), *OTHER_TOOLS}
        for key, names in (("forms", [form.tool for form in entry.forms]), ("none", list(entry.none))):
            for name in dict.fromkeys(names):
                if lexicon and name not in tools:
                    _report(content, entry, key, f"no tool `{name}`{nearest(name, tools)}")
        if lexicon and entry.action not in lexicon.actions:
            _report(
                content,
                entry,
                "action",
                f"no action `{entry.action}` in lexicon.yaml{nearest(entry.action, lexicon.actions)}",
            )
        if lexicon and entry.object not in lexicon.objects:
            _report(
                content,
                entry,
                "object",
                f"no object `{entry.object}` in lexicon.yaml{nearest(entry.object, lexicon.objects)}",
            )
        if re.fullmatch(r"[a-z0-9-]+\.[a-z0-9.-]+", entry.undo) and entry.undo not in content.where:
            _report(content, entry, "undo", f"no task `{entry.undo}`{nearest(entry.undo, content.where)}")
    if entry.kind == "problem":
        _check_problem(content, entry)


def _check_opening(content: Content, entry: Entry) -> None:
    tools = frozenset(content.lexicon.tools) if content.lexicon else frozenset()
    # The title of a problem is its cause, so the cause may say it again.
    title = "" if entry.kind == "problem" else entry.title
    # A problem without an answer of its own has its cause for one.
    for key in ("cause",) if entry.answer == entry.cause else ("answer", "cause"):
        fault = opening_fault(title, getattr(entry, key), task=entry.kind == "command", tools=tools)
        if fault:
            _report(content, entry, key, fault)


def _check_problem(content: Content, entry: Entry) -> None:
    for key, given in (("signatures", entry.signatures), ("cause", entry.cause), ("fixes", entry.fixes)):
        if not given:
            _report(content, entry, "id", f"`{key}` is missing in this problem; add it")
    known = content.lexicon.placeholders if content.lexicon else {}
    for signature in entry.signatures:
        if bool(signature.text) == bool(signature.regex):
            _report(content, entry, "signatures", "a signature has either `text` or `regex`")
        for pattern in (signature.regex, *signature.unless):
            try:
                compiled = re.compile(pattern, re.IGNORECASE)
            except re.error as error:
                _report(content, entry, "signatures", f"`{pattern}` is no regular expression: {error}")
                continue
            if _NESTED_QUANTIFIER.search(pattern):
                _report(
                    content,
                    entry,
                    "signatures",
                    f"`{pattern}` may run long: no quantifier inside a quantified group, no `.*.*`",
                )
            for name in compiled.groupindex:
                if name not in known:
                    _report(
                        content,
                        entry,
                        "signatures",
                        f"the group `{name}` is no placeholder of lexicon.yaml{nearest(name, known)}",
                    )


def _check_command(content: Content, entry: Entry, key: str, command: Command) -> None:
    known = content.lexicon.placeholders if content.lexicon else {}
    if not command.run.strip():
        _report(content, entry, key, "a command is empty")
    for name in PLACEHOLDER.findall(command.run):
        if name not in known:
            _report(content, entry, key, f"unknown placeholder `{{{name}}}` in `{command.run}`{nearest(name, known)}")
    for given, allowed, what in (
        (command.os, SYSTEMS, "os"),
        (command.shell, SHELLS, "shell"),
        ((command.risk,), RISKS, "risk"),
    ):
        for name in given:
            if name not in allowed:
                _report(
                    content,
                    entry,
                    key,
                    f"`{what}` is `{name}`{nearest(name, allowed)}; it must be one of: {', '.join(allowed)}",
                )
    if _REGISTRY.search(command.run):
        _report(content, entry, key, f"`{command.run}` names a package registry's host; write PyPI")


def _check_parses(content: Content, entry: Entry, key: str, command: Command, tables: dict[str, FlagTable]) -> None:
    for words in split_line(command.run):
        parsed = parse(words, tables)
        for name in parsed.unknown if parsed else ():
            place = " ".join(part for part in (parsed.tool, parsed.command) if part) if parsed else ""
            _report(
                content,
                entry,
                key,
                f"`{command.run}`: `{place}` has no `{name}` in flags/{parsed.tool if parsed else ''}.yaml",
            )


def _check_lexicon(content: Content) -> None:
    if content.lexicon is None:
        content.problems.add("knowledge/lexicon.yaml", 1, "is missing or damaged; nothing can be understood without it")
