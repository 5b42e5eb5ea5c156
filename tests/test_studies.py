"""Many runs at once through an engine's workers: the same numbers, fair to others, stopped and taken up again."""

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

import explorer as ex
from explorer.engine.base import Status
from explorer.engine.local import LocalEngine
from explorer.engine.messages import Cell, Member
from explorer.engine.studies import AMONG, MOST_RUNS
from explorer.engine.study import Study
from explorer.validation import check
from tests.engines import eventually, finished, numbers
from tests.small import small

pytestmark = pytest.mark.xdist_group("engine")
SHORT = small("recipe.steps=12", "recipe.evaluate_every=6")
LONG = small("recipe.steps=100000", "recipe.evaluate_every=1000")
GRID = {"recipe.learning_rate": [0.01, 0.1], "network.layers.0.units": [2, 3]}


@pytest.fixture(scope="module")
def engine() -> Iterator[LocalEngine]:
    with LocalEngine(workers=1) as running:
        yield running


def over(engine: LocalEngine, study_id: str) -> bool:
    return engine.studies.told(study_id).is_over


def test_seeds_trained_by_an_engine_are_those_trained_here(engine, tmp_path: Path):
    study_id = engine.studies.begin(SHORT, seeds=[3, 5], title="Small")
    eventually(lambda: over(engine, study_id))
    alone = ex.train_seeds(SHORT, [3, 5], tmp_path, "cpu")
    told = engine.studies.told(study_id)
    assert [run.seed for run in told.runs] == [3, 5]
    assert told.share == 1
    curves = engine.studies.curves(study_id, "test", "loss")
    for run, expected in zip(told.runs, alone, strict=True):
        own = engine.run(run.run_id)
        assert numbers(own.path) == numbers(expected.path)
        assert own.title() == f"Small, seed {run.seed}"
        assert "trained_together" in [event.kind for event in own.events()]
        assert list(zip(*curves[run.run_id], strict=True)) == [tuple(point) for point in own.series("test", "loss")]


def test_a_sweep_by_an_engine_comes_to_what_a_sweep_here_comes_to(engine, tmp_path: Path):
    study_id = engine.studies.begin(SHORT, GRID, seeds=[0, 1])
    eventually(lambda: over(engine, study_id))
    table = ex.sweep(SHORT, GRID, seeds=2, out=tmp_path, device="cpu")
    told = engine.studies.told(study_id)
    assert told.grid == GRID
    assert [(*run.values.values(), run.seed) for run in told.runs] == [
        tuple(row) for row in table[[*GRID, "seed"]].itertuples(index=False)
    ]
    assert [run.status.metrics["test"]["loss"] for run in told.runs] == table["test.loss"].tolist()


def test_several_experiments_go_through_the_same_grid(engine):
    among = {"narrow": SHORT, "wide": SHORT.with_("network.layers.0.units=5")}
    study_id = engine.studies.begin(SHORT, {"recipe.l2": [0.0, 0.1]}, owner="among", among=among)
    eventually(lambda: over(engine, study_id))
    told = engine.studies.told(study_id)
    assert told.grid == {AMONG: ["narrow", "wide"], "recipe.l2": [0.0, 0.1]}
    assert [tuple(run.values.values()) for run in told.runs] == [(name, l2) for name in among for l2 in (0.0, 0.1)]
    for run in told.runs:
        expected = among[run.values[AMONG]].with_(f"recipe.l2={run.values['recipe.l2']}", f"seed={run.seed}")
        assert engine.run(run.run_id).experiment == check(expected).experiment


def test_faults_are_told_before_anything_begins(engine):
    before = len(engine.runs())
    with pytest.raises(ex.ExperimentError, match="learning_rate"):
        engine.studies.begin(SHORT, {"recipe.learning_rate": [0.1, -1]}, owner="faulty")
    with pytest.raises(ex.LimitError, match=f"at most {MOST_RUNS} runs"):
        engine.studies.begin(SHORT, {"recipe.l2": [0.1, 0.2, 0.3]}, seeds=range(64), owner="faulty")
    assert engine.studies.of("faulty") == []
    assert len(engine.runs()) == before


def test_a_study_is_stopped_by_its_owner_and_what_never_began_is_left_out(engine):
    study_id = engine.studies.begin(LONG, {"recipe.l2": [0.0, 0.1]}, seeds=[0, 1], owner="me")
    eventually(lambda: engine.studies.curves(study_id, "test", "loss"))
    with pytest.raises(ex.EngineError, match="one at a time"):
        engine.studies.begin(SHORT, owner="me")
    with pytest.raises(ex.EngineError, match="expected its owner"):
        engine.studies.stop(study_id, "you")
    first = engine.studies.told(study_id).runs[0].run_id
    helm = engine.helm(first, engine.token(first, "me"))
    with pytest.raises(ex.EngineError, match="trains with others"):
        helm.begin()
    engine.studies.stop(study_id, "me")
    told = engine.studies.told(study_id)
    assert told.is_over
    assert [(run.values["recipe.l2"], run.status.state) for run in told.runs] == [(0.0, "paused")] * 2
    stopped_at = engine.status(first).step
    helm.begin()
    eventually(lambda: engine.status(first).step > stopped_at)
    helm.stop()


def test_a_study_takes_turns_like_one_run(engine):
    study_id = engine.studies.begin(LONG, seeds=range(8), owner="busy")
    eventually(lambda: any(run.status for run in engine.studies.told(study_id).runs))
    helm = engine.start(SHORT.with_("recipe.steps=300"))
    eventually(lambda: finished(engine, helm.run_id))
    assert not over(engine, study_id)
    engine.studies.stop(study_id, "busy")


def test_a_study_whose_worker_dies_is_taken_up_by_the_next(engine, tmp_path: Path):
    experiment = SHORT.with_("recipe.steps=1000", "recipe.evaluate_every=1000")
    study_id = engine.studies.begin(experiment, seeds=[0, 1])
    eventually(lambda: any(run.status for run in engine.studies.told(study_id).runs))
    os.kill(engine.worker_pids[0], signal.SIGKILL)
    eventually(lambda: over(engine, study_id))
    for run, expected in zip(
        engine.studies.told(study_id).runs, ex.train_seeds(experiment, [0, 1], tmp_path, "cpu"), strict=True
    ):
        assert run.status.state == "finished"
        assert run.status.metrics["test"]["loss"] == pytest.approx(expected.latest()["test"]["loss"], rel=1e-2)


def test_a_cell_that_cannot_be_trained_says_why_and_the_next_is_trained(tmp_path: Path):
    faulty = SHORT.with_("recipe.loss=absolute_error")
    cells = [Cell(each, {0: Member(name, tmp_path / f"{name}.run", name)}) for each, name in
             ((faulty, "faulty"), (SHORT, "sound"))]  # fmt: skip
    told: dict[str, Status] = {}
    study = Study("study", cells, "cpu", 0.0, told.__setitem__)
    while study.is_training:
        study.advance(1.0)
    assert (told["faulty"].state, told["sound"].state) == ("failed", "finished")
    assert "recipe.loss: expected one of" in told["faulty"].sentence
