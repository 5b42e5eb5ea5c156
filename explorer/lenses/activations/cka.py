"""Centred kernel alignment: how alike two layers see the same examples."""

from typing import ClassVar, cast

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.errors import EngineError
from explorer.lenses.activations.values import layer_names, layer_values
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.network import Network
from explorer.runs.rebuild import dataset_of
from explorer.signals import Signal
from explorer.validation import Checked


class Cka(Lens):
    """Linear CKA (Kornblith et al. 2019) between all pairs of layers, at one step, between two, or between two runs."""

    kind: ClassVar[str] = "cka"
    title: ClassVar[str] = "Likeness of layers"
    shows: ClassVar[str] = "How alike each pair of layers arranges the examples; 1 is the same up to rotation and size."
    hides: ClassVar[str] = "Few large directions decide it, and layers that are alike need not do the same."
    is_live: ClassVar[bool] = False

    other: str | None = Field(
        None, max_length=512, description="Another run with the same inputs, by its id; empty means this one."
    )
    other_step: int | None = Field(
        None, ge=0, description="A kept step to compare with; empty means the same, or the last one of another run."
    )
    examples: int = Field(256, ge=8, le=1024, description="Held-out examples.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return len(checked.plan.nodes) > 1

    def look(self, scene: Scene) -> Picture:
        split, names = scene.held_out(self.examples), layer_names(scene.checked)
        _, values = layer_values(scene.network, split, names, scene.tell)
        others = self._others(scene, split) or values
        one, other = (torch.stack([kernel(value).flatten() for value in part.values()]) for part in (values, others))
        likeness = one @ other.T  # (layers, layers), columns in the order of computation
        axis = "layer" if self.other is None else "other_layer"
        return {f"{name}.likeness": named(row.float(), axis) for name, row in zip(names, likeness, strict=True)}

    def _others(self, scene: Scene, split: Split) -> dict[str, Tensor]:
        """What the layers that are compared with give out for the same examples; empty where they are the same."""
        if self.other is None and self.other_step is None:
            return {}
        if scene.run is None:
            place = "other" if self.other is not None else "other_step"
            raise EngineError(f"lens.{place}: expected nothing while the run trains; look at a kept step instead.")
        if self.other is None:
            network = scene.copy(scene.run.snapshot(self.other_step))
        else:
            run = scene.another(scene.run, self.other)
            _demand_same_inputs(scene.checked.description.signals, dataset_of(run).describe().signals)
            network = cast(Network, run.model(self.other_step)).to(scene.device)
        return layer_values(network, split, [node.name for node in network.plan.nodes])[1]


def _demand_same_inputs(own: tuple[Signal, ...], theirs: tuple[Signal, ...]) -> None:
    if own != theirs:
        expected, got = (", ".join(map(str, signals)) for signals in (own, theirs))
        raise EngineError(
            f"lens.other: expected a run whose network reads {expected}, as this one does, got one that reads {got}; "
            "choose a run with the same kind of input."
        )


def kernel(values: Tensor) -> Tensor:
    """Centred inner products of all pairs of examples, as one vector of length 1: (N, ...) -> (N, N).

    The product of two such kernels is linear CKA; where all examples are alike, the kernel is 0.
    """
    rows = values.flatten(1).double()
    rows = rows - rows.mean(0)
    products = rows @ rows.T
    return products / products.norm().clamp(min=1e-300)


def cka(one: Tensor, other: Tensor) -> float:
    """Linear CKA of two sets of features of the same examples: (N, ...), (N, ...)."""
    return float((kernel(one) * kernel(other)).sum())
