"""The page of emergence through the frame script."""

import json

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.lenses.request import LookRequest
from explorer.ui import emergence_words as words
from explorer.ui.emergence_panel import ALL
from explorer.ui.gallery_dialog import CARDS
from explorer.ui.guard import plain
from explorer.ui.laboratories import CHART, LABORATORIES, REGRESSION
from explorer.ui.service import engine
from tests.test_look_pages import lenses
from tests.test_pages import mine, opened, press, run, said, until, visit

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]

EVERY_LABORATORY = {**LABORATORIES, "regression": REGRESSION}
PRESETS = [(name, preset) for name, each in LABORATORIES.items() for preset in (*each.phenomena, *each.controls)]


def laboratory(name: str, app: AppTest | None = None) -> AppTest:
    app = app or visit(opened(), "emergence.py")
    app.button_group(key="laboratory").set_value(name)
    return run(app)


def measured(preset: str, page: str = "emergence.py") -> AppTest:
    """A page whose run has taken some steps, all of them measured."""
    app = visit(opened(preset=preset, recipe__steps="8", recipe__evaluate_every="2"), page)
    held = engine().helm(mine(app).run_id, mine(app).token)
    held.take_steps(8)
    until(lambda: engine().status(held.run_id).state != "training")
    names = [name for told in courses(run(app)) for name in told["names"]]
    until(lambda: all(engine().course(held.run_id, name)["is_whole"] for name in names))
    return run(app)


def charts(app: AppTest) -> list[dict]:
    return [json.loads(each.proto.spec) for each in app.get("plotly_chart")]


def told_to(app: AppTest, component: str) -> list[dict]:
    """What each picture of a kind is told."""
    drawn = [each.proto for each in app.get("bidi_component") if each.proto.component_name.endswith(component)]
    return [json.loads(each.json) for each in drawn]


def courses(app: AppTest) -> list[dict]:
    return told_to(app, "course")


def test_every_row_of_numbers_says_what_it_runs_over() -> None:
    assert {name for each in EVERY_LABORATORY.values() for name in each.rows} == set(words.ROWS)


def test_every_laboratory_has_words_and_presets_of_its_own_kind_of_data() -> None:
    assert set(LABORATORIES) == set(words.LABORATORIES)
    for each in EVERY_LABORATORY.values():
        assert {gallery.preset(name).experiment.data.kind for name in (*each.phenomena, *each.controls)} == set(
            each.data
        )


def test_for_a_run_of_another_kind_the_laboratories_are_a_gallery_and_each_offers_its_presets() -> None:
    app = visit(opened(preset="circle"), "emergence.py")
    assert app.button_group(key="laboratory").value == ALL
    for name, told in words.LABORATORIES.items():
        assert plain(told.emerges) in said(app)
        assert app.button(key=f"begin_{name}")
    app = laboratory("memory", app)
    offered = LABORATORIES["memory"].phenomena + LABORATORIES["memory"].controls
    assert [app.button(key=f"start_{preset}").label for preset in offered] == [words.START] * len(offered)
    assert not app.error
    assert not app.warning


def test_one_click_in_the_gallery_begins_a_laboratory() -> None:
    app = press(visit(opened(preset="circle"), "emergence.py"), "begin_copying")
    assert app.button_group(key="laboratory").value == "copying"
    assert mine(app).preset == "copy-attention"
    until(lambda: engine().status(mine(app).run_id).step > 0)
    engine().helm(mine(app).run_id, mine(app).token).stop()


def test_every_preset_of_a_laboratory_has_a_picture() -> None:
    assert [preset for _, preset in PRESETS if not (CARDS / f"{preset}.png").exists()] == []


@pytest.mark.parametrize(("name", "preset"), PRESETS, ids=[preset for _, preset in PRESETS])
def test_one_click_opens_a_preset_of_a_laboratory_and_starts_it(name: str, preset: str) -> None:
    app = laboratory(name)
    app = press(app, f"start_{preset}")
    held = mine(app)
    assert (held.preset, held.faults) == (preset, ())
    until(lambda: engine().status(held.run_id).step > 0)
    engine().helm(held.run_id, held.token).stop()
    assert plain(words.LABORATORIES[name].trap) in said(app)
    offered = engine().describe(gallery.preset(preset).experiment)["lenses"]
    fitting = [view.lens for view in LABORATORIES[name].views if view.lens in offered and view.view != CHART]
    assert fitting[:1] == [lens for lens in fitting if lens in lenses(app)]
    assert not app.error


