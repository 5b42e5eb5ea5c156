"""Rollout: attention of all layers multiplied up to the input."""

from functools import reduce
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.layers.attention import CrossAttention, SelfAttention
from explorer.layers.combine import Add
from explorer.layers.dense import Linear
from explorer.layers.embedding import Embedding
from explorer.layers.normalisation import LayerNorm, RMSNorm
from explorer.layers.position import Position
from explorer.layers.regularisation import Dropout
from explorer.layers.transformer import FeedForward, TransformerBlock
from explorer.lenses.attention.heads import attentions, has_attention, points, tracks
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.network import Node
from explorer.validation import Checked

BY_PLACE = (Embedding, Position, Linear, FeedForward, LayerNorm, RMSNorm, Dropout)  # leave every step by itself


class Rollout(Lens):
    """A'_l ... A'_1 with A' = (1 - r) A + r I, A the mean over heads, r the residual share (Abnar and Zuidema 2020)."""

    kind: ClassVar[str] = "rollout"
    title: ClassVar[str] = "Attention rollout"
    shows: ClassVar[str] = "From which places of the input each place could have drawn, through all layers up to each."
    hides: ClassVar[str] = (
        "It takes all heads and all values for equal, so it shows ways that are open, not what went along."
    )

    residual: float = Field(0.5, ge=0, le=1, description="Share that the residual connection passes by each attention.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_attention(checked) and any(isinstance(node.layer, BY_PLACE) for node in checked.plan.nodes)

    def look(self, scene: Scene) -> Picture:
        names = [f"{path}.pattern" for path in attentions(scene.network)]
        _, caught = points(scene.network, scene.one(), names)
        means = {name.removesuffix(".pattern"): value[0].mean(0) for name, value in caught.items()}  # (T, S)
        found = roll(scene, means, self.residual)
        shown = [node.name for node in scene.checked.plan.nodes if _attends(node) and node.name in found]
        return tracks(scene) | {f"{name}.rollout": named(found[name], "query", "key") for name in shown}


def roll(scene: Scene, means: dict[str, Tensor], residual: float) -> dict[str, Tensor]:
    """Of every layer as far as places can be followed, how much each place draws from each input place: (T, S).

    The places of several inputs stand one after the other. Rows sum to 1.
    """
    plan = scene.checked.plan
    sizes = [part.shape[1] for part in scene.inputs()]
    unit = torch.eye(sum(sizes), device=scene.device)
    found = dict(zip(plan.input_names, unit.split(sizes), strict=True))
    for node in plan.nodes:
        if any(source not in found for source in node.sources):
            continue
        sources = [found[source] for source in node.sources]
        if isinstance(node.layer, TransformerBlock):
            pattern = means[f"{node.name}.attention"]
            found[node.name] = (1 - residual) * pattern @ sources[0] + residual * sources[0]
        elif isinstance(node.layer, SelfAttention | CrossAttention):
            found[node.name] = means[node.name] @ sources[-1]
        elif isinstance(node.layer, Add) and len(sources) == 2 and any(_adds_attention(node, plan.nodes)):
            is_attention = _adds_attention(node, plan.nodes)
            shares = [1 - residual if each else residual for each in is_attention]
            found[node.name] = sum((share * way for share, way in zip(shares, sources, strict=True)), torch.zeros(()))
        elif isinstance(node.layer, Add):
            found[node.name] = reduce(torch.add, sources) / len(sources)
        elif isinstance(node.layer, BY_PLACE):
            found[node.name] = sources[0]
    return found


def _attends(node: Node) -> bool:
    return isinstance(node.layer, SelfAttention | CrossAttention | TransformerBlock)


def _adds_attention(node: Node, nodes: tuple[Node, ...]) -> list[bool]:
    """Which inputs of a sum are attention beside a residual connection; none where all are or none is."""
    by_name = {each.name: each for each in nodes}
    found = [
        source in by_name and isinstance(by_name[source].layer, SelfAttention | CrossAttention)
        for source in node.sources
    ]
    return found if not all(found) else [False] * len(found)
