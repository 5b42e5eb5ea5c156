"""Histograms of what every layer gives out, with the units that never say anything."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.activations.values import by_unit, layer_names, layer_values
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class Histograms(Lens):
    """How the values of each layer are spread over held-out examples, and which units are 0 for all of them."""

    kind: ClassVar[str] = "histograms"
    title: ClassVar[str] = "Spread of values"
    shows: ClassVar[str] = "How the values of each layer are spread, and which units are 0 whatever comes in."
    hides: ClassVar[str] = "It does not show which values come together, nor whether another input would wake a unit."

    bins: int = Field(32, ge=4, le=256, description="Bars of a histogram.")
    examples: int = Field(64, ge=8, le=1024, description="Held-out examples that are looked at.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    def look(self, scene: Scene) -> Picture:
        _, values = layer_values(scene.network, scene.held_out(self.examples), layer_names(scene.checked))
        picture: Picture = {}
        for name, value in values.items():
            counts, edges = histogram(value, self.bins)
            picture[f"{name}.counts"] = named(counts, "bin")
            picture[f"{name}.edges"] = named(edges, "edge")
            is_dead = (by_unit(value) == 0).all(0)
            picture[f"{name}.is_dead"] = named(is_dead, "unit")
            picture[f"{name}.dead_share"] = named(is_dead.float().mean())
        return picture


def histogram(values: Tensor, bins: int) -> tuple[Tensor, Tensor]:
    """Counts (bins,) between equal edges (bins + 1,); what is no number is left out."""
    finite = values[values.isfinite()].float()
    if not len(finite):
        return torch.zeros(bins, dtype=torch.int32), torch.linspace(0, 1, bins + 1)
    low, high = finite.min().item(), finite.max().item()
    if high <= low:
        low, high = low - 0.5, high + 0.5
    return finite.histc(bins, low, high).int(), torch.linspace(low, high, bins + 1)
