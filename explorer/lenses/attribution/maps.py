"""Methods that read the last picture inside a convolutional network and lay it over the input."""

from typing import ClassVar

import torch
from captum import attr
from pydantic import Field
from torch import Tensor
from torch.nn import functional as F

from explorer.lenses.attribution.base import Method, Question, Verdict, refused, right
from explorer.lenses.attribution.rules import GuidedBackprop
from explorer.lenses.attribution.structure import Structure, picture_layers
from explorer.lenses.choices import Choices
from explorer.network import Network


class OfPictures(Method):
    """What methods share that read one picture inside a network."""

    layer: str | None = Field(None, description="The layer whose channels are read; empty means the last that fits.")

    @classmethod
    def choices(cls, structure: Structure) -> Choices:
        """Layers that give out a picture on the way of the whole answer."""
        return {"layer": structure.picture_layers}


class GradCam(OfPictures):
    """Channels of a layer, weighed by their mean gradients and added up (Selvaraju et al. 2016, arXiv:1610.02391)."""

    title: ClassVar[str] = "Grad-CAM"
    shows: ClassVar[str] = "Where in the picture a convolutional layer found what speaks for the answer."
    hides: ClassVar[str] = "It does not show single pixels: the map is as coarse as the layer's own picture."
    paper: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.picture_layers:
            return refused("There is no convolution over pictures through which the whole answer goes.")
        return right("The layer's channels and their gradients are exact.")

    def attribute(self, question: Question) -> Tensor:
        coarse = attr.LayerGradCam(question.subject, _layer(question, self.layer)).attribute(
            question.inputs, relu_attributions=True
        )
        size = question.inputs.shape[2:]
        return F.interpolate(coarse.detach(), size, mode="bilinear").expand_as(question.inputs).contiguous()


class GuidedGradCam(OfPictures):
    """Guided Backprop where Grad-CAM is warm (Selvaraju et al. 2016, arXiv:1610.02391)."""

    title: ClassVar[str] = "Guided Grad-CAM"
    shows: ClassVar[str] = "Sharp patterns, kept only where a convolutional layer speaks for the answer."
    hides: ClassVar[str] = "Its fine detail comes from Guided Backprop and hardly depends on the answer."
    paper: ClassVar[str] = "Selvaraju et al. 2016, arXiv:1610.02391"

    def verdict(self, structure: Structure) -> Verdict:
        found = GradCam(layer=self.layer).verdict(structure)
        return found if found.verdict != "right" else GuidedBackprop().verdict(structure)

    def attribute(self, question: Question) -> Tensor:
        where = GradCam(layer=self.layer).attribute(question)
        with torch.enable_grad():
            return where * GuidedBackprop().attribute(question)


def _layer(question: Question, name: str | None) -> torch.nn.Module:
    network = question.subject.network
    assert isinstance(network, Network)  # no other has layers to choose from
    return network.get_submodule(name or picture_layers(network.plan)[-1])
