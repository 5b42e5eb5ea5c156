"""The local engine: from click to first step, many runs at once, and what a run weighs."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from explorer.engine.local import LocalEngine
from explorer.experiment import Experiment
from explorer.lenses.request import LookRequest

CLICKS = 9
RUNS, SECONDS = 30, 10.0
SMALL = Experiment.model_validate(
    {
        "data": {"kind": "spiral"},
        "network": {
            "layers": [
                {"kind": "linear", "units": 4},
                {"kind": "tanh"},
                {"kind": "linear", "units": 4},
                {"kind": "tanh"},
                {"kind": "linear"},
            ]
        },
        "recipe": {"steps": 1_000_000},
    }
)


def figures() -> dict[str, float]:
    """Every figure of the engine, by what it measures."""
    found: dict[str, float] = {}
    with engine_of_its_own() as engine:
        started = time.perf_counter()
        engine.wait_ready()
        found["engine: seconds until workers are ready"] = time.perf_counter() - started
        found["engine: click to first step, median ms"] = 1_000 * median(_click(engine) for _ in range(CLICKS))
        found |= _many(engine)
        found["engine: killed worker to training again, ms"] = 1_000 * _recovery(engine)
    with engine_of_its_own() as engine:
        engine.wait_ready()
        found["engine: training speed while watched over unwatched"] = _watched(engine)
    return found


@contextmanager
def engine_of_its_own() -> Iterator[LocalEngine]:
    """An engine whose runs are gone afterwards."""
    before = os.environ.get("EXPLORER_HOME")
    with TemporaryDirectory() as folder:
        os.environ["EXPLORER_HOME"] = folder
        try:
            with LocalEngine() as engine:
                yield engine
        finally:
            os.environ.pop("EXPLORER_HOME")
            if before is not None:
                os.environ["EXPLORER_HOME"] = before


def _click(engine: LocalEngine) -> float:
    """Seconds from the command to the first step that the server process hears of."""
    started = time.perf_counter()
    helm = engine.start(SMALL)
    while engine.status(helm.run_id).step == 0:
        time.sleep(0.0005)
    seconds = time.perf_counter() - started
    helm.forget()
    return seconds


def _many(engine: LocalEngine) -> dict[str, float]:
    before = private_bytes(engine)
    run_ids = [engine.start(SMALL).run_id for _ in range(RUNS)]
    first = [engine.status(run_id).step for run_id in run_ids]
    time.sleep(SECONDS)
    steps = [engine.status(run_id).step - step for run_id, step in zip(run_ids, first, strict=True)]
    return {
        f"engine: {RUNS} runs at once, slowest over fastest": min(steps) / max(steps),
        f"engine: {RUNS} runs at once, steps/s of all": sum(steps) / SECONDS,
        "engine: memory per run, MiB": (private_bytes(engine) - before) / RUNS / 2**20,
        "engine: memory of all workers, MiB": private_bytes(engine) / 2**20,
    }


def _recovery(engine: LocalEngine) -> float:
    """Seconds from a worker's death until one of its runs has trained further."""
    killed = engine.worker_pids[0]
    started = time.perf_counter()
    os.kill(killed, 9)
    while killed in engine.worker_pids or len(engine.worker_pids) < 2:
        time.sleep(0.001)
    run_ids = [each.id for each in engine.runs()]
    while not any("another took over" in engine.status(run_id).sentence for run_id in run_ids):
        time.sleep(0.001)
    return time.perf_counter() - started


def _watched(engine: LocalEngine) -> float:
    """Speed of a run that is watched at 30 frames a second over its speed before and after."""
    helm = engine.start(SMALL)
    before = _speed(engine, helm.run_id)
    with engine.watch(helm.run_id, LookRequest(lens="stage")) as subscription:
        subscription.wait(10)
        watched = _speed(engine, helm.run_id)
    return watched / median([before, _speed(engine, helm.run_id)])


def _speed(engine: LocalEngine, run_id: str) -> float:
    first, started = engine.status(run_id).step, time.perf_counter()
    time.sleep(3.0)
    return (engine.status(run_id).step - first) / (time.perf_counter() - started)


def private_bytes(engine: LocalEngine) -> int:
    """Memory that belongs to the workers alone, from Linux's own account; 0 elsewhere."""
    return sum(_private_bytes(Path(f"/proc/{pid}/smaps_rollup")) for pid in engine.worker_pids)


def _private_bytes(account: Path) -> int:
    if not account.exists():
        return 0
    lines = (line.split() for line in account.read_text().splitlines())
    return sum(int(words[1]) * 1024 for words in lines if words[0].startswith("Private_"))
