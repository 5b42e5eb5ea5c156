"""Finite examples, split by a seed into those to learn from and those held out."""

from typing import Annotated

import torch
from pydantic import Field
from torch import Generator, Tensor

from explorer.datasets.base import Data, Description, Split

TrainFraction = Annotated[
    float, Field(ge=0.05, le=0.95, description="Share of the examples to learn from; the others are held out.")
]


def split_sizes(n: int, train_fraction: float) -> tuple[int, int]:
    """How many of `n` examples are learnt from and how many held out; at least one each."""
    n_train = min(max(round(n * train_fraction), 1), n - 1)
    return n_train, n - n_train


def split_places(classes: Tensor, n_train: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Places of the training and of the held-out examples, in random order, each class in its proportion.

    The examples are shuffled and sorted by class; then every (n / n_train)-th is taken. That keeps `n_train` exact
    and each class within one example of its share. Equal `classes` give a plain random split.
    """
    n = len(classes)
    shuffled = torch.randperm(n, generator=generator)
    ordered = shuffled[classes[shuffled].argsort(stable=True)]
    steps = torch.arange(n + 1) * n_train // n
    is_train = torch.zeros(n, dtype=torch.bool)
    is_train[ordered] = steps[1:] > steps[:-1]
    return shuffled[is_train[shuffled]], shuffled[~is_train[shuffled]]


def split_examples(examples: Split, n_train: int, generator: Generator) -> tuple[Split, Split]:
    """Training and held-out examples; class ids as targets keep their proportions in both."""
    targets = examples.targets
    classes = torch.zeros(len(targets)) if targets.is_floating_point() else targets
    train, test = split_places(classes, n_train, generator)
    return examples.take(train), examples.take(test)


def make_data(examples: Split, description: Description, generator: Generator, names: tuple[str, ...] = ()) -> Data:
    """The data of a finite dataset, split in the sizes that its description tells."""
    assert description.n_train is not None, "finite data has a number of training examples"
    train, test = split_examples(examples, description.n_train, generator)
    return Data(train, test, description.task, description.signals, description.view, names)
