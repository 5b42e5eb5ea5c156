"""Grokking: the numbers of a clock on the circle that the embedding lays them on (Nanda et al. 2023)."""

from typing import ClassVar

import torch

from explorer.datasets.arithmetic import Modular
from explorer.layers.embedding import Embedding
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.measures.fourier import embedded_waves, power_shares
from explorer.lenses.picture import Picture
from explorer.validation import Checked

LEAST = 1e-12  # of a length that is divided by


class Clock(Lens):
    """The embedding of every number, seen along the cosine and the sine of its strongest frequency."""

    kind: ClassVar[str] = "clock"
    title: ClassVar[str] = "Numbers on a circle"
    shows: ClassVar[str] = (
        "The embedding of every number along its strongest wave: a circle, once the sum is a rotation."
    )
    hides: ClassVar[str] = "The other frequencies, of which the network uses a few more."

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        has_table = any(isinstance(node.layer, Embedding) for node in checked.plan.nodes)
        return isinstance(checked.dataset, Modular) and has_table

    def look(self, scene: Scene) -> Picture:
        dataset = scene.checked.dataset
        assert isinstance(dataset, Modular)
        waves = embedded_waves(scene.network, dataset.modulus)  # (p // 2, features)
        shares = power_shares(waves, dataset.modulus)
        best = int(shares.argmax())
        table = torch.fft.irfft(torch.cat([torch.zeros_like(waves[:1]), waves]), dataset.modulus, 0)  # (p, features)
        axes = torch.stack([waves[best].real, waves[best].imag])  # (2, features)
        points = table @ (axes / axes.norm(dim=1, keepdim=True).clamp(min=LEAST)).T  # (p, 2)
        turns = torch.arange(dataset.modulus, device=points.device) * (best + 1) % dataset.modulus
        return {
            "points": named(points, "number", "component"),
            "target": named(turns / dataset.modulus, "number"),
            "frequency": named(torch.tensor(best + 1)),
            "share": named(shares[best]),
        }
