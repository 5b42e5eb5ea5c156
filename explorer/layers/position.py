"""Layers and modules that tell a sequence where each of its steps stands."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, require_sequence
from explorer.signals import Signal


class Position(Layer):
    """A row of numbers for every place, added to what stands there."""

    kind: ClassVar[str] = "position"
    title: ClassVar[str] = "Position"
    equation: ClassVar[str] = r"y_t = x_t + p_t, \quad p_{t,2i} = \sin(t / 10000^{2i/d}) \text{ or learned}"

    method: Literal["learned", "sinusoidal"] = Field(
        "learned", description="Learned rows or fixed waves; rotary positions are a setting of attention."
    )
    init_scale: float = Field(
        0.02, ge=0, le=10, description="Standard deviation of learned rows before training; waves ignore it."
    )

    def output(self, *inputs: Signal) -> Signal:
        return Signal(require_sequence(inputs[0]))

    def build(self, *inputs: Signal) -> nn.Module:
        steps, features = inputs[0].shape
        if self.method == "sinusoidal":
            return SinusoidalPosition(steps, features)
        return LearnedPosition(steps, features, self.init_scale)


class LearnedPosition(nn.Module):
    """A learned row for every place; sequences may be shorter than it was built for."""

    def __init__(self, steps: int, features: int, init_scale: float):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(steps, features))
        nn.init.normal_(self.weight, std=init_scale)

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, C)
        return sequence + self.weight[: sequence.shape[1]]


class SinusoidalPosition(nn.Module):
    """Waves of falling frequency, sine and cosine by turns (Vaswani et al. 2017, section 3.5)."""

    rows: Tensor

    def __init__(self, steps: int, features: int):
        super().__init__()
        angles = make_angles(steps, features)  # (T, pairs)
        waves = torch.stack((angles.sin(), angles.cos()), dim=-1).flatten(1)  # (T, 2 pairs)
        self.register_buffer("rows", waves[:, :features], persistent=False)

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, C)
        return sequence + self.rows[: sequence.shape[1]]


class Rotation(nn.Module):
    """Turns each pair of features by an angle that grows with the place (Su et al. 2021, RoFormer).

    The product of a turned query and a turned key depends on their places by the distance alone.
    """

    cosine: Tensor
    sine: Tensor

    def __init__(self, steps: int, features: int):
        super().__init__()
        angles = make_angles(steps, features)  # (T, D/2)
        self.register_buffer("cosine", angles.cos(), persistent=False)
        self.register_buffer("sine", angles.sin(), persistent=False)

    def forward(self, vectors: Tensor) -> Tensor:  # (B, H, T, D) -> (B, H, T, D)
        steps = vectors.shape[-2]
        cosine, sine = self.cosine[:steps], self.sine[:steps]
        even, odd = vectors[..., 0::2], vectors[..., 1::2]  # (B, H, T, D/2)
        turned = torch.stack((even * cosine - odd * sine, even * sine + odd * cosine), dim=-1)
        return turned.flatten(-2)


def make_angles(steps: int, features: int) -> Tensor:
    """The angle of every place and pair of features, t / 10000^(2i/d): (T, pairs)."""
    frequencies = 10_000.0 ** (-torch.arange(0, features, 2) / features)
    return torch.arange(steps)[:, None] * frequencies
