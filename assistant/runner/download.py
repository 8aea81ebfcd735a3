"""Files from the web: resumed where they broke off, checked by their sha256, put in place whole.

Proxies come from the environment (`HTTPS_PROXY` ...), as urllib reads it; a company's certificate from `SSL_CERT_FILE`.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import re
import ssl
import time
import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

from assistant.errors import GuideError
from assistant.machine.redact import redact_secrets
from assistant.runner.edit import state_error, sync_folder

CHUNK = 256 * 1024
TRIES = 3
PAUSE = 1.0  # seconds before the second try, doubled for the third
TIMEOUT = 30.0  # seconds without a byte
MAX_LIST = 8 << 20  # bytes of a publisher's list of hashes
_HASH = "[0-9a-fA-F]{64}"

Progress = Callable[[int, int], None]  # bytes so far, bytes in all (0 where unknown)


class DownloadError(GuideError):
    """The file could not be fetched, or is not the one that was wanted."""


class Stopped(Exception):
    """The person interrupted it; what came so far is kept for the next time."""


def published(url: str, name: str) -> str:
    """The sha256 that a publisher gives for a file: in a `.sha256` file (hash, blanks, name) or a JSON list of files.

    Raises:
        DownloadError: the list cannot be read, or does not name the file.
    """
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"{_shown(url)} is not a web address", "give one that starts with https://")
    request = urllib.request.Request(url, headers={"User-Agent": "envguide"})  # noqa: S310 - see above
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as response:  # noqa: S310 - see above
            text = response.read(MAX_LIST).decode("utf-8", "replace")
    except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
        raise _explain(url, error) from error
    found = _in_json(text, name) or _in_lines(text, name)
    if not found:
        raise DownloadError(
            f"{_shown(url)} gives no SHA-256 for {name}, so nothing was downloaded",
            "the version may not exist (any more): choose another one",
        )
    return found.lower()


def _in_json(text: str, name: str) -> str:
    try:
        files = json.loads(text)
        value = files[name]["sha256"]
    except (ValueError, KeyError, TypeError):
        return ""
    return value if isinstance(value, str) and re.fullmatch(_HASH, value) else ""


def _in_lines(text: str, name: str) -> str:
    for line in text.splitlines():
        found = re.fullmatch(rf"\s*({_HASH})(?:\s+[* ]?(?:\S*/)?(\S+))?\s*", line)
        if found and found[2] in (None, name):
            return found[1]
    return ""


def fetch(url: str, to: Path, *, sha256: str, progress: Progress, stopped: Callable[[], bool]) -> str:
    """Fetch a file; return its sha256. A file that lies there already with that sha256 is not fetched again.

    Raises:
        DownloadError: the server refuses, the connection breaks three times, or the file is another one.
        StateError: it cannot be written.
        Stopped: `stopped` said so.
    """
    if sha256 and to.is_file() and hash_of(to) == sha256.lower():
        return sha256.lower()
    part = to.with_name(to.name + ".part")
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise state_error(f"{to} was not fetched", error) from error
    pause = PAUSE
    for attempt in range(1, TRIES + 1):
        try:
            _continue(url, part, progress, stopped)
            break
        except (urllib.error.URLError, http.client.HTTPException, ConnectionError, TimeoutError, ssl.SSLError) as error:
            final = isinstance(error, urllib.error.HTTPError) and error.code < 500 and error.code not in (408, 429)
            if attempt == TRIES or final:
                raise _explain(url, error) from error
            until = time.monotonic() + pause
            while time.monotonic() < until:
                if stopped():
                    raise Stopped from None
                time.sleep(0.05)
            pause *= 2
        except OSError as error:
            raise state_error(f"{to} was not fetched", error) from error
    found = hash_of(part)
    if sha256 and found != sha256.lower():
        start = part.read_bytes()[:200].lstrip().lower()
        part.unlink()
        if start.startswith((b"<!doctype html", b"<html")):
            raise DownloadError(
                f"{_shown(url)} gave a web page, not the file: a login page of the network answers in its place",
                "open any page in a browser, log in to the network, and run it again",
            )
        raise DownloadError(
            f"{_shown(url)} is not the file that was expected (sha256 {found[:12]}..., wanted {sha256[:12]}...)",
            "run it again; if it stays so, do not use the file: it was changed on its way or by its publisher",
        )
    try:
        part.replace(to)
        sync_folder(to.parent)
    except OSError as error:
        raise state_error(f"{to} was not fetched", error) from error
    return found


def _continue(url: str, part: Path, progress: Progress, stopped: Callable[[], bool]) -> None:
    """One connection: go on where the part ends, or start anew where the server does not know how to go on."""
    have = part.stat().st_size if part.exists() else 0
    if not url.startswith(("http://", "https://")):
        raise DownloadError(f"{_shown(url)} is not a web address", "give one that starts with https://")
    request = urllib.request.Request(url, headers={"User-Agent": "envguide"})  # noqa: S310 - see above
    if have:
        request.add_header("Range", f"bytes={have}-")
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT)  # noqa: S310 - see above
    except urllib.error.HTTPError as error:
        if error.code == 416 and have:  # nothing left to send, or another file by now: the hash decides
            whole = error.headers.get("Content-Range", "").rpartition("/")[2]
            error.close()
            if whole == str(have):
                return
            part.unlink()
            _continue(url, part, progress, stopped)
            return
        raise
    with response:
        resumed = have and response.status == 206
        length = int(response.headers.get("Content-Length") or 0)
        total = length + (have if resumed else 0) if length else 0
        done = have if resumed else 0
        with part.open("ab" if resumed else "wb") as out:
            while True:
                if stopped():
                    raise Stopped
                chunk = response.read(CHUNK)
                if not chunk:
                    break
                out.write(chunk)
                done += len(chunk)
                progress(done, total)
            out.flush()
            os.fsync(out.fileno())
        if total and done < total:
            raise ConnectionError(f"the connection ended after {done:,} of {total:,} bytes")


def hash_of(path: Path) -> str:
    """The sha256 of a file."""
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def _shown(url: str) -> str:
    return redact_secrets(url)


def _explain(url: str, error: Exception) -> DownloadError:
    where = _shown(url)
    reason = getattr(error, "reason", None)
    if isinstance(error, urllib.error.HTTPError):
        hints = {
            401: "the server wants a login: check the address",
            403: "the server or a proxy refuses: ask who runs the network",
            404: "the file is no longer there: look for a newer version of the flow",
            407: "the proxy wants a login: set HTTPS_PROXY with it, for this shell only",
        }
        return DownloadError(f"{where} answered {error.code} {error.reason}", hints.get(error.code, "try again later"))
    if isinstance(error, ssl.SSLError) or isinstance(reason, ssl.SSLError):
        return DownloadError(
            f"the certificate of {where} is not trusted: {reason or error}",
            "behind a company's proxy set SSL_CERT_FILE to its certificate file; do not switch the check off",
        )
    return DownloadError(
        f"{where} cannot be reached: {reason or error}",
        "check the connection and the proxy settings, then run it again",
    )
