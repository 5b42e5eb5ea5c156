"""Prompts that are asked with some of their examples alone: these come first, in their order, and the rest is empty."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Self

import torch
from torch import Generator, Tensor

from explorer.datasets.endless import draw_permutations

Network = Callable[[Tensor], Tensor]


@dataclass(frozen=True)
class Shots(ABC):
    """Prompts taken apart into their shots, (B, n, ...), and what stands after them."""

    shots: Tensor
    rest: Tensor  # (B, ...)
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

    def dealt_out(self, k: int, generator: Generator) -> Self:
        """The labels of the first `k` shots in a random order among these."""
        order = torch.arange(self.most).repeat(len(self.shots), 1)
        order[:, :k] = draw_permutations(len(order), k, generator)
        rows, order = torch.arange(len(order))[:, None].to(self.shots.device), order.to(self.shots.device)
        return self.with_labels(self.labels[rows, order])

    @property
    @abstractmethod
    def labels(self) -> Tensor:
        """What each shot tells of its item: (B, n, ...)."""

    @abstractmethod
    def with_labels(self, labels: Tensor) -> Self:
        """The same items with other labels."""

    @abstractmethod
    def any_labels(self, generator: Generator) -> Tensor:
        """Labels drawn for each shot from all that there are, whatever its item: (B, n, ...)."""

    @abstractmethod
    def no_labels(self) -> Tensor:
        """What stands in the place of a label where none is told: (B, n, ...)."""

    @abstractmethod
    def answers(self, network: Network, is_in: Tensor) -> Tensor:
        """What a network answers with these shots alone, as many in each prompt: (B, outputs)."""

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
