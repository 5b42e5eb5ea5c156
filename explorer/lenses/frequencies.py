"""Grokking: what the answers lose without one frequency of the embedding at a time (Nanda et al. 2023)."""

from typing import ClassVar

import torch
from torch import Tensor, nn

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.clock import Clock
from explorer.lenses.measures.fourier import key_frequencies
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.training.objectives import loss_for
from explorer.validation import Checked


class FrequencyRemoval(Lens):
    """The change of the held-out loss when the waves of one frequency are taken out of the embedding."""

    kind: ClassVar[str] = "frequency_removal"
    title: ClassVar[str] = "Without one frequency"
    shows: ClassVar[str] = "How the held-out loss changes when the embedding loses each of its frequencies in turn."
    hides: ClassVar[str] = "The frequencies are taken out of the embedding alone; later layers may make them anew."
    is_live: ClassVar[bool] = False

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return Clock.is_applicable(checked)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        modulus: int = scene.checked.dataset.modulus  # type: ignore[attr-defined]
        network, loss = scene.copy(), loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        split = scene.data.test.to(scene.device)
        table = next(module for module in network.modules() if isinstance(module, nn.Embedding)).weight
        whole, before = loss(network(*split.inputs), split.targets), table.clone()
        frequencies, effects = range(1, modulus // 2 + 1), []
        for frequency in counted(frequencies, scene.tell, "frequency"):
            table[:modulus] = without(before[:modulus], [frequency])
            effects.append(loss(network(*split.inputs), split.targets) - whole)
        keys = key_frequencies(scene.network, modulus)
        table[:modulus] = without(before[:modulus], [each for each in frequencies if each not in keys])
        return {
            "loss": named(whole),
            "effect": named(torch.stack(effects), "frequency"),
            "keys": named(torch.tensor(keys), "key"),
            "loss_of_keys": named(loss(network(*split.inputs), split.targets)),
        }


def without(table: Tensor, frequencies: list[int]) -> Tensor:
    """An embedding of numbers less its waves of some frequencies: (p, features) -> (p, features)."""
    waves = torch.fft.rfft(table.double(), dim=0)
    waves[frequencies] = 0
    return torch.fft.irfft(waves, len(table), 0).to(table.dtype)
