"""Gradient reach: how far back in time an answer feels its input."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.datasets.base import Split
from explorer.lenses.base import Lens, Scene, named, row
from explorer.lenses.picture import Picture
from explorer.lenses.recording import replacing
from explorer.lenses.states.memory import recurrent_names, tracks
from explorer.network import Network
from explorer.validation import Checked


class GradientReach(Lens):
    """The norm of d answer / d input_t (Bengio, Simard and Frasconi 1994); for tokens, of their embedding."""

    kind: ClassVar[str] = "gradient_reach"
    title: ClassVar[str] = "Reach back in time"
    shows: ClassVar[str] = "How much a small change of the input at each step would move one answer."
    hides: ClassVar[str] = "A steep slope is not a cause; where a gate is shut for good, the slope is 0 all the same."

    position: int | None = Field(None, ge=0, le=4095, description="The step that answers; empty means the last.")
    examples: int = Field(32, ge=4, le=256, description="Held-out examples over which the mean is taken.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(recurrent_names(checked)) and len(checked.description.signals) == 1

    def look(self, scene: Scene) -> Picture:
        one = scene.one()
        with torch.no_grad():
            output = scene.network(*one.inputs)
        own = reach(scene.network, one, self.position)[0]
        mean = reach(scene.network, scene.held_out(self.examples).begun(one), self.position).mean(0)
        place = row(output[0], self.position) if output.dim() == 3 else len(own) - 1
        return tracks(scene, one, output) | {
            "place": named(place),
            "reach": named(own, "time"),
            "mean_reach": named(mean, "time"),
        }


def reach(network: Network, split: Split, position: int | None) -> Tensor:
    """The norm of the gradient of the greatest entry of the answer, at each step of the input: (B, T)."""
    (inputs,) = split.inputs
    entry: list[Tensor] = []

    def enter(value: Tensor) -> Tensor:
        entry.append(value.detach().requires_grad_())
        return entry[0]

    tables = [name for name, module in network.named_modules() if isinstance(module, nn.Embedding)][:1]
    with (
        torch.enable_grad(),
        torch.backends.cudnn.flags(enabled=False),
        replacing(network, dict.fromkeys(tables, enter)),
    ):  # cuDNN refuses the backward pass of an RNN in eval mode
        answers = network(inputs if tables else enter(inputs))
        if answers.dim() == 3:
            answers = answers[:, row(answers[0], position)]
        (gradient,) = torch.autograd.grad(answers.max(-1).values.sum(), entry[0])
    return gradient.norm(dim=-1)
