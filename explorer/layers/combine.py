"""Layers that bring several inputs together: residual connections, gates and joined features."""

from functools import reduce
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, ShapeError, require_numbers
from explorer.signals import Signal


class Elementwise(Layer):
    """What add and multiply share: all inputs have one shape, and so has the output."""

    n_inputs: ClassVar[tuple[int, int | None]] = (2, None)

    def output(self, *inputs: Signal) -> Signal:
        first, *others = inputs
        for signal in inputs:
            require_numbers(signal)
        for signal in others:
            if signal.shape != first.shape:
                remedy = "bring both to one shape, with a linear layer or a 1×1 convolution on one way"
                raise ShapeError(f"inputs of one shape, {first} like the first", str(signal), remedy)
        return first


class Add(Elementwise):
    """The sum of the inputs; with a layer's own input among them, a residual connection."""

    kind: ClassVar[str] = "add"
    title: ClassVar[str] = "Add"
    equation: ClassVar[str] = r"y = \sum_k x^{(k)}"

    def build(self, *inputs: Signal) -> nn.Module:
        return Sum()


class Multiply(Elementwise):
    """The product of the inputs, value by value; with a sigmoid among them, a gate."""

    kind: ClassVar[str] = "multiply"
    title: ClassVar[str] = "Multiply"
    equation: ClassVar[str] = r"y = \prod_k x^{(k)}"

    def build(self, *inputs: Signal) -> nn.Module:
        return Product()


class Concatenate(Layer):
    """The inputs side by side."""

    kind: ClassVar[str] = "concatenate"
    title: ClassVar[str] = "Concatenate"
    equation: ClassVar[str] = r"y = (x^{(1)}, x^{(2)}, \dots)"
    n_inputs: ClassVar[tuple[int, int | None]] = (2, None)

    along: Literal["feature", "time"] = Field(
        "feature", description="Join features (channels of pictures), or sequences one after the other."
    )

    def output(self, *inputs: Signal) -> Signal:
        axis = self._axis(inputs[0])
        first = inputs[0]
        total = 0
        for signal in inputs:
            require_numbers(signal)
            if _without(signal, axis) != _without(first, axis) or len(signal.shape) != len(first.shape):
                expected = f"inputs that differ along the {first.axes[axis]} only, like {first}"
                raise ShapeError(expected, str(signal), "bring the other sizes together first")
            total += signal.shape[axis]
        return Signal((*first.shape[:axis], total, *first.shape[axis + 1 :]))

    def build(self, *inputs: Signal) -> nn.Module:
        return Join(1 + self._axis(inputs[0]))

    def _axis(self, signal: Signal) -> int:
        """The axis of one example along which the inputs join."""
        rank = len(signal.shape)
        if self.along == "time":
            if rank != 2:
                remedy = "join along the feature, or feed it sequences"
                raise ShapeError("sequences (time × feature)", str(signal), remedy, setting="along")
            return 0
        return 0 if rank == 3 else rank - 1  # channels come first, features last


def _without(signal: Signal, axis: int) -> tuple[int, ...]:
    return signal.shape[:axis] + signal.shape[axis + 1 :]


class Sum(nn.Module):
    """The sum of its inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.add, inputs)


class Product(nn.Module):
    """The product of its inputs."""

    def forward(self, *inputs: Tensor) -> Tensor:
        return reduce(torch.mul, inputs)


class Join(nn.Module):
    """Its inputs side by side along one axis."""

    def __init__(self, axis: int):
        super().__init__()
        self.axis = axis

    def forward(self, *inputs: Tensor) -> Tensor:
        return torch.cat(inputs, dim=self.axis)
