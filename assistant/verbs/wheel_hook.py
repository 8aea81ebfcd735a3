"""Hatchling's hook: compiles the content into the wheel, so that no user waits for it."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CustomBuildHook(BuildHookInterface[Any]):
    """Writes `assistant/_content/compiled.dat` into a standard wheel; an editable install compiles on first use."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the files are collected; content with mistakes fails the build."""
        if version != "standard":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root))
        from assistant.errors import ContentError
        from assistant.search.compile import compile_content
        from assistant.verbs.content_check import check_all

        _, problems = check_all(root / "knowledge", root / "flows")
        if problems:
            raise ContentError(problems)
        data = compile_content(root / "knowledge", root / "flows", strict=True)
        target = Path(tempfile.mkdtemp(prefix="envguide-build-")) / "compiled.dat"
        target.write_bytes(data)
        build_data["force_include"][str(target)] = "assistant/_content/compiled.dat"
