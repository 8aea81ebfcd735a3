"""`envguide kb check|build|stats|gaps`: for the authors of knowledge and flows."""

from __future__ import annotations

import argparse
from collections import Counter
from pathlib import Path

from assistant import paths
from assistant.errors import ExitCode, UsageError
from assistant.render.out import emit, emit_json, talk


def kb(options: argparse.Namespace) -> int:
    """Run one action; exit code 1 where problems were found."""
    if options.action == "gaps":
        return _gaps(options)
    knowledge, flows = _folders(options.path)
    if options.action == "check":
        return _check(knowledge, flows, options)
    if options.action == "build":
        return _build(knowledge, flows, options)
    return _stats(knowledge, flows, options)


def _folders(given: str | None) -> tuple[Path, Path]:
    if given is None:
        return paths.content_dir("knowledge"), paths.content_dir("flows")
    root = Path(given)
    if not (root / "knowledge").is_dir():
        raise UsageError(f"{given} holds no folder `knowledge`", "name a folder that holds knowledge/ and flows/")
    return root / "knowledge", root / "flows"


def _check(knowledge: Path, flows: Path, options: argparse.Namespace) -> int:
    from assistant.content.coverage import stale_sections
    from assistant.verbs.content_check import check_all

    content, lines = check_all(knowledge, flows)
    if options.document:
        try:
            stale = stale_sections(content, Path(options.document))
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(
                f"{options.document} cannot be read: {error}", "name the document as a UTF-8 text file"
            ) from None
        for section, ids in stale.items():
            file, number = content.where[f"section:{section}"]
            lines.append(
                f"{file}:{number}: section `{section}` has changed; read again: {', '.join(ids) or 'no entry cites it'}"
            )
    if options.json:
        emit_json({"schema": 1, "problems": lines, "entries": len(content.entries)})
    else:
        for line in lines:
            emit(line)
        talk(f"{len(content.entries)} entries, {len(content.flows)} flows, {len(lines)} problems")
    return int(ExitCode.NOTHING if lines else ExitCode.OK)


def _build(knowledge: Path, flows: Path, options: argparse.Namespace) -> int:
    from assistant.content.compiled import write_compiled
    from assistant.errors import ContentError
    from assistant.search.compile import compile_content
    from assistant.search.library import cached_file
    from assistant.verbs.content_check import check_all

    _, problems = check_all(knowledge, flows)
    if problems:
        raise ContentError(problems)
    data = compile_content(knowledge, flows, strict=True)
    target = cached_file(str(knowledge))
    if not write_compiled(target, data):
        raise UsageError(f"{target} cannot be written", "set ENVGUIDE_HOME to a folder that can be written")
    emit_json({"schema": 1, "file": str(target), "bytes": len(data)}) if options.json else emit(
        f"{target} ({len(data):,} bytes)"
    )
    return int(ExitCode.OK)


def _stats(knowledge: Path, flows: Path, options: argparse.Namespace) -> int:
    from assistant.content.check import commands_of
    from assistant.content.coverage import coverage
    from assistant.content.load import load_content

    content = load_content(knowledge, flows)
    kinds = Counter(entry.kind for entry in content.entries)
    shown = {command.run for entry in content.entries for _, command in commands_of(entry)}
    held = coverage(content)
    counts = {
        "phrasings": sum(len(entry.ask) for entry in content.entries),
        "commands": len(shown),
        "signatures": sum(len(entry.signatures) for entry in content.entries),
        "corrections": sum(len(entry.correction) for entry in content.entries),
        "flows": len(content.flows),
    }
    if options.json:
        covered = {name: {"held": len(item.held), "missing": list(item.missing)} for name, item in held.items()}
        emit_json({"schema": 1, "entries": dict(kinds), "counts": counts, "coverage": covered})
        return int(ExitCode.OK)
    emit(f"{sum(kinds.values())} entries: " + ", ".join(f"{count} {kind}" for kind, count in sorted(kinds.items())))
    emit(", ".join(f"{count:,} {name}" for name, count in counts.items()))
    emit("of the source document:")
    for name, item in held.items():
        total = len(item.held) + len(item.missing)
        emit(
            f"  {name}: {len(item.held)} of {total}" + (f"; missing: {', '.join(item.missing)}" if item.missing else "")
        )
    return int(ExitCode.OK)


def _gaps(options: argparse.Namespace) -> int:
    from assistant.dialogue.gaps import clear_gaps, gaps_file, read_gaps

    if options.clear:
        clear_gaps()
        talk("the unanswered questions are forgotten")
        return int(ExitCode.OK)
    found = read_gaps()
    if options.json:
        emit_json({"schema": 1, "file": str(gaps_file()), "gaps": found})
    elif not found:
        talk("no unanswered questions are kept")
    else:
        for item in found:
            emit(item["question"] + (f"  (nearest: {item['nearest']})" if item["nearest"] else ""))
    return int(ExitCode.OK)
