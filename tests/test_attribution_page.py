"""The attributions page through the frame script: what is offered for which network, and what the browser is told."""

import re

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lenses.request import LookRequest
from explorer.ui import attribution_asking as asking
from explorer.ui import attribution_panel, further_words
from explorer.ui import attribution_words as words
from explorer.ui.guard import plain
from explorer.ui.service import engine
from tests.test_activation_page import KINDS
from tests.test_look_pages import looked_at
from tests.test_pages import mine, opened, run, said, visit

PAGE = "attribution.py"

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]


def on(preset: str) -> AppTest:
    return visit(opened(preset=preset), PAGE)


def menu(app: AppTest, label: str, option: str) -> AppTest:
    next(each for each in app.selectbox if each.label == label).select(option)
    return run(app)


def aim(app: AppTest, name: str) -> AppTest:
    return menu(app, words.TARGET, name)


@pytest.mark.parametrize("preset", KINDS.values(), ids=KINDS)
def test_the_page_shows_scores_and_the_controls_they_must_stand_against(preset: str) -> None:
    app = on(preset)
    told = looked_at(app)
    assert not app.error
    assert told["scores"]["view"] == "overlay"
    assert {told[f"trust_{name}"]["lens"] for name in words.MAPS} == {"attribution_trust"}
    assert told["checks"]["options"]["lights"] == {"completeness_error": [0.01, 0.05]}
    assert {each["settings"]["method"] for each in told.values()} == {"IntegratedGradients"}


@pytest.mark.parametrize("preset", KINDS.values(), ids=KINDS)
def test_methods_that_would_mislead_are_named_with_their_reason_and_not_offered(preset: str) -> None:
    app = on(preset)
    verdicts = engine().describe(mine(app).experiment)["methods"]
    titles = engine().catalogue()["methods"]
    offered = next(each for each in app.selectbox if each.label == words.METHOD).options
    reasons = said(app)
    assert {each["verdict"] for each in verdicts.values()} & {"wrong", "refused"}
    for name, found in verdicts.items():
        is_offered = found["verdict"] in asking.OFFERED
        assert is_offered == (words.menu(titles[name]["title"], found["verdict"]) in offered)
        assert is_offered or plain(found["reason"]) in reasons


def test_another_method_is_looked_through_with_settings_of_its_own() -> None:
    app = menu(on("digits-mlp"), words.METHOD, "Occlusion")
    assert looked_at(app)["scores"]["settings"] == {"method": "Occlusion"}
    window = next(each for each in app.number_input if each.label == "Window")
    window.set_value(3)
    told = looked_at(run(app))
    assert told["scores"]["settings"] == {"method": "Occlusion", "settings": {"window": 3}}
    assert told["trust_second"]["settings"] == told["scores"]["settings"]


def test_a_method_that_samples_takes_a_seed_and_shows_its_spread() -> None:
    app = on("iris")
    assert "spread" not in looked_at(app)["checks"]["options"]["arrays"]
    menu(app, words.METHOD, "ShapleyValueSampling")
    assert "spread" in looked_at(app)["checks"]["options"]["arrays"]
    next(each for each in app.number_input if each.label == words.SEED).set_value(5)
    assert looked_at(run(app))["scores"]["settings"]["seed"] == 5


def test_a_class_a_difference_and_a_unit_are_explained() -> None:
    app = aim(on("iris"), "entry")
    menu(app, words.ENTRY, 2)
    labels = engine().describe(mine(app).experiment)["diagram"]["task"]["labels"]
    assert looked_at(app)["scores"]["settings"]["target"] == labels[2]
    aim(app, "difference")
    menu(app, words.VERSUS, 0)
    assert looked_at(app)["scores"]["settings"]["target"] == "2-0"
    aim(app, "unit")
    assert looked_at(app)["scores"]["settings"]["target"] == "hidden1:0"


def test_a_step_of_a_sequence_is_explained() -> None:
    app = on("induction-one-layer")
    next(each for each in app.number_input if each.label == words.PLACE).set_value(7)
    assert looked_at(run(app))["scores"]["settings"]["target"] == "@7"


@pytest.mark.parametrize(
    ("preset", "kind", "shown", "target"),
    [("ctc-recogniser", "ctc", 12, "@12"), ("shape-detector", "detection", 2, "@box:1")],
)
def test_a_frame_or_a_box_is_explained(preset: str, kind: str, shown: int, target: str) -> None:
    app = on(preset)
    label, _ = words.PLACES_OF[kind]
    assert words.CLICK_OF[kind] in said(app)
    assert "target" not in looked_at(app)["scores"]["settings"]
    next(each for each in app.number_input if each.label == label).set_value(shown)
    assert looked_at(run(app))["scores"]["settings"]["target"] == target
    menu(aim(app, "entry"), words.ENTRY, 6)
    assert looked_at(app)["scores"]["settings"]["target"] == f"6{target}"
    aim(app, "unit")
    assert words.CLICK_OF[kind] not in said(app)


