"""Where tensors live: the CPU, or an accelerator that is really there."""

import torch

from explorer.errors import DeviceError


def available() -> list[str]:
    """The devices of this machine, best first; `auto` takes the first."""
    found = [f"cuda:{index}" for index in range(torch.cuda.device_count())] if torch.cuda.is_available() else []
    return [*found, "cpu", *(["mps"] if torch.backends.mps.is_available() else [])]


def pick_device(name: str = "auto") -> torch.device:
    """The device of this name; raises DeviceError where it is unknown or absent."""
    found = available()
    wanted = found[0] if name == "auto" else "cuda:0" if name == "cuda" else name
    if wanted not in found:
        known = ", ".join(["auto", *found])
        raise DeviceError(f"device: expected one of {known} on this machine, got {name!r}; choose auto or cpu.")
    return torch.device(wanted)


def describe_device(device: torch.device) -> str:
    """The device in words."""
    return torch.cuda.get_device_name(device) if device.type == "cuda" else device.type.upper()
