"""Attributions against closed forms, against Captum called bare, and what they leave behind."""

from itertools import permutations

import captum.attr
import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer as ex
from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import ask
from explorer.lenses.attribution.games import exact
from explorer.lenses.attribution.targets import Target, read_target
from tests.attribution_nets import family, setting

ANY = ["iris", "digits-cnn", "adding-gru", "induction-heads"]  # one of every kind of input


class Function(nn.Module):
    """A function of a row of numbers as a network with one answer."""

    def __init__(self, function):
        super().__init__()
        self.function = function

    def forward(self, values: Tensor) -> Tensor:  # (B, n) -> (B, 1)
        return self.function(values).unsqueeze(1)


ROW = torch.tensor([[3.0, -2.0, 0.5, 4.0]], dtype=torch.float64)


# Closed forms


def test_on_a_linear_model_every_method_with_a_baseline_gives_weight_times_difference() -> None:
    network = nn.Linear(4, 3).double()
    baseline = torch.tensor([[1.0, 0.0, -1.0, 2.0]], dtype=torch.float64)
    expected = (network.weight[1] * (ROW - baseline)).detach().numpy()
    for method in ("IntegratedGradients", "DeepLift", "FeatureAblation", "ShapleyValues", "ShapleyValueSampling"):
        found = ex.attribute(network, ROW, method, target=1, baseline=baseline)
        assert np.allclose(found.scores, expected, atol=1e-6), method
        assert found.completeness_error < 1e-5, method


def test_integrated_gradients_of_a_quadratic_form_share_each_product_evenly() -> None:
    """For x'Ax from zero, the integral of 2 t (Ax)_i x_i is x_i (Ax)_i, for symmetric A."""
    half = torch.randn(4, 4, dtype=torch.float64)
    form = half + half.T
    network = Function(lambda x: torch.einsum("bi,ij,bj->b", x, form, x))
    found = ex.attribute(network, ROW, path_steps=64)
    assert np.allclose(found.scores, (ROW * (ROW @ form)).numpy())


def test_integrated_gradients_of_a_product_give_each_factor_an_equal_share() -> None:
    """For x1 x2 x3 from zero every factor gets a third: the integral of t^2 is 1/3."""
    found = ex.attribute(Function(lambda x: x.prod(1)), ROW[:, :3], path_steps=512)
    assert np.allclose(found.scores, ROW[:, :3].prod().item() / 3, rtol=1e-4)


@pytest.mark.parametrize(
    ("method", "shares"),
    [("ShapleyValues", (0.5, 0.5)), ("IntegratedGradients", (0.5, 0.5)), ("InputXGradient", (1, 1))],
)
def test_a_product_is_shared_or_counted_twice_as_the_definitions_say(method: str, shares: tuple) -> None:
    found = ex.attribute(Function(lambda x: x[:, 0] * x[:, 1]), ROW[:, :2], method)
    assert np.allclose(found.scores, -6 * np.array(shares))


def test_exact_shapley_values_are_the_mean_over_all_orders() -> None:
    n, answers = 4, torch.randn(16, dtype=torch.float64)
    found = torch.zeros(n, dtype=torch.float64)
    for order in permutations(range(n)):
        subset = 0
        for part in order:
            found[part] += (answers[subset | 1 << part] - answers[subset]) / 24
            subset |= 1 << part
    assert exact(answers, n).allclose(found)


# Captum called bare


BARE = {
    "Saliency": lambda network, x, t: captum.attr.Saliency(network).attribute(x, target=t, abs=False),
    "InputXGradient": lambda network, x, t: captum.attr.InputXGradient(network).attribute(x, target=t),
    "IntegratedGradients": lambda network, x, t: captum.attr.IntegratedGradients(network).attribute(
        x, target=t, n_steps=64, method="riemann_middle"
    ),
    "DeepLift": lambda network, x, t: captum.attr.DeepLift(network).attribute(x, target=t),
    "GuidedBackprop": lambda network, x, t: captum.attr.GuidedBackprop(network).attribute(x, target=t),
    "Deconvolution": lambda network, x, t: captum.attr.Deconvolution(network).attribute(x, target=t),
    "FeatureAblation": lambda network, x, t: captum.attr.FeatureAblation(network).attribute(x, target=t),
    "ShapleyValues": lambda network, x, t: captum.attr.ShapleyValues(network).attribute(x, target=t),
    "LRP": lambda network, x, t: captum.attr.LRP(network).attribute(x, target=t),
}


@pytest.mark.filterwarnings("ignore:Setting")
@pytest.mark.parametrize("method", BARE)
def test_on_a_plain_network_scores_are_those_of_captum_called_bare(method: str) -> None:
    network = nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 3)).double()
    expected = BARE[method](network, ROW.clone().requires_grad_(), 2)
    found = ex.attribute(network, ROW, method, target=2)
    assert np.allclose(found.scores, expected.detach().numpy(), atol=1e-6)


def test_scores_of_tokens_are_those_of_captum_at_the_embedding() -> None:
    network, data = family("induction-heads")
    tokens = data.test.inputs[0][:1]
    found = ex.attribute(network, tokens, target="5@9", baseline="token:0")
    bare = captum.attr.LayerIntegratedGradients(lambda x: network(x)[:, 9, 5], network.get_submodule("embed"))
    expected = bare.attribute(tokens, torch.zeros_like(tokens), n_steps=64, method="riemann_middle")
    assert found.scores.shape == tokens.shape
    assert np.allclose(found.scores, expected.sum(-1).detach().numpy(), atol=1e-6)


