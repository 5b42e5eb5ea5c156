"""Layers that summarise neighbourhoods: max, average, and one number for the whole picture or sequence."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, ShapeError, require_rank
from explorer.layers.windows import Window
from explorer.signals import Signal

WHAT = "a picture or a sequence"
REMEDY = "use it before the flatten, where there is still space or time to summarise"


class Pooling(Layer):
    """What both poolings over windows can be set to."""

    kernel: int = Field(2, ge=1, le=64, description="Places along each axis that one output summarises.")
    stride: int | None = Field(None, ge=1, le=64, description="Places to move on by; empty means the whole window.")
    padding: int = Field(0, ge=0, le=32, description="Places added at every edge, at most half a window.")

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_rank(signal, 2, 3, what=WHAT, remedy=REMEDY)
        if 2 * self.padding > self.kernel:
            remedy = "make the padding smaller or the kernel larger"
            expected = f"padding of at most half the kernel of {self.kernel}"
            raise ShapeError(expected, f"{self.padding}", remedy, setting="padding")
        window = Window(self.kernel, self.stride or self.kernel, 2 * self.padding)
        if len(signal.shape) == 2:
            steps, features = signal.shape
            return Signal((window.places(steps, "time"), features))
        channels, height, width = signal.shape
        return Signal((channels, window.places(height, "height"), window.places(width, "width")))


class MaxPool(Pooling):
    """The largest value of every window."""

    kind: ClassVar[str] = "max_pool"
    title: ClassVar[str] = "Max pooling"
    equation: ClassVar[str] = r"y_{c,u,v} = \max_{k,l}\, x_{c,\, s u + k,\, s v + l}"

    def build(self, *inputs: Signal) -> nn.Module:
        if len(inputs[0].shape) == 3:
            return nn.MaxPool2d(self.kernel, self.stride, self.padding)
        return OverTime(nn.MaxPool1d(self.kernel, self.stride, self.padding))


class AveragePool(Pooling):
    """The mean of every window."""

    kind: ClassVar[str] = "average_pool"
    title: ClassVar[str] = "Average pooling"
    equation: ClassVar[str] = r"y_{c,u,v} = \frac{1}{n^2} \sum_{k,l} x_{c,\, s u + k,\, s v + l}"

    def build(self, *inputs: Signal) -> nn.Module:
        if len(inputs[0].shape) == 3:
            return nn.AvgPool2d(self.kernel, self.stride, self.padding)
        return OverTime(nn.AvgPool1d(self.kernel, self.stride or self.kernel, self.padding))


class GlobalPool(Layer):
    """One number for each channel of a picture or feature of a sequence."""

    kind: ClassVar[str] = "global_pool"
    title: ClassVar[str] = "Global pooling"
    equation: ClassVar[str] = r"y_c = \frac{1}{H W} \sum_{u,v} x_{c,u,v} \quad\text{or}\quad \max_{u,v} x_{c,u,v}"

    method: Literal["average", "max"] = Field("average", description="Whether to take the mean or the largest value.")

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_rank(signal, 2, 3, what=WHAT, remedy=REMEDY)
        return Signal((signal.shape[0] if len(signal.shape) == 3 else signal.shape[1],))

    def build(self, *inputs: Signal) -> nn.Module:
        axes = (2, 3) if len(inputs[0].shape) == 3 else (1,)  # behind the batch
        return GlobalMean(axes) if self.method == "average" else GlobalMax(axes)


class OverTime(nn.Module):
    """A pooling of torch, which wants features before time, for batches with time before features."""

    def __init__(self, pool: nn.Module):
        super().__init__()
        self.pool = pool

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T', C)
        return self.pool(sequence.transpose(1, 2)).transpose(1, 2)


class GlobalMean(nn.Module):
    """The mean over some axes."""

    def __init__(self, axes: tuple[int, ...]):
        super().__init__()
        self.axes = axes

    def forward(self, values: Tensor) -> Tensor:  # (B, C, H, W) or (B, T, C) -> (B, C)
        return values.mean(self.axes)


class GlobalMax(nn.Module):
    """The largest value over some axes."""

    def __init__(self, axes: tuple[int, ...]):
        super().__init__()
        self.axes = axes

    def forward(self, values: Tensor) -> Tensor:  # (B, C, H, W) or (B, T, C) -> (B, C)
        return values.amax(self.axes)
