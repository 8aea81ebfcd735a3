"""Questions about compatibility as people put them: what must be in the answer, that it is dated, and where it ends."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.dialogue import hardware_systems
from assistant.dialogue.answer import Answer
from assistant.dialogue.engine import Asked, answer
from assistant.dialogue.talk import Conversation
from assistant.machine.model import Driver, Gpu, Machine
from assistant.render.answers import answer_text
from assistant.search.library import Library, open_library


@pytest.fixture(scope="module")
def library(compiled_home: Path) -> Iterator[Library]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ENVGUIDE_HOME", str(compiled_home))
        yield open_library()


def ask(question: str, library: Library, system: str = "linux") -> Answer:
    return answer(question, library, Asked(system=system))


# Question -> what the first sentence holds, then what the whole answer holds.
ANSWERED = [
    # A driver.
    ("which cuda for driver 535", "CUDA 12.x", "cu126"),
    ("which CUDA version does driver 550.54.14 support", "CUDA 12.x", "12.4"),
    ("my driver is 535.104, what cuda can I use", "CUDA 12.x", "12.2"),
    ("does driver 470 run cuda 12", "No", "525.60.13"),
    ("is driver 470 enough for cuda 12.4", "No: CUDA 12.4 needs driver 525.60.13", "470"),
    ("does driver 580 run cuda 12.8", "Yes", "525.60.13"),
    ("does driver 580.65 support cuda 13.0", "Yes", "580"),
    ("what torch works with driver 450", "CUDA 11.x", "cu118"),
    ("which torch for driver 570", "CUDA 12.x", "torch==2.14"),
    ("is driver 525 enough for torch 2.15", "No: PyTorch 2.15 needs driver 580", "cu130"),
    ("is driver 560 enough for pytorch 2.14", "Yes: PyTorch 2.14 runs on driver 560 with its cu126", "cu126"),
    ("best torch for driver 550.54.14 and rtx 3090", "CUDA 12.x", "cu126"),
    ("driver 390 cuda", "older than the tables", "450.80.02"),
    # A CUDA.
    ("which driver do I need for cuda 12.4", "525.60.13", "550.54.14"),
    ("which driver does cuda 13 need", "driver 580 on (Linux and Windows)", "nvidia-smi"),
    ("cuda 13.2 which driver", "580", "595.45.04"),
    ("newest pytorch for cuda 11.8", "is 2.7 (cu118)", "cu118"),
    ("last torch with cuda 12", "is 2.14 (cu126)", "torch==2.14"),
    ("which torch has cu121 wheels", "is 2.5 (cu121)", "2.1 to 2.5"),
    # A GPU.
    ("can a GTX 1080 run torch 2.15", "No. PyTorch 2.15 has no wheels with code for Pascal", "2.14.1"),
    ("can a gtx1080ti run pytorch 2.10", "Yes", "cu126"),
    ("does an RTX 5090 work with torch 2.6", "No. PyTorch 2.6", "its first is 2.7"),
    ("rtx5090 which pytorch", "Blackwell", "cu130"),
    ("can my V100 use pytorch 2.14", "Yes. PyTorch 2.14 holds code for Volta", "cu126"),
    ("can a GTX 980 run torch 2.14", "Yes. PyTorch 2.14 holds code for Maxwell", "cu126"),
    ("can an RTX 3060 run torch 2.15", "Yes", "cu130, cu132"),
    ("is an A100 supported by torch 2.15", "Yes", "8.0"),
    ("H100 newest pytorch", "Hopper", "2.15"),
    ("RTX 2080 Ti torch 2.15", "Yes", "Turing"),
    ("which pytorch for tesla k80", "up to PyTorch 2.0.1", "cu118"),
    ("cuda for gtx 750 ti", "up to PyTorch 2.14.1", "cu126"),
    ("which cuda tag for rtx 4090", "Ada Lovelace", "cu130"),
    ("does cuda 12.6 run on an RTX 5080", "No", "cu128, cu129, cu130, cu132"),
    ("GTX 1660 cuda 13", "Yes", "cu130, cu132"),
    ("gtx 1070 cuda 13", "No", "cu126"),
    ("which torch for compute capability 7.0", "Volta", "2.14"),
    ("compute capability 8.9 which wheels", "Ada Lovelace", "RTX 4090"),
    ("which gpu is sm_120", "Blackwell", "RTX 5090"),
    ("can jetson orin run pytorch wheels", "No official wheel for x86_64", "8.7"),
    # A PyTorch.
    ("newest python for torch 2.9", "Python 3.14", "3.10 to 3.14"),
    ("does torch 2.15 support python 3.10", "No", "3.11 to 3.15"),
    ("does torch 2.14 support python 3.10", "Yes", "3.10 to 3.14"),
    ("torch 2.13 which python versions", "3.10 to 3.14", "0.28"),
    ("pytorch 2.14 cuda versions", "cu126, cu130, cu132", "13.0"),
    ("does torch 2.11 have cuda 12.8 wheels", "Yes", "cu128"),
    ("does torch 2.15 have cuda 12.6 wheels", "No", "cu130, cu132"),
    ("which torchvision for torch 2.7", "torchvision 0.22", "0.22"),
    ("torchvision version for torch 2.10", "torchvision 0.25", "0.25"),
    ("what driver do I need for torch 2.15", "driver 580 or newer for cu130, cu132", "nvidia-smi"),
    ("torch 2.14 driver", "driver 525.60.13 or newer for cu126", "580"),
    # A Python.
    ("can I use python 3.15 with pytorch", "is 2.15", "the only one"),
    ("newest torch for python 3.8", "is 2.4", "torch==2.4"),
    ("torch for python 3.9", "is 2.8", "torch==2.8"),
    ("which pytorch for python 3.7", "No PyTorch in the tables", "3.7"),
    # A system.
    ("mac m3 cuda", "CUDA does not exist for Macs", "MPS"),
    ("apple silicon cuda", "CUDA does not exist for Macs", "macOS 14"),
    ("can an intel mac run torch 2.5", "No. PyTorch 2.2.2", "Intel"),
    ("does pytorch 2.15 need macos 14", "Yes: PyTorch 2.15 needs macOS 14", "mps"),
    ("can I install torch 2.15 on macos 13", "No: PyTorch 2.15 needs macOS 14", "2.11.0"),
    ("can I install torch 2.11 on macos 13", "Yes: PyTorch 2.11 needs macOS 11", "mps"),
    ("what glibc does torch need", "glibc 2.28", "ldd --version"),
]  # fmt: skip


@pytest.mark.parametrize(("question", "first", "somewhere"), ANSWERED, ids=[row[0] for row in ANSWERED])
def test_the_row_that_answers(library: Library, question: str, first: str, somewhere: str) -> None:
    answered = ask(question, library)
    text = answer_text(answered)
    assert answered.entry is not None and answered.entry.id.startswith("compatibility:"), answered.entry
    assert first in answered.blocks[0].text, answered.blocks[0].text
    assert somewhere in text, text
    assert re.search(r"as of 20\d\d-\d\d", text) and answered.sources


UNKNOWN = [
    "can a RTX 4090 run torch 2.99",
    "which driver for cuda 19.1",
    "cuda 14 driver",
    "does driver 580 run cuda 13.9",
    "torch 0.4 which python versions",
    "torch 2.20 python versions",
    "torch 3.1 driver",
    "which pytorch for python 3.19",
    "does rtx 6090 work with torch",
    "which torch for compute capability 14.0",
    "newest torch for cuda 15.1",
    "can I use cuda 16 on an rtx 3090",
    "driver 700 cuda",
    "can an intel mac run torch 2.99",
]


@pytest.mark.parametrize("question", UNKNOWN)
def test_past_the_last_row_it_says_that_it_does_not_know(library: Library, question: str) -> None:
    answered = ask(question, library)
    assert "don't know" in answered.blocks[0].text and "table" in answer_text(answered)
    assert answered.entry is not None and answered.entry.id.startswith("compatibility:")


@pytest.mark.parametrize(
    "question",
    [
        "conda vs venv",
        "how do I install pytorch with cuda",
        "RuntimeError: CUDA error: no kernel image is available on RTX 3090 driver 535",
        "pytorch on a radeon rx 6800",
        "rocm on a 7900xtx",
        "intel arc a770 pytorch",
        "what is the difference between cuda and the driver",
        "torch.cuda.is_available() is False in my env",
        "is python 3.9 still supported",
    ],
)
def test_other_questions_are_left_to_the_search(library: Library, question: str) -> None:
    answered = ask(question, library)
    assert answered.entry is None or not answered.entry.id.startswith("compatibility:")


def test_an_amd_card_gets_its_own_builds(library: Library) -> None:
    text = answer_text(ask("rocm on a 7900xtx", library))
    assert "rocm" in text and "Linux" in text and re.search(r"20\d\d-\d\d", text)


def test_windows_has_drivers_of_its_own(library: Library) -> None:
    assert "528.33" in ask("does driver 527.41 run cuda 12.0", library, "windows").blocks[0].text
    assert ask("does driver 527.41 run cuda 12.0", library, "linux").blocks[0].text.startswith("Yes")


@pytest.mark.parametrize(
    ("machine", "question", "words"),
    [
        (
            Machine(system="linux", driver=Driver(state="ok", version="550.54.14"),
                    gpus=(Gpu(index=0, name="NVIDIA GeForce GTX 1080", capability="6.1"),)),
            "what can this machine run",
            ("GTX 1080", "550.54.14", "PyTorch 2.14 (cu126)", "Python 3.13"),
        ),
        (
            Machine(system="linux", driver=Driver(state="ok", version="580.95.05"),
                    gpus=(Gpu(index=0, name="NVIDIA GeForce GTX 1080", capability="6.1"),)),
            "can my gpu run torch 2.15",
            ("No. PyTorch 2.15", "2.14.1", "GTX 1080"),
        ),
        (
            Machine(system="linux", driver=Driver(state="ok", version="595.58.03"),
                    gpus=(Gpu(index=0, name="NVIDIA H100 80GB HBM3", capability="9.0"),)),
            "which cuda does this machine support",
            ("H100", "cu132"),
        ),
        (Machine(system="linux"), "which pytorch fits my computer", ("no NVIDIA GPU that answers", "cpu")),
        (
            Machine(system="macos", architecture="arm64", release="macOS 13.6"),
            "what can this machine run",
            ("Apple's GPU", "PyTorch 2.11"),
        ),
        (
            Machine(system="linux", driver=Driver(state="ok", version="595.58.03"),
                    gpus=(Gpu(index=0, name="NVIDIA Future", capability="15.0"),)),
            "what can this machine run",
            ("I cannot tell", "end here"),
        ),
    ],
)  # fmt: skip
def test_this_machine(
    library: Library, monkeypatch: pytest.MonkeyPatch, machine: Machine, question: str, words: tuple[str, ...]
) -> None:
    monkeypatch.setattr(hardware_systems, "look_at_gpu", lambda: machine)
    text = answer_text(ask(question, library), 400)
    assert all(word in text for word in words), text


def test_the_look_at_this_machine_is_real() -> None:
    machine = hardware_systems.look_at_gpu()
    assert {"gpu", "system"} <= set(machine.looked) | {failure.probe for failure in machine.problems}


def test_in_a_conversation_too(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(system="linux", driver=Driver(state="ok", version="535.104.05"))
    monkeypatch.setattr(hardware_systems, "look_at_gpu", lambda: machine)
    talk = Conversation(library, Asked(machine=machine))
    for question in (
        "what can this machine run",
        "can my V100 use pytorch 2.14",
        "newest torch for python 3.8",
        "mac m3 cuda",
    ):
        answered = talk.turn(question)
        assert answered.entry is not None and answered.entry.id.startswith("compatibility:"), question
