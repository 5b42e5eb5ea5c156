"""What went wrong when a loss stops being a number: the layer where it began, and where training was still sound."""

from collections.abc import Iterable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.datasets.base import Split


@dataclass(frozen=True)
class Divergence:
    """A step whose loss is not a finite number, and what is known of it."""

    step: int
    value: str  # "NaN" or "infinite"
    layer: str  # where it began
    where: str  # "weights", "output" or "loss"
    learning_rate: float
    gradient_norm: float | None  # the last one measured before
    gradient_norm_step: int | None

    def __str__(self) -> str:
        sentence = f"At step {self.step} the {self.where} of {self.layer} became {self.value}."
        if self.where == "loss":
            sentence = f"At step {self.step} the loss became {self.value}."
        if self.gradient_norm is not None:
            sentence += f" At step {self.gradient_norm_step} the gradient norm was {self.gradient_norm:.3g}."
        return f"{sentence} The learning rate {self.learning_rate:g} is probably too high."


@torch.no_grad()
def first_broken(network: nn.Module, batch: Split) -> tuple[str, str, str]:
    """(layer, weights or output or loss, NaN or infinite): the first place, in order of computation, not finite."""
    broken: list[tuple[str, str, str]] = []

    def look(name: str):  # type: ignore[no-untyped-def]
        def hook(module: nn.Module, inputs: tuple, output: Tensor) -> None:
            if broken:
                return
            weights = next((value for parameter in module.parameters() if (value := _flaw(parameter))), None)
            if weights:
                broken.append((name, "weights", weights))
            elif flaw := _flaw(output):
                broken.append((name, "output", flaw))

        return hook

    handles = [module.register_forward_hook(look(name)) for name, module in network.named_children()]
    try:
        network(*batch.inputs)
    finally:
        for handle in handles:
            handle.remove()
    return broken[0] if broken else ("the loss", "loss", "infinite")


def _flaw(value: Tensor) -> str | None:
    if value.isfinite().all():
        return None
    return "NaN" if value.isnan().any() else "infinite"


def last_sound_step(losses: Iterable[tuple[int, float]], snapshots: Iterable[int], factor: float = 2.0) -> int:
    """The snapshot to go back to: the latest one not after the last loss within `factor` of the best."""
    finite = [(step, loss) for step, loss in losses if loss == loss and abs(loss) != float("inf")]
    best = min((loss for _, loss in finite), default=0.0)
    sound = max((step for step, loss in finite if loss <= factor * best), default=0)
    return max((step for step in snapshots if step <= sound), default=0)
