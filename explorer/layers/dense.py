"""Layers that mix features: linear, and the feature expansion of the two plane coordinates."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, ShapeError, require_rank
from explorer.layers.points import Point
from explorer.signals import Signal


class Linear(Layer):
    """Every output is a weighted sum of all inputs."""

    kind: ClassVar[str] = "linear"
    title: ClassVar[str] = "Linear"
    equation: ClassVar[str] = r"y_j = \sum_i W_{ji}\, x_i + b_j"
    sized_by_task: ClassVar[str | None] = "units"

    units: int | None = Field(None, ge=1, le=16_384, description="Outputs; empty means as many as the task asks for.")
    bias: bool = Field(True, description="Add a learned constant to every output.")
    in_features: int | None = Field(
        None, ge=1, le=1_000_000, description="Inputs expected; empty means as many as arrive."
    )

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_rank(signal, 1, 2, what="features", remedy="put a flatten or a global pooling layer before it")
        arriving = signal.shape[-1]
        if self.in_features not in (None, arriving):
            raise ShapeError(
                f"{self.in_features} inputs",
                f"{arriving}",
                f"set in_features to {arriving}, leave it empty, or change the size of the data",
                setting="in_features",
            )
        assert self.units is not None, "the network fills in units before shapes are asked for"
        return Signal((*signal.shape[:-1], self.units))

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.Linear(inputs[0].shape[-1], self.output(*inputs).shape[-1], bias=self.bias)


class RandomFeatures(Layer):
    """Weighted sums that are drawn once and never learnt, cut off at zero (Rahimi & Recht 2007)."""

    kind: ClassVar[str] = "random_features"
    title: ClassVar[str] = "Random features"
    equation: ClassVar[str] = r"y = \max(0, W x + b), \quad W_{ji} \sim N(0, 2/n),\ b_j \sim N(0, s^2)"

    units: int = Field(64, ge=1, le=16_384, description="Outputs.")
    bias_scale: float = Field(0.1, ge=0, le=10, description="Standard deviation of the constants.")

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        require_rank(signal, 1, 2, what="features", remedy="put a flatten or a global pooling layer before it")
        return Signal((*signal.shape[:-1], self.units))

    def build(self, *inputs: Signal) -> nn.Module:
        return RandomProjection(inputs[0].shape[-1], self.units, self.bias_scale)


class RandomProjection(nn.Module):
    """A fixed random linear map with ReLU; what is drawn is kept with the weights, and no optimizer sees it."""

    weight: Tensor
    bias: Tensor

    def __init__(self, features: int, units: int, bias_scale: float):
        super().__init__()
        self.register_buffer("weight", torch.randn(units, features) * (2 / features) ** 0.5)
        self.register_buffer("bias", bias_scale * torch.randn(units))

    def forward(self, values: Tensor) -> Tensor:  # (..., features) -> (..., units)
        return torch.relu(values @ self.weight.T + self.bias)


class Tied(Layer):
    """Squeezes its inputs into fewer numbers and brings them back by the same weights, turned round."""

    kind: ClassVar[str] = "tied"
    title: ClassVar[str] = "Tied bottleneck"
    equation: ClassVar[str] = r"y = W^\top W x + b"

    units: int = Field(2, ge=1, le=1_024, description="Numbers in the middle, fewer than the inputs to force sharing.")

    def output(self, *inputs: Signal) -> Signal:
        require_rank(inputs[0], 1, 2, what="features", remedy="put a flatten or a global pooling layer before it")
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        return Bottleneck(inputs[0].shape[-1], self.units)


class Bottleneck(nn.Module):
    """There and back by one matrix, with a bias for every output (Elhage et al. 2022, arXiv:2209.10652)."""

    def __init__(self, features: int, units: int):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(units, features))
        self.bias = nn.Parameter(torch.zeros(features))
        self.squeezed = Point("batch", "unit")
        nn.init.xavier_normal_(self.weight)

    def forward(self, values: Tensor) -> Tensor:  # (B, features) -> (B, features)
        return self.squeezed(values @ self.weight.T) @ self.weight + self.bias


Feature = Literal["x1", "x2", "x1_squared", "x2_squared", "x1_x2", "sin_x1", "sin_x2"]


class Features(Layer):
    """The plane's two coordinates, and products and sines of them."""

    kind: ClassVar[str] = "features"
    title: ClassVar[str] = "Feature expansion"
    equation: ClassVar[str] = r"y = (x_1, x_2, x_1^2, x_2^2, x_1 x_2, \sin x_1, \sin x_2)_{\text{chosen}}"

    chosen: tuple[Feature, ...] = Field(("x1", "x2"), min_length=1, description="Which features enter the network.")

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        if signal.is_tokens or signal.shape != (2,):
            raise ShapeError("the two coordinates of a point", str(signal), "use it on plane data only")
        return Signal((len(self.chosen),))

    def build(self, *inputs: Signal) -> nn.Module:
        return FeatureExpansion(self.chosen)


class FeatureExpansion(nn.Module):
    """Chosen functions of two coordinates, side by side."""

    def __init__(self, chosen: tuple[Feature, ...]):
        super().__init__()
        self.chosen = chosen

    def forward(self, points: Tensor) -> Tensor:  # (B, 2) -> (B, chosen)
        x1, x2 = points.unbind(-1)
        columns = {
            "x1": lambda: x1,
            "x2": lambda: x2,
            "x1_squared": lambda: x1 * x1,
            "x2_squared": lambda: x2 * x2,
            "x1_x2": lambda: x1 * x2,
            "sin_x1": lambda: torch.sin(x1),
            "sin_x2": lambda: torch.sin(x2),
        }
        return torch.stack([columns[name]() for name in self.chosen], dim=-1)
