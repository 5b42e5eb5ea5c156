"""Feature maps and kernels of convolutions, and the arithmetic of one place of one map."""

from dataclasses import dataclass
from typing import ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn
from torch.nn import functional as F

from explorer.layers.convolution import Convolution, TimeConvolution
from explorer.lenses.activations.values import layer_values, pick_unit
from explorer.lenses.base import Lens, Scene, choose, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class FeatureMaps(Lens):
    """What every filter finds where, and how one of these numbers comes about: window x kernel + bias."""

    kind: ClassVar[str] = "feature_maps"
    title: ClassVar[str] = "Feature maps"
    shows: ClassVar[str] = "Where each filter of a convolution finds its pattern, with the sum behind one chosen place."
    hides: ClassVar[str] = "A bright map tells that a pattern is there, not that the answer depends on it."

    layer: str | None = Field(None, description="The convolution whose arithmetic is shown; empty means the first.")
    channel: int = Field(0, ge=0, description="Which of its filters.")
    row: int = Field(0, ge=0, le=4095, description="Row of the chosen place; sequences have only row 0.")
    column: int = Field(0, ge=0, le=4095, description="Column of the chosen place, or the step of a sequence.")

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return any(isinstance(node.layer, Convolution) for node in checked.plan.nodes)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        plan = scene.checked.plan
        names = [node.name for node in plan.nodes if isinstance(node.layer, Convolution)]
        one = scene.one()
        inputs = dict(zip(plan.input_names, one.inputs, strict=True))
        before = {plan[name].sources[0] for name in names} - set(inputs)
        _, values = layer_values(scene.network, one, {*names, *before})
        picture: Picture = {
            name: named(part[0], *signal.axes)
            for (name, part), signal in zip(inputs.items(), scene.data.signals, strict=True)
        }
        for name in names:
            module = scene.network.get_submodule(name)
            maps = values[name][0]
            is_flat = isinstance(module, TimeConvolution)
            axes = ("time", "channel") if is_flat else ("channel", "height", "width")
            picture[f"{name}.maps"] = named(maps, *axes, is_coarse=True)
            kernel = ("channel", "input", "time") if is_flat else ("channel", "input", "height", "width")
            assert isinstance(module, nn.Conv1d | nn.Conv2d)
            picture[f"{name}.kernels"] = named(module.weight, *kernel)
        name = choose(self.layer, names)
        module = scene.network.get_submodule(name)
        channel = pick_unit(values[name], self.channel, name)
        found = place_sum(module, (inputs | values)[plan[name].sources[0]][0], channel, self.row, self.column)
        window = ("input", "height", "width")
        return picture | {
            "place": named(torch.tensor([channel, found.row, found.column]), "part"),
            "window": named(found.window, *window),
            "kernel": named(found.kernel, *window),
            "products": named(found.window * found.kernel, *window),
            "bias": named(found.bias),
            "value": named(found.value),
        }


@dataclass(frozen=True)
class PlaceSum:
    """The numbers behind one place of a map: sum(window * kernel) + bias = value."""

    row: int
    column: int
    window: Tensor  # (inputs of the group, height, width), zeros where it reaches over the edge
    kernel: Tensor  # the same shape
    bias: Tensor  # ()

    @property
    def value(self) -> Tensor:
        """What the filter gives at this place."""
        return (self.window * self.kernel).sum() + self.bias


def place_sum(module: nn.Module, value: Tensor, channel: int, row: int, column: int) -> PlaceSum:
    """Cut out what a filter reads at a place, the last one where it is too far: (C, H, W) or (T, C)."""
    assert isinstance(module, nn.Conv1d | nn.Conv2d)
    weight = module.weight
    past = module.past if isinstance(module, TimeConvolution) else 0
    stride, dilation, padding = module.stride, module.dilation, tuple(map(int, module.padding))
    if isinstance(module, nn.Conv1d):  # a picture of one row
        value, weight = value.T[:, None], weight[:, :, None]
        stride, dilation, padding = (1, *stride), (1, *dilation), (0, *padding)
    padded = F.pad(value, (padding[1] + past, padding[1], padding[0], padding[0]))
    heights, widths = (
        range(0, padded.shape[axis + 1] - dilation[axis] * (weight.shape[axis + 2] - 1), stride[axis])
        for axis in (0, 1)
    )
    row, column = min(row, len(heights) - 1), min(column, len(widths) - 1)
    down = heights[row] + dilation[0] * torch.arange(weight.shape[2])
    right = widths[column] + dilation[1] * torch.arange(weight.shape[3])
    in_group = weight.shape[1]
    group = channel // (weight.shape[0] // module.groups)
    window = padded[group * in_group : (group + 1) * in_group][:, down[:, None], right]
    bias = torch.zeros(()) if module.bias is None else module.bias[channel]
    return PlaceSum(row, column, window, weight[channel], bias)
