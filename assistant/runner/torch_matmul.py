"""Run inside the environment that is asked about: a matrix product on a device, checked against the same on the CPU.

Usage: python -I -B torch_matmul.py auto|cpu|cuda|mps|xpu. Prints one line of JSON; exit code 0 where the product is
right. Written for Python 3.8 and later, with torch alone.
"""

import json
import sys


def run(wanted: str) -> dict:  # type: ignore[type-arg]
    import torch  # type: ignore[import-not-found,unused-ignore]

    answer = {
        "torch": torch.__version__,
        "built_for": torch.version.cuda or getattr(torch.version, "hip", None) or "cpu",
    }
    available = {"cuda": torch.cuda.is_available, "cpu": lambda: True}
    mps = getattr(torch.backends, "mps", None)
    if mps is not None:
        available["mps"] = mps.is_available
    if hasattr(torch, "xpu"):
        available["xpu"] = torch.xpu.is_available
    if wanted == "auto":
        wanted = next(name for name in ("cuda", "mps", "xpu", "cpu") if name in available and available[name]())
    answer["device"] = wanted
    if wanted not in available or not available[wanted]():
        answer["error"] = "torch sees no " + wanted + " device"
        return answer
    if wanted == "cuda":
        answer["name"] = torch.cuda.get_device_name(0)
        answer["capability"] = ".".join(str(part) for part in torch.cuda.get_device_capability(0))
    torch.manual_seed(0)
    left, right = torch.randn(256, 256), torch.randn(256, 256)
    product = left.to(wanted) @ right.to(wanted)
    answer["ran_on"] = product.device.type
    difference = (product.cpu() - left @ right).abs().max().item()
    answer["difference"] = difference
    if answer["ran_on"] != wanted or not difference < 0.5:  # not a number counts as wrong
        answer["error"] = "the product on " + wanted + " differs from the CPU's by " + str(difference)
    return answer


def main() -> int:
    try:
        answer = run(sys.argv[1] if len(sys.argv) > 1 else "auto")
    except BaseException as error:
        answer = {"error": type(error).__name__ + ": " + str(error)[:800]}
    sys.stdout.write("@@" + json.dumps(answer) + "\n")
    return 1 if "error" in answer else 0


if __name__ == "__main__":
    sys.exit(main())
