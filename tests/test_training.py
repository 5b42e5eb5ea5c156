"""Training: the numbers, and what happens to them when a run is paused, changed, killed, broken or repeated."""

from pathlib import Path

import pandas as pd
import pytest
import torch
from torch.nn import functional

from explorer.engine.host import HostedRun
from explorer.engine.replay import replay
from explorer.errors import EngineError, ExperimentError
from explorer.network import build
from explorer.validation import check
from tests.small import small


def rows(run) -> pd.DataFrame:
    return run.metrics()


@pytest.fixture
def host(tmp_path: Path):
    """Starts runs by assignments to the small experiment, and closes them."""
    hosted: list[HostedRun] = []

    def start(*assignments: str) -> HostedRun:
        hosted.append(HostedRun.start(small(*assignments), tmp_path / f"{len(hosted)}.run", "cpu"))
        return hosted[-1]

    yield start
    for each in hosted:
        each.close()


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw", "rmsprop"])
def test_training_equals_a_loop_written_by_hand(host, kind: str) -> None:
    hosted = host(f"recipe.optimizer.kind={kind}", "recipe.batch_size=null", "recipe.weight_decay=0.01")
    checked = check(hosted.trainer.checked.experiment)
    model = build(checked.plan, seed=1)
    rule = {
        "sgd": torch.optim.SGD,
        "adam": torch.optim.Adam,
        "adamw": torch.optim.AdamW,
        "rmsprop": torch.optim.RMSprop,
    }
    optimizer = rule[kind](model.parameters(), lr=0.03, weight_decay=0.01)
    points, classes = hosted.trainer.data.train.inputs[0], hosted.trainer.data.train.targets
    losses = []
    for _ in range(60):
        optimizer.zero_grad()
        loss = functional.cross_entropy(model(points), classes)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    hosted.begin()
    hosted.advance()
    found = rows(hosted.run()).query("split == 'train' and name == 'loss' and step > 0")
    assert found.value.tolist() == pytest.approx(losses, rel=1e-4, abs=1e-6)


def test_the_same_experiment_gives_the_same_numbers_bit_for_bit(host) -> None:
    first, second, other = host(), host(), host("seed=2")
    for hosted in (first, second, other):
        hosted.begin()
        hosted.advance()
    assert rows(first.run()).equals(rows(second.run()))
    assert not rows(first.run()).equals(rows(other.run()))


def test_runs_that_take_turns_do_not_disturb_each_others_chance(host) -> None:
    dropout = ('network.layers=[{"kind":"linear","units":8},{"kind":"dropout"},{"kind":"linear"}]',)
    alone, one, two = host(*dropout), host(*dropout), host(*dropout, "seed=5")
    alone.begin()
    alone.advance()
    one.begin()
    two.begin()
    for _ in range(20):
        one.advance(steps=3)
        two.advance(steps=5)
    assert rows(alone.run()).equals(rows(one.run()))


def test_training_leaves_the_global_generator_alone(host) -> None:
    hosted = host()
    torch.manual_seed(7)
    before = torch.get_rng_state()
    hosted.begin()
    hosted.advance()
    assert torch.get_rng_state().equal(before)


@pytest.mark.parametrize("kind", ["sgd", "adam", "rmsprop"])
def test_a_run_that_was_closed_and_resumed_equals_one_that_never_stopped(host, tmp_path: Path, kind: str) -> None:
    settings = (f"recipe.optimizer.kind={kind}", "recipe.schedule.kind=cosine")
    whole, first = host(*settings), host(*settings)
    whole.begin()
    whole.advance()
    first.begin()
    first.advance(steps=23)
    first.close()
    second = HostedRun.resume(first.path, "cpu")
    second.begin()
    second.advance()
    second.close()
    assert rows(whole.run()).equals(rows(second.run()))
    for name, value in whole.run().snapshot().items():
        assert value.equal(second.run().snapshot()[name])


def test_a_run_with_changed_settings_replays_bit_for_bit(host, tmp_path: Path) -> None:
    hosted = host()
    hosted.begin()
    hosted.advance(steps=20)
    hosted.set("recipe.learning_rate=0.1", "recipe.batch_size=20")
    hosted.advance(steps=15)
    hosted.set("recipe.optimizer.kind=sgd", "recipe.l2=0.001")
    hosted.advance()
    again = replay(hosted.run(), tmp_path / "again.run")
    assert rows(again).equals(rows(hosted.run()))


def test_a_live_setting_acts_at_the_next_step_and_is_told_as_an_event(host) -> None:
    hosted = host()
    hosted.begin()
    hosted.advance(steps=5)
    before = {name: value.clone() for name, value in hosted.trainer.weights.items()}
    hosted.set("recipe.learning_rate=1e-30")
    hosted.advance(steps=1)
    assert all(value.equal(before[name]) for name, value in hosted.trainer.weights.items())
    hosted.commit()
    event = hosted.run().events()[-1]
    assert (event.kind, event.step) == ("setting_changed", 5)


def test_a_weight_set_by_hand_stays_until_the_next_step_and_replays(host, tmp_path: Path) -> None:
    hosted = host()
    hosted.begin()
    hosted.advance(steps=5)
    hosted.set_weight("linear1.weight", (2, 1), 3.5)
    assert hosted.trainer.network.get_submodule("linear1").weight[2, 1].item() == 3.5
    hosted.advance()
    event = next(event for event in hosted.run().events() if event.kind == "weight_set")
    assert (event.step, event.details["value"]) == (5, 3.5)
    assert rows(replay(hosted.run(), tmp_path / "again.run")).equals(rows(hosted.run()))


