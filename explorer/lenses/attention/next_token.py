"""The next token: scores, and what temperature, top-k and top-p make of them."""

from typing import ClassVar

import numpy as np
import torch
from pydantic import Field

from explorer.lenses.attention.heads import tracks
from explorer.lenses.base import Lens, Scene, named, row
from explorer.lenses.picture import Array, Picture
from explorer.lenses.sampling import shares
from explorer.validation import Checked


class NextToken(Lens):
    """The scores of every token at one place; the network is not asked again when the sliders move."""

    kind: ClassVar[str] = "next_token"
    title: ClassVar[str] = "Next token"
    shows: ClassVar[str] = "How likely each token is to come next, and which remain when the choice is narrowed."
    hides: ClassVar[str] = "It shows one step: what a choice leads to later is seen only by writing on."

    position: int | None = Field(None, ge=0, le=4095, description="The place that answers; empty means the last.")
    temperature: float = Field(1.0, ge=0, le=10, description="Divides the scores; 0 always takes the likeliest.")
    top_k: int | None = Field(None, ge=1, description="Keep so many of the likeliest tokens; empty keeps all.")
    top_p: float = Field(1.0, gt=0, le=1, description="Keep the fewest tokens that together are this likely.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.kind in ("next_token", "masked_token")

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        one = scene.one()
        scores = scene.network(*one.inputs)[0]  # (T, tokens)
        place = row(scores, self.position)
        logits = named(scores[place], "token")
        narrowed = shares(logits.values, self.temperature, self.top_k, self.top_p)
        return tracks(scene) | {
            "place": named(place),
            "target": named(one.targets[0, place]),
            "logits": logits,
            "order": Array(np.argsort(-logits.values, kind="stable").astype(np.int32), ("rank",)),
            "probabilities": named(scores[place].softmax(-1), "token"),
            "narrowed": Array(narrowed.astype(np.float32), ("token",)),
        }
