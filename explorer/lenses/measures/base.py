"""What a progress measure declares: its formula, its paper, what it can be taken of, and how it is taken."""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from torch import nn

from explorer.datasets.base import Data, Dataset
from explorer.network import Network

Take = Callable[[Network, Data, Dataset], float | np.ndarray]


@dataclass(frozen=True)
class Measure:
    """A number, or a row of numbers, that tells how far a network has come with one idea."""

    name: str
    title: str
    shows: str  # one sentence
    hides: str  # one sentence: what it does not show
    formula: str  # LaTeX
    paper: str
    take: Take
    datasets: tuple[type[Dataset], ...]  # the kinds of data it is defined for
    needs: type[nn.Module] | None = None  # the module that the network must hold
    fits: Callable[[Dataset], bool] = lambda dataset: True  # whether the settings of the data allow it
    axes: tuple[str, ...] = ()  # of what is taken; none for a single number
    summary: Callable[[np.ndarray], float] = np.max  # one number for a row
    in_hindsight: Callable[[Network, Dataset], Take] | None = None  # how it is taken once the end is known

    def is_applicable(self, network: nn.Module, dataset: Dataset) -> bool:
        """Whether it can be taken of such a network and data."""
        needed = self.needs
        has_needed = needed is None or any(isinstance(module, needed) for module in network.modules())
        return isinstance(dataset, self.datasets) and has_needed and self.fits(dataset)

    def knowing(self, final: Network, dataset: Dataset) -> "Measure":
        """The same measure, taken with what the trained network tells, where that matters."""
        return replace(self, take=self.in_hindsight(final, dataset)) if self.in_hindsight else self

    def summarised(self, taken: float | np.ndarray) -> float:
        """What was taken as one number."""
        return float(self.summary(taken)) if isinstance(taken, np.ndarray) else taken

    def value(self, network: Network, data: Data, dataset: Dataset) -> float:
        """The measure as one number."""
        return self.summarised(self.take(network, data, dataset))
