"""Going back: to the start, to a past step in a run of its own, or on with the weights of another; and replaying it."""

import json
from pathlib import Path

import pytest

from explorer.engine.branching import branch
from explorer.engine.host import HostedRun
from explorer.engine.replay import replay
from explorer.errors import EngineError, RunFileError
from explorer.limits import limits
from explorer.runs import Run, RunWriter, open_run
from explorer.runs.tensors import unpack
from explorer.training.snapshots import SnapshotPolicy
from tests.small import small

NOISY = ("recipe.batch_size=32", "recipe.augmentation.noise=0.1")


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


def trained(hosted: HostedRun, steps: int | None = None) -> Run:
    """Train on, for some steps or to the end, and open the file as it stands then."""
    hosted.begin()
    hosted.advance(steps=steps)
    hosted.commit()
    return hosted.run()


def everything(run: Run) -> tuple:
    """All numbers of a run, to the bit."""
    weights = {step: {name: value.tolist() for name, value in unpack(blob).items()} for step, blob in run.snapshots()}
    return run.metrics().to_dict("list"), weights


# Back to the start


@pytest.mark.parametrize("kind", ["sgd", "adam", "adamw", "rmsprop"])
def test_a_rewound_run_trains_to_the_same_numbers_again(host, kind: str) -> None:
    hosted = host(f"recipe.optimizer.kind={kind}", "recipe.schedule.kind=cosine", *NOISY)
    first = everything(trained(hosted))
    hosted.rewind()
    assert (hosted.status.state, hosted.status.step, hosted.status.seconds) == ("paused", 0, 0.0)
    assert everything(trained(hosted)) == first


@pytest.mark.parametrize("layer", ["batch_norm", "dropout", "layer_norm"])
def test_layers_with_a_memory_or_with_chance_begin_again_as_well(host, layer: str) -> None:
    layers = [{"kind": "linear", "units": 4}, {"kind": layer}, {"kind": "linear"}]
    hosted = host(f"network.layers={json.dumps(layers)}", *NOISY)
    first = everything(trained(hosted))
    hosted.rewind()
    assert everything(trained(hosted)) == first


def test_rewinding_in_the_middle_forgets_what_came_after_and_tells_so(host) -> None:
    hosted = host()
    trained(hosted, 23)
    hosted.rewind()
    hosted.commit()
    run = hosted.run()
    assert run.steps() == [0]
    assert set(run.metrics()["step"]) == {0}
    assert (run.events()[-1].kind, run.events()[-1].step, run.events()[-1].details) == ("rewound", 0, {"left_at": 23})
    untouched = host()
    assert everything(trained(hosted)) == everything(trained(untouched))


def test_a_rewound_run_keeps_its_settings(host) -> None:
    hosted = host()
    trained(hosted, 10)
    hosted.set("recipe.learning_rate=0.5")
    trained(hosted, 10)
    hosted.rewind()
    assert hosted.trainer.recipe.learning_rate == 0.5
    other = host("recipe.learning_rate=0.5")
    assert everything(trained(hosted)) == everything(trained(other))


def test_a_run_rewinds_to_the_weights_that_it_began_with(host) -> None:
    hosted = host()
    hosted.set_weight("linear1.weight", (0, 0), 2.5)
    first = everything(trained(hosted))
    hosted.set_weight("linear1.weight", (0, 0), -9.0)
    hosted.rewind()
    assert hosted.trainer.weights["linear1.weight"][0, 0].item() == 2.5
    assert everything(trained(hosted)) == first


def test_a_diverged_run_rewinds(host) -> None:
    hosted = host("recipe.steps=200")
    trained(hosted, 20)
    hosted.set_weight("linear1.bias", (0,), 3e38)
    hosted.set_weight("linear2.weight", (0, 0), 3e38)
    hosted.advance()
    assert hosted.status.state == "diverged"
    hosted.rewind()
    assert (hosted.status.state, hosted.status.sentence) == ("paused", "")
    assert everything(trained(hosted)) == everything(trained(host("recipe.steps=200")))


def test_a_run_that_never_began_stands_at_its_start_already(host) -> None:
    hosted = host()
    hosted.set_weight("linear1.weight", (0, 0), 2.5)
    hosted.rewind()
    assert hosted.trainer.weights["linear1.weight"][0, 0].item() == 2.5
    assert [event.kind for event in trained(hosted, 1).events()] == ["created", "weight_set", "started"]


def test_a_rewound_run_is_resumed_from_its_file(host) -> None:
    hosted = host()
    trained(hosted, 30)
    hosted.rewind()
    hosted.close()
    again = HostedRun.resume(hosted.path, "cpu")
    found = everything(trained(again))
    again.close()
    assert found == everything(trained(host()))


def test_a_rewound_series_is_as_fine_as_a_new_one(host, monkeypatch) -> None:
    monkeypatch.setenv("EXPLORER_POINTS", "16")
    limits.cache_clear()
    try:
        hosted = host()
        first = everything(trained(hosted))
        hosted.rewind()
        assert len(everything(trained(hosted, 12))[0]["step"]) > 12
        trained(hosted)
        assert everything(hosted.run())[0] == first[0]
    finally:
        limits.cache_clear()


# A branch


