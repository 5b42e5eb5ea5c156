"""Superposition: what happens to the other features when one is no longer stored (Elhage et al. 2022)."""

from typing import ClassVar

import torch
from torch import Tensor

from explorer.layers.dense import Bottleneck
from explorer.lenses.arrows import FeatureArrows
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.network import Network
from explorer.validation import Checked


class FeatureRemoval(Lens):
    """The change of every feature's squared error, as a share of its mean square, without one feature's arrow."""

    kind: ClassVar[str] = "feature_removal"
    title: ClassVar[str] = "Without one feature"
    shows: ClassVar[str] = (
        "How the held-out error of every feature (across) changes when one (down) is no longer stored, as a share of "
        "the error without any answer: itself is lost, those it disturbed get better."
    )
    hides: ClassVar[str] = "The others do not learn anew: what room they would take then is not shown."

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return FeatureArrows.is_applicable(checked)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        network = scene.copy()
        weight = next(module for module in network.modules() if isinstance(module, Bottleneck)).weight
        before, whole = weight.clone(), _errors(network, scene)
        silence = scene.data.test.targets.to(scene.device).square().mean(0).clamp(min=1e-12)  # (feature,)
        changes = []
        for feature in range(weight.shape[1]):
            weight[:, feature] = 0
            changes.append((_errors(network, scene) - whole) / silence)
            weight.copy_(before)
        return {"change": named(torch.stack(changes), "removed", "feature"), "error": named(whole, "feature")}


def _errors(network: Network, scene: Scene) -> Tensor:
    """The mean squared error of each feature over the held-out examples: (feature,)."""
    split = scene.data.test.to(scene.device)
    return (network(*split.inputs) - split.targets).square().mean(0)
