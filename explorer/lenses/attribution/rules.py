"""Methods that walk back through the layers by a rule of their own for each kind of layer."""

from collections.abc import Callable
from typing import Any, ClassVar

import torch
from captum import attr
from captum.attr._core.deep_lift import nonlinear
from captum.attr._utils.lrp_rules import EpsilonRule
from torch import Tensor, nn

from explorer.layers.dense import FeatureExpansion
from explorer.layers.pooling import GlobalMax
from explorer.lenses.attribution.base import Method, Question, Verdict, approximate, refused, right, wrong
from explorer.lenses.attribution.paths import NO_TRAINING_DATA, background_of, change_from_background
from explorer.lenses.attribution.structure import (
    AFFINE,
    CONTAINERS,
    ELEMENTWISE,
    JOINT,
    MAX_POOLS,
    Structure,
    has_bias,
    is_curved_features,
    is_foreign,
    is_rectified_recurrence,
)

CURVED_END = "The likelihood of a sequence is computed after the last layer, where its rules do not reach."
CHOOSING = (*MAX_POOLS, GlobalMax)


class Rescaled(attr.DeepLift):
    """Captum's DeepLift, with the Rescale rule for every function of one number and a rule for every maximum.

    Captum's rule for a maximum mixes up the examples of a batch (captum issue 1276) and overlapping windows.
    """

    def _is_non_linear(self, module: nn.Module) -> bool:
        return isinstance(module, (*ELEMENTWISE, *CHOOSING))

    def _backward_hook(self, module: nn.Module, grad_input: Tensor, grad_output: Tensor) -> Tensor:
        if not self.satisfies_attribute_criteria(module):
            raise RuntimeError(f"{type(module).__name__} is used more than once")
        rule: Callable[..., Tensor] = maximum if isinstance(module, CHOOSING) else nonlinear
        found = rule(module, module.input, module.output, grad_input, grad_output, eps=self.eps)
        del module.input, module.output
        return found


def maximum(
    module: nn.Module, inputs: Tensor, outputs: Tensor, grad_input: Tensor, grad_output: Tensor, eps: float
) -> Tensor:
    """Share the change of a maximum out to the place that won and the place that had won (as in DeepExplain)."""
    half = len(inputs) // 2
    at_input, at_baseline = outputs[:half], outputs[half:]
    highest = torch.maximum(at_input, at_baseline)
    changes = torch.cat([highest - at_baseline, at_input - highest])
    with torch.enable_grad():
        entering = inputs.detach().requires_grad_()
        routed = torch.autograd.grad(type(module).forward(module, entering), entering, grad_output * changes)[0]
    shares = (routed[:half] + routed[half:]).repeat(2, *[1] * (inputs.dim() - 1))
    moved = (inputs[:half] - inputs[half:]).repeat(2, *[1] * (inputs.dim() - 1))
    return torch.where(moved.abs() < eps, grad_input, shares / torch.where(moved.abs() < eps, 1.0, moved))


class DeepLift(Method):
    """Changes from the baseline, carried back by the Rescale rule (Shrikumar et al. 2017, arXiv:1704.02685)."""

    title: ClassVar[str] = "DeepLift"
    shows: ClassVar[str] = (
        "How much each part of the input adds to the answer, compared with the baseline, layer by layer."
    )
    hides: ClassVar[str] = "It does not treat parts that act together fairly; another baseline gives other scores."
    paper: ClassVar[str] = "Shrikumar et al. 2017, arXiv:1704.02685"
    adds_up: ClassVar[bool] = True

    def verdict(self, structure: Structure) -> Verdict:
        if structure.has_curved_end:
            return wrong(CURVED_END)
        joint = tuple(kind for kind in JOINT if kind is not GlobalMax)
        if (part := structure.first(*joint, is_curved_features)) is not None:
            return wrong(
                f"{part} mixes values non-linearly, and its rules know only functions of one value and maxima."
            )
        if (part := structure.first(is_foreign)) is not None:
            return approximate(f"What {part} computes inside cannot be seen; trust the completeness error.")
        return right("Every layer is linear, a function of one value, or a maximum, for which there are rules.")

    def attribute(self, question: Question) -> Tensor:
        return rescale(question, question.baseline)


