"""Prompts that are asked with some of their examples alone: these come first, in their order, and the rest is empty."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Tensor

from explorer.datasets.base import Dataset, Split
from explorer.datasets.in_context import InContextRegression, ridge_predictions
from explorer.datasets.in_context_classes import InContextClassification, shows_answer
from explorer.lenses.in_context.prompts import asking

Network = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Shots(ABC):
    """Prompts taken apart into their shots, (B, n, ...), and what stands after them."""

    shots: Tensor
    rest: Tensor  # (B, ...)
    length: int  # steps of a whole prompt
    targets: Tensor  # (B, ...)

    @property
    def most(self) -> int:
        """How many shots a whole prompt has."""
        return self.shots.shape[1]

    def repeated(self, n: int) -> Self:
        """The first prompt `n` times."""
        parts = {name: getattr(self, name)[:1] for name in ("shots", "rest", "targets")}
        return replace(self, **{name: part.expand(n, *part.shape[1:]) for name, part in parts.items()})

    def first(self, k: int) -> Tensor:
        """Which shots are shown where the first `k` are: (B, n)."""
        places = torch.arange(self.most, device=self.shots.device)
        return (places < k).expand(len(self.shots), -1)

    def packed(self, is_in: Tensor) -> Tensor:
        """The shots that are in, in their order, and nothing after them: (B, n, ...)."""
        order = (~is_in).int().argsort(dim=1, stable=True)
        rows = torch.arange(len(order), device=order.device)[:, None]
        kept = is_in.gather(1, order).reshape(*order.shape, *[1] * (self.shots.dim() - 2))
        return self.shots[rows, order] * kept

    @abstractmethod
    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        """What a network answers with these shots alone: (B, outputs)."""

    @abstractmethod
    def score(self, answers: Tensor) -> Tensor:
        """How good the answers are on average."""

    @abstractmethod
    def reference(self, is_in: Tensor) -> Tensor:
        """The score of who is known to use these shots well."""

    @abstractmethod
    def value(self, answers: Tensor, meant: Tensor) -> Tensor:
        """The one number of each answer that shots are asked about, given the answer that is meant: (B,)."""

    @abstractmethod
    def names(self, labels: tuple[str, ...]) -> list[str]:
        """What each shot of the first prompt tells."""


@dataclass(frozen=True)
class LineShots(Shots):
    """Pairs of x and y (B, n, d + 1), then the x (B, d) whose value is asked for; training has all shorter prompts."""

    noise: float

    @classmethod
    def of(cls, split: Split, dataset: InContextRegression) -> Self:
        """The last x is asked about, after the first of the pairs before it."""
        (inputs,) = split.inputs
        d = dataset.dimensions
        return cls(inputs[:, 1:, d:], inputs[:, -1, :d], inputs.shape[1], split.targets[:, -1], dataset.noise)

    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        counts = is_in.sum(1)
        answers = network(asking(self.packed(is_in), counts, self.rest, self.length))
        return answers[torch.arange(len(counts), device=counts.device), counts]

    def score(self, answers: Tensor) -> Tensor:
        return (answers - self.targets).square().mean() / self.rest.shape[1]

    def reference(self, is_in: Tensor) -> Tensor:
        return self.score(self.answers(lambda inputs: ridge_predictions(inputs, self.noise), is_in))

    def value(self, answers: Tensor, meant: Tensor) -> Tensor:
        return answers[:, 0]

    def names(self, labels: tuple[str, ...]) -> list[str]:
        return [f"({', '.join(f'{number:.2g}' for number in shot)})" for shot in self.shots[0].tolist()]


@dataclass(frozen=True)
class ClassShots(Shots):
    """Pairs of item and label (B, n, 2, F), then the item asked about; it keeps its place, and the pairs left out are
    zeros, which is no prompt of training."""

    dimensions: int

    @classmethod
    def of(cls, split: Split, dataset: InContextClassification) -> Self:
        """An input of one's own may have one step too many, which stays before the item asked about."""
        (inputs,) = split.inputs
        n = (inputs.shape[1] - 1) // 2
        shots = inputs[:, : 2 * n].unflatten(1, (n, 2))
        return cls(shots, inputs[:, 2 * n :], inputs.shape[1], split.targets, dataset.dimensions)

    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        return network(torch.cat([self.packed(is_in).flatten(1, 2), self.rest], 1))

    def score(self, answers: Tensor) -> Tensor:
        return (answers.argmax(-1) == self.targets).float().mean()

    def reference(self, is_in: Tensor) -> Tensor:
        is_shown = shows_answer(self.packed(is_in).flatten(1, 2), self.targets, self.dimensions)
        return is_shown.any(1).float().mean()

    def value(self, answers: Tensor, meant: Tensor) -> Tensor:
        return answers.softmax(-1)[:, meant.argmax()]

    def names(self, labels: tuple[str, ...]) -> list[str]:
        return [labels[label] for label in self.shots[0, :, 1, self.dimensions :].argmax(-1).tolist()]


def shots_of(split: Split, dataset: Dataset) -> Shots:
    """Prompts of such data, taken apart."""
    if isinstance(dataset, InContextRegression):
        return LineShots.of(split, dataset)
    assert isinstance(dataset, InContextClassification)
    return ClassShots.of(split, dataset)
