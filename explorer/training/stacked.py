"""Networks of one plan whose weights are stacked over the seeds, computed as one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.func import functional_call, grad, vmap

from explorer.datasets.base import Split
from explorer.training.evaluation import first_scores
from explorer.training.objectives import penalty
from explorer.training.traced import Traced
from explorer.training.trainer import Trainer

Named = dict[str, Tensor]


@dataclass(frozen=True)
class _Tensors:
    """All that goes into a computation, which a traced function takes one by one."""

    weights: Named
    buffers: Named
    inputs: tuple[Tensor, ...]
    targets: Tensor


class Stacked:
    """What the networks of a stack make of examples (seeds, examples, ...); the first stands for the others' settings.

    One derivative of the sum of the losses gives each seed the gradient that it would have alone.
    """

    def __init__(self, first: Trainer, weights: Mapping[str, Tensor], buffers: Mapping[str, Tensor]):
        self._first = first
        self._weights = {name: weight.detach() for name, weight in weights.items()}
        self._buffers = dict(buffers)
        n_weights = len(self._weights)
        self._step = Traced(self._derive, in_place=range(n_weights, n_weights + len(self._buffers)))
        self._scores = Traced(self._score)
        self._names: tuple[str, ...] = ()

    def losses_and_gradients(self, batches: Split) -> tuple[Tensor, list[Tensor]]:
        """The loss of every seed on its own batch (seeds,), and the gradient of every weight, penalties included."""
        losses, *gradients = self._step(*self._flat(batches))
        return losses, gradients

    def scores(self, looked_at: Mapping[str, Split]) -> list[dict[str, dict[str, float]]]:
        """What a look finds, for every seed by split."""
        network = self._first.network
        network.eval()
        try:
            rows = {split: self._scores(*self._flat(each))[0].tolist() for split, each in looked_at.items()}
        finally:
            network.train()
        n_seeds = len(next(iter(rows.values()), ()))
        return [
            {split: dict(zip(self._names, found[seed], strict=True)) for split, found in rows.items()}
            for seed in range(n_seeds)
        ]

    def try_out(self, batches: Split) -> None:
        """Derive once without any effect; raises what torch raises where that cannot be done."""
        self._step.try_out(*self._flat(batches))

    def _flat(self, examples: Split) -> Sequence[Tensor]:
        return *self._weights.values(), *self._buffers.values(), *examples.inputs, examples.targets

    def _named(self, tensors: Sequence[Tensor]) -> _Tensors:
        weights, rest = tensors[: len(self._weights)], tensors[len(self._weights) :]
        buffers, (*inputs, targets) = rest[: len(self._buffers)], rest[len(self._buffers) :]
        return _Tensors(
            dict(zip(self._weights, weights, strict=True)),
            dict(zip(self._buffers, buffers, strict=True)),
            tuple(inputs),
            targets,
        )

    def _derive(self, *tensors: Tensor) -> list[Tensor]:
        given, recipe = self._named(tensors), self._first.recipe

        def loss(weights: Named, buffers: Named, inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
            return self._first.loss(functional_call(self._first.network, (weights, buffers), inputs), targets)

        def total(weights: Named, buffers: Named) -> tuple[Tensor, Tensor]:
            losses = vmap(loss)(weights, buffers, given.inputs, given.targets)
            if not self._first.has_penalty:
                return losses.sum(), losses
            matrices = [weight for weight in weights.values() if weight.dim() > 2]  # the first axis is the seed's
            return losses.sum() + penalty(matrices, recipe.l1, recipe.l2), losses

        gradients, losses = grad(total, has_aux=True)(given.weights, given.buffers)
        return [losses, *(gradient.contiguous() for gradient in gradients.values())]

    @torch.no_grad()
    def _score(self, *tensors: Tensor) -> list[Tensor]:
        given, task = self._named(tensors), self._first.data.task

        def score(weights: Named, buffers: Named, inputs: tuple[Tensor, ...], targets: Tensor) -> Tensor:
            output = functional_call(self._first.network, (weights, buffers), inputs)
            found = first_scores(output, targets, task, self._first.loss)
            self._names = tuple(found)
            return torch.stack(list(found.values()))

        return [vmap(score)(given.weights, given.buffers, given.inputs, given.targets)]
