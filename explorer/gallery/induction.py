"""Induction heads, and the single layer that cannot have them (Olsson et al. 2022, arXiv:2209.11895)."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment


def attention_only(n_layers: int, heads: int) -> list[dict[str, Any]]:
    """A transformer with nothing but attention."""
    block = {"kind": "transformer_block", "heads": heads, "causal": True, "attention_only": True}
    return [
        {"kind": "embedding", "name": "embed", "features": 64},
        {"kind": "position", "name": "place"},
        *({**block, "name": f"block{number}"} for number in range(1, n_layers + 1)),
        {"kind": "layer_norm", "name": "norm"},
        {"kind": "linear", "name": "unembed"},
    ]


RECIPE = {
    "optimizer": {"kind": "adamw"},
    "learning_rate": 0.005,
    "weight_decay": 0.01,
    "batch_size": 32,
    "steps": 500,
    "evaluate_every": 20,
}

HEADS = Preset(
    name="induction-heads",
    title="Induction heads",
    about="Two layers of attention learn to go on with a block of tokens that they have seen once before.",
    watch="In the second layer a diagonal of attention appears at the jump: it points behind the token seen before.",
    expect="A jump: nothing for about 100 steps, then within about 100 more second-half accuracy goes from .05 to .95.",
    control="induction-one-layer",
    budget_seconds=10,
    figures=(at_least("second_half_accuracy", 0.95), at_least("prefix_matching", 0.9)),
    experiment=experiment({"kind": "repeated"}, attention_only(2, 1), RECIPE),
)
ONE_LAYER = Preset(
    name="induction-one-layer",
    title="One layer without induction",
    about="One layer of attention is given the same repeated blocks and cannot look up what followed.",
    watch="Prefix matching stays low; the loss still falls a little, by counting which tokens occur.",
    expect="No jump: second-half accuracy creeps up and stays under .4, however long it trains.",
    budget_seconds=10,
    figures=(at_most("second_half_accuracy", 0.4), at_most("prefix_matching", 0.4)),
    experiment=experiment({"kind": "repeated"}, attention_only(1, 2), RECIPE),
)
