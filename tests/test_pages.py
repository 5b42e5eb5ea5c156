"""Every page through the frame script: it opens, says what it is about, and fails in words only."""

import time
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from explorer import gallery
from explorer.ui import activation_words, attribution_words, words
from explorer.ui.guard import plain
from explorer.ui.service import engine
from explorer.ui.session import KEY, Session
from explorer.ui.visitor import KEY as VISITOR

SHELL = Path(__file__).resolve().parents[1] / "explorer" / "ui" / "shell.py"
SEEN = {
    "playground.py": words.GALLERY,
    "activations.py": activation_words.GIVES,
    "attribution.py": attribution_words.TRUST,
    "runs.py": words.RUNS,
}
PATIENCE = 120  # seconds that only something broken takes

pytestmark = [pytest.mark.xdist_group("engine"), pytest.mark.usefixtures("running_engine")]


def opened(**address: str) -> AppTest:
    app = AppTest.from_file(str(SHELL), default_timeout=PATIENCE)
    for key, value in address.items():
        app.query_params[key.replace("__", ".")] = value
    return run(app)


def run(app: AppTest) -> AppTest:
    app.run()
    assert not app.exception, app.exception
    return app


def mine(app: AppTest) -> Session:
    return app.session_state[KEY]


def visit(app: AppTest, page: str) -> AppTest:
    return run(app.switch_page(f"../../pages/{page}"))


def said(app: AppTest) -> str:
    """Everything that a person reads."""
    kinds = ("title", "markdown", "caption", "button", "warning", "error", "info")
    return " ".join(str(getattr(each, "label", "") or each.value) for kind in kinds for each in app.get(kind))


def press(app: AppTest, key: str) -> AppTest:
    app.button(key=key).click()
    return run(app)


