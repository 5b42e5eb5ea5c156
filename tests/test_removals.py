"""Taking one frequency or one feature out, against what is found by hand in networks that are set by hand."""

import math

import torch
from torch.nn.functional import cross_entropy

from explorer.lenses.base import Scene
from explorer.lenses.frequencies import FrequencyRemoval, without
from explorer.lenses.interference import FeatureRemoval
from explorer.lenses.request import Example
from explorer.network import Network, build
from explorer.validation import check, read_experiment

P = 13
PLANTED = (2, 5)


def scene(data: dict, layers: list[dict]) -> Scene:
    checked = check(read_experiment({"data": data, "network": {"layers": layers}}))
    return Scene(build(checked.plan, 0), checked, checked.dataset.load(0), 0, Example())


def waves(frequency: int) -> torch.Tensor:
    """A cosine and a sine over the numbers of the clock: (P, 2)."""
    turns = 2 * math.pi * frequency * torch.arange(P) / P
    return torch.stack([turns.cos(), turns.sin()], 1)


def test_a_frequency_taken_out_costs_what_it_costs_to_project_its_waves_out_by_hand():
    found = scene(
        {"kind": "modular", "modulus": P},
        [{"kind": "embedding", "features": 4}, {"kind": "flatten"}, {"kind": "linear", "units": P}],
    )
    planted = torch.cat([3 * waves(each) for each in PLANTED], 1)  # (P, 4)
    table = embedding(found.network)
    table.data.copy_(planted)
    picture = FrequencyRemoval().look(found)
    for frequency in range(1, P // 2 + 1):
        wave = waves(frequency) / (P / 2) ** 0.5  # orthonormal
        expected = loss_with(found, planted - wave @ (wave.T @ planted)) - loss_with(found, planted)
        torch.testing.assert_close(
            torch.tensor(picture["effect"].values[frequency - 1]), expected, atol=1e-5, rtol=1e-4
        )
    silent = [each - 1 for each in range(1, P // 2 + 1) if each not in PLANTED]
    assert abs(picture["effect"].values[silent]).max() < 1e-5
    assert abs(picture["effect"].values[[each - 1 for each in PLANTED]]).min() > 1e-3
    assert picture["keys"].values.tolist() == list(PLANTED)
    assert abs(picture["loss_of_keys"].values - picture["loss"].values) < 1e-5
    assert embedding(found.network).equal(planted)


def embedding(network: Network) -> torch.nn.Parameter:
    return next(module for module in network.modules() if isinstance(module, torch.nn.Embedding)).weight


def loss_with(found: Scene, table: torch.Tensor) -> torch.Tensor:
    """The held-out loss with another embedding, in a copy."""
    network, split = found.copy(), found.data.test
    embedding(network).data.copy_(table)
    with torch.no_grad():
        return cross_entropy(network(*split.inputs), split.targets)


def test_without_no_frequency_an_embedding_stays_and_without_all_its_mean_is_left():
    table = torch.randn(P, 3)
    torch.testing.assert_close(without(table, []), table)
    torch.testing.assert_close(without(table, list(range(1, P // 2 + 1))), table.mean(0).expand(P, 3))


def superposed(columns: list[list[float]]) -> torch.Tensor:
    """A bottleneck of two numbers whose features are stored along these columns, and the change without each."""
    found = scene(
        {"kind": "sparse_features", "features": len(columns), "density": 0.3},
        [{"kind": "tied", "units": 2}, {"kind": "relu"}],
    )
    weight = next(each for each in found.network.parameters() if each.dim() == 2)
    weight.data.copy_(torch.tensor(columns).T)
    return torch.tensor(FeatureRemoval().look(found)["change"].values)


def test_features_that_stand_at_right_angles_do_not_disturb_each_other():
    torch.testing.assert_close(superposed([[1.0, 0.0], [0.0, 1.0]]), torch.eye(2))


def test_a_feature_gets_better_without_the_one_that_disturbed_it():
    change = superposed([[1.0, 0.0], [0.6, 0.8], [0.0, 0.0]])
    assert (change.diagonal()[:2] > 0).all()
    assert change[0, 1] < 0
    assert change[1, 0] < 0
    assert change[2].abs().max() == 0
