"""Changes of text files: worked out first (so that a plan can show them), written atomically, with a copy to go back
to.

Line ends, a byte order mark, the missing newline at the end, the file's mode, and a link to the real file are kept.
Bytes that are not UTF-8 pass through unchanged.
"""

from __future__ import annotations

import codecs
import contextlib
import difflib
import errno
import hashlib
import os
import tempfile
from pathlib import Path

from assistant.content.frozen import Frozen
from assistant.errors import StateError, UsageError
from assistant.runner.flow import Edit

ABSENT = "absent"  # stands for the hash of a file that does not exist


class Change(Frozen):
    """What an edit would do to one file."""

    file: str
    before: bytes | None
    after: bytes

    @property
    def changes(self) -> bool:
        """Whether there is anything to do."""
        return self.before != self.after


def real(file: str) -> Path:
    """The file behind a link: dotfiles are often links into a repository, which must stay links."""
    return Path(os.path.realpath(file))


def read(file: str) -> bytes | None:
    """The file's bytes, or None where it does not exist.

    Raises:
        StateError: it is there and cannot be read.
    """
    try:
        return real(file).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateError(f"{file} cannot be read: {error.strerror or error}", "check its permissions") from error


def sha256(data: bytes | None) -> str:
    """The hash of a file's bytes; `ABSENT` for none."""
    return ABSENT if data is None else hashlib.sha256(data).hexdigest()


def plan_edit(edit: Edit) -> Change:
    """What the edit would make of the file as it is now. Nothing is written.

    Raises:
        UsageError: the text to replace is not there, or not once.
        StateError: the file cannot be read.
    """
    before = read(edit.file)
    return Change(file=edit.file, before=before, after=edited(before or b"", edit))


def edited(data: bytes, edit: Edit) -> bytes:
    """The new bytes of a file; editing twice gives what editing once gives.

    Raises:
        UsageError: the text to replace is not there, or not once.
    """
    mark = codecs.BOM_UTF8 if data.startswith(codecs.BOM_UTF8) else b""
    text = data[len(mark) :].decode("utf-8", "surrogateescape")
    end = "\r\n" if text.count("\r\n") * 2 > text.count("\n") else "\n"
    lines = text.split(end)
    if edit.content:
        new = edit.content.rstrip("\n").replace("\n", end) + end
    elif edit.line:
        new = text if edit.line in lines else _append(text, edit.line, end)
    elif edit.block:
        new = _with_block(text, edit, end)
    elif edit.remove:
        new = end.join(line for line in lines if line != edit.remove)
    else:
        new = _replaced(text, edit)
    return mark + new.encode("utf-8", "surrogateescape")


def _append(text: str, addition: str, end: str) -> str:
    return f"{text}{'' if not text or text.endswith(end) else end}{addition}{end}"


def _with_block(text: str, edit: Edit, end: str) -> str:
    first, last = (f"{edit.comment} {sign} {edit.mark} {sign}" for sign in (">>>", "<<<"))
    block = end.join([first, *edit.block.strip("\n").split("\n"), last])
    lines = text.split(end)
    if first in lines:
        start = lines.index(first)
        if last not in lines[start:]:
            raise UsageError(
                f"{edit.file} has the line `{first}` without its end `{last}`",
                "mend or remove that block by hand first",
            )
        stop = lines.index(last, start)
        return end.join([*lines[:start], *block.split(end), *lines[stop + 1 :]])
    return _append(text, block, end)


def _replaced(text: str, edit: Edit) -> str:
    if not edit.find and not edit.put:
        return text
    count = text.count(edit.find)
    if count == 0 and edit.put and edit.put in text:
        return text
    if count != 1:
        where = "is not in" if count == 0 else f"stands {count} times in"
        raise UsageError(f"`{edit.find}` {where} {edit.file}", "look at the file: it is not as this step expects")
    return text.replace(edit.find, edit.put)


def difference(before: bytes | None, after: bytes | None, file: str, limit: int = 200) -> list[str]:
    """A unified difference, as lines without line ends; at most `limit` of them."""
    old, new = ((side or b"").decode("utf-8", "replace").splitlines() for side in (before, after))
    lines = list(
        difflib.unified_diff(old, new, fromfile=f"{file} (before)", tofile=f"{file} (after)", lineterm="", n=2)
    )
    return lines if len(lines) <= limit else [*lines[:limit], f"... {len(lines) - limit} lines more"]


def write_atomically(file: str, data: bytes, mode: int | None = None) -> None:
    """Put data in the place of a file: whole or not at all. The old file's mode is kept.

    Raises:
        StateError: the folder is read-only or the disk full; the file is as it was.
    """
    path = real(file)
    temporary = ""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if mode is None:
            with contextlib.suppress(FileNotFoundError):
                mode = path.stat().st_mode & 0o7777
        handle, temporary = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        with os.fdopen(handle, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        if mode is None:
            umask = os.umask(0)
            os.umask(umask)
            mode = 0o666 & ~umask
        Path(temporary).chmod(mode)
        Path(temporary).replace(path)
        temporary = ""
        sync_folder(path.parent)
    except OSError as error:
        raise state_error(f"{file} was not changed", error) from error
    finally:
        if temporary:
            with contextlib.suppress(OSError):
                Path(temporary).unlink()


def sync_folder(folder: Path) -> None:
    """Make a rename last beyond a power cut, where the system can."""
    with contextlib.suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def state_error(what: str, error: OSError) -> StateError:
    """An error of the disk in words, with what helps."""
    if error.errno in (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)):
        return StateError(
            f"{what}: the disk is full", "free some space (`conda clean --all`, `pip cache purge`) and try again"
        )
    if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
        place = f" {error.filename}" if error.filename else ""
        return StateError(
            f"{what}:{place} cannot be written", "check the permissions, or set ENVGUIDE_HOME to a folder of your own"
        )
    return StateError(f"{what}: {error.strerror or error}", "see `envguide doctor disk`")
