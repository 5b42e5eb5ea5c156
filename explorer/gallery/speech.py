"""Phones told in their order but without their times: a network that hears their neighbours, and one that does not."""

from typing import Any

from explorer.gallery.base import Preset, at_least, at_most, experiment

UTTERANCES = {"kind": "utterances"}
RECIPE = {"learning_rate": 0.01, "batch_size": 32, "clip_norm": 5.0, "evaluate_every": 10}


def recogniser() -> list[dict[str, Any]]:
    """A filter over five frames, a memory in both directions, and scores for every frame."""
    return [
        {"kind": "conv1d", "name": "filters", "channels": 32, "kernel": 5, "padding": 2},
        {"kind": "relu", "name": "relu"},
        {"kind": "gru", "name": "gru", "units": 32, "bidirectional": True},
        {"kind": "linear", "name": "answer"},
    ]


CTC = Preset(
    name="ctc-recogniser",
    title="A recogniser finds the phones",
    about="A small recurrent network learns which phones were said from their order alone; nobody tells it when.",
    watch="The map of phones over frames: at first it says nothing but blanks, then spikes appear, one for each phone.",
    expect="All blanks for about 150 steps, then a jump: the phone error rate falls from 1 to below .1 in 50 steps.",
    control="ctc-single-frames",
    budget_seconds=8,
    figures=(at_most("test.phone_error_rate", 0.1), at_most("blank_fraction", 0.9)),
    experiment=experiment(UTTERANCES, recogniser(), {**RECIPE, "steps": 220}),
)
SINGLE = Preset(
    name="ctc-single-frames",
    title="A recogniser of single frames",
    about="The same task for a network that sees each frame by itself, without those beside it.",
    watch="Where one phone sounds for six frames, it is told in pieces: nothing joins neighbouring frames.",
    expect="It stays with blanks longer, then leaps as well, but keeps a phone error rate above .2.",
    budget_seconds=3,
    figures=(at_least("test.phone_error_rate", 0.2),),
    experiment=experiment(
        UTTERANCES,
        [{"kind": "linear", "name": "hidden", "units": 48}, {"kind": "relu"}, {"kind": "linear", "name": "answer"}],
        {**RECIPE, "steps": 300},
    ),
)
