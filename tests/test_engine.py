"""The engine in worker processes: steering, looking and watching, as the server process sees them."""

import pytest
import torch

from explorer import gallery
from explorer.engine import inline
from explorer.engine.local import LocalEngine
from explorer.errors import EngineError, ExperimentError, LimitError
from explorer.experiment import Experiment
from explorer.lenses.request import LookRequest
from explorer.limits import limits
from explorer.transitions import FEWEST
from tests.engines import ENDLESS, SMALL, eventually, finished, numbers

STAGE = LookRequest(lens="stage")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with LocalEngine(workers=2) as running:
            yield running


DIVERGING = Experiment.model_validate(
    {
        "data": {"kind": "plane"},
        "network": {"layers": [{"kind": "linear", "units": 4}, {"kind": "linear"}]},
        "recipe": {"optimizer": {"kind": "sgd"}, "learning_rate": 100},
    }
)


# Steering


def test_a_run_trains_to_its_end_and_says_where_it_stands(engine):
    helm = engine.start(SMALL, title="my circle")
    eventually(lambda: finished(engine, helm.run_id))
    status = engine.status(helm.run_id)
    assert (status.step, status.steps, status.device, status.parameters) == (400, 400, "cpu", 22)
    assert 0 < status.metrics["test"]["accuracy"] <= 1
    listed = next(each for each in engine.runs() if each.id == helm.run_id)
    assert (listed.title, listed.state, listed.step, listed.is_hosted) == ("my circle", "finished", 400, True)


def test_a_worker_gives_the_same_numbers_as_this_process(engine, tmp_path):
    torch.set_num_threads(1)
    here = inline.train(SMALL, tmp_path / "here.run", device="cpu")
    helm = engine.start(SMALL, begin=False)
    helm.take_steps(7)
    eventually(lambda: engine.status(helm.run_id).step == 7 and engine.status(helm.run_id).state == "paused")
    helm.begin()
    with engine.watch(helm.run_id, STAGE):  # whoever watches changes nothing
        eventually(lambda: finished(engine, helm.run_id))
    helm.stop()
    assert numbers(engine.run(helm.run_id).path) == numbers(here.path)


def test_a_paused_run_stands_still_until_it_is_begun_again(engine):
    helm = engine.start(ENDLESS)
    eventually(lambda: engine.status(helm.run_id).step > 10)
    helm.pause()
    step = engine.status(helm.run_id).step
    assert engine.status(helm.run_id).state == "paused"
    engine.curves(helm.run_id)  # time passes
    assert engine.status(helm.run_id).step == step
    helm.begin()
    eventually(lambda: engine.status(helm.run_id).step > step)
    helm.forget()


def test_steps_are_taken_and_then_the_run_pauses(engine):
    helm = engine.start(ENDLESS, begin=False)
    assert engine.status(helm.run_id).state == "paused"
    for total in (1, 6):
        helm.take_steps(total - engine.status(helm.run_id).step)
        eventually(lambda total=total: engine.status(helm.run_id).step == total)
        eventually(lambda: engine.status(helm.run_id).state == "paused")
    helm.forget()


def test_a_setting_changes_while_a_run_trains_and_is_recorded(engine):
    helm = engine.start(ENDLESS)
    helm.set("recipe.learning_rate=0.5", "network.layers.dropout1.rate=0.2")
    recipe = engine.status(helm.run_id).experiment["recipe"]
    assert recipe["learning_rate"] == 0.5
    with pytest.raises(EngineError, match=r"data\.noise: expected a setting of the recipe"):
        helm.set("data.noise=0.2")
    with pytest.raises(ExperimentError, match="learning_rate"):
        helm.set("recipe.learning_rate=-1")
    assert engine.status(helm.run_id).experiment["recipe"] == recipe
    helm.stop()
    assert [event.kind for event in engine.run(helm.run_id).events()].count("setting_changed") == 1


def test_a_stopped_run_leaves_its_worker_and_is_taken_up_again(engine):
    helm = engine.start(ENDLESS)
    eventually(lambda: engine.status(helm.run_id).step > 0)
    helm.stop()
    step = engine.status(helm.run_id).step
    assert not next(each for each in engine.runs() if each.id == helm.run_id).is_hosted
    assert engine.curves(helm.run_id)["train"]["loss"][0][-1] == step
    helm.begin()
    eventually(lambda: engine.status(helm.run_id).step > step)
    helm.stop()


def test_a_diverged_run_says_why_and_rolls_back(engine):
    helm = engine.start(DIVERGING)
    eventually(lambda: engine.status(helm.run_id).state == "diverged")
    assert engine.status(helm.run_id).sentence
    helm.roll_back()
    assert engine.status(helm.run_id).experiment["recipe"]["learning_rate"] == 50
    helm.forget()


