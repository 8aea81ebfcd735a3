"""Children on a real pseudo-terminal: controlling terminal, size, whole output, keys, and an end in three stages."""

import os
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from assistant.runner import processes, terminal

pytestmark = pytest.mark.skipif(os.name != "posix", reason="a POSIX terminal is needed")


def run(argv: list[str], cwd: Path, **kwargs: object) -> terminal.Terminal:
    env = {"PATH": os.environ["PATH"], "TERM": "xterm-256color", "HOME": str(cwd)}
    return terminal.start(argv, env=env, cwd=str(cwd), **kwargs)  # type: ignore[arg-type]


def until(child: terminal.Terminal, found: Callable[[bytes], bool], seconds: float = 120) -> bytes:
    """Read until something was seen, or the child has ended and is quiet."""
    data, end = b"", time.monotonic() + seconds
    while time.monotonic() < end:
        more = child.read(0.1)
        data += more or b""
        if found(data) or (child.poll() is not None and not more):
            return data
    raise AssertionError(f"not seen in {seconds} s: {data[-300:]!r}")


def wait_for(holds: Callable[[], bool], seconds: float = 120) -> None:
    """Wait until something holds; a slow machine gets its time."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.02)


def all_of(child: terminal.Terminal) -> bytes:
    data = until(child, lambda _: False)
    child.close()
    return data


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_it_is_a_terminal_of_its_own_with_the_right_size(tmp_path: Path) -> None:
    code = (
        "import os,sys; print(all(os.isatty(i) for i in range(3)), os.get_terminal_size(), os.getsid(0)==os.getpid());"
        "tty=os.open('/dev/tty',os.O_RDWR); os.write(tty,b'through /dev/tty\\n'); print(os.getcwd())"
    )
    data = all_of(run(python(code), tmp_path, size=(33, 111)))
    assert b"True os.terminal_size(columns=111, lines=33) True" in data
    assert b"through /dev/tty" in data
    assert str(tmp_path).encode() in data


def test_arguments_arrive_as_they_are(tmp_path: Path) -> None:
    words = ["$(id)", "a b", "*", "'\"`", "-n", "ü", "", "; rm -rf x"]
    data = all_of(run([*python("import sys; print(sys.argv[1:])"), *words], tmp_path))
    assert str(words).encode() in data


def test_nothing_of_a_long_output_is_lost_and_the_exit_code_is_told(tmp_path: Path) -> None:
    child = run(
        python("import sys; sys.stdout.write(''.join(f'{i:07}\\n' for i in range(60000))); sys.exit(7)"),
        tmp_path,
    )
    time.sleep(0.3)  # a slow reader
    data = all_of(child)
    assert data == b"".join(b"%07d\r\n" % number for number in range(60000))
    assert child.poll() == 7


def test_keys_reach_the_child_and_hidden_input_is_noticed(tmp_path: Path) -> None:
    child = run(
        python("import getpass; print('got', getpass.getpass('Password: '), input('Proceed ([y]/n)? '))"), tmp_path
    )
    until(child, lambda data: b"Password: " in data)
    assert not child.echoes()
    child.write(b"secret\n")
    until(child, lambda data: b"Proceed" in data)
    assert child.echoes()
    child.write(b"n\n")
    assert b"got secret n" in all_of(child)


def test_ctrl_c_as_a_key_interrupts(tmp_path: Path) -> None:
    child = run(python("import time; print('ready', flush=True); time.sleep(60)"), tmp_path)
    until(child, lambda data: b"ready" in data)
    child.write(b"\x03")
    assert b"KeyboardInterrupt" in all_of(child)
    assert child.poll() in (-signal.SIGINT, 1)


def test_a_new_size_is_told_to_the_child(tmp_path: Path) -> None:
    code = (
        "import os,signal,time; signal.signal(signal.SIGWINCH, lambda *a: os.write(1,"
        "f'now {os.get_terminal_size()}\\n'.encode()));"
        "os.write(1, b'ready\\n'); time.sleep(60)"
    )
    child = run(python(code), tmp_path)
    until(child, lambda data: b"ready" in data)
    child.resize(40, 123)
    assert b"columns=123, lines=40" in until(child, lambda data: b"now" in data)
    child.close()


STUBBORN = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_IGN)
if sys.argv[1] == 'all':
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
if os.fork() == 0 and os.fork() == 0:
    os.setsid()
    time.sleep(60)
print('ready', flush=True)
while True:
    time.sleep(60)
"""


@pytest.mark.parametrize("stubborn", ["interrupt", "all"])
def test_interrupt_terminate_kill_reach_everything_that_was_started(tmp_path: Path, stubborn: str) -> None:
    marker = f"run-{stubborn}/{os.getpid()}"
    child = run([*python(STUBBORN), stubborn], tmp_path, marker=marker)
    until(child, lambda data: b"ready" in data)
    if sys.platform == "linux":
        wait_for(lambda: len(processes.members(child.pid, marker)) >= 3)
    child.signal("interrupt")
    time.sleep(0.3)
    assert child.poll() is None
    child.signal("terminate")
    if stubborn == "all":
        time.sleep(0.3)
        assert child.poll() is None
        child.signal("kill")
    until(child, lambda _: child.poll() is not None)
    child.signal("kill")
    wait_for(lambda: processes.members(child.pid, marker) == [])
    child.close()


def test_a_daemon_that_holds_the_terminal_does_not_hold_us(tmp_path: Path) -> None:
    code = "import os,time\nprint('done', flush=True)\nif os.fork()==0:\n os.setsid(); time.sleep(30)"
    child = run(python(code), tmp_path, marker=f"daemon/{os.getpid()}")
    data = until(child, lambda _: child.poll() is not None)
    assert b"done" in data
    assert child.poll() == 0
    for pid in child.leftovers():
        os.kill(pid, signal.SIGKILL)
    child.close()
    child.close()
    assert child.read(0) is None


def test_closing_kills_what_still_runs(tmp_path: Path) -> None:
    child = run(python("import time; print('ready', flush=True); time.sleep(60)"), tmp_path)
    until(child, lambda data: b"ready" in data)
    child.close()
    assert child.poll() == -signal.SIGKILL


@pytest.mark.parametrize(
    ("argv", "says"),
    [(["no-such-program-here"], "not on PATH"), (["/nowhere/tool"], "does not exist"), (["./folder"], "not a program")],
)
def test_what_cannot_be_started_says_why(tmp_path: Path, argv: list[str], says: str) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(terminal.StartError, match=says):
        run(argv, tmp_path)
    with pytest.raises(terminal.StartError, match="does not exist"):
        run(["sh"], tmp_path / "gone")


def test_a_process_is_known_by_its_start_not_only_by_its_number() -> None:
    if sys.platform == "linux":
        assert processes.alive(os.getpid(), processes.started(os.getpid()))
    assert not processes.alive(os.getpid(), "1")
    assert not processes.alive(os.getpid(), "")
    assert processes.started(2**22 + 1) == ""
