"""Which parts of an input speak for an answer: attributions by Captum, with the error they make."""

from typing import ClassVar

import numpy as np
import torch
from captum.attr import IntegratedGradients
from pydantic import Field
from torch import Tensor, nn

from explorer.lenses.base import Array, Lens, Picture, Scene
from explorer.signals import Signal
from explorer.validation import Checked

CHUNK = 64  # examples that one internal batch of the path holds


class Attribution(Lens):
    """Integrated Gradients from a baseline of zeros to the example (Sundararajan et al. 2017)."""

    kind: ClassVar[str] = "attribution"
    title: ClassVar[str] = "Integrated Gradients"
    shows: ClassVar[str] = "How much each part of the input adds to one answer, compared with an input of zeros."
    hides: ClassVar[str] = "It does not show what another baseline would say, nor how parts act together."
    is_live: ClassVar[bool] = False

    target: int | None = Field(None, ge=0, description="The answer to explain; empty means the one predicted.")
    path_steps: int = Field(64, ge=8, le=512, description="Points on the way from the baseline to the example.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        signals = checked.description.signals
        return len(signals) == 1 and not signals[0].is_tokens and checked.description.task.steps is None

    def look(self, scene: Scene) -> Picture:
        (example,) = scene.inputs()
        baseline = torch.zeros_like(example)
        with torch.no_grad():
            scores = scene.network(example)[0]
            at_baseline = scene.network(baseline)[0]
        target = int(scores.argmax()) if self.target is None else min(self.target, len(scores) - 1)
        found = integrated_gradients(scene.network, example, baseline, target, self.path_steps)
        difference = float(scores[target] - at_baseline[target])
        axes = Signal(tuple(example.shape[1:])).axes
        is_discrete = scene.checked.description.task.is_discrete
        return {
            "input": _array(example[0], axes),
            "scores": _array(found[0], axes),
            "prediction": _array(scores.softmax(0) if is_discrete else scores, ("class",)),
            "target": Array(np.array(target), ()),
            "truth": _array(scene.target().reshape(-1), ("entry",)),
            "completeness_error": Array(np.array(completeness_error(found, difference), np.float32), ()),
        }


def integrated_gradients(network: nn.Module, example: Tensor, baseline: Tensor, target: int, steps: int) -> Tensor:
    """Scores of the shape of `example` (1, ...), for one entry of the network's answer."""
    with torch.backends.cudnn.flags(enabled=False):  # cuDNN refuses the backward pass of an RNN in eval mode
        method = IntegratedGradients(network)
        options = {"n_steps": steps, "method": "riemann_middle", "internal_batch_size": CHUNK}
        return method.attribute(example, baseline, target=target, **options).detach()


def completeness_error(scores: Tensor, difference: float) -> float:
    """|sum of the scores - change of the answer| over |change of the answer| (Sundararajan et al. 2017, axiom 1)."""
    return abs(float(scores.sum()) - difference) / max(abs(difference), 1e-12)


def _array(value: Tensor, axes: tuple[str, ...]) -> Array:
    return Array(value.detach().cpu().numpy(), axes)
