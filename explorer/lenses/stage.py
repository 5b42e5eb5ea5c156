"""The network as it stands on the stage: what every layer makes of the plane, or of one example."""

from functools import cache
from typing import ClassVar

import numpy as np
import torch
from pydantic import Field
from torch import Tensor

from explorer.datasets.points import EXTENT
from explorer.diagram import columns
from explorer.layers.attention import Attention
from explorer.layers.dense import Linear
from explorer.lenses.base import Array, Lens, Picture, Scene, named
from explorer.lenses.recording import recording
from explorer.validation import Checked

DRAWN_WEIGHTS = 64 * 64  # a larger matrix cannot be told apart as lines
DRAWN_CHANNELS = 32
DRAWN_ANSWERS = 512
DRAWN_CLASSES = 16  # of the answers of all steps
PLANE, WEIGHTS = ("unit", "y", "x"), ("output", "input")


class Stage(Lens):
    """Every layer's answer, the weights between them and the network's own answer."""

    kind: ClassVar[str] = "stage"
    title: ClassVar[str] = "Network"
    shows: ClassVar[str] = "What every layer gives out, and the weights that lead there."
    hides: ClassVar[str] = "It does not show which of these values matter for the answer."

    grid: int = Field(28, ge=8, le=64, description="Points along each side of the plane, for one unit.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return True

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        found = self._plane(scene) if scene.data.view == "points" else self._example(scene)
        return found | weights(scene)

    def _plane(self, scene: Scene) -> Picture:
        side = 2 * self.grid - 1  # the answer is drawn larger: every second point serves the units
        points = plane(side).to(scene.device)
        shown = {column.last.name: column.name for column in columns(scene.checked.plan)}
        with recording(scene.network, shown) as caught:
            output = scene.network(points)
        values = {"input": points, **{shown[name]: value for name, value in caught.items()}}
        found = {name: Array(_maps(value, side)[:, ::2, ::2], PLANE, is_coarse=True) for name, value in values.items()}
        found["surface"] = Array(_maps(_answer(scene, output), side), ("output", "y", "x"), is_coarse=True)
        return found

    def _example(self, scene: Scene) -> Picture:
        inputs = scene.inputs()
        patterns = _patterns(scene)
        shown = {column.last.name: column.name for column in columns(scene.checked.plan)}
        with recording(scene.network, [*shown, *patterns]) as caught:
            output = scene.network(*inputs)
        found = {}
        for name, value in zip(scene.data.input_names, inputs, strict=True):
            found[name] = _one(value[0])
        for name, column in shown.items():
            found[column] = _one(caught[name][0])
        for address, layer in patterns.items():
            found[layer] = Array(caught[address][0].cpu().numpy(), ("head", "query", "key"), is_coarse=True)
        return found | _told(scene, output)


@cache
def plane(side: int) -> Tensor:
    """Points of the plane, (side * side, 2), row by row from the lowest x2. Nobody writes to it."""
    ticks = torch.linspace(-EXTENT, EXTENT, side)
    x2, x1 = torch.meshgrid(ticks, ticks, indexing="ij")
    return torch.stack([x1.flatten(), x2.flatten()], dim=1)


def weights(scene: Scene) -> Picture:
    """Weights and biases of the linear layers that are small enough to be drawn."""
    found: Picture = {}
    for node in scene.checked.plan.nodes:
        if not isinstance(node.layer, Linear):
            continue
        for name, parameter in scene.network.get_submodule(node.name).named_parameters(recurse=False):
            if parameter.numel() <= DRAWN_WEIGHTS:
                axes = WEIGHTS if parameter.dim() == 2 else WEIGHTS[:1]
                found[f"{node.name}.{name}"] = Array(parameter.detach().cpu().numpy().copy(), axes)
    return found


def _told(scene: Scene, output: Tensor) -> Picture:
    """The answer to one example and the right one: at the step that is asked for, and at all steps if they are few."""
    task = scene.data.task
    if not task.is_aligned:
        return {}
    answers = _answer(scene, output)[0]
    asked = answers
    found: Picture = {}
    if task.steps is not None:
        step = scene.answer_step()
        step = len(answers) - 1 if step is None else step
        asked, found["prediction.step"] = answers[step], named(torch.tensor(step))
        if task.outputs <= DRAWN_CLASSES:
            found["prediction.steps"] = named(answers, "time", "class", is_coarse=True)
    found["prediction"] = named(asked.reshape(-1)[:DRAWN_ANSWERS], "class")
    if scene.has_target:
        found["prediction.target"] = named(scene.target()[0], *task.target_axes)
    return found


def _answer(scene: Scene, output: Tensor) -> Tensor:
    """What the output means: probabilities of classes, or the numbers themselves."""
    return output.softmax(-1) if scene.checked.description.task.is_discrete else output


def _maps(values: Tensor, side: int) -> np.ndarray:  # (side * side, units) -> (units, side, side)
    return values.cpu().numpy().T.reshape(-1, side, side)


def _one(value: Tensor) -> Array:
    """One example's value without its batch axis, named by its number of axes."""
    if not value.is_floating_point():
        return Array(value.to(torch.int32).cpu().numpy(), ("time",))
    axes = {1: ("unit",), 2: ("time", "unit"), 3: ("channel", "height", "width")}[value.dim()]
    if value.dim() == 3:
        value = value[:DRAWN_CHANNELS]
    return Array(value.cpu().numpy(), axes, is_coarse=value.dim() > 1)


def _patterns(scene: Scene) -> dict[str, str]:
    """Addresses of the attention patterns, each with the name of its layer."""
    return {
        f"{path}.pattern": path.partition(".")[0]
        for path, module in scene.network.named_modules()
        if isinstance(module, Attention)
    }
