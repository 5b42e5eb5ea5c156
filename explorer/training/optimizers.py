"""The table of optimizers: the rules that turn gradients into steps."""

from collections.abc import Iterable
from typing import Any, ClassVar

import torch
from pydantic import Field
from torch import nn

from explorer.experiment import Settings


class OptimizerKind(Settings):
    """A kind of optimizer. Learning rate and weight decay are the recipe's; the rest is declared here."""

    kind: ClassVar[str]
    title: ClassVar[str]
    rule: ClassVar[type[torch.optim.Optimizer]]
    has_fused: ClassVar[bool] = True  # whether torch can update all parameters in one kernel

    def build(
        self, parameters: Iterable[nn.Parameter], learning_rate: float, weight_decay: float
    ) -> torch.optim.Optimizer:
        """The torch optimizer over these parameters."""
        parameters = list(parameters)
        fused = {"fused": True} if self.has_fused and parameters else {}
        options: dict[str, Any] = {"lr": learning_rate, "weight_decay": weight_decay, **fused, **self.options}
        return self.rule(parameters, **options)

    @property
    def options(self) -> dict[str, Any]:
        """What a parameter group holds besides learning rate and weight decay, by torch's names."""
        raise NotImplementedError


class SGD(OptimizerKind):
    """Steps against the gradient, with memory of earlier steps if momentum is above zero."""

    kind: ClassVar[str] = "sgd"
    title: ClassVar[str] = "SGD"
    rule: ClassVar[type[torch.optim.Optimizer]] = torch.optim.SGD
    momentum: float = Field(0.0, ge=0, lt=1, description="Share of the last step that is taken again.")
    nesterov: bool = Field(False, description="Look ahead along the momentum; needs momentum above zero.")

    @property
    def options(self) -> dict[str, Any]:
        return {"momentum": self.momentum, "nesterov": self.nesterov and self.momentum > 0}


class Adam(OptimizerKind):
    """Steps scaled by running means of the gradient and its square (Kingma & Ba 2015)."""

    kind: ClassVar[str] = "adam"
    title: ClassVar[str] = "Adam"
    rule: ClassVar[type[torch.optim.Optimizer]] = torch.optim.Adam
    beta1: float = Field(0.9, ge=0, lt=1, description="Memory of the mean of the gradient.")
    beta2: float = Field(0.999, ge=0, lt=1, description="Memory of the mean of the squared gradient.")
    epsilon: float = Field(1e-8, gt=0, le=1, description="Keeps the division away from zero.")

    @property
    def options(self) -> dict[str, Any]:
        return {"betas": (self.beta1, self.beta2), "eps": self.epsilon}


class AdamW(Adam):
    """Adam with weight decay apart from the gradient (Loshchilov & Hutter 2019)."""

    kind: ClassVar[str] = "adamw"
    title: ClassVar[str] = "AdamW"
    rule: ClassVar[type[torch.optim.Optimizer]] = torch.optim.AdamW


class RMSProp(OptimizerKind):
    """Steps scaled by a running mean of the squared gradient (Tieleman & Hinton 2012)."""

    kind: ClassVar[str] = "rmsprop"
    title: ClassVar[str] = "RMSProp"
    rule: ClassVar[type[torch.optim.Optimizer]] = torch.optim.RMSprop
    has_fused: ClassVar[bool] = False
    alpha: float = Field(0.99, ge=0, lt=1, description="Memory of the mean of the squared gradient.")
    epsilon: float = Field(1e-8, gt=0, le=1, description="Keeps the division away from zero.")
    momentum: float = Field(0.0, ge=0, lt=1, description="Share of the last step that is taken again.")

    @property
    def options(self) -> dict[str, Any]:
        return {"alpha": self.alpha, "eps": self.epsilon, "momentum": self.momentum}


KINDS: dict[str, type[OptimizerKind]] = {optimizer.kind: optimizer for optimizer in (SGD, Adam, AdamW, RMSProp)}
