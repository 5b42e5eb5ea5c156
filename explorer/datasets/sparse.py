"""Endless vectors of features that are rarely there, to be brought through a bottleneck."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator

from explorer.datasets.base import Description, Split
from explorer.datasets.endless import Endless
from explorer.signals import Signal, Task


class SparseFeatures(Endless):
    """Features that are zero most of the time, to be told again from fewer numbers; the first ones count most.

    Elhage et al. 2022, Toy models of superposition, arXiv:2209.10652.
    """

    kind: ClassVar[str] = "sparse_features"
    title: ClassVar[str] = "Sparse features"

    features: int = Field(5, ge=1, le=256, description="Numbers in an example.")
    density: float = Field(0.05, gt=0, le=1, description="Chance that a feature is not zero; one less the sparsity.")
    importance: float = Field(0.9, gt=0, le=1, description="How much a feature counts, as a share of the one before.")

    def describe(self) -> Description:
        weights = tuple(self.importance**index for index in range(self.features))
        task = Task("regression", self.features, self.names(), importance=weights)
        return Description((Signal((self.features,)),), task, "table", None, self.n_test)

    def names(self) -> tuple[str, ...]:
        return tuple(f"feature {index + 1}" for index in range(self.features))

    def make(self, n: int, generator: Generator | None = None) -> Split:
        is_there = torch.rand(n, self.features, generator=generator) < self.density
        values = torch.rand(n, self.features, generator=generator) * is_there  # each from 0 to 1, or 0
        return Split((values,), values)
