"""Methods that look into a layer, and the layers that settings may name."""

import json
from pathlib import Path

import captum.attr
import numpy as np
import pytest
import torch

import explorer as ex
from explorer.cli import main
from explorer.engine.looking_desk import LookingDesk
from explorer.lenses.attribution import METHODS
from explorer.lenses.attribution.asking import ask
from explorer.lenses.attribution.offer import verdicts
from explorer.lenses.attribution.targets import Target
from explorer.lenses.attribution.trust import examine
from explorer.lenses.choices import narrowed
from explorer.lenses.offer import offered
from explorer.lenses.request import LookRequest
from explorer.validation import check
from tests.attribution_nets import family, setting

STEPS = {"path_steps": 32}


def scores(about, method: str, **settings) -> np.ndarray:
    return ask(about, METHODS[method](**settings)).scores


def network_and_example(name: str, target: int):
    network, data = family(name)
    return network, data.test.inputs[0][:1].double(), setting(name, target=Target(entry=target))


@pytest.mark.parametrize(("name", "layer"), [("digits-cnn", "strokes"), ("adding-gru", "gru"), ("gelu", "gelu1")])
def test_conductance_is_captums_for_many_points_and_adds_up_for_few(name: str, layer: str) -> None:
    network, x, about = network_and_example(name, 0)
    bare = captum.attr.LayerConductance(network, network.get_submodule(layer))
    with torch.backends.cudnn.flags(enabled=False):
        expected = bare.attribute(x, target=0, n_steps=2000, method="riemann_middle", internal_batch_size=128)
    found = ask(about, METHODS["Conductance"](layer=layer, path_steps=256))
    assert np.abs(found.scores - expected[0].detach().numpy()).max() < 0.01 * np.abs(found.scores).max()
    assert found.completeness_error < 1e-3
    one_missing = bare.attribute(x, target=0, n_steps=50, method="riemann_middle")
    assert abs(float(one_missing.detach().sum()) - found.change) > 0.01 * abs(found.change), "as Captum sums it up"


def test_conductance_of_a_linear_layer_is_weight_times_change() -> None:
    """For w.(Vx) from zero, unit j passes on w_j (Vx)_j."""
    network, x, about = network_and_example("no biases", 1)
    hidden = torch.relu(x @ network.get_submodule("linear1").weight.T)
    expected = (network.get_submodule("linear2").weight[1] * hidden)[0].detach().numpy()
    assert np.allclose(scores(about, "Conductance", layer="relu1"), expected)


@pytest.mark.parametrize(("name", "layer"), [("digits-cnn", "strokes"), ("gelu", "gelu1")])
def test_internal_influence_is_captums(name: str, layer: str) -> None:
    network, x, about = network_and_example(name, 0)
    bare = captum.attr.InternalInfluence(network, network.get_submodule(layer))
    expected = bare.attribute(x, target=0, n_steps=32, method="riemann_middle")
    found = scores(about, "InternalInfluence", layer=layer, **STEPS)
    assert np.allclose(found, expected[0].detach().numpy(), atol=1e-6)


def test_conductance_through_a_unit_is_captums() -> None:
    network, x, about = network_and_example("gelu", 2)
    bare = captum.attr.NeuronConductance(network, network.get_submodule("gelu1"))
    expected = bare.attribute(x, 3, target=2, n_steps=32, method="riemann_middle")
    found = scores(about, "NeuronConductance", layer="gelu1", unit=3, **STEPS)
    assert np.allclose(found, expected[0].detach().numpy(), atol=1e-6)


@pytest.mark.parametrize(
    ("name", "layer"), [("digits-cnn", "strokes"), ("adding-gru", "gru"), ("scale-and-mirage", "attention")]
)
def test_over_all_units_of_a_layer_what_goes_through_them_is_integrated_gradients(name: str, layer: str) -> None:
    about = setting(name)
    shape = about.network.plan[layer].output.shape
    units = shape[0] if len(shape) == 3 else shape[-1]
    total = sum(scores(about, "NeuronConductance", layer=layer, unit=unit, path_steps=8) for unit in range(units))
    assert np.allclose(total, scores(about, "IntegratedGradients", path_steps=8), atol=1e-6)


