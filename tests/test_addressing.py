"""Dotted keys: short, readable, and enough to rebuild any experiment from any other."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from explorer import gallery
from explorer.addressing import assignments, is_live
from explorer.experiment import Experiment

NAMES = list(gallery.PRESETS)
EDITS = [
    "seed=7",
    "recipe.learning_rate=0.5",
    "recipe.optimizer.kind=sgd",
    "recipe.schedule.kind=cosine",
    "recipe.stop.seconds=3",
    "recipe.clip_norm=null",
    "recipe.batch_size=null",
    'recipe.loss="squared_error"',
    "data.noise=0.25",
    "data.kind=xor",
    'data.kind="a=b, c"',
    "network.layers.0.kind=gelu",
    "network.layers.0.name=first",
    'network.layers.0.inputs=["input"]',
    "network.layers=linear,tanh,linear",
    "network.layers=flatten",
]


def plain(experiment: Experiment) -> dict[str, Any]:
    return experiment.model_dump(mode="json")


def edited(experiment: Experiment, edits: list[str]) -> Experiment:
    for edit in edits:
        try:
            experiment = experiment.with_(edit)
        except (ValueError, ValidationError):
            continue  # an edit that this experiment has no place for
    return experiment


@given(st.sampled_from(NAMES), st.sampled_from(NAMES), st.lists(st.sampled_from(EDITS), max_size=5))
@example("circle", "circle", ["network.layers=linear,tanh,linear", "network.layers.0.name=first"])
@settings(max_examples=150, deadline=None)
def test_the_keys_lead_from_any_experiment_to_any_other(first: str, second: str, edits: list[str]) -> None:
    base, wanted = gallery.PRESETS[first].experiment, edited(gallery.PRESETS[second].experiment, edits)
    assert plain(base.with_(*assignments(base, wanted))) == plain(wanted)


@pytest.mark.parametrize(
    ("edits", "expected"),
    [
        ([], []),
        (["recipe.learning_rate=0.5", "seed=7"], ["recipe.learning_rate=0.5", "seed=7"]),
        (["recipe.optimizer.kind=sgd"], ["recipe.optimizer.kind=sgd"]),
        (["network.layers.1.units=8"], ["network.layers.1.units=8"]),
        (["network.layers=linear,tanh,linear"], ["network.layers=linear,tanh,linear"]),
        (
            ["network.layers=linear,relu", "network.layers.0.units=3"],
            ["network.layers=linear,relu", "network.layers.0.units=3"],
        ),
    ],
)
def test_only_what_differs_is_written(edits: list[str], expected: list[str]) -> None:
    base = gallery.PRESETS["circle"].experiment
    assert assignments(base, base.with_(*edits)) == expected


def test_a_setting_left_to_its_default_takes_its_part_along() -> None:
    base = gallery.PRESETS["circle"].experiment.with_("data.noise=0.25")
    plain: dict[str, Any] = base.model_dump(mode="json") | {"data": {"kind": "circle"}}
    wanted = Experiment.model_validate(plain)
    assert assignments(base, wanted) == ['data={"kind":"circle"}']
    assert base.with_('data={"kind":"circle"}') == wanted


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("recipe.learning_rate", True),
        ("recipe.stop.seconds", True),
        ("network.layers.drop.rate", True),
        ("network.layers.1.rate", True),
        ("network.layers.0.units", False),
        ("network.layers", False),
        ("data.noise", False),
        ("seed", False),
    ],
)
def test_the_recipe_and_dropout_may_change_while_a_run_trains(key: str, expected: bool) -> None:
    layers = [{"kind": "linear", "units": 4}, {"kind": "dropout", "name": "drop"}, {"kind": "linear"}]
    experiment = Experiment.model_validate({"data": {"kind": "circle"}, "network": {"layers": layers}})
    assert is_live(experiment, key) is expected
