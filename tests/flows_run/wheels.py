"""Tiny wheels of our own, so that pip and uv install for real without the network."""

from __future__ import annotations

import base64
import hashlib
import zipfile
from pathlib import Path


def write(
    folder: Path, name: str, version: str, *, needs: tuple[str, ...] = (), files: dict[str, str] | None = None
) -> Path:
    """One wheel: a module of the same name, a console script, and what is given besides."""
    info = f"{name}-{version}.dist-info"
    requires = "".join(f"Requires-Dist: {one}\n" for one in needs)
    held = {
        f"{name}/__init__.py": f"VERSION = {version!r}\n\n\ndef main() -> None:\n    print(VERSION)\n",
        f"{name}/data.txt": f"{name} {version}\n" * 50,
        **(files or {}),
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": f"[console_scripts]\n{name} = {name}:main\n",
    }
    record = "".join(f"{path},sha256={_hash(text)},{len(text.encode())}\n" for path, text in held.items())
    folder.mkdir(parents=True, exist_ok=True)
    place = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(place, "w") as wheel:
        for path, text in {**held, f"{info}/RECORD": f"{record}{info}/RECORD,,\n"}.items():
            wheel.writestr(path, text)
    return place


def _hash(text: str) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()


def write_all(folder: Path) -> None:
    """`tiny` in two versions, `needy` that needs it, an `apart` that stands alone, and what uv seeds environments with."""
    write(folder, "tiny", "1.0")
    write(folder, "tiny", "2.0", files={"tiny/extra.py": "x = 1\n"})
    write(folder, "needy", "0.5", needs=("tiny>=1",))
    write(folder, "apart", "3.1")
    for name in ("pip", "setuptools", "wheel"):
        write(folder, name, "1.0")
