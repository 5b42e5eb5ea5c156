"""Layers that bring values to a common scale: per example (layer, RMS) or per feature over the batch."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, require_numbers, require_rank
from explorer.signals import Signal


class Norm(Layer):
    """What all normalisations share: the shape stays as it is."""

    affine: bool = Field(True, description="Learn a scale, and a shift where the norm has one, for every feature.")
    epsilon: float = Field(1e-5, gt=0, le=1, description="Added to the variance, so that nothing is divided by zero.")

    def output(self, *inputs: Signal) -> Signal:
        require_numbers(inputs[0])
        return inputs[0]


class LayerNorm(Norm):
    """Every step of every example gets mean 0 and variance 1 over its features; a picture over all its values."""

    kind: ClassVar[str] = "layer_norm"
    title: ClassVar[str] = "Layer norm"
    equation: ClassVar[str] = r"y_j = \gamma_j \frac{x_j - \mu}{\sqrt{\sigma^2 + \varepsilon}} + \beta_j"

    def build(self, *inputs: Signal) -> nn.Module:
        shape = inputs[0].shape
        if len(shape) == 3:
            return nn.GroupNorm(1, shape[0], eps=self.epsilon, affine=self.affine)  # one group: all channels at once
        return nn.LayerNorm(shape[-1], eps=self.epsilon, elementwise_affine=self.affine)


class BatchNorm(Norm):
    """Every feature or channel gets mean 0 and variance 1 over the batch; later, by the averages of training."""

    kind: ClassVar[str] = "batch_norm"
    title: ClassVar[str] = "Batch norm"
    equation: ClassVar[str] = r"y_j = \gamma_j \frac{x_j - \mu_j}{\sqrt{\sigma_j^2 + \varepsilon}} + \beta_j"

    momentum: float = Field(0.1, gt=0, le=1, description="Share of the newest batch in the running averages.")

    def build(self, *inputs: Signal) -> nn.Module:
        shape = inputs[0].shape
        if len(shape) == 3:
            return nn.BatchNorm2d(shape[0], self.epsilon, self.momentum, affine=self.affine)
        norm = nn.BatchNorm1d(shape[-1], self.epsilon, self.momentum, affine=self.affine)
        return norm if len(shape) == 1 else OverSteps(norm)


class RMSNorm(Norm):
    """Every step of every example gets root mean square 1 over its features; the mean stays."""

    kind: ClassVar[str] = "rms_norm"
    title: ClassVar[str] = "RMS norm"
    equation: ClassVar[str] = r"y_j = \gamma_j \frac{x_j}{\sqrt{\frac{1}{d} \sum_i x_i^2 + \varepsilon}}"

    def output(self, *inputs: Signal) -> Signal:
        require_rank(inputs[0], 1, 2, what="features", remedy="use layer_norm or batch_norm on pictures")
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.RMSNorm(inputs[0].shape[-1], eps=self.epsilon, elementwise_affine=self.affine)


class OverSteps(nn.Module):
    """A batch norm of torch, which wants features before time, for batches with time before features."""

    def __init__(self, norm: nn.BatchNorm1d):
        super().__init__()
        self.norm = norm

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, C)
        return self.norm(sequence.transpose(1, 2)).transpose(1, 2)


NormName = Literal["layer", "rms", "none"]


def build_norm(name: NormName, features: int, bias: bool = True) -> nn.Module:
    """A norm inside a larger layer."""
    if name == "none":
        return nn.Identity()
    return nn.LayerNorm(features, bias=bias) if name == "layer" else nn.RMSNorm(features, eps=1e-5)