class DeepLiftShap(Method):
    """DeepLift, averaged over training examples as baselines (Lundberg & Lee 2017, arXiv:1705.07874)."""

    title: ClassVar[str] = "DeepLiftShap"
    shows: ClassVar[str] = (
        "How much each part adds to the answer, compared with typical training examples, layer by layer."
    )
    hides: ClassVar[str] = "It does not show single comparisons, which may disagree."
    paper: ClassVar[str] = "Lundberg & Lee 2017, arXiv:1705.07874"
    adds_up: ClassVar[bool] = True

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.has_training_data:
            return refused(NO_TRAINING_DATA)
        return DeepLift().verdict(structure)

    def attribute(self, question: Question) -> Tensor:
        background = background_of(question)
        return torch.stack([rescale(question, each) for each in background.split(1)]).mean(0)

    def change(self, question: Question) -> float:
        return change_from_background(question)


def rescale(question: Question, baseline: Tensor) -> Tensor:
    """DeepLift of one example against one baseline."""
    eps = 1e-10 if question.inputs.dtype == torch.float64 else 1e-6  # a smaller change is rounding
    with question.subject.separated():
        return Rescaled(question.subject, eps=eps).attribute(question.inputs, baseline).detach()


class LRP(Method):
    """The answer, carried back in shares of each layer's sum, by the epsilon rule (Bach et al. 2015)."""

    title: ClassVar[str] = "LRP"
    shows: ClassVar[str] = "How the answer itself, without a baseline, is handed back through the layers."
    hides: ClassVar[str] = "It does not show what biases contribute; with ReLU it equals input × gradient."
    paper: ClassVar[str] = "Bach et al. 2015, doi:10.1371/journal.pone.0130140"
    adds_up: ClassVar[bool] = True

    def verdict(self, structure: Structure) -> Verdict:
        if structure.has_curved_end:
            return refused(CURVED_END)
        known = (*AFFINE, *MAX_POOLS, *CONTAINERS, FeatureExpansion, nn.ReLU, nn.Tanh)
        part = structure.first(lambda module: not isinstance(module, known), is_curved_features)
        if part is not None:
            return refused(f"There is no rule for {part}.")
        if structure.signal.is_tokens:
            return refused("It starts from zero, which is no token; use a method with a baseline.")
        if (part := structure.first(has_bias)) is not None:
            return approximate(f"{part} adds constants, which take relevance that no input gets back.")
        return right("There are no constants, so that nothing is lost on the way back.")

    def attribute(self, question: Question) -> Tensor:
        for module in question.subject.modules():
            if list(module.children()) or isinstance(module, nn.ReLU | nn.Tanh | nn.Dropout):
                continue
            module.rule = EpsilonRule()
            module.register_forward_pre_hook(lambda _, inputs: tuple(value * 1.0 for value in inputs))
        with question.subject.separated():
            return attr.LRP(question.subject).attribute(question.inputs).detach()

    def change(self, question: Question) -> float:
        return float(question.answers(question.inputs)[0])


class Rectifying(Method):
    """What Guided Backprop and Deconvolution share: they bend the gradient at every ReLU."""

    captum: ClassVar[Any]

    def verdict(self, structure: Structure) -> Verdict:
        if (part := structure.first(is_rectified_recurrence)) is not None:
            return wrong(f"{part} rectifies inside, where the rule does not reach.")
        if structure.first(nn.ReLU) is None:
            return refused("There is no ReLU, so that it would only repeat the gradient; use Saliency.")
        if (part := structure.first(is_foreign)) is not None:
            return approximate(f"{part} may rectify inside, where the rule does not reach.")
        return right("Every ReLU is a layer of its own, which the rule reaches.")

    def attribute(self, question: Question) -> Tensor:
        with question.subject.separated():
            return self.captum(question.subject).attribute(question.inputs)


class GuidedBackprop(Rectifying):
    """The gradient, cut where a ReLU was off or the gradient is negative (Springenberg et al. 2014)."""

    title: ClassVar[str] = "Guided Backprop"
    shows: ClassVar[str] = "Patterns in the input that excite units on the way to the answer; sharp to look at."
    hides: ClassVar[str] = (
        "It hardly depends on the answer or the weights above, so that it is no explanation of the choice."
    )
    paper: ClassVar[str] = "Springenberg et al. 2014, arXiv:1412.6806"
    captum: ClassVar[Any] = attr.GuidedBackprop


class Deconvolution(Rectifying):
    """The gradient, cut only where it is negative (Zeiler & Fergus 2013, arXiv:1311.2901)."""

    title: ClassVar[str] = "Deconvolution"
    shows: ClassVar[str] = "Patterns that could excite the units on the way to the answer."
    hides: ClassVar[str] = "It does not know which units were on, and hardly depends on the answer."
    paper: ClassVar[str] = "Zeiler & Fergus 2013, arXiv:1311.2901"
    captum: ClassVar[Any] = attr.Deconvolution
