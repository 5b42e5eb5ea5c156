"""Lenses: what they return is right, named, private, and leaves the network as it was."""

import numpy as np
import pytest
import torch
from torch import nn

from explorer import preset
from explorer.engine.looking import look
from explorer.lenses import KINDS, AttributionLens, Stage
from explorer.lenses.attribution import completeness_error
from explorer.lenses.base import Scene
from explorer.lenses.recording import recording
from explorer.lenses.request import Example
from explorer.lenses.stage import plane
from explorer.network import build
from explorer.signals import IGNORED
from explorer.validation import check, read_experiment
from tests.scenes import scene

DENSE = [{"kind": "linear", "units": 4}, {"kind": "tanh"}, {"kind": "linear"}]
PLANS = {
    "points": ({"kind": "circle", "size": 60}, DENSE),
    "table": ({"kind": "iris"}, DENSE),
    "picture": (
        {"kind": "digits", "size": 8},
        [{"kind": "conv2d", "channels": 3}, {"kind": "relu"}, {"kind": "flatten"}, {"kind": "linear"}],
    ),
    "series": ({"kind": "brackets"}, [{"kind": "lstm", "units": 4}, {"kind": "linear"}]),
    "tokens": (
        {"kind": "repeated"},
        [{"kind": "embedding"}, {"kind": "transformer_block", "heads": 2, "causal": True}, {"kind": "linear"}],
    ),
}


def scene_of(name: str, index: int = 0) -> Scene:
    data, layers = PLANS[name]
    checked = check(read_experiment({"data": data, "network": {"layers": layers}}))
    return Scene(build(checked.plan, 0), checked, checked.dataset.load(0), 0, Example(index=index))


@pytest.mark.parametrize("name", PLANS)
@pytest.mark.parametrize("kind", KINDS)
def test_every_lens_that_applies_looks_at_every_family_wherever_it_lies_and_leaves_it_as_it_was(
    name: str, kind: str, accelerator: str
) -> None:
    scene = scene_of(name)
    if not KINDS[kind].is_applicable(scene.checked):
        return
    scene.network.train().to(torch.device(accelerator))
    before = {key: value.clone() for key, value in scene.network.state_dict().items()}
    picture = look(KINDS[kind](), scene)
    assert picture
    assert all(np.isfinite(array.values).all() for array in picture.values())
    assert scene.network.training
    assert all(not module._forward_hooks for module in scene.network.modules())
    assert all(parameter.grad is None for parameter in scene.network.parameters())
    assert all(value.equal(before[key]) for key, value in scene.network.state_dict().items())


def test_the_stage_shows_each_unit_over_the_plane_as_the_network_computes_it() -> None:
    scene = scene_of("points")
    picture = Stage(grid=8).look(scene)
    first, second = scene.network.get_submodule("linear1"), scene.network.get_submodule("linear2")
    hidden = torch.tanh(first(plane(8)))
    assert picture["linear1"].axes == ("unit", "y", "x")
    assert np.allclose(picture["linear1"].values[2], hidden[:, 2].reshape(8, 8).detach())
    assert np.allclose(picture["linear2"].values[1], second(hidden)[:, 1].reshape(8, 8).detach())
    assert np.allclose(picture["linear1.weight"].values, first.weight.detach())


def test_the_answer_is_drawn_twice_as_fine_as_the_units() -> None:
    scene = scene_of("points")
    picture = Stage(grid=8).look(scene)
    answer = scene.network(plane(15)).softmax(-1)
    assert np.allclose(picture["surface"].values[0], answer[:, 0].reshape(15, 15).detach(), atol=1e-6)
    assert np.allclose(picture["input"].values[0], plane(8)[:, 0].reshape(8, 8))


def test_the_surface_holds_probabilities_that_sum_to_one() -> None:
    surface = Stage().look(scene_of("points"))["surface"].values
    assert np.allclose(surface.sum(0), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("name", "layer", "axes"),
    [
        ("picture", "conv2d1", ("channel", "height", "width")),
        ("series", "lstm1", ("time", "unit")),
        ("tokens", "transformer_block1", ("head", "query", "key")),
        ("table", "linear1", ("unit",)),
    ],
)
def test_the_stage_names_the_axes_of_every_family(name: str, layer: str, axes: tuple[str, ...]) -> None:
    assert Stage().look(scene_of(name))[layer].axes == axes


def test_attention_on_the_stage_is_causal_and_sums_to_one() -> None:
    pattern = Stage().look(scene_of("tokens"))["transformer_block1"].values
    assert np.allclose(pattern.sum(-1), 1, atol=1e-5)
    assert np.allclose(np.triu(pattern[0], 1), 0)


@pytest.mark.parametrize("name", ["brackets-lstm", "agreement", "in-context-line", "digits-mlp", "diabetes"])
def test_the_stage_tells_the_answer_at_the_step_that_is_asked_for_beside_the_right_one(name: str) -> None:
    experiment = preset(name).model_dump(mode="json")
    found = scene(experiment["data"], experiment["network"]["layers"], index=3)
    picture, (inputs, target) = Stage().look(found), (found.inputs(), found.target()[0])
    with torch.no_grad():
        (answer,) = found.network(*inputs)
    if (task := found.data.task).is_discrete:
        answer = answer.softmax(-1)
    assert np.array_equal(picture["prediction.target"].values, target)
    asked = picture.get("prediction.step")
    assert (asked is None) == (task.steps is None)
    if asked is not None:
        assert int(asked.values) == (int((target != IGNORED).nonzero().max()) if task.is_discrete else len(answer) - 1)
        assert ("prediction.steps" in picture) == (task.outputs <= 16)
        answer = answer[int(asked.values)]
    assert np.allclose(picture["prediction"].values, answer)


def test_recording_removes_its_hooks_when_the_network_raises() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.Linear(3, 3))
    with pytest.raises(RuntimeError), recording(network, ["0", "1"]):
        network(torch.zeros(1, 2))
    assert not network[0]._forward_hooks
    assert not network[1]._forward_hooks


def test_recording_an_unknown_name_leaves_no_hook_behind() -> None:
    network = nn.Sequential(nn.Linear(2, 2))
    with pytest.raises(AttributeError), recording(network, ["0", "nothing"]):
        pass
    assert not network[0]._forward_hooks


def test_what_was_recorded_does_not_change_with_the_network() -> None:
    network = nn.Sequential(nn.Linear(2, 2), nn.ReLU(inplace=True))
    with recording(network, ["0"]) as caught:
        network(-torch.ones(1, 2))
    expected = network[0](-torch.ones(1, 2))
    assert caught["0"].equal(expected.detach())


def test_the_completeness_error_is_the_share_that_is_missing() -> None:
    assert completeness_error(torch.tensor([1.0, 2.0]), 4.0) == pytest.approx(0.25)


def test_an_attribution_adds_up_to_the_change_of_the_answer() -> None:
    picture = AttributionLens(settings={"path_steps": 256}).look(scene_of("picture"))
    assert picture["scores"].values.shape == picture["input"].values.shape
    assert picture["completeness_error"].values < 0.05


def test_an_example_past_the_end_is_the_last_one() -> None:
    assert np.array_equal(
        Stage().look(scene_of("table", index=10_000))["input"].values,
        Stage().look(scene_of("table", index=len(scene_of("table").data.test) - 1))["input"].values,
    )
