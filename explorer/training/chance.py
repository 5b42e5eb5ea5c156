"""A run's own random states: torch's global generators belong to it while it trains, and to others before and after."""

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from torch import Tensor


def seeded(seed: int, salt: int, device: torch.device) -> list[Tensor]:
    """The states of the CPU's generator and, with CUDA, of the device's, decided by a seed and a salt."""
    states = [torch.Generator().manual_seed(seed * 1_000_003 + salt).get_state()]
    if device.type == "cuda":
        states.append(torch.Generator(device).manual_seed(seed * 1_000_003 + salt).get_state())
    return states


@contextmanager
def in_force(states: list[Tensor], device: torch.device) -> Iterator[None]:
    """Draw from these states inside and keep, in their place, where they stand at the end."""
    outer = [torch.get_rng_state()]
    torch.set_rng_state(states[0])
    if device.type == "cuda":
        outer.append(torch.cuda.get_rng_state(device))
        torch.cuda.set_rng_state(states[1], device)
    try:
        yield
    finally:
        states[0] = torch.get_rng_state()
        torch.set_rng_state(outer[0])
        if device.type == "cuda":
            states[1] = torch.cuda.get_rng_state(device)
            torch.cuda.set_rng_state(outer[1], device)
