"""What a lens declares: its settings, whether it applies, and how it looks at a network with an input."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Data, Split
from explorer.experiment import Settings
from explorer.network import Network
from explorer.validation import Checked


@dataclass(frozen=True)
class Array:
    """Numbers with named axes."""

    values: np.ndarray
    axes: tuple[str, ...]
    is_coarse: bool = False  # drawn as colours only, so that 256 levels are enough on the way to a canvas

    def __post_init__(self) -> None:
        assert self.values.ndim == len(self.axes), (self.values.shape, self.axes)


Picture = dict[str, Array]


class Example(Settings):
    """Which input a lens looks at: one of the run's own examples."""

    split: Literal["train", "test"] = Field("test", description="Which split the example is from.")
    index: int = Field(0, ge=0, description="Its place in the split.")


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


class LookRequest(Settings):
    """A look as plain JSON: the lens and its settings, the step (empty: now, or the last) and the example."""

    lens: str
    settings: Mapping[str, Any] = Field(default_factory=dict)
    step: int | None = Field(None, ge=0)
    example: Example = Example()
