"""Small flows for the screen's tests, with real processes that end by themselves or wait to be ended."""

from __future__ import annotations

import sys
from typing import Any

PYTHON = sys.executable
WRITE = "import sys; open(sys.argv[1], 'w').write(sys.argv[2]); print('wrote', sys.argv[2])"
COUNT = "for n in range(int(__import__('sys').argv[1])): print('\\x1b[32mline\\x1b[0m', n)"
BROKEN = "import sys; print(\"ModuleNotFoundError: No module named 'numpy'\"); sys.exit(1)"
ASKS = "answer = input('Proceed ([y]/n)? '); print('got', repr(answer))"
SECRET = "import getpass; print('got', len(getpass.getpass('Password: ')))"
WAITS = "import time; print('begun', flush=True); time.sleep(120)"


def step(name: str, code: str, *arguments: str, **more: Any) -> dict[str, Any]:
    """A step that runs a line of Python."""
    return {
        "id": name,
        "title": f"Step {name}",
        "why": f"The reason for {name}.",
        "run": [PYTHON, "-c", code, *arguments],
        "risk": "reads",
        **more,
    }


def flow(name: str, *steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A flow of these steps."""
    return {"id": name, "title": f"Flow {name}", "why": "Because it is tested.", "steps": list(steps), **more}


GREET = flow(
    "greet",
    step(
        "write", WRITE, "{cwd}/greeting.txt", "{name}",
        risk="user-files", makes="{cwd}/greeting.txt", changes="the file {cwd}/greeting.txt", undo={"remove": "{cwd}/greeting.txt"},
        verify=[{"probe": "path-exists", "path": "{cwd}/greeting.txt"}],
    ),
    step("count", COUNT, "40"),
    params={"name": {"type": "word", "title": "Whom to greet", "help": "one word", "example": "Ada"}},
    after=[{"text": "Read it:", "commands": ["cat greeting.txt"]}],
)  # fmt: skip

FLOWS: dict[str, Any] = {
    one["id"]: one
    for one in (
        GREET,
        flow("broken", step("fails", BROKEN), step("never", COUNT, "1")),
        flow("asks", step("ask", ASKS)),
        flow("secret", step("ask", SECRET)),
        flow("waits", step("wait", WAITS), step("after", COUNT, "1")),
        flow("many", step("count", COUNT, "30000")),
        flow(
            "stuck",
            step(
                "needs", COUNT, "1", needs=[{"probe": "path-exists", "path": "{cwd}/not-there", "otherwise": "make it"}]
            ),
        ),
        flow(
            "value",
            {
                "id": "which",
                "title": "Which one",
                "ask": {"type": "choice", "title": "Which one", "choices": ["red", "blue"]},
            },
            step("use", "import sys; print('chose', sys.argv[1])", "{which}"),
        ),
        flow(
            "deletes",
            {"id": "away", "title": "Delete it", "why": "It is old.", "remove": "{cwd}/old", "undo": "it is gone"},
        ),
        flow("terminal", step("edit", COUNT, "1", interactive=True)),
    )
}
