"""What a network answers to examples and how its heads attend, computed once for all measures of the same weights."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.datasets.base import Split
from explorer.layers.attention import AttentionWithin
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.training.evaluation import CHUNK, predict


@dataclass(frozen=True)
class Seen:
    """One pass of examples through a network."""

    network: Network
    examples: Split
    answers: Tensor  # (B, ...)
    patterns: tuple[Tensor, ...]  # of every self-attention layer the mean over the examples: (H, T, T)


_shared: ContextVar[list[Seen] | None] = ContextVar("shared", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Passes are kept for as long as the context lasts, in which no weight may change."""
    token = _shared.set([])
    try:
        yield
    finally:
        _shared.reset(token)


def answers(network: Network, examples: Split) -> Tensor:
    """The network's outputs for all examples: (B, ...)."""
    return _seen(network, examples).answers


def mean_patterns(network: Network, examples: Split) -> Tensor:
    """The mean over examples of every head's pattern, in order of computation: (heads of all layers, T, T)."""
    return torch.cat(_seen(network, examples).patterns)


def _seen(network: Network, examples: Split) -> Seen:
    kept = _shared.get()
    for each in kept or ():
        if each.network is network and each.examples is examples:
            return each
    seen = _look(network, examples)
    if kept is not None:
        kept.append(seen)
    return seen


def _look(network: Network, examples: Split) -> Seen:
    names = [f"{name}.pattern" for name, module in network.named_modules() if isinstance(module, AttentionWithin)]
    outputs: list[Tensor] = []
    sums: dict[str, Tensor] = {}
    with recording(network, names) as caught:
        for start in range(0, len(examples), CHUNK):
            outputs.append(predict(network, examples.take(slice(start, start + CHUNK))))
            sums = {name: sums.get(name, 0) + caught[name].sum(0) for name in names}
    return Seen(network, examples, torch.cat(outputs), tuple(each / len(examples) for each in sums.values()))
