"""Methods that take the gradient at the example, once or at noisy copies of it."""

from typing import Any, ClassVar, Literal

from captum import attr
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.base import CHUNK, Method, Question, Verdict, approximate, right
from explorer.lenses.attribution.structure import Structure


class Saliency(Method):
    """The gradient of the answer at the example (Simonyan et al. 2013, arXiv:1312.6034)."""

    title: ClassVar[str] = "Saliency"
    shows: ClassVar[str] = "How fast the answer would change with each part of the input."
    hides: ClassVar[str] = "It does not show what is there: a part that matters but is saturated gets nothing."
    paper: ClassVar[str] = "Simonyan et al. 2013, arXiv:1312.6034"

    absolute: bool = Field(False, description="Drop the sign.")

    def verdict(self, structure: Structure) -> Verdict:
        return right("The gradient is exact in every network.")

    def attribute(self, question: Question) -> Tensor:
        return attr.Saliency(question.subject).attribute(question.inputs, abs=self.absolute)


class InputXGradient(Method):
    """The gradient times the input (Shrikumar et al. 2016, arXiv:1605.01713)."""

    title: ClassVar[str] = "Input × gradient"
    shows: ClassVar[str] = (
        "What each part would add if the network were as straight everywhere as it is at the example."
    )
    hides: ClassVar[str] = "It does not see bends: on a product it counts twice, in saturation it gives nothing."
    paper: ClassVar[str] = "Shrikumar et al. 2016, arXiv:1605.01713"

    def verdict(self, structure: Structure) -> Verdict:
        return right("The gradient is exact in every network.")

    def attribute(self, question: Question) -> Tensor:
        return attr.InputXGradient(question.subject).attribute(question.inputs)


class NoiseTunnel(Method):
    """Another method, averaged over noisy copies of the example (Smilkov et al. 2017, arXiv:1706.03825)."""

    title: ClassVar[str] = "Noise tunnel"
    shows: ClassVar[str] = "What stays of a gradient map when the example is shaken."
    hides: ClassVar[str] = "It does not tell whether smoothness is the network's or the noise's."
    paper: ClassVar[str] = "Smilkov et al. 2017, arXiv:1706.03825"
    is_sampled: ClassVar[bool] = True

    over: Literal["Saliency", "InputXGradient", "IntegratedGradients"] = Field(
        "Saliency", description="The method that is averaged."
    )
    statistic: Literal["smoothgrad", "smoothgrad_sq", "vargrad"] = Field(
        "smoothgrad", description="Mean of the maps, mean of their squares, or their variance."
    )
    samples: int = Field(25, ge=2, le=512, description="Noisy copies.")
    noise: float = Field(
        0.1, gt=0, le=1, description="Standard deviation of the noise, as a share of the input's range."
    )

    def verdict(self, structure: Structure) -> Verdict:
        return approximate("It is a mean over random copies; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        values = question.inputs
        scale = float(values.max() - values.min()) or 1.0
        tunnel = attr.NoiseTunnel(getattr(attr, self.over)(question.subject))
        options: dict[str, Any] = {}
        if self.over == "Saliency":
            options = {"abs": False}
        if self.over == "IntegratedGradients":
            options = {"baselines": question.baseline, "method": "riemann_middle", "internal_batch_size": CHUNK}
        return tunnel.attribute(
            values,
            nt_type=self.statistic,
            nt_samples=self.samples,
            nt_samples_batch_size=CHUNK,
            stdevs=self.noise * scale,
            **options,
        )
