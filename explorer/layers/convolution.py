"""Layers that slide small filters: over sequences (conv1d) and over pictures (conv2d)."""

from typing import ClassVar

from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.layers.base import Layer, ShapeError, require_divisible, require_rank, require_sequence
from explorer.layers.windows import Window
from explorer.signals import Signal


class Convolution(Layer):
    """What both convolutions can be set to."""

    channels: int = Field(16, ge=1, le=1_024, description="Filters; each gives one channel of the output.")
    kernel: int = Field(3, ge=1, le=64, description="Places along each axis that a filter reads at once.")
    stride: int = Field(1, ge=1, le=16, description="Places that a filter moves on by.")
    padding: int = Field(0, ge=0, le=64, description="Zeros added at every edge.")
    dilation: int = Field(1, ge=1, le=1_024, description="Distance between the places that a filter reads.")
    groups: int = Field(1, ge=1, le=1_024, description="Groups of channels that do not see one another.")
    bias: bool = Field(True, description="Add a learned constant to every channel.")

    def _require_groups(self, arriving: int) -> None:
        require_divisible(arriving, self.groups, "groups")
        require_divisible(self.channels, self.groups, "groups")


class Convolution1d(Convolution):
    """Filters that slide along time."""

    kind: ClassVar[str] = "conv1d"
    title: ClassVar[str] = "Convolution over time"
    equation: ClassVar[str] = r"y_{t,o} = b_o + \sum_{i,k} W_{o,i,k}\, x_{s t + d k - p,\, i}"

    causal: bool = Field(False, description="Read the present and the past only, by zeros before the first step.")

    @property
    def window(self) -> Window:
        """The window of a filter along time."""
        padding = (self.kernel - 1) * self.dilation if self.causal else 2 * self.padding
        return Window(self.kernel, self.stride, padding, self.dilation)

    def output(self, *inputs: Signal) -> Signal:
        steps, features = require_sequence(inputs[0])
        self._require_groups(features)
        if self.causal and self.padding:
            raise ShapeError(
                "no padding in a causal convolution",
                f"{self.padding}",
                "set padding to 0: a causal convolution adds its own zeros before the first step",
                setting="padding",
            )
        return Signal((self.window.places(steps, "time"), self.channels))

    def build(self, *inputs: Signal) -> nn.Module:
        return TimeConvolution(inputs[0].shape[-1], self, past=self.window.padding if self.causal else 0)


class Convolution2d(Convolution):
    """Filters that slide over a picture."""

    kind: ClassVar[str] = "conv2d"
    title: ClassVar[str] = "Convolution over a picture"
    equation: ClassVar[str] = r"y_{o,u,v} = b_o + \sum_{i,k,l} W_{o,i,k,l}\, x_{i,\, s u + d k - p,\, s v + d l - p}"

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        what = "a picture (channel × height × width)"
        require_rank(signal, 3, what=what, remedy="use it on pictures, or put a reshape to three sizes before it")
        arriving, height, width = signal.shape
        self._require_groups(arriving)
        window = Window(self.kernel, self.stride, 2 * self.padding, self.dilation)
        return Signal((self.channels, window.places(height, "height"), window.places(width, "width")))

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.Conv2d(
            inputs[0].shape[0],
            self.channels,
            self.kernel,
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=self.groups,
            bias=self.bias,
        )


class TimeConvolution(nn.Conv1d):
    """torch's one-dimensional convolution for batches with time before features."""

    def __init__(self, features: int, settings: Convolution1d, past: int):
        super().__init__(
            features,
            settings.channels,
            settings.kernel,
            stride=settings.stride,
            padding=settings.padding,
            dilation=settings.dilation,
            groups=settings.groups,
            bias=settings.bias,
        )
        self.past = past  # zeros before the first step

    def forward(self, input: Tensor) -> Tensor:  # (B, T, features) -> (B, T', channels)
        features_first = input.transpose(1, 2)
        if self.past:
            features_first = F.pad(features_first, (self.past, 0))
        return super().forward(features_first).transpose(1, 2)