def test_a_run_is_forgotten_and_taken_back(engine):
    helm = engine.start(SMALL)
    helm.forget()
    with pytest.raises(EngineError, match="not found here"):
        engine.status(helm.run_id)
    helm.restore()
    assert engine.status(helm.run_id).state == "paused"


def test_all_faults_of_an_experiment_come_back_from_the_worker(engine):
    faulty = Experiment.model_validate(
        {"data": {"kind": "circle"}, "network": {"layers": [{"kind": "linear", "units": -1}, {"kind": "lienar"}]}}
    )
    for ask in (engine.start, engine.describe):
        with pytest.raises(ExperimentError) as caught:
            ask(faulty)
        assert {fault.place for fault in caught.value.faults} >= {"network.layers.0.units", "network.layers.1.kind"}


def test_an_experiment_is_described_without_training(engine):
    found = engine.describe(SMALL)
    assert found["parameters"] == 22
    assert [layer["name"] for layer in found["layers"]] == ["linear1", "tanh1", "dropout1", "linear2"]
    assert "stage" in found["lenses"]


# Who may do what


def test_who_holds_only_the_id_may_look_but_not_steer(engine):
    helm = engine.start(ENDLESS, begin=False)
    assert engine.status(helm.run_id).state == "paused"
    assert "surface" in engine.look(helm.run_id, STAGE)
    for token in ("", "x", helm.run_id):
        with pytest.raises(EngineError, match="may only look"):
            engine.helm(helm.run_id, token)
    engine.helm(helm.run_id, helm.token).forget()
    assert helm.token not in repr(helm)


@pytest.mark.parametrize("run_id", ["", "../secret", "a/b", "x" * 65, "é", "unknown"])
def test_an_id_that_leads_nowhere_is_refused(engine, run_id):
    for ask in (engine.status, engine.curves, engine.run):
        with pytest.raises(EngineError, match="check the link"):
            ask(run_id)
    with pytest.raises(EngineError, match="may only look"):
        engine.helm(run_id, "token")


def test_more_runs_than_allowed_rest_or_are_refused(engine, monkeypatch):
    resting = engine.start(ENDLESS, begin=False)
    n_hosted = sum(each.is_hosted for each in engine.runs())
    monkeypatch.setenv("EXPLORER_RUNS", str(n_hosted))
    limits.cache_clear()
    try:
        helms = [engine.start(ENDLESS) for _ in range(n_hosted)]  # each takes the place of one that does not train
        assert not next(each for each in engine.runs() if each.id == resting.run_id).is_hosted
        with pytest.raises(LimitError, match="runs at the same time"):
            engine.start(ENDLESS)
    finally:
        limits.cache_clear()
    for helm in (*helms, resting):
        helm.forget()


def test_a_run_file_from_elsewhere_is_taken_in_and_trained_on(engine, tmp_path):
    run = inline.train(SMALL.with_("recipe.steps=20"), tmp_path / "theirs.run", device="cpu")
    helm = engine.adopt(run.path)
    assert (engine.status(helm.run_id).state, engine.status(helm.run_id).step) == ("finished", 20)
    helm.set("recipe.steps=40")
    helm.begin()
    eventually(lambda: engine.status(helm.run_id).step == 40)
    assert run.steps()[-1] == 20


def test_runs_outlive_their_engine(engine, tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    with LocalEngine(workers=1) as first:
        helm = first.start(ENDLESS, title="kept")
        eventually(lambda: first.status(helm.run_id).step > 5)
    with LocalEngine(workers=1) as second:
        status = second.status(helm.run_id)
        assert status.state == "paused"
        assert status.step > 5
        assert [(each.id, each.title) for each in second.runs()] == [(helm.run_id, "kept")]
        second.helm(helm.run_id, helm.token).begin()
        eventually(lambda: second.status(helm.run_id).step > status.step)


def test_a_finished_run_marks_where_its_accuracy_jumped(tmp_path):
    run = inline.train(gallery.PRESETS["grokking"].experiment, tmp_path / "grokking.run", "cpu")
    (mark,) = [event for event in run.events() if event.kind == "phase_change"]
    accuracy = dict(run.series("test", "accuracy"))
    before = max(value for step, value in accuracy.items() if step < 0.5 * mark.step)
    after = min(value for step, value in accuracy.items() if step > 2 * mark.step or step == max(accuracy))
    assert before < 0.3 < 0.9 < after
    assert str(mark.step) in mark.details["sentence"]


def test_a_run_that_learns_gradually_has_no_such_mark(tmp_path):
    gradual = gallery.PRESETS["in-context-line"].experiment.with_("recipe.steps=100", "recipe.evaluate_every=10")
    run = inline.train(gradual, tmp_path / "a.run", "cpu")
    assert len(run.series("test", "loss")) > FEWEST
    assert "phase_change" not in [event.kind for event in run.events()]
