"""What grows with size: test error that rises and falls again with width, and a jump that lies in the metric."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

DIGITS = {"kind": "digits", "noise": 0.3, "train_fraction": 0.1}
FEATURES: list[dict[str, Any]] = [
    {"kind": "flatten", "name": "row"},
    {"kind": "random_features", "name": "features", "units": 1500},
    {"kind": "linear", "name": "answer", "bias": False},
]
RECIPE = {
    "optimizer": {"kind": "adam"},
    "learning_rate": 0.002,
    "batch_size": None,
    "steps": 400,
    "loss": "squared_error",
    "evaluate_every": 20,
}

DESCENT = Preset(
    name="double-descent",
    title="Double descent over width",
    about="180 noisy digits, and random features of which the first few, then more and more, are used.",
    watch="Held-out error over the number of features: it peaks where there are as many as training examples.",
    expect="Held-out error falls, rises steeply towards 180 features, and falls again below its first valley.",
    control="double-descent-l2",
    budget_seconds=10,
    figures=(at_least("test.accuracy", 0.6),),
    experiment=experiment(DIGITS, FEATURES, RECIPE),
)
PENALTY = Preset(
    name="double-descent-l2",
    title="No peak with an L2 penalty",
    about="The same digits and features, with a small penalty on the squares of the weights.",
    watch="Held-out error over the number of features: the peak is gone.",
    expect="Held-out error falls with width and hardly rises anywhere.",
    budget_seconds=10,
    figures=(at_least("test.accuracy", 0.6),),
    experiment=experiment(DIGITS, FEATURES, {**RECIPE, "l2": 0.001}),
)
SMALL: list[dict[str, Any]] = [
    {"kind": "embedding", "name": "embed", "features": 6},
    {"kind": "position", "name": "place", "init_scale": 0.5},
    {"kind": "self_attention", "name": "attention", "causal": True},
    {"kind": "linear", "name": "answer"},
]
COPYING = {"learning_rate": 0.005, "batch_size": 32, "steps": 300, "evaluate_every": 20}
MIRAGE = Preset(
    name="scale-and-mirage",
    title="Scale and the mirage",
    about="Copies 21 symbols from three steps back, with an embedding that is almost too small for it.",
    watch="Sweep over the size of the embedding: accuracy for one symbol, and for the whole sequence.",
    expect="Accuracy for one symbol grows gradually with size; exact match is zero for long and then jumps.",
    control="scale-without-mirage",
    budget_seconds=8,
    figures=(at_least("test.accuracy", 0.6), at_most("test.exact_match", 0.6)),
    experiment=experiment({"kind": "copy_back"}, SMALL, COPYING),
)
ONE_SYMBOL = Preset(
    name="scale-without-mirage",
    title="One symbol, no mirage",
    about="The same network is asked for a single symbol: the one that stood first.",
    watch="Sweep over the size of the embedding: accuracy for one symbol, and for the whole answer.",
    expect="Both are one curve, for the whole answer is one symbol: nothing jumps in one that does not in the other.",
    budget_seconds=8,
    figures=(at_least("test.exact_match", 0.9),),
    experiment=experiment({"kind": "copy_back", "lag": 23}, SMALL, COPYING),
)
