"""Layers out of which transformers are stacked: the feed-forward network, and the whole block."""

from typing import ClassVar, Literal

from pydantic import Field
from torch import Tensor, nn

from explorer.layers.activation import FUNCTIONS, ActivationName
from explorer.layers.attention import BIAS, CAUSAL, HEADS, ROTARY, SelfAttention
from explorer.layers.base import Layer, require_rank
from explorer.layers.normalisation import NormName, build_norm
from explorer.layers.points import Point
from explorer.signals import Signal

MLP_RATIO = Field(4, ge=1, le=16, description="Hidden units of the feed-forward network for each feature.")
ACTIVATION: ActivationName = Field("gelu", description="The function between its two linear maps.")
DROPOUT = Field(0.0, ge=0, lt=1, description="Share of the values set to zero in training, on every branch.")


class FeedForward(Layer):
    """Two linear maps with a wider middle, applied to every step alone."""

    kind: ClassVar[str] = "feed_forward"
    title: ClassVar[str] = "Feed-forward"
    equation: ClassVar[str] = r"y = W_2\, \varphi(W_1 x + b_1) + b_2"

    mlp_ratio: int = MLP_RATIO
    activation: ActivationName = ACTIVATION
    bias: bool = BIAS

    def output(self, *inputs: Signal) -> Signal:
        require_rank(inputs[0], 1, 2, what="features", remedy="put a flatten or a global pooling layer before it")
        return inputs[0]

    def build(self, *inputs: Signal) -> nn.Module:
        features = inputs[0].shape[-1]
        return TwoMaps(features, self.mlp_ratio * features, FUNCTIONS[self.activation](), self.bias)


class TransformerBlock(Layer):
    """Attention and a feed-forward network, each added to the stream that passes by."""

    kind: ClassVar[str] = "transformer_block"
    title: ClassVar[str] = "Transformer block"
    equation: ClassVar[str] = (
        r"\text{pre: } u = x + A(N(x)),\; y = u + F(N(u)) \qquad \text{post: } u = N(x + A(x)),\; y = N(u + F(u))"
    )

    heads: int = HEADS
    causal: bool = CAUSAL
    rotary: bool = ROTARY
    attention_only: bool = Field(False, description="Leave the feed-forward network out.")
    mlp_ratio: int = MLP_RATIO
    activation: ActivationName = ACTIVATION
    norm: NormName = Field("layer", description="How the stream is normalised.")
    norm_place: Literal["pre", "post"] = Field(
        "pre", description="Normalise what a branch reads (pre) or the stream after each sum (post)."
    )
    bias: bool = BIAS
    dropout: float = DROPOUT

    @property
    def _attention(self) -> SelfAttention:
        return SelfAttention(heads=self.heads, causal=self.causal, bias=self.bias, rotary=self.rotary)

    @property
    def _feed_forward(self) -> FeedForward:
        return FeedForward(mlp_ratio=self.mlp_ratio, activation=self.activation, bias=self.bias)

    def output(self, *inputs: Signal) -> Signal:
        return self._attention.output(*inputs)

    def build(self, *inputs: Signal) -> nn.Module:
        branches = {"attention": self._attention.build(*inputs)}
        if not self.attention_only:
            branches["feed_forward"] = self._feed_forward.build(*inputs)
        return Block(inputs[0].shape[-1], branches, self)


class TwoMaps(nn.Module):
    """Widen, bend, narrow."""

    def __init__(self, features: int, hidden: int, activation: nn.Module, bias: bool):
        super().__init__()
        self.widen = nn.Linear(features, hidden, bias=bias)
        self.activation = activation
        self.narrow = nn.Linear(hidden, features, bias=bias)

    def forward(self, values: Tensor) -> Tensor:  # (B, T, C) or (B, C) -> the same
        return self.narrow(self.activation(self.widen(values)))


class Block(nn.Module):
    """A stream and its branches; `resid_pre`, `resid_mid` and `resid_post` are the stream, each (B, T, C).

    Without a feed-forward network `resid_mid` and `resid_post` are the same.
    """

    def __init__(self, features: int, branches: dict[str, nn.Module], settings: TransformerBlock):
        super().__init__()
        self.is_pre = settings.norm_place == "pre"
        self.attention = branches["attention"]
        self.attention_norm = build_norm(settings.norm, features, settings.bias)
        self.attention_dropout = build_dropout(settings.dropout)
        self.feed_forward = branches.get("feed_forward")
        if self.feed_forward is not None:
            self.feed_forward_norm = build_norm(settings.norm, features, settings.bias)
            self.feed_forward_dropout = build_dropout(settings.dropout)
        self.resid_pre = Point("batch", "time", "feature")
        self.resid_mid = Point("batch", "time", "feature")
        self.resid_post = Point("batch", "time", "feature")

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, C)
        stream = self.resid_pre(sequence)
        stream = self._add(stream, self.attention, self.attention_norm, self.attention_dropout)
        stream = self.resid_mid(stream)
        if self.feed_forward is not None:
            stream = self._add(stream, self.feed_forward, self.feed_forward_norm, self.feed_forward_dropout)
        return self.resid_post(stream)

    def _add(self, stream: Tensor, branch: nn.Module, norm: nn.Module, dropout: nn.Module) -> Tensor:
        if self.is_pre:
            return stream + dropout(branch(norm(stream)))
        return norm(stream + dropout(branch(stream)))


def build_dropout(rate: float) -> nn.Module:
    """Dropout inside a larger layer; none at all where nothing is dropped."""
    return nn.Dropout(rate) if rate else nn.Identity()
