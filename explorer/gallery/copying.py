"""Three mechanisms on one task, to tell what stood three steps back: attention, convolution, recurrent memory."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

EMBED: list[dict[str, Any]] = [{"kind": "embedding", "name": "embed", "features": 32}]
ANSWER: list[dict[str, Any]] = [{"kind": "linear", "name": "answer"}]
RECIPE = {"learning_rate": 0.005, "batch_size": 32, "steps": 300, "evaluate_every": 20}
CONVOLUTION = [{"kind": "conv1d", "name": "window", "channels": 32, "kernel": 4, "causal": True}]

ATTENTION = Preset(
    name="copy-attention",
    title="Copy by attention",
    about="One layer of attention learns to look three steps back, by places alone.",
    watch="A diagonal of attention appears three steps below the middle.",
    expect="A jump within 300 steps; a longer lag takes hardly longer, for all places are equally near.",
    control="copy-beyond-window",
    budget_seconds=8,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "copy_back"},
        [
            *EMBED,
            {"kind": "position", "name": "place", "init_scale": 0.5},
            {"kind": "self_attention", "name": "attention", "causal": True},
            *ANSWER,
        ],
        RECIPE,
    ),
)
WINDOW = Preset(
    name="copy-convolution",
    title="Copy by a window",
    about="A convolution over the last four steps learns to pick the oldest of them: autoregression of order three.",
    watch="Of the four places of each filter one grows and three fade.",
    expect="Right almost at once, as long as the lag is within the window; beyond it, never.",
    control="copy-beyond-window",
    budget_seconds=6,
    figures=(at_least("test.accuracy", 0.98),),
    experiment=experiment({"kind": "copy_back"}, [*EMBED, *CONVOLUTION, *ANSWER], RECIPE),
)
BEYOND = Preset(
    name="copy-beyond-window",
    title="Copy from beyond the window",
    about="The same window is asked for a symbol that stood four steps back, where it cannot see.",
    watch="Nothing moves: what is asked for never enters the network at that step.",
    expect="No learning: accuracy stays at chance, one in eight, however long it trains.",
    budget_seconds=6,
    figures=(at_most("test.accuracy", 0.2),),
    experiment=experiment({"kind": "copy_back", "lag": 4}, [*EMBED, *CONVOLUTION, *ANSWER], RECIPE),
)
MEMORY = Preset(
    name="copy-recurrent",
    title="Copy by memory",
    about="A GRU learns to carry the last three symbols along, all of them at every step.",
    watch="Train with a lag of 2, 3 and 5: every step more has to be carried in the same state.",
    expect="Gradual, and slower with every step of lag, for the memory must hold all symbols in between.",
    control="copy-beyond-window",
    budget_seconds=10,
    figures=(at_least("test.accuracy", 0.95),),
    experiment=experiment(
        {"kind": "copy_back"},
        [*EMBED, {"kind": "gru", "name": "memory", "units": 64}, *ANSWER],
        {**RECIPE, "steps": 400, "learning_rate": 0.01},
    ),
)
