"""Downloads from a real server on this machine: resumed, checked, whole or not there."""

import hashlib
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from assistant.errors import StateError
from assistant.runner import download

DATA = bytes(range(256)) * 4000
HASH = hashlib.sha256(DATA).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """`/file` knows ranges; `/cut` breaks off half-way, once; `/portal` answers a web page; `/404`, `/503` fail."""

    seen: ClassVar[list[tuple[str, str]]] = []

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.seen.append((self.path, wanted))
        tries = len([path for path, _ in self.seen if path == self.path])
        if self.path in ("/404", "/503") and not (self.path == "/503" and tries == 3):
            self.send_error(int(self.path[1:]))
            return
        body = b"<!DOCTYPE html><title>Log in</title>" if self.path == "/portal" else DATA
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted and self.path != "/no-range" else 0
        if start >= len(body):
            self.send_response(416)
            self.send_header("Content-Range", f"bytes */{len(body)}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        self.wfile.write(body[start : len(body) // 2] if self.path == "/cut" and tries == 1 else body[start:])


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Handler.seen.clear()
    monkeypatch.setattr(download, "PAUSE", 0.01)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


def fetch(url: str, to: Path, sha256: str = HASH, stop_at: int | None = None) -> list[tuple[int, int]]:
    steps: list[tuple[int, int]] = []
    download.fetch(
        url, to, sha256=sha256, progress=lambda done, total: steps.append((done, total)),
        stopped=lambda: stop_at is not None and len(steps) >= stop_at,
    )  # fmt: skip
    return steps


def test_the_whole_file_with_progress(server: str, tmp_path: Path) -> None:
    to = tmp_path / "new" / "file.sh"
    steps = fetch(f"{server}/file", to)
    assert to.read_bytes() == DATA
    assert steps[-1] == (len(DATA), len(DATA))
    assert [path.name for path in to.parent.iterdir()] == ["file.sh"]


def test_it_goes_on_where_it_broke_off(server: str, tmp_path: Path) -> None:
    to = tmp_path / "file"
    fetch(f"{server}/cut", to)
    assert to.read_bytes() == DATA
    assert Handler.seen == [("/cut", ""), ("/cut", f"bytes={len(DATA) // 2}-")]


def test_stopped_half_way_it_keeps_what_came_and_resumes(server: str, tmp_path: Path) -> None:
    to = tmp_path / "file"
    with pytest.raises(download.Stopped):
        fetch(f"{server}/file", to, stop_at=1)
    assert not to.exists()
    part = tmp_path / "file.part"
    assert 0 < part.stat().st_size < len(DATA)
    fetch(f"{server}/file", to)
    assert to.read_bytes() == DATA
    assert Handler.seen[-1][1].startswith("bytes=")


def test_a_part_that_is_whole_already_and_a_server_without_ranges(server: str, tmp_path: Path) -> None:
    to = tmp_path / "file"
    (tmp_path / "file.part").write_bytes(DATA)
    fetch(f"{server}/file", to)
    assert to.read_bytes() == DATA
    to.unlink()
    (tmp_path / "file.part").write_bytes(b"old nonsense")
    fetch(f"{server}/no-range", to)
    assert to.read_bytes() == DATA


def test_another_file_is_never_put_in_place(server: str, tmp_path: Path) -> None:
    to = tmp_path / "file"
    with pytest.raises(download.DownloadError, match="not the file that was expected") as error:
        fetch(f"{server}/file", to, sha256="0" * 64)
    assert "do not use the file" in error.value.hint
    assert list(tmp_path.glob("file*")) == []


def test_a_login_page_is_named_as_one(server: str, tmp_path: Path) -> None:
    with pytest.raises(download.DownloadError, match="login page"):
        fetch(f"{server}/portal", tmp_path / "file")
    assert list(tmp_path.glob("file*")) == []


def test_errors_say_what_helps_and_5xx_is_tried_again(server: str, tmp_path: Path) -> None:
    with pytest.raises(download.DownloadError, match="404"):
        fetch(f"{server}/404", tmp_path / "file")
    assert len(Handler.seen) == 1
    fetch(f"{server}/503", tmp_path / "file")
    assert len(Handler.seen) == 4


def test_logins_in_addresses_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(download, "PAUSE", 0.01)
    with pytest.raises(download.DownloadError) as error:
        fetch("http://ada:secret@127.0.0.1:9/file", tmp_path / "file")
    assert "secret" not in str(error.value)
    with pytest.raises(download.DownloadError, match="not a web address"):
        fetch("file:///etc/passwd", tmp_path / "file")


def test_a_folder_that_cannot_be_written(server: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    with pytest.raises(StateError, match="was not fetched"):
        fetch(f"{server}/file", tmp_path / "file" / "below")
