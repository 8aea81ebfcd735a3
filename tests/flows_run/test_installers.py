"""The installers, from a server on this machine: cut connections, wrong hashes, a login page, success and undo. The
installer is a small script that takes the same options as the real one.
"""

import hashlib
import json
import os
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from assistant.runner import api, catalog, download
from tests.flows_run.conftest import ROOT, Desk, differences

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the stand-in is a shell script")
NAMES = {"install-miniforge": "Miniforge3-26.5.3-0", "install-miniconda": "Miniconda3-py313_26.3.2-2"}
# What the real one does as far as the flow sees it: makes the folder with a conda in it, writes conda's own list.
INSTALLER = (
    rb"""#!/bin/sh
set -eu
test "$1" = -b && test "$2" = -m && test "$3" = -p
if [ -e "$4" ]; then echo "ERROR: File or directory already exists: '$4'" >&2; exit 1; fi
echo "PREFIX=$4"
mkdir -p "$4/bin" "$4/condabin" "$4/conda-meta" "$4/envs" "$4/pkgs"
printf '#!/bin/sh\necho conda 26.5.3\n' > "$4/bin/conda"
chmod 755 "$4/bin/conda"
ln -s ../bin/conda "$4/condabin/conda"
echo '==> 2026-08-15 <==' > "$4/conda-meta/history"
mkdir -p "$HOME/.conda"
echo "$4" >> "$HOME/.conda/environments.txt"
echo "installation finished."
exit 0
"""
    + b"#" * 600_000
)
HASH = hashlib.sha256(INSTALLER).hexdigest()


class Handler(BaseHTTPRequestHandler):
    """Serves the installers and their hashes; `mode` says what goes wrong."""

    mode: ClassVar[str] = ""
    seen: ClassVar[list[tuple[str, str]]] = []

    def log_message(self, *_: object) -> None:
        return

    def do_GET(self) -> None:
        wanted, name = self.headers.get("Range", ""), self.path.rpartition("/")[2]
        self.seen.append((name, wanted))
        tries = len([one for one, _ in self.seen if one == name])
        if self.mode == "missing":
            self.send_error(404)
            return
        body = INSTALLER
        if name.endswith(".sha256"):
            body = f"{'0' * 64 if self.mode == 'wrong-hash' else HASH}  ./{name.removesuffix('.sha256')}\n".encode()
        elif name == ".files.json":
            files = {f"{NAMES['install-miniconda']}-{end}": {"sha256": HASH, "size": 1} for end in ("Linux-x86_64.sh",)}
            body = json.dumps({} if self.mode == "unknown" else files).encode()
        elif self.mode == "portal":
            body = b"<!DOCTYPE html><title>Log in</title>"
        start = int(wanted.removeprefix("bytes=").rstrip("-")) if wanted else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(body) - start))
        self.end_headers()
        cut = self.mode == "cut" and name.endswith(".sh") and tries <= 2
        self.wfile.write(body[start : start + 200_000] if cut else body[start:])


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    Handler.seen.clear()
    Handler.mode = ""
    monkeypatch.setattr(download, "PAUSE", 0.01)
    for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY", "https_proxy", "HTTPS_PROXY"):
        monkeypatch.delenv(name, raising=False)
    running = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=running.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{running.server_port}"
    running.shutdown()
    running.server_close()
    thread.join()


@pytest.fixture
def here(desk: Desk, server: str, tmp_path: Path) -> Desk:
    """The flows as they are, but for the servers that they ask."""
    folder = tmp_path / "flows"
    folder.mkdir()
    for path in (ROOT / "flows").glob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        for host in ("https://github.com", "https://repo.anaconda.com/miniconda"):
            text = text.replace(f"url: {host}", f"url: {server}").replace(
                f"sha256_from: {host}", f"sha256_from: {server}"
            )
        (folder / path.name).write_text(text, encoding="utf-8")
    desk.flows = catalog.from_folder(folder)
    look = desk.look
    desk.look = lambda: look().replace(architecture="x86_64")
    return desk


