"""Many runs at once on the page of emergence: begun by one button, drawn while they come, each opened by a choice."""

import json
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.charts.studies import Point, SeedCurve, jumps_chart, seeds_chart, sweep_curves, sweep_map
from explorer.ui import study_words as words
from explorer.ui.axes import axes
from explorer.ui.guard import plain
from explorer.ui.laboratories import LABORATORIES
from explorer.ui.service import engine
from explorer.ui.session import Session
from explorer.ui.studies_result import opened_by
from explorer.validation import assign
from tests.test_pages import mine, opened, press, run, said, until, visit

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]
FEW = {"recipe__steps": "24", "recipe__evaluate_every": "2", "data__modulus": "11"}


def charts(app: AppTest) -> list[dict]:
    return [json.loads(each.proto.spec) for each in app.get("plotly_chart")]


def trained(app: AppTest) -> AppTest:
    """The page once all runs are done."""
    app = press(app, "train_study")
    desk = engine().studies
    (*_, study_id) = desk._entries
    until(lambda: desk.told(study_id).is_over)
    return run(app)


def of_kind(kind: str) -> AppTest:
    app = visit(opened(preset="grokking", **FEW), "emergence.py")
    app.button_group(key="study_kind_grokking").set_value(kind)
    return run(app)


def test_one_button_trains_eight_seeds_and_each_opens() -> None:
    app = of_kind("seeds")
    before = mine(app).run_id
    app = trained(app)
    (drawn,) = [chart for chart in charts(app) if sum(line.get("mode") == "lines" for line in chart["data"]) == 8]
    assert {line["name"] for line in drawn["data"] if line["mode"] == "lines"} == {f"seed {n}" for n in range(8)}
    assert words.train(8) in said(app)
    select = next(each for each in app.selectbox if each.key and each.key.startswith("open_"))
    select.select_index(3)
    app = run(run(app))
    assert mine(app).run_id != before
    assert mine(app).experiment.seed == 3
    assert engine().owns(mine(app).run_id, app.session_state["explorer_visitor"])


def test_a_sweep_over_one_key_is_drawn_as_curves_and_over_two_as_a_map() -> None:
    app = of_kind("sweep")
    keys = [each for each in app.selectbox if each.key and each.key.startswith("study_key_")]
    keys[0].set_value("recipe.weight_decay")
    app = run(app)
    values = next(each for each in app.text_input if each.key.endswith("recipe.weight_decay"))
    values.set_value("0..1 in 3")
    app = trained(run(app))
    assert any(line.get("name") == "Held-out accuracy" and line["x"] == [0, 0.5, 1] for chart in charts(app)
               for line in chart["data"])  # fmt: skip
    keys = [each for each in app.selectbox if each.key and each.key.startswith("study_key_")]
    keys[1].set_value("data.train_fraction")
    app = run(app)
    values = next(each for each in app.text_input if each.key.endswith("data.train_fraction"))
    values.set_value("0.4, 2")
    app = press(run(app), "train_study")
    assert any("expected" in each.value and "fraction" in each.value for each in app.error)
    next(each for each in app.text_input if each.key.endswith("data.train_fraction")).set_value("0.4, 0.5")
    app = trained(run(app))
    (drawn,) = [line for chart in charts(app) for line in chart["data"] if line["type"] == "heatmap"]
    assert (drawn["x"], drawn["y"]) == (["0", "0.5", "1"], ["0.4", "0.5"])
    assert drawn["z"]["shape"] == "2, 3"


def test_mechanisms_are_compared_over_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    copying = LABORATORIES["copying"]
    tiny = {name: (preset, *changes, "recipe.steps=2") for name, (preset, *changes) in copying.sweep.among.items()}
    sweep = replace(copying.sweep, grid={"data.lag": "1, 4"}, among=tiny)
    monkeypatch.setitem(LABORATORIES, "copying", replace(copying, sweep=sweep))
    app = trained(visit(opened(preset="copy-attention"), "emergence.py"))
    lines = [line for chart in charts(app) for line in chart["data"] if line.get("mode") == "lines"]
    assert {line["name"]: line["x"] for line in lines} == {name: [1, 4] for name in tiny}
    for name in tiny:
        assert plain(f"{name}: fails from 1 on") in said(app)


