"""Attributions for notebooks and the command line: of a run, or of any network of torch."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor, nn

from explorer.datasets.base import Data, Split
from explorer.errors import DataError
from explorer.lenses.attribution.aims import aimed
from explorer.lenses.attribution.asking import Attribution, Setting, as_long, ask, read_method, together
from explorer.lenses.attribution.asking_several import of_several
from explorer.lenses.attribution.baselines import Baseline, read_baseline
from explorer.lenses.attribution.structure import structure_of
from explorer.lenses.attribution.table import METHODS
from explorer.lenses.attribution.targets import Target, read_target
from explorer.lenses.base import last_counted
from explorer.lenses.request import Example, read_example
from explorer.network import Network, reads_steps
from explorer.signals import Signal

if TYPE_CHECKING:
    from explorer.runs import Run

Given = tuple[Tensor, Tensor | None, int | None]


def methods(run: "Run | nn.Module") -> list[dict[str, str]]:
    """Every method with its verdict on the run's network, right, approximate, wrong or refused, and the reason."""
    network, data = _opened(run, None)
    signal = data.signals[0] if data else _guessed(network)
    structure = structure_of(network, signal, data is not None)
    rows = []
    for name, method in METHODS.items():
        found = method().verdict(structure)
        rows.append({"method": name, "verdict": found.verdict, "reason": found.reason})
    return rows


def attribute(
    what: "Run | nn.Module",
    inputs: "Tensor | np.ndarray | list | int | Example | Mapping[str, Any] | tuple[Tensor, ...]",
    method: str = "IntegratedGradients",
    target: "int | str | Target | None" = None,
    baseline: "Tensor | np.ndarray | int | str | Baseline | tuple[Tensor, ...] | None" = None,
    *,
    step: int | None = None,
    layer: str | None = None,
    seed: int = 0,
    **settings: Any,
) -> Attribution[Any]:
    """How much each part of the inputs adds to an answer, compared with a baseline.

    `inputs` is one example or several; for a run also the number of a held-out example, or one of your own such as
    {"text": "the cat"}; for a module that reads several inputs a tuple of them, and a tuple of scores is found. Without
    a target the predicted answer is explained. `settings` are those of the method; `layer` is the method's own where it
    has such a setting, and else where the attribution starts. The network itself is left as it was.
    """
    if layer is not None and method in METHODS and "layer" in METHODS[method].model_fields:
        settings, layer = {**settings, "layer": layer}, None
    chosen = read_method(method, settings)
    network, data = _opened(what, step)
    if isinstance(inputs, tuple):
        if data is not None:
            raise DataError("inputs: expected one input, as the networks of runs have, got several.")
        return of_several(network, inputs, chosen, read_target(target), baseline, layer, seed)
    batch, truth, last = _examples(inputs, network, data)
    signal, data = as_long(data.signals[0] if data else _signal(network, batch), data, batch)
    against = _against(baseline, batch, signal)
    aim = read_target(target, data.task.labels if data else ())
    found = []
    for one, each in zip(batch.split(1), against, strict=True):
        target = aimed(aim, data.task, network, one, truth) if data else aim
        found.append(ask(Setting(network, signal, one, target, each, data, last, layer, seed), chosen))
    return found[0] if _is_single(inputs, signal) else together(found)


def _opened(what: "Run | nn.Module", step: int | None) -> tuple[nn.Module, Data | None]:
    if isinstance(what, nn.Module):
        return what, None
    return what.model(step), what.data()


def _examples(inputs: Any, network: nn.Module, data: Data | None) -> Given:
    """The examples with a batch axis as the network takes them, and the target and its last step, where known."""
    if isinstance(inputs, int):
        if data is None:
            raise DataError("inputs: expected numbers or tokens, got the number of an example; that needs a run.")
        if not 0 <= inputs < len(data.test):
            raise DataError(f"inputs: expected one of the {len(data.test)} held-out examples, got {inputs}.")
        one = data.test.take(slice(inputs, inputs + 1))
        return one.inputs[0], one.targets, last_counted(one.targets)
    if isinstance(inputs, Mapping | Example):
        return _example(read_example(inputs), network, data)
    values = torch.as_tensor(np.asarray(inputs) if isinstance(inputs, list) else inputs).detach()
    if values.is_floating_point():
        weights = [weight for weight in network.parameters() if weight.is_floating_point()]
        values = values.to(weights[0]) if weights else values
    if data is not None:
        values = _fitted(values, data.signals[0])
    elif values.dim() < 2 and not isinstance(network, Network):
        values = values.unsqueeze(0)
    return values, None, None


def _example(example: Example, network: nn.Module, data: Data | None) -> Given:
    """An input of one's own, or an example of either split, with the step that counts."""
    if data is None or not isinstance(network, Network):
        raise DataError("inputs: expected numbers or tokens, got an example; that needs a run.")
    if example.form is not None:
        own = data.own_form.encode(example, lambda steps: reads_steps(network.plan, steps))
        return own.inputs[0], None, own.asked
    split: Split = getattr(data, example.split)
    one = split.take(slice(example.index, example.index + 1))
    if not len(one):
        raise DataError(f"inputs: expected one of the {len(split)} examples of this split, got {example.index}.")
    return one.inputs[0], one.targets, last_counted(one.targets)


def _fitted(values: Tensor, signal: Signal) -> Tensor:
    if tuple(values.shape) == signal.shape:
        values = values.unsqueeze(0)
    if tuple(values.shape[1:]) != signal.shape:
        got = "×".join(map(str, values.shape))
        raise DataError(f"inputs: expected examples of {signal}, got {got}; bring them to this shape.")
    if signal.is_tokens and (
        values.is_floating_point() or not 0 <= int(values.min()) <= int(values.max()) < _size(signal)
    ):
        raise DataError(f"inputs: expected {signal}, got other values; give whole numbers in this range.")
    return values.long() if signal.is_tokens else values.float()


def _size(signal: Signal) -> int:
    return signal.vocabulary or 0


def _signal(network: nn.Module, batch: Tensor) -> Signal:
    """What one example is, as far as its numbers and the network tell."""
    shape = tuple(batch.shape[1:])
    if batch.is_floating_point():
        return Signal(shape)
    tables = [module.num_embeddings for module in network.modules() if isinstance(module, nn.Embedding)]
    return Signal(shape, vocabulary=tables[0] if tables else int(batch.max()) + 1)


def _guessed(network: nn.Module) -> Signal:
    if isinstance(network, Network):
        first = next(node for node in network.plan.nodes if network.plan.input_names[0] in node.sources)
        return first.inputs[first.sources.index(network.plan.input_names[0])]
    return Signal((1,))


def _against(baseline: Any, batch: Tensor, signal: Signal) -> list[Baseline | Tensor]:
    """A baseline for each example: one array for all or for each, or a kind of baseline."""
    if isinstance(baseline, float) or (isinstance(baseline, int) and not signal.is_tokens):
        baseline = torch.full(signal.shape, float(baseline))
    if isinstance(baseline, Tensor | np.ndarray | list):
        given = torch.as_tensor(np.asarray(baseline) if isinstance(baseline, list) else baseline).detach()
        try:
            whole = given.to(batch).expand_as(batch)
        except RuntimeError:
            shape = "×".join(map(str, given.shape))
            raise DataError(f"baseline: expected numbers in the shape of {signal}, got {shape}.") from None
        return list(whole.split(1))
    return [read_baseline(baseline, signal.is_tokens)] * len(batch)


def _is_single(inputs: Any, signal: Signal) -> bool:
    return isinstance(inputs, int | Mapping | Example) or np.ndim(inputs) == len(signal.shape)
