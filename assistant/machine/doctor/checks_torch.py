"""Checks of torch in each environment against the GPU and the driver."""

from __future__ import annotations

from assistant.machine import compatibility
from assistant.machine.doctor.finding import BLOCKS, MAY_BITE, Finding, check
from assistant.machine.doctor.fixes import program
from assistant.machine.model import Machine, Torch
from assistant.machine.versions import minor


def reinstall(machine: Machine, torch: Torch) -> tuple[str, ...]:
    """The command that puts the fitting build into the same environment; none where the tables know none."""
    environment = next((one for one in machine.environments if one.path == torch.path), None)
    choice = compatibility.for_machine(
        compatibility.table(), machine, python=environment.python_version if environment else ""
    )
    if not choice.torch or environment is None or not environment.python:
        return ()
    python = "python" if environment.path == machine.active_path else program(environment.python, machine.shell)
    index = choice.index or compatibility.INDEX + choice.tag
    return (f"{python} -m pip install --force-reinstall {choice.packages} --index-url {index}",)


@check("torch-cpu-only", "torch", "a CPU build of torch beside a GPU", "torch", "gpu", "environments")
def cpu_only(machine: Machine) -> list[Finding]:
    if not machine.gpus or machine.driver.state != "ok":
        return []
    return [
        Finding(
            check="torch-cpu-only",
            effect=MAY_BITE,
            title=f"torch in {torch.environment} cannot use the GPU: it is a CPU build",
            evidence=f"torch {torch.version} without CUDA; {machine.gpus[0].name} is there",
            fix=reinstall(machine, torch),
            advice="On Windows a plain `pip install torch` always brings the CPU build."
            if machine.system == "windows"
            else "",
            flow="install-pytorch",
            params={"environment": torch.environment},
        )
        for torch in machine.torch
        if not torch.cuda and not torch.hip and not torch.error
    ]


@check("torch-driver", "torch", "a torch built for a newer CUDA than the driver runs", "torch", "gpu", "environments")
def driver(machine: Machine) -> list[Finding]:
    known = machine.driver
    if known.state != "ok" or not known.version:
        return []
    table = compatibility.table()
    found = []
    for torch in machine.torch:
        if torch.cuda and compatibility.driver_runs(table, known.version, torch.cuda, machine.system) is False:
            wanted = compatibility.minimum_driver(table, torch.cuda, machine.system)
            found.append(
                Finding(
                    check="torch-driver",
                    effect=BLOCKS,
                    title=f"the driver is too old for torch in {torch.environment}",
                    evidence=f"torch {torch.version} is built for CUDA {torch.cuda}, which needs driver {wanted}; "
                    f"this one is {known.version}",
                    fix=reinstall(machine, torch),
                    advice="Update the driver, or take a build for an older CUDA.",
                    flow="install-pytorch",
                    params={"environment": torch.environment},
                )
            )
    return found


@check("torch-generation", "torch", "a torch without code for the GPU", "torch", "gpu", "environments")
def generation(machine: Machine) -> list[Finding]:
    table = compatibility.table()
    found = []
    for torch in machine.torch:
        for gpu in machine.gpus:
            if not torch.cuda or not gpu.capability or _supported(table, torch, gpu.capability, machine):
                continue
            built = ", ".join(torch.arches) if torch.arches else f"the cu{torch.cuda.replace('.', '')} build"
            found.append(
                Finding(
                    check="torch-generation",
                    effect=BLOCKS,
                    title=f"torch in {torch.environment} has no code for this GPU",
                    evidence=f"{gpu.name} has compute capability {gpu.capability}; torch {torch.version} holds {built}",
                    fix=reinstall(machine, torch),
                    advice="The sign of it is 'no kernel image is available for execution on the device'.",
                    flow="install-pytorch",
                    params={"environment": torch.environment},
                )
            )
            break
    return found


def _supported(table: compatibility.Table, torch: Torch, capability: str, machine: Machine) -> bool:
    if torch.arches:
        return compatibility.arches_cover(torch.arches, capability)
    known = compatibility.build_covers(
        table, torch.version, torch.cuda, capability, architecture=machine.architecture, system=machine.system
    )
    return known is not False


@check("torch-import", "torch", "a torch that cannot be imported", "torch")
def imports(machine: Machine) -> list[Finding]:
    return [
        Finding(
            check="torch-import",
            effect=BLOCKS,
            title=f"torch in {torch.environment} cannot be imported",
            evidence=torch.error,
            fix=(
                f"{_python(machine, torch)} -m pip install --force-reinstall torch=={torch.version.partition('+')[0]}",
            ),
            advice="If it stays so, make the environment again.",
            flow="install-pytorch",
            params={"environment": torch.environment},
        )
        for torch in machine.torch
        # Only what the import itself said; a probe without an answer is no proof.
        if torch.error.startswith(("ImportError", "OSError", "ModuleNotFoundError", "AttributeError", "RuntimeError"))
    ]


def _python(machine: Machine, torch: Torch) -> str:
    if torch.path == machine.active_path:
        return "python"
    one = next((one for one in machine.environments if one.path == torch.path), None)
    return program(one.python, machine.shell) if one is not None and one.python else "python"


@check("torch-unavailable", "torch", "a torch that does not see the GPU although all fits", "torch", "gpu", "network")
def unavailable(machine: Machine) -> list[Finding]:
    known = machine.driver
    if known.state != "ok" or not machine.gpus or "CUDA_VISIBLE_DEVICES" in machine.variables:
        return []
    table = compatibility.table()
    return [
        Finding(
            check="torch-unavailable",
            effect=BLOCKS,
            title=f"torch in {torch.environment} does not see the GPU",
            evidence=f"torch {torch.version} (CUDA {torch.cuda}), driver {known.version}, is_available() is False",
            fix=(f'{_python(machine, torch)} -c "import torch; torch.cuda.init()"',),
            advice="The command shows the reason that CUDA gives.",
            flow="verify-gpu",
        )
        for torch in machine.torch
        if torch.tried
        and torch.cuda
        and torch.available is False
        and not torch.error
        and compatibility.driver_runs(table, known.version, torch.cuda, machine.system) is not False
    ]


@check("torch-vision", "torch", "a torchvision that was built for another torch", "torch", "packages")
def vision(machine: Machine) -> list[Finding]:
    table = compatibility.table()
    found = []
    for torch in machine.torch:
        environment = next((one for one in machine.environments if one.path == torch.path), None)
        package = environment.package("torchvision") if environment is not None and environment.detailed else None
        wanted = compatibility.torchvision_for(table, torch.version)
        if package is None or not wanted or minor(package.version) == minor(wanted):
            continue
        found.append(
            Finding(
                check="torch-vision",
                effect=BLOCKS,
                title=f"torchvision in {torch.environment} is made for another torch",
                evidence=f"torchvision {package.version} beside torch {torch.version}, which goes with {wanted}",
                fix=(f'{_python(machine, torch)} -m pip install "torchvision=={minor(wanted)}.*"',),
                advice="It fails with 'operator torchvision::nms does not exist'.",
                flow="install-pytorch",
                params={"environment": torch.environment},
            )
        )
    return found
