"""Lenses on activations, held against torch, closed forms and values written by hand."""

from dataclasses import replace

import numpy as np
import pytest
import torch

from explorer.errors import EngineError
from explorer.lenses.activations.cka import Cka, cka
from explorer.lenses.activations.feature_maps import FeatureMaps
from explorer.lenses.activations.gradient_flow import GradientFlow
from explorer.lenses.activations.histograms import Histograms, histogram
from explorer.lenses.activations.landscape import Landscape
from explorer.lenses.activations.maximisation import ActivationMaximisation
from explorer.lenses.activations.probe import Probe, probe
from explorer.lenses.activations.projection import Projection
from explorer.lenses.activations.top_examples import TopExamples
from explorer.lenses.activations.values import rows
from explorer.lenses.base import Scene
from explorer.signals import Task
from tests.scenes import scene, transformer

DIGITS = {"kind": "digits", "size": 8}


def picture_scene(**convolution: object) -> Scene:
    layers = [
        {"kind": "conv2d", "name": "edges", "channels": 4, "padding": 1},
        {"kind": "relu", "name": "bend"},
        {"kind": "conv2d", "name": "strokes", "channels": 6, **convolution},
        {"kind": "flatten", "name": "flat"},
        {"kind": "linear", "name": "answer"},
    ]
    return scene(DIGITS, layers)


def points_scene() -> Scene:
    layers = [{"kind": "linear", "name": "hidden", "units": 6}, {"kind": "relu", "name": "bend"}]
    return scene("circle", [*layers, {"kind": "linear", "name": "answer"}])


def tokens_scene() -> Scene:
    return scene({"kind": "palindromes"}, transformer(blocks=1, causal=False))


def test_feature_maps_show_every_convolution_and_its_filters() -> None:
    found = picture_scene()
    picture = FeatureMaps().look(found)
    maps = found.network.get_submodule("edges")(*found.inputs())
    assert np.allclose(picture["edges.maps"].values, maps[0].detach(), atol=1e-6)
    assert np.array_equal(picture["edges.kernels"].values, found.network.get_submodule("edges").weight.detach())


def test_a_histogram_counts_every_value_once_as_numpy_does() -> None:
    values = torch.randn(500)
    counts, edges = histogram(values, 16)
    expected, places = np.histogram(values.numpy(), 16)
    assert np.allclose(edges, places, atol=1e-5)
    assert counts.sum() == 500
    assert np.abs(counts.numpy() - expected).max() <= 1  # values on an edge
    assert histogram(torch.tensor([float("nan"), 2.0]), 4)[0].sum() == 1
    assert histogram(torch.tensor([float("nan")]), 4)[0].sum() == 0


def test_units_that_are_never_on_are_dead() -> None:
    found = points_scene()
    with torch.no_grad():
        found.network.get_submodule("hidden").weight[3] = 0
        found.network.get_submodule("hidden").bias[3] = -1
    picture = Histograms().look(found)
    assert picture["bend.is_dead"].values.tolist() == [0, 0, 0, 1, 0, 0]
    assert not picture["hidden.is_dead"].values.any()


def test_top_examples_are_those_with_the_highest_values() -> None:
    found = points_scene()
    picture = TopExamples(layer="hidden", unit=2, most=4).look(found)
    split = found.held_out(512)
    heights = found.network.get_submodule("hidden")(*split.inputs)[:, 2].detach().numpy()
    assert np.allclose(picture["value"].values, np.sort(heights)[::-1][:4], atol=1e-6)
    assert np.array_equal(picture["input"].values, split.inputs[0][heights.argsort()[::-1][:4].copy()])


def test_the_place_of_a_top_example_is_where_the_map_is_highest() -> None:
    found = picture_scene()
    picture = TopExamples(layer="edges", unit=1, most=2).look(found)
    maps = found.network.get_submodule("edges")(torch.from_numpy(picture["input"].values))[:, 1].detach()
    assert picture["place"].values.tolist() == maps.flatten(1).argmax(1).tolist()


def test_an_input_made_for_a_linear_unit_follows_its_weights_to_the_edge_of_the_data() -> None:
    found = points_scene()
    low, high = found.data.test.inputs[0].min().item(), found.data.test.inputs[0].max().item()
    picture = ActivationMaximisation(layer="hidden", unit=1, rate=1.0, ascent_steps=200, penalty=0).look(found)
    weight = found.network.get_submodule("hidden").weight[1].detach()
    assert np.allclose(picture["input"].values, np.where(weight > 0, high, low), atol=1e-4)
    assert picture["path"].values[-1] >= picture["real_value"].values - 1e-4
    assert all(parameter.grad is None for parameter in found.network.parameters())


def test_the_height_of_a_filter_grows_along_the_path() -> None:
    path = ActivationMaximisation(layer="strokes", unit=2).look(picture_scene())["path"].values
    assert path[-1] > path[0]
    assert len(path) == 65


