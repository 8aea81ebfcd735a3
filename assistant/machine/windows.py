"""What only Windows has: PowerShell's execution policies and the processes above this one, asked of PowerShell."""

from __future__ import annotations

import re

from assistant.machine.context import Roots
from assistant.machine.layout import which
from assistant.machine.model import ExecutionPolicy

SCOPES = ("MachinePolicy", "UserPolicy", "Process", "CurrentUser", "LocalMachine")
_ROW = re.compile(rf"^\s*({'|'.join(SCOPES)})\s+(\w+)\s*$", re.MULTILINE)
# The number of this process's parent is put in by `format`, as a number.
_ANCESTORS = (
    '$p={0}; for($i=0; $i -lt 12 -and $p; $i++) {{ $x=Get-CimInstance Win32_Process -Filter "ProcessId=$p"; '
    "if(-not $x) {{ break }}; $x.Name; $p=$x.ParentProcessId }}"
)


def execution_policies(roots: Roots) -> tuple[ExecutionPolicy, ...]:
    """The policy of each scope, strongest first; empty outside Windows or where PowerShell does not answer."""
    if roots.system != "windows":
        return ()
    # Windows PowerShell 5.1 and PowerShell 7 keep separate policies: ask the one that conda init and people use most.
    program = which("pwsh", roots) if "pwsh" in roots.get("PSMODULEPATH").lower() else ""
    answer = roots.run([program or "powershell", "-NoProfile", "-Command", "Get-ExecutionPolicy -List"], timeout=10.0)
    return parse_policies(answer.out) if answer.code == 0 else ()


def parse_policies(text: str) -> tuple[ExecutionPolicy, ...]:
    """The table that `Get-ExecutionPolicy -List` prints."""
    return tuple(ExecutionPolicy(scope=found[1], policy=found[2]) for found in _ROW.finditer(text))


def effective_policy(policies: tuple[ExecutionPolicy, ...]) -> str:
    """The policy that counts: the first scope that defines one; Restricted on Windows clients where none does."""
    for scope in SCOPES:
        for one in policies:
            if one.scope == scope and one.policy.lower() != "undefined":
                return one.policy
    return "Restricted" if policies else ""


def ancestors(roots: Roots) -> list[str]:
    """The program names of the processes above this one, nearest first."""
    answer = roots.run(["powershell", "-NoProfile", "-Command", _ANCESTORS.format(int(roots.parent))], timeout=10.0)
    return [line.strip() for line in answer.out.splitlines() if line.strip()] if answer.code == 0 else []
