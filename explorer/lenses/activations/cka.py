"""Centred kernel alignment: how alike two layers see the same examples."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.errors import EngineError
from explorer.lenses.activations.values import layer_names, layer_values
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class Cka(Lens):
    """Linear CKA (Kornblith et al. 2019) between all pairs of layers, at one step or between two."""

    kind: ClassVar[str] = "cka"
    title: ClassVar[str] = "Likeness of layers"
    shows: ClassVar[str] = "How alike each pair of layers arranges the examples; 1 is the same up to rotation and size."
    hides: ClassVar[str] = "Few large directions decide it, and layers that are alike need not do the same."
    is_live: ClassVar[bool] = False

    other_step: int | None = Field(None, ge=0, description="A kept step to compare with; empty means the same.")
    examples: int = Field(256, ge=8, le=1024, description="Held-out examples.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return len(checked.plan.nodes) > 1

    def look(self, scene: Scene) -> Picture:
        split, names = scene.held_out(self.examples), layer_names(scene.checked)
        _, values = layer_values(scene.network, split, names)
        others = values
        if self.other_step is not None:
            if scene.run is None:
                raise EngineError(
                    "lens.other_step: expected nothing while the run trains; look at a kept step instead."
                )
            _, others = layer_values(scene.copy(scene.run.snapshot(self.other_step)), split, names)
        one, other = (torch.stack([kernel(part[name]).flatten() for name in names]) for part in (values, others))
        likeness = one @ other.T  # (layers, layers)
        return {  # columns in the order of the rows
            f"{name}.likeness": named(row.float(), "layer") for name, row in zip(names, likeness, strict=True)
        }


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
