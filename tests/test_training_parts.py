"""The parts of training by themselves: what an experiment must be, when training stops, which snapshots stay."""

import itertools
from pathlib import Path

import pytest
import torch
from torch import nn

from explorer.engine.inline import train
from explorer.errors import ExperimentError, LimitError
from explorer.experiment import Stop
from explorer.gallery import PRESETS
from explorer.network import build
from explorer.training.diagnosis import last_sound_step
from explorer.training.evaluation import FEWEST, GLANCE, glanced_at
from explorer.training.schedules import KINDS as SCHEDULES
from explorer.training.snapshots import SnapshotPolicy
from explorer.training.stopping import Stopping
from explorer.validation import check
from tests.small import small


@pytest.mark.parametrize(
    ("losses", "snapshots", "expected"),
    [
        ([(1, 1.0), (2, 0.5), (3, 0.9), (4, 30.0)], [0, 2, 4], 2),
        ([(1, 1.0), (2, float("nan"))], [0], 0),
        ([], [0], 0),
        ([(10, 0.1), (20, 0.15), (30, 0.5)], [0, 8, 16, 24], 16),
    ],
)
def test_the_last_sound_step_is_before_the_loss_left_its_range(losses, snapshots, expected) -> None:
    assert last_sound_step(losses, snapshots) == expected


@pytest.mark.parametrize("steps", [10, 100, 255, 256, 257, 5_000])
def test_snapshots_are_bounded_and_evenly_spread(steps: int) -> None:
    policy, kept = SnapshotPolicy(most=16), []
    for step in range(steps + 1):
        if policy.keeps(step):
            kept.append(step)
            if policy.add():
                kept = [each for each in kept if policy.keeps(each)]
        assert len(kept) == policy.count <= 16
    assert kept[0] == 0
    assert {later - earlier for earlier, later in itertools.pairwise(kept)} == {policy.stride}


def test_the_first_and_last_snapshot_always_stay(tmp_path: Path) -> None:
    run = train(small("recipe.steps=77"), tmp_path / "a.run", "cpu")
    assert run.steps()[0] == 0
    assert run.steps()[-1] == 77


@pytest.mark.parametrize(
    ("stop", "found", "reason"),
    [
        ({"seconds": 1}, None, "seconds"),
        ({"metric": "test.accuracy", "reaches": 0.9}, {"test.accuracy": 0.95}, "reached"),
        ({"metric": "test.loss", "reaches": 0.1}, {"test.loss": 0.05}, "reached"),
        ({"metric": "test.loss", "reaches": 0.1}, {"test.loss": 0.5}, None),
        ({"metric": "test.loss", "patience": 1}, {"test.loss": 0.5}, "did not improve"),
    ],
)
def test_training_stops_when_its_condition_is_met(stop, found, reason) -> None:
    stopping = Stopping()
    first = stopping.reason(Stop(**stop), 2.0, found)
    said = first or stopping.reason(Stop(**stop), 2.0, found)
    assert (reason in said) if reason else said is None


@pytest.mark.parametrize("kind", SCHEDULES)
def test_schedules_start_full_warm_up_and_stay_between_zero_and_one(kind: str) -> None:
    schedule = SCHEDULES[kind](warm_up=10)
    factors = [schedule.factor(step, 100) for step in range(100)]
    assert factors[:10] == pytest.approx([0.1 * (step + 1) for step in range(10)])
    assert factors[10] == pytest.approx(1.0)
    assert all(0 <= factor <= 1 for factor in factors)


def test_the_cosine_schedule_ends_at_its_final_share() -> None:
    assert SCHEDULES["cosine"](final=0.1).factor(100, 100) == pytest.approx(0.1)


def test_a_network_over_the_limit_is_refused_with_the_numbers() -> None:
    with pytest.raises(LimitError, match=r"5,000,000 parameters, got"):
        check(small("network.layers.0.units=9000", 'network.layers.1={"kind":"linear","name":"wide","units":9000}'))


def test_an_experiment_tells_all_its_faults_at_once() -> None:
    broken = small("recipe.optimizer.kind=adamm", "data.nois=0.1", "network.layers.0.kind=liner")
    with pytest.raises(ExperimentError) as caught:
        check(broken)
    places = [fault.place for fault in caught.value.faults]
    assert places == ["data.nois", "recipe.optimizer.kind", "network.layers.0.kind"]
    assert "circle" not in str(caught.value)
    assert "adamw" in str(caught.value)


def test_the_trained_network_is_private_and_in_eval_mode(tmp_path: Path) -> None:
    run = train(small(), tmp_path / "a.run", "cpu")
    model = run.model()
    assert isinstance(model, nn.Module)
    assert not model.training
    with torch.no_grad():
        model.get_submodule("linear1").weight.zero_()
    assert run.model().get_submodule("linear1").weight.abs().sum() > 0


def test_live_metrics_agree_with_the_full_evaluation(tmp_path: Path) -> None:
    run = train(small(), tmp_path / "a.run", "cpu")
    found = run.evaluate()["metrics"]
    last = run.latest()["test"]
    assert found["accuracy"] == pytest.approx(last["accuracy"])
    assert found["loss"] == pytest.approx(last["loss"])


@pytest.mark.parametrize("name", ["article-cnn", "shape-detector", "induction-heads"])
def test_even_the_largest_presets_are_looked_at_with_all_examples_of_a_look(name: str) -> None:
    experiment = PRESETS[name].experiment
    held_out = check(experiment).dataset.load(experiment.seed).test
    assert glanced_at(build(check(experiment).plan, 0)) >= min(GLANCE, len(held_out))


def test_a_large_network_is_looked_at_with_fewer_examples_but_never_with_too_few() -> None:
    deep = ",".join(["embedding", "position", *4 * ["transformer_block"], "linear"])
    large = PRESETS["induction-heads"].experiment.with_("data.length=64", f"network.layers={deep}")
    larger = large.with_("data.length=128", "network.layers.0.features=256")
    assert [glanced_at(build(check(each).plan, 0)) for each in (large, larger)] == [150, FEWEST]
