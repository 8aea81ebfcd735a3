"""The machine in one line, for headers and toolbars."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from assistant.machine.model import Machine

SYSTEMS = {"linux": "Linux", "macos": "macOS", "windows": "Windows"}


def machine_line(machine: Machine) -> str:
    """System, shell, the environment tools that are there, the active environment; GPU and driver where they were looked at."""
    parts = [f"{SYSTEMS.get(machine.system, machine.system)} {machine.architecture}".strip()]
    if machine.shell:
        parts.append(machine.shell)
    present = [tool for name in ("conda", "mamba", "micromamba", "uv", "pixi") if (tool := machine.tool(name))]
    parts.append(", ".join(f"{tool.name} {tool.version or ''}".strip() for tool in present) or "no conda, no uv")
    parts.append(f"in {machine.active_environment}" if machine.active_environment else "no environment active")
    if machine.gpus:
        driver = f", driver {machine.driver.version}" if machine.driver.version else ""
        parts.append(f"{machine.gpus[0].name}{driver}")
    return " · ".join(parts)
