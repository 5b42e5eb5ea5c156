"""Superposition: the direction in which a bottleneck of two dimensions stores each feature (Elhage et al. 2022)."""

from typing import ClassVar

import torch

from explorer.datasets.sparse import SparseFeatures
from explorer.layers.dense import Tied
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.measures.superposition import arrows
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class FeatureArrows(Lens):
    """The columns of the bottleneck's matrix, each as an arrow from the origin."""

    kind: ClassVar[str] = "feature_arrows"
    title: ClassVar[str] = "Features as arrows"
    shows: ClassVar[str] = (
        "Where each feature is stored: an arrow in the plane of the bottleneck, as long as it counts."
    )
    hides: ClassVar[str] = "With more than two dimensions only the first two are drawn."

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        tied = [node.layer for node in checked.plan.nodes if isinstance(node.layer, Tied)]
        return isinstance(checked.dataset, SparseFeatures) and bool(tied) and tied[0].units >= 2

    def look(self, scene: Scene) -> Picture:
        tips = arrows(scene.network)[:2].T  # (features, 2)
        ways = torch.stack([torch.zeros_like(tips), tips], 1)
        numbers = torch.arange(len(tips), device=tips.device)
        return {"arrows": named(ways, "feature", "end", "dimension"), "target": named(numbers, "feature")}
