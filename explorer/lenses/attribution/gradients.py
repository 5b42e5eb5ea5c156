"""Methods that take the gradient at the example, once or at noisy copies of it."""

from typing import ClassVar

from captum import attr
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.base import Method, Question, Verdict, right
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
