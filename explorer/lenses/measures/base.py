"""What a progress measure declares: its formula, its paper, what it can be taken of, and how it is taken."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from torch import nn

from explorer.datasets.base import Data, Dataset
from explorer.network import Network

Take = Callable[[Network, Data, Dataset], float | np.ndarray]


@dataclass(frozen=True)
class Measure:
    """A number, or an array with named axes, that tells how far a network has come with one idea."""

    name: str
    title: str
    about: str  # one sentence
    formula: str  # LaTeX
    paper: str
    take: Take
    datasets: tuple[type[Dataset], ...]  # the kinds of data it is defined for
    needs: type[nn.Module] | None = None  # the module that the network must hold
    axes: tuple[str, ...] = ()
    summary: Callable[[np.ndarray], float] = np.max  # one number for an array

    def is_applicable(self, network: nn.Module, dataset: Dataset) -> bool:
        """Whether it can be taken of such a network and data."""
        needed = self.needs
        has_needed = needed is None or any(isinstance(module, needed) for module in network.modules())
        return isinstance(dataset, self.datasets) and has_needed

    def value(self, network: Network, data: Data, dataset: Dataset) -> float:
        """The measure as one number."""
        taken = self.take(network, data, dataset)
        return float(self.summary(taken)) if isinstance(taken, np.ndarray) else taken
