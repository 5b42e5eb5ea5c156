"""What is left when a worker, the server or a lens fails."""

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import pytest
import torch

from explorer.engine import inline
from explorer.engine.local import LocalEngine
from explorer.errors import EngineError
from explorer.lenses.request import LookRequest
from explorer.runs import open_run
from tests.engines import ENDLESS, SMALL, eventually, finished, numbers

STAGE = LookRequest(lens="stage")
SERVER = """
import json, sys
from explorer.engine.local import LocalEngine
from tests.engines import ENDLESS, eventually
if __name__ == "__main__":
    engine = LocalEngine(workers=2)
    helms = [engine.start(ENDLESS) for _ in range(3)]
    eventually(lambda: all(engine.status(helm.run_id).step > 0 for helm in helms))
    print(json.dumps([[helm.run_id for helm in helms], [link.pid for link in engine._crew.trainers]]), flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def engine(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path / "home"))
    with LocalEngine(workers=1) as running:
        yield running


def kill(pid: int | None) -> None:
    """End a process as a lack of memory would."""
    assert pid is not None
    os.kill(pid, signal.SIGKILL)


def is_alive(pid: int) -> bool:
    """Whether a process is there and not only waiting to be buried."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


# Workers


def test_runs_of_a_killed_worker_go_on_by_themselves_to_the_same_numbers(engine, tmp_path):
    torch.set_num_threads(1)
    longer = SMALL.with_("recipe.steps=1000")
    undisturbed = inline.train(longer, tmp_path / "here.run", device="cpu")
    helms = [engine.start(longer) for _ in range(2)]
    with engine.watch(helms[0].run_id, STAGE) as subscription:
        assert subscription.wait(60)
        first = engine._crew.trainers[0].pid
        kill(first)
        eventually(lambda: engine._crew.trainers[0].pid not in (None, first))
        subscription.latest()
        assert subscription.wait(60), "who watches goes on watching"
        eventually(lambda: all(finished(engine, helm.run_id) for helm in helms))
    for helm in helms:
        helm.stop()
        assert numbers(engine.run(helm.run_id).path) == numbers(undisturbed.path)


def test_a_changed_setting_survives_a_killed_worker(engine):
    helm = engine.start(ENDLESS)
    helm.set("recipe.learning_rate=0.25")
    kill(engine._crew.trainers[0].pid)
    eventually(lambda: "another took over" in engine.status(helm.run_id).sentence)
    assert engine.status(helm.run_id).experiment["recipe"]["learning_rate"] == 0.25
    assert engine.status(helm.run_id).state == "training"


def test_a_paused_run_of_a_killed_worker_stays_paused(engine):
    helm = engine.start(ENDLESS, begin=False)
    helm.take_steps(5)
    eventually(lambda: engine.status(helm.run_id).state == "paused" and engine.status(helm.run_id).step == 5)
    kill(engine._crew.trainers[0].pid)
    eventually(lambda: not engine.runs()[0].is_hosted)
    assert engine.status(helm.run_id).state == "paused"
    helm.take_steps(1)
    eventually(lambda: engine.status(helm.run_id).step == 6)


def test_a_run_that_two_workers_died_over_is_stopped_and_says_so(engine):
    helm = engine.start(ENDLESS)
    killed: set[int | None] = set()

    def is_stopped() -> bool:
        pid = engine._crew.trainers[0].pid
        if pid is not None and pid not in killed and engine.status(helm.run_id).state == "training":
            step = engine.status(helm.run_id).step
            eventually(lambda: engine.status(helm.run_id).step > step or engine._crew.trainers[0].pid != pid)
            with suppress(ProcessLookupError):
                kill(pid)
            killed.add(pid)
        return engine.status(helm.run_id).state == "failed"

    eventually(is_stopped)
    assert len(killed) >= 2
    assert "2 workers ended while they were busy with this run" in engine.status(helm.run_id).sentence
    eventually(lambda: engine.run(helm.run_id).events()[-1].kind == "failed")
    other = engine.start(SMALL)
    eventually(lambda: finished(engine, other.run_id))
    helm.begin()  # its owner may try once more
    assert engine.status(helm.run_id).state == "training"


def test_a_killed_looker_is_replaced(engine):
    helm = engine.start(SMALL)
    eventually(lambda: finished(engine, helm.run_id))
    helm.stop()
    kill(engine._crew.looker.pid)
    with suppress(EngineError):  # asked of the dying one
        engine.look(helm.run_id, STAGE)
    assert "surface" in engine.look(helm.run_id, STAGE)


def test_workers_leave_when_the_server_is_killed_and_runs_go_on_after(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    script = tmp_path / "server.py"
    script.write_text(SERVER)
    root = str(Path(__file__).parents[1])
    with subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": root},
    ) as server:
        assert server.stdout
        run_ids, pids = json.loads(server.stdout.readline())
        server.kill()
    eventually(lambda: not any(map(is_alive, pids)))
    with LocalEngine(workers=1) as engine:
        for run_id in run_ids:
            assert engine.status(run_id).state == "paused"
            steps = open_run(tmp_path / "runs" / f"{run_id}.run").resume()
            assert steps is not None


def test_closing_writes_all_runs_and_can_be_done_twice(tmp_path, monkeypatch):
    monkeypatch.setenv("EXPLORER_HOME", str(tmp_path))
    engine = LocalEngine(workers=2)
    helms = [engine.start(ENDLESS) for _ in range(3)]
    eventually(lambda: all(engine.status(helm.run_id).step > 0 for helm in helms))
    pids = [link.pid for link in engine._crew.trainers]
    engine.close()
    engine.close()
    assert not any(is_alive(pid) for pid in pids if pid)
    for helm in helms:
        run = engine.run(helm.run_id)
        kept = run.resume()
        assert kept is not None
        assert run.series("train", "loss")[-1][0] == kept.step > 0
    assert sorted(path.suffix for path in (tmp_path / "runs").iterdir()) == [".owner"] * 3 + [".run"] * 3
    with pytest.raises(EngineError, match="the engine is closed"):
        helms[0].begin()
