"""What an owner may do with a run through the engine, whose run it is, and what the engine can tell of experiments."""

import time
from types import SimpleNamespace

import pytest

from explorer.engine.local import LocalEngine
from explorer.engine.messages import Place
from explorer.engine.pace import Pace
from explorer.engine.training_desk import TrainingDesk
from explorer.errors import EngineError, ExperimentError, RunFileError
from explorer.experiment import Experiment
from explorer.lenses import KINDS as LENSES
from explorer.lenses.request import LookRequest
from explorer.live.frames import unpack
from explorer.runs import new_id
from tests.engines import ENDLESS, SMALL, eventually, finished, numbers

STAGE = LookRequest(lens="stage")
ME, YOU = "my secret", "your secret"


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with LocalEngine(workers=2) as running:
            yield running


# Whose run it is


def test_a_visitor_opens_the_helm_of_their_runs_again(engine):
    mine, yours = engine.start(ENDLESS, begin=False, owner=ME), engine.start(ENDLESS, begin=False, owner=YOU)
    assert engine.token(mine.run_id, ME) == mine.token
    assert (engine.owns(mine.run_id, ME), engine.owns(mine.run_id, YOU), engine.owns(mine.run_id, "")) == (1, 0, 0)
    engine.helm(mine.run_id, engine.token(mine.run_id, ME)).take_steps(1)
    with pytest.raises(EngineError, match="may only look"):
        engine.helm(mine.run_id, engine.token(mine.run_id, YOU))
    assert [run.id for run in engine.runs(ME)] == [mine.run_id]
    assert {mine.run_id, yours.run_id} <= {run.id for run in engine.runs()}
    assert engine.runs("") == engine.runs("nobody's") == []
    for helm in (mine, yours):
        helm.forget()


def test_a_token_tells_nothing_of_the_secret_or_of_other_runs(engine):
    helms = [engine.start(SMALL, begin=False, owner=ME) for _ in range(2)]
    assert helms[0].token != helms[1].token
    assert ME not in helms[0].token
    with pytest.raises(EngineError, match="may only look"):
        engine.helm(helms[1].run_id, helms[0].token)
    for helm in helms:
        helm.discard()


def test_a_run_without_an_owner_belongs_to_whoever_started_it(engine):
    helm = engine.start(SMALL, begin=False)
    assert not engine.owns(helm.run_id, "")
    assert engine.token(helm.run_id, "") == ""
    engine.helm(helm.run_id, helm.token).discard()


def test_an_adopted_and_a_branched_run_belong_to_the_visitor(engine):
    helm = engine.start(SMALL, owner=YOU)
    eventually(lambda: finished(engine, helm.run_id))
    branched = engine.branch(helm.run_id, 200, owner=ME)
    adopted = engine.adopt(engine.run(helm.run_id).path, owner=ME)
    assert engine.owns(branched.run_id, ME)
    assert engine.owns(adopted.run_id, ME)


# Steering


