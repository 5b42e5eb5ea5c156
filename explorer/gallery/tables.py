"""Tables of measured features: small enough to train in a second, honest enough to be hard."""

from typing import Any

from explorer.gallery.base import Preset, at_least, experiment


def relu_layers(*units: int) -> list[dict[str, Any]]:
    """Hidden layers of these sizes with ReLU, and the answer."""
    hidden = [
        layer
        for number, size in enumerate(units, 1)
        for layer in ({"kind": "linear", "name": f"hidden{number}", "units": size}, {"kind": "relu"})
    ]
    return [*hidden, {"kind": "linear", "name": "answer"}]


RECIPE = {"learning_rate": 0.01, "batch_size": 16, "evaluate_every": 10}

IRIS = Preset(
    name="iris",
    title="Iris",
    about="Tells three species of iris by four measurements of their flowers.",
    watch="Setosa is told at once; the confusion matrix shows that the other two are what remains to be learnt.",
    expect="Test accuracy rises gradually, to .9 or more; with 60 flowers held out, a single one counts .017.",
    budget_seconds=3,
    figures=(at_least("test.accuracy", 0.9),),
    experiment=experiment({"kind": "iris", "train_fraction": 0.6}, relu_layers(8), {**RECIPE, "steps": 300}),
)
WINE = Preset(
    name="wine",
    title="Wine",
    about="Tells three growers of wine by thirteen chemical measurements.",
    watch="Ask which measurements count: attribution on a few bottles of each grower names other ones.",
    expect="Test accuracy rises gradually, to .85 or more within 100 steps; with 36 bottles held out, one counts .03.",
    budget_seconds=3,
    figures=(at_least("test.accuracy", 0.85),),
    experiment=experiment({"kind": "wine"}, relu_layers(8), {**RECIPE, "steps": 200}),
)
CANCER = Preset(
    name="breast-cancer",
    title="Breast cancer",
    about="Tells malignant from benign tumours by thirty measurements of cell nuclei.",
    watch="Look at recall and not at accuracy alone: to miss a malignant tumour costs more than a false alarm.",
    expect="Test accuracy rises gradually, to .95 or more within 200 steps.",
    budget_seconds=3,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "breast_cancer"}, relu_layers(8), {**RECIPE, "learning_rate": 0.003, "batch_size": 32, "steps": 300}
    ),
)
DIABETES = Preset(
    name="diabetes",
    title="Diabetes",
    about="Predicts how far diabetes went within a year, which ten measurements tell only in part.",
    watch="Training loss goes on falling while test loss stops: more steps only learn the noise.",
    expect="R² on held-out patients rises gradually to somewhere between .4 and .6 and then stays.",
    budget_seconds=3,
    figures=(at_least("test.r2", 0.35),),
    experiment=experiment(
        {"kind": "diabetes"}, relu_layers(8), {**RECIPE, "learning_rate": 0.003, "batch_size": 32, "steps": 200}
    ),
)