def test_tokens_of_any_network_are_scored_at_its_embedding() -> None:
    network = nn.Sequential(nn.Embedding(7, 3), nn.Flatten(), nn.Linear(12, 2)).double()
    tokens = torch.tensor([[1, 5, 2, 2]])
    found = ex.attribute(network, tokens, target=1, baseline="zeros")
    rows = network[0](tokens).detach().numpy()
    expected = (rows * network[2].weight[1].detach().numpy().reshape(1, 4, 3)).sum(-1)
    assert np.allclose(found.scores, expected)


def test_the_scores_of_a_unit_are_those_of_captums_neuron_methods() -> None:
    network, data = family("digits-mlp")
    x = data.test.inputs[0][:1].double()
    layer = network.get_submodule("hidden")
    expected = captum.attr.NeuronIntegratedGradients(network, layer).attribute(
        x, 5, n_steps=64, method="riemann_middle"
    )
    assert np.allclose(ex.attribute(network, x, target="hidden:5").scores, expected.detach().numpy())
    expected = captum.attr.NeuronGradient(network, layer).attribute(x.requires_grad_(), 5)
    assert np.allclose(ex.attribute(network, x, "Saliency", target="hidden:5").scores, expected.detach().numpy())


def test_the_scores_of_a_layers_values_are_those_of_captums_layer_methods() -> None:
    network, data = family("digits-cnn")
    x = data.test.inputs[0][:1].double()
    layer = network.get_submodule("strokes")
    expected = captum.attr.LayerIntegratedGradients(network, layer).attribute(
        x, target=3, n_steps=64, method="riemann_middle"
    )
    found = ex.attribute(network, x, target=3, layer="strokes")
    assert np.allclose(found.scores, expected.detach().numpy())


def test_a_branch_is_no_place_to_score_a_layer_at() -> None:
    network, data = family("digits-resnet")
    with pytest.raises(ex.EngineError, match="branch"):
        ex.attribute(network, data.test.inputs[0][:1], layer="block1a")


# Targets


@pytest.mark.parametrize("name", ANY)
def test_a_difference_of_two_answers_gets_the_difference_of_their_scores(name: str) -> None:
    two = (0, 1) if name != "adding-gru" else (0, 0)
    first, second = (ask(setting(name, target=Target(entry=entry)), METHODS["InputXGradient"]()) for entry in two)
    both = ask(setting(name, target=Target(entry=two[0], versus=two[1])), METHODS["InputXGradient"]())
    assert np.allclose(both.scores, first.scores - second.scores)


def test_nothing_after_a_place_of_a_causal_network_gets_a_score() -> None:
    found = ask(setting("char-gpt", target=Target(entry=1, place=9)), METHODS["IntegratedGradients"]())
    assert np.abs(found.scores[:10]).max() > 0
    assert np.allclose(found.scores[10:], 0)


@pytest.mark.parametrize(
    ("text", "target"),
    [
        (None, Target()),
        (3, Target(entry=3)),
        ("3", Target(entry=3)),
        ("3-5", Target(entry=3, versus=5)),
        ("3@10", Target(entry=3, place=10)),
        ("@10", Target(place=10)),
        ("3-5@10", Target(entry=3, versus=5, place=10)),
        ("hidden1:4", Target(layer="hidden1", unit=(4,))),
        ("edges:2,0,7", Target(layer="edges", unit=(2, 0, 7))),
        ("virginica", Target(entry=2)),
    ],
)
def test_a_target_is_read_as_it_is_written(text, target: Target) -> None:
    assert read_target(text, ("setosa", "versicolor", "virginica")) == target


@pytest.mark.parametrize(
    "text", ["", "-5", "rose", "3-", "hidden:", ":4", "3.5", "99", "0@1", "nothing:3", "hidden1:99"]
)
def test_a_target_that_leads_nowhere_is_refused_in_a_sentence(text: str) -> None:
    network, data = family("iris")
    with pytest.raises(ex.ExplorerError, match="expected"):
        ex.attribute(network, data.test.inputs[0][:1], target=text)


# Baselines


@pytest.mark.parametrize("baseline", ["zeros", "mean", "blurred", "random", "example:7"])
@pytest.mark.parametrize("method", ["IntegratedGradients", "DeepLift", "ShapleyValueSampling"])
def test_scores_add_up_from_every_baseline(baseline: str, method: str) -> None:
    settings = {"path_steps": 1024} if method == "IntegratedGradients" else {}
    found = ask(setting("digits-mlp", baseline=baseline), METHODS[method](**settings))
    assert found.baseline == baseline.replace(":", " ")
    assert abs(found.scores.sum() - found.change) < 0.002 * np.abs(found.scores).sum()


@pytest.mark.parametrize("baseline", ["zeros", "mean", "random", "example:7", "token:3", "3"])
def test_tokens_are_compared_with_every_baseline_that_tokens_have(baseline: str) -> None:
    assert ask(setting("grokking", baseline=baseline), METHODS["IntegratedGradients"]()).completeness_error < 0.01


def test_the_mean_baseline_is_the_mean_of_training_examples() -> None:
    _, data = family("iris")
    question = setting("iris", baseline="mean").question()
    assert question.baseline.allclose(data.train.inputs[0][:256].double().mean(0, keepdim=True))


def test_a_blurred_picture_keeps_its_brightness_and_loses_its_edges() -> None:
    question = setting("digits-cnn", baseline="blurred").question()
    assert question.baseline.std() < 0.6 * question.inputs.std()
    assert question.baseline.max() < question.inputs.max()


@pytest.mark.parametrize(
    ("name", "baseline"), [("iris", "blurred"), ("iris", "token:1"), ("grokking", "blurred"), ("grokking", "token:99")]
)
def test_a_baseline_that_an_input_does_not_have_is_refused(name: str, baseline: str) -> None:
    with pytest.raises(ex.EngineError, match="baseline: expected"):
        ask(setting(name, baseline=baseline), METHODS["IntegratedGradients"]())
