"""Methods that take parts of the input away and look at what the answer loses."""

import math
from typing import ClassVar

import torch
from captum import attr
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.base import CHUNK, SIDE, Method, Question, Verdict, approximate, refused, right, spread
from explorer.lenses.attribution.paths import NO_TRAINING_DATA, background_of
from explorer.lenses.attribution.structure import Structure

EXACT = "It only asks the network for answers, which is exact in every network."


class FeatureAblation(Method):
    """What the answer loses when one part is replaced by the baseline."""

    title: ClassVar[str] = "Feature ablation"
    shows: ClassVar[str] = "What the answer loses when each part alone is replaced by the baseline."
    hides: ClassVar[str] = "It does not see a part that another one can stand in for, and counts a product twice."
    paper: ClassVar[str] = "Zeiler & Fergus 2013, arXiv:1311.2901"

    side: int = SIDE

    def verdict(self, structure: Structure) -> Verdict:
        return right(EXACT)

    def attribute(self, question: Question) -> Tensor:
        parts = question.parts(self.side)
        found = attr.FeatureAblation(question.subject).attribute(
            question.inputs, question.baseline, feature_mask=parts, perturbations_per_eval=CHUNK
        )
        return spread(found, parts)


class Occlusion(Method):
    """Feature ablation with a window that slides over picture or sequence (Zeiler & Fergus 2013)."""

    title: ClassVar[str] = "Occlusion"
    shows: ClassVar[str] = "What the answer loses when a window slides over the input and hides what is beneath."
    hides: ClassVar[str] = (
        "It does not see what two windows hide together; the size of the window decides what is found."
    )
    paper: ClassVar[str] = "Zeiler & Fergus 2013, arXiv:1311.2901"

    window: int = Field(2, ge=1, le=16, description="Pixels along each side of the window, or its steps.")
    stride: int = Field(1, ge=1, le=16, description="Pixels or steps that the window moves on by.")

    def verdict(self, structure: Structure) -> Verdict:
        return right(EXACT)

    def attribute(self, question: Question) -> Tensor:
        shape = question.inputs.shape[1:]
        window = self._sizes(shape, self.window)
        strides = tuple(min(self.stride, size) for size in window)
        if len(shape) == 3:
            strides = (1, *strides[1:])
        elif len(shape) == 2:
            strides = (strides[0], 1)
        found = attr.Occlusion(question.subject).attribute(
            question.inputs, window, strides=strides, baselines=question.baseline, perturbations_per_eval=CHUNK
        )
        return found / math.prod(window)

    @staticmethod
    def _sizes(shape: torch.Size, side: int) -> tuple[int, ...]:
        """The window: through all channels of a picture, all features of a step, or one entry of a row."""
        if len(shape) == 3:
            return (shape[0], min(side, shape[1]), min(side, shape[2]))
        return (min(side, shape[0]), shape[1]) if len(shape) == 2 else tuple(1 for _ in shape)


class FeaturePermutation(Method):
    """What answers lose when one part is shuffled among examples (Breiman 2001; Fisher et al. 2018)."""

    title: ClassVar[str] = "Feature permutation"
    shows: ClassVar[str] = "How much the answers to many examples change when one part is shuffled among them."
    hides: ClassVar[str] = (
        "It tells about all examples together, not about this one, and makes examples that never occur."
    )
    paper: ClassVar[str] = "Fisher et al. 2018, arXiv:1801.01489"
    is_sampled: ClassVar[bool] = True

    side: int = SIDE

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.has_training_data:
            return refused(NO_TRAINING_DATA)
        return approximate("It depends on which examples are shuffled, and how; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        examples = torch.cat([question.inputs, background_of(question)])
        parts = question.parts(self.side)
        with torch.no_grad():
            found = attr.FeaturePermutation(question.subject).attribute(examples, feature_mask=parts)
        return spread(found.abs().mean(0, keepdim=True).expand_as(question.inputs), parts)
