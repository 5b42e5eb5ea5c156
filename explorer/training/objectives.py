"""The table of losses: what training makes smaller, by task."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from explorer.signals import BLANK, IGNORED, Task
from explorer.training.boxes import loss_of_cells

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


def ctc(output: Tensor, target: Tensor) -> Tensor:
    """Mean negative log-likelihood of the phones, over every way to lay them out in time, by their number, in nats.

    Graves et al. 2006, Connectionist temporal classification, equation 8; output (B, T, K), target (B, L).
    """
    return (sequence_losses(output, target) / (target != IGNORED).sum(1).clamp(min=1)).mean()


def sequence_losses(output: Tensor, target: Tensor) -> Tensor:
    """The negative log-likelihood of each sequence of phones: (B, T, K), (B, L) -> (B,)."""
    where = torch.device("cpu") if output.device.type == "mps" else output.device  # torch has no kernel for Apple's
    scores = output.to(where).log_softmax(-1).transpose(0, 1)  # (T, B, K)
    phones = target.to(where)
    lengths = (phones != IGNORED).sum(1)
    steps = torch.full_like(lengths, len(scores))
    return functional.ctc_loss(scores, phones.clamp(min=0), steps, lengths, blank=BLANK, reduction="none")


@dataclass(frozen=True)
class Objective:
    """A loss: its title, and its formula by what a task asks for, where there is one."""

    title: str
    for_classes: Loss | None = None
    for_numbers: Loss | None = None
    for_phones: Loss | None = None
    for_boxes: Loss | None = None

    def of(self, task: Task) -> Loss | None:
        """The formula that fits a task."""
        if not task.is_aligned:
            return self.for_phones if task.is_discrete else self.for_boxes
        return self.for_classes if task.is_discrete else self.for_numbers


LOSSES: dict[str, Objective] = {
    "cross_entropy": Objective("Cross-entropy", for_classes=cross_entropy),
    "squared_error": Objective("Squared error", for_classes=squared_error_of_classes, for_numbers=squared_error),
    "absolute_error": Objective("Absolute error", for_numbers=absolute_error),
    "ctc": Objective("CTC", for_phones=ctc),
    "boxes": Objective("Objects and boxes", for_boxes=loss_of_cells),
}


def losses_for(task: Task) -> dict[str, Loss]:
    """The losses that fit a task by name; the first is the task's own."""
    found = {name: each.of(task) for name, each in LOSSES.items()}
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
