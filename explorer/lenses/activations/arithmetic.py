"""One number of one layer, and the arithmetic that leads to it."""

from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor

from explorer.layers.activation import Softmax
from explorer.lenses.activations.sums import SUMS, Place, Sum, softmax
from explorer.lenses.activations.values import layer_values, pick_unit
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.signals import AXES
from explorer.validation import Checked

PROBABILITIES = "probabilities"  # what the loss for classes makes of the answer


class Arithmetic(Lens):
    """What a layer reads for one number, what it multiplies it with, and what comes out."""

    kind: ClassVar[str] = "arithmetic"
    title: ClassVar[str] = "One number"
    shows: ClassVar[str] = "The numbers that go into one number of a layer, and the steps from there to its value."
    hides: ClassVar[str] = "It does not show how this number bears on the answer, nor where its weights come from."

    layer: str | None = Field(
        None,
        description="Which layer, or probabilities for the softmax of the answer; empty means the first.",
        json_schema_extra={"kinds": list(SUMS)},
    )
    unit: int = Field(0, ge=0, description="Which unit, channel or class.")
    row: int = Field(0, ge=0, le=4095, description="Row of the chosen place of a picture.")
    column: int = Field(0, ge=0, le=4095, description="Column of the chosen place, or the step of a sequence.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return bool(_names(checked))

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        plan, one, names = scene.checked.plan, scene.one(), _names(scene.checked)
        name = choose(self.layer, names)
        is_answer = name == PROBABILITIES and name not in {node.name for node in plan.nodes}
        sources = (plan.output_name,) if is_answer else plan[name].sources
        inputs = dict(zip(plan.input_names, one.inputs, strict=True))
        wanted = {*sources, *([] if is_answer else [name])} - set(inputs)
        values = inputs | layer_values(scene.network, one, wanted)[1]
        gives = values[sources[0]].softmax(-1) if is_answer else values[name]
        place = self._place(gives, name)
        module = None if is_answer else scene.network.get_submodule(name)
        take = softmax if is_answer else SUMS[plan[name].layer.kind]
        found = take(module, tuple(values[source][0] for source in sources), place)
        has_classes = name in (plan.output_name, PROBABILITIES)
        return {
            "reads": named(values[sources[0]][0], *_axes(values[sources[0]][0], False)),
            "gives": named(gives[0], *_axes(gives[0], has_classes)),
            "place": named(torch.tensor(place), "part"),
            "frame": named(torch.tensor(found.frame or (place.row, place.column, 1, 1)), "part"),
            **_told(found, ("class",) if has_classes and take is softmax else found.axes),
        }

    def _place(self, gives: Tensor, name: str) -> Place:
        """The place that was asked for, or the last that there is: (1, ...)."""
        shape, unit = gives.shape[1:], pick_unit(gives, self.unit, name)
        rows, columns = shape[1:] if len(shape) == 3 else (1, shape[0] if len(shape) == 2 else 1)
        return Place(unit, min(self.row, rows - 1), min(self.column, columns - 1))


def _names(checked: Checked) -> list[str]:
    """The layers whose arithmetic can be told, and the probabilities where there are classes."""
    nodes = checked.plan.nodes
    names = [node.name for node in nodes if node.layer.kind in SUMS]
    is_shares = isinstance(checked.plan[checked.plan.output_name].layer, Softmax)
    has_more = checked.description.task.is_discrete and not is_shares
    return list(dict.fromkeys([*names, *([PROBABILITIES] if has_more else [])]))


def _axes(value: Tensor, has_classes: bool) -> tuple[str, ...]:
    if not value.is_floating_point():
        return ("time",)
    axes = AXES[value.dim()]
    return (*axes[:-1], "class") if has_classes else axes


def _told(found: Sum, axes: tuple[str, ...]) -> Picture:
    """Parts and numbers; of a row of parts also the order in which they count."""
    picture = {name: named(value, *axes) for name, value in found.parts.items()}
    if len(axes) == 1 and found.parts:
        sizes = list(found.parts.values())[-1].abs()
        picture["order"] = named(sizes.argsort(descending=True, stable=True), "rank")
    return picture | {name: named(value) for name, value in found.numbers.items()}
