"""Progress measures through an engine, and the two pictures of what they measure, where the answer is known."""

import math
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import explorer as ex
from explorer.datasets.arithmetic import Modular
from explorer.engine.local import LocalEngine
from explorer.layers.dense import Bottleneck
from explorer.lenses.arrows import FeatureArrows
from explorer.lenses.clock import Clock
from tests.test_pages import until

pytestmark = pytest.mark.xdist_group("engine")


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with LocalEngine(workers=1) as running:
        yield running


@pytest.fixture(scope="module")
def run_id(engine: LocalEngine) -> str:
    small = ex.preset("grokking").with_("recipe.steps=30", "data.modulus=11")
    helm = engine.start(small, begin=True)
    until(lambda: engine.status(helm.run_id).state == "finished")
    return helm.run_id


def test_an_engine_offers_the_measures_that_fit_a_run_with_what_is_said_of_them(engine, run_id):
    offered = {each["name"]: each for each in engine.measures(run_id)}
    assert "fourier_power" in offered
    assert "prefix_matching" not in offered
    assert all(all(each[part] for part in ("title", "shows", "hides", "formula", "paper")) for each in offered.values())


@pytest.mark.parametrize("name", ["weight_norm", "fourier_power", "test.accuracy"])
def test_an_engine_measures_what_the_run_itself_measures(engine, run_id, name):
    table = engine.run(run_id).measure(name)
    measured = engine.measure(run_id, name)
    assert measured["steps"] == table.loc[table["name"] == name, "step"].tolist()
    assert list(measured["values"]) == list(dict.fromkeys(table["name"]))
    for each, values in measured["values"].items():
        assert values == table.loc[table["name"] == each, "value"].tolist()


def test_fewer_steps_are_spread_evenly_from_the_first_to_the_last(engine, run_id):
    every = engine.measure(run_id, "weight_norm")
    few = engine.measure(run_id, "weight_norm", 5)
    assert len(few["steps"]) == 5
    assert (few["steps"][0], few["steps"][-1]) == (every["steps"][0], every["steps"][-1])
    known = dict(zip(every["steps"], every["values"]["weight_norm"], strict=True))
    assert few["values"]["weight_norm"] == [known[step] for step in few["steps"]]


def test_a_run_that_still_trains_is_measured_up_to_the_step_it_has_reached(engine):
    helm = engine.start(ex.preset("grokking").with_("data.modulus=11"), begin=False)
    helm.take_steps(20)
    until(lambda: engine.status(helm.run_id).state != "training")
    assert engine.measure(helm.run_id, "weight_norm")["steps"][-1] == 20
    helm.stop()


def test_what_does_not_fit_a_run_is_refused_in_words(engine, run_id):
    with pytest.raises(ex.ExperimentError, match="prefix_matching"):
        engine.measure(run_id, "prefix_matching")


def test_arrows_lead_from_the_origin_to_the_columns_of_the_bottleneck():
    layer = Bottleneck(5, 2)
    picture = FeatureArrows().look(SimpleNamespace(network=nn.Sequential(layer)))
    np.testing.assert_array_equal(picture["arrows"].values[:, 0], np.zeros((5, 2)))
    np.testing.assert_allclose(picture["arrows"].values[:, 1], layer.weight.detach().T.double(), rtol=1e-6)


@pytest.mark.parametrize("modulus", [11, 13])
def test_numbers_that_are_embedded_as_a_wave_stand_on_a_circle_in_the_order_of_its_frequency(modulus):
    angles = torch.arange(modulus) * 3 * 2 * math.pi / modulus
    table = nn.Embedding(modulus, 4)
    with torch.no_grad():
        table.weight.copy_(torch.stack([angles.cos(), angles.sin(), 0 * angles + 5, 0 * angles], 1))
    scene = SimpleNamespace(network=nn.Sequential(table), checked=SimpleNamespace(dataset=Modular(modulus=modulus)))
    picture = Clock().look(scene)
    assert picture["frequency"].values == 3
    assert picture["share"].values == pytest.approx(1)
    points = picture["points"].values
    np.testing.assert_allclose(np.linalg.norm(points, axis=1), 1, rtol=1e-5)
    angles = np.unwrap(np.arctan2(*points[np.argsort(picture["target"].values)].T))
    np.testing.assert_allclose(np.abs(np.diff(angles)), 2 * math.pi / modulus, rtol=1e-4)