@pytest.mark.parametrize("method", ["Conductance", "InternalInfluence"])
def test_units_stand_beside_controls_of_their_own_layer(method: str) -> None:
    trust = examine(setting("digits-cnn"), METHODS[method](layer="strokes", **STEPS), seeds=1)
    assert trust.model_free.shape == trust.scores.shape == trust.random_weights.shape
    assert trust.deletion.shape == (3, 11)
    assert trust.completeness_error < 0.05 or method == "InternalInfluence"


@pytest.mark.parametrize(
    ("method", "settings", "sentence"),
    [
        ("GradCam", {"layer": "nowhere"}, "GradCam.layer: expected one of edges, relu1, relu2, strokes, got 'nowhere'"),
        ("Conductance", {"layer": "scores"}, "Conductance.layer: expected one of"),
        ("NeuronConductance", {"unit": 999}, "NeuronConductance.unit: expected one of the 64 units"),
        ("NoiseTunnel", {"over": "Occlusion"}, "NoiseTunnel.over: expected one of"),
    ],
)
def test_what_is_not_there_is_refused_with_what_there_is(method: str, settings: dict, sentence: str) -> None:
    with pytest.raises(ex.ExplorerError, match="expected one of") as error:
        ask(setting("digits-cnn"), METHODS[method](**settings))
    assert sentence in str(error.value)


def test_no_layer_lies_before_the_one_that_is_scored() -> None:
    with pytest.raises(ex.EngineError, match="expected one between start and target"):
        ask(setting("digits-cnn", layer="strokes"), METHODS["Conductance"](layer="edges"))


@pytest.mark.parametrize("name", ["digits-cnn", "digits-resnet", "iris", "char-gpt", "adding-lstm"])
def test_every_layer_on_a_menu_can_be_chosen(name: str) -> None:
    checked = check(ex.preset(name))
    menus = {method: found["choices"].get("layer", ()) for method, found in verdicts(checked).items()}
    assert menus["Conductance"]
    for method, layers in menus.items():
        for layer in layers:
            ask(setting(name), METHODS[method](layer=layer, **({"path_steps": 8} if "Cam" not in method else {})))
    (lens,) = (row for row in offered(checked) if row["lens"] == "attribution")
    assert lens["settings"]["properties"]["layer"]["enum"] == list(menus["Conductance"])
    for layer in menus["Conductance"]:
        ask(setting(name, layer=layer), METHODS["Saliency"]())


def test_a_menu_is_filled_in_without_touching_the_declaration() -> None:
    schema = METHODS["GradCam"].model_json_schema()
    filled = narrowed(schema, {"layer": ["edges"]})
    assert filled["properties"]["layer"]["enum"] == ["edges"]
    assert "enum" not in schema["properties"]["layer"]


def test_the_command_line_and_the_engine_name_the_layers_there_are(run: str, capfd) -> None:
    assert main(["attribute", run, "--method", "Conductance", "--set", "layer=nowhere"]) == 2
    assert "Conductance.layer: expected one of" in capfd.readouterr().err
    assert main(["attribute", run, "--method", "Conductance", "--json"]) == 0
    assert len(json.loads(capfd.readouterr().out)["scores"]) == 2
    with pytest.raises(ex.ExperimentError, match=r"lens.layer: expected one of"):
        LookingDesk().look(Path(run), LookRequest(lens="attribution", settings={"layer": "nowhere"}))


def test_units_of_a_layer_are_named_as_such_in_the_picture(run: str) -> None:
    settings = {"method": "Conductance", "settings": {"path_steps": 8}}
    picture = LookingDesk().look(Path(run), LookRequest(lens="attribution", settings=settings))
    assert picture["scores"].axes == ("feature",)
