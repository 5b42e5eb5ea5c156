"""Progress measures through an engine, and the two pictures of what they measure, where the answer is known."""

import math
import time
from collections.abc import Iterator
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

import explorer as ex
from explorer.datasets.arithmetic import Modular
from explorer.engine.courses import CROWDED, SHARE, Asked, Courses, Stand, Taken
from explorer.engine.local import LocalEngine
from explorer.engine.measuring_desk import MOST_STEPS, coarse_first, spread
from explorer.layers.dense import Bottleneck
from explorer.lenses.arrows import FeatureArrows
from explorer.lenses.clock import Clock
from explorer.transitions import find_transition
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


def whole(engine: LocalEngine, run_id: str, name: str) -> dict:
    """A course, once all of the run's snapshots are measured."""
    until(lambda: engine.course(run_id, name)["is_whole"])
    return engine.course(run_id, name)


@pytest.mark.parametrize("name", ["weight_norm", "fourier_power", "restricted_loss", "test.accuracy"])
def test_an_engine_measures_what_the_run_itself_measures(engine, run_id, name):
    table = engine.run(run_id).measure(name)
    found = whole(engine, run_id, name)
    assert found["steps"] == table.loc[table["name"] == name, "step"].tolist()
    assert list(found["values"]) == list(dict.fromkeys(table["name"]))
    for each, values in found["values"].items():
        assert values == table.loc[table["name"] == each, "value"].tolist()
    series = zip(found["steps"], found["values"][name], strict=True)
    assert found["transition"] == vars(find_transition(series))


def test_a_course_grows_while_the_run_trains_and_forgets_what_a_rewind_undid(engine):
    helm = engine.start(ex.preset("grokking").with_("data.modulus=11"), begin=False)
    helm.take_steps(20)
    until(lambda: engine.status(helm.run_id).state != "training")
    assert whole(engine, helm.run_id, "weight_norm")["steps"][-1] == 20
    helm.take_steps(20)
    until(lambda: engine.course(helm.run_id, "weight_norm")["steps"][-1] == 40)
    before = whole(engine, helm.run_id, "weight_norm")
    helm.rewind()
    helm.set("recipe.weight_decay=0.0")
    helm.take_steps(40)
    until(lambda: engine.status(helm.run_id).step == 40)
    after = whole(engine, helm.run_id, "weight_norm")
    assert after["steps"] == before["steps"]
    assert after["values"]["weight_norm"][-1] > before["values"]["weight_norm"][-1]
    helm.stop()


def test_what_does_not_fit_a_run_is_refused_in_words(engine, run_id):
    assert "prefix_matching" in whole(engine, run_id, "prefix_matching")["fault"]


def test_of_many_kept_steps_so_many_are_measured_that_a_page_is_soon_whole():
    for kept in ([], [0], list(range(MOST_STEPS)), list(range(0, 2 * MOST_STEPS - 5, 2)), list(range(7, 1009))):
        chosen = spread(kept)
        assert len(chosen) <= MOST_STEPS + 1
        assert set(chosen) <= set(kept)
        assert chosen[:1] + chosen[-1:] == kept[:1] + kept[-1:]
        assert chosen == sorted(chosen)
        assert len(chosen) >= min(len(kept), MOST_STEPS // 2)


def test_a_coarse_course_comes_first_and_every_step_once():
    steps = list(range(0, 170, 10))
    order = list(coarse_first(steps))
    assert order[:4] == [160, 0, 80, 40]
    assert sorted(order) == steps
    assert list(coarse_first([])) == []
    assert list(coarse_first([3])) == [3]


class Slow:
    """A worker that takes a while for every step, and notes the share of the time for which it was busy."""

    def __init__(self):
        self.busy, self.asked = 0.0, []

    def measure(self, run_id: str, asked: list[Asked]) -> list[Taken]:
        self.asked.append((run_id, {each.name for each in asked}))
        time.sleep(0.01)
        self.busy += 0.01
        return [Taken({len(each.known): [0.0]}, (each.name,), 1, None, 0, False) for each in asked]


@pytest.mark.parametrize(("n_free", "most"), [(1, SHARE), (0, CROWDED)], ids=["a core to spare", "none"])
def test_a_run_that_trains_is_left_most_of_the_machine(n_free, most):
    slow, started = Slow(), time.monotonic()
    courses = Courses(slow.measure, lambda run_id: (Stand(5, 1.0), True), lambda: n_free)
    for name in ("one", "two"):
        courses.course("run", name)
    courses.course("other", "one")
    until(lambda: len(slow.asked) > 6)
    courses.close()
    assert slow.busy / (time.monotonic() - started) < 1.2 * most
    assert {run_id for run_id, _ in slow.asked} == {"run", "other"}
    assert ("run", {"one", "two"}) in slow.asked  # whatever is looked at of a run is taken together


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
