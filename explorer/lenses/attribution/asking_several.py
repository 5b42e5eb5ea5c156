"""Attributions of a module with several inputs: scores for each of them, that add up together."""

from collections.abc import Sequence
from copy import deepcopy
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.errors import DataError, EngineError
from explorer.lenses.attribution.asking import Attribution, Setting, ask, together
from explorer.lenses.attribution.base import Method
from explorer.lenses.attribution.removal import Occlusion
from explorer.lenses.attribution.several import INNER, Several, slots_of
from explorer.lenses.attribution.targets import Target
from explorer.signals import Signal


def of_several(
    network: nn.Module,
    inputs: tuple[Any, ...],
    method: Method,
    target: Target,
    baseline: Any,
    layer: str | None,
    seed: int,
) -> Attribution:
    """The scores of each input, (B, ...) as they are given; tokens are compared with their mean, numbers with zeros."""
    if isinstance(method, Occlusion):
        raise EngineError("Occlusion: expected one input to slide a window over, got several; use FeatureAblation.")
    given = [_tensor(each, network) for each in inputs]
    private = deepcopy(network).eval()
    whole = Several(private, slots_of(private, given))
    rows = whole.enter(given)
    against = _against(baseline, whole, rows, given).expand_as(rows)
    if target.layer is not None:
        target = target.model_copy(update={"layer": f"{INNER}.{target.layer}"})
    signal, found = Signal(tuple(rows.shape[1:])), []
    for row, other in zip(rows.split(1), against.split(1), strict=True):
        found.append(ask(Setting(whole, signal, row, target, other, layer=layer, seed=seed), method))
    told = together(found)
    return Attribution(
        **vars(told)
        | {
            "scores": tuple(map(np.stack, zip(*(whole.told(each.scores) for each in found), strict=True))),
            "target": told.target.replace(f"{INNER}.", "") if isinstance(told.target, str) else told.target,
            "baseline": "given" if isinstance(baseline, tuple) else baseline or "the mean of tokens, zeros for numbers",
        }
    )


def _tensor(values: Any, network: nn.Module) -> Tensor:
    """As the module takes it: whole numbers are tokens, others have the type of the weights."""
    tensor = torch.as_tensor(values).detach()
    if tensor.dim() == 0:
        raise DataError("inputs: expected an axis of examples in each of several inputs, got one number.")
    weights = next((weight for weight in network.parameters() if weight.is_floating_point()), None)
    return (
        tensor if weights is None else tensor.to(weights.device, weights.dtype if tensor.is_floating_point() else None)
    )


def _against(baseline: Any, whole: Several, rows: Tensor, given: Sequence[Tensor]) -> Tensor:
    """The row of what the examples are compared with, or one for each."""
    if baseline is None:
        return whole.usual(rows)
    if isinstance(baseline, str) and baseline == "zeros":
        return torch.zeros_like(rows)
    if not isinstance(baseline, tuple):
        raise DataError(f"baseline: expected zeros, or one for each of several inputs, got {baseline!r}.")
    others = [torch.as_tensor(each).detach().to(like) for each, like in zip(baseline, given, strict=False)]
    if [each.shape[1:] for each in others] != [each.shape[1:] for each in given]:
        raise DataError("baseline: expected one for each input in its shape, with an axis of examples, got others.")
    return whole.enter(others)
