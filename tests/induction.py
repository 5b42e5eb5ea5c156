"""A two-layer network of attention whose weights are set by hand so that it does induction, exactly."""

import torch

from explorer.datasets.base import Data, Dataset
from explorer.layers.attention import AttentionWithin
from explorer.network import Network, build
from explorer.validation import check, read_experiment

SHARP = 200.0  # scores this far apart leave nothing for the other places


def hand_set_induction() -> tuple[Network, Data, Dataset]:
    """The network with its data: the first head copies the token before, the second finds and copies what followed.

    The stream holds four parts side by side: the token, the place, the token before, and the answer.
    """
    probe = check(read_experiment({"data": {"kind": "repeated"}, "network": {"layers": [EMBED, {"kind": "linear"}]}}))
    signal = probe.description.signals[0]
    tokens, places = signal.vocabulary or 0, signal.shape[0]
    width = 3 * tokens + places
    block = {"kind": "transformer_block", "causal": True, "attention_only": True, "norm": "none", "bias": False}
    layers = [
        {**EMBED, "features": width},
        {"kind": "position", "name": "place"},
        {**block, "name": "first"},
        {**block, "name": "second"},
        {"kind": "linear", "name": "unembed"},
    ]
    checked = check(read_experiment({"data": {"kind": "repeated"}, "network": {"layers": layers}}))
    network = build(checked.plan, 0)
    token, place, before, answer = torch.arange(width).split([tokens, places, tokens, tokens])
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.zero_()
        network.get_parameter("embed.weight")[:, token] = torch.eye(tokens)
        network.get_parameter("place.weight")[:, place] = torch.eye(places)
        set_head(network.get_submodule("first.attention"), place[:-1], place[1:], token, before)
        set_head(network.get_submodule("second.attention"), before, token, token, answer)
        network.get_parameter("unembed.weight")[:, answer] = 20 * torch.eye(tokens)
    return network, checked.dataset.load(0), checked.dataset


EMBED = {"kind": "embedding", "name": "embed"}


def set_head(
    attention: torch.nn.Module, keys: torch.Tensor, queries: torch.Tensor, read: torch.Tensor, written: torch.Tensor
) -> None:
    """Attend where the keys hold what the queries ask for, and write what is read there."""
    assert isinstance(attention, AttentionWithin)
    width = attention.mix.weight.shape[0]
    common = torch.arange(len(keys))
    scale = SHARP * width**0.5
    attention.query_key_value.weight[common, queries] = scale
    attention.query_key_value.weight[width + common, keys] = 1.0
    attention.query_key_value.weight[2 * width + torch.arange(len(read)), read] = 1.0
    attention.mix.weight[written, torch.arange(len(read))] = 1.0
