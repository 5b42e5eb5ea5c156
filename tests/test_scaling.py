"""What grows with size: double descent over the width in closed form, and features that are drawn once."""

from pathlib import Path

import numpy as np
import pytest
import torch
from sklearn.linear_model import Ridge

import explorer as ex
from explorer.layers.dense import RandomProjection
from explorer.lenses.activations.width_sweep import WidthSweep, least_squares
from explorer.validation import check
from tests.scenes import scene

CHANCE = torch.Generator().manual_seed(0)


def drawn(*shape: int) -> torch.Tensor:
    return torch.randn(shape, generator=CHANCE, dtype=torch.float64)


@pytest.fixture(scope="module", params=["double-descent", "double-descent-l2"])
def descent(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ex.Run]:
    folder: Path = tmp_path_factory.mktemp("descent")
    return request.param, ex.train(ex.preset(request.param).with_("recipe.steps=2"), folder / "a.run", "cpu")


def test_the_test_error_peaks_at_the_threshold_unless_a_penalty_keeps_the_weights_short(descent):
    name, run = descent
    picture = ex.look(run, "width_sweep")
    widths, error = picture["width"].values, picture["test_error"].values
    n = int(picture["threshold"].values)
    assert n == len(run.data().train) == 180
    below, above = error[widths < n / 2], error[widths > n]
    if name == "double-descent":
        assert widths[error.argmax()] == n
        assert error.max() > 5 * below.min()
        assert above[-1] < below.min()
        assert picture["norm"].values.argmax() == error.argmax()
        assert (picture["train_error"].values[widths > n] < 1e-9).all()
    else:
        assert error.max() == error[0]
        assert (np.diff(error) < 0.05 * error[:-1]).all()


def test_the_peak_of_a_run_goes_with_the_penalty_of_the_picture_alone(descent):
    _, run = descent
    peak, none = (ex.look(run, "width_sweep", l2=l2)["test_error"].values.max() for l2 in (0.0, 0.01))
    assert peak > 5 * none


@pytest.mark.parametrize("width", [5, 12, 30])
def test_without_a_penalty_the_weights_are_the_shortest_of_the_best(width):
    features, target = drawn(12, width), drawn(12, 3)
    expected = torch.linalg.pinv(features) @ target
    torch.testing.assert_close(least_squares(features, target, 0.0), expected)


@pytest.mark.parametrize("width", [5, 30])
def test_with_a_penalty_the_weights_are_those_of_ridge_regression(width):
    features, target = drawn(12, width), drawn(12, 3)
    ridge = Ridge(alpha=0.7, fit_intercept=False, solver="svd").fit(features.numpy(), target.numpy())
    assert least_squares(features, target, 0.7).numpy() == pytest.approx(ridge.coef_.T)


@pytest.mark.parametrize(("data", "share"), [("digits", 1.0), ("diabetes", 0.5)])
def test_the_penalty_of_the_picture_is_that_of_training(data, share):
    """Trained to its end, the last layer is the picture's: the gradient of loss and penalty vanishes there."""
    layers = [{"kind": "flatten"}] if data == "digits" else []
    layers += [{"kind": "random_features", "units": 9, "name": "hidden"}, {"kind": "linear", "bias": False}]
    found = scene(data, layers)
    split = found.data.train.take(slice(40))
    hidden = found.network.get_submodule("hidden")(split.inputs[0].flatten(1)).double()
    target = split.targets.double()
    if data == "digits":
        target = 2 * torch.nn.functional.one_hot(split.targets, 10).double() - 1
    weights = least_squares(hidden, target, 40 * target.shape[1] * 0.01 * share).requires_grad_()
    loss = (1 if data == "diabetes" else 0.5) * (hidden @ weights - target).square().mean()
    (loss + 0.5 * 0.01 * weights.square().sum()).backward()
    assert weights.grad is not None
    assert weights.grad.abs().max() < 1e-9
    picture = WidthSweep(l2=0.01, examples=40).look(found)
    expected = (hidden @ weights - target).square().mean().item()
    assert picture["train_error"].values[-1] == pytest.approx(expected, rel=1e-6)


def test_random_features_are_drawn_once_kept_with_the_weights_and_never_learnt(descent):
    _, run = descent
    first, last = run.snapshot(0), run.snapshot(2)
    assert first["features.weight"].equal(last["features.weight"])
    assert not first["answer.weight"].equal(last["answer.weight"])
    weight = RandomProjection(64, 2000, 0.1).weight
    assert weight.var().item() == pytest.approx(2 / 64, rel=0.02)
    assert run.model().features.bias.equal(first["features.bias"])


def test_only_networks_that_end_in_weighted_sums_of_flat_numbers_are_swept():
    offered = {
        name: WidthSweep.is_applicable(check(ex.preset(name)))
        for name in ("digits-mlp", "induction-heads", "circle", "iris")
    }
    assert offered == {"digits-mlp": True, "induction-heads": False, "circle": False, "iris": True}
