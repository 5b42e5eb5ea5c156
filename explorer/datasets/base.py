"""What a kind of dataset declares, and the data that it gives."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Literal

import torch
from torch import Tensor

from explorer.datasets.forms import InputForm, PictureForm, PointForm, RowForm
from explorer.datasets.sequence_forms import SeriesForm, TokenForm
from explorer.experiment import Settings
from explorer.signals import Signal, Task

View = Literal["points", "table", "picture", "tokens", "series", "frames"]


@dataclass(frozen=True)
class Split:
    """Examples and their targets; the first axis of every tensor counts examples."""

    inputs: tuple[Tensor, ...]
    targets: Tensor

    def __len__(self) -> int:
        return len(self.targets)

    def begun(self, like: "Split") -> "Split":
        """As many first steps of each input as an example of another split has."""
        pairs = zip(self.inputs, like.inputs, strict=True)
        return Split(tuple(part[:, : other.shape[1]] for part, other in pairs), self.targets)

    def take(self, index: int | Tensor | slice | tuple[Tensor, Tensor]) -> "Split":
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
    form: InputForm | None = None  # how inputs of one's own are given; None: as suits the view

    @property
    def own_form(self) -> InputForm:
        """How inputs of one's own are given and encoded."""
        return self.form or self._usual_form()

    def _usual_form(self) -> InputForm:
        shape = self.signals[0].shape
        if self.view == "points":
            return PointForm()
        if self.view == "table":
            return RowForm(self.names, self.train.inputs[0], self.input_scaling)
        if self.view == "picture":
            channels, height, width = shape
            return PictureForm((channels, height, width))
        if self.view in ("series", "frames"):
            return SeriesForm(self.names, shape[0])
        is_open = self.task.kind in ("next_token", "sequence_labels")  # has an answer whatever the length
        return TokenForm(self.names, shape[0], is_exact=not is_open)


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
