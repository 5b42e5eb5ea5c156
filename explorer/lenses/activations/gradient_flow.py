"""Gradients and updates layer by layer, now and over the course of a run."""

from collections.abc import Mapping
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.base import Split
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.network import Network
from explorer.training.objectives import Loss, loss_for
from explorer.validation import Checked


class GradientFlow(Lens):
    """Norms of the gradient and of the weights of every layer, and how far they moved between two snapshots."""

    kind: ClassVar[str] = "gradient_flow"
    title: ClassVar[str] = "Gradients by layer"
    shows: ClassVar[str] = "How steep the loss is in each layer's weights, and how far they move in a step, over time."
    hides: ClassVar[str] = "It is taken in eval mode on a few training examples; between snapshots the way may wind."
    is_live: ClassVar[bool] = False

    examples: int = Field(64, ge=4, le=1024, description="Training examples over which the loss is taken.")
    most: int = Field(16, ge=1, le=128, description="Snapshots that are looked at, spread over the run.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    def look(self, scene: Scene) -> Picture:
        loss = loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        split = scene.data.train.take(slice(self.examples)).to(scene.device)
        twin = scene.copy()
        names = [name for name, module in twin.named_children() if any(True for _ in module.parameters())]
        steps = spread(scene.run.steps() if scene.run else [], scene.step, self.most)
        gradients: dict[str, list[Tensor]] = {name: [] for name in names}
        weights: dict[str, list[Tensor]] = {name: [] for name in names}
        moves: dict[str, list[Tensor]] = {name: [] for name in names}
        before: Mapping[str, Tensor] | None = None
        for place, step in enumerate(counted(steps, scene.tell, "snapshot")):
            if scene.run and step != scene.step:
                twin.load_state_dict(scene.run.snapshot(step))
            else:
                twin.load_state_dict(scene.network.state_dict())
            found = layer_gradients(twin, split, loss)
            now = {name: parameter.detach().clone() for name, parameter in twin.named_parameters()}
            for name in names:
                gradients[name].append(_norm(found, name))
                weights[name].append(_norm(now, name))
                if before is not None:
                    moved = {key: now[key] - before[key] for key in now}
                    length = _norm(moved, name) / (step - steps[place - 1])
                    moves[name].append(length / _norm(before, name).clamp(min=1e-12))
            before = now
        picture: Picture = {"steps": named(torch.tensor(steps), "snapshot")}
        for name in names:
            picture[f"{name}.gradient_norm"] = named(torch.stack(gradients[name]), "snapshot")
            picture[f"{name}.weight_norm"] = named(torch.stack(weights[name]), "snapshot")
            if moves[name]:
                picture[f"{name}.update_ratio"] = named(torch.stack(moves[name]), "interval")
        return picture


def spread(kept: list[int], step: int, most: int) -> list[int]:
    """At most so many of the kept steps, spread evenly, with `step` among them."""
    others = [each for each in kept if each != step]
    if len(others) > most - 1:
        places = torch.linspace(0, len(others) - 1, most - 1).round().int().tolist() if most > 1 else []
        others = [others[place] for place in places]
    return sorted({*others, step})


def layer_gradients(network: Network, split: Split, loss: Loss) -> dict[str, Tensor]:
    """The gradient of the loss by parameter; the network's own gradients are left alone."""
    named_parameters = dict(network.named_parameters())
    with torch.enable_grad(), torch.backends.cudnn.flags(enabled=False):  # cuDNN refuses an RNN in eval mode
        value = loss(network(*split.inputs), split.targets)
        found = torch.autograd.grad(value, list(named_parameters.values()), allow_unused=True)
    return {
        name: torch.zeros_like(parameter) if gradient is None else gradient
        for (name, parameter), gradient in zip(named_parameters.items(), found, strict=True)
    }


def _norm(values: Mapping[str, Tensor], layer: str) -> Tensor:
    """The length of all values of a layer taken as one vector."""
    return torch.stack([value.norm() for name, value in values.items() if name.startswith(f"{layer}.")]).norm()
