"""The table of laboratories: what each opens, what it looks through, and what it measures."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from explorer.ui.emergence_words import LOSSES


@dataclass(frozen=True)
class View:
    """A lens and how it is drawn."""

    lens: str
    view: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Removal:
    """Something taken out of the network in hand, one after the other: a causal test."""

    name: str  # of its words
    views: tuple[View, ...]
    needs: str  # a lens without which there is nothing of this kind to take out
    units_of: tuple[str, ...] = ()  # kinds of layer, the best first: the units of one are taken out


@dataclass(frozen=True)
class Sweep:
    """A grid that shows something: values by dotted key as they are typed, and the metrics to draw over each other.

    With `power`, the first metric to that power is drawn too: what the second would be if tokens failed independently.
    With `among`, several networks go through the grid, by name: each a preset, with assignments to it.
    """

    grid: Mapping[str, str]
    seeds: int
    metrics: tuple[str, ...]
    power: int | None = None
    among: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Laboratory:
    """Presets that show something emerge and fail to, the first picture that fits, and the measures by chart."""

    phenomena: tuple[str, ...]  # presets
    controls: tuple[str, ...]  # presets
    data: tuple[str, ...]  # kinds of data that belong here
    views: tuple[View, ...]  # the first that the run in hand offers is drawn
    charts: tuple[tuple[str, ...], ...]  # measures, or metrics as split.name; those of one chart share its axis
    rows: tuple[str, ...] = ()  # measures that are rows of numbers, drawn over all steps
    is_log: bool = False  # the axis of steps
    curve: str = ""  # the metric whose curve is drawn first, where that is not the loss
    sweep: Sweep | None = None  # the grid that is put forward
    tests: tuple[Removal, ...] = ()  # the first for which the run in hand has parts is offered
    needs: str = ""  # the kind of layer without which a run of this kind of data is about something else


CHART = "chart"  # a view that is drawn at rest, by a panel of its own
WALL = View("attention", "wall")
SHEET = View("states", "sheet")
HEADS = Removal(
    "heads", (View("ablation", "map", {"stack": ".effect", "scale": "signed", "is_square": False}),), needs="attention"
)
UNITS = Removal(
    "units",
    (View("ablation", "bars", {"is_sorted": True, "most": 16}),),
    needs="ablation",
    units_of=("lstm", "gru", "rnn", "conv1d", "linear"),
)
FREQUENCIES = Removal(
    "frequencies",
    (
        View("frequency_removal", "bars", {"array": "effect"}),
        View("frequency_removal", "numbers", {"arrays": list(LOSSES), "labels": LOSSES}),
    ),
    needs="frequency_removal",
)
FEATURES = Removal(
    "features",
    (View("feature_removal", "map", {"array": "change", "scale": "signed", "is_square": False}),),
    needs="feature_removal",
)
ACCURACIES = ("train.accuracy", "test.accuracy")

LABORATORIES = {
    "induction": Laboratory(
        phenomena=("induction-heads",),
        controls=("induction-one-layer", "induction-fixed-offset"),
        data=("repeated",),
        views=(WALL,),
        charts=(("second_half_accuracy", "prefix_matching", "previous_token"), ("in_context_score", "test.loss")),
        rows=("loss_by_position",),
        tests=(HEADS,),
    ),
    "grokking": Laboratory(
        phenomena=("grokking",),
        controls=("grokking-no-decay",),
        data=("modular",),
        views=(View("clock", "scatter", {"array": "points"}),),
        charts=(
            (*ACCURACIES, "key_frequency_share", "fourier_gini"),
            ("restricted_loss", "excluded_loss"),
            ("weight_norm",),
        ),
        rows=("fourier_power",),
        is_log=True,
        curve="accuracy",
        tests=(FREQUENCIES,),
    ),
    "superposition": Laboratory(
        phenomena=("superposition",),
        controls=("superposition-dense",),
        data=("sparse_features",),
        views=(View("feature_arrows", "scatter", {"array": "arrows", "is_ways": True}),),
        charts=(("features_per_dimension",), ("test.loss",)),
        rows=("feature_dimensionality",),
        is_log=True,
        tests=(FEATURES,),
    ),
    "memory": Laboratory(
        phenomena=("brackets-lstm", "flip-flop", "adding-lstm"),
        controls=("adding-rnn",),
        data=("brackets", "flip_flop", "adding"),
        views=(SHEET,),
        charts=(("test.accuracy", "cell_depth_correlation", "state_separation"), ("test.loss",)),
        tests=(UNITS,),
    ),
    "copying": Laboratory(
        phenomena=("copy-attention", "copy-convolution", "copy-recurrent"),
        controls=("copy-beyond-window",),
        data=("copy_back",),
        views=(WALL, SHEET, View("feature_maps", "pictures")),
        charts=(ACCURACIES, ("test.loss",)),
        sweep=Sweep(
            {"data.lag": "1, 2, 3, 4, 6, 8, 12"},
            seeds=1,
            metrics=("test.accuracy",),
            among={
                "attention": ("copy-attention", "recipe.steps=200"),
                "window of four steps": ("copy-convolution", "recipe.steps=200"),
                "recurrent memory": ("copy-recurrent", "recipe.steps=200"),
                "control: window of one step": (
                    "copy-convolution",
                    "recipe.steps=200",
                    "network.layers.window.kernel=1",
                ),
            },
        ),
        tests=(HEADS, UNITS),
    ),
    "descent": Laboratory(
        phenomena=("double-descent",),
        controls=("double-descent-l2",),
        data=("digits",),
        views=(View("width_sweep", CHART),),
        charts=(ACCURACIES, ("test.loss",)),
        needs="random_features",
    ),
    "mirage": Laboratory(
        phenomena=("scale-and-mirage",),
        controls=("scale-without-mirage",),
        data=("copy_back",),
        views=(WALL,),
        charts=(("test.accuracy", "test.exact_match"), ("test.loss",)),
        sweep=Sweep(
            {"network.layers.embed.features": "2, 3, 4, 5, 6, 7, 8, 10"},
            seeds=2,
            metrics=("test.accuracy", "test.exact_match"),
            power=21,
        ),
        tests=(HEADS,),
    ),
    "leap": Laboratory(
        phenomena=("ctc-recogniser",),
        controls=("ctc-single-frames",),
        data=("utterances",),
        views=(View("transcript", "map", {"array": "shares", "is_turned": True, "is_square": False, "cells": False}),),
        charts=(("phone_error_rate", "blank_fraction"), ("test.loss",)),
        tests=(UNITS,),
    ),
    "classes": Laboratory(
        phenomena=("in-context-classes",),
        controls=("in-weights-classes",),
        data=("in_context_classification",),
        views=(WALL,),
        charts=(
            ("novel_class_accuracy", "swapped_label_accuracy", "in_weights_accuracy"),
            ("label_attention",),
        ),
        tests=(HEADS,),
    ),
}
REGRESSION = Laboratory(
    phenomena=("in-context-line", "in-context-regression"),
    controls=(),
    data=("in_context_regression",),
    views=(WALL,),
    charts=(("in_context_error",), ("ridge_ratio", "least_squares_ratio"), ("ridge_distance",)),
    tests=(HEADS,),
)
