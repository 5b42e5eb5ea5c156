"""What those who watch notice of a dead worker, a slow reader and a server that starts again: next to nothing."""

import os
import re
import signal
import socket
from contextlib import ExitStack

import pytest
import torch

from explorer.engine import inline
from explorer.engine.local import LocalEngine
from explorer.experiment import Experiment
from explorer.live.orders import Order
from explorer.live.routes import ASSETS
from explorer.runs import open_run
from tests.engines import ENDLESS, SMALL, eventually, finished, numbers
from tests.live_server import Line, Server

LINES = 30
LONGER = SMALL.with_("recipe.steps=3000")
WIDE = Experiment.model_validate(ENDLESS.model_dump(mode="json")).with_("network.layers.linear1.units=16")


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    with LocalEngine(workers=1) as running:
        yield running


def kill_trainer(engine: LocalEngine) -> None:
    """End the worker that trains as a lack of memory would, and wait for the next."""
    (first,) = engine.worker_pids
    os.kill(first, signal.SIGKILL)
    eventually(lambda: engine.worker_pids not in ([], [first]))


def test_thirty_lines_survive_a_killed_worker_and_nothing_is_lost(engine, tmp_path):
    torch.set_num_threads(1)
    undisturbed = inline.train(LONGER, tmp_path / "here.run", device="cpu")
    helm = engine.start(LONGER, begin=False)
    with Server(engine) as server, ExitStack() as opened:
        lines: list[Line] = [opened.enter_context(server.line(helm.run_id, helm.token)) for _ in range(LINES)]
        for line in lines:
            line.watch("stage", settings={"grid": 8})
        lines[0].ask("pace", steps_per_second=100)
        lines[0].ask("begin")
        for line in lines:
            line.until(lambda line=line: line.newest() > 0)
        kill_trainer(engine)
        reached = engine.status(helm.run_id).step
        lines[0].ask("pace", steps_per_second=None)
        for line in lines:
            line.until(lambda line=line: line.newest() == 3000 and line.status["state"] == "finished")
            assert line.newest() > reached
            assert not [frame for frame in line.frames["stage"] if "error" in frame]
    assert "nothing is lost" in engine.status(helm.run_id).sentence
    helm.stop()
    assert numbers(engine.run(helm.run_id).path) == numbers(undisturbed.path)


def test_a_slow_reader_misses_frames_and_delays_nobody(engine):
    helm = engine.start(WIDE, begin=False)
    with Server(engine) as server, ExitStack() as opened:
        narrow = socket.socket()
        narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 8 * 1024)
        narrow.connect(tuple(server.socket.getsockname()))
        slow = opened.enter_context(server.line(helm.run_id, sock=narrow, max_queue=1))
        quick = opened.enter_context(server.line(helm.run_id, helm.token))
        for line in (slow, quick):
            line.watch("stage", settings={"grid": 64})
        quick.ask("begin")
        quick.until(lambda: len(quick.frames.get("stage", [])) > 60)
        quick.ask("pause")
        quick.until(lambda: quick.status["state"] == "paused" and quick.newest() == quick.status["step"])
        slow.until(lambda: slow.newest() == quick.newest())
        assert len(slow.frames["stage"]) < len(quick.frames["stage"]) / 2
    assert engine.status(helm.run_id).step > 60


def test_runs_are_there_again_when_the_server_starts_again(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    with LocalEngine(workers=1) as first, Server(first) as server:
        helm = first.start(ENDLESS, title="kept", owner="a secret")
        with server.line(helm.run_id, helm.token) as line:
            line.until(lambda: line.status and line.status["step"] > 5)
    with LocalEngine(workers=1) as second, Server(second) as server:
        assert [(run.id, run.title) for run in second.runs("a secret")] == [(helm.run_id, "kept")]
        with server.line(helm.run_id, second.token(helm.run_id, "a secret")) as line:
            line.watch("stage")
            line.until(lambda: line.newest() > 5)
            reached = line.status["step"]
            assert line.status["state"] == "paused"
            assert (line.status["steps_in_epoch"], line.status["parameters"]) == (7, 22)
            assert line.curves["train"]["loss"][0][-1] == reached
            assert line.ask("begin")["ok"]
            line.until(lambda: line.newest() > reached)


def test_a_film_goes_on_while_others_look_and_after_its_worker_was_killed(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    with Server(engine) as server:
        pid = engine._crew.looker.pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        eventually(lambda: engine._crew.looker.pid not in (None, pid))
        code, body, _ = server.get(f"{helm.run_id}/film", lens="stage")
    assert code == 200
    assert len(body) > len(open_run(engine.run(helm.run_id).path).steps()) * 1_000


def test_the_rate_that_pages_ask_for_is_one_that_they_may_ask_for():
    written = (ASSETS / "live.js").read_text()
    rate = float(re.search(r"const RATE = ([\d.]+)", written)[1])
    assert Order(rate=rate).rate == rate
