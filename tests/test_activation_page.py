"""The activations page through the frame script: what it offers for which network, and what a click chooses."""

import pytest
from streamlit.testing.v1 import AppTest

from explorer.ui import activation_words as words
from explorer.ui import activations_panel
from explorer.ui.service import engine
from tests.test_look_pages import looked_at
from tests.test_pages import change, mine, opened, press, run, said, train, visit

PAGE = "activations.py"
KINDS = {  # one preset for each kind of input
    "points": "circle",
    "table": "iris",
    "picture": "digits-cnn",
    "sequence": "adding-lstm",
    "tokens": "induction-one-layer",
}

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]


def on(preset: str, part: str = "") -> AppTest:
    app = visit(opened(preset=preset), PAGE)
    return choose(app, part) if part else app


def choose(app: AppTest, part: str) -> AppTest:
    app.button_group(key="activation_part").set_value(part)
    return run(app)


@pytest.mark.parametrize("preset", KINDS.values(), ids=KINDS)
def test_every_part_opens_for_every_kind_of_input(preset: str) -> None:
    app = on(preset)
    fitting = engine().describe(mine(app).experiment)["lenses"]
    for part, (lens, _) in activations_panel.PARTS.items():
        if lens not in fitting:
            assert words.PARTS[part] not in said(app)
            continue
        choose(app, part)
        if part == "landscape":
            press(app, "compute_landscape")
        assert not app.error
        assert lens in {told["lens"] for told in looked_at(app).values()}


@pytest.mark.parametrize(
    ("preset", "view"),
    [("circle", "map"), ("iris", "map"), ("digits-cnn", "pictures"), ("adding-lstm", "pictures"),
     ("induction-one-layer", "pictures")],
)  # fmt: skip
def test_top_examples_are_drawn_as_their_kind_of_input(preset: str, view: str) -> None:
    told = looked_at(on(preset, "units"))["top"]
    assert (told["view"], told["options"]["array"]) == (view, "input")


def test_layer_and_unit_are_chosen_once_for_all_parts() -> None:
    app = on("iris", "units")
    app.selectbox[-1].select("answer")
    run(app)
    next(each for each in app.number_input if each.label == words.UNIT).set_value(3)
    run(app)
    assert looked_at(app)["top"]["settings"] == {"layer": "answer", "unit": 2}
    choose(app, "values")
    assert looked_at(app)["dead_units"]["options"]["array"] == "answer.is_dead"
    assert looked_at(app)["dead_units"]["options"]["chosen"] == {"index": 2}


def test_what_takes_long_waits_until_it_is_asked_for() -> None:
    app = on("digits-mlp", "units")
    assert "activation_maximisation" not in {told["lens"] for told in looked_at(app).values()}
    press(app, "compute_activation_maximisation")
    assert looked_at(app)["made_input"]["view"] == "pictures"


def test_an_input_of_tokens_cannot_be_made_and_the_page_says_why() -> None:
    assert words.NO_ASCENT in said(on("induction-one-layer", "units"))


def test_points_take_the_colour_of_what_is_asked_and_right_or_wrong_only_where_there_are_classes() -> None:
    app = on("iris", "points")
    app.button_group(key="points_colour").set_value("is_right")
    told = looked_at(run(app))["points"]
    assert (told["options"]["colour"], told["options"]["labels"]["colour"]) == ("is_right", words.IS_RIGHT)
    assert words.COLOURS["is_right"] not in on("diabetes", "points").button_group(key="points_colour").options


def test_the_window_of_a_filter_lies_where_its_stride_and_padding_put_it() -> None:
    app = opened(preset="digits-cnn", network__layers__0__stride="2", network__layers__0__padding="1")
    shown = looked_at(choose(visit(app, PAGE), "maps"))
    settings, told = shown["part_window"]["settings"], shown["conv_input"]
    assert (settings["row"], settings["column"]) == (2, 2)  # 2 × 2 − 1 = 3
    assert told["options"]["window"] == {"index": 0, "row": 3, "column": 3, "rows": 3, "columns": 3}


@pytest.mark.parametrize(
    ("preset", "layer", "reads", "parts"),
    [
        ("digits-cnn", "max_pool1", "pictures", ["window"]),
        ("iris", "probabilities", None, ["powers", "window"]),
        ("adding-lstm", "answer", None, ["products", "weights", "window"]),
        ("char-gpt", "embed", None, []),
    ],
)
def test_one_number_is_told_by_what_its_layer_reads(preset: str, layer: str, reads: str | None, parts: list) -> None:
    app = on(preset, "number")
    app.selectbox[-1].select(layer)
    shown = looked_at(run(app))
    assert shown["number_steps"]["settings"]["layer"] == layer
    assert sorted(name.removeprefix("part_") for name in shown if name.startswith("part_")) == parts
    assert shown.get("number_reads", {}).get("view") == reads  # none for a row, which the parts show
    assert not app.error


def test_layers_of_two_steps_are_compared() -> None:
    app = opened(preset="iris")
    train(app)
    app = choose(visit(app, PAGE), "likeness")
    steps = next(each for each in app.selectbox if each.label == words.OTHER_STEP)
    steps.select(0)
    assert looked_at(run(app))["likeness"]["settings"] == {"other_step": 0}


def test_layers_of_two_runs_are_compared() -> None:
    app = opened(preset="iris")
    train(app)
    first = mine(app).run_id
    change(app, "network.layers.0.units=5")
    app = choose(visit(app, PAGE), "likeness")
    runs = app.selectbox(key=f"likeness_run_{mine(app).run_id}")
    runs.select(first)
    told = looked_at(run(app))["likeness"]
    assert told["settings"] == {"other": first}
    assert told["options"]["labels"]["other_layer"] == [layer.name for layer in mine(app).experiment.network.layers]
