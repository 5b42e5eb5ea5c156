"""What tells a good attribution from a bad one: each check on maps of which it is known."""

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torch import Tensor, nn

from explorer.lenses import TrustLens
from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import Setting
from explorer.lenses.attribution.baselines import Baseline
from explorer.lenses.attribution.targets import Target
from explorer.lenses.attribution.trust import curves, examine, randomised, rank_correlation
from explorer.lenses.base import Scene
from explorer.lenses.request import Example
from explorer.signals import Signal
from explorer.validation import check, read_experiment
from tests.attribution_nets import FAMILIES, family, setting

ROW = torch.tensor([[3.0, -2.0, 0.5, 4.0]], dtype=torch.float64)


def about(network: nn.Module) -> Setting:
    return Setting(network, Signal((4,)), ROW, Target(entry=0), Baseline())


def linear() -> nn.Module:
    return nn.Linear(4, 2).double()


def test_rank_correlation_is_spearmans() -> None:
    first, second = torch.randn(30).round(decimals=1), torch.randn(30).round(decimals=1)
    assert rank_correlation(first, second) == pytest.approx(spearmanr(first, second).statistic)
    assert rank_correlation(first, torch.ones(30)) == 0


def test_weights_drawn_anew_are_others_and_the_network_keeps_its_own() -> None:
    for network in (family("iris")[0], nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 2))):
        before = [weight.clone() for weight in network.parameters()]
        others = list(randomised(network, 5).parameters())
        assert all(not weight.equal(other) for weight, other in zip(network.parameters(), others, strict=True))
        assert all(weight.equal(kept) for weight, kept in zip(network.parameters(), before, strict=True))
        assert {other.dtype for other in others} == {before[0].dtype}


def test_an_exact_map_of_a_linear_model_has_no_infidelity_and_a_wrong_one_has() -> None:
    trust = examine(about(linear()), METHODS["IntegratedGradients"]())
    assert trust.infidelity == pytest.approx(0, abs=1e-9)
    assert trust.completeness_error < 1e-9
    assert trust.light == "green"

    class Noise(METHODS["IntegratedGradients"]):
        def attribute(self, question) -> Tensor:
            return 10 * torch.randn_like(question.inputs)

    trust = examine(about(linear()), Noise())
    assert trust.infidelity > 1
    assert trust.light == "red"


def test_the_map_of_a_linear_model_moves_with_the_example_and_no_faster() -> None:
    """Scores are w x, so a shake of at most r changes their length by at most r |w|."""
    network = linear()
    trust = examine(about(network), METHODS["IntegratedGradients"]())
    length = float((network.weight[0] * ROW).detach().norm())
    reach = 0.02 * float(ROW.max() - ROW.min())
    assert 0 < trust.sensitivity <= reach * float(network.weight[0].detach().norm()) / length + 1e-9


def test_a_method_that_ignores_the_network_is_caught_by_random_weights() -> None:
    class Edges(METHODS["Saliency"]):
        def attribute(self, question) -> Tensor:
            return question.inputs.abs()

    blind = examine(setting("digits-mlp"), Edges())
    assert blind.random_weights_correlation == pytest.approx(1)
    assert blind.model_free_correlation == pytest.approx(1)
    seeing = examine(setting("digits-mlp"), METHODS["Saliency"]())
    assert seeing.random_weights_correlation < 0.5


def test_exact_methods_have_no_spread_and_sampled_ones_have_less_with_more_samples() -> None:
    assert examine(setting("wine"), METHODS["DeepLift"]()).spread == 0
    few, many = (examine(setting("wine"), METHODS["ShapleyValueSampling"](orders=n)).spread for n in (2, 200))
    assert 0 < many < few


def test_deleting_and_inserting_run_between_example_and_baseline_in_the_order_of_the_scores() -> None:
    network = linear()
    question = about(network).question()
    scores = (network.weight[0] * ROW)[0].detach()
    deletion, insertion = curves(question, [scores, scores.flip(0)])
    whole, nothing = network(torch.cat([ROW, torch.zeros_like(ROW)]))[:, 0].tolist()
    assert deletion[:, 0] == pytest.approx(whole) == pytest.approx(insertion[:, -1])
    assert deletion[:, -1] == pytest.approx(nothing) == pytest.approx(insertion[:, 0])
    after_first = whole - float(scores.max())
    assert after_first == pytest.approx(deletion[0][(np.linspace(0, 4, 11).round() == 1).argmax()])
    assert deletion[0].mean() < deletion[1].mean()


def test_the_second_baseline_is_another_one_and_a_flat_network_does_not_care() -> None:
    found = examine(setting("iris"), METHODS["InputXGradient"]())
    assert found.second_baseline == "mean"
    assert found.agreement == pytest.approx(1), "this method knows no baseline"
    found = examine(setting("induction-heads"), METHODS["InputXGradient"]())
    assert found.second_baseline == "zeros"


@pytest.mark.parametrize("name", ["gelu", "average pooling", "time convolution"])
@pytest.mark.parametrize("method", ["IntegratedGradients", "KernelShap"])
def test_the_lens_shows_every_control_and_finite_numbers(name: str, method: str) -> None:
    data, layers = FAMILIES[name]
    checked = check(read_experiment({"data": data, "network": {"layers": layers}}))
    network, examples = family(name)
    scene = Scene(network.float(), checked, examples, 0, Example(index=1))
    picture = TrustLens(method=method, seeds=2).look(scene)
    network.double()
    assert all(np.isfinite(array.values).all() for array in picture.values())
    assert {"random_weights", "model_free", "second", "deletion", "insertion", "infidelity", "spread"} <= set(picture)
    assert picture["deletion"].values.shape == (3, 11)
    assert picture["scores"].values.shape == picture["input"].values.shape
