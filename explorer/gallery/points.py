"""Points of the plane, with networks small enough to be watched whole, as in TensorFlow Playground."""

from typing import Any

from explorer.gallery.base import Preset, at_least, experiment

RECIPE = {"optimizer": {"kind": "adam"}, "learning_rate": 0.02, "batch_size": 10, "evaluate_every": 10}
PLAIN = ("x1", "x2")


def tanh_layers(*units: int, chosen: tuple[str, ...] = PLAIN) -> list[dict[str, Any]]:
    """Features, hidden layers of these sizes with tanh, and the answer."""
    hidden = [
        layer
        for number, size in enumerate(units, 1)
        for layer in ({"kind": "linear", "name": f"hidden{number}", "units": size}, {"kind": "tanh"})
    ]
    return [{"kind": "features", "name": "features", "chosen": chosen}, *hidden, {"kind": "linear", "name": "answer"}]


CIRCLE = Preset(
    name="circle",
    title="Circle",
    about="Tells a disc from the ring around it.",
    watch="Each unit of the first hidden layer draws one edge; see how the edges close into a ring around the disc.",
    expect="Test accuracy rises gradually, to .95 or more within a few hundred steps.",
    budget_seconds=4,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment({"kind": "circle"}, tanh_layers(4, 2), {**RECIPE, "steps": 1000}),
)
XOR = Preset(
    name="xor",
    title="Exclusive or",
    about="Tells whether both coordinates have the same sign, which no straight line can.",
    watch="Look at the first hidden layer: its units must cut the plane both ways before the answer can use them.",
    expect="Test accuracy rises gradually from .5, to .95 or more within a few hundred steps.",
    budget_seconds=4,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment({"kind": "xor"}, tanh_layers(6, 2), {**RECIPE, "steps": 1000}),
)
GAUSS = Preset(
    name="gauss",
    title="Two clouds",
    about="Tells two round clouds apart, which a straight line can.",
    watch="The boundary turns into place within the first steps; the hidden layers have nothing to add.",
    expect="Test accuracy is at .99 or more within 50 steps.",
    budget_seconds=3,
    figures=(at_least("test.accuracy", 0.99),),
    experiment=experiment({"kind": "gauss"}, tanh_layers(4, 2), {**RECIPE, "steps": 200}),
)
SPIRAL = Preset(
    name="spiral",
    title="Spiral",
    about="Tells two arms apart that are wound around each other.",
    watch="The boundary bends into the arms from the outside; the sines among the features lend it their curves.",
    expect="Test accuracy waits near .6, then climbs gradually, to .95 or more after about 1,000 steps.",
    budget_seconds=6,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "spiral"},
        tanh_layers(8, 8, chosen=(*PLAIN, "sin_x1", "sin_x2")),
        {**RECIPE, "learning_rate": 0.01, "steps": 2000},
    ),
)
ARMS = Preset(
    name="spiral-arms",
    title="Spiral of three arms",
    about="Tells three arms of a spiral apart, each a class of its own.",
    watch="Three regions meet in the centre; where they touch, the network is least sure.",
    expect="Test accuracy climbs gradually, to .95 or more within 2,000 steps.",
    budget_seconds=6,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "arms", "size": 750}, tanh_layers(8, 8), {**RECIPE, "learning_rate": 0.01, "steps": 2000}
    ),
)
PLANE = Preset(
    name="plane-regression",
    title="Slope",
    about="Learns the height of a slope, a number instead of a class.",
    watch="The colours of the plane turn into an even slope along the diagonal, flattest where the tanh saturates.",
    expect="R² rises gradually, to .98 or more within a few hundred steps.",
    budget_seconds=4,
    figures=(at_least("test.r2", 0.98),),
    experiment=experiment({"kind": "plane"}, tanh_layers(4, 2), {**RECIPE, "learning_rate": 0.01, "steps": 600}),
)
