"""The boxes that a detector draws into one picture, beside those of the objects that are there."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.training.boxes import SURE, Boxes, decoded, matches
from explorer.validation import Checked


class Detections(Lens):
    """Every box over a score, whether it finds an object, and the boxes of all objects that are there."""

    kind: ClassVar[str] = "detections"
    title: ClassVar[str] = "Boxes"
    shows: ClassVar[str] = "The boxes that are drawn into the picture, those of its objects, and which cells see one."
    hides: ClassVar[str] = "It does not show what a box was drawn for; an overlap of one half counts as found already."

    least: float = Field(SURE, ge=0.01, le=0.99, description="The score from which a box is shown.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return checked.description.task.kind == "detection"

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        one = scene.one()
        output = scene.network(*one.inputs)  # (1, K, R, C)
        found = decoded(output)
        shown = (found.is_kept & (found.scores >= self.least))[0]
        return {
            **scene.pictured(one),
            "boxes": named(found.places[0, shown], "box", "number"),
            "classes": named(found.classes[0, shown], "box"),
            "scores": named(found.scores[0, shown], "box"),
            "objectness": named(output[0, 0].sigmoid(), "row", "column"),
            **(compared(found, one.targets, shown) if scene.has_target else {}),
        }


def compared(found: Boxes, target: Tensor, shown: Tensor) -> Picture:
    """Whether each box that is shown finds an object, how well it lies, and the objects: (1, M, 5), (N,)."""
    hits, overlaps = matches(found, target)
    real = target[0, target[0, :, 0] >= 0]
    return {
        "overlaps": named(overlaps[0, shown], "box"),
        "hits": named(hits[0, shown], "box"),
        "truth": named(real[:, 1:], "object", "number"),
        "truth_classes": named(real[:, 0].int(), "object"),
    }
