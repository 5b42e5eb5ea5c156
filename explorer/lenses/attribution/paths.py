"""Methods that gather gradients on the way from a baseline to the example."""

from typing import ClassVar

import torch
from captum import attr
from pydantic import Field
from torch import Tensor

from explorer.lenses.attribution.base import CHUNK, Method, Question, Verdict, approximate, refused, right
from explorer.lenses.attribution.structure import (
    ATTENTION,
    KINKED,
    NORMS,
    Structure,
    is_foreign,
    is_rectified_recurrence,
)

NO_TRAINING_DATA = "It needs training examples to compare with, and there are none at hand."


class IntegratedGradients(Method):
    """The mean gradient on the straight way from the baseline, times that way (Sundararajan et al. 2017)."""

    title: ClassVar[str] = "Integrated Gradients"
    shows: ClassVar[str] = "How much each part of the input adds to the answer, compared with the baseline."
    hides: ClassVar[str] = "It does not show what another baseline would say, nor how parts act together."
    paper: ClassVar[str] = "Sundararajan et al. 2017, arXiv:1703.01365"
    adds_up: ClassVar[bool] = True

    path_steps: int = Field(64, ge=8, le=2048, description="Points on the way from the baseline to the example.")

    def verdict(self, structure: Structure) -> Verdict:
        return on_path(structure, "see the completeness error")

    def attribute(self, question: Question) -> Tensor:
        return attr.IntegratedGradients(question.subject).attribute(
            question.inputs,
            question.baseline,
            n_steps=self.path_steps,
            method="riemann_middle",
            internal_batch_size=CHUNK,
        )


def on_path(structure: Structure, advice: str) -> Verdict:
    """Whether a sum over points of a path gives the integral; where it may not, what to do about it."""
    bend = structure.first(*KINKED, *NORMS, *ATTENTION, is_rectified_recurrence, is_foreign)
    if bend is None:
        return right("Every layer is smooth, so that few points give the integral.")
    return approximate(f"{bend} bends sharply, so that the sum over points misses some; {advice}.")


class GradientShap(Method):
    """Gradients at random points of random ways from training examples (Erion et al. 2019, arXiv:1906.10670)."""

    title: ClassVar[str] = "GradientShap"
    shows: ClassVar[str] = "How much each part adds to the answer, compared with typical training examples."
    hides: ClassVar[str] = "It does not show single comparisons, and another seed gives somewhat other scores."
    paper: ClassVar[str] = "Erion et al. 2019, arXiv:1906.10670"
    adds_up: ClassVar[bool] = True
    is_sampled: ClassVar[bool] = True

    samples: int = Field(200, ge=8, le=4096, description="Random points.")

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.has_training_data:
            return refused(NO_TRAINING_DATA)
        return approximate("It is a mean over random points; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        background = background_of(question)
        total, left = torch.zeros_like(question.inputs), self.samples
        while left:
            n = min(left, CHUNK)
            method = attr.GradientShap(question.subject)
            total += n * method.attribute(question.inputs, background, n_samples=n, stdevs=0.0).detach()
            left -= n
        return total / self.samples

    def change(self, question: Question) -> float:
        return change_from_background(question)


def background_of(question: Question) -> Tensor:
    """Training examples to compare with; the baseline where there are none."""
    return question.baseline if question.background is None else question.background


def change_from_background(question: Question) -> float:
    """The answer less the mean answer to training examples."""
    return float(question.answers(question.inputs)[0] - question.answers(background_of(question)).mean())
