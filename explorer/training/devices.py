"""Where tensors live: the CPU, or an accelerator that is really there."""

import torch

from explorer.cost import multiply_adds
from explorer.errors import DeviceError
from explorer.validation import Checked

WORTH = 1_500_000  # multiply-adds of a step forward; below it most networks train faster on one core of the CPU
SHARE = 2**31  # bytes of an accelerator's memory for each process: CUDA itself takes nearly half of it


def available() -> list[str]:
    """The devices of this machine, best first."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [*found, "cpu", *(["mps"] if torch.backends.mps.is_available() else [])]


def device_for(checked: Checked, name: str = "auto", networks: int = 1) -> torch.device:
    """The device of this name; `auto` takes the best one, and the CPU for so little work that starting it takes longer.

    `networks` of the experiment are trained as one. Raises DeviceError where the device is unknown or absent.
    """
    found = available()
    if name == "auto":
        is_small = found[0] != "cpu" and networks * step_work(checked) < WORTH
        name = "cpu" if is_small else found[0]
    return pick_device(name)


def pick_device(name: str) -> torch.device:
    """The device of this name, computing in full single precision; raises DeviceError where it is unknown or absent."""
    found = available()
    wanted = "cuda:0" if name == "cuda" else name
    if wanted not in found:
        known = ", ".join(["auto", *found])
        raise DeviceError(f"device: expected one of {known} on this machine, got {name!r}; choose auto or cpu.")
    if wanted.startswith("cuda"):
        torch.backends.cudnn.allow_tf32 = False  # it would round what enters a convolution to ten bits
    return torch.device(wanted)


def step_work(checked: Checked) -> int:
    """The multiply-adds of one training step's pass forward."""
    return checked.step_examples * multiply_adds(checked.plan)


def n_processes() -> int | None:
    """How many processes may train at once, by the memory of the accelerator that `auto` takes; None without one."""
    if not torch.cuda.is_available():
        return None
    return max(1, int(torch.cuda.get_device_properties(0).total_memory // SHARE))


def describe_device(device: torch.device) -> str:
    """The device in words."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
