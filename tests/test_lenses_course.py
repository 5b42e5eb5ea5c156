"""Lenses on the course of training: gradients and updates by layer, the loss around the weights, likeness over time."""

import numpy as np
import pytest
import torch

import explorer as ex
from explorer.engine.looking_desk import LookingDesk
from explorer.lenses.activations.cka import cka
from explorer.lenses.activations.gradient_flow import GradientFlow, layer_gradients, spread
from explorer.lenses.activations.landscape import Landscape, draw_direction
from explorer.lenses.request import LookRequest
from explorer.runs.folder import beside
from explorer.training.objectives import cross_entropy, squared_error
from tests.scenes import scene

DENSE = [{"kind": "linear", "name": "hidden", "units": 6}, {"kind": "tanh"}, {"kind": "linear", "name": "answer"}]
LSTM = [{"kind": "lstm", "name": "memory", "units": 4}, {"kind": "linear", "name": "answer"}]


@pytest.mark.parametrize(("data", "layers"), [("circle", DENSE), ("brackets", LSTM)], ids=["dense", "lstm"])
def test_gradients_by_layer_are_those_of_a_backward_pass(data: str, layers: list[dict]) -> None:
    found = scene(data, layers)
    picture = GradientFlow(examples=32).look(found)
    assert all(parameter.grad is None for parameter in found.network.parameters())
    split = found.data.train.take(slice(32))
    cross_entropy(found.network(*split.inputs), split.targets).backward()
    for name in (layers[0]["name"], "answer"):
        expected = torch.cat([p.grad.flatten() for p in found.network.get_submodule(name).parameters()]).norm()
        assert picture[f"{name}.gradient_norm"].values == pytest.approx([expected.item()], rel=1e-4)
    assert picture["steps"].values.tolist() == [0]


def test_the_gradient_of_a_linear_model_is_its_closed_form() -> None:
    found = scene("diabetes", [{"kind": "linear", "name": "answer"}])
    split = found.held_out(20)
    (inputs,), answers = split.inputs, found.network(*split.inputs)
    expected = 2 / 20 * (answers - split.targets).T @ inputs
    gradient = layer_gradients(found.network, split, squared_error)["answer.weight"]
    assert torch.allclose(gradient, expected, atol=1e-5)


def test_updates_over_a_run_are_the_moves_between_its_snapshots(run: str) -> None:
    opened = ex.open_run(run)
    picture = ex.look(run, "gradient_flow")
    steps = picture["steps"].values.tolist()
    assert steps == opened.steps()
    first, second = opened.snapshot(steps[3]), opened.snapshot(steps[4])
    names = ("answer.weight", "answer.bias")
    moved = torch.cat([(second[name] - first[name]).flatten() for name in names]).norm() / (steps[4] - steps[3])
    ratio = moved / torch.cat([first[name].flatten() for name in names]).norm()
    assert picture["answer.update_ratio"].values[3] == pytest.approx(ratio.item(), rel=1e-4)
    assert len(picture["answer.weight_norm"].values) == len(steps)


def test_few_of_many_snapshots_are_looked_at_and_always_the_one_asked_for() -> None:
    kept = list(range(0, 100, 10))
    assert spread(kept, 30, 4) == [0, 30, 50, 90]
    assert spread(kept, 35, 99) == sorted([*kept, 35])
    assert spread([], 7, 5) == [7]
    assert spread(kept, 30, 1) == [30]


@pytest.mark.parametrize(("data", "layers"), [("circle", DENSE), ("brackets", LSTM)], ids=["dense", "lstm"])
def test_the_middle_of_the_landscape_is_the_loss_and_the_network_stays(data: str, layers: list[dict]) -> None:
    found = scene(data, layers)
    before = {name: value.clone() for name, value in found.network.state_dict().items()}
    line, plane = Landscape(places=5).look(found), Landscape(dimensions=2, places=5).look(found)
    split = found.data.train.take(slice(128))
    expected = cross_entropy(found.network(*split.inputs), split.targets).item()
    assert line["loss"].values[2] == pytest.approx(expected, abs=1e-6)
    assert plane["loss"].values[2, 2] == pytest.approx(expected, abs=1e-6)
    assert np.allclose(plane["loss"].values[2], line["loss"].values, atol=1e-6)  # the first direction is the same
    assert np.ptp(line["loss"].values) > 1e-3
    assert all(value.equal(before[name]) for name, value in found.network.state_dict().items())


def test_a_direction_is_as_long_as_the_weights_filter_by_filter() -> None:
    weights = {"kernel": torch.randn(4, 3, 5, 5), "bias": torch.randn(4), "matrix": torch.randn(7, 2)}
    found = draw_direction(weights, torch.Generator().manual_seed(0))
    for name in ("kernel", "matrix"):
        assert torch.allclose(found[name].flatten(1).norm(dim=1), weights[name].flatten(1).norm(dim=1), rtol=1e-4)
    assert not found["bias"].any()


def test_a_layer_is_compared_with_itself_at_another_step(run: str) -> None:
    same = ex.look(run, "cka", other_step=12)
    first = ex.look(run, "cka", other_step=0)
    rows = [name.removesuffix(".likeness") for name in same]
    place = rows.index("answer")
    assert same["answer.likeness"].values[place] == pytest.approx(1)
    assert first["answer.likeness"].values[place] < 0.9999
    assert first["features.likeness"].values[rows.index("features")] == pytest.approx(1)  # nothing to learn there


def test_layers_of_two_runs_are_compared_on_the_same_examples(run: str, tmp_path) -> None:
    opened = ex.open_run(run)
    wider = opened.experiment.with_("seed=1", "recipe.steps=2")
    other = ex.train(wider, tmp_path / "other.run")
    picture = ex.look(run, "cka", other=other, other_step=0, examples=32)
    inputs = opened.data().test.take(slice(32)).inputs
    with torch.no_grad():
        expected = cka(opened.model()(*inputs), other.model(0)(*inputs))
    rows = list(picture)
    assert picture[rows[-1]].values[-1] == pytest.approx(expected, abs=1e-5)
    assert picture[rows[-1]].axes == ("other_layer",)
    same = ex.look(run, "cka", other=opened, examples=32)
    assert np.allclose([array.values[place] for place, array in enumerate(same.values())], 1)


@pytest.mark.parametrize(
    ("other", "sentence"),
    [("nobody", "expected the id of a run that is kept here"), ("../../nobody", "expected the id of a run")],
)
def test_a_run_that_is_not_here_is_refused_for_comparison(run: str, other: str, sentence: str) -> None:
    with pytest.raises(ex.RunFileError, match=sentence):
        ex.look(run, "cka", other=other)


def test_a_run_with_other_inputs_is_refused_for_comparison(run: str, tmp_path) -> None:
    other = ex.train(ex.preset("iris").with_("recipe.steps=1"), tmp_path / "iris.run")
    with pytest.raises(
        ex.EngineError, match=r"expected a run whose network reads 2 .*got one that reads 4 \(feature\)"
    ):
        ex.look(run, "cka", other=other)


def test_through_a_worker_another_run_is_known_by_its_id_and_by_no_path(run: str) -> None:
    opened = ex.open_run(run)
    assert beside(opened, opened.id).path == opened.path
    with pytest.raises(ex.RunFileError, match="expected the id of a run"):
        LookingDesk().look(opened.path, LookRequest(lens="cka", settings={"other": str(opened.path)}))


def test_a_step_that_is_not_kept_is_refused_for_comparison(run: str) -> None:
    with pytest.raises(ex.RunFileError, match="expected a step with a snapshot, got 99"):
        ex.look(run, "cka", other_step=99)
