"""Attention patterns of every self-attention layer of a network, for the measures that read them."""

import torch
from torch import Tensor

from explorer.datasets.base import Split
from explorer.layers.attention import AttentionWithin
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.training.evaluation import CHUNK, predict


def mean_patterns(network: Network, split: Split) -> Tensor:
    """The mean over examples of every head's pattern, in order of computation: (heads of all layers, T, T)."""
    names = [f"{name}.pattern" for name, module in network.named_modules() if isinstance(module, AttentionWithin)]
    sums: list[Tensor] = []
    with recording(network, names) as caught:
        for start in range(0, len(split), CHUNK):
            predict(network, split.take(slice(start, start + CHUNK)))
            sums.append(torch.cat([caught[name].sum(0) for name in names]))  # (heads, T, T)
    return torch.stack(sums).sum(0) / len(split)
