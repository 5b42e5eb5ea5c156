"""Superposition: more features than dimensions (Elhage et al. 2022, arXiv:2209.10652)."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

LAYERS: list[dict[str, Any]] = [{"kind": "tied", "name": "bottleneck", "units": 2}, {"kind": "relu", "name": "answer"}]
RECIPE = {
    "learning_rate": 0.01,
    "batch_size": 256,
    "steps": 2000,
    "schedule": {"kind": "cosine"},
    "evaluate_every": 50,
}

SPARSE = Preset(
    name="superposition",
    title="Five features in two dimensions",
    about="Five features that are rarely there at the same time are stored in two dimensions, on top of one another.",
    watch="The five columns of the bottleneck are arrows in a plane: two at first, a pentagon in the end.",
    expect="Gradual in training; the jump is in the data: how many features find room depends on how sparse they are.",
    control="superposition-dense",
    budget_seconds=10,
    figures=(at_least("features_per_dimension", 2.0),),
    experiment=experiment({"kind": "sparse_features", "density": 0.03}, LAYERS, RECIPE),
)
DENSE = Preset(
    name="superposition-dense",
    title="Two features in two dimensions",
    about="Where all five features are there all the time, the two that count most are stored, and the rest given up.",
    watch="Two arrows grow to length 1, at right angles; the others shrink to nothing.",
    expect="No superposition: one feature for each dimension.",
    budget_seconds=10,
    figures=(at_most("features_per_dimension", 1.2),),
    experiment=experiment({"kind": "sparse_features", "density": 1.0}, LAYERS, RECIPE),
)