def test_what_is_right_for_a_phone_may_be_wrong_for_a_whole_sequence() -> None:
    app = on("ctc-single-frames")
    described = engine().describe(mine(app).experiment)
    is_right = {kind: described[kind]["DeepLift"]["verdict"] for kind in ("methods", "methods_of_sequence")}
    assert is_right == {"methods": "right", "methods_of_sequence": "wrong"}
    title = engine().catalogue()["methods"]["DeepLift"]["title"]
    assert title in next(each for each in app.selectbox if each.label == words.METHOD).options
    aim(app, "sequence")
    assert looked_at(app)["scores"]["settings"]["target"] == "sequence"
    assert title not in next(each for each in app.selectbox if each.label == words.METHOD).options


@pytest.mark.parametrize(
    ("preset", "kinds"),
    [
        ("iris", ["zeros", "mean", "random", "example"]),
        ("digits-cnn", ["zeros", "mean", "blurred", "random", "example"]),
        ("induction-one-layer", ["mean", "zeros", "random", "example", "token"]),
    ],
)
def test_every_baseline_that_is_offered_gives_scores(preset: str, kinds: list[str]) -> None:
    app = on(preset)
    menu_ = next(each for each in app.selectbox if each.label == words.BASELINE)
    assert len(menu_.options) == len(kinds)
    for kind in kinds:
        menu(app, words.BASELINE, kind)
        settings = looked_at(app)["scores"]["settings"]
        assert re.fullmatch(f"{kind}(:0)?", settings.get("baseline", kinds[0]))
        request = LookRequest.model_validate({"lens": "attribution", "settings": settings})
        assert "scores" in engine().look(mine(app).run_id, request)


def test_several_methods_stand_side_by_side_for_one_input() -> None:
    app = on("digits-mlp")
    app.button_group(key="attribution_part").set_value("compare")
    told = looked_at(run(app))
    first = [name for name in attribution_panel.FEW if name in engine().describe(mine(app).experiment)["methods"]]
    assert {each["settings"]["method"] for each in told.values()} <= set(first)
    app.multiselect(key="compared").set_value(["Saliency", "Occlusion"])
    assert {each["settings"]["method"] for each in looked_at(run(app)).values()} == {"Saliency", "Occlusion"}


def test_the_table_of_known_answers_names_every_task() -> None:
    app = on("iris")
    app.button_group(key="attribution_part").set_value("truth")
    text = said(run(app))
    assert "| IntegratedGradients |" in text
    assert words.TRUTH_INTRO in text


def of_part(app: AppTest, name: str) -> dict[str, dict]:
    app.button_group(key="attribution_part").set_value(name)
    return looked_at(run(app))


@pytest.mark.parametrize("preset", ["iris", "digits-cnn", "induction-one-layer"])
def test_a_concept_stands_beside_chance_in_every_layer(preset: str) -> None:
    app = on(preset)
    told = of_part(app, "concepts")
    assert not app.error
    assert set(told) == {"concept_scores", "concept_verdicts", "concept_chances"}
    layers = engine().describe(mine(app).experiment)["choices"]["attribution"]["layer"]
    assert told["concept_verdicts"]["options"]["arrays"] == [f"{layer}.is_significant" for layer in layers]
    request = LookRequest.model_validate({"lens": "concept", "settings": told["concept_scores"]["settings"]})
    picture = engine().look(mine(app).run_id, request)
    assert all(f"{layer}{group}" in picture for layer in layers for group in further_words.GROUPS)


def test_the_concept_and_the_answer_that_are_asked_about_are_chosen_by_name() -> None:
    app = on("iris")
    of_part(app, "concepts")
    menu(app, further_words.CONCEPT, "class:2")
    menu(app, further_words.SWAYED, 2)
    told = looked_at(app)["concept_scores"]["settings"]
    labels = engine().describe(mine(app).experiment)["diagram"]["task"]["labels"]
    assert told == {"concept": "class:2", "target": labels[2]}


@pytest.mark.parametrize("preset", ["iris", "digits-cnn"])
def test_training_examples_that_mattered_stand_side_by_side(preset: str) -> None:
    app = on(preset)
    told = of_part(app, "influence")
    assert not app.error
    assert {each["lens"] for each in told.values()} == {"influence"}
    picture = engine().look(mine(app).run_id, LookRequest(lens="influence", settings={"examples": 8}))
    for side in further_words.SIDES:
        assert told[f"{side}_examples"]["options"]["array"] in picture
        assert told[f"{side}_examples"]["options"]["numbers"] in picture, "what a click tells"
        assert told[f"{side}_by_step"]["options"]["array"] in picture


def test_of_examples_that_are_drawn_anew_none_can_be_named() -> None:
    app = on("induction-one-layer")
    assert not of_part(app, "influence")
    assert further_words.NO_TRAINING_EXAMPLES in said(app)


def test_the_units_of_a_layer_get_the_scores_and_stand_beside_controls_of_their_own() -> None:
    app = menu(on("digits-cnn"), words.METHOD, "Conductance")
    told = looked_at(app)
    layer = engine().describe(mine(app).experiment)["methods"]["Conductance"]["choices"]["layer"][-1]
    assert words.UNIT_SCORES.format(layer=layer) in said(app)
    assert told["scores"]["view"] == told["trust_second"]["view"] == "bars"
    app = menu(menu(app, words.METHOD, "IntegratedGradients"), words.SCORED, "strokes")
    told = looked_at(app)
    assert told["scores"]["settings"] == {"method": "IntegratedGradients", "layer": "strokes"}
    assert told["scores"]["view"] == "pictures"
