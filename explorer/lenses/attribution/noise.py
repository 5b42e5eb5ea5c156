"""Another method at noisy copies of the example."""

from dataclasses import replace
from typing import ClassVar, Literal

import torch
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.base import CHUNK, Method, Question, Verdict, approximate
from explorer.lenses.attribution.gradients import InputXGradient, Saliency
from explorer.lenses.attribution.maps import GradCam, GuidedGradCam
from explorer.lenses.attribution.paths import GradientShap, IntegratedGradients
from explorer.lenses.attribution.rules import LRP, Deconvolution, DeepLift, DeepLiftShap, GuidedBackprop
from explorer.lenses.attribution.structure import Structure
from explorer.lenses.choices import Choices

OVER: dict[str, type[Method]] = {  # those that follow gradients or rules; the others ask far from the example anyway
    method.__name__: method
    for method in (
        IntegratedGradients,
        Saliency,
        InputXGradient,
        GradientShap,
        DeepLift,
        DeepLiftShap,
        LRP,
        GuidedBackprop,
        Deconvolution,
        GradCam,
        GuidedGradCam,
    )
}


class NoiseTunnel(Method):
    """Another method, averaged over noisy copies of the example (Smilkov et al. 2017, arXiv:1706.03825)."""

    title: ClassVar[str] = "Noise tunnel"
    shows: ClassVar[str] = "What stays of a gradient map when the example is shaken."
    hides: ClassVar[str] = "It does not tell whether smoothness is the network's or the noise's."
    paper: ClassVar[str] = "Smilkov et al. 2017, arXiv:1706.03825"
    is_sampled: ClassVar[bool] = True

    over: str = Field("Saliency", description="The method that is averaged.", json_schema_extra={"enum": list(OVER)})
    statistic: Literal["smoothgrad", "smoothgrad_sq", "vargrad"] = Field(
        "smoothgrad", description="Mean of the maps, mean of their squares, or their variance."
    )
    samples: int = Field(25, ge=2, le=512, description="Noisy copies.")
    noise: float = Field(
        0.1, gt=0, le=1, description="Standard deviation of the noise, as a share of the range of the training data."
    )

    @classmethod
    def choices(cls, structure: Structure) -> Choices:
        """Methods that may be used on this network."""
        return {"over": [name for name, each in OVER.items() if _is_sound(each().verdict(structure))]}

    def verdict(self, structure: Structure) -> Verdict:
        return approximate("It is a mean over random copies; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        method = OVER[self.over]()
        chunks = self._copies(question).split(CHUNK)
        maps = torch.cat([method.attribute(replace(question, inputs=chunk)).detach() for chunk in chunks])
        if self.statistic == "smoothgrad":
            return maps.mean(0, keepdim=True)
        squares = maps.square().mean(0, keepdim=True)
        return squares if self.statistic == "smoothgrad_sq" else squares - maps.mean(0, keepdim=True).square()

    def _copies(self, question: Question) -> Tensor:
        """The example with noise on the scale of the data: (1, ...) -> (samples, ...)."""
        many = question.inputs.expand(self.samples, *question.inputs.shape[1:])
        return many + self.noise * question.scale * torch.randn(many.shape).to(many)


def _is_sound(found: Verdict) -> bool:
    return found.verdict in ("right", "approximate")
