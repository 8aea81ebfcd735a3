"""Stand-ins, as wheels, for packages that are too large for a test: they hold what the flows look at and nothing else."""

from __future__ import annotations

from pathlib import Path

from tests.flows_run import wheels

# Multiplies matrices for real, small ones; says where it did.
TORCH = """
import random
from types import SimpleNamespace

__version__ = "{version}"
version = SimpleNamespace(cuda=None, hip=None)
cuda = SimpleNamespace(is_available=lambda: False, device_count=lambda: 0, get_arch_list=lambda: [], get_device_name=str)
backends = SimpleNamespace(mps=None)
manual_seed = random.seed


class Tensor:
    device = SimpleNamespace(type="cpu")

    def __init__(self, rows):
        self.rows = rows

    def to(self, _):
        return self

    def cpu(self):
        return self

    def __matmul__(self, other):
        columns = list(zip(*other.rows))
        return Tensor([[sum(a * b for a, b in zip(row, column)) for column in columns] for row in self.rows])

    def __sub__(self, other):
        return Tensor([[a - b for a, b in zip(*rows)] for rows in zip(self.rows, other.rows)])

    def abs(self):
        return Tensor([[abs(one) for one in row] for row in self.rows])

    def max(self):
        return Tensor([[max(map(max, self.rows))]])

    def item(self):
        return self.rows[0][0]


def randn(*_):
    return Tensor([[random.random() for _ in range(8)] for _ in range(8)])
"""
# Writes the folder that Jupyter looks for, as `ipykernel install --user` does.
IPYKERNEL = """
import json, pathlib, sys

assert sys.argv[1:3] == ["install", "--user"], sys.argv
name, display = sys.argv[sys.argv.index("--name") + 1], sys.argv[sys.argv.index("--display-name") + 1]
folder = pathlib.Path.home() / ".local/share/jupyter/kernels" / name
folder.mkdir(parents=True)
argv = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
(folder / "kernel.json").write_text(json.dumps({"argv": argv, "display_name": display, "language": "python"}))
"""


def write_all(folder: Path, torch: str = "2.13.0") -> None:
    """torch, what goes with it, the packages for training, ipykernel."""
    wheels.write(folder, "torch", torch, files={"torch/__init__.py": TORCH.replace("{version}", torch)})
    wheels.write(folder, "torchvision", "0.28.0", needs=("torch",))
    wheels.write(folder, "ipykernel", "7.1.0", files={"ipykernel/__main__.py": IPYKERNEL})
    for name in ("unsloth_zoo", "transformers", "datasets", "accelerate"):
        wheels.write(folder, name, "2026.11.1")
    wheels.write(
        folder, "unsloth", "2026.11.1", needs=("unsloth_zoo", "transformers", "datasets", "accelerate", "torch")
    )
