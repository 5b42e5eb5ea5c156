"""The handwritten digits that ship with scikit-learn."""

from dataclasses import replace
from functools import cache
from typing import ClassVar, Literal

import torch
from pydantic import Field
from sklearn.datasets import load_digits
from torch import Generator, Tensor
from torch.nn import functional

from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.forms import PictureForm
from explorer.datasets.splitting import TrainFraction, make_data, split_sizes
from explorer.signals import Signal, Task

N_DIGITS = 1797
ORIGINAL = 8  # pixels along each side
DARKEST = 16.0  # a pixel of the original counts the dark ones among 4 × 4 (Alpaydin and Kaynak 1998)


class Digits(Dataset):
    """Digits written by hand, from 0 to 9, enlarged from 8 × 8 pixels."""

    kind: ClassVar[str] = "digits"
    title: ClassVar[str] = "Handwritten digits"

    size: Literal[8, 16, 28, 32] = Field(8, description="Pixels along each side.")
    noise: float = Field(
        0.0, ge=0, le=1, description="Standard deviation of Gaussian noise on pixels that go from 0 to 1."
    )
    train_fraction: TrainFraction = 0.8

    def describe(self) -> Description:
        signal = Signal((1, self.size, self.size))
        task = Task("classification", 10, tuple(map(str, range(10))))
        return Description((signal,), task, "picture", *split_sizes(N_DIGITS, self.train_fraction))

    def load(self, seed: int) -> Data:
        generator = Generator().manual_seed(seed)
        pictures, classes = _originals()
        if self.size != pictures.shape[-1]:
            pictures = functional.interpolate(pictures, (self.size, self.size), mode="bilinear", align_corners=False)
        if self.noise:
            pictures = pictures + self.noise * torch.randn(pictures.shape, generator=generator)
            pictures = pictures.clamp(0, 1)
        is_original = self.size == ORIGINAL and not self.noise
        form = PictureForm((1, self.size, self.size), is_ink=True, levels=int(DARKEST) + 1 if is_original else None)
        return replace(make_data(Split((pictures,), classes), self.describe(), generator), form=form)


@cache
def _originals() -> tuple[Tensor, Tensor]:
    """All digits (n, 1, 8, 8), from 0 to 1, and their classes (n,)."""
    pictures, classes = load_digits(return_X_y=True)
    return torch.tensor(pictures / DARKEST).float().view(-1, 1, 8, 8), torch.tensor(classes).long()
