"""Functions of one number, applied everywhere at once; without them a network is one linear map."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from explorer.layers.base import Layer, require_numbers, require_rank
from explorer.signals import Signal


class Square(nn.Module):
    """The square of every value."""

    def forward(self, values: Tensor) -> Tensor:
        return values * values


ActivationName = Literal["relu", "gelu", "silu", "tanh", "sigmoid", "leaky_relu", "square", "identity"]
FUNCTIONS: dict[ActivationName, type[nn.Module]] = {
    "relu": nn.ReLU,
    "gelu": nn.GELU,
    "silu": nn.SiLU,
    "tanh": nn.Tanh,
    "sigmoid": nn.Sigmoid,
    "leaky_relu": nn.LeakyReLU,
    "square": Square,
    "identity": nn.Identity,
}


class Activation(Layer):
    """What all activations share: any shape passes through unchanged."""

    def output(self, *inputs: Signal) -> Signal:
        require_numbers(inputs[0])
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        return FUNCTIONS[self.kind]()  # type: ignore[index]  # the kinds below are the names


class Relu(Activation):
    """Positive values pass, negative ones become zero."""

    kind: ClassVar[str] = "relu"
    title: ClassVar[str] = "ReLU"
    equation: ClassVar[str] = r"y = \max(0, x)"


class Gelu(Activation):
    """A smooth gate: each value times the share of a normal distribution below it."""

    kind: ClassVar[str] = "gelu"
    title: ClassVar[str] = "GELU"
    equation: ClassVar[str] = r"y = x\, \Phi(x)"


class Silu(Activation):
    """A smooth gate: each value times its own sigmoid."""

    kind: ClassVar[str] = "silu"
    title: ClassVar[str] = "SiLU"
    equation: ClassVar[str] = r"y = x\, \sigma(x)"


class Tanh(Activation):
    """Squashes every value between -1 and 1."""

    kind: ClassVar[str] = "tanh"
    title: ClassVar[str] = "Tanh"
    equation: ClassVar[str] = r"y = \tanh x"


class Sigmoid(Activation):
    """Squashes every value between 0 and 1."""

    kind: ClassVar[str] = "sigmoid"
    title: ClassVar[str] = "Sigmoid"
    equation: ClassVar[str] = r"y = \frac{1}{1 + e^{-x}}"


class LeakyRelu(Activation):
    """Positive values pass, negative ones are made small."""

    kind: ClassVar[str] = "leaky_relu"
    title: ClassVar[str] = "Leaky ReLU"
    equation: ClassVar[str] = r"y = \max(0, x) + a \min(0, x)"

    slope: float = Field(0.01, ge=0, le=1, description="Factor of the negative values.")

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.LeakyReLU(self.slope)


class Squared(Activation):
    """The square of every value."""

    kind: ClassVar[str] = "square"
    title: ClassVar[str] = "Square"
    equation: ClassVar[str] = r"y = x^2"


class Softmax(Activation):
    """Turns features into positive shares that sum to 1; losses for classes already contain it."""

    kind: ClassVar[str] = "softmax"
    title: ClassVar[str] = "Softmax"
    equation: ClassVar[str] = r"y_j = \frac{e^{x_j}}{\sum_i e^{x_i}}"

    def output(self, *inputs: Signal) -> Signal:
        require_rank(inputs[0], 1, 2, what="features", remedy="put a flatten or a global pooling layer before it")
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        return nn.Softmax(dim=-1)


class Identity(Activation):
    """Passes every value on unchanged; gives a place in the graph a name."""

    kind: ClassVar[str] = "identity"
    title: ClassVar[str] = "Identity"
    equation: ClassVar[str] = r"y = x"
