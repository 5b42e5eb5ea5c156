"""Several seeds at once: every run is the one that its seed gives alone, and opens like any other."""

from pathlib import Path

import pytest
import torch

import explorer as ex
from explorer.engine.host import HostedRun
from explorer.engine.inline import finish
from tests.small import small

FEW = ("recipe.steps=12", "recipe.evaluate_every=6")
PRESETS = {  # between them: plane, pictures, tokens, numbers; embedding, attention, convolution, norms; three schedules
    "spiral": (),
    "circle": ("network.layers=linear,batch_norm,tanh,linear", "recipe.optimizer.kind=sgd"),
    "iris": ("recipe.optimizer.kind=sgd", "recipe.optimizer.momentum=0.9", "recipe.l1=0.001", "recipe.l2=0.01"),
    "diabetes": ("recipe.optimizer.kind=rmsprop",),
    "digits-cnn": ("recipe.batch_size=16",),
    "grokking": (),
    "induction-heads": ("recipe.batch_size=4",),
    "in-context-regression": ("recipe.batch_size=4", "recipe.clip_norm=0.05"),
    "in-context-classes": ("recipe.batch_size=4", "data.classes=64"),
}


def alone(experiment: ex.Experiment, seed: int, folder: Path) -> ex.Run:
    return ex.train(experiment.with_(f"seed={seed}"), folder / f"alone-{seed}.run", "cpu")


def assert_alike(run: ex.Run, other: ex.Run, tolerance: float) -> None:
    assert run.experiment == other.experiment
    assert run.steps() == other.steps()
    mine, theirs = run.metrics(), other.metrics()
    assert mine.drop(columns="value").equals(theirs.drop(columns="value"))
    is_loss = mine["name"] == "loss"
    assert mine["value"][is_loss].to_numpy() == pytest.approx(
        theirs["value"][is_loss].to_numpy(), rel=tolerance, abs=1e-5
    )
    inputs = run.data().test.take(slice(64)).inputs
    with torch.no_grad():  # answers, for the bias of attention keys has no influence, and Adam makes much of its noise
        answers, expected = run.model()(*inputs), other.model()(*inputs)
    torch.testing.assert_close(answers, expected, rtol=tolerance, atol=tolerance)


@pytest.mark.parametrize("name", PRESETS)
def test_seeds_at_once_are_the_seeds_one_by_one(name: str, tmp_path: Path):
    experiment = ex.preset(name).with_(*FEW, *PRESETS[name])
    runs = ex.train_seeds(experiment, [3, 0, 7], tmp_path / "together", "cpu", together=True)
    assert [run.experiment.seed for run in runs] == [3, 0, 7]
    for run in runs:
        kinds = [event.kind for event in run.events()]
        assert kinds == ["created", "trained_together", "started", "finished"]
        assert_alike(run, alone(experiment, run.experiment.seed, tmp_path), 2e-3)


def test_a_run_of_an_ensemble_goes_on_like_one_trained_alone(tmp_path: Path):
    experiment = small("recipe.steps=40")
    first, _ = ex.train_seeds(experiment, [1, 2], tmp_path / "together", "cpu")
    for run in (first, alone(experiment, 1, tmp_path)):
        hosted = HostedRun.resume(run.path, "cpu")
        hosted.set("recipe.steps=80")
        finish(hosted)
    assert_alike(ex.open_run(first.path), ex.open_run(tmp_path / "alone-1.run"), 1e-3)


def test_a_seed_that_stops_early_leaves_the_others_to_go_on(tmp_path: Path):
    experiment = small("recipe.stop.metric=test.accuracy", "recipe.stop.reaches=0.8", "recipe.evaluate_every=2")
    runs = ex.train_seeds(experiment, range(4), tmp_path / "together", "cpu")
    assert len({run.steps()[-1] for run in runs}) > 1
    for run in runs:
        assert_alike(run, alone(experiment, run.experiment.seed, tmp_path), 1e-3)


def test_a_seed_that_diverges_says_so_and_leaves_the_others_to_go_on(tmp_path: Path):
    settings = ("recipe.optimizer.kind=sgd", "recipe.learning_rate=0.5", "network.layers.1.kind=square")
    experiment = small("recipe.steps=30", *settings)
    runs = ex.train_seeds(experiment, range(5), tmp_path / "together", "cpu")
    ends = [run.events()[-1] for run in runs]
    assert {end.kind for end in ends} == {"diverged", "finished"}
    for run, end in zip(runs, ends, strict=True):
        expected = alone(experiment, run.experiment.seed, tmp_path).events()[-1]
        assert (end.kind, end.step) == (expected.kind, expected.step)


@pytest.mark.parametrize(
    ("experiment", "words"),
    [
        (ex.preset("flip-flop").with_(*FEW), "recurrent"),
        (small("recipe.loss=squared_error"), "squared error"),
        (small("network.layers.1.kind=dropout"), "Dropout"),
    ],
)
def test_what_cannot_be_batched_is_trained_one_by_one_and_says_so(experiment, words, tmp_path: Path):
    runs = ex.train_seeds(experiment, [0, 1], tmp_path / "together", "cpu")
    for run in runs:
        (event,) = [event for event in run.events() if event.kind == "trained_alone"]
        assert words in event.details["reason"]
        assert run.metrics().equals(alone(experiment, run.experiment.seed, tmp_path).metrics())


def test_a_network_that_fills_the_processor_alone_is_trained_one_by_one_unless_asked(tmp_path: Path):
    experiment = ex.preset("grokking").with_("recipe.steps=2")
    for together, kind in ((None, "trained_alone"), (True, "trained_together"), (False, "trained_alone")):
        run, _ = ex.train_seeds(experiment, [0, 1], tmp_path, "cpu", together=together)
        assert kind in [event.kind for event in run.events()]


@pytest.mark.parametrize("seeds", [[], [1, 1], range(65)])
def test_seeds_are_few_and_different(seeds, tmp_path: Path):
    with pytest.raises(ex.ExperimentError, match="different seeds"):
        ex.train_seeds(small(), seeds, tmp_path)
    assert list(tmp_path.iterdir()) == []
