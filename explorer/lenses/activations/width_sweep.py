"""Test error over the width of a network: least squares on the first few hidden units, then more and more of them."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor
from torch.nn import functional

from explorer.datasets.base import Split
from explorer.layers.dense import Linear
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.recording import evaluating
from explorer.lenses.telling import counted
from explorer.validation import Checked

TASKS = ("classification", "regression")
FEWEST = 4  # hidden units of the narrowest network
NOTHING = 1e-12  # of the greatest singular value, below which a direction counts as none


class WidthSweep(Lens):
    """Double descent over width (Belkin et al. 2019, arXiv:1812.11118), in closed form.

    The weights W of the last layer minimise the recipe's squared error with its L2 penalty,
    |F W - Y|^2 + n K l2 |W|^2 for n examples and K classes (half of l2 for numbers), where F (n, k) are the first k
    hidden units. Without a penalty the shortest of the best W is taken, which gradient descent from zero tends to.
    """

    kind: ClassVar[str] = "width_sweep"
    title: ClassVar[str] = "Error over width"
    shows: ClassVar[str] = "Training and held-out error of the best last layer on the first 4, 5, 7, … hidden units."
    hides: ClassVar[str] = "The hidden units are those of this run; a narrower network would have learnt others."
    is_live: ClassVar[bool] = False

    l2: float | None = Field(
        None, ge=0, le=10, description="Penalty on half the sum of squared weights; empty means the recipe's."
    )
    places: int = Field(28, ge=3, le=100, description="Widths tried, evenly over their logarithm.")
    examples: int = Field(256, ge=8, le=1024, description="Training examples, the first so many.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        last, description = checked.plan.nodes[-1], checked.description
        is_flat = description.task.kind in TASKS and description.task.steps is None and len(last.inputs) == 1
        is_linear = isinstance(last.layer, Linear) and len(last.inputs[0].shape) == 1
        return is_flat and is_linear and description.n_train is not None and last.inputs[0].shape[0] > FEWEST

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        train = scene.data.train.take(slice(self.examples)).to(scene.device)
        hidden, target = _hidden(scene, train), _numbers(scene, train)  # (n, unit), (n, K)
        held_out = scene.data.test.to(scene.device)
        hidden_out, target_out = _hidden(scene, held_out), _numbers(scene, held_out)
        l2 = scene.checked.experiment.recipe.l2 if self.l2 is None else self.l2
        ridge = target.numel() * l2 / (1 if scene.data.task.is_discrete else 2)
        found = []
        widths = spread(hidden.shape[1], len(hidden), self.places)
        for width in counted(widths, scene.tell, "width"):
            weights = least_squares(hidden[:, :width], target, ridge)
            errors = [(each[:, :width] @ weights - wanted).square().mean()
                      for each, wanted in ((hidden, target), (hidden_out, target_out))]  # fmt: skip
            found.append(torch.stack([*errors, weights.norm()]))
        train_error, test_error, norm = torch.stack(found).T
        return {
            "width": named(torch.tensor(widths), "width"),
            "train_error": named(train_error, "width"),
            "test_error": named(test_error, "width"),
            "norm": named(norm, "width"),
            "threshold": named(torch.tensor(len(hidden))),
            "l2": named(torch.tensor(l2)),
        }


def spread(widest: int, threshold: int, places: int) -> list[int]:
    """About so many widths, evenly over their logarithm, with the threshold of interpolation if it is among them."""
    even = torch.logspace(torch.tensor(FEWEST).log10(), torch.tensor(widest).log10(), places, dtype=torch.float64)
    return sorted({*even.round().int().tolist(), widest, min(threshold, widest)})


def least_squares(features: Tensor, target: Tensor, ridge: float) -> Tensor:  # (n, k), (n, K) -> (k, K)
    """The weights with the least squared error plus `ridge` times their squared length; the shortest where many are.

    A network that diverged has no such weights: all are NaN.
    """
    if not features.isfinite().all():
        return features.new_full((features.shape[1], target.shape[1]), torch.nan)
    left, strengths, right = torch.linalg.svd(features, full_matrices=False)
    kept = strengths > NOTHING * strengths[:1]
    factors = torch.where(kept, strengths / (strengths.square() + ridge).clamp(min=1e-300), 0)
    return right.T @ (factors[:, None] * (left.T @ target))


def _hidden(scene: Scene, split: Split) -> Tensor:
    """What enters the last layer: (n, unit), in double precision."""
    last = scene.network.get_submodule(scene.checked.plan.nodes[-1].name)
    caught: list[Tensor] = []
    handle = last.register_forward_pre_hook(lambda module, inputs: caught.append(inputs[0].double()))
    try:
        with evaluating(scene.network):
            scene.network(*split.inputs)
    finally:
        handle.remove()
    return caught[0]


def _numbers(scene: Scene, split: Split) -> Tensor:
    """The targets as numbers: +1 for the right class and -1 for the others, as the squared error of classes has it."""
    if not scene.data.task.is_discrete:
        return split.targets.double()
    return 2 * functional.one_hot(split.targets, scene.data.task.outputs).double() - 1
