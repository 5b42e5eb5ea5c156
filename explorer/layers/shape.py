"""Layers that change the shape only: flatten and reshape, and the two ways to leave time behind."""

import math
from typing import Annotated, ClassVar

from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, ShapeError, require_numbers, require_sequence
from explorer.layers.pooling import GlobalMean
from explorer.signals import Signal


class Flatten(Layer):
    """All values of an example in one row."""

    kind: ClassVar[str] = "flatten"
    title: ClassVar[str] = "Flatten"
    equation: ClassVar[str] = r"y_{(c H + u) W + v} = x_{c,u,v}"

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_numbers(signal)
        return Signal((math.prod(signal.shape),))

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.Flatten()


Size = Annotated[int, Field(ge=-1, le=1_000_000)]


class Reshape(Layer):
    """The same values, read row by row into other sizes."""

    kind: ClassVar[str] = "reshape"
    title: ClassVar[str] = "Reshape"
    equation: ClassVar[str] = r"\operatorname{vec}(y) = \operatorname{vec}(x)"

    shape: tuple[Size, ...] = Field(
        (-1,), min_length=1, max_length=3, description="Sizes of one example; one may be -1, whatever is left."
    )

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_numbers(signal)
        n_values = math.prod(signal.shape)
        known = math.prod(size for size in self.shape if size != -1)
        n_open = self.shape.count(-1)
        fits = known > 0 and (n_values == known if n_open == 0 else n_open == 1 and n_values % known == 0)
        if not fits:
            raise ShapeError(
                f"sizes that hold {n_values} values",
                "×".join(map(str, self.shape)),
                f"choose positive sizes whose product is {n_values}, with at most one -1",
                setting="shape",
            )
        return Signal(tuple(n_values // known if size == -1 else size for size in self.shape))

    def build(self, *inputs: Signal) -> nn.Module:
        return Rows(self.output(*inputs).shape)


class MeanOverTime(Layer):
    """The mean of all steps."""

    kind: ClassVar[str] = "mean_over_time"
    title: ClassVar[str] = "Mean over time"
    equation: ClassVar[str] = r"y_j = \frac{1}{T} \sum_t x_{t,j}"

    def output(self, *inputs: Signal) -> Signal:
        return Signal((require_sequence(inputs[0])[1],))

    def build(self, *inputs: Signal) -> nn.Module:
        return GlobalMean((1,))


class LastOverTime(Layer):
    """The last step alone."""

    kind: ClassVar[str] = "last_over_time"
    title: ClassVar[str] = "Last over time"
    equation: ClassVar[str] = r"y_j = x_{T,j}"

    def output(self, *inputs: Signal) -> Signal:
        return Signal((require_sequence(inputs[0])[1],))

    def build(self, *inputs: Signal) -> nn.Module:
        return LastStep()


class Rows(nn.Module):
    """Every example in another shape."""

    def __init__(self, shape: tuple[int, ...]):
        super().__init__()
        self.shape = shape

    def forward(self, values: Tensor) -> Tensor:  # (B, ...) -> (B, *shape)
        return values.reshape(len(values), *self.shape)


class LastStep(nn.Module):
    """The last step of every sequence."""

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, C)
        return sequence[:, -1]