@pytest.mark.parametrize("flow", list(NAMES))
def test_installed_checked_and_taken_back(here: Desk, flow: str) -> None:
    before = here.picture()
    seen = here.run(flow)
    assert seen.end.state == "done", seen.end
    root = here.home / ("miniforge3" if flow == "install-miniforge" else "miniconda3")
    assert (root / "bin" / "conda").exists()
    assert here.look().condas[0].root == str(root)
    notices = " ".join(event.text for event in seen.of(api.Notice))
    assert HASH in notices
    # The hash was not known when the plan was shown, so it is shown and asked for right before the installer runs.
    asked = [event for event in seen.of(api.Question) if event.kind == "step"]
    assert len(asked) == 1 and any(HASH in line for line in asked[0].details)
    progress = seen.of(api.Progress)
    assert progress and progress[-1].done == progress[-1].total == len(INSTALLER)
    assert here.run(flow).end.message.startswith("nothing to do")
    again = here.plan(flow, location="~/second")
    assert again.step("download").state == "blocked" and "conda already" in again.step("download").reason
    here.undo()
    assert differences(before, here.picture()) == []


def test_no_at_the_hash_runs_nothing(here: Desk) -> None:
    before = here.picture()
    seen = here.run("install-miniforge", {"step": "no"})
    assert seen.end.exit == 4
    here.undo()
    assert differences(before, here.picture()) == []


def test_a_cut_connection_goes_on_where_it_stopped(here: Desk) -> None:
    Handler.mode = "cut"
    seen = here.done("install-miniforge")
    asked = [wanted for name, wanted in Handler.seen if name.endswith(".sh")]
    assert asked == ["", "bytes=200000-", "bytes=400000-"]
    assert seen.end.done == 2


def test_an_interrupted_download_is_resumed_by_the_next_run(here: Desk) -> None:
    Handler.mode = "cut"
    download.TRIES, tries = 1, download.TRIES
    try:
        seen = here.run("install-miniforge")
    finally:
        download.TRIES = tries
    assert seen.end.state == "failed" and "200,000 of" in seen.end.message
    Handler.mode = ""
    here.done("install-miniforge")
    assert Handler.seen[-1][1] == "bytes=200000-"


@pytest.mark.parametrize(
    ("flow", "mode", "says"),
    [
        ("install-miniforge", "wrong-hash", "is not the file that was expected"),
        ("install-miniforge", "portal", "a login page of the network"),
        ("install-miniforge", "missing", "404"),
        ("install-miniconda", "unknown", "gives no SHA-256"),
        ("install-miniconda", "missing", "404"),
    ],
)
def test_what_is_not_vouched_for_is_never_run(here: Desk, flow: str, mode: str, says: str) -> None:
    Handler.mode = mode
    before = here.picture()
    seen = here.run(flow)
    assert seen.end.state == "failed" and seen.end.exit == 3
    assert says in seen.end.message and seen.end.hint
    assert differences(before, here.picture()) == []
    assert not list((here.home.parent / "envguide" / "cache" / "downloads").glob("*.sh"))


def test_a_file_that_was_changed_on_the_disk_is_fetched_anew(here: Desk) -> None:
    folder = here.home.parent / "envguide" / "cache" / "downloads"
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{NAMES['install-miniforge']}-Linux-x86_64.sh"
    file.write_text("#!/bin/sh\ntouch ~/owned\n")
    here.done("install-miniforge")
    assert not (here.home / "owned").exists() and hashlib.sha256(file.read_bytes()).hexdigest() == HASH
    here.undo()
    # It was there before this run, so it stays.
    assert file.exists()


def test_the_list_of_environments_that_was_there_comes_back(here: Desk) -> None:
    (here.home / ".conda").mkdir()
    (here.home / ".conda" / "environments.txt").write_text("/opt/other\n")
    here.comes_back("install-miniforge")


def test_what_came_later_is_named_before_it_goes(here: Desk) -> None:
    here.done("install-miniforge")
    (here.home / "miniforge3" / "envs" / "later").mkdir()
    (here.home / "miniforge3" / "envs" / "later" / "thesis").write_text("x")
    seen = here.undo()
    asked = [event for event in seen.of(api.Question) if event.kind == "delete"]
    assert "came later" in asked[0].text and any("thesis" in line for line in asked[0].details)