@pytest.mark.parametrize(
    ("tensor", "index", "value"),
    [
        ("linear9.weight", (0, 0), 1.0),
        ("linear1.weight", (0, 2), 1.0),
        ("linear1.weight", (0,), 1.0),
        ("linear1.weight", (0, 0), float("nan")),
    ],
)
def test_a_weight_that_is_not_there_or_no_number_is_refused(host, tensor, index, value) -> None:
    hosted = host()
    before = hosted.trainer.weights["linear1.weight"].clone()
    with pytest.raises(EngineError, match="expected a"):
        hosted.set_weight(tensor, index, value)
    assert hosted.trainer.weights["linear1.weight"].equal(before)


def test_a_dropout_rate_may_change_while_training(host) -> None:
    hosted = host('network.layers=[{"kind":"linear","units":8},{"kind":"dropout"},{"kind":"linear"}]')
    hosted.set("network.layers.dropout1.rate=0.1")
    assert hosted.trainer.network.get_submodule("dropout1").p == 0.1


def test_the_network_cannot_change_while_training(host) -> None:
    with pytest.raises(EngineError, match="start a new run"):
        host().set("network.layers.0.units=9")


def test_a_bad_live_setting_changes_nothing(host) -> None:
    hosted = host()
    with pytest.raises(ExperimentError, match="learning_rate"):
        hosted.set("recipe.learning_rate=-1")
    assert hosted.trainer.recipe.learning_rate == 0.03


def test_a_diverged_run_says_where_and_rolls_back_with_half_the_rate(host) -> None:
    hosted = host("data.kind=plane", "recipe.optimizer.kind=sgd", "recipe.learning_rate=0.05", "recipe.steps=400")
    hosted.begin()
    hosted.advance(steps=100)
    hosted.set("recipe.learning_rate=90")
    hosted.advance()
    assert hosted.status.state == "diverged"
    event = hosted.run().events()[-1]
    assert event.kind == "diverged"
    assert event.details["layer"] in ("linear1", "linear2", "the loss")
    assert event.details["gradient_norm_step"] <= event.step
    assert "learning rate 90" in event.details["sentence"]
    hosted.roll_back()
    assert hosted.status.state == "training"
    assert hosted.trainer.recipe.learning_rate == 45
    assert hosted.trainer.step <= 100
    assert all(value.isfinite().all() for value in hosted.trainer.weights.values())


def test_a_sound_run_cannot_be_rolled_back(host) -> None:
    with pytest.raises(EngineError, match="diverged"):
        host().roll_back()


def test_a_diverged_run_replays_with_its_roll_back(host, tmp_path: Path) -> None:
    hosted = host("data.kind=plane", "recipe.optimizer.kind=sgd", "recipe.learning_rate=99", "recipe.steps=200")
    hosted.begin()
    hosted.advance()
    assert hosted.status.state == "diverged"
    hosted.roll_back()
    hosted.set("recipe.learning_rate=0.01")
    hosted.advance(steps=40)
    hosted.pause()
    assert rows(replay(hosted.run(), tmp_path / "again.run")).equals(rows(hosted.run()))


def test_clipping_bounds_the_step_of_plain_descent(host) -> None:
    hosted = host("recipe.optimizer.kind=sgd", "recipe.learning_rate=1", "recipe.clip_norm=0.001")
    before = [parameter.detach().clone() for parameter in hosted.trainer.parameters]
    hosted.take_steps(1)
    moved = [now.detach() - then for now, then in zip(hosted.trainer.parameters, before, strict=True)]
    assert torch.nn.utils.get_total_norm(moved).item() == pytest.approx(0.001, rel=1e-3)


@pytest.mark.parametrize(("setting", "power"), [("l1", 1), ("l2", 2)])
def test_penalties_pull_weights_by_their_formula(host, setting: str, power: int) -> None:
    hosted, plain = (
        host("recipe.optimizer.kind=sgd", "recipe.learning_rate=1", f"recipe.{setting}={strength}")
        for strength in (0.01, 0)
    )
    weight = hosted.trainer.network.get_submodule("linear1").weight.detach().clone()
    hosted.take_steps(1)
    plain.take_steps(1)
    pull = (
        plain.trainer.network.get_submodule("linear1").weight - hosted.trainer.network.get_submodule("linear1").weight
    )
    expected = 0.01 * (weight.sign() if power == 1 else weight)
    assert pull.detach().allclose(expected, atol=1e-6)


def test_classes_may_be_trained_with_squared_error_as_in_playground(host) -> None:
    hosted = host("recipe.loss=squared_error")
    output, target = torch.tensor([[0.5, -1.0]]), torch.tensor([0])
    assert hosted.trainer.loss(output, target).item() == pytest.approx(0.5 * (0.5**2 + 0) / 2)


def test_batch_norm_keeps_its_statistics_through_a_resume(host) -> None:
    hosted = host('network.layers=[{"kind":"linear","units":8},{"kind":"batch_norm"},{"kind":"linear"}]')
    hosted.begin()
    hosted.advance(steps=7)
    hosted.close()
    again = HostedRun.resume(hosted.path, "cpu")
    assert all(value.equal(hosted.trainer.weights[name]) for name, value in again.trainer.weights.items())
    again.close()
