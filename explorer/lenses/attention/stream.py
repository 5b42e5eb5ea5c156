"""The residual stream of a network: what is added to it, and how the answer reads it (Elhage et al. 2021)."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from explorer.datasets.base import Split
from explorer.layers.combine import Add
from explorer.layers.dense import Linear
from explorer.layers.normalisation import LayerNorm, RMSNorm
from explorer.layers.position import Position
from explorer.layers.regularisation import Dropout
from explorer.layers.shape import LastOverTime, MeanOverTime
from explorer.layers.transformer import TransformerBlock
from explorer.lenses.attention.heads import points
from explorer.network import Network, Plan
from explorer.validation import Checked

READING = (LayerNorm, RMSNorm, LastOverTime, MeanOverTime, Dropout)


@dataclass(frozen=True)
class Term:
    """One thing that is added to the stream: what a module gives out, less what it was given where it adds to it."""

    name: str
    address: str  # of the module that gives it out
    without: str | None = None  # the layer, or input, whose value is taken away again


@dataclass(frozen=True)
class Readout:
    """The layers from the end of the stream to the answer, in order; all but the norms are linear."""

    stream: str
    layers: tuple[str, ...]

    def answer(self, network: Network, stream: Tensor) -> Tensor:
        """What the network would answer, were this the end of the stream: (B, T, C) -> (B, ..., outputs)."""
        for name in self.layers:
            stream = network.get_submodule(name)(stream)
        return stream

    def share(self, network: Network, part: Tensor, stream: Tensor) -> Tensor:
        """What a part of the stream adds to the answer directly, with the norms frozen at the whole stream."""
        for name in self.layers:
            module = network.get_submodule(name)
            part, stream = _linear_part(module, part, stream), module(stream)
        return part

    def constant(self, network: Network, stream: Tensor) -> Tensor:
        """What the answer holds beside the shares of the stream: biases of the last layer and of norms."""
        return self.answer(network, stream) - self.share(network, stream, stream)


def readout(plan: Plan) -> Readout | None:
    """How the answer reads a stream over time; None where it does not end with a linear layer over one."""
    chain: list[str] = []
    name = plan.output_name
    while name not in plan.input_names:
        node = plan[name]
        fits = isinstance(node.layer, READING) if chain else isinstance(node.layer, Linear)
        if not fits:
            break
        chain.insert(0, name)
        name = node.sources[0]
    if not chain or name in plan.input_names or len(plan[name].output.shape) != 2:
        return None
    return Readout(name, tuple(chain))


def terms(plan: Plan, stream: str) -> list[Term]:
    """What adds up to the stream, in order of computation."""
    found: dict[str, list[Term]] = {}
    for node in plan.nodes:
        first = node.sources[0]
        if isinstance(node.layer, TransformerBlock) and node.layer.norm_place == "pre":
            parts = ["attention"] + ([] if node.layer.attention_only else ["feed_forward"])
            added = [Term(f"{node.name}.{part}", f"{node.name}.{part}") for part in parts]
            found[node.name] = found.get(first, [Term(first, first)]) + added
        elif isinstance(node.layer, Position) and first in found:
            found[node.name] = [*found[first], Term(node.name, node.name, without=first)]
        elif isinstance(node.layer, Add):
            sums = [found.get(source, [Term(source, source)]) for source in node.sources]
            found[node.name] = [term for each in sums for term in each]
        elif isinstance(node.layer, Dropout) and first in found:
            found[node.name] = found[first]
        else:
            found[node.name] = [Term(node.name, node.name)]
    return found[stream]


def has_stream(checked: Checked) -> bool:
    """Whether several things add up to a stream over time that a last linear layer reads."""
    reading = readout(checked.plan)
    return reading is not None and len(terms(checked.plan, reading.stream)) > 1


@dataclass(frozen=True)
class Parts:
    """The stream of a batch taken apart."""

    reading: Readout
    stream: Tensor  # (B, T, C)
    parts: dict[str, Tensor]  # by term, each (B, T, C)
    output: Tensor
    caught: dict[str, Tensor]


def take_apart(network: Network, split: Split, extra: tuple[str, ...] = ()) -> Parts:
    """The stream and everything that adds up to it, for a batch; `extra` values are recorded along with it."""
    plan = network.plan
    reading = readout(plan)
    assert reading is not None, "is_applicable refuses networks without a stream"
    listed = terms(plan, reading.stream)
    inputs = dict(zip(plan.input_names, split.inputs, strict=True))
    wanted = {reading.stream, *(term.address for term in listed), *(term.without for term in listed if term.without)}
    output, caught = points(network, split, [*(wanted - set(inputs)), *extra])
    values = inputs | caught
    parts: dict[str, Tensor] = {}
    for term in listed:
        part = values[term.address] - (values[term.without] if term.without else 0)
        parts[term.name] = parts.get(term.name, 0) + part  # a layer that is added twice counts twice
    return Parts(reading, values[reading.stream], parts, output, caught)


def _linear_part(module: nn.Module, part: Tensor, whole: Tensor) -> Tensor:
    """A module's effect on a part of its input, without constants; norms divide as they do for the whole."""
    if isinstance(module, nn.Linear):
        return part @ module.weight.T
    if isinstance(module, nn.LayerNorm | nn.RMSNorm):
        scaled = _frozen(module)(part, whole)
        return scaled if module.weight is None else scaled * module.weight
    return module(part)


def _frozen(norm: nn.LayerNorm | nn.RMSNorm) -> Callable[[Tensor, Tensor], Tensor]:
    epsilon = norm.eps or 0.0
    if isinstance(norm, nn.RMSNorm):
        return lambda part, whole: part / (whole.square().mean(-1, keepdim=True) + epsilon).sqrt()

    def divide(part: Tensor, whole: Tensor) -> Tensor:
        scale = (whole.var(-1, unbiased=False, keepdim=True) + epsilon).sqrt()
        return (part - part.mean(-1, keepdim=True)) / scale

    return divide


def by_head(caught: dict[str, Tensor], bias: Tensor | None, path: str) -> Tensor:
    """What each head of an attention adds, and last its bias: (B, H + 1, T, C)."""
    heads = caught[f"{path}.head_output"]  # (B, H, T, C)
    constant = torch.zeros_like(heads[:, :1]) if bias is None else bias.expand_as(heads[:, :1])
    return torch.cat([heads, constant], 1)
