"""A child's way to the log and the events: every byte, bounded memory, prompts, and an end in stages."""

import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.runner import habits, processes, pump, terminal
from tests.runner.conftest import QUICK

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a POSIX terminal is needed")


class Taker:
    """A listener that keeps everything; `room` says whether it takes output now."""

    def __init__(self) -> None:
        self.data: list[bytes] = []
        self.prompts: list[tuple[str, bool, str]] = []
        self.notices: list[str] = []
        self.room = True

    def has_room(self) -> bool:
        return self.room

    def output(self, data: bytes) -> None:
        self.data.append(data)

    def prompt(self, prompt: habits.Prompt, secret: bool) -> None:
        self.prompts.append((prompt.text, secret, prompt.empty_means))

    def notice(self, text: str) -> None:
        self.notices.append(text)


def start(code: str, cwd: Path, *args: str, marker: str = "") -> terminal.Terminal:
    env = {"PATH": os.environ["PATH"], "TERM": "xterm", "HOME": str(cwd), "PYTHONIOENCODING": "utf-8"}
    return terminal.start([sys.executable, "-u", "-c", code, *args], env=env, cwd=str(cwd), marker=marker)


def run(
    code: str, cwd: Path, taker: Taker, control: pump.Control | None = None, *, interactive: bool = True,
    timeout: float = 0, argv: tuple[str, ...] = ("python",), marker: str = "", log: Path | None = None,
    patience: pump.Patience = QUICK,
) -> pump.Ended:  # fmt: skip
    child = start(code, cwd, marker=marker)
    return pump.pump(
        child, argv, log or cwd / "out.log", taker, control or pump.Control(), interactive=interactive, timeout=timeout,
        patience=patience,
    )  # fmt: skip


def until(holds: Callable[[], object]) -> None:
    """Wait until something holds; a slow machine gets its time."""
    end = time.monotonic() + 120
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def test_the_log_is_complete_to_the_byte_and_no_character_is_cut(tmp_path: Path) -> None:
    taker = Taker()
    ended = run("import sys\nfor i in range(20000): sys.stdout.write('ü€🐍━ %d\\n' % i)", tmp_path, taker)
    expected = "".join(f"ü€🐍━ {number}\r\n" for number in range(20000)).encode()
    assert (tmp_path / "out.log").read_bytes() == expected
    assert b"".join(taker.data) == expected
    for chunk in taker.data:
        chunk.decode()
    assert (ended.code, ended.why, ended.log_complete) == (0, "", True)
    assert ended.tail == expected[-pump.TAIL :]


def test_while_nobody_takes_the_output_the_child_waits(tmp_path: Path) -> None:
    taker = Taker()
    taker.room = False
    marks = tmp_path / "marks"
    code = (
        f"open({str(marks)!r}, 'w').close()\nfor i in range(100000): print('x' * 60)\n"
        f"open({str(marks)!r}, 'a').write('end')"
    )
    control = pump.Control()
    result: list[pump.Ended] = []
    worker = threading.Thread(target=lambda: result.append(run(code, tmp_path, taker, control)))
    worker.start()
    until(marks.exists)
    time.sleep(0.4)  # long enough to write it all, if it could
    assert marks.read_text() == "" and (tmp_path / "out.log").stat().st_size < 1_000_000
    taker.room = True
    until(lambda: result)
    assert result[0].code == 0
    assert (tmp_path / "out.log").stat().st_size == sum(len(chunk) for chunk in taker.data) == 100_000 * 62


def test_a_prompt_is_told_once_and_a_password_as_secret(tmp_path: Path) -> None:
    taker = Taker()
    control = pump.Control()
    code = "import getpass, time\ninput('Proceed ([y]/n)? ')\ngetpass.getpass('Password: ')\nprint('on')"
    child = start(code, tmp_path)
    worker = threading.Thread(
        target=lambda: pump.pump(child, ("x",), tmp_path / "l", taker, control, interactive=True, patience=QUICK)
    )
    worker.start()
    until(lambda: taker.prompts)
    time.sleep(0.5)  # it must not be told again meanwhile
    child.write(b"y\n")
    until(lambda: len(taker.prompts) > 1)
    child.write(b"secret\n")
    until(lambda: not worker.is_alive())
    assert taker.prompts == [("Proceed ([y]/n)?", False, "yes"), ("Password:", True, "")]
    assert b"secret" not in (tmp_path / "l").read_bytes()


def test_a_prompt_that_nobody_can_answer_is_interrupted_never_ended(tmp_path: Path) -> None:
    taker = Taker()
    code = "try:\n    input('Proceed ([y]/n)? ')\nexcept EOFError:\n    print('TAKEN FOR YES')"
    ended = run(code, tmp_path, taker, interactive=False)
    assert "nobody is there to answer" in ended.why
    assert b"TAKEN FOR YES" not in b"".join(taker.data)
    assert ended.code != 0


