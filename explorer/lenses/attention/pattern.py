"""The attention wall: every head of every layer for one example."""

from typing import ClassVar

from explorer.lenses.attention.heads import attentions, has_attention, points, tracks
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class AttentionPattern(Lens):
    """The pattern of all heads of all layers, rows of which sum to 1 (Vaswani et al. 2017, equation 1)."""

    kind: ClassVar[str] = "attention"
    title: ClassVar[str] = "Attention"
    shows: ClassVar[str] = "How much of each head's attention goes from every place to every other."
    hides: ClassVar[str] = (
        "It does not show what is read there nor whether it matters: attention alone is not an explanation "
        "(Jain and Wallace 2019, Wiegreffe and Pinter 2019)."
    )

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return has_attention(checked)

    def look(self, scene: Scene) -> Picture:
        names = [f"{path}.pattern" for path in attentions(scene.network)]
        _, caught = points(scene.network, scene.one(), names)
        walls = {name: named(caught[name][0], "head", "query", "key", is_coarse=True) for name in names}
        return tracks(scene) | walls
