"""Recurrent networks that must remember: a depth, two marked numbers, the last pulses."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

BRACKETS = Preset(
    name="brackets-lstm",
    title="An LSTM counts brackets",
    about="A small LSTM is asked whether all brackets are closed, and comes to count the open ones untold.",
    watch="Draw the four cells over a sequence: one of them climbs with every open bracket and falls with every close.",
    expect="A jump between 100 and 200 steps, after which some cell follows the depth with a correlation above .98.",
    budget_seconds=8,
    figures=(at_least("cell_depth_correlation", 0.98), at_least("test.f1", 0.95)),
    experiment=experiment(
        {"kind": "brackets"},
        [{"kind": "lstm", "name": "lstm", "units": 4}, {"kind": "linear", "name": "answer"}],
        {"learning_rate": 0.01, "batch_size": 64, "steps": 500, "evaluate_every": 20},
    ),
)


def adder(kind: str) -> list[dict[str, Any]]:
    """A recurrent layer that reads the whole series, and an answer from its last state."""
    return [
        {"kind": kind, "name": kind, "units": 32},
        {"kind": "last_over_time", "name": "last"},
        {"kind": "linear", "name": "answer"},
    ]


ADDING = {"learning_rate": 0.01, "batch_size": 64, "clip_norm": 1.0, "evaluate_every": 20}

ADDING_RNN = Preset(
    name="adding-rnn",
    title="Adding with a plain RNN",
    about="A plain RNN is asked for the sum of two marked numbers, and cannot carry the first one far enough.",
    watch="The loss hardly leaves its plateau of 1/6, which is the price of always answering 1.",
    expect="Test loss stays above .05, where an LSTM and a GRU with the same recipe come below .01.",
    budget_seconds=8,
    figures=(at_least("test.loss", 0.05),),
    experiment=experiment({"kind": "adding"}, adder("rnn"), {**ADDING, "steps": 600}),
)
ADDING_LSTM = Preset(
    name="adding-lstm",
    title="Adding with an LSTM",
    about="An LSTM learns to hold a marked number until the second one comes, and adds the two.",
    watch="After a long plateau at 1/6 the loss drops: the input gate has begun to open at the markers.",
    expect="A plateau of some hundred steps, then a quick fall of test loss below .01.",
    control="adding-rnn",
    budget_seconds=8,
    figures=(at_most("test.loss", 0.01),),
    experiment=experiment({"kind": "adding"}, adder("lstm"), {**ADDING, "steps": 600}),
)
ADDING_GRU = Preset(
    name="adding-gru",
    title="Adding with a GRU",
    about="A GRU learns to hold a marked number until the second one comes, and adds the two.",
    watch="The plateau at 1/6 is shorter than that of the LSTM; compare the update gate at the markers and between.",
    expect="A plateau of about a hundred steps, then a quick fall of test loss below .01.",
    control="adding-rnn",
    budget_seconds=8,
    figures=(at_most("test.loss", 0.01),),
    experiment=experiment({"kind": "adding"}, adder("gru"), {**ADDING, "steps": 350}),
)
FLIP_FLOP = Preset(
    name="flip-flop",
    title="Flip-flop memory",
    about="A GRU remembers which way the last pulse of each of two channels went.",
    watch="Draw the states in their two main directions: four clouds part, one for each combination of the two bits.",
    expect="Test accuracy rises within about 100 steps, to .98 or more.",
    budget_seconds=6,
    figures=(at_least("test.accuracy", 0.98),),
    experiment=experiment(
        {"kind": "flip_flop"},
        [{"kind": "gru", "name": "gru", "units": 16}, {"kind": "linear", "name": "answer"}],
        {"learning_rate": 0.01, "batch_size": 32, "steps": 200, "evaluate_every": 20},
    ),
)
