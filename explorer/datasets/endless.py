"""The base of datasets that draw every training batch afresh."""

from typing import ClassVar

import torch
from torch import Generator

from explorer.datasets.base import Data, Dataset, Split
from explorer.datasets.forms import InputForm


class Endless(Dataset):
    """A dataset whose training examples never end; a fixed sample of them stands in for evaluation."""

    n_sample: ClassVar[int] = 512  # training examples kept for evaluation
    n_test: ClassVar[int] = 512

    def make(self, n: int, generator: Generator | None = None) -> Split:
        """`n` examples; without a generator they come from torch's global one."""
        raise NotImplementedError

    def make_test(self, generator: Generator) -> Split:
        """The held-out examples."""
        return self.make(self.n_test, generator)

    def names(self) -> tuple[str, ...]:
        """Of the features, or of the tokens of the vocabulary."""
        raise NotImplementedError

    def form(self) -> InputForm | None:
        """How inputs of one's own are given; None: as suits the view."""
        return None

    def load(self, seed: int) -> Data:
        generator = Generator().manual_seed(seed)
        description = self.describe()
        return Data(
            train=self.make(self.n_sample, generator),
            test=self.make_test(generator),
            task=description.task,
            signals=description.signals,
            view=description.view,
            names=self.names(),
            draw=self.make,
            form=self.form(),
        )


def draw_permutations(n: int, size: int, generator: Generator | None) -> torch.Tensor:
    """`n` random orders of the numbers below `size`: (n, size)."""
    return torch.rand(n, size, generator=generator).argsort(1)
