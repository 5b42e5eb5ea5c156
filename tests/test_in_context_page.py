"""The page of in-context learning through the frame script."""

import json
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from explorer.lenses.request import LookRequest
from explorer.ui import in_context_words as words
from explorer.ui.guard import plain
from explorer.ui.in_context_panel import CHOOSER, PARTS
from explorer.ui.service import engine
from tests.test_emergence_page import courses, measured
from tests.test_look_pages import looked_at
from tests.test_pages import mine, opened, press, run, said, until, visit

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]
PAGE = "in_context.py"


@pytest.fixture(scope="module")
def regression() -> AppTest:
    return visit(opened(preset="in-context-line"), PAGE)


def prompt(app: AppTest) -> dict[str, Any]:
    """What the plot of the prompt is told."""
    (found,) = (each for each in app.get("bidi_component") if each.proto.component_name.endswith("prompt"))
    told: dict[str, Any] = json.loads(found.proto.json)
    return told


def test_the_two_meanings_of_the_term_are_told_apart(regression: AppTest) -> None:
    assert words.MEANINGS in said(regression)
    for sense in ("broad sense", "narrow sense"):
        assert sense in words.MEANINGS


def test_a_run_of_another_kind_finds_the_parts_of_the_page_as_a_gallery() -> None:
    app = visit(opened(preset="circle"), PAGE)
    for name, told in words.PARTS.items():
        assert plain(told.emerges) in said(app)
        assert app.button(key=f"begin_{name}")
    assert not app.error
    app.button_group(key=CHOOSER).set_value("regression")
    app = run(app)
    assert {app.button(key=f"start_{name}").label for name in PARTS["regression"].phenomena} == {"Start"}


def test_the_prompt_and_the_errors_follow_the_same_shift(regression: AppTest) -> None:
    assert prompt(regression)["most"] == 16
    regression.slider(key="shift_change").set_value(1.5)
    app = run(regression)
    shift = {"noise": 0.0, "scale": 1.0, "change": 1.5}
    assert prompt(app)["settings"] == shift
    assert looked_at(app)["prompt_errors"]["settings"] == shift


def test_the_examples_that_a_prompt_may_have_are_those_of_the_data() -> None:
    app = visit(opened(preset="in-context-regression", data__examples="9"), PAGE)
    assert prompt(app)["most"] == 8
    app = visit(opened(preset="in-context-regression"), PAGE)
    assert prompt(app)["most"] == 11


def test_both_kinds_of_classes_are_compared_once_there_is_a_run_of_each() -> None:
    app = measured("in-context-classes", PAGE)
    assert words.OPEN_BOTH in said(app)
    first = mine(app).run_id
    app = press(app, "start_in-weights-classes")
    held = mine(app)
    until(lambda: engine().status(held.run_id).step > 0)
    engine().helm(held.run_id, held.token).stop()
    app = run(app)
    assert words.BOTH_CAPTION in said(app)
    assert {told["run"] for told in courses(app)} == {first, held.run_id}


@pytest.mark.parametrize(
    ("preset", "most"), [("in-context-line", 16), ("in-context-classes", 8), ("induction-heads", 8)]
)
def test_the_slider_of_shots_holds_as_many_as_the_prompt_and_its_pictures_follow(preset: str, most: int) -> None:
    app = visit(opened(preset=preset), PAGE)
    slider = app.slider(key=f"shots_{mine(app).run_id}")
    assert (slider.min, slider.max, slider.value) == (0, most, most)
    held = engine().look(mine(app).run_id, LookRequest(lens="few_shots", settings={"examples": 16}))
    assert held["network"].values.shape == (most + 1,)
    slider.set_value(3)
    told = looked_at(run(app))
    assert told["few_shots_shares"]["settings"] == {"shots": 3}
    assert (told["few_shots_scores"]["settings"], told["few_shots_scores"]["options"]["marked"]) == ({}, 3)
    app.button_group(key="shots_control").set_value("shot_labels")
    assert looked_at(run(app))["few_shots_scores"]["lens"] == "shot_labels"
    assert words.LABELS_SAY in said(app)
    app.slider(key=f"shots_{mine(app).run_id}").set_value(0)
    assert words.NO_SHOTS in said(run(app))
