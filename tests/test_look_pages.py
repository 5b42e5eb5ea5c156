"""The pages of lenses through the frame script: what opens for which network, and what the browser is told."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.lenses.request import Example, LookRequest
from explorer.ui import attention_panel, look_words, states_panel, visitor, words
from explorer.ui.guard import plain
from explorer.ui.service import engine
from tests.test_pages import change, mine, opened, press, run, said, train, visit

PAGES = {"attention.py": attention_panel, "states.py": states_panel}
ATTENDS, RECURS, NEITHER = "induction-heads", "brackets-lstm", "circle"
CHARACTERS = "char-gpt"

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]


def looked_at(app: AppTest) -> dict[str, dict[str, Any]]:
    """What every lens on the page is told, by the key it was drawn under."""
    found = {}
    for each in app.get("bidi_component"):
        if each.proto.component_name.endswith("lens"):
            found[each.proto.id.rpartition("canvas_lens_")[2]] = json.loads(each.proto.json)
    return found


def on(page: str, preset: str) -> AppTest:
    return visit(opened(preset=preset), page)


def part(app: AppTest, key: str, name: str) -> AppTest:
    app.button_group(key=key).set_value(name)
    return run(app)


def lenses(app: AppTest) -> set[str]:
    return {told["lens"] for told in looked_at(app).values()}


@pytest.mark.parametrize(("page", "preset"), [(p, each) for p, panel in PAGES.items() for each in panel.PRESETS])
def test_every_experiment_that_a_page_offers_has_something_to_see_there(page: str, preset: str) -> None:
    assert PAGES[page].LENS in engine().describe(gallery.preset(preset).experiment)["lenses"]


@pytest.mark.parametrize("page", PAGES)
def test_a_page_without_anything_to_see_says_why_and_opens_an_experiment_in_one_click(page: str) -> None:
    app = on(page, NEITHER)
    sentence = {"attention.py": look_words.NO_ATTENTION, "states.py": look_words.NO_STATES}[page]
    assert sentence in said(app)
    assert looked_at(app) == {}
    press(app, f"fitting_{PAGES[page].PRESETS[0]}")
    assert sentence not in said(app)
    assert PAGES[page].LENS in lenses(app)


ATTENTION_PARTS = [(ATTENDS, name) for name in attention_panel.PARTS] + [(CHARACTERS, "off"), (CHARACTERS, "direct")]


@pytest.mark.parametrize(("preset", "name"), ATTENTION_PARTS)
def test_every_part_of_the_attention_page_looks_through_its_lenses(preset: str, name: str) -> None:
    app = part(on("attention.py", preset), "attention_part", name)
    assert set(attention_panel.PARTS[name][0]) <= lenses(app)
    assert not app.error


@pytest.mark.parametrize("preset", ["brackets-lstm", "adding-rnn", "flip-flop"])
@pytest.mark.parametrize("name", states_panel.PARTS)
def test_every_part_of_the_states_page_looks_through_its_lenses(preset: str, name: str) -> None:
    app = part(on("states.py", preset), "state_part", name)
    assert set(states_panel.PARTS[name][0]) - {"state_match"} <= lenses(app)
    assert not app.error


def test_the_head_that_is_chosen_by_name_is_the_one_whose_query_is_shown() -> None:
    app = part(on("attention.py", CHARACTERS), "attention_part", "query")
    before = looked_at(app)["query_scores"]["settings"]
    app.selectbox(key=f"head_{mine(app).run_id}_block1.attention_0").set_value("block2.attention:3")
    run(app)
    after = looked_at(app)["query_scores"]["settings"]
    assert (before["layer"], before["head"]) == ("block1.attention", 0)
    assert (after["layer"], after["head"]) == ("block2.attention", 3)


def test_a_head_is_drawn_as_a_map_or_as_lines() -> None:
    app = on("attention.py", ATTENDS)
    assert looked_at(app)["head"]["view"] == "map"
    app.button_group(key="head_view").set_value("lines")
    assert looked_at(run(app))["head"]["view"] == "lines"


def test_heads_that_are_switched_off_are_off_in_every_part_of_the_page() -> None:
    app = on("attention.py", ATTENDS)
    assert "loss_off" not in looked_at(app)
    app.button_group(key=f"off_{mine(app).run_id}").set_value(["block2.attention:0"])
    assert looked_at(run(app))["loss_off"]["settings"]["off"] == ["block2.attention:0"]
    part(app, "attention_part", "off")
    assert looked_at(app)["ablation_loss"]["settings"]["off"] == ["block2.attention:0"]
    assert looked_at(app)["ablation_heads"]["settings"] == {"instead": "zero"}


@pytest.mark.parametrize(
    ("page", "key", "preset", "layer"),
    [("attention.py", "attention_part", CHARACTERS, "block1.feed_forward"),
     ("activations.py", "activation_part", NEITHER, "hidden1")],
)  # fmt: skip
def test_neurons_are_switched_off_for_the_loss_and_the_answer(page: str, key: str, preset: str, layer: str) -> None:
    app = part(on(page, preset), key, "off")
    app.selectbox(key=f"ablation_layer_{mine(app).run_id}").set_value(layer)
    run(app)
    app.multiselect(key=f"units_off_{mine(app).run_id}_{layer}").set_value([0, 2])
    told = looked_at(run(app))
    for name in ("ablation_loss", "ablation_prediction_without"):
        assert told[name]["settings"]["off"] == [f"{layer}:0", f"{layer}:2"]
    assert (told["ablation_units"]["settings"]["layer"], told["ablation_units"]["view"]) == (layer, "bars")
    assert not app.error


def test_what_both_examples_of_a_patch_read_is_told_in_words() -> None:
    app = part(on("attention.py", ATTENDS), "attention_part", "patch")
    picture = engine().look(mine(app).run_id, LookRequest(lens="patching", example=Example(index=0)))
    place, (there, here) = int(picture["place"].values), picture["answers"].values
    for array, answer in (("input", here), ("other_input", there)):
        assert plain(f"[{picture[array].values[place]}]") + f" → {answer}" in said(app)


def test_temperature_and_the_narrowing_of_the_choice_reach_the_next_token() -> None:
    app = part(on("attention.py", CHARACTERS), "attention_part", "next")
    app.slider(key="next_temperature").set_value(0.5)
    app.slider(key="next_top_p").set_value(0.9)
    app.number_input(key="next_top_k").set_value(3)
    told = looked_at(run(app))["next_narrowed"]["settings"]
    assert (told["temperature"], told["top_p"], told["top_k"]) == (0.5, 0.9, 3)


def test_the_example_is_chosen_once_for_all_pages() -> None:
    app = on("attention.py", ATTENDS)
    app.selectbox(key="look_split_0").set_value("train")
    run(app)
    app.number_input(key="look_index_1_train").set_value(7)
    assert looked_at(run(app))["wall"]["example"] == {"split": "train", "index": 7}
    visit(app, "playground.py")
    visit(app, "attention.py")
    assert looked_at(app)["head"]["example"] == {"split": "train", "index": 7}


def test_a_link_brings_the_example_and_leaves_out_what_is_none() -> None:
    app = visit(opened(preset=ATTENDS, example="train:7"), "attention.py")
    assert looked_at(app)["wall"]["example"] == {"split": "train", "index": 7}
    assert dict(app.query_params)["example"] == "train:7"
    far = visit(opened(preset=ATTENDS, example="test:9999"), "attention.py")
    assert plain(look_words.beyond(9999, mine(far).example["index"])) in said(far)
    other = opened(preset=ATTENDS, example="all:seven")
    assert words.ignored("example", words.NOT_AN_EXAMPLE) in [each.value.replace("\\", "") for each in other.warning]
    assert mine(other).example == {"split": "test", "index": 0}


def test_another_of_my_runs_is_taken_in_hand_without_leaving_the_page() -> None:
    app = on("attention.py", ATTENDS)
    train(app)
    first = mine(app).run_id
    change(app, "network.layers.2.heads=2")
    second = mine(app).run_id
    app.selectbox(key=f"look_run_{second}").set_value(first)
    run(app)
    assert looked_at(app)["wall"]["run"] == first != second


def test_a_span_and_a_threshold_find_the_units_that_are_on_exactly_there() -> None:
    app = on("states.py", "agreement")
    assert look_words.SUGGESTED in said(app)
    start, end = looked_at(app)["states"]["options"]["span"]
    app.slider(key=f"span_{mine(app).run_id}_{start}_{end}").set_value((2, 3))
    run(app)
    assert app.query_params["span"] == "2-3"
    app.slider(key="state_threshold").set_value(0.1)
    run(app)
    assert looked_at(app)["states"]["options"]["span"] == [2, 3]
    picture = engine().look(mine(app).run_id, LookRequest(lens="states", example=Example(index=0)))
    is_on = next(array.values for name, array in picture.items() if name.endswith(".hidden")) >= 0.1  # (unit, time)
    exactly = is_on[:, 2] & is_on[:, 3] & ~is_on[:, 1] & ~is_on[:, 4]
    assert exactly.any()
    assert look_words.units(exactly.nonzero()[0].tolist()) in said(app)
    assert looked_at(press(app, "suggest_span"))["states"]["options"]["span"] == [start, end]


def test_three_kinds_of_memory_stand_side_by_side_each_from_its_own_run() -> None:
    app = on("states.py", "adding-rnn")
    train(app)
    part(app, "state_part", "compare")
    first = looked_at(app)["side_adding-rnn"]["run"]
    press(app, "fitting_adding-gru")
    assert looked_at(app)["side_adding-rnn"]["run"] == first
    assert looked_at(app)["side_adding-gru"]["run"] == mine(app).run_id != first
    begun = looked_at(press(app, "train_missing"))["side_adding-lstm"]["run"]
    assert begun not in (first, mine(app).run_id)
    engine().helm(begun, engine().token(begun, visitor_of(app))).stop()
    assert "train_missing" not in {button.key for button in app.button}


def visitor_of(app: AppTest) -> str:
    """The secret of a browser without cookies."""
    return str(app.session_state[visitor.KEY])
