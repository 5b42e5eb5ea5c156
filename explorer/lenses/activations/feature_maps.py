"""Feature maps and kernels of convolutions."""

from typing import ClassVar

import torch
from torch import nn

from explorer.layers.convolution import Convolution, TimeConvolution
from explorer.lenses.activations.values import layer_values
from explorer.lenses.base import Lens, Scene, named
from explorer.lenses.picture import Picture
from explorer.validation import Checked


class FeatureMaps(Lens):
    """What every filter finds where."""

    kind: ClassVar[str] = "feature_maps"
    title: ClassVar[str] = "Feature maps"
    shows: ClassVar[str] = (
        "Where each filter of a convolution finds its pattern, and the weights that make up the filter."
    )
    hides: ClassVar[str] = "A bright map tells that a pattern is there, not that the answer depends on it."

    @classmethod
    def is_applicable(cls, checked: Checked) -> bool:
        return any(isinstance(node.layer, Convolution) for node in checked.plan.nodes)

    @torch.no_grad()
    def look(self, scene: Scene) -> Picture:
        plan = scene.checked.plan
        names = [node.name for node in plan.nodes if isinstance(node.layer, Convolution)]
        one = scene.one()
        inputs = dict(zip(plan.input_names, one.inputs, strict=True))
        _, values = layer_values(scene.network, one, names)
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
        return picture
