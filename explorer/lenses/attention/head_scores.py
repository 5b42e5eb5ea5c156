"""What kind of head each one is: scores for well-known behaviours, taken over many examples."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.datasets.endless import draw_permutations
from explorer.layers.attention import AttentionWithin
from explorer.lenses.attention.circuits import copying
from explorer.lenses.attention.heads import attentions, has_attention, points
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked

REPEATS = 16  # sequences of random tokens, repeated once, on which prefix matching is measured


class HeadScores(Lens):
    """Previous token, prefix matching (Olsson et al. 2022), copying (Elhage et al. 2021) and entropy of every head."""

    kind: ClassVar[str] = "head_scores"
    title: ClassVar[str] = "What each head does"
    shows: ClassVar[str] = (
        "How far each head looks one step back, finds what followed before, copies, or spreads widely."
    )
    hides: ClassVar[str] = "A head may do something that no score here measures; a high score is not yet a use for it."

    examples: int = Field(64, ge=4, le=512, description="Held-out examples over which the mean is taken.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts for the repeated random tokens.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_attention(checked)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        network, layers = scene.network, attentions(scene.network)
        names = [f"{path}.pattern" for path in layers]
        _, caught = points(network, scene.held_out(self.examples), names)
        repeated = self._repeat(scene)
        again = points(network, repeated, names)[1] if repeated else {}
        picture: Picture = {}
        for path, module in layers.items():
            pattern = caught[f"{path}.pattern"]  # (B, H, T, S)
            picture[f"{path}.entropy"] = named(entropy(pattern).mean((0, 2)), "head")
            if not isinstance(module, AttentionWithin):
                continue
            if pattern.shape[-1] > 1:
                back = pattern.diagonal(-1, 2, 3).mean((0, 2))
                picture[f"{path}.previous_token"] = named(back, "head")
            if again:
                period = again[f"{path}.pattern"].shape[-1] // 2
                picture[f"{path}.prefix_matching"] = named(prefix_matching(again[f"{path}.pattern"], period), "head")
            copied = copying(network, path)
            if copied is not None:
                picture[f"{path}.copying"] = named(copied, "head")
        return picture

    def _repeat(self, scene: Scene) -> Split | None:
        """Random tokens followed by the same tokens again; None where the input is no row of tokens."""
        signals = scene.data.signals
        vocabulary = signals[0].vocabulary
        if len(signals) > 1 or vocabulary is None or signals[0].shape[0] < 4:
            return None
        length = signals[0].shape[0]
        chance = torch.Generator().manual_seed(self.seed)
        period = length // 2
        blocks = draw_permutations(REPEATS, max(vocabulary, period), chance)[:, :period] % vocabulary
        tokens = blocks[:, torch.arange(length) % period].to(scene.device)  # (REPEATS, length)
        return Split((tokens,), torch.zeros(REPEATS, dtype=torch.long))


def entropy(pattern: Tensor) -> Tensor:
    """Of every row, in nats: (B, H, T, S) -> (B, H, T)."""
    return -(pattern * pattern.clamp(min=1e-30).log()).sum(-1)


def prefix_matching(pattern: Tensor, period: int) -> Tensor:
    """Mean attention from the second block to the place after the same token in the first: (B, H, T, T) -> (H,)."""
    queries = torch.arange(period, 2 * period - 1, device=pattern.device)  # what followed the last one is itself
    return pattern[:, :, queries, queries - period + 1].mean((0, 2))