def test_a_quiet_worker_is_not_taken_for_a_prompt(tmp_path: Path) -> None:
    taker = Taker()
    code = "import sys, time\nsys.stdout.write('Reading files: ')\ntime.sleep(1.2)\nprint('done')"
    assert run(code, tmp_path, taker, interactive=False).code == 0
    assert taker.prompts == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells where a process waits")
def test_a_worker_whose_line_looks_like_a_prompt_is_seen_to_work(tmp_path: Path) -> None:
    taker = Taker()
    code = (
        "import sys, time\nsys.stdout.write('Reading files: ')\ntime.sleep(1)\nsys.stdout.write('\\nName: ')\ninput()"
    )
    child = start(code, tmp_path)

    def answer() -> None:
        until(lambda: taker.prompts)
        child.write(b"ada\n")

    threading.Thread(target=answer).start()
    pump.pump(child, ("x",), tmp_path / "l", taker, pump.Control(), interactive=True, patience=QUICK)
    assert taker.prompts == [("Name:", False, "")]


STUBBORN = """
import signal, sys, time
count = 0
def again(*_):
    global count
    count += 1
    print('KeyboardInterrupt', count, flush=True)
    if count == %d:
        sys.exit(1)
signal.signal(signal.SIGINT, again)
%s
print('ready', flush=True)
while True:
    time.sleep(0.05)
    print('-', end='', flush=True)
"""


def press_when_ready(taker: Taker, control: pump.Control, times: int = 1) -> threading.Thread:
    def wait() -> None:
        until(lambda: b"ready" in b"".join(taker.data))
        for _ in range(times):
            control.press()
            time.sleep(0.1)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_conda_gets_its_second_ctrl_c_by_itself(tmp_path: Path) -> None:
    taker, control = Taker(), pump.Control()
    thread = press_when_ready(taker, control)
    slow = QUICK.replace(terminate=300.0, kill=600.0)
    ended = run(STUBBORN % (2, ""), tmp_path, taker, control, argv=("conda", "create"), patience=slow)
    thread.join()
    assert ended.code == 1 and ended.why == "interrupted"
    assert b"KeyboardInterrupt 2" in b"".join(taker.data)


@pytest.mark.parametrize(("presses", "code"), [(1, -9), (2, -15), (3, -9)])
def test_more_presses_are_firmer_and_nothing_is_left(tmp_path: Path, presses: int, code: int) -> None:
    taker, control = Taker(), pump.Control()
    marker = f"pump-{presses}/{os.getpid()}"
    deaf = "signal.signal(signal.SIGTERM, signal.SIG_IGN)" if code == -9 else ""
    daemon = "import os\nif os.fork() == 0:\n    os.setsid()\n    time.sleep(60)"
    thread = press_when_ready(taker, control, presses)
    ended = run(STUBBORN % (99, f"{deaf}\n{daemon}"), tmp_path, taker, control, marker=marker)
    thread.join()
    assert ended.code == code
    until(lambda: not processes.members(-1, marker))


def test_a_time_limit_is_said(tmp_path: Path) -> None:
    ended = run("import time; time.sleep(60)", tmp_path, Taker(), timeout=0.5)
    assert ended.why == "it took longer than 0.5 s"


def test_a_log_that_cannot_be_written_does_not_stop_the_step(tmp_path: Path) -> None:
    taker = Taker()
    ended = run("print('hello')", tmp_path, taker, log=tmp_path / "missing" / "out.log")
    assert ended.code == 0 and not ended.log_complete
    assert b"hello" in b"".join(taker.data)
    assert "is not complete" in taker.notices[0]


def test_a_daemon_that_writes_on_does_not_hold_the_step(tmp_path: Path) -> None:
    code = (
        "import os, time\nprint('done', flush=True)\nif os.fork() == 0:\n    os.setsid()\n"
        "    for _ in range(200):\n        print('x', flush=True); time.sleep(0.02)"
    )
    marker = f"daemon-pump/{os.getpid()}"
    ended = run(code, tmp_path, Taker(), marker=marker)
    assert ended.code == 0
    processes.kill_session(-1, marker)


@pytest.mark.parametrize("data", ["", "a", "ü", "€", "🐍", "aü", "🐍🐍"])
def test_characters_are_split_nowhere(data: str) -> None:
    encoded = data.encode()
    for cut in range(len(encoded) + 1):
        whole, rest = pump.split_character(encoded[:cut])
        assert whole + rest == encoded[:cut] and len(rest) < 4
        whole.decode()
        again, left = pump.split_character(rest + encoded[cut:])
        assert (whole + again).decode() == data and left == b""
    assert pump.split_character(b"\xff\xfe") == (b"\xff\xfe", b"")
