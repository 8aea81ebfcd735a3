"""`ask`, `why`, `compare`, `translate`, `ref` as scripts use them: contract fields, exit codes, bad input."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest


def run(*argv: str, stdin: bytes | str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    """One command line in a process of its own."""
    data = stdin.encode() if isinstance(stdin, str) else stdin
    done = subprocess.run(
        [sys.executable, "-m", "assistant", *argv],
        input=data if data is not None else b"",
        capture_output=True,
        timeout=60,
        env={**os.environ, **environment},
    )
    result = subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())
    assert "Traceback" not in result.stderr, result.stderr
    return result


ASK_FIELDS = {
    "schema", "question", "status", "entry", "text", "commands", "citations", "corrections", "flows", "choices", "related",
    "confidence",
}  # fmt: skip


def test_json_has_every_field_of_the_contract() -> None:
    done = run("ask", "--json", "--os", "linux", "conda vs venv")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer.keys() >= ASK_FIELDS
    assert answer["schema"] == 1
    assert answer["status"] == "answered"
    assert answer["entry"].keys() == {"id", "kind", "title"}
    assert all(item.keys() >= {"section", "lines"} and len(item["lines"]) == 2 for item in answer["citations"])
    assert all(item.keys() == {"said", "now", "as_of", "sources"} for item in answer["corrections"])
    assert all(item.keys() >= {"run", "tool", "shell", "os", "risk"} for item in answer["commands"])


def test_a_question_needs_no_verb_and_no_quotes() -> None:
    done = run("how", "do", "I", "remove", "an", "environment")
    assert done.returncode == 0
    assert "conda env remove" in done.stdout


def test_slots_carry_into_the_commands() -> None:
    done = run("ask", "--json", "--os", "linux", "create an env called demo with python 3.11")
    answer = json.loads(done.stdout)
    assert "conda create -n demo python=3.11" in [item["run"] for item in answer["commands"]]


def test_the_tool_option_puts_its_form_first() -> None:
    done = run("ask", "--json", "--os", "linux", "--tool", "uv", "create an environment with python 3.12")
    assert json.loads(done.stdout)["commands"][0]["run"].startswith("uv venv --python 3.12")


def test_system_and_shell_choose_the_command() -> None:
    question = "activate a venv"
    unix = run("ask", "--json", "--os", "linux", "--shell", "bash", question)
    windows = run("ask", "--json", "--os", "windows", "--shell", "powershell", question)
    assert json.loads(unix.stdout)["commands"][0]["run"] == "source .venv/bin/activate"
    assert json.loads(windows.stdout)["commands"][0]["run"] == ".venv\\Scripts\\Activate.ps1"


def test_stdin_without_arguments_is_the_question() -> None:
    done = run("ask", stdin="conda vs venv\n")
    assert done.returncode == 0
    assert "venv" in done.stdout


def test_batch_answers_each_line_on_its_own() -> None:
    done = run("ask", "--batch", "--json", stdin="conda vs venv\n\nball python care\nremove an environment\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [item["status"] for item in answers] == ["answered", "unknown", "answered"]
    assert [item["question"] for item in answers] == ["conda vs venv", "ball python care", "remove an environment"]


def test_batch_survives_bad_lines() -> None:
    done = run("ask", "--batch", "--json", stdin=b"\0\1\2\nconda vs venv\n\xff\xfe\xfd\n")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == 3
    assert answers[0]["status"] == "unknown"
    assert answers[1]["status"] == "answered"


def test_why_shows_the_signals() -> None:
    done = run("ask", "--why", "conda vs venv")
    assert "Why this answer:" in done.stdout
    assert "phrase" in done.stdout and "bm25" in done.stdout


@pytest.mark.parametrize("argv", [("ask", ""), ("ask", "   "), ("ask",)])
def test_an_empty_question_is_an_error_that_says_so(argv: tuple[str, ...]) -> None:
    done = run(*argv)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "the question is empty" in done.stderr


def test_a_question_of_100_kb_is_answered_or_refused_calmly() -> None:
    done = run("ask", stdin="conda vs venv " * 7_500)
    assert done.returncode in (0, 1)
    assert done.stdout


def test_binary_on_stdin_is_refused() -> None:
    done = run("ask", stdin=bytes(range(256)) * 40)
    assert done.returncode == 2
    assert "not text" in done.stderr


def test_no_answer_is_exit_code_1_and_is_kept_as_a_gap() -> None:
    done = run("ask", "how do I boil an egg")
    assert done.returncode == 1
    assert "I don't know that" in done.stdout
    gaps = run("kb", "gaps")
    assert "how do I boil an egg" in gaps.stdout


def test_the_setting_turns_gaps_off() -> None:
    config = Path(os.environ["ENVGUIDE_HOME"]) / "config"
    config.mkdir(parents=True)
    (config / "settings.toml").write_text("keep_unanswered = false\n", encoding="utf-8")
    run("ask", "how do I boil an egg")
    assert not (Path(os.environ["ENVGUIDE_HOME"]) / "state/gaps.jsonl").exists()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nonsense = 1\n", "unknown setting `nonsense`"),
        ("theme = 3\n", "`theme` must be text"),
        ("a = = b", "not valid TOML"),
    ],
)
def test_bad_settings_name_the_file(text: str, expected: str) -> None:
    config = Path(os.environ["ENVGUIDE_HOME"]) / "config"
    config.mkdir(parents=True)
    (config / "settings.toml").write_text(text, encoding="utf-8")
    done = run("ask", "how do I boil an egg")
    assert done.returncode == 2
    assert expected in done.stderr and "settings.toml" in done.stderr


def test_control_characters_in_a_question_cannot_act() -> None:
    done = run("ask", "conda \x1b]0;owned\x07 vs \x9b2J venv", FORCE_COLOR="1")
    assert "\x1b]" not in done.stdout and "\x9b" not in done.stdout and "\x07" not in done.stdout


def test_colour_only_where_it_is_wanted() -> None:
    assert "\x1b[" not in run("ask", "conda vs venv").stdout
    assert "\x1b[" in run("ask", "conda vs venv", FORCE_COLOR="1").stdout
    assert "\x1b[" not in run("ask", "conda vs venv", FORCE_COLOR="1", NO_COLOR="1").stdout


def test_accessible_output_has_no_tables() -> None:
    done = run("ask", "conda vs venv", ACCESSIBLE="1")
    assert "----" not in done.stdout
    assert "conda:" in done.stdout


@pytest.mark.parametrize(
    ("argv", "expected"),
    [
        (("doctr",), "did you mean `envguide doctor`?"),
        (("ask", "--os", "beos", "x"), "invalid choice"),
        (("ask", "--tool", "cnda", "x y"), "did you mean `conda`?"),
        (("compare", "conda"), "at least two"),
        (("compare", "conda", "conda"), "the same tool"),
        (("compare", "conda", "vnv"), "did you mean `venv`?"),
        (("why", "no-such-file.txt"), "cannot be read"),
        (("why",), "there is no output to look at"),
        (("kb", "check", "/nonexistent"), "holds no folder `knowledge`"),
    ],
)
def test_bad_usage_says_what_would_be_right(argv: tuple[str, ...], expected: str) -> None:
    done = run(*argv)
    assert done.returncode == 2
    assert expected in done.stderr


def test_without_a_terminal_the_faces_say_what_to_do_instead() -> None:
    done = run()
    assert done.returncode == 2
    assert "envguide ask" in done.stderr


def test_state_that_cannot_be_written_costs_no_answer(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be", encoding="utf-8")
    done = run("ask", "how do I boil an egg", ENVGUIDE_HOME=str(blocked))
    assert done.returncode == 1
    assert "I don't know that" in done.stdout


def test_compare_prints_a_table_of_any_two_tools() -> None:
    done = run("compare", "pixi", "poetry")
    assert done.returncode == 0
    assert ("pixi" in done.stdout and "Poetry" in done.stdout) or "poetry" in done.stdout
    assert "Choose" in done.stdout


def test_translate_carries_name_and_version() -> None:
    done = run("translate", "conda create -n x python=3.12", "--to", "uv")
    assert done.returncode == 0
    assert "uv venv" in done.stdout and "3.12" in done.stdout


def test_translate_says_when_there_is_no_equivalent() -> None:
    done = run("translate", "conda rename -n a b", "--to", "pip")
    assert done.returncode == 0
    assert "no equivalent" in done.stdout


def test_ref_finds_by_purpose() -> None:
    done = run("ref", "free", "disk", "space")
    assert done.returncode == 0
    assert "conda clean" in done.stdout


def test_ref_lists_everything_without_words() -> None:
    done = run("ref", "--json")
    assert len(json.loads(done.stdout)["tasks"]) > 50


def test_a_pasted_command_is_explained_flag_by_flag() -> None:
    done = run("ask", "conda create -n x python=3.10 -y")
    assert done.returncode == 0
    assert "-n x" in done.stdout and "-y" in done.stdout
    assert "deleted without a question" in done.stdout


WHY_FIELDS = {"schema", "status", "problem", "text", "cause", "fixes", "confidence"}


def test_why_recognises_a_piped_error() -> None:
    output = "CondaToSNonInteractiveError: Terms of Service have not been accepted for the following channels.\n"
    done = run("why", "--json", stdin=output)
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer.keys() >= WHY_FIELDS
    assert answer["status"] == "diagnosed"
    assert "terms" in answer["problem"]["id"]
    assert answer["fixes"]


@pytest.mark.parametrize("from_file", [True, False])
def test_why_reads_what_windows_powershell_writes(tmp_path: Path, from_file: bool) -> None:
    data = "ModuleNotFoundError: No module named 'cv2'\r\n".encode("utf-16")
    (tmp_path / "out.txt").write_bytes(data)
    done = run("why", "--json", str(tmp_path / "out.txt")) if from_file else run("why", "--json", stdin=data)
    assert done.returncode == 0 and "opencv" in done.stdout


def test_why_leaves_good_output_alone() -> None:
    done = run("why", "--json", stdin="Successfully installed numpy-2.1.0\n")
    assert done.returncode == 1
    assert json.loads(done.stdout)["status"] == "unknown"


def test_chat_json_keeps_the_context() -> None:
    turns = 'create an env called demo\n{"say": "and with uv?"}\nthanks\n{"nope": 1}\n'
    done = run("chat", "--json", stdin=turns)
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.returncode == 0
    assert answers[1]["entry"]["id"] == answers[0]["entry"]["id"]
    assert answers[1]["commands"][0]["run"].startswith("uv venv")
    assert answers[2]["entry"] is None and answers[2]["status"] == "answered"
    assert answers[3]["status"] == "unknown"
