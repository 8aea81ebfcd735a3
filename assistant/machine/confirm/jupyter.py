"""Jupyter's kernels."""

from __future__ import annotations

from assistant.machine.confirm import Verdict, no, yes
from assistant.machine.confirm.here import Here, listing


def kernel_missing(here: Here, _: str) -> Verdict | None:
    """No kernel has the name that was asked for."""
    wanted = here.slot("kernel", "name")
    if not wanted:
        return None
    names = [kernel.name for kernel in here.kernels]
    if wanted.lower() in (name.lower() for name in names):
        return no(f"there is a kernel `{wanted}`")
    return yes(f"the kernels here are {listing(names)}" if names else "there is no kernel here")


def stale(here: Here, _: str) -> Verdict | None:
    """A kernel starts an interpreter that is gone."""
    gone = [kernel for kernel in here.kernels if not kernel.found and not kernel.error]
    if gone:
        return yes(f"the kernel `{gone[0].name}` starts {gone[0].interpreter}, which is not there")
    return no(f"all {len(here.kernels)} kernels start a program that is there") if here.kernels else None


LOOKS = {"kernel-missing": kernel_missing, "stale": stale}
