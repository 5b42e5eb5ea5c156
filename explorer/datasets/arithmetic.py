"""Modular arithmetic: every pair of numbers, a part of them held out."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Generator

from explorer.datasets.base import Data, Dataset, Description, Split
from explorer.datasets.sequence_forms import TokenForm
from explorer.signals import Signal, Task

SYMBOLS = {"add": "+", "subtract": "−", "multiply": "×"}
EQUALS = "="


class Modular(Dataset):
    """One number by another, modulo a third: small enough to memorise, regular enough to understand.

    The setting of grokking (Power et al. 2022, arXiv:2201.02177).
    """

    kind: ClassVar[str] = "modular"
    title: ClassVar[str] = "Modular arithmetic"

    modulus: int = Field(31, ge=2, le=257, description="Numbers run from 0 to one less than this.")
    operation: Literal["add", "subtract", "multiply"] = Field("add", description="What is done with the two numbers.")
    train_fraction: float = Field(0.5, ge=0.05, le=0.95, description="Share of all pairs that is trained on.")
    with_equals: bool = Field(False, description="Put an equals sign after the pair, for a transformer to answer at.")

    @property
    def n_train(self) -> int:
        """Pairs trained on; at least one, and at least one is held out."""
        return min(max(round(self.train_fraction * self.modulus**2), 1), self.modulus**2 - 1)

    def describe(self) -> Description:
        p = self.modulus
        signal = Signal((3,), p + 1) if self.with_equals else Signal((2,), p)
        task = Task("classification", p, tuple(map(str, range(p))))
        return Description((signal,), task, "tokens", self.n_train, p * p - self.n_train)

    def load(self, seed: int) -> Data:
        description = self.describe()
        order = torch.randperm(self.modulus**2, generator=Generator().manual_seed(seed))
        table = self.make_table()
        numbers = tuple(map(str, range(self.modulus)))
        names = (*numbers, EQUALS) if self.with_equals else numbers
        filler = EQUALS if self.with_equals else None
        return Data(
            train=table.take(order[: self.n_train]),
            test=table.take(order[self.n_train :]),
            task=description.task,
            signals=description.signals,
            view=description.view,
            names=names,
            form=TokenForm(names, description.signals[0].shape[0], filler=filler, is_exact=True),
        )

    def make_table(self) -> Split:
        """All pairs in order, the second number changing fastest."""
        p = self.modulus
        pairs = torch.cartesian_prod(torch.arange(p), torch.arange(p))  # (p², 2)
        a, b = pairs.unbind(1)
        results = {"add": a + b, "subtract": a - b, "multiply": a * b}[self.operation] % p
        if self.with_equals:
            pairs = torch.cat([pairs, torch.full((p * p, 1), p)], 1)  # (p², 3)
        return Split((pairs,), results)
