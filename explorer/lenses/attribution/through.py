"""Methods that tell what of a path from the baseline to the example goes through a layer, or through one unit."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import Tensor, nn

from explorer.errors import EngineError
from explorer.lenses.attribution.base import CHUNK, Method, Question, Verdict, refused
from explorer.lenses.attribution.paths import IntegratedGradients, on_path
from explorer.lenses.attribution.structure import Structure
from explorer.lenses.attribution.subject import Stretch
from explorer.lenses.choices import Choices


class Through(Method):
    """What these methods share: a path of points, and a layer on the way of the whole answer."""

    layer: str | None = Field(
        None, description="The layer that is looked into; empty means the last before the answer."
    )
    path_steps: int = Field(64, ge=8, le=2048, description="Points on the way from the baseline to the example.")

    @classmethod
    def choices(cls, structure: Structure) -> Choices:
        """Layers through which every way to the answer leads."""
        return {"layer": structure.cut_layers}

    def verdict(self, structure: Structure) -> Verdict:
        if not structure.cut_layers:
            return refused("There is no layer before the answer through which every way leads.")
        return on_path(structure, "see the completeness error" if self.adds_up else "see what more points change")

    def name_in(self, question: Question) -> str:
        """The layer that is looked into."""
        body = question.subject.body
        known = body.passed if isinstance(body, Stretch) else ()
        if not known or self.layer not in (None, *known):
            fitting = ", ".join(known) or "none"
            raise EngineError(f"layer: expected one between start and target ({fitting}), got {self.layer}.")
        return self.layer or known[-1]

    def inside(self, question: Question) -> nn.Module:
        """The layer that is looked into, as a module of the private copy."""
        return question.subject.network.get_submodule(self.name_in(question))

    def gradients(self, question: Question) -> Tensor:
        """Gradients of the answer by the layer's values, in the middle of every step of the path: (steps, ...)."""
        middles = (torch.arange(self.path_steps) + 0.5) / self.path_steps
        return torch.cat([self._gradient(question, points) for points in points_between(question, middles)])

    def _gradient(self, question: Question, points: Tensor) -> Tensor:
        with torch.enable_grad(), catching(self.inside(question)) as caught:
            answers = question.subject(points.requires_grad_())
            return torch.autograd.grad(answers.sum(), caught[-1])[0]


@contextmanager
def catching(layer: nn.Module) -> Iterator[list[Tensor]]:
    """What a layer gives out, with its way back to the input, for as long as the context lasts."""
    caught: list[Tensor] = []
    handle = layer.register_forward_hook(lambda module, inputs, output: caught.append(output))
    try:
        yield caught
    finally:
        handle.remove()


def points_between(question: Question, shares: Tensor) -> Iterator[Tensor]:
    """Points on the straight way from the baseline to the example, at these shares of it, a chunk at a time."""
    for chunk in shares.to(question.inputs).split(CHUNK):
        along = chunk.reshape(-1, *[1] * (question.inputs.dim() - 1))
        yield question.baseline + along * (question.inputs - question.baseline)


class OfUnits(Through):
    """Those whose scores belong to the units of the layer."""

    of_layer: ClassVar[bool] = True

    def scored_layer(self, question: Question) -> str | None:
        return self.name_in(question)


class Conductance(OfUnits):
    """How much of the change of the answer each unit of a layer passes on (Dhamdhere et al. 2018).

    Gradients in the middle of every step, times the change of the layer over the step. Captum's own sum leaves out half
    a step at both ends of the path, so that a share of 1 / steps of the change is missing.
    """

    title: ClassVar[str] = "Conductance of a layer"
    shows: ClassVar[str] = "How much of the change from the baseline to the example goes through each unit of a layer."
    hides: ClassVar[str] = "It does not show which inputs drive a unit, nor what the unit stands for."
    paper: ClassVar[str] = "Dhamdhere et al. 2018, arXiv:1805.12233"
    adds_up: ClassVar[bool] = True

    def attribute(self, question: Question) -> Tensor:
        ends = torch.arange(self.path_steps + 1) / self.path_steps
        with torch.no_grad(), catching(self.inside(question)) as values:
            for points in points_between(question, ends):
                question.subject(points)
        moves = torch.cat(values).diff(dim=0)  # (steps, ...)
        return (self.gradients(question) * moves).sum(0, keepdim=True)


class InternalInfluence(OfUnits):
    """The mean gradient at each unit of a layer, along the way from the baseline (Leino et al. 2018)."""

    title: ClassVar[str] = "Internal influence"
    shows: ClassVar[str] = "How strongly the answer reacts to each unit of a layer, on the way from the baseline."
    hides: ClassVar[str] = "It does not show whether the unit changes at all on that way."
    paper: ClassVar[str] = "Leino et al. 2018, arXiv:1802.03788"

    def attribute(self, question: Question) -> Tensor:
        return self.gradients(question).mean(0, keepdim=True)


class NeuronConductance(Through):
    """Integrated Gradients of what reaches the answer through one unit alone (Dhamdhere et al. 2018).

    Of a picture a unit is a whole channel, of a sequence a feature at every step. Over all units of a layer the scores
    add up to Integrated Gradients.
    """

    title: ClassVar[str] = "Conductance through a unit"
    shows: ClassVar[str] = "How much each part of the input adds to the answer by way of one unit of a layer."
    hides: ClassVar[str] = "It does not show what the same part adds by way of the other units."
    paper: ClassVar[str] = "Dhamdhere et al. 2018, arXiv:1805.12233"

    unit: int = Field(0, ge=0, description="The unit, channel or feature, counted from 0.")

    def attribute(self, question: Question) -> Tensor:
        handle = self.inside(question).register_forward_hook(self._narrow)
        try:
            return IntegratedGradients(path_steps=self.path_steps).attribute(question)
        finally:
            handle.remove()

    def _narrow(self, module: nn.Module, inputs: Any, output: Tensor) -> Tensor:
        """The same values, through which gradients come back by the one unit only."""
        axis = 1 if output.dim() == 4 else output.dim() - 1
        if self.unit >= output.shape[axis]:
            size = output.shape[axis]
            raise EngineError(f"NeuronConductance.unit: expected one of the {size} units, from 0, got {self.unit}.")
        is_in = torch.zeros(output.shape[axis], dtype=torch.bool, device=output.device)
        is_in[self.unit] = True
        return torch.where(is_in.reshape(-1, *[1] * (output.dim() - 1 - axis)), output, output.detach())
