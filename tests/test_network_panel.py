"""The network builder: every layer in its row, opened with its settings, and changed by one press."""

import pytest

from explorer import gallery, layers
from explorer.errors import Fault
from explorer.experiment import Experiment
from explorer.ui import network_words as words
from explorer.ui import workbench
from explorer.ui.layer_panel import CHOSEN
from explorer.ui.session import Session
from tests.bench import Bench, desk

__all__ = ["desk"]  # a fixture

RESIDUAL = [
    {"name": "features", "kind": "features"},
    {"name": "hidden1", "kind": "linear", "units": 4},
    {"name": "block", "kind": "linear", "units": 4},
    {"name": "sum", "kind": "add", "inputs": ["block", "hidden1"]},
    {"name": "answer", "kind": "linear"},
]


def page():
    from explorer.ui.network_panel import draw_network

    draw_network()


def of(written: list[dict]) -> Experiment:
    return Experiment.model_validate({"data": {"kind": "circle"}, "network": {"layers": written}})


def bench(experiment: Experiment, opened: str | None = None, faults: tuple[Fault, ...] = ()) -> Bench:
    found = Bench(Session(experiment=experiment, faults=faults), page)
    if opened is not None:
        found.app.session_state[CHOSEN] = opened
        found.run()
    return found


def row(found: Bench, name: str) -> str:
    """The text of a layer's row."""
    return found.control(f"layer_{found.layers.index(name)}_{name}").label


def kind_of(found: Bench, name: str) -> str:
    return next(layer.kind for layer in found.session.experiment.network.layers if layer.name == name)


@pytest.mark.usefixtures("desk")
def test_a_row_shows_name_kind_sources_shape_and_parameters():
    found = bench(of(RESIDUAL))
    assert all(part in row(found, "hidden1") for part in ("**hidden1**", "Linear", "4 · 12"))
    assert "← block, hidden1" in row(found, "sum")
    assert f"{12 + 20 + 10} parameters" in found.said()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("kind", layers.KINDS)
def test_every_kind_can_be_picked_and_opens_with_its_equation_and_its_settings(kind: str):
    found = bench(gallery.preset("circle").experiment, "hidden1").press("layer_after").press(f"pick_{kind}")
    index = found.layers.index("hidden1") + 1
    assert kind_of(found, found.layers[index]) == kind
    found.run()
    place = f"network.layers.{index}"
    settings = {f"{place}.{name}" for name in layers.KINDS[kind].model_fields}
    assert settings <= found.places()
    assert len(found.app.get("latex")) == 1


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("layer_up", ["features", "block", "hidden1", "sum", "answer"]),
        ("layer_down", ["features", "hidden1", "sum", "block", "answer"]),
        ("layer_duplicate", ["features", "hidden1", "block", "block1", "sum", "answer"]),
        ("layer_skip", ["features", "hidden1", "block", "add1", "sum", "answer"]),
        ("layer_remove", ["features", "hidden1", "answer"]),
        ("network_more", ["features", "hidden1", "block", "sum", "hidden2", "relu1", "answer"]),
        ("network_fewer", ["features", "hidden1", "answer"]),
    ],
)
def test_a_press_changes_the_list_and_undo_brings_it_back(key: str, expected: list[str]):
    found = bench(of(RESIDUAL), "block")
    before = found.session.experiment
    found.press(key)
    assert found.layers == expected
    assert found.session.faults == ()
    assert found.session.done == [before]


@pytest.mark.usefixtures("desk")
def test_one_choice_sets_the_activation_of_all_hidden_layers():
    found = bench(gallery.preset("circle").experiment).set("activation", "silu")
    kinds = [layer.kind for layer in found.session.experiment.network.layers]
    assert kinds == ["features", "linear", "silu", "linear", "silu", "linear"]


@pytest.mark.usefixtures("desk")
def test_a_layer_is_renamed_for_its_readers_too():
    found = bench(of(RESIDUAL), "hidden1").set("network.layers.1.name", "start")
    assert "← block, start" in row(found, "sum")
    assert found.session.faults == ()


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("name", ["<b>bold</b>", "1st", "", "a" * 41])
def test_what_cannot_be_a_name_is_told_in_words_and_changes_nothing(name: str):
    found = bench(of(RESIDUAL), "hidden1").set("network.layers.1.name", name)
    assert found.layers[1] == "hidden1"
    assert words.NOT_A_NAME.split(",")[0] in found.said().replace("\\", "")
    assert "<b>" not in found.said()


@pytest.mark.usefixtures("desk")
def test_another_kind_in_the_same_place_brings_its_own_settings():
    found = bench(gallery.preset("circle").experiment, "tanh1").set("network.layers.2.kind", "leaky_relu")
    assert found.layers[2] == "leaky_relu1"
    assert "network.layers.2.slope" in found.places()


@pytest.mark.usefixtures("desk")
def test_inputs_are_chosen_among_what_stands_before(monkeypatch: pytest.MonkeyPatch):
    found = bench(of(RESIDUAL), "sum")
    assert found.control("network.layers.3.inputs").options == ["input", "features", "hidden1", "block"]
    assigned: list[str] = []
    monkeypatch.setattr(workbench, "change", assigned.append)
    found.set("network.layers.3.inputs", ["hidden1", "block"]).set("network.layers.3.inputs", [])
    assert assigned == ['network.layers.3.inputs=["hidden1", "block"]', "network.layers.3.inputs=null"]


@pytest.mark.usefixtures("desk")
def test_a_fault_is_told_at_its_layer_and_the_rest_stays():
    found = bench(of(RESIDUAL))
    workbench_faults = (Fault("network.layers.1.units (layer hidden1)", "a <b>few</b>", "none", "take 4"),)
    found.app.session_state["explorer_session"].faults = workbench_faults
    found.run()
    assert r"Expected a \<b\>few\</b\>, got none; take 4" in found.said()
    assert len([each for each in found.app.button if each.key.startswith("layer_")]) == len(RESIDUAL) + 1


@pytest.mark.usefixtures("desk")
def test_a_change_that_does_not_fit_keeps_the_draft_and_says_why():
    found = bench(of(RESIDUAL), "block").set("network.layers.2.units", 5)
    assert [fault.place for fault in found.session.faults] == ["network.layers.3 (layer sum)"]
    assert found.control("network.layers.2.units").value == 5
    assert "bring both to one shape" in found.said()


@pytest.mark.usefixtures("desk")
def test_the_weights_of_unchanged_layers_are_kept_on_request():
    found = bench(of(RESIDUAL)).set("keeps_weights", True)
    assert found.session.keeps_weights


@pytest.mark.usefixtures("desk")
@pytest.mark.parametrize("preset", [preset.name for preset in gallery.presets()])
def test_every_layer_of_every_preset_opens(preset: str):
    experiment = gallery.preset(preset).experiment
    found = bench(experiment)
    for name in found.layers:
        found.app.session_state[CHOSEN] = name
        found.run()
        assert "Name" in [each.label for each in found.app.text_input]
