"""The attention of a network: its layers by address, and what they compute for a batch."""

from collections.abc import Iterable

import torch
from torch import Tensor

from explorer.datasets.base import Split
from explorer.layers.attention import Attention, CrossAttention, SelfAttention
from explorer.layers.transformer import TransformerBlock
from explorer.lenses.base import Scene, named
from explorer.lenses.picture import Picture
from explorer.lenses.recording import recording
from explorer.network import Network
from explorer.validation import Checked

KINDS = (SelfAttention, CrossAttention, TransformerBlock)


def has_attention(checked: Checked) -> bool:
    """Whether some layer attends."""
    return any(isinstance(node.layer, KINDS) for node in checked.plan.nodes)


def attentions(network: Network) -> dict[str, Attention]:
    """Every module that attends by its address, in order of computation."""
    return {path: module for path, module in network.named_modules() if isinstance(module, Attention)}


def addresses(checked: Checked) -> tuple[str, ...]:
    """The addresses of the modules that attend, told without building any."""
    return tuple(
        f"{node.name}.attention" if isinstance(node.layer, TransformerBlock) else node.name
        for node in checked.plan.nodes
        if isinstance(node.layer, KINDS)
    )


@torch.no_grad()
def points(network: Network, split: Split, names: Iterable[str]) -> tuple[Tensor, dict[str, Tensor]]:
    """The network's answer for a batch, and its inner values by address."""
    with recording(network, names) as caught:
        output = network(*split.inputs)
    return output, caught


def tracks(scene: Scene) -> Picture:
    """What stands beside a picture over time: the example's tokens or numbers, under the names of the inputs."""
    return {
        name: named(part[0], *signal.axes)
        for name, part, signal in zip(scene.data.input_names, scene.inputs(), scene.data.signals, strict=True)
    }
