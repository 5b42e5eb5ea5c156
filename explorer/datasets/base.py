"""What a kind of dataset declares, and the data that it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from explorer.experiment import Settings
from explorer.signals import Signal, Task

View = Literal["points", "table", "picture", "tokens", "series"]


@dataclass(frozen=True)
class Split:
    """Examples and their targets; the first axis of every tensor counts examples."""

    inputs: tuple[Tensor, ...]
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def take(self, index: Tensor | slice) -> "Split":
        """The examples at these places."""
        return Split(tuple(part[index] for part in self.inputs), self.targets[index])

    def to(self, device: torch.device) -> "Split":
        """The same examples on another device."""
        return Split(tuple(part.to(device) for part in self.inputs), self.targets.to(device))


@dataclass(frozen=True)
class Scaling:
    """Raw numbers to those that the network sees: less the mean, over the scale, both of the training examples."""

    means: Tensor  # (feature,)
    scales: Tensor  # (feature,)

    def apply(self, raw: Tensor) -> Tensor:  # (..., feature)
        """What the network sees of raw numbers."""
        return ((raw - self.means) / self.scales).float()

    def undo(self, scaled: Tensor) -> Tensor:  # (..., feature)
        """The raw numbers again."""
        return scaled * self.scales + self.means


@dataclass(frozen=True)
class Data:
    """Everything a dataset gives: both splits, the task, and how to draw one example."""

    train: Split
    test: Split
    task: Task
    signals: tuple[Signal, ...]  # one for each input of the network
    view: View
    names: tuple[str, ...] = ()  # of features, or of the tokens of the vocabulary
    draw: Callable[[int], Split] | None = None  # n fresh training examples from torch's global generator
    input_names: tuple[str, ...] = ("input",)
    input_scaling: Scaling | None = None  # how to bring a row of a table to the network
    target_scaling: Scaling | None = None  # how to read an answer in the target's own unit, by `undo`


@dataclass(frozen=True)
class Description:
    """What the network must know of the data, told without making any."""

    signals: tuple[Signal, ...]
    task: Task
    view: View
    n_train: int | None  # None where training examples are drawn without end
    n_test: int
    input_names: tuple[str, ...] = ("input",)


class Dataset(Settings):
    """A kind of dataset. An instance holds its settings; `load` makes the data from them and a seed."""

    kind: ClassVar[str]
    title: ClassVar[str]

    def describe(self) -> Description:
        """Signals, task and sizes; raises DataError where a file cannot be used."""
        raise NotImplementedError

    def load(self, seed: int) -> Data:
        """Both splits. The same settings and seed give the same numbers; torch's global generator is left alone."""
        raise NotImplementedError

    def files(self) -> tuple[str, ...]:
        """Paths of the files that the data is read from."""
        return ()