def test_a_branch_carries_over_what_led_to_its_step_and_goes_on(host, tmp_path: Path) -> None:
    hosted = host()
    run = trained(hosted, 40)
    made = branch(run, 24, tmp_path / "branch.run", "cpu")
    assert (made.status.state, made.status.step) == ("paused", 24)
    old, new = run.metrics(), open_run(made.path).metrics()
    assert new.equals(old[old["step"] <= 24])
    kept, carried = everything(run)[1], everything(open_run(made.path))[1]
    assert carried == {step: weights for step, weights in kept.items() if step <= 24}
    assert made.status.metrics["train"]["loss"] == old.query("step == 24 and name == 'loss'")["value"].item()
    done = trained(made)
    made.close()
    assert done.series("train", "loss")[-1][0] == 60
    assert run.metrics().equals(old)


def test_a_branch_at_the_start_is_the_same_run_again(host, tmp_path: Path) -> None:
    run = trained(host(*NOISY))
    made = branch(run, 0, tmp_path / "branch.run", "cpu")
    assert everything(trained(made)) == everything(run)
    made.close()


def test_a_branch_has_the_settings_of_now(host, tmp_path: Path) -> None:
    hosted = host()
    trained(hosted, 40)
    hosted.set("recipe.learning_rate=0.5")
    hosted.commit()
    made = branch(hosted.run(), 8, tmp_path / "branch.run", "cpu", title="after")
    assert made.trainer.recipe.learning_rate == 0.5
    assert made.run().experiment.recipe.learning_rate == 0.5
    assert made.run().title() == "after"
    made.close()


def test_a_branch_of_a_step_that_is_not_kept_is_refused_and_leaves_no_file(host, tmp_path: Path) -> None:
    run = trained(host("recipe.steps=5000"), 20)
    with pytest.raises(RunFileError, match="expected a step with a snapshot, got 13"):
        branch(run, 13, tmp_path / "branch.run", "cpu")
    assert not (tmp_path / "branch.run").exists()


def test_a_branch_far_along_keeps_a_bounded_number_of_snapshots(host, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(SnapshotPolicy, "for_run", classmethod(lambda cls, steps, weight_bytes: cls(8)))
    run = trained(host(), 48)
    made = branch(run, 48, tmp_path / "branch.run", "cpu")
    done = trained(made)
    made.close()
    assert len(done.steps()) <= 9  # the last one stays beside those that are due
    assert done.steps()[0] == 0
    assert done.steps()[-1] == 60


# Weights of another run


def test_weights_are_kept_in_the_layers_that_agree(host) -> None:
    source, other = host(), host("network.layers.linear2.bias=false", "seed=5")
    trained(source, 20)
    before = other.trainer.weights["linear2.weight"].clone()
    other.keep_weights("source", 20, source.trainer.weights)
    assert other.trainer.weights["linear1.weight"].equal(source.trainer.weights["linear1.weight"])
    assert other.trainer.weights["linear2.weight"].equal(source.trainer.weights["linear2.weight"])
    wider = host("network.layers.linear1.units=9", "seed=5")
    before = wider.trainer.weights["linear1.weight"].clone()
    wider.keep_weights("source", 20, source.trainer.weights)
    assert wider.trainer.weights["linear1.weight"].equal(before)
    assert "weights_kept" not in [event.kind for event in trained(wider, 1).events()]
    details = next(event for event in trained(other, 1).events() if event.kind == "weights_kept").details
    assert details == {"run": "source", "from_step": 20, "layers": ["linear1", "linear2"]}


# Replaying


def test_a_rewound_run_replays(host, tmp_path: Path) -> None:
    hosted = host(*NOISY)
    trained(hosted, 20)
    hosted.set("recipe.learning_rate=0.1")
    hosted.set_weight("linear1.weight", (0, 0), 1.5)
    trained(hosted, 5)
    hosted.rewind()
    trained(hosted, 30)
    hosted.set("recipe.l2=0.01")
    run = trained(hosted)
    assert replay(run, tmp_path / "again.run").metrics().equals(run.metrics())


def test_a_run_changed_before_it_began_replays(host, tmp_path: Path) -> None:
    hosted = host()
    hosted.set_weight("linear1.weight", (0, 0), 1.5)
    hosted.set("recipe.loss=squared_error")
    run = trained(hosted)
    assert replay(run, tmp_path / "again.run").metrics().equals(run.metrics())


def test_a_run_with_kept_weights_replays(host, tmp_path: Path) -> None:
    source, hosted = host(), host("seed=7")
    trained(source, 30)
    hosted.keep_weights("source", 30, source.trainer.weights)
    run = trained(hosted)
    assert replay(run, tmp_path / "again.run").metrics().equals(run.metrics())


def test_a_branch_replays_and_says_so_where_it_cannot(host, tmp_path: Path) -> None:
    made = branch(trained(host(*NOISY), 40), 24, tmp_path / "branch.run", "cpu")
    run = trained(made)
    made.close()
    assert replay(run, tmp_path / "again.run").metrics().equals(run.metrics())
    with RunWriter.reopen(run.path) as writer:
        writer.keep_snapshots(lambda step: step != 24)
        writer.commit(run.resume())
    with pytest.raises(EngineError, match="expected a snapshot of step 24"):
        replay(run, tmp_path / "not.run")
    assert not (tmp_path / "not.run").exists()