def test_a_network_holds_up_to_the_first_value_at_which_it_fails() -> None:
    assert words.holds("window", (4, 0.12), {3: 1.0, 4: 0.12}) == "window: fails from 4 on, where 12% are right."
    assert words.holds("attention", None, {3: 1.0, 12: 0.99}) == "attention: right at every value, up to 12."


def test_values_that_cannot_be_read_are_told_and_nothing_can_begin() -> None:
    app = of_kind("sweep")
    next(each for each in app.text_input if each.key.startswith("study_values_0")).set_value("4..1")
    app = run(app)
    assert any("that rise" in each.value for each in app.error)
    assert app.button(key="train_study").disabled


@pytest.mark.parametrize("name", ["grokking", "induction-heads", "digits-cnn", "adding-lstm", "iris"])
def test_every_setting_that_is_put_forward_has_values_that_fit(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from explorer.engine.catalogue import catalogue
    from explorer.grid import read_values
    from explorer.ui import axes as module

    experiment = gallery.preset(name).experiment
    monkeypatch.setattr(module, "engine", lambda: type("E", (), {"catalogue": staticmethod(catalogue)}))
    monkeypatch.setattr(module, "session", lambda: Session(experiment=experiment))
    known = axes()
    assert {"recipe.learning_rate", "recipe.weight_decay", "recipe.steps"} <= set(known)
    for key, axis in known.items():
        values = read_values(axis.suggestion)
        assert values, key
        assert axis.about
        for value in values:
            assign(experiment, f"{key}={value}")


CURVES = [
    SeedCurve("a", "seed 0", [0, 10, 20], [0.0, 0.5, 1.0], 10),
    SeedCurve("b", "seed 1", [0, 10, 20], [0.0, 0.0, 0.1]),
]
POINTS = [
    Point("a", "2, seed 0", (2, "x"), 0.2),
    Point("b", "2, seed 1", (2, "x"), 0.4),
    Point("c", "64, seed 0", (64, "y"), 1.0),
]


def test_every_dot_carries_the_run_that_it_opens() -> None:
    dots = seeds_chart(CURVES, "accuracy", False).data[-1]
    assert (list(dots.x), list(dots.y), list(dots.customdata)) == ([10], [0.5], ["a"])
    assert list(jumps_chart(CURVES, False).data[0].customdata) == ["a"]
    assert list(sweep_curves({"accuracy": POINTS}, "units").data[2].customdata) == ["a", "b", "c"]
    assert list(sweep_map(POINTS, ("units", "kind"), "accuracy").data[1].customdata) == ["a", "b", "c"]


def test_a_sweep_is_drawn_as_the_mean_and_the_spread_of_its_seeds() -> None:
    figure = sweep_curves({"accuracy": POINTS}, "units", power=2)
    band, mean, _, power = figure.data
    assert list(band.y) == pytest.approx([0.4, 1.0, 1.0, 0.2])
    assert list(mean.y) == pytest.approx([0.3, 1.0])
    assert list(power.y) == pytest.approx([0.09, 1.0])
    assert figure.layout.xaxis.type == "log"
    cells = sweep_map(POINTS, ("units", "kind"), "accuracy").data[0]
    assert cells.z[0][0] == pytest.approx(0.3)
    assert [str(value) for value in cells.z[1]] == ["nan", "1.0"]


@pytest.mark.parametrize(
    ("event", "run_id"),
    [
        (None, None),
        ({"selection": {"points": []}}, None),
        ({"selection": {"points": [{"x": 1}]}}, None),
        ({"selection": {"points": [{"customdata": "a"}]}}, "a"),
        ({"selection": {"points": [{"customdata": ["b"]}]}}, "b"),
    ],
)
def test_a_click_on_a_dot_names_its_run(event, run_id) -> None:
    assert opened_by(event) == run_id


def test_what_the_seeds_do_is_told_in_a_sentence() -> None:
    assert words.jumps([300, 100, 200], 1, 0, 0).startswith("3 of 4 seeds jump, half of them by step 200")
    assert "1 of 4 change gradually" in words.jumps([300, 100, 200], 1, 0, 0)
    assert words.jumps([], 0, 0, 2) == "2 of 2 have too few values to judge by."
