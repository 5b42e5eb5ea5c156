"""Concepts made of a dataset's own examples: of a class, high in a feature, with a token, or chosen at random."""

import torch
from torch import Tensor

from explorer.datasets.base import Data, Description
from explorer.signals import Signal

RANDOM = "random"
MOST = 64  # concepts of one kind that a menu lists
HIGH = 0.75  # a feature is high in the upper quarter of the examples


def concepts_of(description: Description) -> tuple[str, ...]:
    """Every concept that a dataset has: `feature:2`, `token:5`, `class:3`, and `random` as a control."""
    signal, task = description.signals[0], description.task
    found = [f"token:{index}" for index in range(signal.vocabulary or 0) if index < MOST]
    if not signal.is_tokens:
        found += [f"feature:{index}" for index in range(min(MOST, signal.shape[_feature_axis(signal)]))]
    if task.kind == "classification":
        found += [f"class:{index}" for index in range(min(MOST, task.outputs))]
    return (*found, RANDOM)


def has_concept(concept: str, data: Data) -> Tensor:
    """Which training examples have a concept: (N,) of truth values; at random it is all of them."""
    kind, _, number = concept.partition(":")
    inputs, targets = data.train.inputs[0], data.train.targets
    if kind == "class":
        return targets == int(number)
    if kind == "token":
        return (inputs == int(number)).any(1)
    if kind == "feature":
        means = inputs.movedim(1 + _feature_axis(data.signals[0]), 0)[int(number)].reshape(len(targets), -1).mean(1)
        return means > means.quantile(HIGH)
    return torch.ones(len(targets), dtype=torch.bool)


def _feature_axis(signal: Signal) -> int:
    """The axis of the features of one example: channels of a picture, and else the last."""
    return 0 if len(signal.shape) == 3 else len(signal.shape) - 1
