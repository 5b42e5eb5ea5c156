"""The loss around the weights, along one or two directions."""

from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.telling import counted
from explorer.network import Network
from explorer.training.objectives import loss_for
from explorer.validation import Checked

Direction = dict[str, Tensor]  # a change of every parameter


class Landscape(Lens):
    """The loss along random directions, scaled filter by filter to the weights (Li et al. 2018)."""

    kind: ClassVar[str] = "landscape"
    title: ClassVar[str] = "Loss landscape"
    shows: ClassVar[str] = "How the loss changes when all weights are moved at once along one or two random directions."
    hides: ClassVar[str] = "Of very many directions it shows two: a valley here says little about the rest."
    is_live: ClassVar[bool] = False

    dimensions: Literal[1, 2] = Field(1, description="Directions: a line, or a plane.")
    places: int = Field(21, ge=3, le=51, description="Places along each direction.")
    extent: float = Field(1.0, gt=0, le=10, description="How far to go each way; 1 is as far as the weights are long.")
    examples: int = Field(128, ge=4, le=1024, description="Training examples over which the loss is taken.")
    seed: int = Field(0, ge=0, le=2**31 - 1, description="Where chance starts for the directions.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        loss = loss_for(scene.data.task, scene.checked.experiment.recipe.loss)
        split = scene.data.train.take(slice(self.examples)).to(scene.device)
        twin = scene.copy()
        centre = {name: value.clone() for name, value in twin.named_parameters()}
        chance = torch.Generator().manual_seed(self.seed)
        directions = [draw_direction(centre, chance) for _ in range(self.dimensions)]
        ticks = torch.linspace(-self.extent, self.extent, self.places)

        def at(*moves: float) -> Tensor:
            _move(twin, centre, directions, moves)
            return loss(twin(*split.inputs), split.targets)

        picture = {"x": named(ticks, "x"), "here": named(at(*[0.0] * self.dimensions))}
        places = ticks.tolist()
        if self.dimensions == 1:
            return picture | {"loss": named(torch.stack([at(x) for x in counted(places, scene.tell, "place")]), "x")}
        rows = [torch.stack([at(x, y) for x in places]) for y in counted(places, scene.tell, "row")]
        return picture | {"y": named(ticks, "y"), "loss": named(torch.stack(rows), "y", "x")}


def draw_direction(weights: Direction, chance: torch.Generator) -> Direction:
    """A random direction whose every filter, the weights of one unit, is as long as that filter itself.

    Biases and norms stay where they are, as in the paper.
    """
    found = {}
    for name, weight in weights.items():
        drawn = torch.randn(weight.shape, generator=chance).to(weight)
        if weight.dim() < 2:
            found[name] = torch.zeros_like(weight)
            continue
        length, drawn_length = (
            value.flatten(1).norm(dim=1).view(-1, *[1] * (weight.dim() - 1)) for value in (weight, drawn)
        )
        found[name] = drawn * length / drawn_length.clamp(min=1e-12)
    return found


def _move(network: Network, centre: Direction, directions: list[Direction], moves: tuple[float, ...]) -> None:
    for name, parameter in network.named_parameters():
        parameter.copy_(centre[name])
        for direction, far in zip(directions, moves, strict=True):
            parameter.add_(direction[name], alpha=far)
