"""The logit lens: what the network would answer if it ended after each layer."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.lenses.attention.heads import has_attention, tracks
from explorer.lenses.attention.stream import has_stream, take_apart
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.network import Network
from explorer.signals import IGNORED
from explorer.validation import Checked


class LogitLens(Lens):
    """The last norm and the last layer applied to the stream after every part (nostalgebraist 2020)."""

    kind: ClassVar[str] = "logit_lens"
    title: ClassVar[str] = "Logit lens"
    shows: ClassVar[str] = "What the network would answer at every place if it ended after each of its parts."
    hides: ClassVar[str] = "An early layer may hold the answer in a form that the last layer cannot read yet."

    top: int = Field(3, ge=1, le=16, description="Likeliest answers that are listed at every place.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        task = checked.description.task
        return has_attention(checked) and has_stream(checked) and task.is_discrete and task.is_aligned

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        one = scene.one()
        parts = answers_by_part(scene.network, one)
        targets = one.targets.reshape(-1)
        if scene.own is not None:  # where no answer is known, the network's own stands for it
            targets = torch.where(targets == IGNORED, list(parts.values())[-1].flatten(0, -2).argmax(-1), targets)
        picture = tracks(scene) | {"target": named(targets, "time")}
        for name, logits in parts.items():
            answers = logits.flatten(0, -2).log_softmax(-1)  # (T, outputs), or one row for one answer
            best = answers.topk(min(self.top, answers.shape[-1]))
            right = answers.gather(-1, targets.clamp(min=0)[:, None])[:, 0].exp()
            picture[f"{name}.top"] = named(best.indices, "time", "rank")
            picture[f"{name}.probabilities"] = named(best.values.exp(), "time", "rank")
            picture[f"{name}.entropy"] = named(-(answers.exp() * answers).sum(-1), "time")
            picture[f"{name}.target_probability"] = named(right.masked_fill(targets == IGNORED, 0.0), "time")
        return picture


def answers_by_part(network: Network, split: Split) -> dict[str, Tensor]:
    """The answer read off the stream after each of its parts; after the last it is the network's own."""
    taken = take_apart(network, split)
    found, stream = {}, torch.zeros_like(taken.stream)
    for name, part in taken.parts.items():
        stream = stream + part
        found[name] = taken.reading.answer(network, stream)
    return found
