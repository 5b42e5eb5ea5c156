"""The arithmetic told of one number of a layer, held against torch for every number of every kind of layer."""

import numpy as np
import pytest
import torch
from torch.nn import functional as F

from explorer.errors import ExperimentError
from explorer.layers import KINDS as LAYERS
from explorer.lenses.activations.arithmetic import Arithmetic
from explorer.lenses.activations.feature_maps import FeatureMaps
from explorer.lenses.activations.sums import SUMS, Place
from explorer.signals import Signal
from tests.scenes import scene
from tests.test_lenses_activations import picture_scene, points_scene, tokens_scene

PICTURE, SERIES, ROW = (3, 6, 6), (7, 4), (5,)
LAYERS_TRIED = [
    ("conv2d", {"channels": 2}, PICTURE),
    ("conv2d", {"channels": 2, "padding": 2, "stride": 2}, PICTURE),
    ("conv2d", {"channels": 2, "dilation": 2, "padding": 1}, PICTURE),
    ("conv2d", {"channels": 6, "groups": 3, "bias": False}, PICTURE),
    ("conv1d", {"channels": 3, "causal": True, "dilation": 2}, SERIES),
    ("conv1d", {"channels": 3, "padding": 1, "stride": 2}, SERIES),
    ("linear", {"units": 3}, ROW),
    ("linear", {"units": 3, "bias": False}, SERIES),
    ("tied", {"units": 2}, ROW),
    ("max_pool", {"kernel": 3, "stride": 2, "padding": 1}, PICTURE),
    ("max_pool", {"kernel": 2}, SERIES),
    ("average_pool", {"kernel": 3, "stride": 2, "padding": 1}, PICTURE),
    ("average_pool", {"kernel": 2, "stride": 1}, SERIES),
    ("global_pool", {"method": "average"}, PICTURE),
    ("global_pool", {"method": "max"}, SERIES),
    ("mean_over_time", {}, SERIES),
    ("softmax", {}, ROW),
    ("softmax", {}, SERIES),
    ("relu", {}, PICTURE),
    ("gelu", {}, SERIES),
    ("silu", {}, ROW),
    ("tanh", {}, ROW),
    ("sigmoid", {}, ROW),
    ("leaky_relu", {}, ROW),
    ("square", {}, ROW),
    ("layer_norm", {}, PICTURE),
    ("layer_norm", {"affine": False}, SERIES),
    ("batch_norm", {}, PICTURE),
    ("batch_norm", {}, SERIES),
    ("batch_norm", {}, ROW),
    ("rms_norm", {}, SERIES),
    ("add", {}, PICTURE),
    ("multiply", {}, SERIES),
]


@pytest.mark.parametrize(("kind", "settings", "shape"), LAYERS_TRIED, ids=str)
@torch.no_grad()
def test_the_arithmetic_told_of_every_number_gives_the_number_of_torch(kind: str, settings: dict, shape: tuple) -> None:
    layer = LAYERS[kind](**settings)
    inputs = (Signal(shape),) * layer.n_inputs[0]
    module, values = layer.build(*inputs).eval(), tuple(torch.randn(1, *shape) for _ in inputs)
    for tensor in [*module.parameters(), *module.buffers()]:
        if tensor.is_floating_point():
            tensor.copy_(torch.rand_like(tensor) + 0.5)
    expected = module(*values)[0]
    for index in np.ndindex(*expected.shape):
        unit, row, column = (index[1], 0, index[0]) if expected.dim() == 2 else (*index, 0, 0)[:3]
        ours = SUMS[kind](module, tuple(value[0] for value in values), Place(unit, row, column))
        assert ours.value.item() == pytest.approx(expected[index].item(), abs=1e-5)
        assert list(ours.numbers)[-1] == "value"
        assert all(part.dim() == len(ours.axes) for part in ours.parts.values())
        if "products" in ours.parts:
            total = (ours.parts["window"] * ours.parts["weights"]).sum() + ours.numbers["bias"]
            assert total.item() == pytest.approx(expected[index].item(), abs=1e-5)


def test_every_kind_of_sum_is_tried() -> None:
    assert {kind for kind, *_ in LAYERS_TRIED} == set(SUMS) - {"embedding"}


def test_one_number_of_a_convolution_stands_beside_what_it_reads_and_its_frame() -> None:
    found = picture_scene(padding=1, stride=2)
    picture = Arithmetic(layer="strokes", unit=5, row=1, column=99).look(found)
    maps = F.relu(found.network.get_submodule("edges")(*found.inputs()))[0].detach()
    assert np.allclose(picture["reads"].values, maps, atol=1e-6)
    assert picture["place"].values.tolist() == [5, 1, picture["gives"].values.shape[2] - 1]
    assert picture["value"].values == pytest.approx(picture["gives"].values[5, 1, -1], abs=1e-5)
    top, left, rows, columns = picture["frame"].values
    assert (top, rows, columns) == (1, 3, 3)
    inside = maps[:, top : top + rows, left : left + columns]
    assert np.allclose(picture["window"].values[:, : inside.shape[1], : inside.shape[2]], inside, atol=1e-6)


@pytest.mark.parametrize(("kind", "padding"), [("max_pool", 1), ("average_pool", 1), ("max_pool", 0)])
def test_the_window_of_a_pooling_is_the_framed_part_of_its_channel(kind: str, padding: int) -> None:
    layers = [{"kind": kind, "name": "pool", "kernel": 3, "stride": 2, "padding": padding}, {"kind": "flatten"}]
    found = scene({"kind": "digits", "size": 8}, [*layers, {"kind": "linear"}])
    picture = Arithmetic(layer="pool", row=1, column=1).look(found)
    top, left, rows, columns = picture["frame"].values
    assert np.array_equal(picture["window"].values, picture["reads"].values[0, top : top + rows, left : left + columns])


def test_the_probabilities_of_the_answer_are_a_softmax_with_its_numbers() -> None:
    found = points_scene()
    picture = Arithmetic(layer="probabilities", unit=1).look(found)
    with torch.no_grad():
        expected = found.network(*found.inputs()).softmax(-1)[0]
    assert np.allclose(picture["gives"].values, expected, atol=1e-6)
    assert picture["gives"].axes == ("class",)
    assert picture["power"].values / picture["total"].values == pytest.approx(expected[1].item(), abs=1e-6)


def test_a_token_is_looked_up_in_the_table() -> None:
    found = tokens_scene()
    picture = Arithmetic(layer="embed", unit=3, column=2).look(found)
    token = found.inputs()[0][0, 2]
    assert picture["token"].values == token
    assert picture["value"].values == found.network.get_submodule("embed").weight[token, 3].item()


def test_a_unit_that_is_not_there_is_refused() -> None:
    with pytest.raises(ExperimentError, match=r"lens.unit: expected a number below its 4 units, got 9 of layer edges"):
        Arithmetic(unit=9).look(picture_scene())


def test_over_time_a_row_of_maps_stands_for_each_filter() -> None:
    layers = [{"kind": "conv1d", "name": "filter", "channels": 3}, {"kind": "flatten"}, {"kind": "linear"}]
    assert FeatureMaps().look(scene("first_bit", layers))["filter.maps"].axes == ("time", "channel")
