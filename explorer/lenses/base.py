"""What a lens declares: its settings, whether it applies, and how it looks at a network with an input."""

from dataclasses import dataclass
from typing import ClassVar

from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.experiment import Settings
from explorer.lenses.picture import Array, Picture
from explorer.lenses.request import Example
from explorer.network import Network
from explorer.validation import Checked

__all__ = ["Array", "Lens", "Picture", "Scene"]


@dataclass(frozen=True)
class Scene:
    """What a lens may see. The network is a private copy, or the trainer's own between two steps: read it only."""

    network: Network
    checked: Checked
    data: Data
    step: int
    example: Example

    def inputs(self) -> tuple[Tensor, ...]:
        """The example's inputs with a batch axis of one."""
        return self.one().inputs

    def target(self) -> Tensor:
        """The example's target with a batch axis of one."""
        return self.one().targets

    def one(self) -> Split:
        """The example as a split of its own."""
        split: Split = getattr(self.data, self.example.split)
        index = min(self.example.index, len(split) - 1)
        return split.take(slice(index, index + 1)).to(next(self.network.parameters()).device)


class Lens(Settings):
    """A kind of lens. An instance holds its settings."""

    kind: ClassVar[str]
    title: ClassVar[str]
    shows: ClassVar[str]  # one sentence
    hides: ClassVar[str]  # one sentence: what the picture does not show
    is_live: ClassVar[bool] = True  # cheap enough to be looked through while training

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        """Whether there is something to see in such a network and task."""
        raise NotImplementedError

    def look(self, scene: Scene) -> Picture:
        """Named arrays; everything in them is detached from the network."""
        raise NotImplementedError
