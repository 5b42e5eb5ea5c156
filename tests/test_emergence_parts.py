"""What the laboratories of emergence are made of: sparse features by importance, and copying from steps back."""

import pytest
import torch

import explorer as ex
from explorer.datasets.sparse import SparseFeatures
from explorer.datasets.tokens import CopyBack
from explorer.layers.dense import Bottleneck
from explorer.signals import IGNORED, Task
from explorer.training.objectives import loss_for


def test_features_are_there_as_often_as_they_should_be_and_spread_from_0_to_1():
    examples = SparseFeatures(features=4, density=0.2).load(0).draw(20_000)
    (values,) = examples.inputs
    there = values[values > 0]
    assert (values > 0).float().mean().item() == pytest.approx(0.2, abs=0.01)
    assert there.mean().item() == pytest.approx(0.5, abs=0.01)
    assert there.max() <= 1
    assert values.equal(examples.targets)


def test_the_error_of_a_feature_counts_by_its_importance():
    task = SparseFeatures(features=3, importance=0.5).describe().task
    output, target = torch.randn(7, 3), torch.randn(7, 3)
    weights = torch.tensor([1.0, 0.5, 0.25])
    expected = (weights * (output - target).square()).mean()
    torch.testing.assert_close(loss_for(task)(output, target), expected)
    expected = (weights * (output - target).abs()).mean()
    torch.testing.assert_close(loss_for(task, "absolute_error")(output, target), expected)
    plain = Task("regression", 3)
    torch.testing.assert_close(loss_for(plain)(output, target), (output - target).square().mean())


def test_a_tied_bottleneck_goes_back_by_the_way_it_came():
    module = Bottleneck(5, 2)
    values = torch.randn(3, 5)
    expected = torch.einsum("uf,ug,bg->bf", module.weight, module.weight, values) + module.bias
    torch.testing.assert_close(module(values), expected)


@pytest.mark.parametrize("lag", [1, 3, 23])
def test_what_stood_some_steps_back_is_asked_for(lag):
    data = CopyBack(lag=lag).load(0)
    (symbols,), targets = data.test.inputs, data.test.targets
    assert targets[:, lag:].equal(symbols[:, :-lag])
    assert (targets[:, :lag] == IGNORED).all()


def test_a_lag_as_long_as_the_sequence_is_refused():
    with pytest.raises(ValueError, match=r"more than lag \(24\)"):
        CopyBack(lag=24)


def test_the_window_of_a_convolution_is_where_its_memory_ends():
    table = ex.sweep(
        ex.preset("copy-convolution").with_("recipe.steps=60", "recipe.evaluate_every=60"),
        {"data.lag": [3, 4]},
        device="cpu",
    )
    within, beyond = table["test.accuracy"]
    assert within > 0.95
    assert beyond < 0.2
