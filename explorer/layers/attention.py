"""Layers in which every step of a sequence looks at other steps and takes in what it finds."""

import math
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.layers.base import Layer, ShapeError, require_divisible, require_sequence
from explorer.layers.points import Point
from explorer.layers.position import Rotation
from explorer.signals import Signal

HEADS = Field(1, ge=1, le=64, description="Parts that attend independently, each with its share of the features.")
CAUSAL = Field(False, description="Look at the present and the past only.")
BIAS = Field(True, description="Add learned constants in the linear maps.")
ROTARY = Field(False, description="Turn queries and keys by their place, so that only distances count.")


class SelfAttention(Layer):
    """Every step looks at the steps of its own sequence."""

    kind: ClassVar[str] = "self_attention"
    title: ClassVar[str] = "Self-attention"
    equation: ClassVar[str] = (
        r"y = b + \sum_h \operatorname{softmax}\!\left(\frac{Q_h K_h^\top}{\sqrt{d_h}}\right) V_h W_h, "
        r"\quad (Q, K, V)_h = x\, (W^Q, W^K, W^V)_h"
    )

    heads: int = HEADS
    causal: bool = CAUSAL
    bias: bool = BIAS
    rotary: bool = ROTARY

    def output(self, *inputs: Signal) -> Signal:
        steps, features = require_sequence(inputs[0])
        require_divisible(features, self.heads, "heads")
        if self.rotary and features // self.heads % 2:
            raise ShapeError(
                "an even number of features in each head for rotary positions",
                f"{features // self.heads}",
                "change the features or the heads, or switch rotary off",
                setting="rotary",
            )
        return Signal((steps, features))

    def build(self, *inputs: Signal) -> nn.Module:
        steps, features = self.output(*inputs).shape
        rotation = Rotation(steps, features // self.heads) if self.rotary else nn.Identity()
        return AttentionWithin(features, self, rotation)


class CrossAttention(Layer):
    """Every step of the first sequence looks at the steps of the second."""

    kind: ClassVar[str] = "cross_attention"
    title: ClassVar[str] = "Cross-attention"
    equation: ClassVar[str] = (
        r"y = b + \sum_h \operatorname{softmax}\!\left(\frac{Q_h K_h^\top}{\sqrt{d_h}}\right) V_h W_h, "
        r"\quad Q_h = x W^Q_h, \quad (K, V)_h = m\, (W^K, W^V)_h"
    )
    n_inputs: ClassVar[tuple[int, int | None]] = (2, 2)

    heads: int = HEADS
    bias: bool = BIAS

    def output(self, *inputs: Signal) -> Signal:
        asking, asked = inputs
        steps, features = require_sequence(asking)
        require_sequence(asked)
        require_divisible(features, self.heads, "heads")
        return Signal((steps, features))

    def build(self, *inputs: Signal) -> nn.Module:
        return AttentionAcross(inputs[0].shape[-1], inputs[1].shape[-1], self)


class Attention(nn.Module):
    """What self- and cross-attention share: heads that read values by how well queries match keys.

    queries, keys, values  (B, H, T, D), (B, H, S, D), (B, H, S, D), rotated where rotary; D = C / H
    scores                 (B, H, T, S), scaled, before the mask
    pattern                (B, H, T, S), every row sums to 1
    z                      (B, H, T, D), what each head has read
    head_output            (B, H, T, C), what each head adds to the output; their sum and the bias are the output
    """

    def __init__(self, features: int, n_heads: int, bias: bool, is_causal: bool):
        super().__init__()
        self.n_heads = n_heads
        self.is_causal = is_causal
        self.mix = nn.Linear(features, features, bias=bias)
        self.queries = Point("batch", "head", "query", "feature")
        self.keys = Point("batch", "head", "key", "feature")
        self.values = Point("batch", "head", "key", "feature")
        self.scores = Point("batch", "head", "query", "key")
        self.pattern = Point("batch", "head", "query", "key")
        self.z = Point("batch", "head", "query", "feature")
        self.head_output = Point("batch", "head", "query", "feature")

    def split(self, vectors: Tensor) -> Tensor:
        """Give each head its share of the features: (B, T, C) -> (B, H, T, D)."""
        return vectors.unflatten(-1, (self.n_heads, -1)).transpose(1, 2)

    def attend(self, queries: Tensor, keys: Tensor, values: Tensor) -> Tensor:
        """Read the values: (B, H, T, D), (B, H, S, D), (B, H, S, D) -> (B, T, C)."""
        q, k, v = self.queries(queries), self.keys(keys), self.values(values)
        if self.scores.is_watched or self.pattern.is_watched:
            z = self._weigh(q, k) @ v
        else:
            z = F.scaled_dot_product_attention(q, k, v, is_causal=self.is_causal)
        return self._gather(self.z(z))

    def _weigh(self, q: Tensor, k: Tensor) -> Tensor:
        """The pattern by its formula, softmax(q k^T / sqrt(D)) (Vaswani et al. 2017, equation 1): (B, H, T, S)."""
        scores = self.scores(q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1]))
        if self.is_causal:
            future = torch.ones(scores.shape[-2:], dtype=torch.bool, device=scores.device).triu(1)
            scores = scores.masked_fill(future, -math.inf)
        return self.pattern(scores.softmax(-1))

    def _gather(self, z: Tensor) -> Tensor:
        """Add up what the heads found: (B, H, T, D) -> (B, T, C)."""
        if not self.head_output.is_watched:
            return self.mix(z.transpose(1, 2).flatten(2))
        by_head = self.mix.weight.unflatten(1, (self.n_heads, -1))  # (C, H, D)
        total = self.head_output(torch.einsum("bhtd,chd->bhtc", z, by_head)).sum(1)
        return total if self.mix.bias is None else total + self.mix.bias


class AttentionWithin(Attention):
    """Self-attention: queries, keys and values from one sequence."""

    def __init__(self, features: int, settings: SelfAttention, rotation: nn.Module):
        super().__init__(features, settings.heads, settings.bias, settings.causal)
        self.query_key_value = nn.Linear(features, 3 * features, bias=settings.bias)
        self.rotation = rotation

    def forward(self, sequence: Tensor) -> Tensor:  # (B, T, C) -> (B, T, C)
        q, k, v = map(self.split, self.query_key_value(sequence).chunk(3, dim=-1))  # each (B, H, T, D)
        return self.attend(self.rotation(q), self.rotation(k), v)


class AttentionAcross(Attention):
    """Cross-attention: queries from one sequence, keys and values from another."""

    def __init__(self, features: int, other_features: int, settings: CrossAttention):
        super().__init__(features, settings.heads, settings.bias, is_causal=False)
        self.query = nn.Linear(features, features, bias=settings.bias)
        self.key_value = nn.Linear(other_features, 2 * features, bias=settings.bias)

    def forward(self, sequence: Tensor, other: Tensor) -> Tensor:  # (B, T, C), (B, S, M) -> (B, T, C)
        k, v = map(self.split, self.key_value(other).chunk(2, dim=-1))  # each (B, H, S, D)
        return self.attend(self.split(self.query(sequence)), k, v)