def until(holds: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def train(app: AppTest, steps: int = 5) -> None:
    """Train the run in hand for a few steps, as the transport does."""
    held = engine().helm(mine(app).run_id, mine(app).token)
    held.take_steps(steps)
    until(lambda: engine().status(held.run_id).state != "training")


@pytest.mark.parametrize("page", SEEN)
def test_every_page_opens_and_says_what_it_is(page: str) -> None:
    app = visit(opened(), page)
    assert SEEN[page] in said(app)


def test_a_newcomer_finds_a_network_that_is_ready_to_train() -> None:
    app = opened()
    assert engine().status(mine(app).run_id).state == "paused"
    assert gallery.PRESETS["circle"].watch in said(app)


def test_the_gallery_opens_every_preset() -> None:
    app = opened()
    for name, preset in gallery.PRESETS.items():
        press(app, "gallery")
        press(app, f"open_{name}")
        assert mine(app).preset == name
        assert mine(app).faults == ()
        assert preset.watch in said(app)


def test_a_link_brings_the_whole_experiment() -> None:
    app = opened(preset="spiral", recipe__learning_rate="0.5", data__noise="0.25", network__layers__1__units="3")
    experiment = mine(app).experiment
    assert (experiment.data.kind, experiment.recipe.learning_rate) == ("spiral", 0.5)
    assert experiment.network.layers[1].settings["units"] == 3
    assert not app.warning
    assert dict(app.query_params)["recipe.learning_rate"] == "0.5"


@pytest.mark.parametrize(
    "address",
    [
        {"preset": "nonsense"},
        {"preset": "<b>bold</b>"},
        {"recipe__learning_rate": "fast"},
        {"recipe__learning_rate": "-1"},
        {"network__layers__99__units": "4"},
        {"network__layers": "linear,nonsense"},
        {"network__layers": "max_pool,flatten"},
        {"data__kind": "csv"},
        {"run": "../../etc/passwd"},
        {"run": "abcdefghijklmnopqrstuvwxyz"},
        {"step": "yesterday"},
        {"hide": "everything"},
        {"what": "ever"},
    ],
    ids=lambda address: " ".join(f"{key}={value}" for key, value in address.items()),
)
def test_a_link_of_nonsense_opens_the_page_and_says_what_it_left_out(address: dict[str, str]) -> None:
    app = opened(**address)
    assert app.warning
    assert engine().status(mine(app).run_id).state == "paused"
    assert "<b>" not in said(app)


def test_a_lesson_leaves_out_what_its_link_names() -> None:
    app = opened(hide="gallery,data,network,share,curves")
    assert mine(app).hidden == {"gallery", "data", "network", "share", "curves"}
    assert words.GALLERY not in [button.label for button in app.button]


def test_who_has_a_runs_link_looks_and_gets_a_run_of_their_own_by_changing_something() -> None:
    owner = opened()
    train(owner)
    other = opened(run=mine(owner).run_id)
    assert mine(other).run_id == mine(owner).run_id
    assert mine(other).token == ""
    change(other, "recipe.learning_rate=0.5")
    assert mine(other).run_id != mine(owner).run_id
    assert mine(other).token != ""
    assert engine().status(mine(owner).run_id).experiment["recipe"]["learning_rate"] != 0.5


def change(app: AppTest, *keys: str) -> AppTest:
    """Change the draft as a control does."""
    script = AppTest.from_function(_changing, default_timeout=PATIENCE)
    script.session_state["asked"] = keys
    for name in (KEY, VISITOR):
        script.session_state[name] = app.session_state[name]
    run(script)
    return run(app)


def _changing() -> None:
    import streamlit as st

    from explorer.ui import workbench

    workbench.change(*st.session_state["asked"])


def test_what_may_change_while_training_reaches_the_run_in_hand() -> None:
    app = opened()
    train(app)
    before = mine(app).run_id
    change(app, "recipe.learning_rate=0.5", "recipe.optimizer.kind=sgd")
    assert mine(app).run_id == before
    told = engine().status(before).experiment["recipe"]
    assert (told["learning_rate"], told["optimizer"]["kind"]) == (0.5, "sgd")


def test_another_shape_begins_another_run_and_the_one_that_trained_stays() -> None:
    app = opened()
    train(app)
    before = mine(app).run_id
    change(app, "network.layers.1.units=6")
    assert mine(app).run_id != before
    assert before in [listed.id for listed in engine().runs()]


def test_a_run_that_never_trained_leaves_nothing_behind() -> None:
    app = opened()
    before = mine(app).run_id
    change(app, "network.layers.1.units=6")
    assert before not in [listed.id for listed in engine().runs()]


def test_a_draft_with_faults_keeps_the_run_and_tells_the_fault() -> None:
    app = opened()
    before = mine(app).run_id
    change(app, "network.layers.1.units=100000")
    assert mine(app).run_id == before
    assert mine(app).faults


def test_undo_and_redo_walk_through_the_changes() -> None:
    app = opened()
    change(app, "network.layers.1.units=6")
    change(app, "network.layers.1.units=7")
    units = lambda: mine(app).experiment.network.layers[1].settings["units"]  # noqa: E731
    press(app, "undo")
    assert units() == 6
    press(app, "undo")
    assert units() == 4
    press(app, "redo")
    assert units() == 6


def test_runs_are_listed_renamed_deleted_and_taken_back() -> None:
    app = opened()
    train(app)
    run_id = mine(app).run_id
    visit(app, "runs.py")
    app.text_input(key=f"name_{run_id}").set_value("<i>My ring</i>")
    run(app)
    assert plain("<i>My ring</i>") in said(app)
    press(app, f"delete_{run_id}")
    assert f"open_{run_id}" not in [button.key for button in app.button]
    press(app, "undo_delete")
    press(app, f"open_{run_id}")
    assert mine(app).run_id == run_id
    assert mine(app).token


def test_two_runs_are_compared_in_one_chart() -> None:
    app = opened()
    train(app)
    first = mine(app).run_id
    change(app, "network.layers.1.units=6")
    train(app)
    visit(app, "runs.py")
    for run_id in (first, mine(app).run_id):
        app.checkbox(key=f"tick_{run_id}").check()
    run(app)
    (chart,) = app.get("plotly_chart")
    assert "network.layers.1.units" in chart.proto.spec


def test_text_from_outside_is_never_read_as_markup() -> None:
    assert plain("<b>*x*</b>") == r"\<b\>\*x\*\</b\>"
