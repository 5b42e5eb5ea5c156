"""The network and the recipe that a newcomer is given with a dataset, told only from what the data looks like."""

from typing import Any

from explorer.experiment import Experiment
from explorer.gallery import in_context, pictures, points, speech, tables, text
from explorer.gallery.base import experiment
from explorer.signals import Signal, Task

Layers = list[dict[str, Any]]

SMALL_SIDE = 4  # pixels along a picture that are few enough to be read all at once
FIRST_CHANNELS, MOST_CHANNELS = 8, 32
MANY_FEATURES = 8  # a step of so many numbers is an item to compare with others, of fewer a value to remember

RECIPES: dict[str, dict[str, Any]] = {
    "points": {**points.RECIPE, "steps": 1000},
    "table": {**tables.RECIPE, "steps": 300},
    "picture": {"learning_rate": 0.005, "batch_size": 64, "steps": 600, "evaluate_every": 20},
    "tokens": {**text.RECIPE, "batch_size": 32, "steps": 500},
    "series": {"learning_rate": 0.003, "batch_size": 64, "steps": 600, "clip_norm": 1.0, "evaluate_every": 20},
    "frames": {**speech.RECIPE, "steps": 220},
}


def default_experiment(data: dict[str, Any], view: str, signal: Signal, task: Task) -> Experiment:
    """A dataset with the network and the recipe that suit it."""
    return experiment(data, default_layers(view, signal, task), RECIPES[view])


def default_layers(view: str, signal: Signal, task: Task) -> Layers:
    """Layers that read this signal and answer this task, few enough to be watched while they learn."""
    if view == "points":
        return points.tanh_layers(8, 8) if task.is_discrete and task.outputs > 2 else points.tanh_layers(4, 2)
    if view == "table":
        return tables.relu_layers(8)
    if view == "picture":
        return pictures.detector(task.outputs) if task.kind == "detection" else convolutions(signal)
    if view == "frames":
        return speech.recogniser()
    if view == "tokens":
        return token_layers(task)
    return series_layers(signal, task)


def convolutions(signal: Signal) -> Layers:
    """Convolutions and poolings by turns until the picture is small, and the answer."""
    _, height, width = signal.shape
    layers: Layers = []
    channels, side, number = FIRST_CHANNELS, min(height, width), 1
    while number <= 2 or side > SMALL_SIDE:
        layers += [
            {"kind": "conv2d", "name": f"filters{number}", "channels": channels, "padding": 1},
            {"kind": "relu", "name": f"relu{number}"},
            {"kind": "max_pool", "name": f"pool{number}"},
        ]
        channels, side, number = min(2 * channels, MOST_CHANNELS), side // 2, number + 1
    return [*layers, {"kind": "flatten", "name": "flatten"}, {"kind": "linear", "name": "answer"}]


def token_layers(task: Task) -> Layers:
    """A transformer that answers at every place, or a plain network over a few tokens that answers once."""
    if task.steps is not None:
        return text.transformer(64, 2, place=0.02, heads=4, causal=task.kind == "next_token")
    return [
        {"kind": "embedding", "name": "embed", "features": 64},
        {"kind": "flatten", "name": "row"},
        {"kind": "linear", "name": "hidden", "units": 128},
        {"kind": "relu", "name": "relu"},
        {"kind": "linear", "name": "answer"},
    ]


def series_layers(signal: Signal, task: Task) -> Layers:
    """Attention where steps are items to be compared, a memory where they are values that pass by."""
    if task.kind == "in_context_regression":
        layers = in_context.transformer(64, heads=4)
    elif signal.shape[1] >= MANY_FEATURES:
        layers = in_context.transformer(64, heads=4, mlp_ratio=2)
    else:
        layers = [{"kind": "lstm", "name": "lstm", "units": 16}]
    last: Layers = [] if task.steps is not None else [{"kind": "last_over_time", "name": "last"}]
    return [*layers, *last, {"kind": "linear", "name": "answer"}]
