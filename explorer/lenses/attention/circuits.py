"""What a head would copy: its value-output circuit between the tokens read and the tokens written."""

import torch
from torch import Tensor, nn

from explorer.layers.attention import Attention, AttentionWithin
from explorer.layers.transformer import Block
from explorer.lenses.attention.stream import readout
from explorer.network import Network


def copying(network: Network, path: str) -> Tensor | None:
    """Sum of the eigenvalues of W_U W_O W_V W_E over the sum of their sizes, by head: 1 copies, -1 writes against.

    Elhage et al. 2021, "Summarizing OV/QK matrices". The scales of norms are part of the matrices, and their
    subtraction of the mean too; what they divide by is not. None where tokens are not both read and written,
    or the weights are no numbers.
    """
    attention, reading = network.get_submodule(path), readout(network.plan)
    embedding = next((module for module in network.modules() if isinstance(module, nn.Embedding)), None)
    if not isinstance(attention, AttentionWithin) or reading is None or embedding is None:
        return None
    unembed = network.get_submodule(reading.layers[-1])
    features = attention.mix.in_features
    if features != embedding.embedding_dim:
        return None
    if not isinstance(unembed, nn.Linear) or unembed.weight.shape != embedding.weight.shape:
        return None
    block = network.get_submodule(path.rpartition(".")[0]) if "." in path else None
    before = block.attention_norm if isinstance(block, Block) and block.is_pre else nn.Identity()
    written = unembed.weight  # (V, C)
    for name in reversed(reading.layers[:-1]):
        written = written @ _matrix(network.get_submodule(name), features, written)
    value, output = _value_output(attention)  # (H, D, C), (H, C, D)
    read = value @ _matrix(before, features, written) @ embedding.weight.T  # (H, D, V)
    # The eigenvalues of a product of a tall and a wide matrix are, but for zeros, those of the product the other way.
    product = (read @ (written @ output)).cpu().double()  # (H, D, D)
    if not product.isfinite().all():
        return None
    found = torch.linalg.eigvals(product)  # (H, D)
    return found.real.sum(-1) / found.abs().sum(-1).clamp(min=1e-12)


def _value_output(attention: Attention) -> tuple[Tensor, Tensor]:
    """What each head reads of the stream and what it writes of that: (H, D, C) and (H, C, D)."""
    assert isinstance(attention, AttentionWithin)
    value = attention.query_key_value.weight.chunk(3)[2].unflatten(0, (attention.n_heads, -1))
    return value, attention.mix.weight.unflatten(1, (attention.n_heads, -1)).movedim(1, 0)


def _matrix(norm: nn.Module, features: int, like: Tensor) -> Tensor:
    """The linear part of a norm but for its division; of anything that only picks places, nothing changes."""
    unit = torch.eye(features, dtype=like.dtype, device=like.device)
    if not isinstance(norm, nn.LayerNorm | nn.RMSNorm):
        return unit
    centred = unit - 1 / features if isinstance(norm, nn.LayerNorm) else unit
    return centred if norm.weight is None else norm.weight[:, None] * centred