@pytest.mark.parametrize("method", ["pca", "tsne"])
@pytest.mark.parametrize("make", [points_scene, picture_scene, tokens_scene], ids=["points", "pictures", "tokens"])
def test_every_point_of_a_projection_has_its_example_target_and_answer(make, method: str) -> None:
    found = make()
    picture = Projection(method=method, examples=16).look(found)
    split = found.held_out(16)
    answers = found.network(*split.inputs).argmax(-1)
    numbers = picture["example"].values
    if split.targets.dim() == 1:
        assert np.array_equal(picture["prediction"].values, answers)
    else:
        counted = split.targets != -100
        assert np.array_equal(picture["prediction"].values, answers[counted])
        assert np.array_equal(numbers, counted.nonzero()[:, 0])
    assert picture["points"].values.shape == (len(numbers), 2)
    assert np.isfinite(picture["points"].values).all()
    right = picture["target"].values == picture["prediction"].values
    assert np.array_equal(picture["is_right"].values.astype(bool), right)


def test_what_tsne_tells_on_its_way_grows_and_changes_no_number() -> None:
    found, told = points_scene(), []
    followed = replace(found, tell=lambda share, doing: told.append((share, doing)))
    lens = Projection(method="tsne", examples=16)
    assert np.array_equal(lens.look(followed)["points"].values, lens.look(found)["points"].values)
    turns = [(share, doing) for share, doing in told if doing.startswith("t-SNE")]
    assert turns == [(n / 1000, f"t-SNE: iteration {n} of 1000") for n in range(50, 50 * len(turns) + 1, 50)]
    assert len(turns) > 1


@pytest.mark.parametrize(
    ("lens", "last"),
    [
        (Landscape(places=5), "place 5 of 5"),
        (Landscape(dimensions=2, places=5), "row 5 of 5"),
        (TopExamples(), "batch 1 of 1"),
        (Probe(examples=16), "layer 3 of 3"),
        (GradientFlow(), "snapshot 1 of 1"),
    ],
    ids=["line", "plane", "top", "probe", "gradients"],
)
def test_a_lens_that_takes_long_tells_each_part_before_it_is_done(lens, last: str) -> None:
    told: list[tuple[float, str]] = []
    lens.look(replace(points_scene(), tell=lambda share, doing: told.append((share, doing))))
    shares = [share for share, _ in told]
    assert told[-1][1] == last
    assert shares == sorted(shares)
    assert shares[0] == 0
    assert shares[-1] < 1


def test_many_features_are_turned_into_few_with_distances_kept() -> None:
    features = torch.randn(20, 4_000).double()
    turned = rows(features, Task("classification", 2), torch.zeros(20))
    assert turned.shape == (20, 20)
    assert torch.allclose(torch.pdist(turned), torch.pdist(features))


def test_a_probe_on_separable_data_is_perfect_and_on_chance_is_not() -> None:
    targets = torch.arange(200) % 2
    features = torch.randn(200, 5)
    assert probe(features, torch.randint(2, (200,)), is_discrete=True) < 0.7
    features[:, 3] += 20.0 * targets
    assert probe(features, targets, is_discrete=True) == 1.0
    numbers = features[:, :2] @ torch.tensor([[1.0], [-2.0]])
    assert probe(features, numbers, is_discrete=False) == pytest.approx(1, abs=1e-3)


def test_probes_stand_beside_both_controls() -> None:
    found = scene(DIGITS, [{"kind": "flatten", "name": "pixels"}, {"kind": "linear", "name": "answer"}])
    picture = Probe().look(found)
    assert picture["pixels.score"].values > 0.8  # digits can be told apart pixel by pixel
    assert picture["pixels.shuffled"].values < 0.3
    assert picture["pixels.untrained"].values == picture["pixels.score"].values  # nothing was trained
    assert 0 < picture["baseline"].values < 0.3


def test_cka_is_one_under_rotation_and_scale_and_small_for_what_is_unlike() -> None:
    features = torch.randn(400, 6)
    rotation = torch.linalg.qr(torch.randn(6, 6)).Q
    assert cka(features, 3 * features @ rotation + 5) == pytest.approx(1)
    assert cka(features, torch.randn(400, 6)) < 0.1
    assert cka(features, torch.zeros(400, 2)) == 0


def test_cka_equals_the_formula_of_the_paper() -> None:
    one, other = torch.randn(30, 4).double(), torch.randn(30, 7).double()
    x, y = one - one.mean(0), other - other.mean(0)
    expected = (y.T @ x).norm() ** 2 / ((x.T @ x).norm() * (y.T @ y).norm())
    assert cka(one, other) == pytest.approx(expected.item())


def test_layers_are_as_alike_to_themselves_as_can_be() -> None:
    picture = Cka().look(picture_scene())
    matrix = np.stack([array.values for array in picture.values()])
    assert np.allclose(matrix.diagonal(), 1)
    assert np.allclose(matrix, matrix.T)
    assert (matrix < 1 + 1e-6).all()


def test_another_step_cannot_be_compared_with_while_there_is_no_file() -> None:
    with pytest.raises(EngineError, match=r"lens.other_step: expected nothing while the run trains"):
        Cka(other_step=0).look(points_scene())
