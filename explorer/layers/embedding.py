"""The layer that gives every token a row of learned numbers."""

from typing import ClassVar

from pydantic import Field
from torch import nn

from explorer.layers.base import Layer, ShapeError
from explorer.signals import Signal


class Embedding(Layer):
    """A learned row of numbers for every token of the vocabulary."""

    kind: ClassVar[str] = "embedding"
    title: ClassVar[str] = "Token embedding"
    equation: ClassVar[str] = r"y_t = E_{x_t}"

    features: int = Field(64, ge=1, le=4_096, description="Numbers that stand for one token.")
    init_scale: float = Field(1.0, ge=0, le=10, description="Standard deviation of the numbers before training.")

    def output(self, *inputs: Signal) -> Signal:
        (signal,) = inputs
        if not signal.is_tokens:
            remedy = "remove it or feed it tokens; a linear layer mixes numbers"
            raise ShapeError("token ids", str(signal), remedy)
        return Signal((*signal.shape, self.features))

    def build(self, *inputs: Signal) -> nn.Module:
        vocabulary = inputs[0].vocabulary
        assert vocabulary is not None, "output() refuses signals without a vocabulary"
        table = nn.Embedding(vocabulary, self.features)
        nn.init.normal_(table.weight, std=self.init_scale)
        return table
