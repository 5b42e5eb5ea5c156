"""Grokking: by heart first, understood much later (Power et al. 2022, arXiv:2201.02177)."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

# One hidden layer of squares can add two numbers on a circle (Gromov 2023, arXiv:2301.02679).
LAYERS: list[dict[str, Any]] = [
    {"kind": "embedding", "name": "embed", "features": 64},
    {"kind": "flatten", "name": "pair"},
    {"kind": "linear", "name": "hidden", "units": 128},
    {"kind": "square", "name": "square"},
    {"kind": "linear", "name": "answer", "bias": False},
]
RECIPE = {
    "optimizer": {"kind": "adamw", "beta2": 0.98},
    "learning_rate": 0.01,
    "weight_decay": 1.0,
    "batch_size": None,
    "steps": 900,
    "evaluate_every": 10,
}

GROKKING = Preset(
    name="grokking",
    title="Grokking",
    about="Learns to add on a clock of 31 hours from half of all pairs: first by heart, and long after that by a rule.",
    watch="Training accuracy is perfect at once and held-out accuracy is nowhere; do not stop. The weights shrink on.",
    expect="A jump: training accuracy is .99 within 20 steps, held-out accuracy .95 only after 400 to 800.",
    control="grokking-no-decay",
    budget_seconds=8,
    figures=(
        at_least("train.accuracy", 0.99),
        at_least("test.accuracy", 0.95),
        at_least("generalisation_delay", 15),
    ),
    experiment=experiment({"kind": "modular"}, LAYERS, RECIPE),
)
NO_DECAY = Preset(
    name="grokking-no-decay",
    title="No grokking without weight decay",
    about="The same sums with nothing that pulls the weights towards zero: they are learnt by heart, and no more.",
    watch="Training accuracy is perfect, and nothing ever happens to held-out accuracy.",
    expect="No jump: held-out accuracy stays under .1.",
    budget_seconds=8,
    figures=(at_least("train.accuracy", 0.99), at_most("test.accuracy", 0.1)),
    experiment=experiment({"kind": "modular"}, LAYERS, {**RECIPE, "weight_decay": 0.0}),
)
