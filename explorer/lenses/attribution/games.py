"""Methods that ask for the answer with many subsets of the parts: Shapley values and local fits."""

import math
from typing import Any, ClassVar

import torch
from captum import attr
from captum._utils.models.linear_model import SkLearnLasso
from pydantic import Field
from torch import Tensor

from explorer.errors import EngineError
from explorer.lenses.attribution.base import CHUNK, SIDE, Method, Question, Verdict, approximate, refused, right, spread
from explorer.lenses.attribution.removal import EXACT
from explorer.lenses.attribution.structure import Structure
from explorer.signals import Signal

MOST_PARTS = 13  # 2^13 answers


class ShapleyValues(Method):
    """The mean of what a part adds, over every order in which parts can join (Shapley 1953)."""

    title: ClassVar[str] = "Shapley values"
    shows: ClassVar[str] = "What each part adds on average, in whatever order the parts are brought in."
    hides: ClassVar[str] = (
        "It does not show in which company a part adds something, and asks about inputs that never occur."
    )
    paper: ClassVar[str] = "Shapley 1953; Lundberg & Lee 2017, arXiv:1705.07874"
    adds_up: ClassVar[bool] = True

    side: int = SIDE

    def verdict(self, structure: Structure) -> Verdict:
        n = count_parts(structure.signal, self.side)
        if n > MOST_PARTS:
            return refused(f"{n} parts make 2^{n} subsets, and {MOST_PARTS} parts are the most; make the parts larger.")
        return right(EXACT)

    def attribute(self, question: Question) -> Tensor:
        parts = question.parts(self.side)
        n = int(parts.max()) + 1
        if n > MOST_PARTS:
            raise EngineError(f"ShapleyValues: expected at most {MOST_PARTS} parts, got {n}; make the parts larger.")
        is_in = torch.arange(2**n)[:, None] >> torch.arange(n) & 1 == 1  # (2^n, n), row s holds subset s
        chunks = is_in.to(parts.device).split(CHUNK)
        answers = torch.cat([_answers_to(question, chunk, parts) for chunk in chunks])
        return spread(exact(answers, n)[parts], parts)


def exact(answers: Tensor, n: int) -> Tensor:
    """Shapley values from the answer to every subset; bit i of a subset's number tells whether part i is in.

    phi_i = sum over S without i of |S|! (n - |S| - 1)! / n! (v(S + i) - v(S)) (Shapley 1953)
    """
    subsets = torch.arange(2**n, device=answers.device)
    sizes = (subsets[:, None] >> torch.arange(n, device=answers.device) & 1).sum(1)
    weights = torch.tensor(
        [1 / (n * math.comb(n - 1, size)) if size < n else 0.0 for size in range(n + 1)], dtype=torch.float64
    ).to(answers.device)
    values = []
    for part in range(n):
        without = subsets[(subsets >> part & 1) == 0]
        gains = answers[without + 2**part] - answers[without]
        values.append((weights[sizes[without]] * gains.double()).sum())
    return torch.stack(values).to(answers.dtype)


def _answers_to(question: Question, is_in: Tensor, parts: Tensor) -> Tensor:
    """The answer when only some parts are there and the others are as in the baseline: (S, n) -> (S,)."""
    keeps = is_in[:, parts[0]]  # (S, ...)
    return question.answers(torch.where(keeps, question.inputs, question.baseline))


class ShapleyValueSampling(Method):
    """Shapley values from random orders alone (Castro et al. 2009; Strumbelj & Kononenko 2010)."""

    title: ClassVar[str] = "Sampled Shapley values"
    shows: ClassVar[str] = "What each part adds on average, over some random orders of bringing parts in."
    hides: ClassVar[str] = "It does not give the same scores twice: the sum is exact, the split is not."
    paper: ClassVar[str] = "Castro et al. 2009, doi:10.1016/j.cor.2008.04.004"
    adds_up: ClassVar[bool] = True
    is_sampled: ClassVar[bool] = True

    side: int = SIDE
    orders: int = Field(25, ge=1, le=1024, description="Random orders.")

    def verdict(self, structure: Structure) -> Verdict:
        return approximate("It is a mean over random orders; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        return _by_samples(attr.ShapleyValueSampling(question.subject), question, self.side, self.orders)


class KernelShap(Method):
    """Shapley values from a weighted linear fit to random subsets (Lundberg & Lee 2017, arXiv:1705.07874)."""

    title: ClassVar[str] = "KernelShap"
    shows: ClassVar[str] = "An estimate of the Shapley values by a straight line through random subsets of the parts."
    hides: ClassVar[str] = "It does not split well with few samples, although the sum is exact."
    paper: ClassVar[str] = "Lundberg & Lee 2017, arXiv:1705.07874"
    adds_up: ClassVar[bool] = True
    is_sampled: ClassVar[bool] = True

    side: int = SIDE
    samples: int = Field(200, ge=10, le=8192, description="Random subsets.")

    def verdict(self, structure: Structure) -> Verdict:
        return approximate("It is a fit to random subsets; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        return _by_samples(attr.KernelShap(question.subject), question, self.side, self.samples)


class Lime(Method):
    """A sparse straight line that follows the answer near the example (Ribeiro et al. 2016, arXiv:1602.04938)."""

    title: ClassVar[str] = "Lime"
    shows: ClassVar[str] = "The weights of a simple linear model that imitates the network near the example."
    hides: ClassVar[str] = "It is no estimate of Shapley values, and does not tell how badly the line fits."
    paper: ClassVar[str] = "Ribeiro et al. 2016, arXiv:1602.04938"
    is_sampled: ClassVar[bool] = True

    side: int = SIDE
    samples: int = Field(200, ge=10, le=8192, description="Random subsets.")
    penalty: float = Field(0.01, ge=0, le=10, description="Price of a weight, which makes small ones zero.")

    def verdict(self, structure: Structure) -> Verdict:
        return approximate("It imitates the network by a straight line; look at the spread over seeds.")

    def attribute(self, question: Question) -> Tensor:
        rule = attr.Lime(question.subject, interpretable_model=SkLearnLasso(alpha=self.penalty))
        return _by_samples(rule, question, self.side, self.samples)


def _by_samples(rule: Any, question: Question, side: int, n_samples: int) -> Tensor:
    """Scores by a rule of Captum's that asks about so many random orders or subsets of the parts."""
    parts = question.parts(side)
    options = {"feature_mask": parts, "n_samples": n_samples, "perturbations_per_eval": CHUNK}
    return spread(rule.attribute(question.inputs, question.baseline, **options), parts)


def count_parts(signal: Signal, side: int) -> int:
    """How many parts an input falls into."""
    shape = signal.shape
    if len(shape) == 3:
        return math.prod(math.ceil(size / side) for size in shape[1:])
    is_sequence = signal.is_tokens or len(shape) == 2
    return math.ceil(shape[0] / side) if is_sequence else math.prod(shape)