def test_a_rewound_run_gives_the_same_numbers_again(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    first = engine.curves(helm.run_id)
    helm.rewind()
    assert (engine.status(helm.run_id).state, engine.status(helm.run_id).step) == ("paused", 0)
    helm.begin()
    eventually(lambda: finished(engine, helm.run_id))
    assert engine.curves(helm.run_id) == first
    helm.stop()
    helm.rewind()
    assert engine.status(helm.run_id).step == 0


def test_a_paced_run_keeps_its_pace_and_the_others_keep_theirs(tmp_path):
    desk = TrainingDesk(SimpleNamespace(put_status=lambda *_: None), SimpleNamespace(value=b""))
    run_ids = [new_id() for _ in range(2)]
    for run_id in run_ids:
        desk.start(Place(run_id, tmp_path / f"{run_id}.run", "cpu"), ENDLESS, "", True)
    slow, quick = (desk._seats[run_id] for run_id in run_ids)
    desk.pace(slow.run_id, 50.0)
    started = time.perf_counter()
    while slow.hosted.trainer.step < 10:
        desk.work()
    took = time.perf_counter() - started
    assert took >= 9 / 50
    assert quick.hosted.trainer.step > 10
    assert quick.used > 0.1 * took
    desk.pace(slow.run_id, None)
    before = quick.hosted.trainer.step
    for _ in range(6):
        desk.work()
    assert quick.hosted.trainer.step > before, "what a paced run left to others it does not get back"
    desk.pause(quick.run_id)
    desk.pace(slow.run_id, 2.0)
    desk.work()
    wait = desk.work()
    assert wait is not None
    assert 0 < wait <= 0.5
    desk.close()


def test_steps_that_are_overdue_are_made_up_for_within_bounds():
    pace = Pace(100.0, due=5.0)
    assert [pace.steps(now) for now in (4.999, 5.0, 5.005, 5.025, 60.0)] == [0, 1, 1, 3, 11]
    pace.took(3, 5.025)
    assert pace.due == pytest.approx(5.03)
    pace.took(1, 60.0)
    assert pace.steps(60.0) == pytest.approx(11, abs=1)


@pytest.mark.parametrize("rate", [0, -1, float("nan"), float("inf"), 1e9])
def test_a_pace_that_cannot_be_is_refused(engine, rate):
    helm = engine.start(SMALL, begin=False)
    with pytest.raises(EngineError, match="expected above 0"):
        helm.pace(rate)
    helm.discard()


def test_an_epoch_needs_training_data_with_an_end(engine):
    endless = Experiment.model_validate(
        {"data": {"kind": "repeated"}, "network": {"layers": [{"kind": "embedding"}, {"kind": "linear"}]}}
    )
    helm = engine.start(endless, begin=False)
    with pytest.raises(EngineError, match="expected training data with an end"):
        helm.take_epoch()
    helm.discard()


def test_a_run_is_renamed_while_it_trains_and_while_it_rests(engine):
    helm = engine.start(ENDLESS, title="first", owner="renaming")
    helm.rename("  second\nname ")
    assert engine.runs("renaming")[0].title == "second name"
    helm.stop()
    helm.rename("third" * 100)
    assert engine.runs("renaming")[0].title == ("third" * 100)[:200]
    assert not engine.runs("renaming")[0].is_hosted
    with pytest.raises(EngineError, match="title"):
        helm.rename(" ")
    helm.forget()


def test_a_run_at_step_0_is_discarded_for_good_and_no_other(engine):
    helm = engine.start(ENDLESS, begin=False, owner="discarding")
    folder = engine.run(helm.run_id).path.parent
    helm.discard()
    assert [path for path in folder.rglob("*") if helm.run_id in path.name] == []
    with pytest.raises(EngineError, match="not found here"):
        engine.status(helm.run_id)
    with pytest.raises(EngineError, match="may only look"):
        engine.helm(helm.run_id, helm.token)
    trained = engine.start(SMALL)
    eventually(lambda: finished(engine, trained.run_id))
    with pytest.raises(EngineError, match="at step 400; move it to the trash"):
        trained.discard()
    assert finished(engine, trained.run_id)


# Runs from runs


def test_a_branch_goes_on_in_a_run_of_its_own(engine):
    helm = engine.start(SMALL, title="trunk")
    eventually(lambda: finished(engine, helm.run_id))
    branched = engine.branch(helm.run_id, 200)
    status = engine.status(branched.run_id)
    assert (status.state, status.step) == ("paused", 200)
    kept = engine.look(helm.run_id, LookRequest(lens="stage", step=200))
    for name, array in engine.look(branched.run_id, STAGE).items():
        assert array.values.tobytes() == kept[name].values.tobytes()
    assert engine.run(branched.run_id).title() == "trunk"
    branched.begin()
    eventually(lambda: finished(engine, branched.run_id))
    assert [event["kind"] for event in engine.events(branched.run_id)] == ["created", "branched", "resumed", "finished"]
    with pytest.raises(RunFileError, match="expected a step with a snapshot"):
        engine.branch(helm.run_id, 201)


def test_a_new_run_keeps_the_weights_of_another_as_they_are_now_or_were(engine):
    helm = engine.start(ENDLESS, begin=False)
    helm.take_steps(20)
    eventually(lambda: engine.status(helm.run_id).step == 20)
    wider = ENDLESS.with_("network.layers.linear2.bias=false", "seed=3")

    def weights(run_id, step=None):
        return engine.look(run_id, LookRequest(lens="stage", step=step))["linear1.weight"].values.tolist()

    for step in (None, 8):
        made = engine.start(wider, begin=False, keep=(helm.run_id, step))
        assert weights(made.run_id) == weights(helm.run_id, step)
        assert engine.events(made.run_id)[-1]["details"]["from_step"] == (20 if step is None else 8)
        made.discard()
    helm.stop()
    made = engine.start(wider, begin=False, keep=(helm.run_id, None))
    assert weights(made.run_id) == weights(helm.run_id)
    with pytest.raises(RunFileError, match="expected a step with a snapshot"):
        engine.start(wider, keep=(helm.run_id, 9))


def test_a_run_that_rests_before_it_began_is_looked_at(engine):
    helm = engine.start(SMALL, begin=False)
    living = engine.look(helm.run_id, STAGE)
    helm.stop()
    assert engine.look(helm.run_id, STAGE)["surface"].values.tobytes() == living["surface"].values.tobytes()


def test_a_film_shows_at_each_step_what_a_look_shows(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    frames = list(engine.film(helm.run_id, STAGE))
    assert [unpack(frame)[1]["step"] for frame in frames] == engine.run(helm.run_id).steps()
    assert len(frames) > 100
    for frame in frames[:: len(frames) // 5]:
        shown, about = unpack(frame)
        looked = engine.look(helm.run_id, LookRequest(lens="stage", step=about["step"]))
        assert shown["linear1.weight"].values.tolist() == looked["linear1.weight"].values.tolist()
    with pytest.raises(ExperimentError, match="expected one of"):
        engine.film(helm.run_id, LookRequest(lens="telescope"))
    before = numbers(engine.run(helm.run_id).path)
    helm.stop()
    assert list(engine.film(helm.run_id, STAGE)) == frames
    assert numbers(engine.run(helm.run_id).path) == before


# Experiments


def test_the_catalogue_has_every_kind_with_its_settings(engine):
    found = engine.catalogue()
    parts = {"datasets", "layers", "optimizers", "schedules", "losses", "lenses", "methods", "recipe"}
    assert set(found) == parts
    noise = found["datasets"]["circle"]["schema"]["properties"]["noise"]
    assert (noise["minimum"], noise["maximum"], noise["default"]) == (0, 0.5, 0.0)
    assert found["layers"]["add"]["n_inputs"] == [2, None]
    assert set(found["lenses"]) == set(LENSES)
    assert set(found["losses"]["absolute_error"]["for"]) == {"regression", "in_context_regression"}
    assert found["recipe"]["properties"]["learning_rate"]["exclusiveMinimum"] == 0
    for table in ("datasets", "layers", "optimizers", "schedules", "lenses"):
        for kind, told in found[table].items():
            assert told["title"], kind
            assert told["about"], kind
            assert told["schema"]["type"] == "object", kind
    assert engine.catalogue() is found


def test_a_description_names_what_fits_the_task(engine):
    found = engine.describe(SMALL)
    assert found["losses"] == ["cross_entropy", "squared_error"]
    assert [layer["name"] for layer in found["diagram"]["layers"]] == ["linear1", "linear2"]
    assert set(found["diagram"]["points"]) == {"train", "test"}
    assert found["experiment"].data.settings["noise"] == 0.0
