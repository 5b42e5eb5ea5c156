"""Progress measures, each of a network in which the right value is known beforehand."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor, nn

import explorer as ex
from explorer.datasets.base import Data, Dataset
from explorer.datasets.in_context import ridge_predictions
from explorer.datasets.in_context_classes import known_centres
from explorer.lenses.measures import MEASURES
from explorer.lenses.measures.fourier import gini, key_frequencies
from explorer.lenses.measures.state_separation import between_share
from explorer.network import Network, build
from explorer.validation import check, read_experiment
from tests.induction import hand_set_induction

P = 31


def parts(data: dict, layers: list[dict]) -> tuple[Network, Data, Dataset]:
    checked = check(read_experiment({"data": data, "network": {"layers": layers}}))
    return build(checked.plan, 0), checked.dataset.load(0), checked.dataset


def taken(name: str, network: nn.Module, data: Data, dataset: Dataset) -> float | np.ndarray:
    assert MEASURES[name].is_applicable(network, dataset)
    return MEASURES[name].take(network, data, dataset)


# Induction


@pytest.fixture(scope="module")
def induction() -> tuple[Network, Data, Dataset]:
    return hand_set_induction()


def test_a_hand_set_induction_head_matches_prefixes_and_reads_the_token_before(induction):
    assert taken("prefix_matching", *induction) == pytest.approx([0, 1], abs=1e-4)
    assert taken("previous_token", *induction)[0] == pytest.approx(1, abs=1e-4)


def test_a_hand_set_induction_head_repeats_the_second_block_and_knows_nothing_of_the_first(induction):
    _, data, dataset = induction
    period = dataset.test_period
    assert taken("second_half_accuracy", *induction) == 1
    losses = taken("loss_by_position", *induction)
    assert losses.shape == (dataset.length,)
    assert losses[period + 1 :] == pytest.approx(0, abs=1e-3)
    assert losses[:period].min() > 1
    assert taken("in_context_score", *induction) == pytest.approx(losses[2 * period - 2] - losses[period // 2])
    mean = MEASURES["loss_by_position"].value(*induction)
    answers = induction[0](*data.test.inputs).flatten(0, 1)
    assert mean == pytest.approx(nn.functional.cross_entropy(answers, data.test.targets.flatten()).item(), rel=1e-4)


# Waves on a clock


class Clock(nn.Module):
    """Adds on a clock by waves alone: logits are the sum over frequencies of the cosine of w (a + b - c)."""

    def __init__(self, frequencies: tuple[int, ...], by_heart: Tensor | None = None):
        super().__init__()
        turns = 2 * math.pi * torch.arange(P).double()[:, None] * torch.tensor(frequencies) / P  # (P, K)
        self.embed = nn.Embedding(P, 2 * len(frequencies), _weight=torch.cat([turns.cos(), turns.sin()], 1))
        self.turns, self.by_heart = turns, by_heart

    def forward(self, pairs: Tensor) -> Tensor:  # (B, 2) -> (B, P)
        a, b = self.turns[pairs].unbind(1)  # each (B, K)
        waves = 4 * (a[:, None] + b[:, None] - self.turns).cos().sum(-1)
        return waves if self.by_heart is None else waves + self.by_heart[pairs[:, 0], pairs[:, 1]]


@pytest.fixture(scope="module")
def sums() -> tuple[Data, Dataset]:
    _, data, dataset = parts({"kind": "modular", "modulus": P}, [{"kind": "embedding"}, *TO_ANSWER])
    return data, dataset


TO_ANSWER = [{"kind": "flatten"}, {"kind": "linear"}]


def test_a_planted_embedding_shows_its_frequencies_and_no_others(sums):
    clock = Clock((3, 11))
    expected = np.zeros(P // 2)
    expected[[2, 10]] = 0.5
    assert taken("fourier_power", clock, *sums) == pytest.approx(expected, abs=1e-12)
    assert key_frequencies(clock, P) == [3, 11]
    assert taken("key_frequency_share", clock, *sums) == pytest.approx(1)


def test_the_power_of_the_frequencies_is_all_the_power_there_is(sums):
    network = Clock((1,))
    network.embed.weight = nn.Parameter(torch.randn(P, 8).double())
    centred = network.embed.weight.detach() - network.embed.weight.detach().mean(0)
    waves = 2 * torch.fft.rfft(centred, dim=0)[1:].abs().square().sum(1) / P  # Parseval
    assert waves.sum().item() == pytest.approx(centred.square().sum().item())
    assert taken("fourier_power", network, *sums) == pytest.approx((waves / waves.sum()).numpy())


@pytest.mark.parametrize(("sizes", "expected"), [([1, 1, 1, 1], 0), ([0, 0, 0, 1], 3 / 4), ([0, 0, 1, 1], 1 / 2)])
def test_the_gini_coefficient_tells_equal_from_sparse(sizes, expected):
    assert gini(torch.tensor(sizes).double()) == pytest.approx(expected)


def test_the_gini_coefficient_of_one_planted_wave_counts_its_two_components(sums):
    assert taken("fourier_gini", Clock((5,)), *sums) == pytest.approx(1 - 2 / (2 * (P // 2)))


def test_what_is_computed_by_the_key_waves_survives_restriction_and_dies_of_exclusion(sums):
    clock = Clock((2, 7))
    data, _ = sums
    plain = nn.functional.cross_entropy(clock(*data.test.inputs), data.test.targets).item()
    assert taken("restricted_loss", clock, *sums) == pytest.approx(plain)
    assert taken("excluded_loss", clock, *sums) == pytest.approx(math.log(P))


def test_what_is_known_by_heart_is_left_out_by_restriction_and_left_over_by_exclusion(sums):
    data, _ = sums
    by_heart = torch.randn(P, P, P).double()
    mean = by_heart.mean((0, 1))
    waves = [torch.stack([part(w * torch.arange(P)) for part in (torch.cos, torch.sin)]) for w in [2 * math.pi * 2 / P]]
    products = torch.einsum("ia,jb->ijab", waves[0], waves[0]).flatten(0, 1).double()  # (4, P, P)
    kept = torch.einsum("nab,nde,abv->dev", products, products, by_heart) * (2 / P) ** 2  # onto the four, each unit
    clock = Clock((2,), by_heart)
    a, b = data.test.inputs[0].unbind(1)
    restricted = clock(*data.test.inputs) - by_heart[a, b] + kept[a, b] + mean
    expected = nn.functional.cross_entropy(restricted, data.test.targets).item()
    assert taken("restricted_loss", clock, *sums) == pytest.approx(expected)
    a, b = data.train.inputs[0].unbind(1)
    expected = nn.functional.cross_entropy((by_heart - kept)[a, b], data.train.targets).item()
    assert taken("excluded_loss", clock, *sums) == pytest.approx(expected)


def test_key_frequencies_are_those_of_the_trained_network(sums):
    measure = MEASURES["key_frequency_share"].knowing(Clock((3,)), sums[1])
    assert measure.value(Clock((3,)), *sums) == pytest.approx(1)
    assert measure.value(Clock((4,)), *sums) == pytest.approx(0)
    restricted = MEASURES["restricted_loss"].knowing(Clock((3,)), sums[1])
    assert restricted.value(Clock((4,)), *sums) == pytest.approx(math.log(P))


def test_products_have_no_waves_over_the_numbers_themselves():
    _, _, dataset = parts({"kind": "modular", "operation": "multiply"}, [{"kind": "embedding"}, *TO_ANSWER])
    assert not MEASURES["restricted_loss"].is_applicable(Clock((1,)), dataset)
    assert MEASURES["fourier_power"].is_applicable(Clock((1,)), dataset)


# In-context regression


class Ridge(nn.Module):
    """Answers as ridge regression does."""

    def __init__(self, noise: float):
        super().__init__()
        self.noise = noise

    def forward(self, inputs: Tensor) -> Tensor:
        return ridge_predictions(inputs, self.noise)


def test_a_ridge_solution_errs_as_much_as_ridge_regression():
    _, data, dataset = parts({"kind": "in_context_regression"}, [{"kind": "linear"}])
    ridge, least_squares = Ridge(dataset.noise), Ridge(0.0)
    assert taken("ridge_ratio", ridge, data, dataset) == pytest.approx(1)
    assert taken("ridge_distance", ridge, data, dataset) == pytest.approx(0)
    assert taken("least_squares_ratio", least_squares, data, dataset) == pytest.approx(1)
    assert MEASURES["ridge_ratio"].value(least_squares, data, dataset) > 1
    errors = taken("in_context_error", ridge, data, dataset)
    assert errors[0] == pytest.approx(1, abs=0.15)
    assert errors[-1] < 0.05


def test_the_least_squares_solution_is_that_of_numpy():
    _, data, dataset = parts({"kind": "in_context_regression"}, [{"kind": "linear"}])
    inputs = data.test.inputs[0][:1]  # (1, T, 2d + 1)
    x, shown_x, shown_y = inputs[0].double().split([dataset.dimensions, dataset.dimensions, 1], -1)
    for n in (1, 2, 5, 11):
        weights, *_ = np.linalg.lstsq(shown_x[1 : n + 1].numpy(), shown_y[1 : n + 1].numpy(), rcond=None)
        assert Ridge(0.0)(inputs)[0, n].item() == pytest.approx((x[n].numpy() @ weights).item(), rel=1e-3)


# In-context classes


class Lookup(nn.Module):
    """Gives the label of the nearest of some items: of those in the prompt, or of the classes known by heart."""

    def __init__(self, dimensions: int, centres: Tensor | None = None):
        super().__init__()
        self.dimensions, self.centres = dimensions, centres

    def forward(self, inputs: Tensor) -> Tensor:
        items, labels = inputs.split([self.dimensions, inputs.shape[-1] - self.dimensions], -1)
        question = items[:, -1:]
        if self.centres is not None:
            nearest = torch.cdist(question, self.centres[None]).argmin(-1)[:, 0]
            return nn.functional.one_hot(nearest % labels.shape[-1], labels.shape[-1]).float()
        nearest = torch.cdist(question, items[:, :-1:2]).argmin(-1)[:, 0]
        return labels[torch.arange(len(labels)), 2 * nearest + 1]


def test_looking_in_the_prompt_and_knowing_by_heart_are_told_apart():
    _, data, dataset = parts(
        {"kind": "in_context_classification", "classes": 16}, [{"kind": "last_over_time"}, {"kind": "linear"}]
    )
    names = ("novel_class_accuracy", "swapped_label_accuracy", "in_weights_accuracy")
    looks = [taken(name, Lookup(dataset.dimensions), data, dataset) for name in names]
    knows = [taken(name, Lookup(dataset.dimensions, known_centres(data)), data, dataset) for name in names]
    assert looks[:2] == [1, 1]
    assert looks[2] < 0.3
    assert knows[1:] == [0, 1]
    assert knows[0] < 0.3


def test_attention_that_is_spread_evenly_rests_on_the_right_labels_in_proportion():
    attention = {"kind": "self_attention", "name": "attention"}
    layers = [{"kind": "linear", "units": 8}, attention, {"kind": "last_over_time"}, {"kind": "linear"}]
    network, data, dataset = parts({"kind": "in_context_classification"}, layers)
    with torch.no_grad():
        network.get_submodule("attention").query_key_value.weight.zero_()
        network.get_submodule("attention").query_key_value.bias.zero_()
    assert taken("label_attention", network, data, dataset) == pytest.approx(dataset.copies / (2 * dataset.pairs + 1))


# Recurrent memory


def test_a_hand_set_cell_counts_the_brackets():
    network, data, dataset = parts(
        {"kind": "brackets"}, [{"kind": "lstm", "name": "lstm", "units": 1}, {"kind": "linear"}]
    )
    core = network.get_submodule("lstm").core
    with torch.no_grad():
        for parameter in core.parameters():
            parameter.zero_()
        core.bias_ih_l0[:2] = 50.0  # always let in and always keep
        core.weight_ih_l0[2] = torch.tensor([1.0, -1.0])
    assert taken("cell_depth_correlation", network, data, dataset) == pytest.approx(1)


def test_states_are_separate_where_each_combination_has_a_point_of_its_own():
    classes = torch.randint(4, (4000,))
    assert between_share(torch.randn(4, 3)[classes], classes) == pytest.approx(1)
    assert between_share(torch.randn(4000, 3), classes) < 0.01
    assert between_share(torch.zeros(10, 3), classes[:10]) == 0
    network, data, dataset = parts({"kind": "flip_flop"}, [{"kind": "gru"}, {"kind": "linear"}])
    assert 0 < taken("state_separation", network, data, dataset) < 1


# All of them


def test_the_weight_norm_is_the_length_of_all_weights():
    network, data, dataset = parts({"kind": "iris"}, [{"kind": "linear"}])
    for parameter in network.parameters():
        nn.init.constant_(parameter, 2.0)
    count = sum(parameter.numel() for parameter in network.parameters())
    assert taken("weight_norm", network, data, dataset) == pytest.approx(2 * math.sqrt(count))


def test_every_measure_says_what_it_shows_and_what_it_hides():
    assert [each.name for each in ex.measures()] == list(MEASURES)
    for measure in ex.measures():
        assert all((measure.title, measure.formula, measure.paper, measure.datasets))
        assert measure.shows.endswith(".")
        assert measure.hides.startswith("It does not show ")


@pytest.mark.parametrize(
    ("arrows", "per_dimension", "dimensionality"),
    [
        ([(1, 0), (0, 1), (0, 0)], 1.0, [1, 1, 0]),
        ([(1, 0), (-1, 0), (0, 1), (0, -1)], 2.0, [1 / 2] * 4),
        ([(math.cos(2 * math.pi * k / 5), math.sin(2 * math.pi * k / 5)) for k in range(5)], 2.5, [2 / 5] * 5),
    ],
    ids=["one each", "pairs of opposites", "pentagon"],
)
def test_a_known_figure_of_arrows_has_its_dimensionality(arrows, per_dimension, dimensionality):
    layers = [{"kind": "tied", "name": "tied"}, {"kind": "relu"}]
    network, data, dataset = parts({"kind": "sparse_features", "features": len(arrows)}, layers)
    with torch.no_grad():
        network.get_parameter("tied.weight").copy_(torch.tensor(arrows).T)
    assert taken("features_per_dimension", network, data, dataset) == pytest.approx(per_dimension)
    assert taken("feature_dimensionality", network, data, dataset) == pytest.approx(dimensionality, abs=1e-6)
