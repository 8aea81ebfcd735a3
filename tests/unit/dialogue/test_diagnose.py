"""Outputs as people paste them: in other languages, broken by the terminal, cut off, or retyped without quotes."""

from __future__ import annotations

import pytest

from assistant.dialogue.diagnose import diagnose, retyped
from assistant.dialogue.engine import Asked, answer
from assistant.search.library import Library, open_library


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(tmp_path_factory.mktemp("state")))
        return open_library()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("bash: conda: Kommando nicht gefunden.", "conda.command-not-found"),
        ("-bash: conda : commande introuvable", "conda.command-not-found"),
        ("bash: pip: orden no encontrada", "pip.command-not-found"),
        ("bash: python: 未找到命令", "shell.python-not-found"),
        ("bash: nvcc: コマンドが見つかりません", "cuda.nvcc-missing"),
        ("'conda' n’est pas reconnu en tant que commande interne\nou externe, un programme", "conda.command-not-found"),
        ("Le terme « conda » n'est pas reconnu comme nom d'applet de commande", "conda.command-not-found"),
        ('"pip" не является внутренней или внешней командой', "pip.command-not-found"),
        ("'uv' は、内部コマンドまたは外部コマンド、", "uv.command-not-found"),
        ("tar: x: Schreiben: Auf dem Gerät ist kein Speicherplatz mehr verfügbar", "system.disk-full"),
        ("bash: .venv/bin/activate: Datei oder Verzeichnis nicht gefunden", "venv.activate-not-found"),
        ("bash: ./venv/bin/activate: Permission non accordée", "venv.activate-not-sourced"),
    ],
)
def test_system_messages_in_other_languages(library: Library, text: str, expected: str) -> None:
    assert diagnose(text, library)[0].entry.id == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("CondaError: Run 'conda init' before 'conda act\nivate'", "conda.shell-not-initialised"),
        (
            "RuntimeError: CUDA error: no kernel image is av\nailable for execution on the device",
            "cuda.no-kernel-image",
        ),
        ("> bash: cannot execute binary file: Exec\n> format error", "system.wrong-architecture"),
        ("NotImplementedError: Unsloth cannot find any\ntorch accelerator? You need a GPU.", "unsloth.no-gpu"),
    ],
)
def test_lines_that_a_terminal_broke(library: Library, text: str, expected: str) -> None:
    found = diagnose(text.replace("> ", ""), library)
    assert [item.entry.id for item in found][:1] == [expected]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("note: If you believe this is a mistake ...\nhint: See PEP 668 for the detailed specification.", "pip.externally-managed"),
        ("specified in the package manifest cannot be found.", "conda.corrupted-package"),
        (">>> torch.__version__\n'2.6.0+cpu'", "torch.cpu-only-build"),
        ("So, because demo depends on torch (>=99), version solving failed.", "poetry.no-solution"),
    ],
)  # fmt: skip
def test_the_last_lines_alone(library: Library, text: str, expected: str) -> None:
    assert diagnose(text, library)[0].entry.id == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("no module named pandas", "import.module-not-installed"),
        ("zsh no matches found: transformers[torch]", "shell.glob-brackets"),
        ("getting torch not compiled with cuda enabled", "torch.cpu-only-build"),
        ("numpy.dtype size changed may indicate binary incompatibility", "numpy.abi-mismatch"),
        ("my notebook: operator torchvision::nms does not exist", "torch.vision-mismatch"),
        ("cuda out of memory tried to allocate 20 mib", "cuda.out-of-memory"),
        ("could not find conda environment myenv", "conda.environment-not-found"),
        ("cuda_home environment variable is not set", "cuda.nvcc-missing"),
        ("access to model meta-llama is restricted you must be authenticated", "hf.gated-model"),
        ("no space left on device when installing torch", "system.disk-full"),
        ("externally managed environment ubuntu", "pip.externally-managed"),
    ],
)
def test_an_error_typed_from_memory(library: Library, text: str, expected: str) -> None:
    found = answer(text, library, Asked())
    assert found.entry is not None and found.entry.id == expected


def test_what_was_typed_fills_the_answer(library: Library) -> None:
    found = retyped("no module named pandas", library)
    assert found[0].slots["module"] == "pandas"


@pytest.mark.parametrize(
    "text",
    [
        "how do I create an environment with python 3.12",
        "conda vs venv",
        "which package depends on numpy",
        "what does conda activate do",
        "install torch with cuda",
        "",
        "x" * 5000,
    ],
)
def test_a_question_is_no_error(library: Library, text: str) -> None:
    assert retyped(text, library) == []


@pytest.mark.parametrize(
    "text",
    [
        "npm ERR! code ERESOLVE\nnpm ERR! ERESOLVE unable to resolve dependency tree",
        "fatal: not a git repository (or any of the parent directories): .git",
        "main.c:4:5: error: 'x' undeclared (first use in this function)",
        'Traceback (most recent call last):\n  File "app.py", line 2\nZeroDivisionError: division by zero',
        "Error: listen EADDRINUSE: address already in use :::3000",
        "Successfully installed requests-2.32.3",
        "All requested packages already installed.",
    ],
)
def test_other_errors_and_no_errors_are_left_alone(library: Library, text: str) -> None:
    assert diagnose(text, library) == []
