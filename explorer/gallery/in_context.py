"""Tasks told by examples in the prompt: linear regression, and classes that are looked up or known by heart."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment


def transformer(features: int, **block: Any) -> list[dict[str, Any]]:
    """Two causal transformer blocks that read numbers, up to the last norm."""
    block = {"kind": "transformer_block", "causal": True, **block}
    return [
        {"kind": "linear", "name": "embed", "units": features},
        {"kind": "position", "name": "place"},
        {**block, "name": "block1"},
        {**block, "name": "block2"},
        {"kind": "layer_norm", "name": "norm"},
    ]


REGRESSION_RECIPE = {
    "optimizer": {"kind": "adamw"},
    "learning_rate": 0.002,
    "batch_size": 64,
    "clip_norm": 1.0,
}


def regressor(features: int) -> list[dict[str, Any]]:
    """The transformer with an answer at every place."""
    return [*transformer(features, heads=4), {"kind": "linear", "name": "answer"}]


LINE = Preset(
    name="in-context-line",
    title="A line through the prompt",
    about="A transformer reads up to 16 points of a line and predicts the next y, for a new line in every prompt.",
    watch="Drag the points of a prompt: its line follows that of ridge regression, though no weight changes.",
    expect="Gradual, no jump: after the last example the error comes within twice that of ridge regression.",
    budget_seconds=20,
    figures=(at_most("ridge_ratio", 2.0),),
    experiment=experiment(
        {"kind": "in_context_regression", "dimensions": 1, "examples": 17},
        regressor(32),
        {
            **REGRESSION_RECIPE,
            "steps": 800,
            "schedule": {"kind": "cosine", "warm_up": 100},
            "evaluate_every": 25,
        },
    ),
)
REGRESSION = Preset(
    name="in-context-regression",
    title="Linear regression in the prompt",
    about="A transformer reads pairs of x and y and predicts the next y, for a new linear function in every prompt.",
    watch="Compare the error after each number of examples with ridge regression: the later places close in last.",
    expect="Gradual, no jump: after the last example the error comes within twice that of ridge regression.",
    budget_seconds=60,
    figures=(at_most("ridge_ratio", 2.0),),
    experiment=experiment(
        {"kind": "in_context_regression"},
        regressor(64),
        {
            **REGRESSION_RECIPE,
            "steps": 2000,
            "schedule": {"kind": "cosine", "warm_up": 200},
            "evaluate_every": 100,
        },
    ),
)

CLASSES = {
    "optimizer": {"kind": "adamw"},
    "learning_rate": 0.002,
    "weight_decay": 0.01,
    "batch_size": 64,
    "evaluate_every": 25,
}


def classifier() -> list[dict[str, Any]]:
    """The transformer with an answer at its last place."""
    return [
        *transformer(64, heads=1, mlp_ratio=2),
        {"kind": "last_over_time", "name": "question"},
        {"kind": "linear", "name": "answer"},
    ]


IN_CONTEXT = Preset(
    name="in-context-classes",
    title="Classes looked up in the prompt",
    about="With 2,048 classes a transformer learns to find the label in the prompt, even of classes it never saw.",
    watch="A plateau at log 4, the four labels of the prompt, then a jump as attention finds the right one of them.",
    expect="A jump between 150 and 350 steps: accuracy on new classes with random labels goes from .3 to .95 or more.",
    control="in-weights-classes",
    budget_seconds=15,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "in_context_classification", "classes": 2048},
        classifier(),
        {**CLASSES, "steps": 550, "schedule": {"kind": "cosine", "final": 0.2}},
    ),
)
IN_WEIGHTS = Preset(
    name="in-weights-classes",
    title="Classes known by heart",
    about="With 16 classes a transformer learns their labels by heart, and learns nothing about the prompt.",
    watch="Accuracy without help in the prompt is soon perfect; new classes with random labels stay at chance.",
    expect="Within 50 steps accuracy from the weights alone is .95 or more; on new classes it stays under .3.",
    budget_seconds=6,
    figures=(at_least("test.accuracy", 0.95), at_most("novel_class_accuracy", 0.3)),
    experiment=experiment(
        {"kind": "in_context_classification", "classes": 16, "held_out": "in_weights"},
        classifier(),
        {**CLASSES, "steps": 80, "evaluate_every": 10},
    ),
)
