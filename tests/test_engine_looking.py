"""Looking at runs and watching them through worker processes."""

import asyncio
import json
import struct

import numpy as np
import pytest

from explorer.engine.local import LocalEngine
from explorer.errors import ExperimentError, RunFileError
from explorer.lenses.request import Example, LookRequest
from tests.engines import ENDLESS, SMALL, eventually, finished

STAGE = LookRequest(lens="stage")


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("EXPLORER_HOME", str(tmp_path_factory.mktemp("home")))
        with LocalEngine(workers=2) as running:
            yield running


def header(frame: bytes) -> dict:
    (length,) = struct.unpack_from("<I", frame)
    return json.loads(frame[4 : 4 + length])


# Looking


def test_a_lens_sees_the_same_through_a_worker_and_through_the_file(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    live = engine.look(helm.run_id, STAGE)
    kept = engine.look(helm.run_id, STAGE.model_copy(update={"step": 400}))
    first = engine.look(helm.run_id, STAGE.model_copy(update={"step": 0}))
    for name, array in live.items():
        np.testing.assert_array_equal(array.values, kept[name].values)
    assert not np.array_equal(live["surface"].values, first["surface"].values)


def test_a_slow_lens_looks_at_this_moment_without_the_trainer(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    request = LookRequest(lens="attribution", example=Example(split="train", index=3))
    picture = engine.look(helm.run_id, request)
    helm.stop()
    np.testing.assert_array_equal(picture["scores"].values, engine.look(helm.run_id, request)["scores"].values)


def test_held_out_metrics_are_those_of_the_run_file(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    found = engine.evaluate(helm.run_id)
    helm.stop()
    assert found["step"] == 400
    assert found == engine.run(helm.run_id).evaluate() == engine.evaluate(helm.run_id)


def test_a_look_that_cannot_be_says_why(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    with pytest.raises(ExperimentError, match="expected one of"):
        engine.look(helm.run_id, LookRequest(lens="telescope"))
    helm.stop()
    with pytest.raises(RunFileError, match="expected a step with a snapshot, got 12345"):
        engine.look(helm.run_id, LookRequest(lens="stage", step=12345))


def test_curves_begin_after_the_step_that_is_known(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    whole, rest = engine.curves(helm.run_id), engine.curves(helm.run_id, since=390)
    assert whole["train"]["loss"][0][-1] == 400
    assert rest["train"]["loss"][0] == list(range(391, 401))
    helm.stop()
    assert engine.curves(helm.run_id) == whole
    assert engine.curves(helm.run_id, since=390) == rest


# Watching


def test_frames_arrive_while_a_run_trains_and_follow_it(engine):
    helm = engine.start(ENDLESS)
    with engine.watch(helm.run_id, STAGE) as subscription:
        steps = [header(subscription.wait(60))["step"] for _ in range(3)]
    assert steps[0] < steps[1] < steps[2]
    helm.forget()


def test_a_slow_reader_gets_the_newest_frame_only(engine):
    helm = engine.start(ENDLESS)
    with engine.watch(helm.run_id, STAGE) as slow, engine.watch(helm.run_id, STAGE) as quick:
        assert slow.wait(60)
        newest = [header(quick.wait(60))["step"] for _ in range(5)][-1]
        assert header(slow.latest())["step"] >= newest
        helm.pause()
        eventually(lambda: slow.latest() is None)
    helm.forget()


def test_a_picture_is_made_once_however_many_watch(engine):
    helm = engine.start(ENDLESS, begin=False)
    with engine.watch(helm.run_id, STAGE) as first:
        frame = first.wait(60)
        with engine.watch(helm.run_id, STAGE) as second:
            assert second.wait(60) is frame
        assert first.latest() is None
        helm.take_steps(1)
        assert header(first.wait(60))["step"] == 1
    helm.forget()


def test_frames_come_into_an_event_loop(engine):
    helm = engine.start(ENDLESS)

    async def read() -> list[int]:
        steps = []
        with engine.watch(helm.run_id, STAGE, rate=10) as subscription:
            async for frame in subscription.frames():
                steps.append(header(frame)["step"])
                if len(steps) == 3:
                    subscription.close()
        return steps

    steps = asyncio.run(asyncio.wait_for(read(), 60))
    assert steps == sorted(set(steps))
    helm.forget()


@pytest.mark.parametrize(
    ("request_", "sentence"),
    [
        (LookRequest(lens="telescope"), "expected one of"),
        (LookRequest(lens="stage", settings={"grid": 1}), "grid"),
        (LookRequest(lens="attribution"), "quick enough to be watched"),
        (LookRequest(lens="stage", step=123456), "no such step"),
    ],
)
def test_who_watches_what_cannot_be_shown_is_told_why(engine, request_, sentence):
    helm = engine.start(ENDLESS)
    with engine.watch(helm.run_id, request_) as subscription:
        said = header(subscription.wait(60))["error"]
    assert sentence in said or "expected a step with a snapshot" in said
    helm.forget()


def test_a_run_that_rests_is_watched_through_its_file(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    helm.stop()
    with engine.watch(helm.run_id, STAGE) as subscription:
        assert header(subscription.wait(60))["step"] == 400
        helm.set("recipe.steps=410")
        helm.begin()
        eventually(lambda: (frame := subscription.latest()) and header(frame)["step"] == 410)
