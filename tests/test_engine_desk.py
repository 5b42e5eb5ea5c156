"""The inside of a worker, without its process: slices of time, pictures in between, and what fails there."""

import time
from types import SimpleNamespace

import pytest
import torch

from explorer.engine.messages import Place, Request
from explorer.engine.rota import LONGEST
from explorer.engine.shelf import Shelf, size
from explorer.engine.training_desk import TrainingDesk
from explorer.engine.worker import answer
from explorer.errors import EngineError, ExplorerError
from explorer.lenses.request import LookRequest
from explorer.runs import new_id, open_run
from explorer.validation import check
from tests.engines import ENDLESS, SMALL

STAGE = LookRequest(lens="stage")


class Notes:
    """An outbox that keeps what it is given."""

    def __init__(self):
        self.statuses, self.frames = {}, {}

    def put_status(self, run_id, status):
        self.statuses[run_id] = status

    def put_frame(self, watch, data):
        self.frames[watch] = data


@pytest.fixture
def desk():
    torch.set_num_threads(1)
    found = TrainingDesk(Notes(), SimpleNamespace(value=b""))
    yield found
    found.close()


def host(desk, tmp_path, *, experiment=ENDLESS):
    run_id = new_id()
    desk.start(Place(run_id, tmp_path / f"{run_id}.run", "cpu"), experiment, "", True)
    return run_id


def test_each_run_gets_its_share_of_time(desk, tmp_path):
    heavy = ENDLESS.with_("recipe.batch_size=250", "network.layers.linear1.units=512")
    for experiment in (ENDLESS, ENDLESS, heavy):
        host(desk, tmp_path, experiment=experiment)
    longest = LONGEST
    for _ in range(60):
        before = {seat.run_id: seat.used for seat in desk._seats.values()}
        desk.work()
        longest = max(longest, *(seat.used - before[seat.run_id] for seat in desk._seats.values()))
    used = [seat.used for seat in desk._seats.values()]
    assert max(used) - min(used) <= longest + 1e-9
    assert min(used) > 0


def test_who_comes_late_shares_from_then_on(desk, tmp_path):
    host(desk, tmp_path)
    for _ in range(10):
        desk.work()
    first = next(iter(desk._seats.values())).used
    late = host(desk, tmp_path)
    assert desk._seats[late].used == first


def test_a_run_that_fails_stops_alone_and_says_why(desk, tmp_path, monkeypatch):
    bad, good = host(desk, tmp_path), host(desk, tmp_path)

    def fail(*_: object) -> None:
        raise RuntimeError("out of memory")

    monkeypatch.setattr(desk._seats[bad].hosted, "advance", fail)
    for _ in range(4):
        desk.work()
    status = desk._outbox.statuses[bad]
    assert status.state == "failed"
    assert status.sentence == "Training stopped at step 0: RuntimeError: out of memory"
    assert open_run(tmp_path / f"{bad}.run").events()[-1].details == {"sentence": status.sentence}
    assert desk._seats[good].hosted.trainer.step > 0
    desk.resume(Place(bad, tmp_path / f"{bad}.run", "cpu"))
    assert not desk._seats[bad].is_training


def test_a_worker_that_lost_its_device_leaves_at_once_and_tells_whom_it_died_over(desk, tmp_path, monkeypatch):
    run_id = host(desk, tmp_path)
    noted = []

    def lose(*_: object) -> None:
        raise torch.AcceleratorError("device-side assert triggered")

    def leave(code: int) -> None:
        noted.append((code, desk._marker.value))
        raise SystemExit

    monkeypatch.setattr(desk._seats[run_id].hosted, "advance", lose)
    monkeypatch.setattr("os._exit", leave)
    with pytest.raises(SystemExit):
        desk.work()
    assert noted == [(1, run_id.encode())]


def test_a_lens_that_fails_says_why_and_harms_no_run(desk, tmp_path, monkeypatch):
    run_id = host(desk, tmp_path)
    desk.watch(1, run_id, STAGE, 30.0)

    def fail(*_: object) -> None:
        raise ValueError("blind")

    monkeypatch.setattr("explorer.lenses.Stage.look", fail)
    desk.work()
    assert b"ValueError: blind" in desk._outbox.frames[1]
    monkeypatch.undo()
    step = desk._seats[run_id].hosted.trainer.step
    desk.work()
    assert desk._seats[run_id].hosted.trainer.step > step
    assert desk._seats[run_id].hosted.trainer.network.training


def test_dear_pictures_leave_most_of_the_time_to_training(desk, tmp_path, monkeypatch):
    run_ids = [host(desk, tmp_path) for _ in range(4)]
    made = []

    def sleep(*_: object) -> dict:
        started = time.perf_counter()
        time.sleep(0.02)
        made.append(time.perf_counter() - started)
        return {}

    monkeypatch.setattr("explorer.lenses.Stage.look", sleep)
    for number, run_id in enumerate(run_ids):
        desk.watch(number, run_id, STAGE, 30.0)
    started = time.perf_counter()
    while len(made) < 12:
        desk.work()
    assert sum(made) < 0.45 * (time.perf_counter() - started)  # three tenths, and what was saved up before
    assert set(desk._outbox.frames) == {0, 1, 2, 3}


def test_what_goes_wrong_in_a_worker_comes_back_as_a_sentence(desk):
    said = answer(desk, Request(7, "curves", ()))
    assert isinstance(said.error, EngineError)
    assert "curves: something went wrong in the worker (TypeError" in str(said.error)
    assert "Traceback" in said.traceback
    ours = answer(desk, Request(8, "curves", ("nobody", 0)))
    assert isinstance(ours.error, ExplorerError)
    assert not ours.traceback


def test_data_is_loaded_once_for_all_runs_and_bounded_in_bytes():
    dataset = check(SMALL).dataset
    shelf = Shelf()
    data = shelf.load(dataset, 0)
    assert shelf.load(check(ENDLESS).dataset, 0) is data
    assert shelf.load(dataset, 1) is not data
    small = Shelf(most_bytes=2 * size(data))
    first = small.load(dataset, 0)
    for seed in (1, 2):
        small.load(dataset, seed)
    assert small.load(dataset, 2) is small.load(dataset, 2)
    assert small.load(dataset, 0) is not first
