"""What a network costs, layer by layer, read off the meta device without allocating anything."""

import math
from dataclasses import dataclass
from functools import lru_cache

import torch
from torch.utils.flop_counter import FlopCounterMode

from explorer.layers import Layer
from explorer.network import Plan
from explorer.signals import Signal

BYTES = {torch.float32: 4, torch.int64: 8}


@dataclass(frozen=True)
class LayerCost:
    """Costs of one layer; multiply-adds and activation bytes are for one example and the forward pass."""

    name: str
    kind: str
    output: Signal
    parameters: int
    multiply_adds: int
    parameter_bytes: int
    activation_bytes: int


def costs(plan: Plan) -> list[LayerCost]:
    """The costs of every layer, in the order of computation."""
    return [
        LayerCost(node.name, node.layer.kind, node.output, *_cost(node.layer, node.inputs, node.output))
        for node in plan.nodes
    ]


def multiply_adds(plan: Plan) -> int:
    """The multiply-adds of one example's pass forward."""
    return sum(each.multiply_adds for each in costs(plan))


@lru_cache(maxsize=4_096)
def _cost(layer: Layer, inputs: tuple[Signal, ...], output: Signal) -> tuple[int, int, int, int]:
    with torch.device("meta"):
        module = layer.build(*inputs).eval()
        examples = [torch.empty(1, *signal.shape, dtype=_dtype(signal)) for signal in inputs]
    parameters = sum(parameter.numel() for parameter in module.parameters())
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        module(*examples)
    multiply_adds = counter.get_total_flops() // 2  # torch counts a multiply-add as two operations
    activation_bytes = math.prod(output.shape) * BYTES[_dtype(output)]
    return parameters, multiply_adds, 4 * parameters, activation_bytes


def _dtype(signal: Signal) -> torch.dtype:
    return torch.int64 if signal.is_tokens else torch.float32
