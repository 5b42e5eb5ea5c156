"""The way of one query through one head, stage by stage with its numbers."""

from typing import ClassVar

import torch
from pydantic import Field

from explorer.lenses.attention.heads import attentions, has_attention, points, tracks
from explorer.lenses.base import Lens, Scene, choose, named, row
from explorer.lenses.picture import Picture
from explorer.validation import Checked

STAGES = ("queries", "keys", "values", "scores", "pattern", "z", "head_output")


class AttentionQuery(Lens):
    """softmax(q k^T / sqrt(D)) v W for one place and one head (Vaswani et al. 2017, equation 1)."""

    kind: ClassVar[str] = "attention_query"
    title: ClassVar[str] = "The way of one query"
    shows: ClassVar[str] = (
        "How one place asks, which places answer, and what it takes from each: every step in numbers."
    )
    hides: ClassVar[str] = (
        "It does not show why the queries and keys are what they are, nor what later layers make of it."
    )

    layer: str | None = Field(None, description="Address of the attention, such as block1.attention; empty: the first.")
    head: int = Field(0, ge=0, le=63, description="Which head.")
    query: int | None = Field(None, ge=0, le=4095, description="The place that asks; empty means the last.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_attention(checked)

    def look(self, scene: Scene) -> Picture:
        known = attentions(scene.network)
        path = choose(self.layer, list(known))
        _, caught = points(scene.network, scene.one(), [f"{path}.{stage}" for stage in STAGES])
        head = min(self.head, known[path].n_heads - 1)
        queries, keys, values, scores, pattern, z, output = (caught[f"{path}.{stage}"][0, head] for stage in STAGES)
        place = row(queries, self.query)
        is_seen = torch.ones(len(keys), dtype=torch.bool)
        if known[path].is_causal:
            is_seen[place + 1 :] = False
        return tracks(scene) | {
            "place": named(place),
            "query": named(queries[place], "feature"),
            "keys": named(keys, "key", "feature"),
            "products": named(keys @ queries[place], "key"),
            "scores": named(scores[place], "key"),
            "is_seen": named(is_seen, "key"),
            "pattern": named(pattern[place], "key"),
            "values": named(values, "key", "feature"),
            "weighted_values": named(pattern[place][:, None] * values, "key", "feature"),
            "z": named(z[place], "feature"),
            "head_output": named(output[place], "feature"),
        }
