"""The table of losses: what training makes smaller, by task."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from explorer.signals import IGNORED, Task

Loss = Callable[[Tensor, Tensor], Tensor]


def cross_entropy(output: Tensor, target: Tensor) -> Tensor:
    """Mean negative log-likelihood of the target ids, in nats; output (..., K), target (...)."""
    if target.dim() > 1:
        output, target = output.flatten(0, -2), target.flatten()
    return functional.cross_entropy(output, target, ignore_index=IGNORED)


def squared_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference."""
    return functional.mse_loss(output, target)


def absolute_error(output: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference."""
    return functional.l1_loss(output, target)


def squared_error_of_classes(output: Tensor, target: Tensor) -> Tensor:
    """Half the mean squared distance from +1 for the right class and -1 for the others (TensorFlow Playground)."""
    output, target = output.flatten(0, -2), target.flatten()
    counted = target != IGNORED
    output, target = output[counted], target[counted]
    signs = torch.full_like(output, -1.0).scatter_(-1, target.unsqueeze(-1), 1.0)
    return 0.5 * functional.mse_loss(output, signs)


@dataclass(frozen=True)
class Objective:
    """A loss: its title, and its formula for discrete and for numeric targets, where there is one."""

    title: str
    for_classes: Loss | None = None
    for_numbers: Loss | None = None


LOSSES: dict[str, Objective] = {
    "cross_entropy": Objective("Cross-entropy", for_classes=cross_entropy),
    "squared_error": Objective("Squared error", for_classes=squared_error_of_classes, for_numbers=squared_error),
    "absolute_error": Objective("Absolute error", for_numbers=absolute_error),
}


def losses_for(task: Task) -> dict[str, Loss]:
    """The losses that fit a task by name; the first is the task's own."""
    found = {name: each.for_classes if task.is_discrete else each.for_numbers for name, each in LOSSES.items()}
    return {name: loss for name, loss in found.items() if loss is not None}


def loss_for(task: Task, name: str | None = None) -> Loss:
    """The loss of this name, or the task's own."""
    fitting = losses_for(task)
    name = name or next(iter(fitting))
    return (
        weighted(fitting[name], task.importance, 2 if name == "squared_error" else 1)
        if task.importance
        else fitting[name]
    )


def weighted(loss: Loss, importance: tuple[float, ...], power: int) -> Loss:
    """The loss with the error of each number multiplied by its importance; errors enter the loss by this power."""
    scales = [weight ** (1 / power) for weight in importance]

    def weigh(output: Tensor, target: Tensor) -> Tensor:
        factors = output.new_tensor(scales)
        return loss(factors * output, factors * target)

    return weigh


def penalty(weights: list[Tensor], l1: float, l2: float) -> Tensor:
    """The L1 and L2 penalties over weights; biases and norms, which have one axis, are left out by the caller."""
    total = torch.zeros((), device=weights[0].device) if weights else torch.zeros(())
    for weight in weights:
        if l1:
            total = total + l1 * weight.abs().sum()
        if l2:
            total = total + 0.5 * l2 * weight.square().sum()
    return total