def test_a_control_gets_a_run_of_its_own_and_leaves_the_phenomenon_as_it_was() -> None:
    app = laboratory("grokking")
    app = press(app, "start_grokking")
    first = mine(app).run_id
    until(lambda: engine().status(first).step > 0)
    app = press(app, "start_grokking-no-decay")
    assert mine(app).run_id != first
    assert [(each["metric"], each["is_log"]) for each in told_to(app, "curves")] == [("accuracy", True)]
    assert engine().status(first).experiment["recipe"]["weight_decay"] == 1.0
    assert engine().status(mine(app).run_id).experiment["recipe"]["weight_decay"] == 0.0
    engine().helm(mine(app).run_id, mine(app).token).stop()


FIRST = {name: each.phenomena[0] for name, each in LABORATORIES.items()}


@pytest.mark.parametrize("name", FIRST)
def test_a_run_is_measured_without_being_asked_and_judged(name: str) -> None:
    app = measured(FIRST[name])
    assert app.button_group(key="laboratory").value == name
    told = courses(app)
    assert len(told) == len(LABORATORIES[name].charts) + len(LABORATORIES[name].rows)
    assert {each["run"] for each in told} == {mine(app).run_id}
    assert [each["names"][0] for each in told if each["row"]] == list(LABORATORIES[name].rows)
    assert any(f"-badge[{verdict}]" in said(app) for verdict in words.VERDICTS.values())
    assert words.NOT_MEASURED not in said(app)
    assert not app.error


def test_another_measure_is_taken_when_it_is_chosen() -> None:
    app = visit(opened(preset="induction-heads"), "emergence.py")
    drawn = courses(app)
    app.multiselect(key=f"more_induction_{mine(app).run_id}").set_value(["weight_norm"])
    told = courses(run(app))
    assert told[: len(drawn)] == drawn
    assert [(each["names"], each["titles"]["weight_norm"]) for each in told[len(drawn) :]] == [
        (["weight_norm"], "Weight norm")
    ]


REMOVED = {  # by preset: the lens that takes something out, and the array of it that is drawn
    "induction-heads": ("ablation", None),
    "in-context-classes": ("ablation", None),
    "scale-and-mirage": ("ablation", None),
    "copy-attention": ("ablation", None),
    "copy-convolution": ("ablation", "window.effect"),
    "copy-recurrent": ("ablation", "memory.effect"),
    "grokking": ("frequency_removal", "effect"),
    "superposition": ("feature_removal", "change"),
    "brackets-lstm": ("ablation", "lstm.effect"),
    "ctc-recogniser": ("ablation", "gru.effect"),
    "ctc-single-frames": ("ablation", "hidden.effect"),
}


@pytest.mark.parametrize("preset", REMOVED)
def test_the_causal_test_of_a_laboratory_is_pressed_on_the_page(preset: str) -> None:
    app = visit(opened(preset=preset), "emergence.py")
    lens, array = REMOVED[preset]
    assert lens not in lenses(app)
    app.toggle(key=f"take_out_{mine(app).run_id}").set_value(True)
    app = run(app)
    assert not app.error
    drawn = [each.proto for each in app.get("bidi_component") if each.proto.component_name.endswith("lens")]
    told = next(each for each in (json.loads(each.json) for each in drawn) if each["lens"] == lens)
    assert told["options"].get("array") == array
    picture = engine().look(mine(app).run_id, LookRequest(lens=lens, settings=told["settings"]))
    assert array in picture if array else any(name.endswith(told["options"]["stack"]) for name in picture)


def test_every_laboratory_has_a_causal_test() -> None:
    assert {name for name, each in EVERY_LABORATORY.items() if not each.tests} == {"descent"}  # has a slider
    assert {test.name for each in EVERY_LABORATORY.values() for test in each.tests} == set(words.REMOVALS)


def test_the_peak_of_double_descent_goes_with_a_penalty_that_is_pressed_on_the_page() -> None:
    app = visit(opened(preset="double-descent"), "emergence.py")
    highest = [max(charts(app)[0]["data"][0]["y"])]
    app.select_slider(key="descent_l2").set_value(1e-2)
    highest.append(max(charts(run(app))[0]["data"][0]["y"]))
    assert highest[0] > 5 * highest[1]
