"""Handwritten digits by a plain, a convolutional, the article's own and a residual network; and shapes in a scene."""

from typing import Any

from explorer.gallery.base import Preset, at_least, experiment

DIGITS = {"kind": "digits"}  # 8 × 8 pixels

MLP = Preset(
    name="digits-mlp",
    title="Digits with a plain network",
    about="Reads handwritten digits with two layers that do not know which pixels are neighbours.",
    watch="Look at the weights of the hidden layer as pictures: each unit learns a pattern of light and dark.",
    expect="Test accuracy rises gradually, to .9 within 100 steps and to .95 or more at the end.",
    budget_seconds=3,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        DIGITS,
        [
            {"kind": "flatten", "name": "pixels"},
            {"kind": "linear", "name": "hidden", "units": 64},
            {"kind": "relu"},
            {"kind": "linear", "name": "answer"},
        ],
        {"learning_rate": 0.003, "batch_size": 64, "steps": 600, "evaluate_every": 20},
    ),
)
CNN = Preset(
    name="digits-cnn",
    title="Digits with a convolutional network",
    about="Reads handwritten digits with small filters that slide over the picture, in fewer than 2,000 weights.",
    watch="The filters of the first layer turn into edges and dots; the confusion matrix empties off its diagonal.",
    expect="Test accuracy rises gradually, to .9 within five passes over the data and to .96 or more at the end.",
    budget_seconds=5,
    figures=(at_least("test.accuracy", 0.96),),
    experiment=experiment(
        DIGITS,
        [
            {"kind": "conv2d", "name": "edges", "channels": 8, "padding": 1},
            {"kind": "relu"},
            {"kind": "max_pool"},
            {"kind": "conv2d", "name": "strokes", "channels": 16, "padding": 1},
            {"kind": "relu"},
            {"kind": "max_pool"},
            {"kind": "flatten"},
            {"kind": "linear", "name": "answer"},
        ],
        {"learning_rate": 0.005, "batch_size": 64, "steps": 550, "evaluate_every": 22},
    ),
)
ARTICLE = Preset(
    name="article-cnn",
    title="The article's network",
    about="Reads digits of 32 × 32 pixels with the convolutional network of the article's code example.",
    watch="Set the size to 28: the first linear layer was written for 32 pixels and says what no longer fits.",
    expect="Test accuracy rises gradually to .93 or more in five passes over the data.",
    budget_seconds=15,
    figures=(at_least("test.accuracy", 0.93),),
    experiment=experiment(
        {"kind": "digits", "size": 32},
        [
            {"kind": "conv2d", "name": "conv1", "channels": 32},
            {"kind": "relu"},
            {"kind": "max_pool", "name": "pool1"},
            {"kind": "conv2d", "name": "conv2", "channels": 64},
            {"kind": "relu"},
            {"kind": "max_pool", "name": "pool2"},
            {"kind": "flatten", "name": "flatten"},
            {"kind": "linear", "name": "fc1", "units": 128, "in_features": 64 * 6 * 6},
            {"kind": "relu"},
            {"kind": "dropout", "name": "dropout", "rate": 0.5},
            {"kind": "linear", "name": "fc2", "units": 10},
        ],
        {"learning_rate": 0.001, "batch_size": 32, "steps": 5 * 44, "evaluate_every": 44},
    ),
)


def residual_block(number: int, before: str, channels: int) -> list[dict[str, Any]]:
    """Two convolutions whose result is added to what they read (He et al. 2016)."""
    first, second, total = f"block{number}a", f"block{number}b", f"sum{number}"
    convolution = {"kind": "conv2d", "channels": channels, "padding": 1, "bias": False}
    return [
        {**convolution, "name": first, "inputs": [before]},
        {"kind": "batch_norm", "name": f"norm{number}a"},
        {"kind": "relu", "name": f"relu{number}a"},
        {**convolution, "name": second},
        {"kind": "batch_norm", "name": f"norm{number}b"},
        {"kind": "add", "name": total, "inputs": [before, f"norm{number}b"]},
        {"kind": "relu", "name": f"relu{number}b"},
    ]


RESNET = Preset(
    name="digits-resnet",
    title="Digits with residual connections",
    about="Reads digits with seven layers of weights, where each block adds to what it was given.",
    watch="Compare the gradient norms layer by layer, then take the sums away: the first layers fall silent.",
    expect="Test accuracy rises quickly to .9, then gradually to .96 or more.",
    budget_seconds=8,
    figures=(at_least("test.accuracy", 0.96),),
    experiment=experiment(
        DIGITS,
        [
            {"kind": "conv2d", "name": "stem", "channels": 12, "padding": 1},
            {"kind": "relu", "name": "relu0"},
            *residual_block(1, "relu0", 12),
            {"kind": "max_pool", "name": "pool"},
            *residual_block(2, "pool", 12),
            *residual_block(3, "relu2b", 12),
            {"kind": "global_pool", "name": "mean"},
            {"kind": "linear", "name": "answer"},
        ],
        {"learning_rate": 0.01, "batch_size": 64, "steps": 330, "evaluate_every": 22, "schedule": {"kind": "cosine"}},
    ),
)


def detector(outputs: int) -> list[dict[str, Any]]:
    """Convolutions and poolings down to a grid of cells, and for every cell an object, its box and its class."""
    layers: list[dict[str, Any]] = []
    for name, channels in (("edges", 16), ("parts", 32), ("shapes", 48)):
        layers += [{"kind": "conv2d", "name": name, "channels": channels, "padding": 1}, {"kind": "relu"}]
        layers += [{"kind": "max_pool"}] if name != "shapes" else []
    return [*layers, {"kind": "conv2d", "name": "answer", "channels": outputs, "kernel": 1}]


SCENES_RECIPE = {"learning_rate": 0.005, "batch_size": 32, "steps": 250, "evaluate_every": 25}
DETECTOR = Preset(
    name="shape-detector",
    title="A detector draws boxes",
    about="Finds blocks, discs and crosses in a picture and draws a box around each, in one pass over a grid of cells.",
    watch="Boxes appear where the shapes are, then settle on their sides; the bar in the background gets none.",
    expect="Average precision rises gradually to .9 within 150 steps and to .95 or more at the end.",
    budget_seconds=6,
    figures=(at_least("test.average_precision", 0.95),),
    experiment=experiment({"kind": "scenes"}, detector(8), SCENES_RECIPE),
)
