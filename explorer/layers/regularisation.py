"""Layers that make training harder, so that what is learned holds on new data."""

from typing import ClassVar

from pydantic import Field
from torch import nn

from explorer.layers.base import Layer, require_numbers
from explorer.signals import Signal


class Dropout(Layer):
    """Random values become zero in training and the rest grow to match; later nothing happens."""

    kind: ClassVar[str] = "dropout"
    title: ClassVar[str] = "Dropout"
    equation: ClassVar[str] = r"y = \frac{m \odot x}{1 - p}, \quad m_i \sim \operatorname{Bernoulli}(1 - p)"

    rate: float = Field(0.5, ge=0, lt=1, description="Share of the values set to zero.")

    def output(self, *inputs: Signal) -> Signal:
        require_numbers(inputs[0])
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.Dropout(self.rate)
