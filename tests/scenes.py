"""Small networks with their data, ready to be looked at, for the tests of lenses."""

from typing import Any

import torch

from explorer.lenses.base import Scene
from explorer.lenses.request import Example
from explorer.network import build
from explorer.validation import check, read_experiment


def scene(data: dict[str, Any] | str, layers: list[dict[str, Any]], index: int = 0, seed: int = 0) -> Scene:
    """An untrained network of these layers over this data."""
    part = {"kind": data} if isinstance(data, str) else data
    checked = check(read_experiment({"data": part, "network": {"layers": layers}, "seed": seed}))
    network = build(checked.plan, seed).eval()
    return Scene(network, checked, checked.dataset.load(seed), 0, Example(index=index))


def transformer(blocks: int = 2, heads: int = 2, features: int = 16, **block: Any) -> list[dict[str, Any]]:
    """A transformer over tokens, from the embedding to the answer."""
    settings = {"kind": "transformer_block", "heads": heads, "causal": True, **block}
    return [
        {"kind": "embedding", "name": "embed", "features": features},
        {"kind": "position", "name": "place", "init_scale": 0.5},
        *({**settings, "name": f"block{number}"} for number in range(1, blocks + 1)),
        {"kind": "layer_norm", "name": "norm"},
        {"kind": "linear", "name": "unembed"},
    ]


ENCODER_DECODER = [
    {"kind": "embedding", "name": "embed", "features": 16},
    {"kind": "position", "name": "place"},
    {"kind": "transformer_block", "name": "encoder", "heads": 2},
    {"kind": "self_attention", "name": "within", "inputs": ["place"], "heads": 2, "causal": True},
    {"kind": "add", "name": "sum1", "inputs": ["place", "within"]},
    {"kind": "cross_attention", "name": "across", "inputs": ["sum1", "encoder"], "heads": 4},
    {"kind": "add", "name": "sum2", "inputs": ["sum1", "across"]},
    {"kind": "rms_norm", "name": "norm"},
    {"kind": "linear", "name": "unembed"},
]
REPEATED = {"kind": "repeated", "length": 20, "min_period": 4, "max_period": 8, "test_period": 8, "vocabulary": 12}
TAIL = [{"kind": "last_over_time", "name": "last"}, {"kind": "linear", "name": "answer"}]
ONE_ANSWER = [{"kind": "linear", "name": "embed", "units": 16}, *transformer()[1:-1], *TAIL]
STREAMS = {
    "layer norm": (REPEATED, transformer()),
    "rms norm": (REPEATED, [*transformer(norm="rms", bias=False)[:-2], {"kind": "rms_norm"}, {"kind": "linear"}]),
    "attention only": (REPEATED, transformer(attention_only=True, norm="none")),
    "encoder and decoder": (REPEATED, ENCODER_DECODER),
    "one answer": ("in_context_classification", ONE_ANSWER),
}


def stream_scene(name: str) -> Scene:
    """One of the networks with a stream, its norms and biases at chance."""
    found = scene(*STREAMS[name])
    with torch.no_grad():
        for key, weight in found.network.named_parameters():
            if "bias" in key or "norm" in key:  # these start at 0 and 1, where a wrong one would not show
                weight.add_(0.3 * torch.randn_like(weight))
    return found
