"""Induction heads, and the single layer that cannot have them (Olsson et al. 2022, arXiv:2209.11895)."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment


def attention_only(n_layers: int, heads: int, place: float = 0.02) -> list[dict[str, Any]]:
    """A transformer with nothing but attention."""
    block = {"kind": "transformer_block", "heads": heads, "causal": True, "attention_only": True}
    return [
        {"kind": "embedding", "name": "embed", "features": 64},
        {"kind": "position", "name": "place", "init_scale": place},
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
FIXED_OFFSET = Preset(
    name="induction-fixed-offset",
    title="The trap of a fixed offset",
    about="One layer is given blocks of eight tokens and no others, and learns to look back by that distance.",
    watch="Training accuracy reaches the most there is, three blocks of four; on blocks of twelve nothing is right.",
    expect="Looks like induction and is none: second-half accuracy at another block length stays under .2.",
    control="induction-heads",
    budget_seconds=6,
    figures=(at_least("train.accuracy", 0.74), at_most("second_half_accuracy", 0.2)),
    experiment=experiment(
        {"kind": "repeated", "fixed_period": 8}, attention_only(1, 2, place=0.5), {**RECIPE, "steps": 240}
    ),
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
