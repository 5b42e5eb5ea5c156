"""Activation maximisation: an input made to drive a unit as high as it goes."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.activations.values import layer_names, layer_values, pick_unit, unit_axis
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.lenses.recording import replacing
from explorer.lenses.telling import counted
from explorer.network import Network
from explorer.validation import Checked


class ActivationMaximisation(Lens):
    """Gradient ascent on the input from noise, inside the range of the data (Erhan et al. 2009)."""

    kind: ClassVar[str] = "activation_maximisation"
    title: ClassVar[str] = "What a unit likes best"
    shows: ClassVar[str] = "An input that was changed step by step to drive one unit up, beside the best real example."
    hides: ClassVar[str] = (
        "It is one of many such inputs, and unlike any that was ever seen; another seed gives another."
    )
    is_live: ClassVar[bool] = False

    layer: str | None = Field(None, description="Which layer; empty means the last.")
    unit: int = Field(0, ge=0, description="Which unit or channel; of a map the mean over all places counts.")
    ascent_steps: int = Field(64, ge=1, le=512, description="Steps uphill.")
    rate: float = Field(0.1, gt=0, le=1, description="Length of a step, as a share of the range of the data.")
    penalty: float = Field(0.01, ge=0, le=10, description="Pull of the input towards the mean of the data.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts for the noise.")
    examples: int = Field(128, ge=8, le=1024, description="Held-out examples that it is compared with.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        signals = checked.description.signals
        return len(signals) == 1 and not signals[0].is_tokens

    def look(self, scene: Scene) -> Picture:
        names = layer_names(scene.checked)
        name = names[-1] if self.layer is None else choose(self.layer, names)
        split = scene.held_out(self.examples)
        _, values = layer_values(scene.network, split, [name])
        unit = pick_unit(values[name], self.unit, name)
        heights = _mean_over_places(values[name])[:, unit]
        real, low, high = split.inputs[0], split.inputs[0].min().item(), split.inputs[0].max().item()
        centre, span = real.mean(0, keepdim=True), (high - low) or 1.0
        chance = torch.Generator().manual_seed(self.seed)
        noise = 0.1 * span * torch.randn(centre.shape, generator=chance).to(centre)
        found, path = (centre + noise).clamp(low, high), []
        for _ in counted(range(self.ascent_steps), scene.tell, "step uphill"):
            height, slope = _slope(scene.network, name, unit, found)
            path.append(height)
            slope = slope / slope.norm().clamp(min=1e-12) * slope.numel() ** 0.5  # root mean square 1
            pull = self.penalty * (found - centre) / span
            found = (found + self.rate * span * (slope - pull) / self.ascent_steps**0.5).clamp(low, high)
        path.append(_slope(scene.network, name, unit, found)[0])
        axes = scene.data.signals[0].axes
        best = int(heights.argmax())
        return {
            "input": named(found[0], *axes),
            "path": named(torch.tensor(path), "step"),
            "real_input": named(real[best], *axes),
            "real_example": named(best),
            "real_value": named(heights[best]),
        }


def _mean_over_places(values: Tensor) -> Tensor:  # (B, ...) -> (B, units)
    return values.movedim(unit_axis(values), -1).flatten(1, -2).mean(1) if values.dim() > 2 else values


def _slope(network: Network, name: str, unit: int, inputs: Tensor) -> tuple[float, Tensor]:
    """The height of a unit for one input, and its gradient."""
    inputs = inputs.detach().requires_grad_()
    kept: list[Tensor] = []

    def keep(value: Tensor) -> Tensor:
        kept.append(value)
        return value

    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False), replacing(network, {name: keep}):
        network(inputs)  # cuDNN refuses the backward pass of an RNN in eval mode
        height = _mean_over_places(kept[0])[0, unit]
        (slope,) = torch.autograd.grad(height, inputs)
    return height.item(), slope
