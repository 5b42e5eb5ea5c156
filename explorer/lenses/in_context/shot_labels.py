"""What the labels of the shots are good for: the score with the right ones, with wrong ones, and with none."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Generator

from explorer.lenses.base import Scene, named
from explorer.lenses.in_context.few_shots import OfShots
from explorer.lenses.in_context.kinds_of_shots import shots_of
from explorer.lenses.in_context.prompts import SEED
from explorer.lenses.picture import Picture


class ShotLabels(OfShots):
    """The score by number of shots with other labels than the right ones (Min et al. 2022, arXiv:2202.12837)."""

    kind: ClassVar[str] = "shot_labels"
    title: ClassVar[str] = "Labels of the shots"
    shows: ClassVar[str] = (
        "How good the answers are with right labels (the values, for a line), with these dealt out anew among the "
        "shots shown, with others drawn at random from all, and with none, over the same held-out prompts."
    )
    hides: ClassVar[str] = (
        "Each prompt is drawn once, and a single shot cannot be shuffled. Prompts without labels were never there in "
        "training, so a low score may come from their form as well."
    )

    examples: int = Field(128, ge=16, le=1024, description="Held-out prompts that are answered, from the first on.")

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        many, generator = shots_of(scene.held_out(self.examples), scene.checked.dataset), Generator().manual_seed(SEED)
        counts = range(many.most + 1)
        prompts = {
            "right": [many] * len(counts),
            "shuffled": [many.dealt_out(k, generator) for k in counts],
            "random": [many.with_labels(many.any_labels(generator))] * len(counts),
            "none": [many.with_labels(many.no_labels())] * len(counts),
        }
        return {
            name: named(
                torch.stack([many.score(each.answers(scene.network, many.first(k))) for k, each in enumerate(told)]),
                "shots",
            )
            for name, told in prompts.items()
        }
