"""Parts of a network that can be switched off or replaced: heads, whole layers and single units, by address."""

from dataclasses import dataclass

import torch
from torch import Tensor

from explorer.errors import ExperimentError, Fault
from explorer.layers.attention import Attention, CrossAttention, SelfAttention
from explorer.layers.transformer import FeedForward, TransformerBlock, TwoMaps
from explorer.lenses.base import choose
from explorer.lenses.recording import Change
from explorer.network import Network
from explorer.validation import Checked


@dataclass(frozen=True)
class Piece:
    """Where a part's value passes, along which axis it is cut, and which slice of it is meant."""

    address: str
    axis: int | None = None  # None: all of it
    index: int = 0

    def put(self, other: Tensor | None) -> Change:
        """A change that puts another value, or zero, in this place."""

        def change(value: Tensor) -> Tensor:
            replaced = torch.zeros_like(value) if other is None else other.expand_as(value)
            if self.axis is None:
                return replaced
            is_meant = torch.arange(value.shape[self.axis], device=value.device) == self.index
            shape = [1] * value.dim()
            shape[self.axis] = -1
            return torch.where(is_meant.view(shape), replaced, value)

        return change


def unit_counts(checked: Checked) -> dict[str, int]:
    """How many units each address has whose units can be switched off, told without building the network.

    Of a feed-forward network they are the hidden ones; what attends has heads instead.
    """
    found: dict[str, int] = {}
    for node in checked.plan.nodes:
        layer, shape = node.layer, node.output.shape
        if isinstance(layer, TransformerBlock) and not layer.attention_only:
            found[f"{node.name}.feed_forward"] = layer.mlp_ratio * shape[-1]
        if isinstance(layer, FeedForward):
            found[node.name] = layer.mlp_ratio * shape[-1]
        elif shape and not isinstance(layer, SelfAttention | CrossAttention):
            found[node.name] = _units(shape)
    return found


def piece(network: Network, text: str) -> Piece:
    """What an address means: `block1.attention:2` a head, `block1.feed_forward` a layer, `hidden:5` a unit."""
    path, colon, number = text.partition(":")
    known = [name for name, _ in network.named_modules() if name]
    choose(path, known, "lens.off")
    module = network.get_submodule(path)
    if not colon:
        return Piece(path)
    if not number.isdecimal():
        raise ExperimentError([Fault("lens.off", "a number after the colon", repr(text), "write it as in hidden:5")])
    index = int(number)
    if isinstance(module, Attention):
        _demand_below(module.n_heads, index, text, "heads")
        return Piece(f"{path}.z", 1, index)  # before its own output weights: what reads nothing adds nothing
    if isinstance(module, TwoMaps):
        _demand_below(module.widen.out_features, index, text, "hidden units")
        return Piece(f"{path}.activation", -1, index)
    shape = next((node.output.shape for node in network.plan.nodes if node.name == path), None)
    if shape is None:
        raise ExperimentError([Fault("lens.off", "a layer, or an attention or feed-forward inside one", repr(text))])
    axis = 1 if len(shape) == 3 else -1  # pictures are channels first, with the batch before
    _demand_below(_units(shape), index, text, "units")
    return Piece(path, axis, index)


def _units(shape: tuple[int, ...]) -> int:
    """Channels of a picture, else the last axis."""
    return shape[0] if len(shape) == 3 else shape[-1]


def _demand_below(count: int, index: int, text: str, what: str) -> None:
    if index >= count:
        expected = f"a number below the {count} {what}"
        raise ExperimentError([Fault("lens.off", expected, repr(text), "count from 0")])


def merged(changes: list[tuple[str, Change]]) -> dict[str, Change]:
    """Several changes, those in one place one after the other."""
    found: dict[str, Change] = {}
    for address, change in changes:
        before = found.get(address)
        found[address] = change if before is None else _after(before, change)
    return found


def _after(first: Change, second: Change) -> Change:
    return lambda value: second(first(value))
