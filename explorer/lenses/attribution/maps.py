"""Methods that read the last picture inside a convolutional network and lay it over the input."""

from typing import ClassVar

import torch
from captum import attr
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from explorer.errors import EngineError
from explorer.lenses.attribution.base import Method, Question, Verdict, refused, right
from explorer.lenses.attribution.rules import GuidedBackprop
from explorer.lenses.attribution.structure import Structure, picture_layers
from explorer.network import Network


class GradCam(Method):
    """Channels of a layer, weighed by their mean gradients and added up (Selvaraju et al. 2016, arXiv:1610.02391)."""

    title: ClassVar[str] = "Grad-CAM"
    shows: ClassVar[str] = "Where in the picture a convolutional layer found what speaks for the answer."
    hides: ClassVar[str] = "It does not show single pixels: the map is as coarse as the layer's own picture."
    paper: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    layer: str | None = Field(None, description="The layer whose channels are read; empty means the last that fits.")

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.picture_layers:
            return refused("There is no convolution over pictures through which the whole answer goes.")
        if self.layer is not None and self.layer not in structure.picture_layers:
            return refused(f"Layer {self.layer} is none of {', '.join(structure.picture_layers)}.")
        return right("The layer's channels and their gradients are exact.")

    def attribute(self, question: Question) -> Tensor:
        coarse = attr.LayerGradCam(question.subject, _layer(question, self.layer)).attribute(
            question.inputs, relu_attributions=True
        )
        size = question.inputs.shape[2:]
        return F.interpolate(coarse.detach(), size, mode="bilinear").expand_as(question.inputs).contiguous()


class GuidedGradCam(Method):
    """Guided Backprop where Grad-CAM is warm (Selvaraju et al. 2016, arXiv:1610.02391)."""

    title: ClassVar[str] = "Guided Grad-CAM"
    shows: ClassVar[str] = "Sharp patterns, kept only where a convolutional layer speaks for the answer."
    hides: ClassVar[str] = "Its fine detail comes from Guided Backprop and hardly depends on the answer."
    paper: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    layer: str | None = Field(None, description="The layer whose channels are read; empty means the last that fits.")

    def verdict(self, structure: Structure) -> Verdict:
        found = GradCam(layer=self.layer).verdict(structure)
        return found if found.verdict != "right" else GuidedBackprop().verdict(structure)

    def attribute(self, question: Question) -> Tensor:
        where = GradCam(layer=self.layer).attribute(question)
        with torch.enable_grad():
            return where * GuidedBackprop().attribute(question)


def _layer(question: Question, name: str | None) -> torch.nn.Module:
    network = question.subject.network
    fitting = picture_layers(network) if isinstance(network, Network) else ()
    if not fitting or name not in (None, *fitting):
        raise EngineError(f"layer: expected one of {', '.join(fitting) or 'no layer at all'}, got {name}.")
    return network.get_submodule(name or fitting[-1])
