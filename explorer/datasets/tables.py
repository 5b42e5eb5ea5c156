"""Tables: rows of measured features, each with a class or a number to tell; four of them ship with scikit-learn."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache
from typing import ClassVar

import numpy as np
import torch
from sklearn import datasets as bundled
from torch import Generator, Tensor

from explorer.datasets.base import Data, Dataset, Description, Scaling, Split
from explorer.datasets.splitting import TrainFraction, make_data, split_sizes
from explorer.signals import Signal, Task


@dataclass(frozen=True)
class Table:
    """Raw numbers: features (n, feature) and targets (n,), which are class ids where they are whole."""

    features: np.ndarray
    targets: np.ndarray
    names: tuple[str, ...]  # of the features
    labels: tuple[str, ...]  # of the classes, or the one name of the number to tell

    @property
    def task(self) -> Task:
        """What is asked about a row."""
        is_class = self.targets.dtype.kind == "i"
        return Task("classification" if is_class else "regression", len(self.labels), self.labels)


class Tabular(Dataset):
    """A table whose features, and whose target where it is a number, are standardised by the training rows."""

    train_fraction: TrainFraction = 0.8

    def table(self) -> Table:
        """The raw table."""
        raise NotImplementedError

    def describe(self) -> Description:
        table = self.table()
        sizes = split_sizes(len(table.targets), self.train_fraction)
        return Description((Signal((len(table.names),)),), table.task, "table", *sizes)

    def load(self, seed: int) -> Data:
        table = self.table()
        targets = torch.from_numpy(table.targets)
        if targets.is_floating_point():
            targets = targets[:, None]
        raw = Split((torch.from_numpy(table.features),), targets)
        return standardised(make_data(raw, self.describe(), Generator().manual_seed(seed), table.names))


def standardised(data: Data) -> Data:
    """The data with features, and targets that are numbers, at mean 0 and deviation 1 over the training examples."""
    inputs = measured(data.train.inputs[0])
    targets = measured(data.train.targets) if data.train.targets.is_floating_point() else None

    def scaled(split: Split) -> Split:
        return Split((inputs.apply(split.inputs[0]),), targets.apply(split.targets) if targets else split.targets)

    return replace(data, train=scaled(data.train), test=scaled(data.test), input_scaling=inputs, target_scaling=targets)


def measured(columns: Tensor) -> Scaling:
    """Mean and standard deviation of each column (n, feature); a column that never changes keeps its scale."""
    deviations = columns.std(0, correction=0)
    means = columns.mean(0)
    is_constant = deviations <= 1e-12 * means.abs()
    return Scaling(means, torch.where(is_constant, 1.0, deviations))


class Iris(Tabular):
    """Three species of iris by the size of their sepals and petals (Fisher 1936)."""

    kind: ClassVar[str] = "iris"
    title: ClassVar[str] = "Iris"

    def table(self) -> Table:
        return _bundled_classes(bundled.load_iris)


class Wine(Tabular):
    """Three growers of wine by what a chemist measured in it."""

    kind: ClassVar[str] = "wine"
    title: ClassVar[str] = "Wine"

    def table(self) -> Table:
        return _bundled_classes(bundled.load_wine)


class BreastCancer(Tabular):
    """Malignant or benign, by the shape of cell nuclei under the microscope (Wisconsin)."""

    kind: ClassVar[str] = "breast_cancer"
    title: ClassVar[str] = "Breast cancer"

    def table(self) -> Table:
        return _bundled_classes(bundled.load_breast_cancer)


class Diabetes(Tabular):
    """How far diabetes went within a year, by age, sex, body mass, blood pressure and six blood serum values."""

    kind: ClassVar[str] = "diabetes"
    title: ClassVar[str] = "Diabetes"

    def table(self) -> Table:
        return _diabetes()


@cache
def _bundled_classes(load: Callable) -> Table:
    """A classification table of scikit-learn's."""
    bunch = load()
    labels = tuple(map(str, bunch.target_names))
    return Table(bunch.data, bunch.target.astype(np.int64), tuple(map(str, bunch.feature_names)), labels)


@cache
def _diabetes() -> Table:
    bunch = bundled.load_diabetes(scaled=False)
    return Table(bunch.data, bunch.target.astype(np.float64), tuple(bunch.feature_names), ("progression",))
